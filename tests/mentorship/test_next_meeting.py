"""When a pair meets next: by its rhythm, at its usual hour, at a time at which both are free."""

from datetime import date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from common import clock
from mentorship import actions
from mentorship.agenda import meetings_of
from mentorship.models import Plan
from mentorship.next_meeting import next_meeting
from mentorship.workflow import PlanStatus
from tests.browser import looks_right
from tests.factories import meetings, people
from tests.factories import mentorship as made


pytestmark = pytest.mark.django_db


def tallinn(day: int, hour: int = 10, *, month: int = 11, year: int = 2026) -> datetime:
    return clock.tallinn(date(year, month, day), time(hour))


def plan_with(*starts: datetime, rhythm: str = "fortnightly") -> Plan:
    """A running plan whose pair has met at these times."""
    with clock.at(tallinn(1, month=9)):
        plan = made.plan_at(PlanStatus.RUNNING)
    Plan.objects.filter(pk=plan.pk).update(rhythm=rhythm)
    plan.refresh_from_db()
    for starts_at in starts:
        with clock.at(starts_at - timedelta(days=1)):
            meeting = made.booked_meeting(plan, starts_at)
        if starts_at < clock.now():
            with clock.at(starts_at + timedelta(hours=2)):
                actions.record_meeting(meeting, outcome="held", by=plan.mentor)
    return plan


def next_of(plan: Plan):
    return next_meeting(plan, meetings_of(plan))


@pytest.mark.parametrize(
    ("rhythm", "due_on"),
    [
        ("weekly", date(2026, 11, 24)),
        ("fortnightly", date(2026, 12, 1)),
        ("monthly", date(2026, 12, 15)),
        ("bimonthly", date(2027, 1, 12)),
        ("flexible", None),
    ],
)
def test_due_by_the_rhythm_on_the_same_weekday(rhythm, due_on):
    due = next_of(plan_with(tallinn(17), rhythm=rhythm))

    assert (due and due.due_on, due and due.near) == (
        due_on,
        due_on and clock.tallinn(due_on, time(10)),
    )


def test_every_rhythm_is_known():
    for rhythm in Plan.Rhythm.values:
        next_of(plan_with(tallinn(17), rhythm=rhythm))


def test_usual_weekday_and_hour_win_over_the_last_meeting():
    # Three Tuesdays at ten, then once a Thursday at two.
    plan = plan_with(tallinn(6, month=10), tallinn(20, month=10), tallinn(3), tallinn(19, 14))

    due = next_of(plan)

    assert (due.due_on, due.near) == (date(2026, 12, 3), tallinn(1, month=12))
    assert due.first == date(2026, 12, 1)


def test_hour_is_the_walls_in_summer_and_winter():
    plan = plan_with(tallinn(20, month=10), rhythm="bimonthly")

    assert next_of(plan).near == tallinn(15, month=12)


def test_a_pair_long_silent_is_shown_the_coming_days():
    due = next_of(plan_with(tallinn(29, month=9)))

    assert due.is_late
    assert (due.first, due.near) == (clock.today(), tallinn(24))


def test_what_is_planned_counts_and_what_did_not_take_place_does_not():
    plan = plan_with(tallinn(10), tallinn(25))
    assert next_of(plan).due_on == date(2026, 12, 9)

    missed = plan_with(tallinn(10))
    with clock.at(tallinn(16)):
        meeting = made.booked_meeting(missed, tallinn(17))
    actions.record_meeting(meeting, outcome="not_held", not_held_reason="illness", by=missed.worker)
    assert next_of(missed).due_on == date(2026, 11, 24)


def test_a_pair_that_has_not_met_has_nothing_to_count_from():
    assert next_of(plan_with()) is None


# --- the page -------------------------------------------------------------------------------


def book(plan: Plan) -> str:
    return reverse("mentorship:meeting-book", args=[plan.pk])


def sent_by_the_button(response) -> dict:
    soup = BeautifulSoup(response.content, "html.parser")
    form = soup.select_one(".tp-suggestion form")
    return {field["name"]: field["value"] for field in form.select("input")}


