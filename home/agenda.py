"""The next meetings of a person, by day."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.translation import ngettext

from common import clock
from home.wording import agenda_title
from meetings.models import Meeting
from meetings.services import Shown, shown_to
from people.models import User


SHOWN = 6
"""Meetings in the card of the desk."""


@dataclass(frozen=True)
class Day:
    date: date
    meetings: list[Shown] = field(default_factory=list)

    @property
    def title(self) -> str:
        return agenda_title(self.date)

    @property
    def note(self) -> str:
        count = len(self.meetings)
        return ngettext("%(n)s meeting", "%(n)s meetings", count) % {"n": count}


def next_days(user: User) -> list[Day]:
    """The person's next meetings, at most six, by day. One query."""
    meetings = Meeting.objects.visible_to(user).upcoming().with_service_rows()[:SHOWN]
    return _by_day(meetings, user)


def day_plan(user: User, day: date) -> Day:
    """Every planned meeting of one day. One query."""
    meetings = (
        Meeting.objects.visible_to(user)
        .planned()
        .between(clock.tallinn(day), clock.end_of(day))
        .with_service_rows()
    )
    return Day(day, [shown_to(meeting, user) for meeting in meetings])


def _by_day(meetings, user: User) -> list[Day]:
    shown = [shown_to(meeting, user) for meeting in meetings]
    # A meeting that began yesterday and still runs belongs to today.
    today = clock.today()
    return [
        Day(day, list(of_day))
        for day, of_day in groupby(
            shown, lambda each: max(clock.day_of(each.meeting.starts_at), today)
        )
    ]
