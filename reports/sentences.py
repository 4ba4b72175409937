"""How the journal's entries about reports read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "reports.record_file_asked": _("asked for their own record as a file"),
    "reports.certificate_asked": _("asked for a certificate of supervision"),
}
