"""When a pair should meet next, out of its rhythm and the hours at which it has met."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common import clock
from meetings.forms.slots import Slot
from mentorship.models import MentoringMeeting, Plan
from mentorship.workflow import PlanStatus


WEEKS = {
    Plan.Rhythm.WEEKLY: 1,
    Plan.Rhythm.FORTNIGHTLY: 2,
    Plan.Rhythm.MONTHLY: 4,
    Plan.Rhythm.BIMONTHLY: 8,
}
"""Whole weeks, so that a pair keeps its weekday. Who meets as needed has no rhythm."""
LAST_FEW = 6
"""The meetings from which the usual weekday and hour are read."""


@dataclass(frozen=True)
class NextMeeting:
    """`due_on` by the rhythm; `near`: the pair's usual weekday and hour round that day, never
    past; `first`: from which day on times are looked at.
    """

    due_on: date
    near: datetime

    @property
    def first(self) -> date:
        return max(clock.today(), min(self.due_on, clock.day_of(self.near)))

    @property
    def is_late(self) -> bool:
        return self.due_on < clock.today()

    def best_of(self, slots: Iterable[Slot]) -> Slot | None:
        """Return the free time nearest to the usual one, the earlier of two."""
        return min(slots, key=lambda slot: abs(slot.starts_at - self.near), default=None)


def next_meeting(plan: Plan, meetings: Iterable[MentoringMeeting]) -> NextMeeting | None:
    """Return when the pair should meet again, None without a rhythm or a meeting to count from.

    `meetings` are all of the plan's, the latest first.
    """
    met = [row.meeting.starts_at for row in meetings if _counts(row)]
    weeks = WEEKS.get(Plan.Rhythm(plan.rhythm))
    if weeks is None or not met:
        return None
    goes_on = _end_of_pause(plan)
    first = max(clock.today(), goes_on)
    due_on = max(clock.day_of(met[0]) + timedelta(weeks=weeks), goes_on)
    weekday, hour = _usual(met[:LAST_FEW])
    # Three days at most to either side of the day by the rhythm.
    round_it = max(due_on, clock.today())
    day = round_it + timedelta(days=(weekday - round_it.weekday() + 3) % 7 - 3)
    if day < first:
        day += timedelta(weeks=1)
    return NextMeeting(due_on, _moment(day, hour))


def _end_of_pause(plan: Plan) -> date:
    """Return the day on which a plan that rests goes on, if it is known; else one long past."""
    if plan.status != PlanStatus.PAUSED:
        return date.min
    pause = plan.pauses.filter(resumed_at=None).first()
    return pause.expected_until if pause and pause.expected_until else date.min


def _counts(row: MentoringMeeting) -> bool:
    """One to come counts, and one that nobody has recorded yet."""
    return not row.meeting.is_cancelled and row.outcome != MentoringMeeting.Outcome.NOT_HELD


def _usual(met: list[datetime]) -> tuple[int, time]:
    """Return the weekday and the hour (Tallinn) met most often, of equals the latest."""
    local = [moment.astimezone(clock.TALLINN) for moment in met]
    [(weekday, _times)] = Counter(moment.weekday() for moment in local).most_common(1)
    [(hour, _times)] = Counter(moment.time() for moment in local).most_common(1)
    return weekday, hour


def _moment(day: date, hour: time) -> datetime:
    try:
        return clock.tallinn(day, hour)
    except ValueError:
        # The clock is turned forward in that hour: nobody meets then, an hour later is as near.
        return clock.tallinn(day, hour.replace(hour=hour.hour + 1))
