"""Who keeps the library."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from library.models import LearningEntry
from people.models import User
from people.standing import standing_of


def check_can_keep_materials(user: User) -> None:
    """Consultants and the coordinator add, change and withdraw support materials."""
    if not standing_of(user).is_board:
        raise PermissionDenied(_("Support materials are kept by the consultants."))


def check_can_change_learning(user: User, entry: LearningEntry) -> None:
    """What somebody learned is their own to write."""
    if entry.owner_id != user.pk:
        raise PermissionDenied(_("Everyone keeps their own record."))
