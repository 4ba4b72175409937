"""The pages on which a person gives and removes the address of their own calendar."""

from datetime import timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from common.fetch import (
    fetch,
)
from common.refusal import Refused
from meetings.actions import (
    ask_busy_calendar,
    remove_busy_calendar,
    stop_busy_calendar,
)
from meetings.models import BusyCalendar, BusyTime
from meetings.tasks import own_calendars as tasks
from meetings.tasks import read_busy_calendars
from tests.browser import looks_right
from tests.conftest import MONDAY_MORNING
from tests.factories import people
from tests.meetings.files import calendar as file_of
from tests.meetings.internet import (
    ADDRESS,
    PAGE,
    TEN_TO_ELEVEN,
    TUESDAY,
    given,
    kinds_about,
    times_of,
)
from tests.outside import NAME, reply


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("internet")]

ALERT = ".tp-alert--bad"


def words_of(response) -> str:
    return unescape(BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True))


def test_busy_calendar_page_takes_an_address_and_shows_only_its_end(client_of):
    worker = people.worker()
    client = client_of(worker)

    response = client.post(PAGE, {"address": f"  {ADDRESS.replace('https', 'webcal')} "})

    assert response["Location"] == PAGE
    calendar = BusyCalendar.objects.get()
    assert (calendar.user, calendar.address) == (worker, ADDRESS)
    page = client.get(PAGE)
    assert "…ic.ics" in words_of(page)
    assert "kanaarilind" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "my calendar",
        "kanaarilind.example/a.ics",
        "ftp://kanaarilind.example/",
        "https://me:word@kanaarilind.example/",
        "https://kanaarilind.example:8080/",
        "https://127.0.0.1/kanaarilind",
        "https://2130706433/kanaarilind",
        "https://[::1]/kanaarilind",
        "https://a..b/kanaarilind",
        "https://kanaarilind.example/" + "x" * 2_000,
        'https://kanaarilind.example/"><script>alert( 1 )</script>',
        "\x00",
    ],
)
def test_busy_calendar_page_with_a_bad_address(client_of, typed):
    calendar = given()
    client = client_of(calendar.user)

    response = client.post(PAGE, {"address": typed})

    assert response.status_code == 422
    field = BeautifulSoup(response.content, "html.parser").select_one("#id_address")
    assert field["aria-invalid"] == "true"
    assert field.get("value", "") == typed
    assert BusyCalendar.objects.get().pk == calendar.pk
    assert kinds_about(calendar) == ["meetings.busy_calendar_added"]


def test_busy_calendar_page_refuses_the_working_address_once_more(client_of):
    calendar = given()
    read_busy_calendars()

    response = client_of(calendar.user).post(PAGE, {"address": ADDRESS})

    assert response.status_code == 422
    assert times_of(calendar.user) == [TEN_TO_ELEVEN]


@pytest.mark.parametrize("state", BusyCalendar.State)
def test_busy_calendar_page_says_the_state_in_words(client_of, state):
    calendar = given()
    BusyCalendar.objects.update(state=state, checked_at=MONDAY_MORNING)

    with translation.override("en"):
        calendar.user.language = "en"
        calendar.user.save()
        words = words_of(client_of(calendar.user).get(PAGE))

        assert str(state.label) in words
        assert str(BusyCalendar(state=state).advice) in words


def test_busy_calendar_page_shows_the_next_times_and_how_many(client_of, internet):
    calendar = given()
    internet.answers[ADDRESS] = file_of(
        TUESDAY + "RRULE:FREQ=WEEKLY;COUNT=15", "DTSTART:20261123T080000\nDTEND:20261123T090000"
    )
    read_busy_calendars()

    page = BeautifulSoup(client_of(calendar.user).get(PAGE).content, "html.parser")

    shown = [each.get_text() for each in page.select("main li > time")]
    assert shown[0] == "24.11.2026 kl 10.00–11.00"
    assert len(shown) == 10
    assert "15" in [each.get_text(strip=True) for each in page.select("dd")]


def test_busy_calendar_page_says_that_it_was_given_up(client_of):
    calendar = given()
    client = client_of(calendar.user)
    assert not BeautifulSoup(client.get(PAGE).content, "html.parser").select(ALERT)

    calendar.state = "refused"
    stop_busy_calendar(calendar)

    assert BeautifulSoup(client.get(PAGE).content, "html.parser").select(ALERT)


def test_busy_calendar_page_is_linked_from_the_calendar(client_of):
    page = client_of(people.worker()).get("/calendar/")

    assert f'href="{PAGE}"' in page.content.decode()


