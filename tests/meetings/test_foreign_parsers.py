"""Two parsers of others read from the feed the very events that the page shows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import vobject
from django.urls import reverse

from common import clock
from meetings.actions import cancel_meeting, move_meeting, renew_feed, set_feed_text
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

Event = tuple[str, datetime, datetime, str, int]


def by_icalendar(text: bytes) -> list[Event]:
    return [
        (
            str(event["URL"]),
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["STATUS"]),
            int(event["SEQUENCE"]),
        )
        for event in icalendar.Calendar.from_ical(text).walk("VEVENT")
    ]


def by_vobject(text: bytes) -> list[Event]:
    calendar = vobject.readOne(text.decode())
    assert calendar.validate(raiseException=True)
    return [
        (
            event.url.value,
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            event.status.value,
            int(event.sequence.value),
        )
        for event in calendar.vevent_list
    ]


def on_the_page(client, months: list[str]) -> list[tuple[str, str, str, bool]]:
    """Address, day, begin and whether it is cancelled, of all events of these months."""
    shown = []
    for month in months:
        page = client.get(reverse("meetings:calendar"), {"date": month})
        shown += [
            (event["url"], day["date"].isoformat(), event["time"], event["cancelled"])
            for day in page.context["days"]
            if not day["out"]
            for event in day["events"]
        ]
    return shown


def as_on_the_page(event: Event) -> tuple[str, str, str, bool]:
    url, starts_at, _ends_at, status, _sequence = event
    local = starts_at.astimezone(clock.TALLINN)
    path = url.removeprefix("http://127.0.0.1:8000")
    return (path, local.date().isoformat(), f"{local:%H.%M}", status == "CANCELLED")


@pytest.mark.parametrize("parse", [by_icalendar, by_vobject])
def test_feed_and_page_agree_after_moves_cancellation_and_both_clock_changes(
    client_of, parse: Callable
):
    worker, organiser = people.worker(), people.consultant()
    days = [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29),
            date(2027, 10, 30), date(2027, 10, 31), date(2027, 11, 1)]  # fmt: skip
    for day in days:
        meetings.meeting(worker, organiser=organiser, starts_at=clock.tallinn(day, time(10)))
    moved = meetings.meeting(worker, organiser=organiser)
    move_meeting(
        moved,
        starts_at=datetime(2026, 12, 22, 15, 30, tzinfo=clock.TALLINN),
        ends_at=datetime(2026, 12, 22, 17, tzinfo=clock.TALLINN),
        wanted_by="invitee",
        reason="x",
        by=organiser,
    )
    cancelled = meetings.meeting(
        worker, organiser=organiser, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=2)
    )
    cancel_meeting(cancelled, wanted_by="invitee", reason="x", by=organiser)
    client = client_of(worker)
    feed = renew_feed(by=worker)

    events = parse(client.get(reverse("meetings:feed", args=[feed.token])).content)

    months = ["2026-11-01", "2026-12-01", "2027-03-01", "2027-10-01", "2027-11-01"]
    shown = on_the_page(client, months)
    assert len(shown) == 8
    assert [as_on_the_page(event) for event in events] == shown
    # Ten o'clock in Tallinn: eight in winter, seven in summer.
    assert [event[1].hour for event in events if event[1].date() in days] == [8, 7, 7, 7, 8, 8]
    assert {event[4] for event in events if "CANCELLED" in event} == {1}


@pytest.mark.parametrize("text", ["busy", "title", "full"])
def test_feed_with_less_text_is_a_calendar_to_others_too(client, text):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    feed = set_feed_text(renew_feed(by=worker), text=text, by=worker)

    body = client.get(reverse("meetings:feed", args=[feed.token])).content

    [event] = vobject.readOne(body.decode()).vevent_list
    assert event.dtstart.value == meeting.starts_at
    assert event.uid.value == meeting.uid


def test_counts_of_a_municipality_are_whole_days_to_others_too(client):
    manager, worker = people.manager(), people.worker()
    for _colleague in range(2):
        people.worker()
    meetings.meeting(worker)
    place = people.municipality().pk
    feed = renew_feed(by=manager, kind="municipality", about=place)

    body = client.get(reverse("meetings:feed", args=[feed.token])).content

    calendar = vobject.readOne(body.decode())
    calendar.validate(raiseException=True)
    [event] = calendar.vevent_list
    assert (event.dtstart.value, event.dtend.value) == (date(2026, 11, 24), date(2026, 11, 25))
