from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from meetings.actions import (
    answer_invitation,
    cancel_meeting,
    move_meeting,
    restore_meeting,
)
from meetings.agenda import in_history, state_of
from meetings.feeds import calendar_response
from meetings.forms import (
    AnswerForm,
    MeetingCancelForm,
    MeetingMoveForm,
    MeetingRestoreForm,
)
from meetings.ical import calendar_text, facts_of
from meetings.models import Meeting
from meetings.permissions import (
    check_can_cancel_meeting,
    check_can_change_meeting,
    check_can_move_meeting,
)
from meetings.services import service_of
from people.models import User
from people.permissions import member_required


@member_required
def meeting_detail(request, pk):
    return _detail(request, _meeting_for(request.user, pk), AnswerForm())


@member_required
@require_POST
def invitation_answer(request, pk):
    meeting = _meeting_for(request.user, pk)
    invitee = get_object_or_404(meeting.invitees, user=request.user)
    form = AnswerForm(posted(request))
    if form.carried_out(
        lambda data: answer_invitation(
            invitee, answer=data["answer"], sequence=data["sequence"], by=request.user
        )
    ):
        messages.success(request, _("Your answer is noted."))
        return redirect(meeting)
    return _detail(request, meeting, form)


@member_required
@require_safe
def meeting_file(request, pk):
    meeting = _meeting_for(request.user, pk)
    return calendar_response(
        calendar_text([facts_of(meeting, answer=meeting.own_answer)]), "toetuspakett.ics"
    )


@member_required
def meeting_move(request, pk):
    meeting = _meeting_for(request.user, pk)
    check_can_move_meeting(request.user, meeting)
    if request.method != "POST" and not meeting.is_open:
        return _closed(request, meeting)
    form = MeetingMoveForm(posted(request), meeting=meeting, reader=request.user, shown=request.GET)
    if form.carried_out(
        lambda data: move_meeting(
            meeting, sequence=meeting.sequence, by=request.user, **form.change(data)
        )
    ):
        messages.success(request, _("The meeting has been moved. Everyone invited gets a mail."))
        return redirect(meeting)
    return _change_page(request, "meetings/meeting_move.html", meeting, form)


@member_required
def meeting_cancel(request, pk):
    meeting = _meeting_for(request.user, pk)
    check_can_cancel_meeting(request.user, meeting)
    if request.method != "POST" and not meeting.is_open:
        return _closed(request, meeting)
    form = MeetingCancelForm(posted(request), meeting=meeting)
    if form.carried_out(
        lambda data: cancel_meeting(
            meeting,
            wanted_by=data["wanted_by"],
            reason=data["reason"],
            sequence=meeting.sequence,
            by=request.user,
        )
    ):
        messages.success(
            request, _("The meeting has been cancelled. Everyone invited gets a mail.")
        )
        return redirect(meeting)
    return _change_page(request, "meetings/meeting_cancel.html", meeting, form)


@member_required
def meeting_restore(request, pk):
    meeting = _meeting_for(request.user, pk)
    check_can_change_meeting(request.user, meeting)
    if request.method != "POST" and not meeting.can_be_restored:
        messages.error(request, _("This meeting is not cancelled, or its time has passed."))
        return redirect(meeting)
    form = MeetingRestoreForm(posted(request), meeting=meeting, reader=request.user)
    if form.carried_out(
        lambda data: restore_meeting(
            meeting, free=data["free"], sequence=meeting.sequence, by=request.user
        )
    ):
        messages.success(
            request, _("The meeting takes place after all. Everyone invited gets a mail.")
        )
        return redirect(meeting)
    return _change_page(request, "meetings/meeting_restore.html", meeting, form)


def _meeting_for(user: User, pk) -> Meeting:
    """Return a meeting of the person's own, or one that they may change without being
    invited (a coordinator, say); 404 for everyone else. `own_answer` tells them apart.
    """
    meetings = Meeting.objects.with_answer_of(user).with_service_rows()
    meeting = meetings.visible_to(user).filter(pk=pk).first()
    if meeting is None:
        meeting = get_object_or_404(meetings, pk=pk)
        if not can(check_can_change_meeting, user, meeting):
            raise Http404
    return meeting


def _detail(request: HttpRequest, meeting: Meeting, form: AnswerForm) -> HttpResponse:
    """Names, answers and reasons are for those who are part of the meeting."""
    user = request.user
    invitees = list(meeting.invitees.select_related("user"))
    own = next((invitee for invitee in invitees if invitee.user_id == user.pk), None)
    leads = meeting.organiser_id == user.pk
    is_part = own is not None or leads
    service = service_of(meeting)
    state, state_kind = state_of(meeting)
    changes = meeting.changes.select_related("made_by").order_by("-made_at")
    can_move = meeting.is_open and can(check_can_move_meeting, user, meeting)
    return render_page(
        request,
        "meetings/meeting_detail.html",
        {
            "meeting": meeting,
            "title": service.title(meeting, user),
            "story_url": service.url(meeting, user),
            "story_name": service.page_name(meeting),
            "invitees": invitees if is_part else [],
            "is_part": is_part,
            "own": own,
            "asks": own is not None and (not leads or own.is_owing),
            "asks_first": own is not None and own.is_owing and meeting.is_open,
            "state": state,
            "state_kind": state_kind,
            "month": clock.day_of(meeting.starts_at).isoformat(),
            "history": [in_history(change, with_reason=is_part) for change in changes],
            "can_change": can_move,
            "can_cancel": can_move
            or (meeting.is_open and can(check_can_cancel_meeting, user, meeting)),
            "too_late": _why_not(user, meeting) if meeting.is_open and not can_move else "",
            "can_restore": meeting.can_be_restored and can(check_can_change_meeting, user, meeting),
            "form": form,
            "proposals": meeting.proposals.open().select_related("invitee__user"),
        },
    )


def _why_not(user: User, meeting: Meeting) -> str:
    """Return why somebody who may change the meeting may no longer move it; "" for others."""
    if not can(check_can_change_meeting, user, meeting):
        return ""
    try:
        check_can_move_meeting(user, meeting)
    except PermissionDenied as denied:
        return str(denied)
    return ""


def _change_page(request, template: str, meeting: Meeting, form) -> HttpResponse:
    title = service_of(meeting).title(meeting, request.user)
    return render_page(request, template, {"meeting": meeting, "title": title, "form": form})


def _closed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if meeting.is_cancelled:
        messages.error(request, _("This meeting has been cancelled."))
    else:
        messages.error(request, _("This meeting is already over."))
    return redirect(meeting)
