"""Booking at a free time: two clicks for the worker, and what can go wrong on the way."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from common.refusal import Refused
from meetings.actions import add_exception, add_hours, change_rules
from mentorship.models import Plan
from mentorship.views import meetings as views
from mentorship.workflow import PlanStatus
from tests.factories import meetings, people
from tests.factories import mentorship as made


pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
AT_TEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
CHOSEN = "20261124T0800Z"
TWICE = ["0000", "0030", "0100", "0130"]
"""In UTC, the half hours of the hour that comes twice on 31.10.2027."""


@pytest.fixture
def plan() -> Plan:
    return made.plan_at(PlanStatus.RUNNING)


def address(plan: Plan, query: str = "") -> str:
    return reverse("mentorship:meeting-book", args=[plan.pk]) + query


def soup_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def shown_slots(response) -> list[str]:
    radios = soup_of(response).select('input[type=radio][name="slot"]')
    return [radio["value"] for radio in radios if radio["value"] != "other"]


def filled(response, **chosen: str) -> dict:
    """What a browser sends of the page's form when only `chosen` was touched."""
    form = soup_of(response).select_one("main form.tp-form")
    data = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        data[field["name"]] = field.get("value", "") if field.name == "input" else field.text
    return data | chosen


def meetings_of(plan: Plan) -> list[tuple]:
    rows = plan.meetings.values_list("meeting__starts_at", "meeting__ends_at", "meeting__place")
    return list(rows.order_by("meeting__starts_at"))


def test_worker_books_with_two_clicks(client_of, plan) -> None:
    made.held_meeting(plan)
    client = client_of(plan.worker)
    page = client.get(address(plan, "?from=2026-11-24"))
    assert CHOSEN in shown_slots(page)

    # One click chooses, one sends; the place is where the pair met before.
    response = client.post(address(plan), filled(page, slot=CHOSEN))

    assert response.status_code == 302
    assert meetings_of(plan)[-1] == (AT_TEN, AT_TEN + timedelta(hours=1), "Elva, Kesk 32")


def test_slot_sent_twice_books_once(client_of, plan) -> None:
    client = client_of(plan.worker)
    data = filled(client.get(address(plan)), slot=CHOSEN, place="Elva")

    statuses = [client.post(address(plan), data).status_code for _click in range(2)]

    assert statuses == [302, 302]
    assert len(meetings_of(plan)) == 1


def test_length_of_the_address_is_the_length_of_the_meeting(client_of, plan) -> None:
    client = client_of(plan.mentor)
    page = client.get(address(plan, "?length=90"))

    client.post(address(plan, "?length=90"), filled(page, slot=CHOSEN, place="Elva"))

    assert meetings_of(plan) == [(AT_TEN, AT_TEN + timedelta(minutes=90), "Elva")]


