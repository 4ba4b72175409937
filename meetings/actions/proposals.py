"""Other times that people propose, and what whoever may move the meeting makes of them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.actions.meetings import move_meeting
from meetings.actions.rows import check_planned, check_times, locked
from meetings.models import Change, Invitee, Meeting, Proposal
from meetings.permissions import check_can_decide_proposal, check_can_make_proposal
from people.models import User


MOST_A_DAY = 5
"""Proposals of one person for one meeting: each is a mail to the organiser."""


@transaction.atomic
def make_proposal(
    invitee: Invitee,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    sequence: int | None = None,
    by_calendar: bool = False,
) -> Proposal:
    """Propose another time for a meeting; a newer proposal of the same person replaces an open one.

    Times are aware. `by` is None for a guest. `sequence` is the meeting's that the person saw,
    its present one by default; `by_calendar`, whether their calendar program asked. The same
    time again is no deed. Raises PermissionDenied for another's invitation; Refused when the
    meeting was cancelled or is over, when the person is no longer on its list or has proposed
    `MOST_A_DAY` times today, for a time that cannot be and for the time it has.
    """
    meeting = locked(invitee.meeting)
    invitee = meeting.invitees.filter(pk=invitee.pk).first()
    if invitee is None:
        raise Refused(_("You are no longer on the list of this meeting."))
    check_can_make_proposal(by, invitee)
    check_planned(meeting)
    check_times(starts_at, ends_at)
    if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at):
        raise Refused(_("The meeting has this time already. Choose another."), field="day")
    before = invitee.proposals.filter(status=Proposal.Status.OPEN).first()
    if before is not None and (before.starts_at, before.ends_at) == (starts_at, ends_at):
        return before
    if invitee.proposals.filter(made_at__gte=clock.tallinn(clock.today())).count() >= MOST_A_DAY:
        raise Refused(_("You have proposed many times today. Write to the organiser, or wait."))
    if before is not None:
        before.status = Proposal.Status.REPLACED
        before.save(update_fields=["status"])
    proposal = Proposal.objects.create(
        meeting=meeting,
        invitee=invitee,
        starts_at=starts_at,
        ends_at=ends_at,
        sequence=meeting.sequence if sequence is None else sequence,
        made_at=clock.now(),
        by_calendar=by_calendar,
    )
    record("meetings.proposal_made", by=by, subject=meeting, proposal=proposal)
    emails.proposal_made(proposal, by=by)
    return proposal


@transaction.atomic
def take_proposal(proposal: Proposal, *, free: Iterable[User] = (), by: User) -> Meeting:
    """Move the meeting to the proposed time; everyone is asked again.

    `free` must have nothing else at that time. Raises PermissionDenied; Refused for a
    proposal that is no longer open, and as `move_meeting` does.
    """
    proposal = _decided(proposal, Proposal.Status.TAKEN, by=by)
    record("meetings.proposal_taken", by=by, subject=proposal.meeting, proposal=proposal)
    return move_meeting(
        proposal.meeting,
        starts_at=proposal.starts_at,
        ends_at=proposal.ends_at,
        wanted_by=Change.WantedBy.INVITEE,
        reason="",
        free=free,
        by=by,
    )


@transaction.atomic
def decline_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """Leave the meeting where it is; the person who proposed is told, or takes it back.

    Raises PermissionDenied; Refused for a proposal that is no longer open.
    """
    proposal = _decided(proposal, Proposal.Status.DECLINED, by=by)
    record("meetings.proposal_declined", by=by, subject=proposal.meeting, proposal=proposal)
    if proposal.invitee.user_id != by.pk:
        emails.proposal_declined(proposal, by=by)
    return proposal


def _decided(proposal: Proposal, status: str, *, by: User) -> Proposal:
    # Whatever happens to a proposal happens while its meeting is held.
    meeting = locked(proposal.meeting)
    proposal.meeting = meeting
    check_can_decide_proposal(by, proposal, takes=status == Proposal.Status.TAKEN)
    check_planned(meeting)
    proposal = (
        meeting.proposals.select_related("invitee__user")
        .filter(pk=proposal.pk, status=Proposal.Status.OPEN)
        .first()
    )
    if proposal is None:
        raise Refused(_("This proposal is no longer open."))
    proposal.status = status
    proposal.decided_at = clock.now()
    proposal.decided_by = by
    proposal.save(update_fields=["status", "decided_at", "decided_by"])
    return proposal
