"""How a mentorship rests, goes on, and ends before its time.

Why is the pair's to know: the journal, which administrators read, does not say it.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from mentorship import emails
from mentorship.actions.meetings import call_off_coming
from mentorship.actions.plans import locked, replace_proposed, save
from mentorship.models import Pause, Plan
from mentorship.permissions import check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import PLAN, PlanStatus
from people.models import User


@transaction.atomic
def pause_plan(
    plan: Plan,
    *,
    reason: str,
    expected_until: date | None = None,
    by: User,
    version: int | None = None,
) -> Plan:
    """Let a running mentorship rest. Meetings before the day of return are cancelled, all of
    them when it is not known.

    Raises Refused for a day that is not to come (field "expected_until").
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    PLAN.check(plan.status, PlanStatus.PAUSED)
    if expected_until and expected_until <= clock.today():
        raise Refused(_("Choose a day to come, or leave it empty."), field="expected_until")
    call_off_coming(plan, until=expected_until, by=by)
    Pause.objects.create(
        plan=plan,
        reason=reason,
        expected_until=expected_until,
        paused_at=clock.now(),
        paused_by=by,
    )
    plan.status = PlanStatus.PAUSED
    save(plan)
    record("mentorship.plan_paused", by=by, subject=plan)
    emails.plan_paused(plan, by=by)
    return plan


@transaction.atomic
def resume_plan(plan: Plan, *, by: User, version: int | None = None) -> Plan:
    """Go on with a mentorship that rested. Its intended end stays until both change it."""
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status != PlanStatus.PAUSED:
        raise Refused(_("This mentorship is not paused."))
    _end_pause(plan, by=by)
    plan.status = PlanStatus.RUNNING
    save(plan)
    record("mentorship.plan_resumed", by=by, subject=plan)
    emails.plan_resumed(plan, by=by)
    return plan


@transaction.atomic
def end_plan(
    plan: Plan, *, reason: str, words: str = "", by: User, version: int | None = None
) -> Plan:
    """End a mentorship before its time, without a joint summary. Coming meetings are cancelled.

    Either side may; the other is told. `words` stay with the pair.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    PLAN.check(plan.status, PlanStatus.ENDED)
    call_off_coming(plan, until=None, by=by)
    if plan.status == PlanStatus.PAUSED:
        _end_pause(plan, by=by)
    replace_proposed(plan)
    plan.status = PlanStatus.ENDED
    plan.ended_at = clock.now()
    plan.end_reason, plan.end_words = reason, words
    save(plan)
    record("mentorship.plan_ended", by=by, subject=plan)
    emails.plan_ended(plan, by=by)
    return plan


def _end_pause(plan: Plan, *, by: User) -> None:
    plan.pauses.filter(resumed_at=None).update(resumed_at=clock.now(), resumed_by=by)
