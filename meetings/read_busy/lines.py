"""From bytes to the lines of components."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from meetings.read_busy.limits import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_EVENTS,
    MAX_LINES,
    NOT_CALENDAR,
    TOO_COMPLEX,
    TOO_LARGE,
    Refused,
)


@dataclass(frozen=True)
class Line:
    name: str
    params: dict[str, str]
    value: str


NAMES = {
    *("BEGIN", "END", "UID", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "ATTENDEE"),
    *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"),
    *("TZID", "X-LIC-LOCATION", "TZOFFSETTO"),
}
"""All that is looked at. Titles, places, descriptions and people are passed over."""
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAM = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)((?:,(?:"[^"]*"|[^",;:]*))*)')


def text_of(data: bytes) -> str:
    """Return the file as text with its folded lines joined. Raises Refused.

    Letters in a wrong encoding spoil titles alone, which nobody reads here; two-byte
    encodings show by their zero bytes.
    """
    if len(data) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"\0" in data or data[:15].upper() != b"BEGIN:VCALENDAR":
        raise Refused(NOT_CALENDAR)
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise Refused(TOO_LARGE)
    if data.upper().count(b"BEGIN:VEVENT") > MAX_EVENTS:
        raise Refused(TOO_LARGE)
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n ", "").replace("\n\t", "")


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines that matter. What is no line of a calendar is passed over."""
    for raw in text.split("\n"):
        named = NAME.match(raw)
        if not named or (name := named[0].upper()) not in NAMES:
            continue
        params, place = {}, named.end()
        while param := PARAM.match(raw, place):
            params[param[1].upper()] = param[2].strip('"')
            place = param.end()
        if raw[place : place + 1] == ":":
            yield Line(name, params, raw[place + 1 :].strip())


def components(text: str) -> Iterator[tuple[str, list[Line]]]:
    """Yield each component with its own lines, the inner ones first. Raises Refused.

    A file that breaks off is refused: half a calendar would say "free" for the rest.
    """
    open_ones: list[tuple[str, list[Line]]] = []
    for line in lines_of(text):
        if line.name == "BEGIN":
            open_ones.append((line.value.upper(), []))
            if len(open_ones) > MAX_DEPTH:
                raise Refused(TOO_COMPLEX)
        elif line.name == "END":
            if not open_ones or open_ones[-1][0] != line.value.upper():
                raise Refused(NOT_CALENDAR)
            name, lines = open_ones.pop()
            yield name, lines
            if name in ("STANDARD", "DAYLIGHT") and open_ones:
                open_ones[-1][1].extend(each for each in lines if each.name == "TZOFFSETTO")
        elif open_ones:
            open_ones[-1][1].append(line)
    if open_ones:
        raise Refused(NOT_CALENDAR)


def value_of(lines: list[Line], name: str) -> str:
    return next((line.value for line in lines if line.name == name), "")
