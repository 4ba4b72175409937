"""How the journal's entries about the library read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "library.material_added": _("added a support material"),
    "library.material_changed": _("changed a support material"),
    "library.material_marked": _("marked a support material"),
    "library.learning_added": _("entered something into their own record"),
    "library.learning_changed": _("changed something in their own record"),
    "library.learning_removed": _("removed something from their own record"),
    "library.material_withdrawn": _("withdrew a support material"),
}
