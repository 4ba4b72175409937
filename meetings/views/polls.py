"""Date polls: opening and running them, and answering for people with an account."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from common.refusal import Refused
from meetings.actions import (
    answer_poll,
    ask_in_poll,
    change_poll_times,
    close_poll,
    open_poll,
    remind_poll,
    remove_from_poll,
    withdraw_poll,
)
from meetings.best_time import Tally, best_of, tallies_of
from meetings.forms.polls import (
    PollAnswerForm,
    PollAskForm,
    PollCloseForm,
    PollOpenForm,
    PollTimesChangeForm,
    times_from,
)
from meetings.models import Poll, PollInvitee
from meetings.permissions import check_can_change_poll, check_can_open_poll
from meetings.poll_words import choice_words, poll_table, reason_of, state_of_poll, total_words
from meetings.services import poll_service, poll_service_of, poll_title
from people.models import User
from people.permissions import member_required


@member_required
def poll_open(request, service, pk):
    """Open a poll about a story's row. `times` in the address fills the first rows; a button
    does so with times at which all are free whom we know.
    """
    user, story = request.user, poll_service(service)
    if story is None:
        raise Http404
    running = Poll.objects.running().about(service, pk).first()
    try:
        check_can_open_poll(user, story, pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect(story.poll_url(pk, user) or "meetings:calendar")
    if running and request.method != "POST":
        return redirect(running)
    people = story.poll_people(pk)
    times = times_from(request.GET.get("times", ""))
    form = PollOpenForm(posted(request), people=people, times=times)
    if "more" in request.POST:
        form = form.with_more_rows()
    elif "free" in request.POST:
        form = form.with_free_times(user)
    if form.carried_out(lambda data: open_poll(story, pk, **form.opening(data), by=user)):
        messages.success(request, _("The poll is open. Everyone asked gets a mail."))
        return redirect(form.result)
    context = {
        "title": story.poll_titles([pk], user)[pk],
        "story_url": story.poll_url(pk, user),
        "form": form,
    }
    return render_page(request, "meetings/poll_open.html", context)


@member_required
def poll_detail(request, pk):
    """All answers for whoever runs the poll; the own ones for whoever is asked."""
    poll = _poll_for(request.user, pk)
    if can(check_can_change_poll, request.user, poll):
        return _poll_page(request, poll)
    return redirect("meetings:poll-answer", pk=poll.pk)


@member_required
@require_POST
def poll_close(request, pk):
    poll = _changeable(request.user, pk)
    view = view_of(poll)
    form = _close_form(request, view)
    if form.carried_out(
        lambda data: close_poll(poll, time=data["time"], version=data["version"], by=request.user)
    ):
        messages.success(
            request, _("The time is chosen. Everyone asked gets the invitation to the meeting.")
        )
        return redirect(form.result)
    form.renew_version(poll.version)
    return _poll_page(request, poll, form)


@member_required
def poll_times_change(request, pk):
    poll = _changeable(request.user, pk)
    if request.method != "POST" and not poll.is_running:
        return redirect(poll)
    form = PollTimesChangeForm(
        posted(request), poll_times=list(poll.times.all()), initial={"version": poll.version}
    )
    if "more" in request.POST:
        form = form.with_more_rows()
    if form.carried_out(
        lambda data: change_poll_times(
            poll,
            add=data["times"],
            remove=data["remove"],
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("The times have been changed."))
        return redirect(poll)
    if form.is_bound:
        form.renew_version(poll.version)
    return _deed_page(request, "meetings/poll_times_change.html", poll, form)


@member_required
def poll_ask(request, pk):
    poll = _changeable(request.user, pk)
    if request.method != "POST" and not poll.is_running:
        return redirect(poll)
    asked = set(poll.invitees.values_list("user", flat=True))
    known = poll_service_of(poll).poll_people(poll.subject_id)
    form = PollAskForm(
        posted(request), people=[person for person in known if person.pk not in asked]
    )
    if form.carried_out(
        lambda data: ask_in_poll(
            poll, people=data.get("people", ()), guests=data["guests"], by=request.user
        )
    ):
        messages.success(
            request,
            ngettext(
                "%(n)s more person is asked.", "%(n)s more people are asked.", len(form.result)
            )
            % {"n": len(form.result)},
        )
        return redirect(poll)
    return _deed_page(request, "meetings/poll_ask.html", poll, form)


@member_required
def poll_remove(request, pk, invitee):
    poll = _changeable(request.user, pk)
    invitee = get_object_or_404(poll.invitees.select_related("user", "poll"), pk=invitee)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: remove_from_poll(invitee, by=request.user)):
        messages.success(request, _("Taken out of the poll: %(name)s") % {"name": invitee.name})
        return redirect(poll)
    return _deed_page(request, "meetings/poll_remove.html", poll, form, invitee=invitee)


@member_required
def poll_withdraw(request, pk):
    poll = _changeable(request.user, pk)
    if request.method != "POST" and not poll.is_running:
        return redirect(poll)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: withdraw_poll(poll, by=request.user)):
        messages.success(request, _("The poll is withdrawn. Everyone asked was told by mail."))
        return redirect(poll)
    return _deed_page(request, "meetings/poll_withdraw.html", poll, form)


@member_required
@require_POST
def poll_remind(request, pk):
    poll = _changeable(request.user, pk)
    try:
        number = remind_poll(poll, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(
            request,
            ngettext("A reminder went to %(n)s person.", "A reminder went to %(n)s people.", number)
            % {"n": number},
        )
    return redirect(poll)


@member_required
def poll_answer(request, pk):
    """One's own answers; of the others only how many can come when."""
    poll = _poll_for(request.user, pk)
    view = view_of(poll)
    own = view.own(request.user)
    if own is None:
        if can(check_can_change_poll, request.user, poll):
            return redirect(poll)
        raise Http404
    form = answer_form(request, view, own)
    if form.carried_out(lambda data: answer_poll(own, answers=form.answers(data), by=request.user)):
        messages.success(
            request, _("Your answers are noted. You can change them until a time is chosen.")
        )
        return redirect("meetings:poll-answer", pk=poll.pk)
    context = answer_context(view, form) | {
        "title": poll_title(poll, request.user),
        "organises": poll.organiser_id == request.user.pk,
        "invitation_url": reverse("meetings:meeting-detail", args=[poll.meeting_id])
        if poll.meeting_id
        else "",
    }
    return render_page(request, "meetings/poll_answer.html", context)


