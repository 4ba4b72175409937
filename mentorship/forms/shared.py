"""What all forms of mentorship have in common."""

from django.utils.translation import gettext_lazy

from mentorship.versions import VersionedForm


NO_CHILD = gettext_lazy("Do not write the name or other data of any child or family.")


class DeedForm(VersionedForm):
    """A button alone; it carries the version of the page it was pressed on."""
