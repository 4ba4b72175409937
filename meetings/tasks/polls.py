"""Reminding those who have not answered a date poll."""

from common import clock
from meetings.actions.polls import REMIND_BEFORE, remind_poll
from meetings.models import Poll


FROM_HOUR = 8
"""Nobody is written to before this hour in Tallinn."""


def remind_polls() -> int:
    """Remind, two days before a poll's last day, those who have not answered; return how many."""
    if clock.now().astimezone(clock.TALLINN).hour < FROM_HOUR:
        return 0
    today = clock.today()
    near = Poll.objects.running().filter(answer_by__gte=today, answer_by__lte=today + REMIND_BEFORE)
    return sum(remind_poll(poll, by=None) for poll in near)
