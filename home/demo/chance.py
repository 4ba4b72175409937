"""Chance that falls out the same way on the same day."""

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from common import clock
from common.workdays import is_working_day


Item = TypeVar("Item")


class Chance(random.Random):
    """A seeded source of everything that the demonstration leaves to chance."""

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.getrandbits(128), version=4)

    def code(self, alphabet: str) -> str:
        letters = "".join(self.choice(alphabet) for _ in range(8))
        return f"{letters[:4]}-{letters[4:]}"

    def day(self, first: date, last: date) -> date:
        """A working day between two days, both included."""
        for _ in range(200):
            day = first + timedelta(days=self.randint(0, (last - first).days))
            if is_working_day(day):
                return day
        return first

    def moment(self, first: date, last: date) -> datetime:
        """A moment in office hours on a working day between two days."""
        return self.office_hour(self.day(first, last))

    def office_hour(self, day: date) -> datetime:
        return clock.tallinn(day, time(self.randint(8, 16), self.randint(0, 59)))

    def meeting_hour(self, day: date) -> datetime:
        return clock.tallinn(day, time(self.choice([9, 10, 11, 13, 14]), 0))

    def some(self, items: Sequence[Item], number: int) -> list[Item]:
        return self.sample(list(items), min(number, len(items)))


def next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
