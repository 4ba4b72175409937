"""Feedback in sum: what the coordinator may see, and nobody else."""

from collections import defaultdict
from dataclasses import dataclass, field

from common.shuffle import shuffled
from supervision.models import Group, Season, SessionFeedback


SMALLEST = 5
"""Of a meeting with fewer answers nothing is shown."""


@dataclass
class GroupFeedback:
    """A group's feedback over those of its meetings that have enough answers."""

    group: Group
    answers: int = 0
    useful: float = 0
    safe: float = 0
    words: list[str] = field(default_factory=list)


def feedback_by_group(season: Season) -> list[GroupFeedback]:
    """Return each group with sums and words, mixed over its meetings. Two queries.

    The limit holds for each meeting: two people who answer thrice are not six people.
    """
    by_group: dict = defaultdict(lambda: defaultdict(list))
    rows = SessionFeedback.objects.filter(session__group__season=season)
    for row in rows.select_related("session"):
        by_group[row.session.group_id][row.session_id].append(row)
    found = []
    groups = season.groups.exclude(status="draft").select_related("supervisor")
    for group in groups.order_by("name"):
        sessions = by_group.get(group.pk, {}).values()
        enough = [row for answers in sessions if len(answers) >= SMALLEST for row in answers]
        summed = GroupFeedback(group=group, answers=len(enough))
        if enough:
            summed.useful = sum(row.useful for row in enough) / len(enough)
            summed.safe = sum(row.safe for row in enough) / len(enough)
            summed.words = shuffled([row.words for row in enough if row.words])
        found.append(summed)
    return found