def test_length_that_the_plan_says_is_offered_first(client_of, plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(meeting_minutes=90)

    page = client_of(plan.worker).get(address(plan)).context["form"].page

    assert page.minutes == 90


def test_mentors_usual_length_is_offered_before_the_plan_says_one(client_of) -> None:
    plan = made.plan_at(PlanStatus.DRAFT)
    numbers = ["minutes_before", "minutes_after", "travel_minutes", "notice_hours"]
    change_rules(**dict.fromkeys(numbers, 0), most_a_day=None, meeting_minutes=75, by=plan.mentor)

    page = client_of(plan.worker).get(address(plan)).context["form"].page

    assert page.minutes == 75
    assert [minutes for minutes, _query in page.lengths] == [30, 45, 60, 75, 90, 120, 180]


def test_only_times_at_which_both_are_free_are_shown(client_of, plan) -> None:
    meetings.meeting(organiser=plan.mentor)
    add_hours(weekdays=[1], begins=time(9), ends=time(13), starts_on=clock.today(), by=plan.worker)

    slots = shown_slots(client_of(plan.worker).get(address(plan)))

    # At 10 in Tallinn the mentor is taken; the worker can be met on Tuesdays until 13.
    tuesday = [slot for slot in slots if slot.startswith("20261124")]
    assert tuesday == ["20261124T0700Z", "20261124T0900Z", "20261124T0930Z", "20261124T1000Z"]
    assert {slot[:8] for slot in slots} == {"20261124", "20261201"}


def test_those_who_entered_no_hours_are_named(client_of, plan) -> None:
    add_hours(weekdays=[1], begins=time(9), ends=time(13), starts_on=TUESDAY, by=plan.worker)
    client = client_of(plan.worker)

    for query, names in (("", {plan.mentor, plan.worker}), ("?from=2026-11-24", {plan.mentor})):
        page = client.get(address(plan, query)).context["form"].page
        assert set(page.assumed.split(", ")) == {person.name for person in names}


def test_nobody_learns_why_the_other_is_busy(client_of, plan) -> None:
    people.absence(plan.mentor, TUESDAY, TUESDAY)
    add_exception(day=date(2026, 11, 26), by=plan.worker)
    people.absence(plan.worker, date(2026, 11, 27), date(2026, 11, 27))
    meetings.meeting(
        organiser=plan.mentor,
        starts_at=datetime(2026, 11, 25, 9, tzinfo=clock.TALLINN),
        hours=7,
        place="Salakoht",
    )

    with translation.override("en"):
        response = client_of(plan.worker).get(address(plan))
        days = {each.day: each.note for each in response.context["form"].page.days}

    # Away, or in a meeting all day: the same word.
    assert days[TUESDAY] == days[date(2026, 11, 25)]
    assert days[date(2026, 11, 27)] != days[TUESDAY]
    assert "Salakoht" not in response.content.decode()


def test_holiday_is_named(client_of, plan) -> None:
    response = client_of(plan.worker).get(address(plan, "?from=2026-12-21"))

    notes = {each.day.day: each.note for each in response.context["form"].page.days}
    assert notes[24] == "jõululaupäev"


def test_weeks_go_two_by_two_and_keep_the_length(client_of, plan) -> None:
    client = client_of(plan.worker)
    first = client.get(address(plan, "?length=30")).context["form"].page
    assert (first.earlier, first.later) == ("", "from=2026-12-07&length=30")

    second = client.post(address(plan), {"show": first.later}).context["form"].page
    assert (second.first, second.last) == (date(2026, 12, 7), date(2026, 12, 20))
    assert second.earlier == "from=2026-11-23&length=30"
    assert second.minutes == 30


@pytest.mark.parametrize(
    "query",
    ["?from=tomorrow", "?from=2020-01-01", "?from=9999-12-31", "?length=-5", "?length=1000000",
     "?from=2026-13-01&length=", "?length=٣٠"],
)  # fmt: skip
def test_nonsense_in_the_address_is_put_right(client_of, plan, query) -> None:
    response = client_of(plan.worker).get(address(plan, query))

    page = response.context["form"].page
    assert response.status_code == 200
    assert page.minutes == 60
    assert clock.today() <= page.first <= page.last


def test_next_free_time_is_named_when_two_weeks_have_none(client_of, plan) -> None:
    people.absence(plan.mentor, clock.today(), date(2026, 12, 20))

    page = client_of(plan.worker).get(address(plan)).context["form"].page

    assert page.is_empty
    assert page.next_free == date(2026, 12, 21)


# --- what can go wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "20261123T0600Z",
        "20261124T0410Z",
        "20261124T0810Z",
        "20261128T0800Z",
        "20261324T0800Z",
        "20261124T0800",
        "99991231T0800Z",
        "00010101T0000Z",
        "kell kümme",
        "٢٠٢٦١١٢٤T0800Z",
    ],
)
def test_slot_that_is_none_is_refused(client_of, plan, value) -> None:
    data = {"slot": value, "form": "on_site", "place": "Elva, Kesk 32"}

    response = client_of(plan.worker).post(address(plan), data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}
    assert plan.meetings.count() == 0


def test_slot_taken_meanwhile_shows_fresh_times_and_keeps_what_was_typed(client_of, plan) -> None:
    client = client_of(plan.worker)
    page = client.get(address(plan))
    meetings.meeting(organiser=plan.mentor)

    response = client.post(
        address(plan), filled(page, slot=CHOSEN, form="video", link="https://video.example/1")
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}
    assert CHOSEN not in shown_slots(response)
    assert "20261124T0900Z" in shown_slots(response)
    assert filled(response)["link"] == "https://video.example/1"
    assert filled(response)["form"] == "video"
    assert plan.meetings.count() == 0


