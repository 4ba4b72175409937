"""Calendar replies (iTIP, RFC 5546, by mail as in RFC 6047): an e-mail's bytes in, facts or a
refusal out; no database.

Anyone can write to the mailbox. So everything is counted before it is parsed, time zones come
from our own tables and never from the mail, and of the calendar only the lines named in
`WANTED` are looked at: no comment of a person gets any further than this module.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common import clock
from meetings.authentication import is_proven


MAIL_LIMIT = 1024 * 1024
"""Bytes of the largest mail that is read at all."""
CALENDAR_LIMIT = 64 * 1024
"""Bytes of the largest calendar part, decoded."""
LINES = 40_000
CONTENT_HEADERS = 60
"""Content-Type and its like, in all parts together: no more parts can hold each other."""
CALENDARS = 4
HEADER = 2_000
"""Longest header that is parsed, in characters."""
COMPONENTS = 300
"""Thunderbird writes out a zone's whole history: 32 of Tallinn, 86 of London, 247 of Hebron."""
NESTING = 4
LONGEST = timedelta(days=1)
"""No meeting that somebody proposes lasts longer."""

METHODS = ("REPLY", "COUNTER")
ANSWERS = ("ACCEPTED", "DECLINED", "TENTATIVE")
WANTED = {"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "DTSTART", "DTEND", "DURATION"}
SERIES = {"RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID"}

_CALENDAR_TYPES = ("text/calendar", "application/ics")
_ENCODINGS = ("", "7bit", "8bit", "binary", "quoted-printable", "base64")
_CHARSETS = re.compile(r"(us-ascii|iso-8859-\d{1,2}|windows-125\d|utf-16(le|be)?)", re.IGNORECASE)
_CONTENT_HEADER = re.compile(rb"^content-[\w-]+:.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,3})W|(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?)",
    re.ASCII,
)
_ZONE = re.compile(r"[\w+\-/ ().,&]{1,120}", re.ASCII)


class NotTaken(Exception):
    """The mail holds no reply that could be taken. `reason` is one word for logs and tests."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoReply(NotTaken):
    """No calendar in it: a bounce, an auto-reply, a letter. Nothing is to be done."""


class Unreadable(NotTaken):
    """Broken, too large or hostile."""


class UnknownAnswer(NotTaken):
    """A calendar that says something we do not know, such as that somebody else will come."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a calendar part says. Moments are aware, in UTC.

    `method` is REPLY or COUNTER; `answer` is RFC 5545's PARTSTAT in lower case, "" in a
    COUNTER, which has `starts_at` and `ends_at` instead.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime
    attendee: str
    answer: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        return _hash(repr(self))


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One mail: its event, its only sender in lower case ("" when that is unclear), a
    fingerprint that a second copy shares, and whether the sender is proven.
    """

    event: Event
    sender: str
    message_hash: str
    proven: bool


def read_reply(mail: bytes, *, authserv_id: str = "") -> Reply:
    """Read one mail.

    With `authserv_id`, the name of our own mail server, the sender must be proven by its
    `Authentication-Results`; without it nobody is asked. Raises NotTaken.
    """
    if len(mail) > MAIL_LIMIT:
        raise Unreadable("size")
    mail = mail.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _check_countable(mail)
    try:
        message = message_from_bytes(mail)
        event = _event_of(message)
        sender = _sender(message)
        results = [str(value) for value in message.get_all("Authentication-Results", [])]
        message_ids = [_unfolded(value) for value in message.get_all("Message-ID", [])]
    except NotTaken:
        raise
    except Exception as error:  # the package is not made for enemies; what it trips over is theirs
        raise Unreadable("mail") from error
    domain = sender.rpartition("@")[2]
    named = message_ids[0].strip() if message_ids else ""
    return Reply(
        event=event,
        sender=sender,
        message_hash=_hash(f"{sender} {named}") if named else fingerprint(mail),
        proven=not authserv_id or is_proven(results, domain=domain, server=authserv_id),
    )


def fingerprint(mail: bytes) -> str:
    return hashlib.sha256(mail).hexdigest()


def _hash(text: str) -> str:
    return fingerprint(text.encode("utf-8", "surrogatepass"))


# --- the mail -------------------------------------------------------------------------------


def _check_countable(mail: bytes) -> None:
    """Look the mail over before the parser does, whose work grows with lines times parts."""
    lower = mail.lower()
    if not any(mark in lower for mark in (b"text/calendar", b"application/ics", b".ics")):
        raise NoReply("no calendar")
    if mail.count(b"\n") > LINES:
        raise Unreadable("lines")
    for n, header in enumerate(_CONTENT_HEADER.finditer(mail)):
        if n >= CONTENT_HEADERS:
            raise Unreadable("parts")
        if len(header[0]) > HEADER:
            raise Unreadable("header")


def _event_of(message: Message) -> Event:
    parts = [part for part in _leaves(message) if _is_calendar(part)]
    if not parts:
        raise NoReply("no calendar")
    if len(parts) > CALENDARS:
        raise Unreadable("calendars")
    # Many programs send the calendar twice, as a part and as a file; both must say the same.
    events = {_read_part(part) for part in parts}
    if len(events) != 1:
        raise Unreadable("two calendars")
    return events.pop()


def _leaves(part: Message) -> Iterator[Message]:
    """Parts that hold no other. What was only sent on inside (message/…) is nobody's answer."""
    kind = part.get_content_type()
    if kind == "multipart/report":
        return
    if part.get_content_maintype() != "multipart":
        yield part
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _leaves(inner)


def _is_calendar(part: Message) -> bool:
    kind = part.get_content_type()
    named = str(part.get_filename() or "").lower()
    return kind in _CALENDAR_TYPES or (
        kind.startswith("application/") and named.endswith((".ics", ".ical"))
    )


def _read_part(part: Message) -> Event:
    encoding = _unfolded(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in _ENCODINGS or part.is_multipart():
        raise Unreadable("encoding")
    if len(part.get_payload()) > 4 * CALENDAR_LIMIT:
        raise Unreadable("calendar size")
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or len(content) > CALENDAR_LIMIT:
        raise Unreadable("calendar size")
    method = part.get_param("method")
    if method is not None and not isinstance(method, str):
        raise Unreadable("method")
    return read_calendar(_text(content, part.get_content_charset() or ""), method=method or "")


def _text(content: bytes, charset: str) -> str:
    """UTF-8 whatever the mail says; else as it says, of the charsets that mail is written in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        known = _CHARSETS.fullmatch(charset)
        return content.decode(charset if known else "latin-1", "replace")


def _unfolded(value: object) -> str:
    return str(value)[:HEADER].replace("\n", " ")


def _sender(message: Message) -> str:
    """The only address of the only From, in lower case, or "" when that is not plain.

    The stdlib's parsers forgive much, and what one program forgives another reads otherwise.
    """
    headers = message.get_all("From", [])
    if len(headers) != 1 or len(str(headers[0])) > HEADER:
        return ""
    value = re.sub(r'"(?:[^"\\]|\\.)*"', " ", _unfolded(headers[0])).strip()
    name, angle, address = value.partition("<")
    if angle:
        if not address.endswith(">") or re.search(r"[@,;:<>\"]", name):
            return ""
        value = address[:-1]
    value = value.strip().lower()
    return value if _ADDRESS.fullmatch(value) else ""


# --- the calendar ---------------------------------------------------------------------------


def read_calendar(text: str, *, method: str = "") -> Event:
    """Read the one event of a calendar. `method` is what the mail says beside it, or "".

    Raises NotTaken.
    """
    if "\0" in text:
        raise Unreadable("nul")
    methods, found = _scanned(text)
    methods |= {method.strip().upper()} - {""}
    if len(methods) != 1:
        raise Unreadable("method")
    [method] = methods
    if method not in METHODS:
        raise UnknownAnswer("method")
    uid = _only(found, "UID")[0].strip()
    if not 0 < len(uid) <= 255:
        raise Unreadable("uid")
    attendee, parameters = _only(found, "ATTENDEE")
    scheme, _, address = attendee.strip().partition(":")
    address = address.strip().lower()
    if scheme.lower() != "mailto" or not _ADDRESS.fullmatch(address):
        raise Unreadable("attendee")
    answer = str(parameters.get("PARTSTAT", "NEEDS-ACTION")).upper()
    if method == "REPLY" and answer not in ANSWERS:
        raise UnknownAnswer("answer")
    starts_at, ends_at = _times(found) if method == "COUNTER" else (None, None)
    return Event(
        method=method,
        uid=uid,
        sequence=_sequence(found),
        stamp=_moment(*_only(found, "DTSTAMP")),
        attendee=address,
        answer=answer.lower() if method == "REPLY" else "",
        starts_at=starts_at,
        ends_at=ends_at,
    )


Property = tuple[str, dict]


def _scanned(text: str) -> tuple[set[str], dict[str, list[Property]]]:
    """Return the METHODs, and the WANTED properties of the only VEVENT."""
    methods: set[str] = set()
    found: dict[str, list[Property]] = {}
    stack: list[str] = []
    begun: list[str] = []
    for line in _content_lines(text):
        name = re.split("[:;]", line, maxsplit=1)[0].strip().upper()
        if name == "BEGIN":
            stack.append(line.partition(":")[2].strip().upper())
            begun.append("/".join(stack))
            if len(stack) > NESTING or len(begun) > COMPONENTS:
                raise Unreadable("components")
        elif name == "END":
            if not stack or stack.pop() != line.partition(":")[2].strip().upper():
                raise Unreadable("components")
        elif not stack:
            raise Unreadable("components")
        elif stack == ["VCALENDAR"] and name == "METHOD":
            methods.add(line.partition(":")[2].strip().upper())
        elif stack == ["VCALENDAR", "VEVENT"]:
            if name in SERIES:
                raise Unreadable("series")
            if name in WANTED:
                found.setdefault(name, []).append(_parsed(line))
    whole = [path for path in begun if path.count("/") < 2 and path != "VCALENDAR/VTIMEZONE"]
    if stack or whole != ["VCALENDAR", "VCALENDAR/VEVENT"]:
        raise Unreadable("components")
    return methods, found


def _content_lines(text: str) -> list[str]:
    """Unfold (RFC 5545, 3.1), whatever the line ends are."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [line for line in re.sub(r"\n[ \t]", "", text).split("\n") if line.strip()]


def _parsed(line: str) -> Property:
    if len(line) > HEADER:
        raise Unreadable("line")
    try:
        _name, parameters, value = Contentline(line).parts()
    except ValueError as error:
        raise Unreadable("line") from error
    return str(value), dict(parameters)


def _only(found: dict[str, list[Property]], name: str) -> Property:
    if len(found.get(name, [])) != 1:
        raise Unreadable(name.lower())
    return found[name][0]


def _sequence(found: dict[str, list[Property]]) -> int:
    if "SEQUENCE" not in found:
        return 0
    value = _only(found, "SEQUENCE")[0].strip()
    if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        raise Unreadable("sequence")
    return int(value)


def _times(found: dict[str, list[Property]]) -> tuple[datetime, datetime]:
    starts_at = _moment(*_only(found, "DTSTART"))
    if "DTEND" in found and "DURATION" not in found:
        ends_at = _moment(*_only(found, "DTEND"))
    else:
        ends_at = starts_at + _duration(_only(found, "DURATION")[0])
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise Unreadable("times")
    return starts_at, ends_at


def _moment(value: str, parameters: dict) -> datetime:
    """Return a moment in UTC. Without a zone it is Tallinn's time.

    A time that the clock jumps over is read with the offset before the jump, of an hour that
    exists twice the first is meant (RFC 5545, 3.3.5): both as `zoneinfo` does with fold 0.
    """
    parts = _MOMENT.fullmatch(value.strip())
    if parts is None:
        raise Unreadable("moment")
    zone = UTC if parts[7] else _zone(parameters.get("TZID"))
    year, month, day, hour, minute, second = (int(part) for part in parts.groups()[:6])
    if not 1970 <= year < 2200:
        raise Unreadable("moment")
    try:
        # A leap second is the last one of its minute.
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError as error:
        raise Unreadable("moment") from error
    return moment.astimezone(UTC)


def _zone(name: object) -> ZoneInfo:
    """Return the zone that a program names: "Europe/Tallinn", "FLE Standard Time" (Outlook) or
    "/mozilla.org/20050126_1/Europe/Tallinn". Without a name it is Tallinn.
    """
    if name is None:
        return clock.TALLINN
    if not isinstance(name, str) or not _ZONE.fullmatch(name):
        raise Unreadable("zone")
    words = WINDOWS_TO_OLSON.get(name, name).strip("/").split("/")
    for count in (3, 2, 1):
        try:
            return ZoneInfo("/".join(words[-count:]))
        except (ValueError, OSError, LookupError):
            continue
    raise Unreadable("zone")


def _duration(value: str) -> timedelta:
    parts = _DURATION.fullmatch(value.strip().upper())
    if parts is None:
        raise Unreadable("duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
