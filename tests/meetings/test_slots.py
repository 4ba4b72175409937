"""Free times without a database: examples, and a slow oracle that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.clock import TALLINN
from meetings.slots import Busy, Calendar, Rules, free_starts, merged, shortened, wall_spans


HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=TALLINN)


def whole(day: date, days: int = 1) -> tuple[datetime, datetime]:
    return at(day, 0), at(day + timedelta(days=days), 0)


def opened(day: date, *hours: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    return [span for b, e in hours for span in wall_spans(day, time(b), time(e))]


def shown(starts: list[datetime]) -> list[str]:
    return [f"{start.astimezone(TALLINN):%H.%M}" for start in starts]


def starts_on_monday(*calendars: Calendar, length: timedelta = HOUR, **kwargs) -> list[str]:
    return shown(
        free_starts(calendars, window=whole(MONDAY), length=length, **({"now": LONG_AGO} | kwargs))
    )


# --- one person -----------------------------------------------------------------------------


def test_open_hours_hold_whole_meetings_on_the_grid() -> None:
    person = Calendar(opens=opened(MONDAY, (9, 11), (13, 14)))

    assert starts_on_monday(person) == ["09.00", "09.30", "10.00", "13.00"]
    assert starts_on_monday(person, step=15) == [
        "09.00", "09.15", "09.30", "09.45", "10.00", "13.00",
    ]  # fmt: skip
    assert starts_on_monday(person, length=2 * HOUR) == ["09.00"]
    assert starts_on_monday(person, length=3 * HOUR) == []


def test_hours_that_touch_are_one_stretch() -> None:
    assert starts_on_monday(Calendar(opens=opened(MONDAY, (9, 10), (10, 11))), length=2 * HOUR) == [
        "09.00"
    ]


def test_meeting_fits_exactly_between_two() -> None:
    busy = [Busy(at(MONDAY, 9), at(MONDAY, 10)), Busy(at(MONDAY, 11), at(MONDAY, 12))]

    assert starts_on_monday(Calendar(opened(MONDAY, (9, 12)), busy)) == ["10.00"]


def test_minutes_after_the_earlier_and_before_the_later_keep_meetings_apart() -> None:
    rules = Rules(before=15 * MINUTE, after=15 * MINUTE)
    person = Calendar(opened(MONDAY, (8, 13)), [Busy(at(MONDAY, 10), at(MONDAY, 11))], rules)

    assert starts_on_monday(person) == ["08.00", "08.30", "11.30", "12.00"]


def test_foreign_time_needs_only_the_new_meetings_minutes() -> None:
    rules = Rules(before=30 * MINUTE, after=MINUTE, travel=2 * HOUR)
    busy = [Busy(at(MONDAY, 10), at(MONDAY, 11), own=False)]

    starts = starts_on_monday(Calendar(opened(MONDAY, (8, 13)), busy, rules), place="Tartu")

    # One minute after the new one before 10.00; half an hour before the new one after 11.00.
    assert starts == ["08.00", "08.30", "11.30", "12.00"]


@pytest.mark.parametrize(
    ("there", "here", "first"),
    [
        ("Tartu", "Võru", "12.00"),
        ("Tartu", " tartu ", "11.00"),
        ("Tartu", "", "11.00"),
        ("", "Võru", "11.00"),
        ("Tartu", None, "12.00"),
        (None, "Tartu", "12.00"),
    ],
)
def test_travel_counts_between_two_places_on_site(there, here, first) -> None:
    busy = [Busy(at(MONDAY, 10), at(MONDAY, 11), place=there)]
    person = Calendar(opened(MONDAY, (10, 14)), busy, Rules(travel=HOUR))

    assert starts_on_monday(person, place=here)[0] == first


def test_notice_counts_from_now() -> None:
    person = Calendar(opened(MONDAY, (9, 12)), rules=Rules(notice=2 * HOUR))

    assert starts_on_monday(person, now=at(MONDAY, 8, 15)) == ["10.30", "11.00"]
    assert starts_on_monday(person, now=at(MONDAY, 8)) == ["10.00", "10.30", "11.00"]
    assert starts_on_monday(person, now=at(MONDAY, 16)) == []


def test_most_a_day_counts_own_meetings_of_the_tallinn_day() -> None:
    tuesday = MONDAY + timedelta(days=1)
    # 0.30 on Tuesday in Tallinn is still Monday in UTC.
    busy = [
        Busy(at(MONDAY, 8), at(MONDAY, 9)),
        Busy(at(tuesday, 0, 30), at(tuesday, 1)),
        Busy(at(MONDAY, 7), at(MONDAY, 8), own=False),
    ]
    hours = opened(MONDAY, (9, 10)) + opened(tuesday, (9, 10))

    def days(most: int) -> list[date]:
        person = Calendar(hours, busy, Rules(most_a_day=most))
        starts = free_starts([person], window=whole(MONDAY, 2), length=HOUR, now=LONG_AGO)
        return [start.date() for start in starts]

    assert days(1) == []
    assert days(2) == [MONDAY, tuesday]


def test_window_holds_the_whole_meeting() -> None:
    person = Calendar(opened(MONDAY, (9, 16)))

    starts = free_starts(
        [person], window=(at(MONDAY, 10), at(MONDAY, 12)), length=HOUR, now=LONG_AGO
    )

    assert shown(starts) == ["10.00", "10.30", "11.00"]


@pytest.mark.parametrize("wrong", [{"step": 20}, {"length": timedelta(0)}])
def test_nonsense_is_refused(wrong) -> None:
    with pytest.raises(ValueError):
        starts_on_monday(Calendar(opened(MONDAY, (9, 16))), **wrong)


# --- several --------------------------------------------------------------------------------


def test_several_are_free_only_together() -> None:
    early = Calendar(opened(MONDAY, (8, 12)), [Busy(at(MONDAY, 9), at(MONDAY, 10))])
    late = Calendar(opened(MONDAY, (9, 14)), [Busy(at(MONDAY, 11, 30), at(MONDAY, 13))])

    assert starts_on_monday(early, late) == ["10.00", "10.30"]
    assert starts_on_monday() == []


# --- nights in which the clock is turned ----------------------------------------------------


def test_hour_that_does_not_exist_is_not_open() -> None:
    [(start, end)] = wall_spans(SPRING, time(2), time(5))

    assert end - start == 2 * HOUR
    assert wall_spans(SPRING, time(3), time(4)) == []
    person = Calendar(opened(SPRING, (2, 5)))
    starts = free_starts([person], window=whole(SPRING), length=HOUR, now=LONG_AGO)
    assert shown(starts) == ["02.00", "02.30", "04.00"]


def test_hour_that_comes_twice_is_open_twice() -> None:
    [(start, end)] = wall_spans(AUTUMN, time(2), time(5))

    assert end - start == 4 * HOUR
    person = Calendar(opened(AUTUMN, (2, 5)))
    starts = free_starts([person], window=whole(AUTUMN), length=HOUR, now=LONG_AGO)
    assert shown(starts) == ["02.00", "02.30", "03.00", "03.30", "03.00", "03.30", "04.00"]
    twice = wall_spans(AUTUMN, time(3), time(3, 30))
    assert [last - first for first, last in twice] == [HOUR / 2, HOUR / 2]


# --- parts ----------------------------------------------------------------------------------


def test_last_open_hours_fall_away() -> None:
    assert shortened(opened(MONDAY, (9, 16)), 3 * HOUR) == opened(MONDAY, (9, 13))
    assert shortened(opened(MONDAY, (9, 12), (13, 15)), 3 * HOUR) == opened(MONDAY, (9, 11))
    assert shortened(opened(MONDAY, (9, 12), (13, 16)), 3 * HOUR) == opened(MONDAY, (9, 12))
    assert shortened(opened(MONDAY, (9, 11)), 3 * HOUR) == []


# --- against every minute of a week ---------------------------------------------------------

DAYS = 3
QUARTERS = st.integers(0, 4 * 24 - 1)
PLACES = st.sampled_from(["", "Tartu", "Võru", None])
GAPS = st.sampled_from([0, 5, 10, 15, 45, 60])


@st.composite
def hours_of_day(draw) -> tuple[time, time]:
    first, last = sorted(draw(st.lists(QUARTERS, min_size=2, max_size=2, unique=True)))
    return time(first // 4, first % 4 * 15), time(last // 4, last % 4 * 15)


@st.composite
def people(draw, first: date) -> tuple[list[list[tuple[time, time]]], Calendar]:
    """Opening hours as they are entered, day by day, and the calendar made of them."""
    hours = [draw(st.lists(hours_of_day(), max_size=3)) for _day in range(DAYS)]
    opens = [
        span
        for n, day in enumerate(hours)
        for begins, ends in day
        for span in wall_spans(first + timedelta(days=n), begins, ends)
    ]
    busy = []
    for _n in range(draw(st.integers(0, 5))):
        start = at(first, 0).astimezone(UTC) + draw(st.integers(0, DAYS * 24 * 12)) * 5 * MINUTE
        length = draw(st.sampled_from([5, 30, 60, 90, 600])) * MINUTE
        own = draw(st.booleans())
        busy.append(Busy(start, start + length, draw(PLACES) if own else "", own))
    rules = Rules(
        before=draw(GAPS) * MINUTE,
        after=draw(GAPS) * MINUTE,
        travel=draw(GAPS) * MINUTE,
        notice=draw(st.integers(0, 30)) * HOUR,
        most_a_day=draw(st.none() | st.integers(1, 3)),
    )
    return hours, Calendar(opens, busy, rules)


def is_open(hours: list[list[tuple[time, time]]], first: date, moment: datetime) -> bool:
    """Ask the wall clock alone."""
    local = moment.astimezone(TALLINN)
    n = (local.date() - first).days
    return 0 <= n < DAYS and any(b <= local.time() < e for b, e in hours[n])


def is_far_enough(busy: Busy, rules: Rules, start: datetime, end: datetime, place) -> bool:
    apart = "" not in (busy.place, place) and (busy.place is None or busy.place != place)
    if not busy.own:
        return end + rules.after <= busy.starts_at or start - rules.before >= busy.ends_at
    gap = max(rules.after + rules.before, rules.travel if apart else timedelta(0))
    return start - busy.ends_at >= gap or busy.starts_at - end >= gap


def oracle(crowd, first, length, step, now, place) -> list[datetime]:
    """Try every minute that the wall clock allows, and look at every minute of the meeting."""
    found = []
    start, end = (moment.astimezone(UTC) for moment in whole(first, DAYS))
    open_minutes = [
        {
            start + n * MINUTE
            for n in range((end - start) // MINUTE)
            if is_open(hours, first, start + n * MINUTE)
        }
        for hours, _calendar in crowd
    ]
    for n in range((end - start) // MINUTE):
        begins = start + n * MINUTE
        if begins.astimezone(TALLINN).minute % step or begins + length > end:
            continue
        minutes = [begins + m * MINUTE for m in range(length // MINUTE)]
        for opens, (_hours, calendar) in zip(open_minutes, crowd, strict=True):
            rules, day = calendar.rules, begins.astimezone(TALLINN).date()
            held = [b for b in calendar.busy if b.own]
            held = [b for b in held if b.starts_at.astimezone(TALLINN).date() == day]
            if not (
                opens.issuperset(minutes)
                and begins >= now + rules.notice
                and begins > now
                and (rules.most_a_day is None or len(held) < rules.most_a_day)
                and all(
                    is_far_enough(b, rules, begins, begins + length, place) for b in calendar.busy
                )
            ):
                break
        else:
            found.append(begins)
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize(
    "first", [SPRING - timedelta(days=1), AUTUMN - timedelta(days=1), MONDAY], ids=str
)
def test_free_times_are_those_of_the_slow_oracle(first, size, data) -> None:
    crowd = [data.draw(people(first)) for _n in range(size)]
    length = data.draw(st.sampled_from([15, 30, 45, 60, 90, 120])) * MINUTE
    step = data.draw(st.sampled_from([15, 30]))
    place = data.draw(PLACES)
    now = at(first, 0).astimezone(UTC) + data.draw(st.integers(-600, 600)) * 7 * MINUTE

    starts = free_starts(
        [calendar for _hours, calendar in crowd],
        window=whole(first, DAYS),
        length=length,
        step=step,
        now=now,
        place=place,
    )

    assert starts == oracle(crowd, first, length, step, now, place)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_free_times_stay_clear_of_taken_ones_and_inside_open_ones(data) -> None:
    first = data.draw(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
    _hours, person = data.draw(people(first))
    place = data.draw(PLACES)

    starts = free_starts(
        [person], window=whole(first, DAYS), length=HOUR, now=LONG_AGO, place=place
    )

    for start in starts:
        assert any(o <= start and start + HOUR <= e for o, e in merged(person.opens))
        assert all(is_far_enough(b, person.rules, start, start + HOUR, place) for b in person.busy)
    assert all(one < other for one, other in pairwise(starts))


def test_ten_people_and_eight_weeks_are_quick() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(56)]
    crowd = [
        Calendar(
            [span for day in days for span in opened(day, (9, 12), (13, 17))],
            [
                Busy(at(day, hour, n), at(day, hour, n + 30), place="Tartu")
                for day in days
                for hour in (9, 11, 14, 16)
            ],
            Rules(before=10 * MINUTE, after=5 * MINUTE, travel=45 * MINUTE, most_a_day=5),
        )
        for n in range(10)
    ]
    began = process_time()
    starts = free_starts(
        crowd, window=whole(MONDAY, 56), length=HOUR / 2, step=15, now=LONG_AGO, place="Tartu"
    )
    took = process_time() - began

    assert starts
    assert took < 0.2