def test_what_the_action_says_about_the_time_stands_at_the_list(
    client_of, plan, monkeypatch
) -> None:
    def refuse(*_args, **_facts) -> None:
        raise Refused("Keegi jõudis ette.", field="begins")

    monkeypatch.setattr(views, "book_meeting", refuse)
    client, data = client_of(plan.worker), {"slot": CHOSEN, "form": "video"}

    response = client.post(address(plan), data)
    assert response.status_code == 422
    assert dict(response.context["form"].errors) == {"slot": ["Keegi jõudis ette."]}

    by_hand = {"slot": "", "day": "1.12.2026", "begins": "10", "ends": "11"}
    response = client.post(address(plan), data | by_hand)
    assert set(response.context["form"].errors) == {"begins"}


def test_place_too_far_from_the_meeting_before_is_refused(client_of, plan) -> None:
    numbers = {"minutes_before": 0, "minutes_after": 0, "notice_hours": 0}
    change_rules(**numbers, travel_minutes=60, most_a_day=None, meeting_minutes=60, by=plan.mentor)
    meetings.meeting(organiser=plan.mentor, place="Võru")
    client = client_of(plan.worker)
    after = {"slot": "20261124T0900Z", "form": "on_site", "place": "Elva"}

    assert client.post(address(plan), after).status_code == 422
    assert client.post(address(plan), after | {"form": "video"}).status_code == 302


def test_nothing_chosen_and_nothing_entered(client_of, plan) -> None:
    response = client_of(plan.worker).post(address(plan), {"form": "video"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}


def test_chosen_and_entered_at_once_is_a_question(client_of, plan) -> None:
    data = {"slot": CHOSEN, "form": "video", "day": "1.12.2026", "begins": "9", "ends": "10"}
    client = client_of(plan.worker)

    response = client.post(address(plan), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}

    assert client.post(address(plan), data | {"slot": "other"}).status_code == 302
    assert meetings_of(plan)[0][0] == datetime(2026, 12, 1, 9, tzinfo=clock.TALLINN)


def test_another_time_without_a_time_is_asked_for_it(client_of, plan) -> None:
    response = client_of(plan.worker).post(address(plan), {"slot": "other", "form": "video"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"day", "begins", "ends"}


def test_times_are_one_fieldset_a_day_with_a_heading(client_of, plan) -> None:
    page = soup_of(client_of(plan.worker).get(address(plan)))

    days = page.select("fieldset fieldset")
    assert len(days) == 10
    folds = page.select("details.tp-slots__fold")
    assert [fold.has_attr("open") for fold in folds] == [True] * 3 + [False] * 7
    for day, fold in zip(days, folds, strict=True):
        heading = fold.summary.h2.get_text(" ", strip=True)
        assert heading.startswith(day.legend.get_text(strip=True))
        radios = day.select("input[type=radio]")
        assert radios
        assert all(page.select_one(f'label[for="{radio["id"]}"]') for radio in radios)


def test_hour_that_comes_twice_is_told_apart(client_of, plan) -> None:
    night = date(2027, 10, 31)
    with clock.at(clock.tallinn(date(2027, 10, 20))):
        for user in (plan.mentor, plan.worker):
            add_exception(day=night, begins=time(3), ends=time(4), by=user)
        page = soup_of(client_of(plan.worker).get(address(plan, "?from=2027-10-31&length=30")))
        labels = [page.select_one(f'label[for="id_slot_20271031T{at}Z"]').text for at in TWICE]

    assert len(set(labels)) == 4
    assert [label[:11] for label in labels] == [
        "03.00–03.30", "03.30–03.00", "03.00–03.30", "03.30–04.00",
    ]  # fmt: skip


def test_page_costs_the_same_with_many_meetings(client_of, plan) -> None:
    client = client_of(plan.worker)
    counted = []
    for number in (1, 20):
        for n in range(number):
            made.booked_meeting(plan, clock.now() + timedelta(days=n + number, hours=5))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(plan)).status_code == 200
        counted.append(len(queries))

    assert counted == [15, 15]
