"""Writing a plan together, agreeing to it, and getting on with its topics."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from mentorship import emails
from mentorship.contents import Choice, Contents, contents_of
from mentorship.models import Plan, PlanTopic, PlanVersion, TemplateVersion
from mentorship.permissions import check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import PLAN, RUNNING, PlanStatus
from people.models import User


WRITTEN = PlanVersion.State.WRITTEN


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
    meeting_minutes: int = 60,
    intended_end_on: date,
    template: TemplateVersion | None = None,
    by: User,
    version: int | None = None,
) -> Plan:
    """Write the whole plan anew; whoever had agreed to the old one is asked again.

    `template` is what it was begun from, if anything. The text stands in the plan's history.
    Raises Stale when the other side wrote meanwhile, Refused once it is running
    and for an end that is not to come (field "intended_end_on").
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status not in (PlanStatus.DRAFT, PlanStatus.AGREEING):
        raise Refused(_("The plan has been agreed to and can no longer be rewritten."))
    contents = Contents(
        topics=tuple(topics),
        rhythm=rhythm,
        meeting_form=meeting_form,
        meeting_minutes=meeting_minutes,
        intended_end_on=intended_end_on,
    )
    check_end(contents)
    put_into(plan, contents)
    if template is not None:
        plan.template_version = template
    replace_proposed(plan)
    keep_version(plan, contents, PlanVersion.State.WRITTEN, by=by)
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
    last = plan.versions.first() or keep_version(plan, contents_of(plan), WRITTEN, by=by)
    last.state = PlanVersion.State.PROPOSED
    last.save()
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
    if plan.status != PlanStatus.AGREEING:
        raise Refused(_("This plan does not wait for agreement."))
    if plan.has_agreed(by):
        raise Refused(_("You have agreed already. Now the other side is asked."))
    setattr(plan, f"{plan.side_of(by)}_agreed_at", clock.now())
    plan.status = PlanStatus.RUNNING
    plan.started_at = clock.now()
    if proposed := plan.versions.filter(state=PlanVersion.State.PROPOSED).first():
        answer_version(proposed, PlanVersion.State.AGREED, by=by)
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


def put_into(plan: Plan, contents: Contents) -> None:
    """Let the plan say this; topics that stay keep their progress. The caller saves the plan."""
    before = {row.topic_id: row for row in plan.topics.all()}
    chosen = [choice.topic for choice in contents.topics]
    plan.topics.exclude(topic__in=chosen).delete()
    for position, choice in enumerate(contents.topics, start=1):
        row = before.get(choice.topic) or PlanTopic(plan=plan, topic_id=choice.topic)
        row.position, row.goal, row.sign = position, choice.goal, choice.sign
        row.save()
    plan.rhythm, plan.meeting_form = contents.rhythm, contents.meeting_form
    plan.meeting_minutes = contents.meeting_minutes
    plan.intended_end_on = contents.intended_end_on


def keep_version(
    plan: Plan, contents: Contents, state: str, *, why: str = "", by: User
) -> PlanVersion:
    """Add a text to the plan's history, whose row the caller holds."""
    last = plan.versions.aggregate(last=Max("number"))["last"] or 0
    return PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        content=contents.as_json(),
        why=why,
        state=state,
        written_at=clock.now(),
        written_by=by,
    )


def replace_proposed(plan: Plan, *, by: User | None = None) -> None:
    """Let a proposal that waits for an answer give way, whoever made it or that of one person."""
    waiting = plan.versions.filter(state=PlanVersion.State.PROPOSED)
    if by is not None:
        waiting = waiting.filter(written_by=by)
    waiting.update(state=PlanVersion.State.REPLACED)


def answer_version(version: PlanVersion, state: str, *, words: str = "", by: User) -> None:
    """Part of the actions that journal it."""
    version.state, version.answer = state, words
    version.answered_at, version.answered_by = clock.now(), by
    version.save()


def check_end(contents: Contents) -> None:
    """Raise Refused (field "intended_end_on") for an end that is not to come."""
    if contents.intended_end_on is None or contents.intended_end_on <= clock.today():
        raise Refused(_("The end must be in the future."), field="intended_end_on")


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
    # Held first, joined after: PostgreSQL finds no row whose mentor changed while it waited. Its
    # key stays free: feedback is written anew in rows of other plans, which point at theirs.
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    return Plan.objects.select_related("worker", "mentor").get(pk=plan.pk)


def save(plan: Plan) -> None:
    plan.version += 1
    plan.save()
