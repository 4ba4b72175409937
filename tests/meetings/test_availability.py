"""From what people entered to their free times: hours, holidays, absences, meetings, rules."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from meetings.actions import (
    add_exception,
    add_hours,
    answer_invitation,
    cancel_meeting,
    change_rules,
    end_hours,
)
from meetings.availability import busy_of, free_times
from meetings.models import BusyTime, Meeting
from meetings.slots import Busy
from people.models import User
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TUESDAY = date(2026, 11, 24)


def on(day: date, *users: User, length: timedelta = HOUR, **kwargs) -> list[str]:
    free = free_times(users, first=day, last=day, length=length, **kwargs)
    return [f"{start.astimezone(clock.TALLINN):%H.%M}" for start in free.starts]


def bounds(day: date, *users: User, **kwargs) -> tuple[str, str] | None:
    """The first and the last free beginning of an hour."""
    starts = on(day, *users, **kwargs)
    return (starts[0], starts[-1]) if starts else None


def opened(user: User, *weekdays: int, begins: int = 8, ends: int = 18, **kwargs):
    facts = {"starts_on": clock.today()} | kwargs
    return add_hours(weekdays=weekdays, begins=time(begins), ends=time(ends), **facts, by=user)


def rules(user: User, **changes) -> None:
    facts = dict.fromkeys(["minutes_before", "minutes_after", "travel_minutes", "notice_hours"], 0)
    change_rules(**(facts | {"most_a_day": None, "meeting_minutes": 60} | changes), by=user)


# --- hours ----------------------------------------------------------------------------------


def test_without_hours_an_office_is_open() -> None:
    user = people.consultant()

    assert bounds(TUESDAY, user) == ("09.00", "15.00")
    assert bounds(date(2026, 11, 28), user) is None


def test_own_hours_hold_from_their_first_day_on() -> None:
    user = people.consultant()
    opened(user, 1, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 8))

    assert bounds(TUESDAY, user) == ("09.00", "15.00")
    assert bounds(date(2026, 12, 1), user) == ("08.00", "17.00")
    assert bounds(date(2026, 12, 2), user) is None
    assert bounds(date(2026, 12, 8), user) == ("08.00", "17.00")
    # The usual hours do not come back when one's own have ended.
    assert bounds(date(2026, 12, 15), user) is None


def test_hours_end_on_their_last_day() -> None:
    user = people.consultant()
    with clock.at(datetime(2026, 11, 1, 12, tzinfo=clock.TALLINN)):
        [hours] = opened(user, 1)
    end_hours(hours, ends_on=date(2026, 12, 1), by=user)

    assert bounds(date(2026, 12, 1), user) == ("08.00", "17.00")
    assert bounds(date(2026, 12, 8), user) is None


def test_exception_stands_in_place_of_the_hours() -> None:
    user = people.consultant()
    add_exception(day=TUESDAY, begins=time(7), ends=time(8), by=user)
    add_exception(day=TUESDAY, begins=time(17), ends=time(18), by=user)
    add_exception(day=date(2026, 11, 25), by=user)

    assert on(TUESDAY, user) == ["07.00", "17.00"]
    assert on(date(2026, 11, 25), user) == []
    assert bounds(date(2026, 11, 26), user) == ("09.00", "15.00")


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2027, 2, 24), date(2027, 3, 26)])
def test_holiday_is_closed_unless_an_exception_opens_it(day) -> None:
    user = people.consultant()
    opened(user, *range(7))
    assert on(day, user) == []

    add_exception(day=day, begins=time(10), ends=time(11), by=user)

    assert on(day, user) == ["10.00"]


@pytest.mark.parametrize("day", [date(2026, 12, 23), date(2026, 12, 31), date(2027, 2, 23)])
def test_shortened_day_loses_its_last_three_hours(day) -> None:
    user = people.consultant()
    assert bounds(day, user) == ("09.00", "12.00")

    opened(user, *range(5), begins=9, ends=12)
    opened(user, *range(5), begins=13, ends=15)
    assert bounds(day, user) == ("09.00", "10.00")

    add_exception(day=day, begins=time(9), ends=time(16), by=user)
    assert bounds(day, user) == ("09.00", "15.00")


def test_shortened_day_on_a_weekend_is_an_ordinary_one() -> None:
    user = people.consultant()
    # 23.02.2030 is a Saturday.
    opened(user, 5)

    assert bounds(date(2030, 2, 23), user) == ("08.00", "17.00")


def test_absence_closes_all_of_its_days() -> None:
    user = people.consultant()
    people.absence(user, TUESDAY, date(2026, 11, 25))
    add_exception(day=TUESDAY, begins=time(9), ends=time(12), by=user)

    assert on(TUESDAY, user) == on(date(2026, 11, 25), user) == []
    assert bounds(date(2026, 11, 26), user) == ("09.00", "15.00")

    people.absence(user, date(2026, 12, 1), None)
    assert on(date(2027, 6, 1), user) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 3, 28), ["02.00", "02.30", "04.00"]),
        (date(2027, 10, 31), ["02.00", "02.30", "03.00", "03.30", "03.00", "03.30", "04.00"]),
        (date(2027, 10, 24), ["02.00", "02.30", "03.00", "03.30", "04.00"]),
    ],
)
def test_nights_in_which_the_clock_is_turned(day, expected) -> None:
    user = people.consultant()
    # Easter Sunday 2027 falls on the night of spring, so that only an exception opens it.
    add_exception(day=day, begins=time(2), ends=time(5), by=user)

    assert on(day, user) == expected


# --- taken times ----------------------------------------------------------------------------


def test_meetings_of_organiser_and_invited_are_taken() -> None:
    organiser, invited, other = people.consultant(), people.worker(), people.worker()
    meetings.meeting(invited, organiser=organiser)

    for user in (organiser, invited):
        assert on(TUESDAY, user)[:3] == ["09.00", "11.00", "11.30"]
    assert on(TUESDAY, other)[:3] == ["09.00", "09.30", "10.00"]
    assert on(TUESDAY, other, organiser) == on(TUESDAY, organiser)


@pytest.mark.parametrize("answer", ["needs-action", "accepted", "tentative"])
def test_any_answer_but_no_takes_the_time(answer) -> None:
    invited = people.worker()
    made = meetings.meeting(invited)
    answer_invitation(made.invitees.get(user=invited), answer=answer, by=invited)

    assert "10.00" not in on(TUESDAY, invited)


def test_who_declined_is_free() -> None:
    invited = people.worker()
    made = meetings.meeting(invited)
    answer_invitation(made.invitees.get(user=invited), answer="declined", by=invited)

    assert "10.00" in on(TUESDAY, invited)
    assert "10.00" not in on(TUESDAY, made.organiser)


def test_cancelled_meeting_takes_no_time() -> None:
    made = meetings.meeting()
    cancel_meeting(made, wanted_by="organiser", reason="x", by=made.organiser)

    assert "10.00" in on(TUESDAY, made.organiser)


def test_meeting_to_be_moved_is_in_nobodys_way() -> None:
    made = meetings.meeting()

    assert "10.00" in on(TUESDAY, made.organiser, but=made.pk)


# --- rules ----------------------------------------------------------------------------------


def test_rules_keep_meetings_apart() -> None:
    user = people.consultant()
    meetings.meeting(organiser=user, place="Tartu, Näidise 1")
    assert on(TUESDAY, user)[:2] == ["09.00", "11.00"]

    rules(user, minutes_after=20, minutes_before=10, travel_minutes=90)

    assert on(TUESDAY, user)[0] == "11.30"
    assert on(TUESDAY, user, place="Tartu, Näidise 1")[0] == "11.30"
    assert on(TUESDAY, user, place="Võru")[0] == on(TUESDAY, user, place=None)[0] == "12.30"


def test_notice_and_most_a_day_come_from_the_rules() -> None:
    user = people.consultant()
    meetings.meeting(organiser=user)
    rules(user, notice_hours=24, most_a_day=1)

    assert on(clock.today(), user) == []
    assert on(TUESDAY, user) == []
    assert bounds(date(2026, 11, 25), user) == ("09.00", "15.00")
    rules(user, notice_hours=24, most_a_day=2)
    assert on(TUESDAY, user)[0] == "11.00"


def test_taken_time_of_the_evening_before_reaches_over_midnight() -> None:
    user = people.consultant()
    late = datetime(2026, 11, 23, 22, tzinfo=clock.TALLINN)
    meetings.meeting(organiser=user, starts_at=late, hours=1.5, place="Tartu")
    opened(user, 1, begins=0, ends=8)
    rules(user, travel_minutes=180)

    assert on(TUESDAY, user, place="Võru")[0] == "02.30"


# --- cost -----------------------------------------------------------------------------------


def test_any_number_of_people_costs_the_same_queries() -> None:
    def crowd(size: int) -> list[User]:
        users = [people.worker() for _n in range(size)]
        for user in users:
            opened(user, *range(5))
            add_exception(day=TUESDAY, begins=time(9), ends=time(15), by=user)
            rules(user, minutes_after=5)
            people.absence(user, date(2026, 12, 1), date(2026, 12, 2))
        meetings.meeting(*users[1:], organiser=users[0])
        return users

    counted = []
    for users in (crowd(1), crowd(8)):
        with CaptureQueriesContext(connection) as queries:
            free = free_times(users, first=TUESDAY, last=TUESDAY + timedelta(days=55), length=HOUR)
        counted.append(len(queries))
        assert free.starts
    assert counted == [3, 3]
    assert Meeting.objects.count() == 2


def test_times_of_the_own_calendar_are_taken():
    person, other = people.worker(), people.worker()
    ten = meetings.TOMORROW_AT_TEN
    BusyTime.objects.create(user=person, starts_at=ten, ends_at=ten + timedelta(hours=2))
    BusyTime.objects.create(user=other, starts_at=ten, ends_at=ten + timedelta(hours=1))
    meetings.meeting(person, starts_at=ten + timedelta(hours=3))

    taken = busy_of([person], ten - timedelta(days=1), ten + timedelta(days=1))

    assert taken == {
        person.pk: [
            Busy(ten + timedelta(hours=3), ten + timedelta(hours=4), "Tartu, Näidise 1"),
            Busy(ten, ten + timedelta(hours=2), own=False),
        ]
    }
