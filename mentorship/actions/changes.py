"""Changes of a plan that runs: one side proposes, the other agrees or answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusal import Refused
from journal.record import record
from mentorship import emails
from mentorship.actions.plans import (
    answer_version,
    check_end,
    keep_version,
    locked,
    put_into,
    replace_proposed,
    save,
)
from mentorship.actions.templates import check_follows
from mentorship.contents import Contents, contents_of
from mentorship.models import Plan, PlanVersion, TemplateVersion
from mentorship.permissions import check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import CHANGEABLE
from people.models import User


@transaction.atomic
def propose_change(
    plan: Plan,
    *,
    contents: Contents,
    why: str = "",
    template: TemplateVersion | None = None,
    by: User,
    version: int | None = None,
) -> PlanVersion:
    """Propose another text for a running plan; the other side is asked, and until then the old
    one holds. A newer proposal of either side takes the place of one that waits.

    `template` is the newer template that the change follows. Raises Stale when somebody
    wrote meanwhile; Refused when the plan is not running, when nothing would change, for an
    end that is not to come (field "intended_end_on"), and for a template that is not the newest.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status not in CHANGEABLE:
        raise Refused(_("Only a plan that is running is changed like this."))
    now = contents_of(plan)
    if contents == now:
        raise Refused(_("Nothing has changed yet. Change something, or leave the page."))
    if contents.intended_end_on != now.intended_end_on:
        check_end(contents)
    if not contents.topics:
        raise Refused(_("Choose at least one topic."))
    if not plan.versions.exists():
        # Plans of before there was a history: what held until now stays readable.
        keep_version(plan, now, PlanVersion.State.WRITTEN, by=plan.mentor)
    replace_proposed(plan)
    proposed = keep_version(plan, contents, PlanVersion.State.PROPOSED, why=why, by=by)
    if template is not None:
        check_follows(plan, template)
        plan.template_version = template
    save(plan)
    record("mentorship.change_proposed", by=by, subject=plan, number=proposed.number)
    emails.change_proposed(plan, by=by)
    return proposed


@transaction.atomic
def agree_change(change: PlanVersion, *, by: User) -> Plan:
    """Agree to the other side's proposal: from now on the plan says this."""
    plan, change = _held(change, by=by)
    contents = Contents.from_json(change.content)
    if contents.intended_end_on != plan.intended_end_on:
        check_end(contents)
    put_into(plan, contents)
    answer_version(change, PlanVersion.State.AGREED, by=by)
    save(plan)
    record("mentorship.change_agreed", by=by, subject=plan, number=change.number)
    emails.change_agreed(plan, by=by)
    return plan


@transaction.atomic
def decline_change(change: PlanVersion, *, answer: str, by: User) -> Plan:
    """Answer the other side's proposal with words instead; the plan stays as it is."""
    plan, change = _held(change, by=by)
    answer_version(change, PlanVersion.State.DECLINED, words=answer, by=by)
    save(plan)
    record("mentorship.change_declined", by=by, subject=plan, number=change.number)
    emails.change_declined(plan, by=by)
    return plan


@transaction.atomic
def withdraw_change(change: PlanVersion, *, by: User) -> Plan:
    """Take the own proposal back before it is answered."""
    plan = locked(change.plan)
    check_can_write_plan(by, plan)
    change = _waiting(plan, change)
    if change.written_by_id != by.pk:
        raise Refused(_("This is the other side's proposal: agree, or answer it."))
    replace_proposed(plan)
    save(plan)
    record("mentorship.change_withdrawn", by=by, subject=plan, number=change.number)
    return plan


def _held(change: PlanVersion, *, by: User) -> tuple[Plan, PlanVersion]:
    """Hold the plan and read a proposal that waits for this person's answer."""
    plan = locked(change.plan)
    check_can_write_plan(by, plan)
    change = _waiting(plan, change)
    if change.written_by_id == by.pk:
        raise Refused(_("This is your own proposal. Now the other side is asked."))
    return plan, change


def _waiting(plan: Plan, change: PlanVersion) -> PlanVersion:
    waiting = plan.versions.filter(pk=change.pk, state=PlanVersion.State.PROPOSED).first()
    if waiting is None or plan.status not in CHANGEABLE:
        raise Refused(_("This proposal no longer waits for an answer."))
    return waiting
