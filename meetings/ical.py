"""Meetings as iCalendar (RFC 5545): facts in, bytes out; no database and no request.

Each meeting is an event of its own. Nothing here says what a meeting is about:
titles are those that a story gives to a reader it does not know.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vDDDTypes

from common import clock
from meetings.models import Invitee, Meeting
from meetings.services import service_of
from outbox.compose import absolute


FORMAT = 1
"""Rises when the same facts are written otherwise, so that caches notice."""
PRODID = "-//Toetuspakett//Calendar//ET"
REFRESH = timedelta(hours=1)

# Two yearly rules by hand: the list of dates that libraries write instead shifts
# meetings by an hour in Thunderbird and others. The rules are today's (EU
# summer time, since 1996 to the last Sunday of October).
VTIMEZONE = Timezone.from_ical(
    b"BEGIN:VTIMEZONE\r\n"
    b"TZID:Europe/Tallinn\r\n"
    b"BEGIN:DAYLIGHT\r\n"
    b"TZNAME:EEST\r\n"
    b"TZOFFSETFROM:+0200\r\n"
    b"TZOFFSETTO:+0300\r\n"
    b"DTSTART:19700329T030000\r\n"
    b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    b"END:DAYLIGHT\r\n"
    b"BEGIN:STANDARD\r\n"
    b"TZNAME:EET\r\n"
    b"TZOFFSETFROM:+0300\r\n"
    b"TZOFFSETTO:+0200\r\n"
    b"DTSTART:19701025T040000\r\n"
    b"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    b"END:STANDARD\r\n"
    b"END:VTIMEZONE\r\n"
)


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """What a calendar learns of a meeting. Moments are aware; `busy` is free or busy; an
    `all_day` event begins and ends at midnight in Tallinn."""

    uid: str
    sequence: int
    cancelled: bool
    created_at: datetime
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    location: str
    url: str
    organiser: str
    busy: bool
    all_day: bool = False


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """The one reader of an iTIP message, with the answer as it stands (PARTSTAT)."""

    email: str
    name: str
    partstat: str


def facts_of(meeting: Meeting, *, answer: str | None = None, guest: bool = False) -> EventFacts:
    """Return a meeting's facts for a calendar, in the active language.

    `answer` is the reader's own: what they declined leaves their time free.
    A `guest` gets no address of the meeting's page, which asks for a login.
    """
    on_site = meeting.form == Meeting.Form.ON_SITE
    return EventFacts(
        uid=meeting.uid,
        sequence=meeting.sequence,
        cancelled=meeting.is_cancelled,
        created_at=meeting.created_at,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=service_of(meeting).title(meeting, None),
        location=meeting.where if on_site else meeting.link or meeting.where,
        url="" if guest else absolute(meeting.get_absolute_url()),
        organiser=meeting.organiser.name,
        busy=not meeting.is_cancelled and answer != Invitee.Answer.DECLINED,
    )


def fingerprint(events: Iterable[EventFacts], *, name: str = "") -> str:
    """Return a mark that changes whenever `calendar_text` of these would."""
    facts = repr((FORMAT, settings.DEFAULT_FROM_EMAIL, name, list(events)))
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def calendar_text(events: Iterable[EventFacts], *, name: str = "") -> bytes:
    """Return a whole calendar with its time zone. With a `name` it is a feed to subscribe to."""
    calendar = _calendar()
    if name:
        calendar.add("name", _line(name))
        calendar.add("x-wr-calname", _line(name))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(VTIMEZONE)
    for facts in events:
        calendar.add_component(_event(facts))
    return calendar.to_ical()


def itip_text(method: str, facts: EventFacts, attendee: Attendee, *, at: datetime) -> bytes:
    """Return an iTIP message (RFC 5546) of one event for one reader, written at the moment `at`.

    `method` is REQUEST (also for every later change), CANCEL or DECLINECOUNTER. Nobody
    but the reader is named as ATTENDEE: who else comes is not theirs to know.
    """
    calendar = _calendar()
    calendar.add("method", method)
    calendar.add_component(VTIMEZONE)
    event = _event(facts)
    # In an iTIP message DTSTAMP tells of two with one SEQUENCE which is newer (§ 2.1.5).
    event["dtstamp"] = vDDDTypes(_utc(at))
    reader = vCalAddress(f"mailto:{attendee.email}")
    reader.params["CUTYPE"] = "INDIVIDUAL"
    reader.params["ROLE"] = "REQ-PARTICIPANT"
    reader.params["PARTSTAT"] = attendee.partstat.upper()
    if method == "REQUEST":
        reader.params["RSVP"] = "TRUE"
    reader.params["CN"] = _parameter(attendee.name)
    event.add("attendee", reader)
    calendar.add_component(event)
    return calendar.to_ical()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(facts: EventFacts) -> Event:
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    event.add("dtstamp", _utc(facts.changed_at))
    event.add("created", _utc(facts.created_at))
    event.add("last-modified", _utc(facts.changed_at))
    if facts.all_day:
        event.add("dtstart", clock.day_of(facts.starts_at))
        event.add("dtend", clock.day_of(facts.ends_at))
    else:
        event.add("dtstart", _wall_clock(facts.starts_at))
        event.add("dtend", _wall_clock(facts.ends_at))
    event.add("summary", _line(facts.title))
    if location := _line(facts.location):
        event.add("location", location)
    if facts.url:
        event.add("url", facts.url)
    event.add("status", "CANCELLED" if facts.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if facts.busy else "TRANSPARENT")
    if facts.organiser:
        event.add("organizer", _organiser(facts.organiser))
    return event


def _organiser(name: str) -> vCalAddress:
    """The service's mailbox, which reads the answers, under the organiser's name."""
    organiser = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organiser.params["CN"] = _parameter(name)
    return organiser


def _parameter(text: str) -> str:
    # Many programs do not know RFC 6868, by which these two would be escaped.
    return _line(text).replace('"', "'").replace("^", "")


def _line(text: str) -> str:
    """Return the text on one line without control characters, which no calendar may hold."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text)
    return " ".join("".join(kept).split())


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _wall_clock(moment: datetime) -> datetime:
    """The moment by Tallinn's clock; in UTC in the hour that exists twice, the second time."""
    local = moment.astimezone(clock.TALLINN).replace(microsecond=0)
    return _utc(moment) if local.fold else local
