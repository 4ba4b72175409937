"""How sure the worker was of each topic before, midway and after: numbers and their picture."""

from dataclasses import dataclass

from mentorship.models import MentorshipRequest, Rating


WIDTH, EDGE = 100, 10
"""Of a row's picture, in its own units; the marks keep from its edges."""
MARKS = {
    Rating.Moment.BEFORE: "circle",
    Rating.Moment.MIDWAY: "diamond",
    Rating.Moment.AFTER: "square",
}
"""Told apart by shape, not by colour alone."""


@dataclass(frozen=True)
class Mark:
    """A rating in the picture: its shape, and where it stands from left (1) to right (5)."""

    shape: str
    x: float

    @property
    def left(self) -> float:
        return self.x - 4

    @property
    def right(self) -> float:
        return self.x + 4


@dataclass(frozen=True)
class GrowthRow:
    """A topic with its ratings; None where it was not rated."""

    topic: str
    before: int | None
    midway: int | None
    after: int | None
    whys: tuple[tuple[str, str], ...]

    @property
    def marks(self) -> list[Mark]:
        values = (self.before, self.midway, self.after)
        return [
            Mark(MARKS[moment], _x(value))
            for moment, value in zip(Rating.Moment, values, strict=True)
            if value is not None
        ]

    @property
    def first_x(self) -> float:
        return min((mark.x for mark in self.marks), default=0)

    @property
    def last_x(self) -> float:
        return max((mark.x for mark in self.marks), default=0)

    @property
    def change(self) -> int | None:
        """By how much the newest rating differs from the first one."""
        given = [value for value in (self.before, self.midway, self.after) if value is not None]
        return given[-1] - given[0] if len(given) > 1 else None


def growth_of(request: MentorshipRequest) -> list[GrowthRow]:
    """Return every rated topic, those that needed most help first. One query."""
    by_topic: dict[str, dict[str, Rating]] = {}
    names: dict[str, str] = {}
    for rating in request.ratings.select_related("topic"):
        by_topic.setdefault(rating.topic_id, {})[rating.moment] = rating
        names[rating.topic_id] = str(rating.topic)
    rows = [
        GrowthRow(
            names[key],
            *(found[moment].value if moment in found else None for moment in Rating.Moment),
            whys=tuple(
                (str(moment.label), found[moment].why)
                for moment in Rating.Moment
                if moment in found and found[moment].why
            ),
        )
        for key, found in by_topic.items()
    ]
    return sorted(rows, key=lambda row: row.before or 6)


def _x(value: int) -> float:
    return EDGE + (value - 1) * (WIDTH - 2 * EDGE) / 4