@dataclass(frozen=True)
class PollView:
    """A poll with all that its pages count."""

    poll: Poll
    invitees: list[PollInvitee]
    tallies: list[Tally]
    best: Tally | None

    @property
    def coming(self) -> list[Tally]:
        return [tally for tally in self.tallies if not tally.time.has_passed]

    def owing(self) -> set:
        """Keys of those who have an answer to give, by the rule of `PollInvitee.owing`."""
        coming = {tally.time.pk for tally in self.coming}
        return {
            invitee.pk
            for invitee in self.invitees
            if not coming <= {each.time_id for each in invitee.answers.all()}
        }

    def own(self, user: User) -> PollInvitee | None:
        return next((each for each in self.invitees if each.user_id == user.pk), None)


def view_of(poll: Poll) -> PollView:
    """Three queries, whatever the number of times and people; a fourth for a room."""
    invitees = list(poll.invitees.select_related("user").prefetch_related("answers"))
    for invitee in invitees:
        invitee.poll = poll
    tallies = tallies_of(poll.times.all(), invitees, poll.room if poll.is_running else None)
    best = best_of(tallies, poll.quorum) if poll.is_running else None
    return PollView(poll, invitees, tallies, best)


def answer_form(request: HttpRequest, view: PollView, invitee: PollInvitee) -> PollAnswerForm:
    """The form of one who is asked; its view's row of the person holds the earlier answers."""
    row = next(each for each in view.invitees if each.pk == invitee.pk)
    return PollAnswerForm(
        posted(request),
        times=[tally.time for tally in view.coming],
        before={each.time_id: each.answer for each in row.answers.all()},
    )


def answer_context(view: PollView, form: PollAnswerForm) -> dict:
    """What both answering pages show: no name and no single answer of anybody else."""
    return {
        "poll": view.poll,
        "form": form,
        "totals": [(tally.time, total_words(tally)) for tally in view.tallies],
        "anything_to_answer": view.poll.is_running and bool(form.times),
    }


def _close_form(request: HttpRequest, view: PollView) -> PollCloseForm:
    choices = [(tally.time, choice_words(tally)) for tally in view.coming]
    best = view.best.time if view.best else None
    need = view.poll.quorum or 0
    short = [tally.time.pk for tally in view.coming if tally.can < need]
    return PollCloseForm(posted(request), poll=view.poll, choices=choices, best=best, short=short)


def _poll_page(request: HttpRequest, poll: Poll, form=None) -> HttpResponse:
    view, user = view_of(poll), request.user
    state, state_kind = state_of_poll(poll)
    owing = view.owing()
    context = {
        "poll": poll,
        "title": poll_title(poll, user),
        "story_url": poll_service_of(poll).poll_url(poll.subject_id, user),
        "state": state,
        "state_kind": state_kind,
        "table": poll_table(view.tallies, view.invitees, view.best),
        "invitees": [(invitee, invitee.pk in owing) for invitee in view.invitees],
        "owing": len(owing),
        "best": view.best,
        "reason": reason_of(view.best, len(view.invitees)) if view.best else [],
        "form": form or _close_form(request, view),
        "can_choose": bool(view.coming),
        "own": view.own(user),
    }
    return render_page(request, "meetings/poll_detail.html", context)


def _poll_for(user: User, pk) -> Poll:
    """Return a poll in which the person is asked, or which they run; 404 for anybody else."""
    polls = Poll.objects.select_related("organiser", "chosen", "room")
    poll = polls.visible_to(user).filter(pk=pk).first()
    if poll is None:
        poll = get_object_or_404(polls, pk=pk)
        if not can(check_can_change_poll, user, poll):
            raise Http404
    return poll


def _changeable(user: User, pk) -> Poll:
    poll = _poll_for(user, pk)
    check_can_change_poll(user, poll)
    return poll


def _deed_page(request: HttpRequest, template: str, poll: Poll, form, **more) -> HttpResponse:
    context = {"poll": poll, "title": poll_title(poll, request.user), "form": form, **more}
    return render_page(request, template, context)
