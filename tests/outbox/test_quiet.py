"""Quiet hours and the moments of summary mails, on Tallinn's clock."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from outbox.models import Preference
from outbox.quiet import loud_before, loud_from, next_digest


NIGHT = Preference(quiet_from=time(20), quiet_until=time(7), quiet_weekends=False)
NIGHT_AND_WEEKEND = Preference(quiet_from=time(20), quiet_until=time(7), quiet_weekends=True)
NOON = Preference(quiet_from=time(12), quiet_until=time(13, 30), quiet_weekends=False)
WEEKEND = Preference(quiet_from=None, quiet_until=None, quiet_weekends=True)
NEVER = Preference(quiet_from=None, quiet_until=None, quiet_weekends=False)
SAME = Preference(quiet_from=time(9), quiet_until=time(9), quiet_weekends=False)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H.%M").replace(tzinfo=clock.TALLINN)


@pytest.mark.parametrize(
    ("preference", "moment", "loud", "before"),
    [
        # 23.11.2026 is a Monday.
        (NIGHT, "23.11.2026 10.00", "23.11.2026 10.00", "23.11.2026 10.00"),
        (NIGHT, "23.11.2026 19.59", "23.11.2026 19.59", "23.11.2026 19.59"),
        (NIGHT, "23.11.2026 20.00", "24.11.2026 07.00", "23.11.2026 20.00"),
        (NIGHT, "23.11.2026 23.30", "24.11.2026 07.00", "23.11.2026 20.00"),
        (NIGHT, "24.11.2026 00.00", "24.11.2026 07.00", "23.11.2026 20.00"),
        (NIGHT, "24.11.2026 06.59", "24.11.2026 07.00", "23.11.2026 20.00"),
        (NIGHT, "24.11.2026 07.00", "24.11.2026 07.00", "24.11.2026 07.00"),
        (NIGHT, "28.11.2026 12.00", "28.11.2026 12.00", "28.11.2026 12.00"),
        # Friday evening to Monday morning is one quiet stretch.
        (NIGHT_AND_WEEKEND, "27.11.2026 20.00", "30.11.2026 07.00", "27.11.2026 20.00"),
        (NIGHT_AND_WEEKEND, "29.11.2026 12.00", "30.11.2026 07.00", "27.11.2026 20.00"),
        (NIGHT_AND_WEEKEND, "30.11.2026 06.00", "30.11.2026 07.00", "27.11.2026 20.00"),
        # Christmas Eve is a Thursday and a public holiday, the 26th and 27th a weekend.
        (NIGHT_AND_WEEKEND, "25.12.2026 12.00", "28.12.2026 07.00", "23.12.2026 20.00"),
        (NOON, "23.11.2026 12.15", "23.11.2026 13.30", "23.11.2026 12.00"),
        (NOON, "23.11.2026 14.00", "23.11.2026 14.00", "23.11.2026 14.00"),
        (WEEKEND, "28.11.2026 12.00", "30.11.2026 00.00", "28.11.2026 00.00"),
        (WEEKEND, "27.11.2026 23.59", "27.11.2026 23.59", "27.11.2026 23.59"),
        (NEVER, "28.11.2026 03.00", "28.11.2026 03.00", "28.11.2026 03.00"),
        (SAME, "23.11.2026 09.00", "23.11.2026 09.00", "23.11.2026 09.00"),
    ],
)
def test_quiet_stretch(preference, moment, loud, before):
    assert loud_from(preference, at(moment)) == at(loud)
    assert loud_before(preference, at(moment)) == at(before)


def test_quiet_hours_that_end_in_the_hour_that_does_not_exist():
    preference = Preference(quiet_from=time(22), quiet_until=time(3, 30), quiet_weekends=False)
    # On 28.03.2027 the clock goes from 3.00 to 4.00.
    assert loud_from(preference, at("28.03.2027 02.00")) == at("28.03.2027 04.30")


DAILY = Preference(digest="daily")
WEEKLY = Preference(digest="weekly")


@pytest.mark.parametrize(
    ("preference", "moment", "digest"),
    [
        (DAILY, "23.11.2026 07.59", "23.11.2026 08.00"),
        (DAILY, "23.11.2026 08.00", "24.11.2026 08.00"),
        (DAILY, "27.11.2026 12.00", "30.11.2026 08.00"),
        (DAILY, "23.12.2026 12.00", "28.12.2026 08.00"),
        (WEEKLY, "22.11.2026 12.00", "23.11.2026 08.00"),
        (WEEKLY, "23.11.2026 08.00", "30.11.2026 08.00"),
        # Easter Monday is a working day in Estonia; 24.02.2031 is a Monday and a holiday.
        (WEEKLY, "28.03.2027 12.00", "29.03.2027 08.00"),
        (WEEKLY, "21.02.2031 12.00", "25.02.2031 08.00"),
    ],
)
def test_next_digest(preference, moment, digest):
    assert next_digest(preference, at(moment)) == at(digest)


times = st.none() | st.times(max_value=time(23, 59)).map(
    lambda each: each.replace(second=0, microsecond=0)
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@given(start=times, end=times, weekends=st.booleans(), moment=moments)
def test_quiet_stretches_have_two_ends_and_nothing_loud_between(start, end, weekends, moment):
    if (start is None) != (end is None):
        start = end = None
    preference = Preference(quiet_from=start, quiet_until=end, quiet_weekends=weekends)

    loud, before = loud_from(preference, moment), loud_before(preference, moment)

    assert before <= moment <= loud
    assert loud_from(preference, loud) == loud
    if loud > moment:
        # Every moment of the stretch leads to the same two ends.
        assert loud_from(preference, before) == loud
        assert loud_before(preference, loud - timedelta(microseconds=1)) == before
