from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from common import clock
from common.workdays import is_working_day
from home.demo.chance import Chance, next_working_day
from home.demo.population import Population
from meetings.models import Meeting
from people.models import Post, User


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

    def free_day(self, person: User, first: date, hour: int, hours: float) -> date:
        """The first working day from `first` on at which a person has no meeting at that time.

        Holidays and weekends push days that were apart onto each other.
        """
        day = next_working_day(first)
        while self._is_taken(person, day, hour, hours):
            day = next_working_day(day + timedelta(days=1))
        return day

    def free_hour(self, person: User, day: date, hour: int) -> int:
        """The wished hour of a day, or the next at which a person has no meeting."""
        later = [*range(hour, 17), *range(8, hour)]
        return next(each for each in later if not self._is_taken(person, day, each, 1))

    def _is_taken(self, person: User, day: date, hour: int, hours: float) -> bool:
        theirs = Meeting.objects.planned().visible_to(person)
        return theirs.between(*self.times(day, hour, hours).values()).exists()

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
