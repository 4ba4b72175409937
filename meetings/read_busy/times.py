"""Moments, days, zones and durations as calendar programs write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from meetings.read_busy.limits import MAX_EVENTS, TOO_COMPLEX, Odd, Refused, Task
from meetings.read_busy.lines import Line, value_of


@dataclass(frozen=True)
class When:
    """A moment by the wall clock of its zone; of a day, its midnight."""

    wall: datetime
    zone: tzinfo
    is_day: bool = False

    @property
    def moment(self) -> datetime:
        """The aware moment in UTC.

        A time that exists twice is the first one; one that the clock jumps over is
        counted on from before the jump (RFC 5545, 3.3.5).
        """
        if not 1900 < self.wall.year < 2200:
            return self.wall.replace(tzinfo=UTC)
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)

    def at(self, wall: datetime) -> "When":
        return When(wall, self.zone, self.is_day)


ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
BY_OFFSETS: dict[tuple[str, ...], str] = {
    ("+0000", "+0100"): "Europe/London",
    ("+0100", "+0200"): "Europe/Brussels",
    ("+0200", "+0300"): "Europe/Tallinn",
}


class Zones:
    """Finds zones by the many names that programs give them."""

    def __init__(self, task: Task) -> None:
        self.home = ZoneInfo(task.zone)
        self.windows = {name.lower(): zone for name, zone in task.windows.items()}
        self.own: dict[str, tuple[str, frozenset[str]]] = {}
        self.found: dict[str, tzinfo] = {}

    def learn(self, lines: list[Line]) -> None:
        """Note a VTIMEZONE: where it says it is, and its offsets."""
        offsets = frozenset(
            line.value[:5] for line in lines if line.name == "TZOFFSETTO" and line.value
        )
        self.own[value_of(lines, "TZID").strip('"')] = value_of(lines, "X-LIC-LOCATION"), offsets

    def named(self, name: str) -> tzinfo:
        """Return the zone of a TZID; home for one that nobody knows."""
        if name not in self.found:
            if len(self.found) > MAX_EVENTS:
                raise Refused(TOO_COMPLEX)
            self.found[name] = self._search(name)
        return self.found[name]

    def _search(self, name: str) -> tzinfo:
        place, offsets = self.own.get(name, ("", frozenset()))
        parts = name.split("/")
        # "/freeassociation.sourceforge.net/Tzfile/Europe/Tallinn" holds the zone at its end.
        tails = ["/".join(parts[-count:]) for count in (3, 2) if len(parts) > count]
        for candidate in (name, self.windows.get(name.lower(), ""), place, *tails):
            if zone := _zone(candidate):
                return zone
        known = BY_OFFSETS.get(tuple(sorted(offsets)), "")
        if zone := _zone(known):
            return zone
        if len(offsets) == 1 and re.fullmatch(r"[+-][01][0-9][0-5][0-9]", only := min(offsets)):
            ahead = timedelta(hours=int(only[1:3]), minutes=int(only[3:5]))
            return timezone(ahead if only[0] == "+" else -ahead)
        return self.home


def _zone(name: str) -> tzinfo | None:
    if not ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


WHEN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
DURATION = re.compile(
    r"([+-]?)P(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?"
    r"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?"
)


def when_of(value: str, params: dict[str, str], zones: Zones) -> When:
    """Read a DATE or DATE-TIME. Raises Odd for one that no calendar has."""
    parts = WHEN.fullmatch(value)
    if not parts:
        raise Odd
    year, month, day, hour, minute, second, utc = parts.groups()
    try:
        midnight = datetime(int(year), int(month), int(day))  # noqa: DTZ001
        if hour is None:
            return When(midnight, zones.home, is_day=True)
        # A leap second is the minute's last.
        wall = midnight.replace(
            hour=int(hour), minute=int(minute), second=min(int(second), 59) if second else 0
        )
    except ValueError as error:
        raise Odd from error
    if utc:
        return When(wall, UTC)
    name = params.get("TZID", "")
    return When(wall, zones.named(name) if name else zones.home)


def duration_of(value: str) -> tuple[timedelta, timedelta]:
    """Read a DURATION: days by the wall clock, the rest exact. Raises Odd, if negative too."""
    parts = DURATION.fullmatch(value.upper())
    if not parts or parts[1] == "-":
        raise Odd
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    return (
        timedelta(weeks=weeks, days=days),
        timedelta(hours=hours, minutes=minutes, seconds=seconds),
    )


def period_of(
    value: str, params: dict[str, str], zones: Zones
) -> tuple[When, When | tuple[timedelta, timedelta] | None]:
    """Read a DATE, a DATE-TIME or a PERIOD: a beginning with an end or a duration."""
    start, slash, end = value.partition("/")
    begins = when_of(start, params, zones)
    if not slash:
        return begins, None
    return begins, duration_of(end) if "P" in end.upper() else when_of(end, params, zones)
