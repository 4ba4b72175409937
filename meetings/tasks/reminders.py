"""Reminding people of meetings, each by their own choice."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from meetings import emails
from meetings.models import Invitee, Meeting
from outbox.models import Message, Preference
from outbox.quiet import loud_before


AHEAD = timedelta(days=9)
"""Farther ahead nobody is reminded: more than the longest stretch of quiet days and one."""
DAY_BEFORE = timedelta(days=1)
HOURS_BEFORE = timedelta(hours=2)
BEFORE_QUIET = timedelta(minutes=30)
"""How long before quiet hours begin what would fall into them comes."""
JUST_TOLD = timedelta(hours=1)
"""Who was told of the time less than this before the reminder needs none."""

CHOSEN: dict[str, tuple[timedelta, ...]] = {
    Preference.Remind.NONE: (),
    Preference.Remind.DAY: (DAY_BEFORE,),
    Preference.Remind.HOURS: (HOURS_BEFORE,),
    Preference.Remind.BOTH: (DAY_BEFORE, HOURS_BEFORE),
}


def remind() -> int:
    """Remind those who are asked to planned meetings, each by their own choice; return how many.

    Guests are reminded the day before. Nobody is reminded after the beginning, who has
    declined, or who was told of the time only just before. A moved meeting reminds again.
    """
    now = clock.now()
    coming = _to_be_asked().filter(meeting__starts_at__gt=now, meeting__starts_at__lte=now + AHEAD)
    due = {key: invitee.pk for invitee in coming if (key := _key_of_due(invitee, now))}
    done = Message.objects.filter(kind=emails.REMINDER, once_key__in=list(due))
    fresh = due.keys() - set(done.values_list("once_key", flat=True))
    return sum(_remind(due[key], key) for key in sorted(fresh))


@transaction.atomic
def _remind(invitee_pk: uuid.UUID, key: str) -> bool:
    """Write a reminder, unless the meeting was moved or cancelled just now."""
    invitee = _to_be_asked().select_for_update(of=("meeting",)).filter(pk=invitee_pk).first()
    if invitee is None or _key_of_due(invitee, clock.now()) != key:
        return False
    emails.meeting_reminder(invitee, once_key=key)
    return True


def _to_be_asked() -> QuerySet[Invitee]:
    """Return who has not declined a planned meeting, with all that a reminder needs."""
    return (
        Invitee.objects.filter(meeting__status=Meeting.Status.CONFIRMED)
        .exclude(answer=Invitee.Answer.DECLINED)
        .exclude(user__is_active=False)
        .select_related("meeting__organiser", "user__telling")
    )


def _key_of_due(invitee: Invitee, now: datetime) -> str:
    """Return what makes the latest reminder that is due by now unique, "" if none is."""
    meeting = invitee.meeting
    if meeting.has_begun or not invitee.email:
        return ""
    preference = getattr(invitee.user, "telling", None) or Preference()
    moments = {before: _moment(preference, meeting, before) for before in CHOSEN[preference.remind]}
    due = [before for before, moment in moments.items() if moment <= now]
    if not due:
        return ""
    # Of two that are due (after a standstill of the worker) the later one says enough.
    before = min(due)
    if meeting.changed_at > moments[before] - JUST_TOLD:
        return ""
    start = int(meeting.starts_at.timestamp())
    return f"reminder:{invitee.pk}:{start}:{int(before.total_seconds())}"


def _moment(preference: Preference, meeting: Meeting, before: timedelta) -> datetime:
    """Return when to remind: earlier rather than later where that moment is quiet."""
    if before == DAY_BEFORE:
        # The same time of day, also in the nights when the clock is turned.
        start = meeting.starts_at.astimezone(clock.TALLINN)
        wanted = start - before
    else:
        wanted = meeting.starts_at - before
    moment = loud_before(preference, wanted)
    return moment if moment == wanted else moment - BEFORE_QUIET
