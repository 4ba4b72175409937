"""Whose numbers a person may see."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from people.models import User
from people.standing import standing_of
from reports.account import Scope


BOARD_ONLY = frozenset({"regions"})
"""Tables that say nothing within one municipality."""
COORDINATOR_ONLY = frozenset({"results"})
"""Tables in which a mentor could tell the others' mentorships by knowing their own."""


def scope_of(user: User) -> Scope:
    """Return the municipalities whose account the person may read; None is the whole country.

    The coordinator and the consultants read everything, managers their own
    municipality. Raises PermissionDenied for everybody else.
    """
    standing = standing_of(user)
    if standing.is_coordinator or standing.is_consultant:
        return None
    if standing.is_manager:
        return standing.manages
    raise PermissionDenied(
        _("Reports are for the coordinator, the consultants and the managers of municipalities.")
    )


def check_can_read_table(user: User, table: str) -> None:
    if table in COORDINATOR_ONLY and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("What came of mentorships is for the coordinator alone."))
    if table in BOARD_ONLY and scope_of(user) is not None:
        raise PermissionDenied(_("Managers see the account of their own municipality only."))
