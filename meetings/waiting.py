"""Invitations that wait for an answer, for the desk."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from common import clock
from common.templatetags.words import moment_text
from common.waiting import WaitingItem
from meetings.models import Invitee, Meeting
from meetings.services import service_of
from people.models import User


AHEAD = timedelta(days=14)


def invitations_waiting(user: User, day: date) -> list[WaitingItem]:
    """Invitations to meetings of the next 14 days that the person has not answered.

    One small query on most days, for every page asks; two when something waits.
    """
    unanswered = Invitee.objects.filter(
        user=user,
        answer=Invitee.Answer.NEEDS_ACTION,
        meeting__status=Meeting.Status.CONFIRMED,
        meeting__starts_at__gt=clock.now(),
        meeting__starts_at__lt=clock.end_of(day + AHEAD),
    )
    keys = list(unanswered.order_by().values_list("meeting", flat=True))
    if not keys:
        return []
    # The titles need the rows of all stories.
    meetings = Meeting.objects.filter(pk__in=keys).with_service_rows()
    return [
        WaitingItem(
            verb=_("Answer the invitation"),
            about=f"{moment_text(meeting.starts_at)} · {service_of(meeting).title(meeting, user)}",
            url=meeting.get_absolute_url(),
            room="calendar",
            icon="event",
            due=clock.day_of(meeting.starts_at),
        )
        for meeting in meetings
    ]