def test_page_begins_where_the_rhythm_says_with_the_usual_time_chosen(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")

    response = client_of(plan.worker).get(book(plan))

    page = BeautifulSoup(response.content, "html.parser")
    box = page.select_one(".tp-suggestion").get_text(" ", strip=True)
    assert "umbes 15.12.2026" in box
    assert "teisipäev, 15.12.2026, 10.00–11.00" in box
    assert response.context["form"].page.first == date(2026, 12, 15)
    chosen = [radio["value"] for radio in page.select('input[name="slot"][checked]')]
    assert chosen == ["20261215T0800Z"]


def test_one_click_books_the_suggested_time_where_the_pair_met_before(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    client = client_of(plan.worker)
    data = sent_by_the_button(client.get(book(plan)))

    answers = [client.post(book(plan), data).status_code for _click in range(2)]

    assert answers == [302, 302]
    rows = plan.meetings.values_list("meeting__starts_at", "meeting__place")
    assert list(rows) == [
        (tallinn(17), "Elva, Kesk 32"),
        (tallinn(15, month=12), "Elva, Kesk 32"),
    ]


def test_nearest_free_time_is_suggested_when_the_usual_is_taken(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    meetings.meeting(organiser=plan.mentor, starts_at=tallinn(15, month=12), hours=1)

    data = sent_by_the_button(client_of(plan.worker).get(book(plan)))

    # An hour is taken from ten on: at nine and at eleven are as near, the earlier comes first.
    assert data["slot"] == "20261215T0700Z"


def test_suggested_time_taken_meanwhile_shows_the_others(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    client = client_of(plan.worker)
    data = sent_by_the_button(client.get(book(plan)))
    meetings.meeting(organiser=plan.mentor, starts_at=tallinn(15, month=12), hours=1)

    response = client.post(book(plan), data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}
    assert response.context["form"].page.first == date(2026, 12, 15)
    assert plan.meetings.count() == 1


def test_other_days_looked_at_are_not_led_back(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")

    response = client_of(plan.worker).get(book(plan) + "?from=2027-02-01")

    assert response.context["suggested"] is None
    assert "checked" not in str(
        BeautifulSoup(response.content, "html.parser").select('input[name="slot"]')
    )


def test_no_time_is_suggested_while_nobody_is_there(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    people.absence(plan.mentor, date(2026, 12, 1), date(2027, 1, 31))

    response = client_of(plan.worker).get(book(plan))

    assert response.context["suggested"] is None
    assert "umbes 15.12.2026" in response.content.decode()


def test_time_entered_by_hand_holds_beside_the_untouched_suggestion(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    by_hand = {"day": "1.12.2026", "begins": "9", "ends": "10", "form": "video"}
    suggestion = {"slot": "20261215T0800Z", "suggested": "20261215T0800Z"}

    response = client_of(plan.worker).post(book(plan), by_hand | suggestion)

    assert response.status_code == 302
    assert plan.meetings.filter(meeting__starts_at=tallinn(1, 9, month=12)).exists()


def test_recorded_meeting_offers_the_next_until_it_is_booked(client_of):
    plan = plan_with(tallinn(17), rhythm="monthly")
    meeting, client = plan.meetings.get(), client_of(plan.worker)

    offer = client.get(meeting.get_absolute_url())
    part = client.get(book(plan), headers={"HX-Request": "true"})

    assert "hx-trigger" in offer.content.decode()
    assert client.post(book(plan), sent_by_the_button(part)).status_code == 302
    assert "hx-trigger" not in client.get(meeting.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_next_meeting_is_booked_from_the_page_of_the_last(new_page):
    plan = plan_with(tallinn(17), rhythm="monthly")
    page = new_page(plan.worker, width=390)
    page.goto(plan.meetings.get().get_absolute_url())

    button = page.get_by_role("button", name="Lepi see aeg kokku")
    button.wait_for()
    looks_right(page)
    button.click()

    page.get_by_text("Kohtumine on kokku lepitud.").wait_for()
    assert plan.meetings.count() == 2


def test_without_scripts_the_page_leads_to_the_times(new_page, transactional_db):
    plan = plan_with(tallinn(17), rhythm="monthly")
    page = new_page(plan.worker, javascript=False)
    page.goto(plan.meetings.get().get_absolute_url())

    page.get_by_role("link", name="Lepi järgmine kohtumine kokku").click()

    page.get_by_role("button", name="Lepi see aeg kokku").click()
    page.get_by_text("Kohtumine on kokku lepitud.").wait_for()
    assert plan.meetings.count() == 2
