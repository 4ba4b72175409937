"""The stretch of days that an account covers, and the same days a year earlier."""

from dataclasses import dataclass
from datetime import date, datetime

from common import clock


FIRST_YEAR = 2016
"""Supervision has been organised since 2016 (facts of the service); nothing is older."""


@dataclass(frozen=True)
class Period:
    """Days of one year from `first` to `last`, both included, in Tallinn."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int, until: date | None = None) -> "Period":
        """The whole year, or its days up to and including `until`."""
        return cls(date(year, 1, 1), until or date(year, 12, 31))

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def starts_at(self) -> datetime:
        return clock.tallinn(self.first)

    @property
    def ends_at(self) -> datetime:
        """24.00 of the last day, itself no longer in the period."""
        return clock.end_of(self.last)

    @property
    def is_whole_year(self) -> bool:
        return self.last == date(self.year, 12, 31)

    @property
    def year_before(self) -> "Period":
        """The same days a year earlier; of 29 February, up to the 28th."""
        month, day = self.last.month, self.last.day
        if (month, day) == (2, 29):
            day = 28
        return Period.of_year(self.year - 1, date(self.year - 1, month, day))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def years_with_page() -> range:
    """The years that an account can be asked for: 2016 to the next year."""
    return range(FIRST_YEAR, clock.today().year + 2)
