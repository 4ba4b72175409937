"""What every action on a meeting does first and last."""

from datetime import datetime

from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from meetings.forms import stale_sentence
from meetings.models import Meeting


def locked(meeting: Meeting) -> Meeting:
    """Read the row anew and hold it until the transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)


def check_not_stale(meeting: Meeting, sequence: int | None) -> None:
    if sequence is not None and sequence != meeting.sequence:
        raise Refused(stale_sentence())


def changed(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = clock.now()
    meeting.save()


def check_planned(meeting: Meeting) -> None:
    if meeting.is_cancelled:
        raise Refused(_("This meeting has been cancelled."))
    if meeting.is_over:
        raise Refused(_("This meeting is already over."))


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("The end must be later than the beginning."), field="ends")
    if starts_at <= clock.now():
        raise Refused(_("This time is in the past. Choose a later time."), field="begins")
