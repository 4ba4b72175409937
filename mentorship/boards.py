"""What the overview shows to whom: rows with their facts, the same number of queries each."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from common import clock
from common.workdays import working_days_between
from mentorship.models import (
    FeedbackMark,
    MentoringMeeting,
    MentorshipRequest,
    Plan,
    PlanTopic,
)
from mentorship.workflow import OPEN, RUNNING, PlanStatus, RequestStatus
from people.drafts import open_draft
from people.models import Region, User
from people.standing import standing_of


DRAFT = "mentorship.request"
WAITING = (RequestStatus.UNCONFIRMED, RequestStatus.SUBMITTED)


def overview_of(user: User) -> dict[str, Any]:
    """Return the parts of the overview that this person's roles give them."""
    standing = standing_of(user)
    context: dict[str, Any] = {"standing": standing}
    if standing.is_worker:
        context |= _worker_part(user)
    if standing.is_consultant:
        context |= _consultant_part(user)
    if standing.is_coordinator:
        context |= _coordinator_part(user)
    if standing.is_manager:
        context |= _manager_part(user)
    return context


def with_facts(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Add what may be told about a plan without its text: how often met, last, next."""
    now = clock.now()
    own = MentoringMeeting.objects.filter(plan=OuterRef("pk"), meeting__status="confirmed")
    held = own.filter(outcome=MentoringMeeting.Outcome.HELD)
    return plans.annotate(
        held_count=Count(
            "meetings",
            filter=Q(meetings__outcome=MentoringMeeting.Outcome.HELD),
            distinct=True,
        ),
        has_unrecorded=Exists(own.filter(outcome="", meeting__ends_at__lte=now)),
        last_met_at=Subquery(held.order_by("-meeting__starts_at").values("meeting__starts_at")[:1]),
        next_meeting_at=Subquery(
            own.filter(meeting__ends_at__gt=now)
            .order_by("meeting__starts_at")
            .values("meeting__starts_at")[:1]
        ),
    )


def with_progress(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Add how many topics are chosen and done; for the pair alone."""
    return plans.annotate(
        topic_count=Count("topics", distinct=True),
        done_count=Count(
            "topics", filter=Q(topics__progress=PlanTopic.Progress.DONE), distinct=True
        ),
    )


def waits_for(plan: Plan, reader: User) -> str:
    """Return in a word whom an open plan waits for, as one of the pair reads it; "" for nobody.

    Needs `with_versions`.
    """
    you, other = _("you"), plan.other_than(reader).name
    is_mentor = plan.mentor_id == reader.pk
    if plan.proposed_number:
        return other if plan.proposed_by_id == reader.pk else you
    if plan.status == PlanStatus.DRAFT:
        return you if is_mentor else other
    if plan.status == PlanStatus.AGREEING:
        return other if plan.has_agreed(reader) else you
    if plan.status == PlanStatus.CLOSING:
        return other if plan.has_agreed_to_summary(reader) else you
    # A meeting that nobody has recorded waits for both; each reads what they could do.
    return you if plan.has_unrecorded else ""


def waiting_days(wish: MentorshipRequest) -> int:
    """Working days since the request was sent."""
    return working_days_between(clock.day_of(wish.submitted_at), clock.today())


def _with_days(wishes: QuerySet[MentorshipRequest]) -> list[MentorshipRequest]:
    rows = list(
        wishes.select_related("worker", "municipality__region").order_by("submitted_at", "pk")
    )
    for row in rows:
        row.days = waiting_days(row)
    return rows


def _worker_part(user: User) -> dict[str, Any]:
    """The worker's own state, and the one thing to do next."""
    mark = FeedbackMark.objects.filter(plan=OuterRef("pk"), side="worker")
    plans = list(
        with_progress(with_facts(Plan.objects.filter(worker=user)))
        .annotate(gave_feedback=Exists(mark))
        .select_related("mentor")
    )
    wish = (
        MentorshipRequest.objects.filter(worker=user, status__in=WAITING)
        .select_related("submitted_by", "municipality")
        .first()
    )
    my_plan = next((plan for plan in plans if plan.status in OPEN), None)
    return {
        "my_plan": my_plan,
        "my_ended": [plan for plan in plans if plan.status == PlanStatus.ENDED],
        "my_wish": wish,
        "my_draft": None if wish or my_plan else open_draft(user, DRAFT),
        "can_ask": wish is None and my_plan is None,
    }


def _consultant_part(user: User) -> dict[str, Any]:
    standing = standing_of(user)
    plans = list(
        with_progress(with_facts(Plan.objects.filter(mentor=user).with_versions()))
        .select_related("worker", "municipality")
        .without_words()
    )
    open_plans = [plan for plan in plans if plan.status in OPEN]
    for plan in open_plans:
        plan.waits_for = waits_for(plan, user)
        plan.meets = plan.status not in (PlanStatus.PAUSED, PlanStatus.CLOSING)
    # Those who wait for a meeting first, then by its day.
    far = clock.tallinn(clock.today().replace(year=clock.today().year + 50, day=1))
    open_plans.sort(
        key=lambda plan: (plan.next_meeting_at is not None, plan.next_meeting_at or far)
    )
    return {
        "region_waiting": _with_days(
            MentorshipRequest.objects.filter(
                status__in=WAITING, municipality__in=standing.all_served
            )
        ),
        "mentees": open_plans,
        "former_mentees": [plan for plan in plans if plan.status == PlanStatus.ENDED],
    }


def _coordinator_part(user: User) -> dict[str, Any]:
    """All that wait, and how many run with whom. No words of theirs."""
    running = list(
        Plan.objects.visible_to(user)
        .open()
        .select_related("mentor", "worker", "municipality__region")
        .without_words()
        .order_by("mentor__last_name", "mentor__first_name", "mentor")
    )
    by_mentor: Counter[User] = Counter(plan.mentor for plan in running)
    underway = Counter(plan.mentor for plan in running if plan.status in RUNNING)
    waiting = _with_days(MentorshipRequest.objects.filter(status__in=WAITING))
    return {
        "all_waiting": waiting,
        "regions": _by_region(waiting, running),
        "mentors": [
            {"mentor": mentor, "open": number, "running": underway[mentor]}
            for mentor, number in by_mentor.items()
        ],
    }


def _by_region(waiting: list[MentorshipRequest], running: list[Plan]) -> list[dict[str, Any]]:
    """How many wait in each region, how long, and how many mentorships are open there."""
    days: dict[Region | None, list[int]] = defaultdict(list)
    for wish in waiting:
        days[wish.municipality.region].append(wish.days)
    plans = Counter(plan.municipality.region for plan in running)
    return [
        {
            "name": region.name if region else _("Without a region"),
            "waiting": len(days[region]),
            "longest": max(days[region], default=0),
            "open": plans[region],
        }
        for region in sorted({*days, *plans}, key=lambda region: region.name if region else "")
    ]


def _manager_part(user: User) -> dict[str, Any]:
    """Of the own people: what this manager asked for; since when it runs, how often met, the end.

    What is shown here stands on the worker's page of what the employer sees, too.
    """
    manages = standing_of(user).manages
    wishes = MentorshipRequest.objects.told_to_employer(manages)
    plans = Plan.objects.told_to_employer(manages)
    return {
        "people_waiting": _with_days(wishes.filter(status__in=WAITING, submitted_by=user)),
        "people_plans": list(with_facts(plans).select_related("worker").without_words()),
    }
