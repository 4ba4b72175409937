from datetime import date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from meetings.actions import answer_invitation, cancel_meeting, renew_feed
from meetings.agenda import stretch
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

CALENDAR = "/calendar/"


def soup_of(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content.decode(), "html.parser")


def chips(response) -> list[tuple[str, str]]:
    """Visible words and address of each event on the page, in order."""
    found = []
    for link in soup_of(response).select("a.tp-chip, .tp-ev a"):
        for hidden in link.select(".tp-sr"):
            hidden.decompose()
        found.append((" ".join(link.get_text(" ").split()), link["href"]))
    return found


def on_day(day: date) -> datetime:
    return clock.tallinn(day, time(10))


def test_calendar_month_is_a_table_that_begins_on_monday(client_of):
    worker = people.worker()
    meeting = meetings.meeting(worker)

    page = soup_of(client_of(worker).get(CALENDAR))

    [table] = page.select("table.tp-cal")
    assert [cell.get_text() for cell in table.select("thead th")] == list("ETKNRLP")
    assert len(table.select("tbody tr")) == 6
    first, last = table.select("tbody td")[0], table.select("tbody td")[-1]
    assert "26. oktoober" in first.get_text()
    assert "6. detsember" in last.get_text()
    [today] = table.select("td.is-today")
    assert "23. november" in today.get_text()
    [link] = table.select("a.tp-chip")
    assert link["href"] == meeting.get_absolute_url()
    assert link.find_parent("td") == today.find_next_sibling("td")
    assert " ".join(link.find(string=True).split()) == f"10.00 {meetings.TITLE_FOR_PEOPLE}"


def test_calendar_month_names_holidays_and_marks_days_off(client_of):
    page = soup_of(client_of(people.worker()).get(CALENDAR, {"date": "2026-12-01"}))

    named = {
        cell.select_one(".tp-cal__short").get_text(): cell.select_one(".tp-cal__name").get_text()
        for cell in page.select("td.is-off")
        if cell.select_one(".tp-cal__name")
    }
    assert named == {
        "24": "jõululaupäev",
        "25": "esimene jõulupüha",
        "26": "teine jõulupüha",
        "1": "uusaasta",
    }
    # Thursday to Saturday at Christmas, New Year's Day, and ten other days of weekends.
    assert len(page.select("td.is-off")) == 13


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_calendar_shows_own_meetings_and_no_others(client_of, view):
    worker, stranger = people.worker(), people.worker()
    own = meetings.meeting(worker)
    meetings.meeting(stranger, place="kanaarilind")

    response = client_of(worker).get(CALENDAR, {"view": view})

    assert [url for _words, url in chips(response)] == [own.get_absolute_url()]
    assert "kanaarilind" not in response.content.decode()


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_calendar_shows_a_cancelled_meeting_with_the_word(client_of, view):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)

    page = soup_of(client_of(worker).get(CALENDAR, {"view": view}))

    if view == "list":
        assert page.select_one(".tp-ev .tp-tag").get_text() == "Tühistatud"
    else:
        chip = page.select_one("a.tp-chip--off")
        assert chip.select_one(".tp-tag").get_text() == "tühistatud"


def test_calendar_week_has_seven_days_and_says_which_are_empty(client_of):
    worker = people.worker()
    meetings.meeting(worker)

    page = soup_of(client_of(worker).get(CALENDAR, {"view": "week"}))

    assert len(page.select(".tp-day")) == 7
    assert len(page.select(".tp-day__none")) == 6


def test_calendar_list_says_what_waits_for_an_answer(client_of):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    later = meetings.meeting(worker, starts_at=on_day(date(2027, 1, 14)))
    meetings.meeting(worker, starts_at=on_day(date(2027, 1, 18)))
    answer_invitation(later.invitees.get(user=worker), answer="declined", by=worker)

    response = client_of(worker).get(CALENDAR, {"view": "list"})

    # Eight weeks from Monday 23 November end on Sunday 17 January.
    assert [url for _words, url in chips(response)] == [
        meeting.get_absolute_url(),
        later.get_absolute_url(),
    ]
    tags = [tag.get_text() for tag in soup_of(response).select(".tp-ev .tp-tag")]
    assert tags == ["Vastamata", "Sa ei tule"]


@pytest.mark.parametrize(
    "query",
    [
        {"date": "2026-02-30"},
        {"date": "homme"},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"date": "2026-11-23T10:00"},
        {"date": "\x00"},
        {"view": "aasta"},
        {"view": "", "date": ""},
    ],
)
def test_calendar_with_a_bad_date_or_view_shows_today(client_of, query):
    page = soup_of(client_of(people.worker()).get(CALENDAR, query))

    assert page.select_one(".tp-head__meta").get_text() == "november 2026"
    assert len(page.select("td.is-today")) == 1


@pytest.mark.parametrize(
    ("view", "on", "first", "last", "previous", "following"),
    [
        ("month", "2026-11-23", (2026, 10, 26), (2026, 12, 6), (2026, 10, 1), (2026, 12, 1)),
        ("month", "2026-01-31", (2025, 12, 29), (2026, 2, 1), (2025, 12, 1), (2026, 2, 1)),
        ("month", "2027-02-01", (2027, 2, 1), (2027, 2, 28), (2027, 1, 1), (2027, 3, 1)),
        ("week", "2026-11-29", (2026, 11, 23), (2026, 11, 29), (2026, 11, 16), (2026, 11, 30)),
        ("list", "2026-11-23", (2026, 11, 23), (2027, 1, 17), (2026, 9, 28), (2027, 1, 18)),
    ],
)
def test_stretch_of_days(view, on, first, last, previous, following):
    shown = stretch(view, on)

    assert (shown.first, shown.last) == (date(*first), date(*last))
    assert (shown.previous, shown.next) == (date(*previous), date(*following))


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_calendar_costs_the_same_for_1_and_30_meetings(client_of, view):
    worker, organiser = people.worker(), people.consultant()
    renew_feed(by=worker)
    client = client_of(worker)
    counts = []
    for many in (1, 29):
        for n in range(many):
            meetings.meeting(
                worker,
                organiser=organiser if many == 1 else people.consultant(),
                starts_at=meetings.TOMORROW_AT_TEN + timedelta(minutes=n),
            )
        with CaptureQueriesContext(connection) as queries:
            assert len(chips(client.get(CALENDAR, {"view": view}))) == (1 if many == 1 else 30)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_calendar_page_of_a_guest_without_login_is_not_there(client):
    response = client.get(CALENDAR)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_calendar_shows_the_own_feed_address_in_full(client_of):
    worker = people.worker()
    feed = renew_feed(by=worker)

    page = soup_of(client_of(worker).get(CALENDAR))

    field = page.select_one("#feed-address")
    assert field["value"] == f"http://127.0.0.1:8000/calendar/feed/{feed.token}.ics"
    assert field.has_attr("readonly")


def test_calendar_is_never_kept_by_a_browser(client_of):
    response = client_of(people.worker()).get(CALENDAR)

    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("language", "month"), [("et", "november 2026"), ("en", "November 2026")])
def test_calendar_writes_the_month_as_the_language_does(language, month):
    with translation.override(language):
        assert stretch("month", "2026-11-23").title == month