def test_calendar_says_that_the_own_one_was_given_up(client_of):
    calendar = given()
    client = client_of(calendar.user)
    assert not BeautifulSoup(client.get("/calendar/").content, "html.parser").select(ALERT)

    stop_busy_calendar(calendar)

    assert BeautifulSoup(client.get("/calendar/").content, "html.parser").select(ALERT)


def test_busy_calendar_page_shows_nobody_elses(client_of):
    calendar = given()
    read_busy_calendars()

    page = client_of(people.worker()).get(PAGE).content.decode()

    assert "ic.ics" not in page
    assert "24.11.2026" not in page
    assert BusyCalendar.objects.get() == calendar


ASK, REMOVE = reverse("meetings:busy-calendar-ask"), reverse("meetings:busy-calendar-remove")


def test_busy_calendar_ask_reads_in_the_background(client_of, internet):
    calendar = given()
    read_busy_calendars()
    client = client_of(calendar.user)

    with clock.process_at(MONDAY_MORNING + timedelta(minutes=5)):
        assert client.post(ASK)["Location"] == PAGE
        assert len(internet.asked) == 1
        assert read_busy_calendars() == 1

    assert internet.asked[1] == (ADDRESS, "", "")
    assert kinds_about(calendar)[0] == "meetings.busy_calendar_asked"


def test_busy_calendar_ask_again_within_a_minute_is_refused(client_of):
    calendar = given()
    read_busy_calendars()

    assert client_of(calendar.user).post(ASK).status_code == 422
    assert kinds_about(calendar) == ["meetings.busy_calendar_added"]


def test_busy_calendar_remove_asks_first(client_of):
    calendar = given()
    read_busy_calendars()
    client = client_of(calendar.user)

    assert client.get(REMOVE).status_code == 200
    assert BusyCalendar.objects.exists()

    assert client.post(REMOVE)["Location"] == PAGE
    assert not BusyCalendar.objects.exists()
    assert times_of(calendar.user) == []


def test_busy_calendar_pages_without_a_calendar(client_of):
    client = client_of(people.worker())

    assert client.get(PAGE).status_code == 200
    assert client.post(ASK).status_code == 404
    assert client.get(ASK).status_code == 405
    assert client.get(REMOVE).status_code == 404
    assert client.post(REMOVE).status_code == 404


def test_deeds_are_for_the_owner_alone():
    calendar = given()
    for deed in (ask_busy_calendar, remove_busy_calendar):
        with pytest.raises(PermissionDenied):
            deed(calendar, by=people.worker())

    assert BusyCalendar.objects.get() == calendar


@pytest.mark.parametrize("deed", [ask_busy_calendar, remove_busy_calendar])
def test_deed_on_a_calendar_removed_meanwhile_is_refused(deed):
    calendar = given()
    BusyCalendar.objects.all().delete()

    with pytest.raises(Refused):
        deed(calendar, by=calendar.user)


def test_busy_calendar_page_costs_the_same_for_1_and_30_times(client_of, internet):
    calendar = given()
    client = client_of(calendar.user)
    costs = []
    for many in (1, 30):
        BusyTime.objects.all().delete()
        for n in range(many):
            begin, end = (at + timedelta(days=n) for at in TEN_TO_ELEVEN)
            BusyTime.objects.create(user=calendar.user, starts_at=begin, ends_at=end)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 15


# --- all of it ------------------------------------------------------------------------------


def test_busy_calendar_from_its_server_to_the_page(server, monkeypatch, client_of):
    monkeypatch.setattr(tasks, "fetch", fetch)
    worker = people.worker()
    client = client_of(worker)
    client.post(PAGE, {"address": f"webcal://{NAME}/kanaarilind.ics"})
    server.answers = [reply(file_of(TUESDAY), ETag='"7"'), reply(status="304 Not Modified")]

    read_busy_calendars()
    with clock.at(MONDAY_MORNING + timedelta(hours=1)):
        read_busy_calendars()

    assert server.header("If-None-Match") == '"7"'
    assert times_of(worker) == [TEN_TO_ELEVEN]
    assert "kl 10.00–11.00" in words_of(client.get(PAGE))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_busy_calendar_page_looks_right(new_page, width):
    calendar = given()
    page = new_page(calendar.user, width=width)
    page.goto(PAGE)
    looks_right(page)

    read_busy_calendars()
    page.goto(PAGE)
    looks_right(page)

    stop_busy_calendar(BusyCalendar.objects.get())
    page.goto(PAGE)
    looks_right(page)
    page.locator(f"a[href='{REMOVE}']").click()
    looks_right(page)
