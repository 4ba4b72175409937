"""From events to the stretches of time in which their owner is busy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from meetings.read_busy.limits import (
    MAX_DATES,
    MAX_SPANS,
    MAX_STEPS,
    NOT_CALENDAR,
    TOO_COMPLEX,
    TOO_LARGE,
    Odd,
    Refused,
    Task,
)
from meetings.read_busy.lines import Line, components, text_of
from meetings.read_busy.rules import rule_of
from meetings.read_busy.times import When, Zones, duration_of, period_of, when_of


Span = tuple[datetime, datetime]


@dataclass
class Event:
    uid: str
    busy: bool
    start: When
    end: When | None
    duration: tuple[timedelta, timedelta] | None
    """By the wall clock (weeks, days) and exact (hours, minutes, seconds)."""
    instead_of: When | None
    rules: list[str]
    more: list[tuple[When, When | tuple[timedelta, timedelta] | None]]
    without: list[When]

    @property
    def length(self) -> timedelta:
        """About how long it takes: never too short, and at most some lifetimes."""
        if self.end:
            long = max(self.end.moment - self.start.moment, timedelta(0))
        elif self.duration:
            long = sum(self.duration, timedelta(0))
        else:
            long = timedelta(days=1)
        return min(long, timedelta(days=100_000)) + timedelta(hours=2)


FREE = {"FREE", "WORKINGELSEWHERE"}


def event_of(lines: list[Line], zones: Zones, owner: str) -> Event:
    """Read one VEVENT. Raises Odd."""
    first: dict[str, Line] = {}
    more, without, rules, declined = [], [], [], False
    for line in lines:
        first.setdefault(line.name, line)
        if line.name == "RRULE":
            rules.append(line.value)
        elif line.name == "RDATE":
            more += [period_of(part, line.params, zones) for part in line.value.split(",") if part]
        elif line.name == "EXDATE":
            without += [when_of(part, line.params, zones) for part in line.value.split(",") if part]
        elif line.name == "ATTENDEE" and owner:
            mine = line.value.lower().removeprefix("mailto:") == owner.lower()
            declined |= mine and line.params.get("PARTSTAT", "").upper() == "DECLINED"

    def said(name: str) -> str:
        return first[name].value.upper() if name in first else ""

    def time_at(name: str) -> When | None:
        return when_of(first[name].value, first[name].params, zones) if name in first else None

    start = time_at("DTSTART")
    if start is None or len(rules) > 4:
        raise Odd
    return Event(
        uid=first["UID"].value if "UID" in first else "",
        busy=not declined
        and said("STATUS") != "CANCELLED"
        and said("TRANSP") != "TRANSPARENT"
        and said("X-MICROSOFT-CDO-BUSYSTATUS") not in FREE,
        start=start,
        end=time_at("DTEND"),
        duration=duration_of(said("DURATION")) if "DURATION" in first else None,
        instead_of=time_at("RECURRENCE-ID"),
        rules=rules,
        more=more,
        without=without,
    )


def end_of(event: Event, begins: When, until: Any = None) -> datetime:
    """Return when what begins at `begins` ends, in UTC.

    An end in the same zone holds by the wall clock: who is busy until 17.00 is so on
    the day of the clock change too.
    """
    end, duration = event.end, event.duration
    if isinstance(until, When):
        return until.moment
    if isinstance(until, tuple):
        end, duration = None, until
    if end is not None:
        apart = end.wall - event.start.wall
        if end.is_day and begins.is_day:
            return begins.at(begins.wall + max(apart, timedelta(days=1))).moment
        exact = end.moment - event.start.moment
        if end.zone is not begins.zone:
            return begins.moment + exact
        ends = begins.at(begins.wall + apart).moment
        # A beginning that the clock jumps over is later than its wall time says.
        return ends if ends > begins.moment or apart <= timedelta(0) else begins.moment + apart
    if duration is not None:
        nominal, exact = duration
        return begins.at(begins.wall + nominal).moment + exact
    return begins.at(begins.wall + timedelta(days=1)).moment if begins.is_day else begins.moment


@dataclass
class Steps:
    """Counts what has been worked out, so that no file takes more than its share."""

    left: int = MAX_STEPS
    dates: int = MAX_DATES

    def turn(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Refused(TOO_COMPLEX)

    def date(self, count: int = 1) -> None:
        self.dates -= count
        if self.dates < 0:
            raise Refused(TOO_COMPLEX)


def spans_of(
    event: Event, moved: list[When], starts: datetime, ends: datetime, zones: Zones, steps: Steps
) -> Iterator[Span]:
    """Yield when an event keeps its owner busy within the stretch, in no order.

    `moved` are the times in whose place other events of the file stand.
    """
    without = [*event.without, *([] if event.instead_of else moved)]
    days = {each.wall.date() for each in without if each.is_day}
    moments = {each.moment for each in without if not each.is_day}
    room = timedelta(days=2)
    earliest = starts.replace(tzinfo=None) - event.length - room
    latest = ends.replace(tzinfo=None) + room

    def happening(begins: When, until: Any = None) -> Iterator[Span]:
        if begins.moment in moments or begins.wall.date() in days:
            return
        ended = end_of(event, begins, until)
        if begins.moment < ends and ended > starts and ended > begins.moment:
            steps.date()
            yield max(begins.moment, starts), min(ended, ends)

    yield from happening(event.start)
    if event.instead_of:
        return
    for rule in event.rules:
        for wall in rule_of(rule, event.start, zones, earliest):
            steps.turn()
            if wall > latest:
                break
            if wall >= earliest:
                yield from happening(event.start.at(wall))
    for begins, until in event.more:
        yield from happening(begins, until)


def merged(spans: list[Span]) -> list[Span]:
    """Join what overlaps or touches; in order."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^\s@]{1,200}")
