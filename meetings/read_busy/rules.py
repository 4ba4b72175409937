"""Repetition (RFC 5545, 3.3.10), in wall-clock times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from dateutil import rrule

from meetings.read_busy.limits import TOO_COMPLEX, Odd, Refused
from meetings.read_busy.times import When, Zones, when_of


FREQUENCIES = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
WEEKDAYS = {day: getattr(rrule, day) for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")}
BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
LISTS = {
    "BYMONTH": ("bymonth", 1, 12),
    "BYMONTHDAY": ("bymonthday", -31, 31),
    "BYYEARDAY": ("byyearday", -366, 366),
    "BYWEEKNO": ("byweekno", -53, 53),
    "BYSETPOS": ("bysetpos", -366, 366),
    "BYHOUR": ("byhour", 0, 23),
    "BYMINUTE": ("byminute", 0, 59),
    "BYSECOND": ("bysecond", 0, 59),
}
ZERO_COUNTS = {"BYHOUR", "BYMINUTE", "BYSECOND"}


def rule_of(text: str, start: When, zones: Zones, earliest: datetime) -> Iterator[datetime]:
    """Return the wall-clock times of an RRULE, those long before `earliest` left out if possible.

    Raises Odd for a rule that says nothing, Refused for one that says far too much.
    """
    said: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, _equals, value = part.partition("=")
        said.setdefault(name.strip(), value.strip())
    frequency = said.get("FREQ", "")
    if frequency in TOO_OFTEN:
        raise Refused(TOO_COMPLEX)
    if frequency not in FREQUENCIES or said.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise Odd
    options: dict[str, Any] = {"interval": _number(said.get("INTERVAL", "1"), 1, 99_999)}
    for name, (option, least, most) in LISTS.items():
        if name in said:
            numbers = [_number(part, least, most) for part in said[name].split(",")]
            if name not in ZERO_COUNTS and 0 in numbers:
                raise Odd
            options[option] = numbers
    if "BYDAY" in said:
        options["byweekday"] = [_weekday(part) for part in said["BYDAY"].split(",")]
    if said.get("WKST") in WEEKDAYS:
        options["wkst"] = WEEKDAYS[said["WKST"]]
    until = _until(said["UNTIL"], start, zones) if "UNTIL" in said else None
    begin = start.wall
    if "COUNT" in said:
        options["count"] = _number(said["COUNT"], 1, 999_999)
    else:
        begin = _nearer(begin, earliest, frequency, options["interval"])
    try:
        times = rrule.rrule(FREQUENCIES[frequency], dtstart=begin, **options)
    except ValueError as error:
        raise Odd from error
    return (wall for wall in _until_then(iter(times), until))


def _until_then(times: Iterator[datetime], until: datetime | None) -> Iterator[datetime]:
    for wall in times:
        if until is not None and wall > until:
            return
        yield wall


def _nearer(begin: datetime, earliest: datetime, frequency: str, interval: int) -> datetime:
    """Begin a daily or weekly rule later by whole turns: the times after that are the same."""
    turn = {"DAILY": 1, "WEEKLY": 7}.get(frequency, 0) * interval
    days = (earliest - begin).days
    if not turn or days <= turn:
        return begin
    return begin + timedelta(days=days // turn * turn)


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", text.strip()) or not least <= int(text) <= most:
        raise Odd
    return int(text)


def _weekday(text: str) -> Any:
    parts = BY_DAY.fullmatch(text.strip())
    if not parts or (parts[1] and not 1 <= abs(int(parts[1])) <= 53):
        raise Odd
    day = WEEKDAYS[parts[2]]
    return day(int(parts[1])) if parts[1] else day


def _until(value: str, start: When, zones: Zones) -> datetime:
    """The last wall-clock time of a rule in its event's zone."""
    last = when_of(value, {}, zones)
    if last.is_day:
        return datetime.combine(last.wall, time.max)
    if last.zone is UTC and 1900 < last.wall.year < 2200:
        return last.moment.astimezone(start.zone).replace(tzinfo=None)
    return last.wall
