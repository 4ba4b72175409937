"""Feedback in sum: what the coordinator may see, and nobody else."""

from collections import defaultdict
from dataclasses import dataclass, field

from common import clock
from common.shuffle import shuffled
from mentorship.models import FEEDBACK_FOR, Feedback


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


def feedback_by_year() -> list[YearFeedback]:
    """Return sums and words of each year that has been over for as long as feedback is asked, the
    newest first. One query. While answers come, who looked each week would see whose came last.
    """
    by_year: dict = defaultdict(lambda: defaultdict(list))
    for row in Feedback.objects.filter(year__lt=(clock.today() - FEEDBACK_FOR).year):
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
