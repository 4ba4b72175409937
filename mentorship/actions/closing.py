"""Ending a mentorship: a joint summary that both agree to, then feedback without a name."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.shuffle import shuffled
from journal.record import record
from mentorship import emails
from mentorship.actions.meetings import call_off_coming
from mentorship.actions.plans import locked, replace_proposed, save
from mentorship.actions.requests import NO_WORDS, Ratings, Whys, check_rated, rate
from mentorship.models import FOLLOW_UP_AFTER, Feedback, FeedbackMark, FollowUp, Plan, Rating
from mentorship.permissions import check_can_rate_plan, check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import CHANGEABLE, PLAN, PlanStatus
from people.models import User


NO_TOPICS: Mapping[uuid.UUID, str] = MappingProxyType({})


@transaction.atomic
def rate_plan(
    plan: Plan, *, ratings: Ratings, whys: Whys = NO_WORDS, by: User, version: int | None = None
) -> Plan:
    """Let the worker rate the topics again: midway while it runs, after it is summed up or has
    ended. Again overwrites. Raises PermissionDenied for everybody else.
    """
    plan = locked(plan)
    check_can_rate_plan(by, plan)
    check_version(plan, version)
    moment = moment_of(plan)
    if moment is None:
        raise Refused(_("Topics are rated again when the mentorship runs, and after it."))
    check_rated(ratings)
    rate(plan.request, moment, ratings, whys)
    save(plan)
    record("mentorship.plan_rated", by=by, subject=plan, moment=moment)
    return plan


def moment_of(plan: Plan) -> Rating.Moment | None:
    """Return which ratings are given now, if any."""
    if plan.status in CHANGEABLE:
        return Rating.Moment.MIDWAY
    if plan.status in (PlanStatus.CLOSING, PlanStatus.ENDED) and plan.started_at:
        return Rating.Moment.AFTER
    return None


@transaction.atomic
def write_summary(
    plan: Plan,
    *,
    summary: str,
    what_helped: str = "",
    what_next: str = "",
    reached: Mapping[uuid.UUID, str] = NO_TOPICS,
    by: User,
    version: int | None = None,
) -> Plan:
    """Write the joint summary, or write it anew; who writes agrees, the other is asked. A change
    of the plan that waits for an answer gives way.

    `reached` says of each topic of the plan (its row's key) what came of it.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status != PlanStatus.CLOSING:
        PLAN.check(plan.status, PlanStatus.CLOSING)
    replace_proposed(plan)
    plan.status = PlanStatus.CLOSING
    plan.summary, plan.what_helped, plan.what_next = summary, what_helped, what_next
    for row in plan.topics.filter(pk__in=reached):
        row.reached = reached[row.pk]
        row.save(update_fields=["reached"])
    plan.summary_worker_agreed_at = plan.summary_mentor_agreed_at = None
    setattr(plan, f"summary_{plan.side_of(by)}_agreed_at", clock.now())
    save(plan)
    record("mentorship.summary_written", by=by, subject=plan)
    emails.summary_written(plan, by=by)
    return plan


@transaction.atomic
def agree_summary(plan: Plan, *, by: User, version: int | None = None) -> Plan:
    """Let the other side agree to the summary; the mentorship has ended, and coming meetings
    are cancelled.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status != PlanStatus.CLOSING:
        raise Refused(_("This mentorship is not being summed up."))
    if plan.has_agreed_to_summary(by):
        raise Refused(_("You have agreed already. Now the other side is asked."))
    call_off_coming(plan, until=None, by=by)
    setattr(plan, f"summary_{plan.side_of(by)}_agreed_at", clock.now())
    plan.status = PlanStatus.ENDED
    plan.ended_at = clock.now()
    save(plan)
    record("mentorship.summary_agreed", by=by, subject=plan)
    emails.summary_agreed(plan, by=by)
    return plan


@transaction.atomic
def stop_closing(plan: Plan, *, by: User, version: int | None = None) -> Plan:
    """Go on with the mentorship instead of ending it; the summary's text is kept."""
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    PLAN.check(plan.status, PlanStatus.RUNNING)
    if plan.status != PlanStatus.CLOSING:
        raise Refused(_("This mentorship is not being summed up."))
    plan.status = PlanStatus.RUNNING
    plan.summary_worker_agreed_at = plan.summary_mentor_agreed_at = None
    save(plan)
    record("mentorship.closing_stopped", by=by, subject=plan)
    emails.closing_stopped(plan, by=by)
    return plan


@transaction.atomic
def give_feedback(plan: Plan, *, helped: int, words: str, by: User) -> None:
    """Give feedback without a name, once, after the end.

    Nothing joins it to the person: the row names year and side only and the mark has no
    time. The year's rows of both tables are written anew in random order and with new keys
    each time: else the order in which they lie in the database file would pair them. The
    journal's entry names neither who acted nor the plan, because the coordinator could see
    when new words appear.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    if not plan.asks_feedback:
        raise Refused(_("Feedback is asked when a mentorship that ran has ended."))
    side = plan.side_of(by)
    if plan.feedback_marks.filter(side=side).exists():
        raise Refused(_("You have given feedback already. Thank you!"))
    year = clock.day_of(plan.ended_at).year
    _add_shuffled(
        Feedback.objects.filter(year=year),
        Feedback(year=year, side=side, helped=helped, words=words),
        ("year", "side", "helped", "words"),
    )
    _add_shuffled(
        FeedbackMark.objects.filter(
            plan__ended_at__gte=clock.tallinn(date(year, 1, 1)),
            plan__ended_at__lt=clock.tallinn(date(year + 1, 1, 1)),
        ),
        FeedbackMark(plan=plan, side=side),
        ("plan_id", "side"),
    )
    # The subject is a row that nobody kept, so that its key leads nowhere.
    record("mentorship.feedback_given", by=None, subject=Feedback())


@transaction.atomic
def answer_follow_up(plan: Plan, *, used: int, words: str = "", by: User) -> FollowUp:
    """Say, as the worker and once, how much of a mentorship is of use three months after it."""
    plan = locked(plan)
    check_can_rate_plan(by, plan)
    if not asks_follow_up(plan):
        raise Refused(_("This is asked three months after the end of a mentorship."))
    if FollowUp.objects.filter(plan=plan).exists():
        raise Refused(_("You have answered already. Thank you!"))
    answer = FollowUp.objects.create(
        plan=plan, used=used, words=words, answered_at=clock.now(), answered_by=by
    )
    record("mentorship.follow_up_answered", by=by, subject=plan)
    return answer


def asks_follow_up(plan: Plan) -> bool:
    """Say whether its time has come: for a mentorship that ran."""
    return plan.asks_feedback and plan.ended_at + FOLLOW_UP_AFTER <= clock.now()


def _add_shuffled(rows: QuerySet, new: Model, fields: Sequence[str]) -> None:
    """Write these rows anew with `new` among them, in an order and with keys that tell nothing."""
    # Two who answer at one moment: the second finds the first one's rows gone and leaves
    # what was written in their place alone.
    old = list(rows.select_for_update(of=("self",)).order_by("pk"))
    rows.model.objects.filter(pk__in=[row.pk for row in old]).delete()
    rows.model.objects.bulk_create(
        rows.model(**{name: getattr(row, name) for name in fields}) for row in shuffled([*old, new])
    )
