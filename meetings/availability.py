"""When people can be met: what stands in the database, brought to `meetings.slots`.

The number of queries is the same for any number of people and days.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import (
    CharField,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    TimeField,
    UUIDField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from common import clock
from common.workdays import holiday_name, is_shortened_day
from meetings.models import (
    BookingRules,
    BusyTime,
    Invitee,
    Meeting,
    OpeningException,
    OpeningHours,
    Room,
)
from meetings.slots import Busy, Calendar, Rules, Span, free_starts, shortened, wall_spans
from people.models import Absence, User


USUAL_HOURS = (time(9), time(16))
"""Monday to Friday, for people who have entered no hours."""
USUAL_DAYS = range(5)
SHORTER_BY = timedelta(hours=3)
"""Employment Contracts Act § 53: the working day before four of the holidays."""
FOREIGN, IN_ROOM = "foreign", "in_room"
"""Stand where a meeting has its form."""
AROUND = timedelta(days=1)
"""Longer than the longest travel: what is taken just outside a stretch of days reaches into it."""

Hours = tuple[time, time]


@dataclass(frozen=True)
class Opening:
    """What one person has entered, and when they are away."""

    hours: list[tuple[date, date | None, int, Hours]]
    exceptions: dict[date, list[Hours]]
    absences: list[tuple[date, date | None]]

    def is_away(self, day: date) -> bool:
        return any(_holds(first, last, day) for first, last in self.absences)

    def spans(self, day: date) -> list[Span]:
        """Return the open stretches of a day; an absence closes it whatever else was entered."""
        return [] if self.is_away(day) else self.hours_on(day)

    def hours_on(self, day: date) -> list[Span]:
        """Return a day's opening hours, whether or not the person is there.

        An exception stands in place of the usual hours and opens a holiday too; of a
        shortened day the last three open hours fall away.
        """
        if day in self.exceptions:
            return [span for hours in self.exceptions[day] for span in wall_spans(day, *hours)]
        if holiday_name(day):
            return []
        spans = [span for hours in self._usual(day) for span in wall_spans(day, *hours)]
        return shortened(spans, SHORTER_BY) if is_shortened_day(day) else spans

    def is_assumed(self, day: date) -> bool:
        """Whether nothing was entered: until the first day of the first hours that somebody
        enters, those of an office hold.
        """
        return all(day < starts_on for starts_on, *_rest in self.hours)

    def _usual(self, day: date) -> list[Hours]:
        if self.is_assumed(day):
            return [USUAL_HOURS] if day.weekday() in USUAL_DAYS else []
        return [
            hours
            for starts_on, ends_on, weekday, hours in self.hours
            if weekday == day.weekday() and _holds(starts_on, ends_on, day)
        ]


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def openings_of(users: Iterable[User], first: date, last: date) -> dict[uuid.UUID, Opening]:
    """Return, per person's key, what they entered for the days from `first` to `last`.

    One query.
    """
    keys = [user.pk for user in users]
    openings = {key: Opening([], {}, []) for key in keys}
    for source, key, starts_on, ends_on, weekday, begins, ends in _entered(keys, first, last):
        opening = openings[key]
        if source == "absence":
            opening.absences.append((starts_on, ends_on))
        elif source == "hours":
            opening.hours.append((starts_on, ends_on, weekday, (begins, ends)))
        else:
            ranges = opening.exceptions.setdefault(starts_on, [])
            if begins is not None:
                ranges.append((begins, ends))
    return openings


def _entered(keys: list[uuid.UUID], first: date, last: date) -> QuerySet:
    def facts(rows: QuerySet, source: str, *columns: str | Combinable) -> QuerySet:
        word = Value(source, output_field=CharField())
        return rows.filter(user__in=keys).order_by().values_list(word, "user_id", *columns)

    period = ("starts_on", "ends_on")
    never = Cast(Value(None), TimeField())
    no_weekday = Value(0, output_field=PositiveSmallIntegerField())
    exceptions = OpeningException.objects.filter(day__range=(first, last))
    absences = Absence.objects.overlapping(first, last)
    # All hours, the past ones too: whether somebody has entered any decides.
    return facts(OpeningHours.objects.all(), "hours", *period, "weekday", "begins", "ends").union(
        facts(exceptions, "exception", "day", "day", no_weekday, "begins", "ends"),
        facts(absences, "absence", *period, no_weekday, never, never),
        all=True,
    )


def busy_of(
    users: Iterable[User],
    start: datetime,
    end: datetime,
    *,
    room: Room | None = None,
    but: uuid.UUID | None = None,
) -> dict[uuid.UUID, list[Busy]]:
    """Return, per person's key and under that of the room, what is taken between two moments
    (aware).

    This is the one place that knows where taken times come from. `but` is the key of
    a meeting that is to be moved and is in nobody's way itself. One query.
    """
    keys = {user.pk for user in users}
    coming: dict[uuid.UUID, Busy] = {}
    people: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    declined: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    taken: dict[uuid.UUID, list[Busy]] = defaultdict(list)
    for pk, starts_at, ends_at, form, place, organiser, invited, answer in _taken(
        keys, room, start, end, but
    ):
        if form == IN_ROOM:
            taken[organiser].append(Busy(starts_at, ends_at))
            continue
        if form == FOREIGN:
            # Of what stands in a person's own calendar only this is known.
            coming[pk] = Busy(starts_at, ends_at, own=False)
        else:
            coming[pk] = Busy(starts_at, ends_at, place_of(form, place))
        people[pk] |= {organiser, invited}
        if answer == Invitee.Answer.DECLINED:
            declined[pk].add(invited)
    for pk, busy in coming.items():
        for key in (people[pk] - declined[pk]) & keys:
            taken[key].append(busy)
    return taken


def _taken(
    keys: set[uuid.UUID],
    room: Room | None,
    start: datetime,
    end: datetime,
    but: uuid.UUID | None,
) -> QuerySet:
    """Return planned meetings that a person organises or is asked to, a row for each who is
    asked; the busy times of their own calendars; and the meetings that have the room.
    """
    planned = Meeting.objects.planned().between(start, end).order_by()
    if but is not None:
        planned = planned.exclude(pk=but)
    meetings = planned.filter(Q(organiser__in=keys) | Q(invitees__user__in=keys))
    times = ("pk", "starts_at", "ends_at")
    nothing = Value("", output_field=CharField())
    foreign = BusyTime.objects.filter(user__in=keys).between(start, end).order_by()
    nobody = Cast(Value(None), UUIDField())
    others = [
        foreign.values_list(
            *times, Value(FOREIGN, output_field=CharField()), nothing, "user", nobody, nothing
        )
    ]
    if room is not None:
        others.append(
            planned.filter(room=room).values_list(
                *times, Value(IN_ROOM, output_field=CharField()), nothing, "room", nobody, nothing
            )
        )
    return meetings.values_list(
        *times, "form", "place", "organiser", "invitees__user", "invitees__answer"
    ).union(*others, all=True)


def place_of(form: str, place: str) -> str | None:
    """Return where a meeting is, as `meetings.slots.Busy` has it."""
    return (place or None) if form == Meeting.Form.ON_SITE else ""


def rules_of(users: Iterable[User]) -> dict[uuid.UUID, BookingRules]:
    """Return everyone's rules; of those who entered none, a row that is not saved. One query."""
    people = list(users)
    entered = {row.user_id: row for row in BookingRules.objects.filter(user__in=people)}
    return {user.pk: entered.get(user.pk) or BookingRules(user=user) for user in people}


