"""Feedback in sum: what the coordinator may see, and nobody else."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from common import clock
from common.shuffle import shuffled
from mentorship.models import Feedback, FollowUp, PlanTopic
from mentorship.workflow import PlanStatus


SMALLEST = 5
"""Of a side with fewer answers in a year nothing is shown."""


@dataclass(frozen=True)
class SideFeedback:
    """What the workers, or the mentors, of a year's ended mentorships answered."""

    side: str
    answers: int = 0
    helped: float = 0
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class YearFeedback:
    """The feedback on the mentorships that ended in a year."""

    year: int
    sides: list[SideFeedback]


@dataclass(frozen=True)
class YearResults:
    """What came of the mentorships that ended in a year, counted without names.

    `topics` are the numbers of topics reached, partly reached and not yet; `used` is what the
    workers said three months later, from 1 to 5. Of too few nothing is told.
    """

    year: int
    plans: int
    topics: dict[str, int] = field(default_factory=dict)
    used: float | None = None
    used_answers: int = 0


def results_by_year() -> list[YearResults]:
    """Return the results of each year, the newest first. Two queries."""
    reached: dict[int, Counter[str]] = defaultdict(Counter)
    plans: dict[int, set] = defaultdict(set)
    rows = PlanTopic.objects.filter(plan__status=PlanStatus.ENDED).exclude(reached="")
    for key, ended_at, came_of_it in rows.order_by().values_list(
        "plan", "plan__ended_at", "reached"
    ):
        year = clock.day_of(ended_at).year
        plans[year].add(key)
        reached[year][came_of_it] += 1
    used: dict[int, list[int]] = defaultdict(list)
    for ended_at, value in FollowUp.objects.values_list("plan__ended_at", "used"):
        used[clock.day_of(ended_at).year].append(value)
    return [
        YearResults(
            year=year,
            plans=len(plans[year]),
            topics=_counted(reached[year]) if len(plans[year]) >= SMALLEST else {},
            used=sum(used[year]) / len(used[year]) if len(used[year]) >= SMALLEST else None,
            used_answers=len(used[year]),
        )
        for year in sorted({*plans, *used}, reverse=True)
    ]


def _counted(reached: Counter[str]) -> dict[str, int]:
    return {str(choice.label): reached[choice.value] for choice in PlanTopic.Reached}


def feedback_by_year() -> list[YearFeedback]:
    """Return sums and words of each year that has an answer, the newest first. One query."""
    by_year: dict = defaultdict(lambda: defaultdict(list))
    for row in Feedback.objects.all():
        by_year[row.year][row.side].append(row)
    return [
        YearFeedback(
            year=year,
            sides=[_summed(side, by_year[year][side.value]) for side in Feedback.Side],
        )
        for year in sorted(by_year, reverse=True)
    ]


def _summed(side: Feedback.Side, rows: list[Feedback]) -> SideFeedback:
    if len(rows) < SMALLEST:
        return SideFeedback(side=str(side.label))
    return SideFeedback(
        side=str(side.label),
        answers=len(rows),
        helped=sum(row.helped for row in rows) / len(rows),
        words=shuffled([row.words for row in rows if row.words]),
    )
