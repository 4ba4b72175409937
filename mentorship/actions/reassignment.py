"""Another mentor for a mentorship: wished for quietly, and given by the coordinator."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.actions import pass_meeting_on
from meetings.models import Meeting
from mentorship import emails
from mentorship.actions.plans import check_open, locked, replace_proposed, save
from mentorship.models import MentorChange, Plan
from mentorship.permissions import (
    check_can_ask_mentor_change,
    check_can_reassign_plan,
    check_can_settle_mentor_change,
)
from mentorship.workflow import PLAN, RUNNING, PlanStatus
from people.models import User
from people.standing import standing_of


@transaction.atomic
def reassign_plan(plan: Plan, *, mentor: User, by: User) -> Plan:
    """Give the plan to another mentor, who is asked to its coming meetings.

    What the former mentor agreed to is asked of the new one again, and a change that they
    proposed is no longer asked of the worker; the worker's own waits for the new mentor.
    Private notes stay with their author. Raises Refused (field "mentor") for somebody who is
    no consultant today, for the worker and for the mentor that it has; and when the
    mentorship has ended.
    """
    plan = locked(plan)
    check_can_reassign_plan(by)
    check_open(plan)
    before = plan.mentor
    if mentor.pk == before.pk:
        raise Refused(_("The mentorship already has this mentor."), field="mentor")
    if not standing_of(mentor).is_consultant:
        raise Refused(_("%(name)s is not a consultant today.") % {"name": mentor}, field="mentor")
    if mentor.pk == plan.worker_id:
        raise Refused(_("Nobody is their own mentor."), field="mentor")
    plan.mentor = mentor
    _take_back_agreement(plan)
    if plan.status in RUNNING:
        # The new mentor would else agree to a change to which the worker has said nothing.
        replace_proposed(plan, by=before)
    save(plan)
    for meeting in Meeting.objects.upcoming().filter(mentoring_meeting__plan=plan):
        pass_meeting_on(meeting, before, mentor, by=by)
    for change in plan.mentor_changes.open():
        # The wish is fulfilled; the worker reads so in the mail about the new mentor.
        _settled(change, by=by)
    record("mentorship.plan_reassigned", by=by, subject=plan, before=before, mentor=mentor)
    emails.plan_reassigned(plan, before=before)
    return plan


@transaction.atomic
def ask_mentor_change(plan: Plan, *, reason: str, by: User) -> MentorChange:
    """Ask the coordinator for another mentor; nobody else learns of it.

    Raises PermissionDenied for everybody but the worker; Refused when the mentorship has
    ended, and while an earlier wish is open.
    """
    plan = locked(plan)
    check_can_ask_mentor_change(by, plan)
    check_open(plan)
    if plan.mentor_changes.open().exists():
        raise Refused(_("You have asked already. The coordinator will get in touch with you."))
    change = MentorChange.objects.create(
        plan=plan, mentor=plan.mentor, reason=reason, asked_at=clock.now(), asked_by=by
    )
    # Without a name, about a row that nobody kept: a mentor may read the journal, too.
    record("mentorship.mentor_change_asked", by=None, subject=MentorChange())
    emails.mentor_change_asked(change)
    return change


@transaction.atomic
def settle_mentor_change(change: MentorChange, *, by: User) -> MentorChange:
    """Close a wish without a change: it was talked over. The worker is told; again is no deed.

    Raises PermissionDenied.
    """
    plan = locked(change.plan)
    change = plan.mentor_changes.get(pk=change.pk)
    check_can_settle_mentor_change(by, change)
    if change.settled_at is None:
        _settled(change, by=by)
        record("mentorship.mentor_change_settled", by=by, subject=change)
        emails.mentor_change_settled(change)
    return change


def open_mentor_change(change: MentorChange, *, by: User) -> None:
    """Note that the coordinator reads the reason: the one write that a read makes."""
    record("mentorship.mentor_change_opened", by=by, subject=change)


def _settled(change: MentorChange, *, by: User) -> None:
    change.settled_at, change.settled_by = clock.now(), by
    change.save(update_fields=["settled_at", "settled_by"])


def _take_back_agreement(plan: Plan) -> None:
    """Undo what waits for the worker alone: the new mentor has agreed to nothing yet."""
    if plan.status == PlanStatus.AGREEING and plan.mentor_agreed_at is not None:
        PLAN.check(plan.status, PlanStatus.DRAFT)
        plan.status = PlanStatus.DRAFT
        plan.worker_agreed_at = plan.mentor_agreed_at = None
    if plan.status == PlanStatus.CLOSING and plan.summary_mentor_agreed_at is not None:
        PLAN.check(plan.status, PlanStatus.RUNNING)
        plan.status = PlanStatus.RUNNING
        plan.summary_worker_agreed_at = plan.summary_mentor_agreed_at = None
