from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from common import clock
from common.workdays import is_working_day
from home.demo.chance import Chance, next_working_day
from home.demo.population import Population
from people.models import Post


class Stage:
    """What every story is played with: chance, people and days counted from today."""

    def __init__(self, chance: Chance, population: Population, today: date) -> None:
        self.chance = chance
        self.population = population
        self.today = today
        self.accounts = population.accounts
        self.coordinator = self.accounts["coordinator"]

    def ago(self, days: int) -> date:
        """A working day about so many days ago."""
        day = self.today - timedelta(days=days)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def ahead(self, days: int) -> date:
        return next_working_day(self.today + timedelta(days=days))

    @contextmanager
    def on(self, day: date, hour: int = 9) -> Iterator[datetime]:
        """Play the enclosed steps on a day; never later than now."""
        moment = min(clock.tallinn(day, time(hour, self.chance.randint(0, 59))), clock.now())
        with clock.at(moment):
            yield moment

    @staticmethod
    def times(day: date, hour: int, hours: float) -> dict[str, datetime]:
        starts_at = clock.tallinn(day, time(hour))
        return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}

    def long_serving(self, since: date) -> list[Post]:
        """Workers who were there on `since` and still are, the accounts left out."""
        accounts = {user.pk for user in self.accounts.values()}
        return [
            post
            for post in self.population.workers_on(since)
            if post.holds_on(self.today) and post.user_id not in accounts
        ]

    def post_of(self, account: str) -> Post:
        user = self.accounts[account]
        return next(
            post
            for post in self.population.posts
            if post.user_id == user.pk and post.holds_on(self.today)
        )
