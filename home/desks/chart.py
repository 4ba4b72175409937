"""Requests by month, for the chart of a desk."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.months import month_name, month_short


MONTHS = 6


@dataclass(frozen=True)
class MonthChart:
    """Rows of (month, consultation, mentorship) and the sentence that says the message."""

    rows: list[tuple[str, int, int]]
    headline: str


def first_month(today: date) -> date:
    """The first day of the earliest of the six months that the chart shows."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def chart_of(today: date, consultation: Iterable[date], mentorship: Iterable[date]) -> MonthChart:
    """Count days by month over the last six months, the present one included."""
    asked = Counter((day.year, day.month) for day in consultation)
    wished = Counter((day.year, day.month) for day in mentorship)
    start = first_month(today)
    keys = [divmod(start.year * 12 + start.month - 1 + number, 12) for number in range(MONTHS)]
    months = [(year, month + 1) for year, month in keys]
    rows = [(month_short(key[1]), asked[key], wished[key]) for key in months]
    busiest = max(months, key=lambda key: asked[key] + wished[key])
    headline = (
        _("%(month)s was the busiest month") % {"month": capfirst(month_name(busiest[1]))}
        if asked[busiest] + wished[busiest]
        else _("Nobody has asked for support in these six months")
    )
    return MonthChart(rows, headline)
