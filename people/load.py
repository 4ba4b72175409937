"""How much open work each consultant has: the stories register their own counts."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date


LoadCounter = Callable[[Iterable[uuid.UUID], date], dict[uuid.UUID, int]]
_counters: dict[str, LoadCounter] = {}


def register_load(story: str, counter: LoadCounter) -> None:
    """Register a story's function: people's keys and a day → open work of each. One query."""
    _counters[story] = counter


def open_work(people: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, dict[str, int]]:
    """Return, for each person, the open work by story."""
    people = list(people)
    by_story = {story: counter(people, day) for story, counter in _counters.items()}
    return {
        person: {story: counts.get(person, 0) for story, counts in by_story.items()}
        for person in people
    }


def total_open_work(people: Iterable[uuid.UUID], day: date) -> Counter[uuid.UUID]:
    return Counter({person: sum(work.values()) for person, work in open_work(people, day).items()})
