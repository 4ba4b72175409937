"""How the journal's entries about the library read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "library.material_added": _("added a support material"),
    "library.material_changed": _("changed a support material"),
    "library.material_withdrawn": _("withdrew a support material"),
}
