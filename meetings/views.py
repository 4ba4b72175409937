from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from meetings.actions import answer_invitation, cancel_meeting, move_meeting, renew_feed
from meetings.agenda import VIEWS, day_cells, in_history, state_of, stretch
from meetings.feeds import calendar_response, feed_address, feed_by_token, feed_response
from meetings.forms import AnswerForm, FeedRenewForm, MeetingCancelForm, MeetingMoveForm
from meetings.guests import guest_by_token
from meetings.ical import calendar_text, facts_of
from meetings.models import Feed, Meeting
from meetings.permissions import check_can_change_meeting
from meetings.services import service_of
from people.models import User
from people.permissions import member_required


@member_required
def calendar(request):
    shown = stretch(request.GET.get("view", ""), request.GET.get("date", ""))
    meetings = (
        Meeting.objects.visible_to(request.user)
        .filter(starts_at__gte=shown.starts_at, starts_at__lt=shown.ends_at)
        .with_answer_of(request.user)
        .with_service_rows()
    )
    days = day_cells(shown, meetings, request.user)
    own_feed = Feed.objects.filter(user=request.user).first()
    in_view = [day for day in days if not day["out"]]
    response = render_page(
        request,
        "meetings/calendar.html",
        {
            "shown": shown,
            "views": VIEWS.items(),
            "heading": shown.title[:1].upper() + shown.title[1:],
            "days": days,
            "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
            "busy_days": [day for day in in_view if day["events"]],
            "feed_address": feed_address(own_feed) if own_feed else "",
        },
    )
    # The page holds the feed's secret address.
    add_never_cache_headers(response)
    return response


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
        lambda data: answer_invitation(invitee, answer=data["answer"], by=request.user)
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
    check_can_change_meeting(request.user, meeting)
    if request.method != "POST" and not meeting.is_open:
        return _closed(request, meeting)
    form = MeetingMoveForm(posted(request), meeting=meeting)
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
    check_can_change_meeting(request.user, meeting)
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


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_answer(request, token):
    invitee = guest_by_token(token)
    if invitee is None:
        raise Http404
    # A guest has no account that would know the language, but the invitation does.
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(invitee.language)
        request.LANGUAGE_CODE = invitee.language
    form = AnswerForm(posted(request))
    if form.carried_out(lambda data: answer_invitation(invitee, answer=data["answer"], by=None)):
        messages.success(request, _("Thank you, your answer is noted."))
        response = redirect("meetings:guest-answer", token=token)
    else:
        meeting = invitee.meeting
        response = render_page(
            request,
            "meetings/guest_answer.html",
            {
                "invitee": invitee,
                "meeting": meeting,
                "title": service_of(meeting).title(meeting, None),
                "form": form,
            },
        )
    response["Content-Language"] = request.LANGUAGE_CODE
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it browsers send "Origin: null", and no form of the page works.
    response["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(response)
    return response


@login_not_required
@require_safe
def feed(request, token):
    found = feed_by_token(token)
    if found is None:
        raise Http404
    return feed_response(request, found)


@member_required
def feed_renew(request):
    own = Feed.objects.filter(user=request.user).first()
    form = FeedRenewForm(posted(request), initial={"seen": own.mark if own else ""})
    if form.carried_out(lambda data: renew_feed(by=request.user, seen=data["seen"])):
        messages.success(request, _("Your calendar has a new address. Use it in your programs."))
        return redirect("meetings:calendar")
    return render_page(request, "meetings/feed_renew.html", {"form": form})


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
    is_part = own is not None or meeting.organiser_id == user.pk
    service = service_of(meeting)
    state, state_kind = state_of(meeting)
    changes = meeting.changes.select_related("made_by").order_by("-made_at")
    return render_page(
        request,
        "meetings/meeting_detail.html",
        {
            "meeting": meeting,
            "title": service.title(meeting, user),
            "story_url": service.url(meeting, user),
            "invitees": invitees if is_part else [],
            "is_part": is_part,
            "own": own,
            "state": state,
            "state_kind": state_kind,
            "month": clock.day_of(meeting.starts_at).isoformat(),
            "history": [in_history(change, with_reason=is_part) for change in changes],
            "can_change": meeting.is_open and can(check_can_change_meeting, user, meeting),
            "form": form,
        },
    )


def _change_page(request, template: str, meeting: Meeting, form) -> HttpResponse:
    title = service_of(meeting).title(meeting, request.user)
    return render_page(request, template, {"meeting": meeting, "title": title, "form": form})


def _closed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if meeting.is_cancelled:
        messages.error(request, _("This meeting has been cancelled."))
    else:
        messages.error(request, _("This meeting is already over."))
    return redirect(meeting)
