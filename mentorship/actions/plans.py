"""Writing a plan together, agreeing to it, and getting on with its topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from mentorship import emails
from mentorship.models import Plan, PlanTopic
from mentorship.permissions import check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import PLAN, RUNNING, PlanStatus
from people.models import User


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A chosen topic, by its key, and its goal. Their order is the order in the plan."""

    topic: str
    goal: str = ""


def open_plan(plan: Plan, *, by: User, **details: Any) -> None:
    """Note that somebody reads a plan's text: the one write that a read makes."""
    record("mentorship.plan_opened", by=by, subject=plan, **details)


@transaction.atomic
def write_plan(
    plan: Plan,
    *,
    topics: Sequence[Choice],
    rhythm: str,
    meeting_form: str,
    intended_end_on: date,
    by: User,
    version: int | None = None,
) -> Plan:
    """Write the whole plan anew; whoever had agreed to the old one is asked again.

    Raises Stale when the other side wrote meanwhile, Refused once it is running
    and for an end that is not to come (field "intended_end_on").
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status not in (PlanStatus.DRAFT, PlanStatus.AGREEING):
        raise Refused(_("The plan has been agreed to and can no longer be rewritten."))
    if intended_end_on <= clock.today():
        raise Refused(_("The end must be in the future."), field="intended_end_on")
    before = {row.topic_id: row for row in plan.topics.all()}
    chosen = [choice.topic for choice in topics]
    plan.topics.exclude(topic__in=chosen).delete()
    for position, choice in enumerate(topics, start=1):
        row = before.get(choice.topic) or PlanTopic(plan=plan, topic_id=choice.topic)
        row.position, row.goal = position, choice.goal
        row.save()
    plan.rhythm, plan.meeting_form = rhythm, meeting_form
    plan.intended_end_on = intended_end_on
    plan.status = PlanStatus.DRAFT
    plan.worker_agreed_at = plan.mentor_agreed_at = None
    save(plan)
    record("mentorship.plan_written", by=by, subject=plan, topics=len(topics))
    return plan


@transaction.atomic
def propose_plan(plan: Plan, *, by: User, version: int | None = None) -> Plan:
    """Let one side agree to what is written and ask the other."""
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    PLAN.check(plan.status, PlanStatus.AGREEING)
    if plan.intended_end_on is None or not plan.topics.exists():
        raise Refused(_("Write the plan first: at least one topic, and the intended end."))
    plan.status = PlanStatus.AGREEING
    setattr(plan, f"{plan.side_of(by)}_agreed_at", clock.now())
    save(plan)
    record("mentorship.plan_proposed", by=by, subject=plan)
    emails.plan_proposed(plan, by=by)
    return plan


@transaction.atomic
def agree_plan(plan: Plan, *, by: User, version: int | None = None) -> Plan:
    """Let the other side agree too; the mentorship is running from now on."""
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    PLAN.check(plan.status, PlanStatus.RUNNING)
    if plan.has_agreed(by):
        raise Refused(_("You have agreed already. Now the other side is asked."))
    setattr(plan, f"{plan.side_of(by)}_agreed_at", clock.now())
    plan.status = PlanStatus.RUNNING
    plan.started_at = clock.now()
    save(plan)
    record("mentorship.plan_agreed", by=by, subject=plan)
    emails.plan_agreed(plan, by=by)
    return plan


@transaction.atomic
def move_topic(plan_topic: PlanTopic, *, progress: str, by: User) -> PlanTopic:
    """Say how far the pair is with a topic of a running plan."""
    plan = locked(plan_topic.plan)
    check_can_write_plan(by, plan)
    check_running(plan)
    plan_topic = plan.topics.select_for_update(of=("self",)).get(pk=plan_topic.pk)
    if plan_topic.progress == progress:
        return plan_topic
    set_progress(plan_topic, progress, by)
    record("mentorship.topic_moved", by=by, subject=plan, topic=plan_topic, progress=progress)
    return plan_topic


def set_progress(plan_topic: PlanTopic, progress: str, by: User) -> None:
    """Part of the actions that journal it."""
    done = progress == PlanTopic.Progress.DONE
    plan_topic.progress = progress
    plan_topic.done_at = clock.now() if done else None
    plan_topic.done_by = by if done else None
    plan_topic.save()


def check_running(plan: Plan) -> None:
    if plan.status not in RUNNING:
        raise Refused(
            _("The plan is not running: its state is “%(state)s”.")
            % {"state": plan.get_status_display()}
        )


def check_open(plan: Plan) -> None:
    if plan.status == PlanStatus.ENDED:
        raise Refused(_("This mentorship has ended; its plan can only be read."))


def locked(plan: Plan) -> Plan:
    """Read the row anew and hold it until the transaction ends."""
    # Held first, joined after: PostgreSQL finds no row whose mentor changed while it waited.
    Plan.objects.select_for_update().get(pk=plan.pk)
    return Plan.objects.select_related("worker", "mentor").get(pk=plan.pk)


def save(plan: Plan) -> None:
    plan.version += 1
    plan.save()
