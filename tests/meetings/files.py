"""Calendar files for tests, and what the product reads out of them."""

import json
from datetime import UTC, datetime

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common import clock
from meetings.read_busy.__main__ import answer
from meetings.read_busy.limits import Task


OWNER = "mari@test.example"
FROM, TO = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def question(data: bytes, *, start: datetime = FROM, end: datetime = TO) -> bytes:
    task = Task(
        starts=int(start.timestamp()),
        ends=int(end.timestamp()),
        zone="Europe/Tallinn",
        owner=OWNER,
        windows=WINDOWS_TO_OLSON,
    )
    return json.dumps(vars(task)).encode() + b"\n" + data


def calendar(*events: str, more: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, more: str = "") -> list[str]:
    """Busy times of the year 2027 in Tallinn: "28.03 10.00-11.00"."""
    found = answer(question(calendar(*events, more=more)))
    assert "refused" not in found, found
    return [shown(*span) for span in found["spans"]]


def shown(begin: int, end: int) -> str:
    starts = datetime.fromtimestamp(begin, clock.TALLINN)
    ends = datetime.fromtimestamp(end, clock.TALLINN)
    until = f"{ends:%H.%M}" if starts.date() == ends.date() else f"{ends:%d.%m %H.%M}"
    return f"{starts:%d.%m %H.%M}-{until}"


TEN_TO_ELEVEN = """
DTSTART;TZID=Europe/Tallinn:20270510T100000
DTEND;TZID=Europe/Tallinn:20270510T110000
"""
BUSY = ["10.05 10.00-11.00"]

VTIMEZONE = """BEGIN:VTIMEZONE
TZID:{name}
{more}BEGIN:STANDARD
DTSTART:16010101T040000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T030000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
END:DAYLIGHT
END:VTIMEZONE
"""

WEEKLY = """
UID:series
DTSTART;TZID=Europe/Tallinn:20270503T100000
DTEND;TZID=Europe/Tallinn:20270503T110000
RRULE:FREQ=WEEKLY;COUNT=3
"""
