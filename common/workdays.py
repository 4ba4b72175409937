"""Estonian working days: Monday to Friday less the national holidays.

Source of the holidays: the package `holidays`, class Estonia, after the Public
Holidays and Days of Importance Act. Shortened days (Employment Contracts Act
§ 53) are working days and count.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils.translation import get_language


@lru_cache(maxsize=64)
def _holidays(year: int, language: str) -> dict[date, str]:
    # Without a language the package goes by the process's locale.
    return dict(holidays.country_holidays("EE", years=year, language=language))


def holiday_name(day: date) -> str | None:
    """Return the day's public holiday in the active language, or None."""
    language = "et" if get_language() == "et" else "en_US"
    return _holidays(day.year, language).get(day)


@lru_cache(maxsize=64)
def _shortened(year: int) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("EE", years=year, language="et", categories=("half_day",))
    )


def is_shortened_day(day: date) -> bool:
    """Say whether the working day is three hours shorter: before New Year's Day, the
    Independence Day, the Victory Day and Christmas Eve (Employment Contracts Act § 53).
    """
    return is_working_day(day) and day in _shortened(day.year)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year, "et")


def add_working_days(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; `day` itself is day 0."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`.

    Negative when `end` is before `start`.
    """
    if end < start:
        return -working_days_between(end, start)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))
