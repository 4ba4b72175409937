"""Calendar replies as mails and as facts, of people who are invited to tests' meetings."""

from datetime import UTC, datetime, timedelta
from itertools import count

from common import clock
from meetings.itip import Reply, read_reply
from meetings.models import Meeting
from people.models import User


_number = count(1)


def calendar(meeting: Meeting, address: str, answer: str, **also: str) -> str:
    """A plain calendar that answers: `also` changes or adds lines, such as SEQUENCE."""
    stamp = also.pop("DTSTAMP", None) or written(clock.now())
    lines = {
        "UID": meeting.uid,
        "SEQUENCE": str(meeting.sequence),
        "DTSTAMP": stamp,
        "ORGANIZER": "mailto:toetuspakett@127.0.0.1",
        f"ATTENDEE;PARTSTAT={answer.upper()}": f"mailto:{address}",
    } | also
    method = lines.pop("METHOD", "REPLY")
    event = "".join(f"{name}:{value}\r\n" for name, value in lines.items())
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//ET\r\nMETHOD:{method}\r\n"
        f"BEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def mail(
    meeting: Meeting,
    address: str,
    answer: str = "accepted",
    *,
    sender: str = "",
    message_id: str = "",
    headers: str = "",
    **also: str,
) -> bytes:
    """A whole mail with one calendar part."""
    message_id = message_id or f"<{next(_number)}@calendar.example>"
    method = also.get("METHOD", "REPLY")
    return (
        f"From: {sender or address}\r\nTo: toetuspakett@127.0.0.1\r\nMessage-ID: {message_id}\r\n"
        f"{headers}MIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n"
        f"{calendar(meeting, address, answer, **also)}"
    ).encode()


def counter(
    meeting: Meeting,
    address: str,
    *,
    days: int = 1,
    stamp: datetime | None = None,
    sequence: int | None = None,
) -> bytes:
    """A mail that proposes the same hour some days later."""
    move = timedelta(days=days)
    return mail(
        meeting,
        address,
        "tentative",
        METHOD="COUNTER",
        DTSTART=written(meeting.starts_at + move),
        DTEND=written(meeting.ends_at + move),
        DTSTAMP=written(stamp or clock.now()),
        SEQUENCE=str(meeting.sequence if sequence is None else sequence),
    )


def reply(
    meeting: Meeting,
    who: User | str,
    answer: str,
    *,
    stamp: datetime | None = None,
    sequence: int | None = None,
) -> Reply:
    """The facts of a mail from a person, or from a bare address."""
    address = who if isinstance(who, str) else who.email
    return read_reply(
        mail(
            meeting,
            address,
            answer,
            DTSTAMP=written(stamp or clock.now()),
            SEQUENCE=str(meeting.sequence if sequence is None else sequence),
        )
    )