"""How the UIDs of this product look; the caller knows which of them are."""


def busy_times(data: bytes, task: Task) -> dict:
    """Return when the owner of a calendar file is busy.

    `spans` are merged; `ours` holds those of events that look like our own by their
    UIDs; `events` and `skipped` count what was read and what could not be. Raises Refused.
    """
    zones = Zones(task)
    found: list[list[Line]] = []
    free_busy: list[Line] = []
    for name, lines in components(text_of(data)):
        if name == "VTIMEZONE":
            zones.learn(lines)
        elif name == "VEVENT":
            found.append(lines)
        elif name == "VFREEBUSY":
            free_busy += [line for line in lines if line.name == "FREEBUSY"]
    steps = Steps()
    steps.date(
        sum(
            line.value.count(",") + 1
            for lines in [*found, free_busy]
            for line in lines
            if line.name in ("RDATE", "EXDATE", "FREEBUSY")
        )
    )
    events, skipped = [], 0
    for lines in found:
        try:
            events.append(event_of(lines, zones, task.owner))
        except (Odd, OverflowError):
            skipped += 1
    moved: dict[str, list[When]] = {}
    for event in events:
        if event.instead_of and event.uid:
            moved.setdefault(event.uid, []).append(event.instead_of)
    starts = datetime.fromtimestamp(task.starts, UTC)
    ends = datetime.fromtimestamp(task.ends, UTC)
    spans: list[Span] = []
    ours: dict[str, list[Span]] = {}
    for event in events:
        if not event.busy:
            continue
        kept = ours.setdefault(event.uid, []) if OURS.fullmatch(event.uid) else spans
        try:
            kept += spans_of(event, moved.get(event.uid, []), starts, ends, zones, steps)
        except (Odd, OverflowError, ValueError):
            skipped += 1
    spans += _free_busy(free_busy, starts, ends, zones)
    if skipped and skipped * 2 > len(found):
        raise Refused(NOT_CALENDAR)
    joined = merged(spans)
    if len(joined) + sum(map(len, ours.values())) > MAX_SPANS:
        raise Refused(TOO_LARGE)
    return {
        "spans": _seconds(joined),
        "ours": {uid: _seconds(own) for uid, own in ours.items() if own},
        "events": len(found),
        "skipped": skipped,
    }


def _free_busy(lines: list[Line], starts: datetime, ends: datetime, zones: Zones) -> Iterator[Span]:
    for line in lines:
        if line.params.get("FBTYPE", "BUSY").upper() == "FREE":
            continue
        for part in line.value.split(","):
            try:
                begins, until = period_of(part, line.params, zones)
                if until is None:
                    continue
                ended = (
                    until.moment
                    if isinstance(until, When)
                    else begins.moment + sum(until, timedelta(0))
                )
            except (Odd, OverflowError):
                continue
            if begins.moment < ends and ended > starts and ended > begins.moment:
                yield max(begins.moment, starts), min(ended, ends)


def _seconds(spans: list[Span]) -> list[tuple[int, int]]:
    return [(int(begin.timestamp()), int(end.timestamp())) for begin, end in spans]
