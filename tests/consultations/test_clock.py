from datetime import date, datetime, time

import pytest

from common import clock
from consultations.clocks import (
    clock_face,
    contact_due,
    last_day,
    waits_too_long,
    working_days_left,
)


@pytest.mark.parametrize(
    ("submitted", "last"),
    [
        # An ordinary week; the case of the mock-up.
        ("2026-11-16 09:00", date(2026, 11, 19)),
        ("2026-11-20 15:30", date(2026, 11, 25)),
        ("2026-11-20 23:59", date(2026, 11, 25)),
        # On a weekend: Monday is day 1.
        ("2026-11-21 12:00", date(2026, 11, 25)),
        ("2026-11-22 12:00", date(2026, 11, 25)),
        # Just after midnight of Monday the count begins on Tuesday.
        ("2026-11-23 00:05", date(2026, 11, 26)),
        # Christmas 2026: 24.12 Thursday to 26.12; 23.12 is shortened and counts.
        ("2026-12-22 10:00", date(2026, 12, 29)),
        ("2026-12-23 10:00", date(2026, 12, 30)),
        ("2026-12-24 10:00", date(2026, 12, 30)),
        # Year's end: 31.12 is shortened and counts, 1.01.2027 is a Friday.
        ("2026-12-29 10:00", date(2027, 1, 4)),
        ("2026-12-30 10:00", date(2027, 1, 5)),
        ("2026-12-31 10:00", date(2027, 1, 6)),
        # Midsummer 2026: 23.06 Tuesday, 24.06 Wednesday; 22.06 is shortened and counts.
        ("2026-06-19 10:00", date(2026, 6, 26)),
        ("2026-06-22 10:00", date(2026, 6, 29)),
        ("2026-06-23 10:00", date(2026, 6, 29)),
        # Independence Day 2027 is a Wednesday, and Tuesday before it is shortened.
        ("2027-02-22 10:00", date(2027, 2, 26)),
        # The clock goes forward and back on Sundays in between.
        ("2027-03-26 10:00", date(2027, 3, 31)),
        ("2026-10-23 10:00", date(2026, 10, 28)),
    ],
)
def test_contact_due_is_the_end_of_the_third_working_day(submitted, last):
    due = contact_due(datetime.fromisoformat(submitted).replace(tzinfo=clock.TALLINN))

    assert last_day(due) == last
    assert due.astimezone(clock.TALLINN).time() == time(0, 0)


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 11, 20), 3),
        (date(2026, 11, 21), 3),
        (date(2026, 11, 22), 3),
        (date(2026, 11, 23), 2),
        (date(2026, 11, 24), 1),
        (date(2026, 11, 25), 0),
        (date(2026, 11, 26), -1),
        (date(2026, 11, 27), -2),
        (date(2026, 11, 28), -2),
        (date(2026, 11, 30), -3),
    ],
)
def test_working_days_left_counts_down_and_below_nothing(day, left):
    due = contact_due(clock.tallinn(date(2026, 11, 20), time(15, 30)))

    assert working_days_left(due, day) == left


@pytest.mark.parametrize(
    ("day", "text", "kind"),
    [
        (date(2026, 11, 23), "Jäänud 2 tööpäeva", "info"),
        (date(2026, 11, 24), "Jäänud 1 tööpäev", "warn"),
        (date(2026, 11, 25), "Täna on viimane päev", "warn"),
        (date(2026, 11, 26), "1 tööpäev üle tähtaja", "bad"),
        (date(2026, 11, 27), "2 tööpäeva üle tähtaja", "bad"),
    ],
)
def test_clock_face_says_it_in_words(day, text, kind):
    due = contact_due(clock.tallinn(date(2026, 11, 20), time(15, 30)))

    with clock.at(clock.tallinn(day, time(23, 30))):
        face = clock_face(due)

    assert (face.text, face.kind) == (text, kind)


def test_clock_face_after_a_deadline_with_only_days_off_since():
    due = contact_due(clock.tallinn(date(2026, 11, 17), time(10, 0)))

    with clock.at(clock.tallinn(date(2026, 11, 21), time(10, 0))):
        assert clock_face(due).text == "Tähtaeg on möödas"


@pytest.mark.parametrize(
    ("day", "too_long"),
    [(date(2026, 11, 20), False), (date(2026, 11, 23), False), (date(2026, 11, 24), True)],
)
def test_a_request_without_consultant_may_wait_one_working_day(day, too_long):
    submitted = clock.tallinn(date(2026, 11, 20), time(9, 0))

    assert waits_too_long(submitted, day) is too_long
