"""How a case ends, and how it goes on after all."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations import emails
from consultations.actions.row import begin_spell, check_version, end_spell, locked, save, turn
from consultations.clocks import contact_due
from consultations.models import ConsultationRequest, Spell, Turn
from consultations.permissions import (
    check_can_close_request,
    check_can_read_summary,
    check_can_reopen_request,
    check_can_withdraw_request,
)
from consultations.workflow import REQUEST, Status
from journal.record import record
from meetings.actions import call_off_meeting
from meetings.actions.polls import drop_poll
from meetings.models import Change
from people.models import User


@transaction.atomic
def close_request(
    request: ConsultationRequest, *, summary: str, recommendations: str, version: int, by: User
) -> ConsultationRequest:
    """Close a case with its summary and recommendations; the municipality is asked to read them.

    Its date poll is withdrawn and its coming meetings are cancelled.
    """
    _call_off_dates(request, by=by)
    request = locked(request)
    check_can_close_request(by, request)
    REQUEST.check(request.status, Status.CLOSED)
    check_version(request, version)
    request.status = Status.CLOSED
    request.summary, request.recommendations = summary, recommendations
    request.closed_at, request.closed_by = clock.now(), by
    request.summary_read_at, request.summary_read_by = None, None
    save(request)
    end_spell(request, Spell.Outcome.CLOSED)
    record("consultations.request_closed", by=by, subject=request)
    emails.request_closed(request, by=by)
    return request


@transaction.atomic
def read_summary(request: ConsultationRequest, *, by: User) -> ConsultationRequest:
    """Let the municipality confirm that it read the summary. Doing it twice changes nothing."""
    request = locked(request)
    check_can_read_summary(by, request)
    if request.status != Status.CLOSED:
        raise Refused(_("There is no summary to confirm: the case is not closed."))
    if request.summary_read_at is not None:
        return request
    request.summary_read_at, request.summary_read_by = clock.now(), by
    save(request)
    record("consultations.summary_read", by=by, subject=request)
    emails.summary_read(request, by=by)
    return request


@transaction.atomic
def withdraw_request(request: ConsultationRequest, *, reason: str, by: User) -> ConsultationRequest:
    """Take a request back, or end a case that needs no summary; the other side is told.

    Its date poll is withdrawn and its coming meetings are cancelled.
    """
    _call_off_dates(request, by=by)
    request = locked(request)
    check_can_withdraw_request(by, request)
    REQUEST.check(request.status, Status.WITHDRAWN)
    request.status = Status.WITHDRAWN
    save(request)
    turn(request, Turn.Kind.WITHDRAWN, reason=reason, by=by)
    end_spell(request, Spell.Outcome.WITHDRAWN)
    record("consultations.request_withdrawn", by=by, subject=request)
    emails.request_withdrawn(request, by=by)
    return request


@transaction.atomic
def reopen_request(request: ConsultationRequest, *, reason: str, by: User) -> ConsultationRequest:
    """Go on with an ended case.

    A closed one goes on where it was; its summary stays until the next closing. A
    withdrawn one waits for a consultant again, with a new clock.
    """
    request = locked(request)
    check_can_reopen_request(by, request)
    if request.is_open:
        raise Refused(_("This case is open."))
    withdrawn = request.status == Status.WITHDRAWN
    after = Status.SUBMITTED if withdrawn else Status.IN_PROGRESS
    REQUEST.check(request.status, after)
    request.status = after
    if withdrawn:
        request.consultant = None
        request.assigned_at, request.assigned_by = None, None
        request.contacted_at, request.contacted_by = None, None
        request.contact_due_at = contact_due(clock.now())
    save(request)
    turn(request, Turn.Kind.REOPENED, reason=reason, by=by)
    begin_spell(request)
    record("consultations.request_reopened", by=by, subject=request)
    emails.request_reopened(request, by=by)
    if withdrawn:
        emails.request_submitted(request, by=by)
    return request


def _call_off_dates(request: ConsultationRequest, *, by: User) -> None:
    """Let nobody come for a case that has ended. Before its row is held: see `drop_poll`."""
    drop_poll("consultation", request.pk, by=by)
    leads = by.pk == request.consultant_id
    wanted_by = Change.WantedBy.ORGANISER if leads else Change.WantedBy.INVITEE
    coming = request.meetings.filter(meeting__starts_at__gt=clock.now()).select_related("meeting")
    for each in coming.order_by("meeting_id"):
        call_off_meeting(each.meeting, wanted_by=wanted_by, reason=_("The case has ended."), by=by)
