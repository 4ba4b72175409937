from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import posted
from common.htmx import render_page
from meetings.actions import answer_invitation, answer_poll, make_proposal
from meetings.forms import AnswerForm, ProposalForm
from meetings.guests import guest_by_token, guest_url, poll_guest_by_token
from meetings.models import Invitee, PollInvitee
from meetings.services import poll_title, service_of
from meetings.views.polls import answer_context, answer_form, view_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_answer(request, token):
    invitee = _guest(request, token)
    form = AnswerForm(posted(request))
    if form.carried_out(
        lambda data: answer_invitation(
            invitee, answer=data["answer"], sequence=data["sequence"], by=None
        )
    ):
        messages.success(request, _("Thank you, your answer is noted."))
        return _private(request, redirect("meetings:guest-answer", token=token))
    return _page(
        request,
        "meetings/guest_answer.html",
        invitee,
        {"form": form, "token": token, "proposal": invitee.proposals.open().first()},
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_proposal_make(request, token):
    invitee = _guest(request, token)
    meeting = invitee.meeting
    if request.method != "POST" and not meeting.is_open:
        return _private(request, redirect("meetings:guest-answer", token=token))
    form = ProposalForm(posted(request), meeting=meeting)
    if form.carried_out(
        lambda data: make_proposal(invitee, sequence=meeting.sequence, by=None, **form.times(data))
    ):
        messages.success(request, _("The organiser is asked about the time you propose."))
        return _private(request, redirect("meetings:guest-answer", token=token))
    context = {"form": form, "token": token}
    return _page(request, "meetings/guest_proposal_make.html", invitee, context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def poll_guest_answer(request, token):
    invitee = poll_guest_by_token(token)
    if invitee is None:
        raise Http404
    _speak(request, invitee.language)
    poll = invitee.poll
    view = view_of(poll)
    form = answer_form(request, view, invitee)
    if form.carried_out(lambda data: answer_poll(invitee, answers=form.answers(data), by=None)):
        messages.success(
            request, _("Thank you. You can change your answers until a time is chosen.")
        )
        return _private(request, redirect("meetings:poll-guest-answer", token=token))
    context = answer_context(view, form) | {
        "invitee": invitee,
        "title": poll_title(poll, None),
        "invitation_url": _invitation_of(invitee),
    }
    return _private(request, render_page(request, "meetings/poll_guest_answer.html", context))


def _invitation_of(asked: PollInvitee) -> str:
    """Return the personal link to the meeting that came of the poll; "" before there is one."""
    meeting = asked.poll.meeting_id
    same = {"user": None, "guest_email": asked.guest_email}
    invitee = Invitee.objects.filter(meeting=meeting, **same).first() if meeting else None
    return urlsplit(guest_url(invitee)).path if invitee else ""


def _guest(request: HttpRequest, token: str) -> Invitee:
    invitee = guest_by_token(token)
    if invitee is None:
        raise Http404
    _speak(request, invitee.language)
    return invitee


def _speak(request: HttpRequest, language: str) -> None:
    """A guest has no account that would know the language, but the invitation does."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _page(request: HttpRequest, template: str, invitee: Invitee, context: dict) -> HttpResponse:
    meeting = invitee.meeting
    facts = {
        "invitee": invitee,
        "meeting": meeting,
        "title": service_of(meeting).title(meeting, None),
    }
    return _private(request, render_page(request, template, facts | context))


def _private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the page of a personal link out of searches, referrers and caches."""
    response["Content-Language"] = request.LANGUAGE_CODE
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it browsers send "Origin: null", and no form of the page works.
    response["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(response)
    return response