@dataclass(frozen=True)
class FreeTimes:
    """Free beginnings of several people on some days, and when each of them is away."""

    first: date
    last: date
    length: timedelta
    starts: list[datetime]
    openings: dict[uuid.UUID, Opening]


def free_times(
    users: Sequence[User],
    *,
    first: date,
    last: date,
    length: timedelta,
    step: int = 30,
    place: str | None = "",
    room: Room | None = None,
    but: uuid.UUID | None = None,
    rules: dict[uuid.UUID, BookingRules] | None = None,
) -> FreeTimes:
    """Return when all these people can be met for `length` from `first` to `last` (Tallinn days).

    `place` is where, as in `meetings.slots.Busy`; a `room` must be free too. `step` is 15 or
    30 minutes; `rules` spare a query to those who asked for them already.
    """
    window = clock.tallinn(first), clock.end_of(last)
    openings = openings_of(users, first, last)
    busy = busy_of(users, window[0] - AROUND, window[1] + AROUND, room=room, but=but)
    rules = rules_of(users) if rules is None else rules
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    calendars = [
        Calendar(
            opens=[span for day in days for span in openings[user.pk].spans(day)],
            busy=busy.get(user.pk, []),
            rules=_as_intervals(rules[user.pk]),
        )
        for user in users
    ]
    if room is not None:
        # Nobody closes it: a room is open day and night.
        calendars.append(Calendar(opens=[window], busy=busy.get(room.pk, [])))
    starts = free_starts(
        calendars, window=window, length=length, step=step, now=clock.now(), place=place
    )
    return FreeTimes(first, last, length, starts, openings)


def _as_intervals(rules: BookingRules) -> Rules:
    return Rules(
        before=timedelta(minutes=rules.minutes_before),
        after=timedelta(minutes=rules.minutes_after),
        travel=timedelta(minutes=rules.travel_minutes),
        notice=timedelta(hours=rules.notice_hours),
        most_a_day=rules.most_a_day,
    )


def common_free_times(
    users: Sequence[User],
    *,
    number: int = 5,
    length: timedelta = timedelta(minutes=90),
    room: Room | None = None,
) -> list[tuple[datetime, datetime]]:
    """Return times (aware begins and ends) at which all these people, and the room, are free.

    One a day, the first from nine o'clock on, from the day after tomorrow for four weeks: who
    is asked by a poll needs some days to answer. Three queries.
    """
    first = clock.today() + timedelta(days=2)
    people = list(dict.fromkeys(users))
    last = first + timedelta(weeks=4)
    free = free_times(people, first=first, last=last, length=length, room=room)
    by_day: dict[date, datetime] = {}
    for start in free.starts:
        if start.astimezone(clock.TALLINN).time() >= USUAL_HOURS[0]:
            by_day.setdefault(clock.day_of(start), start)
    return [(start, start + length) for start in list(by_day.values())[:number]]
