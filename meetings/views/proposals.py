from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from common.refusal import Refused
from meetings.actions import decline_proposal, make_proposal, take_proposal
from meetings.actions.rows import check_planned
from meetings.forms import ProposalForm, WarnedDeedForm
from meetings.models import Meeting, Proposal
from meetings.permissions import check_can_change_meeting, check_can_decide_proposal
from meetings.services import service_of
from people.models import User
from people.permissions import member_required


@member_required
def proposal_make(request, pk):
    meetings = Meeting.objects.visible_to(request.user).with_service_rows()
    meeting = get_object_or_404(meetings, pk=pk)
    invitee = get_object_or_404(meeting.invitees, user=request.user)
    if request.method != "POST" and not meeting.is_open:
        return redirect(meeting)
    form = ProposalForm(posted(request), meeting=meeting)
    if form.carried_out(
        lambda data: make_proposal(
            invitee, sequence=meeting.sequence, by=request.user, **form.times(data)
        )
    ):
        messages.success(request, _("The organiser is asked about the time you propose."))
        return redirect(meeting)
    return render_page(
        request,
        "meetings/proposal_make.html",
        {
            "meeting": meeting,
            "title": service_of(meeting).title(meeting, request.user),
            "form": form,
        },
    )


@member_required
def proposal_take(request, pk):
    proposal = _proposal_for(request.user, pk)
    check_can_decide_proposal(request.user, proposal, takes=True)
    form = WarnedDeedForm(
        posted(request),
        times=(proposal.starts_at, proposal.ends_at),
        people=proposal.meeting.coming(),
        but=proposal.meeting_id,
        reader=request.user,
    )
    if form.carried_out(lambda data: take_proposal(proposal, free=data["free"], by=request.user)):
        messages.success(request, _("The meeting has been moved. Everyone invited gets a mail."))
        return redirect(proposal.meeting)
    return _decision(request, "meetings/proposal_take.html", proposal, form)


@member_required
def proposal_decline(request, pk):
    proposal = _proposal_for(request.user, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda _data: decline_proposal(proposal, by=request.user)):
        if proposal.invitee.user_id == request.user.pk:
            messages.success(request, _("Your proposal is taken back."))
        else:
            messages.success(request, _("The proposal is declined. Whoever made it gets a mail."))
        return redirect(proposal.meeting)
    return _decision(request, "meetings/proposal_decline.html", proposal, form)


def _proposal_for(user: User, pk) -> Proposal:
    """Return a proposal that the person may decide on, or made; 404 when they do not see its
    meeting.
    """
    proposal = get_object_or_404(Proposal.objects.select_related("invitee__user"), pk=pk)
    meeting = Meeting.objects.with_service_rows().get(pk=proposal.meeting_id)
    proposal.meeting = meeting
    if proposal.invitee.user_id != user.pk and not can(check_can_change_meeting, user, meeting):
        if not Meeting.objects.visible_to(user).filter(pk=meeting.pk).exists():
            raise Http404
        check_can_change_meeting(user, meeting)
    return proposal


def _decision(request, template: str, proposal: Proposal, form: ActionForm):
    if request.method != "POST" and (reason := _closed(proposal)):
        messages.error(request, reason)
        return redirect(proposal.meeting)
    meeting = proposal.meeting
    return render_page(
        request,
        template,
        {
            "proposal": proposal,
            "meeting": meeting,
            "title": service_of(meeting).title(meeting, request.user),
            # Names are for those who are part of the meeting, as on its page.
            "is_part": Meeting.objects.visible_to(request.user).filter(pk=meeting.pk).exists(),
            "form": form,
        },
    )


def _closed(proposal: Proposal) -> str:
    """Why nothing can be decided any more, or ""."""
    try:
        check_planned(proposal.meeting)
    except Refused as refusal:
        return refusal.reason
    return "" if proposal.is_open else _("This proposal is no longer open.")
