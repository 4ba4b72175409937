"""What we write is what every reader of RFC 5545 reads, whatever the meeting."""

import unicodedata
import uuid
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common import clock
from meetings.actions import cancel_meeting, move_meeting
from meetings.ical import EventFacts, calendar_text, facts_of, fingerprint
from meetings.models import Invitee, Meeting
from tests.factories import meetings, people


def facts(**changes) -> EventFacts:
    return EventFacts(
        **{
            "uid": f"{uuid.UUID(int=1)}@test.example",
            "sequence": 0,
            "cancelled": False,
            "created_at": datetime(2026, 11, 1, 8, tzinfo=UTC),
            "changed_at": datetime(2026, 11, 2, 8, tzinfo=UTC),
            "starts_at": datetime(2026, 11, 24, 8, tzinfo=UTC),
            "ends_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
            "title": "Kohtumine",
            "location": "Tartu",
            "url": "http://127.0.0.1:8000/calendar/",
            "organiser": "Liis Kask",
            "busy": True,
            **changes,
        }
    )


def text_of(*events: EventFacts, name: str = "") -> str:
    return calendar_text(events, name=name).decode()


def read_back(text: bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")[0]


def on_one_line(text: str) -> str:
    """What a text is worth after control characters and line ends are gone."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


texts = st.text(st.characters(codec="utf-8"), max_size=200)
# Any second from 2010 to 2060.
moments = st.integers(1_262_304_000, 2_840_140_800).map(
    lambda second: datetime.fromtimestamp(second, tz=UTC)
)


# No deadline: a busy machine is no fault of the text.
@settings(deadline=None)
@given(
    title=texts.filter(on_one_line),
    location=texts,
    organiser=texts.filter(on_one_line),
    starts_at=moments,
    minutes=st.integers(1, 24 * 60),
    sequence=st.integers(0, 10_000),
    cancelled=st.booleans(),
)
@example(
    title="0",
    location="",
    organiser="0",
    starts_at=datetime(2018, 10, 28, 0, tzinfo=UTC),
    minutes=1,
    sequence=0,
    cancelled=False,
)
def test_any_meeting_reads_back_equal(
    title, location, organiser, starts_at, minutes, sequence, cancelled
):
    ends_at = starts_at + timedelta(minutes=minutes)
    written = calendar_text(
        [
            facts(
                title=title,
                location=location,
                organiser=organiser,
                starts_at=starts_at,
                ends_at=ends_at,
                sequence=sequence,
                cancelled=cancelled,
            )
        ],
        name="Toetuspakett",
    )

    event = read_back(written)

    assert str(event["SUMMARY"]) == on_one_line(title)
    assert str(event.get("LOCATION", "")) == on_one_line(location)
    # Of an hour that comes twice Python calls no moment equal to one of another zone (PEP 495).
    assert event["DTSTART"].dt.timestamp() == starts_at.timestamp()
    assert event["DTEND"].dt.timestamp() == ends_at.timestamp()
    assert event["SEQUENCE"] == sequence
    assert str(event["STATUS"]) == ("CANCELLED" if cancelled else "CONFIRMED")
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    controls = {c for c in written.decode() if unicodedata.category(c) == "Cc"}
    assert controls <= {"\r", "\n"}


def test_event_is_written_property_by_property():
    lines = text_of(facts(sequence=3)).split("\r\n")

    start = lines.index("BEGIN:VEVENT")
    assert sorted(lines[start + 1 : lines.index("END:VEVENT")]) == [
        "CREATED:20261101T080000Z",
        "DTEND;TZID=Europe/Tallinn:20261124T110000",
        "DTSTAMP:20261102T080000Z",
        "DTSTART;TZID=Europe/Tallinn:20261124T100000",
        "LAST-MODIFIED:20261102T080000Z",
        "LOCATION:Tartu",
        'ORGANIZER;CN="Liis Kask":mailto:toetuspakett@127.0.0.1',
        "SEQUENCE:3",
        "STATUS:CONFIRMED",
        "SUMMARY:Kohtumine",
        "TRANSP:OPAQUE",
        f"UID:{uuid.UUID(int=1)}@test.example",
        "URL:http://127.0.0.1:8000/calendar/",
    ]


def test_feed_says_how_often_to_ask_and_a_single_event_does_not():
    feed, single = text_of(facts(), name="Toetuspakett"), text_of(facts())

    head = feed.split("\r\nBEGIN:")[0].split("\r\n")
    assert sorted(head) == [
        "BEGIN:VCALENDAR",
        "CALSCALE:GREGORIAN",
        "NAME:Toetuspakett",
        "PRODID:-//Toetuspakett//Calendar//ET",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "VERSION:2.0",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-CALNAME:Toetuspakett",
    ]
    assert sorted(single.split("\r\nBEGIN:")[0].split("\r\n")) == [
        "BEGIN:VCALENDAR",
        "CALSCALE:GREGORIAN",
        "PRODID:-//Toetuspakett//Calendar//ET",
        "VERSION:2.0",
    ]


def test_time_zone_is_one_with_two_yearly_rules():
    text = text_of(facts(), facts(uid="other@test.example"), name="Toetuspakett")

    assert text.count("BEGIN:VTIMEZONE") == 1
    assert [line for line in text.split("\r\n") if line.startswith(("RRULE", "RDATE"))] == [
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    ]


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 28), 8),
        (date(2026, 3, 29), 7),
        (date(2026, 3, 30), 7),
        (date(2026, 10, 24), 7),
        (date(2026, 10, 25), 8),
        (date(2026, 10, 26), 8),
        (date(2031, 7, 1), 7),
        (date(2031, 1, 1), 8),
    ],
)
def test_ten_o_clock_stays_ten_over_the_clock_changes(day, utc_hour):
    starts_at = clock.tallinn(day, time(10))
    written = text_of(facts(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))

    [foreign] = vobject.readOne(written).vevent_list

    assert f"DTSTART;TZID=Europe/Tallinn:{day:%Y%m%d}T100000" in written
    # vobject goes by the VTIMEZONE that stands in the text.
    assert foreign.dtstart.value.astimezone(UTC) == datetime(
        day.year, day.month, day.day, utc_hour, tzinfo=UTC
    )


def test_the_hour_that_exists_twice_is_told_apart():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    written = text_of(facts(starts_at=first, ends_at=second))

    assert "DTSTART;TZID=Europe/Tallinn:20261025T033000" in written
    assert "DTEND:20261025T013000Z" in written


def test_name_with_quotes_stays_one_parameter():
    written = text_of(facts(organiser='Liis "K" Kask; ORGANIZER:x\r\nATTACH:y'))

    assert "CN=\"Liis 'K' Kask; ORGANIZER:x ATTACH:y\":mailto:" in written.replace("\r\n ", "")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Muu"},
        {"location": "Võru"},
        {"sequence": 1},
        {"cancelled": True},
        {"busy": False},
        {"organiser": "Mari Tamm"},
        {"starts_at": datetime(2026, 11, 24, 8, 1, tzinfo=UTC)},
    ],
)
def test_fingerprint_changes_with_what_is_written(change):
    assert fingerprint([facts()]) != fingerprint([facts(**change)])
    assert fingerprint([facts()]) == fingerprint([facts()])


@pytest.mark.django_db
def test_facts_of_a_meeting_use_the_neutral_title_and_our_page():
    meeting = meetings.meeting(place="Tartu, Näidise 1")

    known = facts_of(meeting)

    assert known == EventFacts(
        uid=meeting.uid,
        sequence=0,
        cancelled=False,
        created_at=meeting.created_at,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=meetings.NEUTRAL_TITLE,
        location="Tartu, Näidise 1",
        url=f"http://127.0.0.1:8000/calendar/meetings/{meeting.pk}/",
        organiser=meeting.organiser.name,
        busy=True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "link", "location"),
    [
        (Meeting.Form.VIDEO, "https://video.example/tuba", "https://video.example/tuba"),
        (Meeting.Form.VIDEO, "", "Video teel"),
        (Meeting.Form.PHONE, "", "Telefoni teel"),
    ],
)
def test_location_without_a_place(form, link, location):
    meeting = meetings.meeting(form=form, link=link, place="")

    assert facts_of(meeting).location == location


@pytest.mark.django_db
def test_what_the_reader_declined_leaves_their_time_free():
    meeting = meetings.meeting()

    assert facts_of(meeting, answer=Invitee.Answer.TENTATIVE).busy is True
    assert facts_of(meeting, answer=Invitee.Answer.DECLINED).busy is False


@pytest.mark.django_db
def test_sequence_rises_and_uid_stays_through_moves_and_cancellation():
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser)
    uid, sequences = meeting.uid, []

    for day in (25, 26):
        meeting = move_meeting(
            meeting,
            starts_at=datetime(2026, 11, day, 12, tzinfo=clock.TALLINN),
            ends_at=datetime(2026, 11, day, 13, tzinfo=clock.TALLINN),
            wanted_by="organiser",
            reason="x",
            by=organiser,
        )
        sequences.append(read_back(calendar_text([facts_of(meeting)]))["SEQUENCE"])
    meeting = cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    event = read_back(calendar_text([facts_of(meeting)]))

    assert [*sequences, event["SEQUENCE"]] == [1, 2, 3]
    assert (event["UID"], event["STATUS"], event["TRANSP"]) == (uid, "CANCELLED", "TRANSPARENT")
