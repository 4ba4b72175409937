"""What came of mentorships: counts for the whole country, from which nobody can be told."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from mentorship.models import FollowUp, Plan, PlanTopic, Rating
from mentorship.workflow import PlanStatus
from reports.periods import Period


FEWEST = 5
"""Of fewer mentorships nothing is counted but themselves."""


@dataclass
class Results:
    """The mentorships that ended in a period. Each count is None when it is about too few.

    `reached` are topics by what both said in the end; `growth` topics by how sure the worker is
    of them, compared with the beginning: "more", "same", "less"; `used` workers by what they
    said three months later: "much" (4 or 5 of 5), "some" (3), "little" (1 or 2).
    """

    ended: int = 0
    reached: dict[str, int | None] = field(default_factory=dict)
    growth: dict[str, int | None] = field(default_factory=dict)
    used: dict[str, int | None] = field(default_factory=dict)


def results_of(period: Period) -> Results:
    """Count the mentorships that ended in a period. Four queries."""
    ended = Q(
        status=PlanStatus.ENDED,
        started_at__isnull=False,
        ended_at__gte=period.starts_at,
        ended_at__lt=period.ends_at,
    )
    plans = dict(Plan.objects.filter(ended).values_list("pk", "request_id"))
    topics = PlanTopic.objects.filter(plan__in=plans).exclude(reached="")
    follow_ups = FollowUp.objects.filter(plan__in=plans)
    return Results(
        ended=len(plans),
        reached=_told(topics.order_by().values_list("plan", "reached"), PlanTopic.Reached.values),
        growth=_told(_growth(plans.values()), ("more", "same", "less")),
        used=_told(
            ((plan, _use(value)) for plan, value in follow_ups.values_list("plan", "used")),
            ("much", "some", "little"),
        ),
    )


def _growth(requests: Iterable) -> list[tuple[object, str]]:
    """Each topic that was rated in the beginning and in the end, with how that changed."""
    moments = (Rating.Moment.BEFORE, Rating.Moment.AFTER)
    rows = Rating.objects.filter(request__in=requests, moment__in=moments).order_by()
    rated: dict[tuple, dict[str, int]] = defaultdict(dict)
    for request, topic, moment, value in rows.values_list("request", "topic", "moment", "value"):
        rated[request, topic][moment] = value
    return [
        (request, _compared(values[Rating.Moment.BEFORE], values[Rating.Moment.AFTER]))
        for (request, _topic), values in rated.items()
        if len(values) == len(moments)
    ]


def _compared(before: int, after: int) -> str:
    if before == after:
        return "same"
    return "more" if after > before else "less"


def _use(value: int) -> str:
    if value == 3:
        return "some"
    return "much" if value > 3 else "little"


def _told(rows: Iterable[tuple[object, str]], keys: Iterable[str]) -> dict[str, int | None]:
    """Count what was said, if enough mentorships say anything."""
    rows = list(rows)
    if len({mentorship for mentorship, _said in rows}) < FEWEST:
        return dict.fromkeys(keys)
    counted = Counter(said for _mentorship, said in rows)
    return {key: counted[key] for key in keys}
