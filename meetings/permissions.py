import uuid

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from meetings.models import Invitee, Meeting
from meetings.services import service_of
from people.models import User


def check_can_change_meeting(user: User, meeting: Meeting) -> None:
    """Who may move or cancel is the story's rule."""
    service_of(meeting).check_can_change(user, meeting)


def check_can_answer_invitation(user: User | None, invitee: Invitee) -> None:
    """Everyone answers for themselves; `user` is None for the guest of a personal link."""
    if invitee.user_id != (user.pk if user else None):
        raise PermissionDenied(_("Everyone answers an invitation for themselves."))


def check_can_change_availability(user: User, owner_id: uuid.UUID) -> None:
    """Nobody says for another when they can be met, the coordinator neither."""
    if user.pk != owner_id:
        raise PermissionDenied(_("Everyone says for themselves when they can be met."))
