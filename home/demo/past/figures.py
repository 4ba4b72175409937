"""What happened in each year, in numbers.

Source of the figures: the magazine Sotsiaaltöö 2/2023, and the Board's own review of
2022 (511 cases in hand, 342 on request, 190 new, 168 closed). The figure of 2021 for
mentorship is worked out from "a fifth more".
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Year:
    """What happened in one year, in numbers."""

    year: int
    mentorship: int
    requests_until_november: int
    requests_after: int
    municipalities_until_november: int
    # Of the requests of this year, how many are still in hand at its end.
    carried_on: int
    registered_at_start: int
    registered_midyear: int
    managers: int


YEARS = [
    Year(2021, 29, 128, 40, 52, 118, 158, 24, 28),
    Year(2022, 35, 146, 44, 57, 120, 174, 33, 32),
]


def later_years(today: date) -> list[Year]:
    """The years since, up to the one before the present, in plausible numbers."""
    return [
        Year(
            year, 33 + year % 5, 140 + 3 * (year % 7), 45, 58, 0, 168 + year % 9, 28 + year % 6, 32
        )
        for year in range(2023, today.year)
    ]


CARRIED_INTO_2021 = 90
"""Requests of 2020 still in hand when 2021 began; 34 of them go on into 2022."""
CARRIED_FROM_2020_INTO_2022 = 34
CLOSED_2022 = 168
SEASON_SETTLES = timedelta(days=60)
"""How far into a year its season counts as the present one."""
OTHER_CASES_2022 = 169
"""Cases in hand in 2022 that came in another way: 511 less 342."""
