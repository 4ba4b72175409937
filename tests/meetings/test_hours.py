"""One's own opening hours, days with other hours and rules: pages, actions, what can go wrong."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.actions import add_exception, add_hours, end_hours, remove_exception
from meetings.models import BookingRules, OpeningException, OpeningHours
from people.models import User
from tests.factories import people


pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
HOURS = {
    "weekdays": ["0", "2"],
    "begins": "9.00",
    "ends": "12.00",
    "starts_on": "23.11.2026",
    "ends_on": "",
}
EXCEPTION = {"day": "24.12.2026", "what": "open", "begins": "10.00", "ends": "12.00"}
RULES = {
    "meeting_minutes": "45",
    "minutes_before": "5",
    "minutes_after": "10",
    "travel_minutes": "60",
    "notice_hours": "24",
    "most_a_day": "",
}


def monday(by: User, **changes) -> OpeningHours:
    facts = {"weekdays": [0], "begins": time(9), "ends": time(12), "starts_on": TODAY}
    return add_hours(**(facts | changes), by=by)[0]


def page(name: str, row=None) -> str:
    return reverse(f"meetings:{name}", args=[row.pk] if row else [])


def entered() -> tuple:
    return (
        list(OpeningHours.objects.order_by("id").values()),
        list(OpeningException.objects.order_by("id").values()),
        list(BookingRules.objects.values()),
        Entry.objects.count(),
    )


# --- opening hours --------------------------------------------------------------------------


def test_hours_add_opens_each_weekday_once_however_often_it_is_sent(client_of) -> None:
    consultant = people.consultant()
    data = HOURS | {"new_id": "8f3c1f52-0000-4000-8000-000000000001"}

    for _click in range(2):
        response = client_of(consultant).post(page("hours-add"), data)
        assert response.status_code == 302

    rows = OpeningHours.objects.values_list("user", "weekday", "begins", "ends", "starts_on")
    assert list(rows) == [
        (consultant.pk, 0, time(9), time(12), TODAY),
        (consultant.pk, 2, time(9), time(12), TODAY),
    ]
    assert list(Entry.objects.values_list("kind", flat=True)) == ["meetings.hours_added"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekdays", []),
        ("weekdays", ["7"]),
        ("begins", "üheksa"),
        ("ends", "9.00"),
        ("ends", "8.00"),
        ("starts_on", "31.02.2027"),
        ("ends_on", "22.11.2026"),
    ],
)
def test_hours_add_bad_input(client_of, field, value) -> None:
    response = client_of(people.consultant()).post(page("hours-add"), HOURS | {field: value})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value
    assert entered() == ([], [], [], 0)


def test_hours_add_overlapping_is_refused(client_of) -> None:
    consultant = people.consultant()
    monday(consultant, begins=time(11), ends=time(13))
    before = entered()

    response = client_of(consultant).post(page("hours-add"), HOURS)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"begins"}
    assert "11.00–13.00" in response.content.decode()
    assert entered() == before


@pytest.mark.parametrize(
    "other",
    [
        {"begins": time(12), "ends": time(13)},
        {"weekdays": [1]},
        {"starts_on": date(2027, 1, 1)},
        # Both hold on a Friday and a Saturday, but on no Monday.
        {"starts_on": date(2026, 11, 27)},
    ],
)
def test_hours_add_beside_others(other) -> None:
    consultant = people.consultant()
    monday(consultant, ends_on=date(2026, 11, 28))

    monday(consultant, **other)

    assert consultant.opening_hours.count() == 2


def test_hours_of_two_people_do_not_meet() -> None:
    monday(people.consultant())
    monday(people.consultant())

    assert OpeningHours.objects.count() == 2


def test_hours_end_sets_the_last_day(client_of) -> None:
    consultant = people.consultant()
    hours = monday(consultant, starts_on=date(2026, 11, 1))

    response = client_of(consultant).post(page("hours-end", hours), {"ends_on": "30.11.2026"})

    assert response.status_code == 302
    hours.refresh_from_db()
    assert hours.ends_on == date(2026, 11, 30)


@pytest.mark.parametrize("value", ["", "kunagi", "1.10.2026"])
def test_hours_end_bad_input(client_of, value) -> None:
    consultant = people.consultant()
    hours = monday(consultant, starts_on=date(2026, 11, 1))
    before = entered()

    response = client_of(consultant).post(page("hours-end", hours), {"ends_on": value})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"ends_on"}
    assert entered() == before


def test_hours_end_makes_hours_no_longer() -> None:
    consultant = people.consultant()
    hours = monday(consultant, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1))

    with pytest.raises(Refused):
        end_hours(hours, ends_on=date(2026, 12, 31), by=consultant)


def test_hours_that_begin_today_go_away(client_of) -> None:
    consultant = people.consultant()
    hours = monday(consultant)

    response = client_of(consultant).post(page("hours-end", hours))

    assert response.status_code == 302
    assert OpeningHours.objects.count() == 0
    assert Entry.objects.filter(kind="meetings.hours_ended").count() == 1


# --- days with other hours ------------------------------------------------------------------


def test_exception_add_open_and_closed(client_of) -> None:
    consultant = people.consultant()
    client = client_of(consultant)

    client.post(page("exception-add"), EXCEPTION)
    client.post(page("exception-add"), EXCEPTION | {"begins": "13.00", "ends": "14.00"})
    client.post(page("exception-add"), {"day": "28.12.2026", "what": "closed"})

    rows = OpeningException.objects.values_list("day", "begins", "ends")
    assert list(rows) == [
        (date(2026, 12, 24), time(10), time(12)),
        (date(2026, 12, 24), time(13), time(14)),
        (date(2026, 12, 28), None, None),
    ]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("day", {"day": "22.11.2026"}),
        ("day", {"day": ""}),
        ("what", {"what": "maybe"}),
        ("what", {"what": "closed"}),
        ("begins", {"begins": ""}),
        ("ends", {"ends": "10.00"}),
        ("begins", {"day": "28.12.2026", "begins": "11.00", "ends": "13.00"}),
        ("day", {"day": "28.12.2026", "what": "closed", "begins": "", "ends": ""}),
        ("day", {"day": "29.12.2026"}),
    ],
)
def test_exception_add_bad_input(client_of, field, changes) -> None:
    consultant = people.consultant()
    add_exception(day=date(2026, 12, 28), begins=time(10), ends=time(12), by=consultant)
    add_exception(day=date(2026, 12, 29), by=consultant)
    before = entered()

    response = client_of(consultant).post(page("exception-add"), EXCEPTION | changes)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert entered() == before


def test_exception_remove(client_of) -> None:
    consultant = people.consultant()
    exception = add_exception(day=date(2026, 12, 28), by=consultant)

    assert client_of(consultant).get(page("exception-remove", exception)).status_code == 200
    assert client_of(consultant).post(page("exception-remove", exception)).status_code == 302

    assert OpeningException.objects.count() == 0


# --- rules ----------------------------------------------------------------------------------


def test_rules_change(client_of) -> None:
    consultant = people.consultant()

    for most in ("", "4"):
        response = client_of(consultant).post(page("rules-change"), RULES | {"most_a_day": most})
        assert response.status_code == 302

    [rules] = BookingRules.objects.all()
    assert (rules.user, rules.meeting_minutes, rules.minutes_before) == (consultant, 45, 5)
    assert (rules.minutes_after, rules.travel_minutes, rules.notice_hours) == (10, 60, 24)
    assert rules.most_a_day == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meeting_minutes", "14"),
        ("minutes_before", "-1"),
        ("minutes_after", "121"),
        ("travel_minutes", "tund"),
        ("notice_hours", ""),
        ("most_a_day", "0"),
        ("most_a_day", "99999999999999999999"),
    ],
)
def test_rules_change_bad_input(client_of, field, value) -> None:
    response = client_of(people.consultant()).post(page("rules-change"), RULES | {field: value})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value
    assert entered() == ([], [], [], 0)


# --- whose they are -------------------------------------------------------------------------


def test_nobody_changes_anothers_hours(client_of) -> None:
    owner, coordinator = people.consultant(), people.coordinator()
    hours, exception = monday(owner), add_exception(day=TODAY, by=owner)
    client = client_of(coordinator)

    for name, row in (("hours-end", hours), ("exception-remove", exception)):
        assert client.get(page(name, row)).status_code == 404
        assert client.post(page(name, row), {"ends_on": "30.11.2026"}).status_code == 404
    with pytest.raises(PermissionDenied):
        end_hours(hours, by=coordinator)
    with pytest.raises(PermissionDenied):
        remove_exception(exception, by=coordinator)


def test_hours_page_shows_ones_own(client_of) -> None:
    consultant = people.consultant()
    response = client_of(consultant).get(page("hours"))
    assert response.context["usual"] is True

    monday(consultant, begins=time(7, 15), ends=time(8, 45))
    monday(consultant, weekdays=[4], ends_on=date(2026, 11, 27))
    monday(people.consultant(), begins=time(6, 5), ends=time(6, 55))
    add_exception(day=date(2026, 12, 28), begins=time(10, 5), ends=time(12), by=consultant)
    response = client_of(consultant).get(page("hours"))

    text = response.content.decode()
    assert response.context["usual"] is False
    assert "07.15" in text
    assert "10.05" in text
    assert "06.05" not in text
    with clock.at(clock.tallinn(date(2026, 11, 28))):
        later = client_of(consultant).get(page("hours")).context["weekdays"]
    assert len(later) == 1


# --- constraints ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"begins": time(9), "ends": None},
        {"begins": None, "ends": time(9)},
        {"begins": time(9), "ends": time(9)},
    ],
)
def test_database_refuses_half_an_exception(facts) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningException.objects.create(user=people.consultant(), day=TODAY, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"ends": time(9)},
        {"weekday": 7},
        {"ends_on": date(2026, 1, 1)},
    ],
)
def test_database_refuses_hours_that_cannot_be(facts) -> None:
    row = {"weekday": 0, "begins": time(9), "ends": time(10), "starts_on": TODAY} | facts
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(user=people.consultant(), **row)
