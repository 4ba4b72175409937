"""Free times, worked out exactly: moments in, moments out; no database.

A stretch (`Span`) holds its first moment and not its last. All moments are aware and
counted in UTC, so that an hour has sixty minutes also in the nights when the clock is
turned; only opening hours and the grid of beginnings go by the wall clock in Tallinn.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from common import clock


Span = tuple[datetime, datetime]

NOTHING = timedelta(0)
MOMENT = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = (15, 30)
"""Minutes between two beginnings that may be offered."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A time that is taken.

    `place` is where a meeting on site takes place, None when it is on site but nobody
    said where, "" when nobody travels (video, telephone). `own` meetings need the
    person's minutes on both sides; a foreign time (of an outside calendar) brings no
    minutes of its own, and nobody knows where it is.
    """

    starts_at: datetime
    ends_at: datetime
    place: str | None = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """How a person wants meetings apart. `most_a_day` counts meetings of ours per Tallinn day."""

    before: timedelta = NOTHING
    after: timedelta = NOTHING
    travel: timedelta = NOTHING
    notice: timedelta = NOTHING
    most_a_day: int | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """One person's open stretches, taken times and rules."""

    opens: Sequence[Span]
    busy: Sequence[Busy] = ()
    rules: Rules = field(default_factory=Rules)


def wall_spans(day: date, begins: time, ends: time) -> list[Span]:
    """Return all moments of a day at which Tallinn's clock shows `begins` or later and
    less than `ends`.

    An hour that does not exist in spring is no moment; one that comes twice in autumn is
    open both times, so that hours ending inside it make two stretches.
    """
    found = []
    for start, end, offset in _offsets(day):
        first = datetime.combine(day, begins, tzinfo=UTC) - offset
        last = datetime.combine(day, ends, tzinfo=UTC) - offset
        first, last = max(first, start), min(last, end)
        if first < last:
            found.append((first, last))
    return merged(found)


@lru_cache(maxsize=1024)
def _offsets(day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the stretches of a day with one offset each: two when the clock is turned."""
    start, end = clock.tallinn(day).astimezone(UTC), clock.end_of(day).astimezone(UTC)
    before, after = _offset(start), _offset(end - timedelta(seconds=1))
    if before == after:
        return ((start, end, before),)
    seconds = range(int((end - start).total_seconds()))
    turned = start + timedelta(
        seconds=bisect_left(
            seconds, True, key=lambda n: _offset(start + timedelta(seconds=n)) != before
        )
    )
    return ((start, turned, before), (turned, end, after))


def _offset(moment: datetime) -> timedelta:
    return moment.astimezone(clock.TALLINN).utcoffset() or NOTHING


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the stretches in order, those that touch or overlap as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def shortened(spans: Iterable[Span], by: timedelta) -> list[Span]:
    """Take away the last open moments, `by` in all."""
    result = merged(spans)
    while result and by > NOTHING:
        start, end = result.pop()
        if end - start > by:
            result.append((start, end - by))
        by -= end - start
    return result


def free_starts(
    people: Sequence[Calendar],
    *,
    window: Span,
    length: timedelta,
    step: int = 30,
    now: datetime,
    place: str | None = "",
) -> list[datetime]:
    """Return the beginnings (UTC, in order) at which everyone is free for `length`.

    The meeting begins and ends inside `window`, begins on the wall clock's grid of
    `step` minutes, and lies wholly in the open stretches of each person. `place` is where
    it would be, as in `Busy`. For each person:

    - from an own meeting it keeps at least `after` of the earlier plus `before` of the
      later, and `travel` where both are on site and not surely in one place;
    - from a foreign time it keeps its own `before` or `after`;
    - it begins no earlier than `notice` from now;
    - it begins on no day that has `most_a_day` own meetings already.
    """
    if step not in STEPS or length <= NOTHING:
        raise ValueError("a step is 15 or 30 minutes, and a meeting has a length")
    common: list[Span] | None = None
    full: set[date] = set()
    for person in people:
        own = _possible(person, window, length, now, place)
        common = own if common is None else _both(common, own)
        full |= _full_days(person)
    starts = _on_grid(common or [], timedelta(minutes=step))
    if full:
        starts = [start for start in starts if clock.day_of(start) not in full]
    return starts


def _possible(
    person: Calendar, window: Span, length: timedelta, now: datetime, place: str | None
) -> list[Span]:
    """Return when a meeting may begin; here both ends of a stretch belong to it."""
    # A meeting that begins this very moment cannot be booked any more.
    first = max(_utc(window[0]), _utc(now) + max(person.rules.notice, MOMENT))
    last = _utc(window[1])
    opens = merged((_utc(start), _utc(end)) for start, end in person.opens)
    starts = [(max(start, first), min(end, last) - length) for start, end in opens]
    return _without(
        [(start, end) for start, end in starts if start <= end],
        [_taken(each, person.rules, length, place) for each in person.busy],
    )


def _taken(busy: Busy, rules: Rules, length: timedelta, place: str | None) -> Span:
    """Return between which moments, both left out, a meeting cannot begin for a taken time."""
    if busy.own:
        before = after = rules.after + rules.before
        if _apart(busy.place, place):
            before = after = max(before, rules.travel)
    else:
        # The new meeting comes earlier: its own `after` fits in between; and the other way round.
        before, after = rules.after, rules.before
    return _utc(busy.starts_at) - before - length, _utc(busy.ends_at) + after


def _apart(one: str | None, other: str | None) -> bool:
    """Whether both are on site and may be in different places."""
    if one == "" or other == "":
        return False
    return one is None or other is None or _plain(one) != _plain(other)


def _plain(place: str) -> str:
    return " ".join(place.casefold().split())


def _without(starts: list[Span], taken: Iterable[Span]) -> list[Span]:
    """Cut what is taken (ends left out) from stretches whose ends belong to them."""
    blocks: list[Span] = []
    for start, end in sorted(taken):
        # Two that only touch leave one moment between them, into which a meeting fits exactly.
        if blocks and start < blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], max(blocks[-1][1], end))
        else:
            blocks.append((start, end))
    result, at = [], 0
    for first, last in starts:
        while at < len(blocks) and blocks[at][1] <= first:
            at += 1
        rest, look = first, at
        while look < len(blocks) and blocks[look][0] < last and rest <= last:
            start, end = blocks[look]
            if rest <= start:
                result.append((rest, start))
            rest = max(rest, end)
            look += 1
        if rest <= last:
            result.append((rest, last))
    return result


def _both(one: list[Span], other: list[Span]) -> list[Span]:
    """Return what two ordered lists of stretches (ends included) have in common."""
    result, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            result.append((first, last))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return result


def _on_grid(starts: Iterable[Span], step: timedelta) -> list[datetime]:
    """Return the moments of the grid. Tallinn is whole hours from UTC: their grids agree."""
    found = []
    for first, last in starts:
        at = EPOCH - ((EPOCH - first) // step) * step
        while at <= last:
            found.append(at)
            at += step
    return found


def _full_days(person: Calendar) -> set[date]:
    most = person.rules.most_a_day
    if most is None:
        return set()
    held: dict[date, int] = {}
    for each in person.busy:
        if each.own:
            day = clock.day_of(each.starts_at)
            held[day] = held.get(day, 0) + 1
    return {day for day, count in held.items() if count >= most}


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
