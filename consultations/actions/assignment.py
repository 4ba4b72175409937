"""Who has the case in hand."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations import emails
from consultations.actions.row import (
    check_version,
    coming_meetings,
    leave_meetings,
    locked,
    save,
    turn,
)
from consultations.models import ConsultationRequest, Turn
from consultations.parties import board_side, check_consultant
from consultations.permissions import (
    check_can_assign_request,
    check_can_reassign_request,
    check_can_take_request,
)
from consultations.workflow import REQUEST, Status
from journal.record import record
from meetings.actions import hand_over_meeting
from meetings.actions.polls import hand_over_poll
from people.models import User


@transaction.atomic
def take_request(request: ConsultationRequest, *, by: User) -> ConsultationRequest:
    """Let a consultant take a request that waits in their region.

    Raises PermissionDenied, and Refused when somebody else was quicker.
    """
    request = locked(request)
    check_can_take_request(by, request)
    _assign(request, by, by=by)
    record("consultations.request_taken", by=by, subject=request)
    emails.request_taken(request)
    return request


@transaction.atomic
def assign_request(
    request: ConsultationRequest, *, consultant: User, by: User
) -> ConsultationRequest:
    """Give a waiting request to a consultant, who is told.

    Raises Refused (field "consultant") for somebody who is no consultant today.
    """
    request = locked(request)
    check_can_assign_request(by, request)
    check_consultant(consultant)
    _assign(request, consultant, by=by)
    record("consultations.request_assigned", by=by, subject=request, consultant=consultant)
    emails.request_assigned(request, by=by)
    emails.request_taken(request)
    return request


@transaction.atomic
def reassign_request(
    request: ConsultationRequest, *, consultant: User, reason: str, version: int | None, by: User
) -> ConsultationRequest:
    """Hand a case over to another consultant, who is also asked to its coming meetings."""
    hand_over_poll("consultation", request.pk, organiser=consultant, by=by)
    request = locked(request)
    check_can_reassign_request(by, request)
    check_version(request, version)
    if consultant.pk == request.consultant_id:
        raise Refused(_("The case already has this consultant."), field="consultant")
    if not request.is_open or request.consultant_id is None:
        raise Refused(_("Only an open case that has a consultant can be given to another."))
    check_consultant(consultant)
    REQUEST.check(request.status, request.status)
    before, board = request.consultant, board_side(request)
    request.consultant = consultant
    request.assigned_at, request.assigned_by = clock.now(), by
    save(request)
    turn(request, Turn.Kind.REASSIGNED, reason=reason, by=by)
    # Who stood in for the former consultant has no part in the case either.
    for person in set(board) - set(board_side(request)):
        leave_meetings(request, person, by=by)
    for meeting in coming_meetings(request):
        hand_over_meeting(meeting, organiser=consultant, by=by)
    record(
        "consultations.request_reassigned",
        by=by,
        subject=request,
        before=before,
        consultant=consultant,
    )
    emails.request_reassigned(request, before=before, by=by)
    return request


def _assign(request: ConsultationRequest, consultant: User, *, by: User) -> None:
    if request.is_open and request.consultant:
        raise Refused(
            _("This request already has a consultant: %(name)s.")
            % {"name": request.consultant.name}
        )
    REQUEST.check(request.status, Status.ASSIGNED)
    request.status = Status.ASSIGNED
    request.consultant = consultant
    request.assigned_at, request.assigned_by = clock.now(), by
    save(request)
