"""A proposal of the planner: looked at, stopped, locked, changed by hand, compared, taken over."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from people.permissions import coordinator_required
from supervision.actions import (
    ask_proposal,
    change_proposed_group,
    look_further,
    move_proposed,
    set_lock,
    stop_proposal,
    take_proposal,
)
from supervision.actions.taking import is_outdated
from supervision.forms import (
    AskProposalForm,
    ChangeProposedForm,
    LockForm,
    MoveProposedForm,
    TakeForm,
)
from supervision.models import Proposal, Season
from supervision.planner.changes import Board
from supervision.proposals import ProposalView, differences, otherwise_led
from supervision.workflow import ProposalState


def _proposal(request, pk) -> Proposal:
    proposals = Proposal.objects.visible_to(request.user).select_related("season", "asked_by")
    return get_object_or_404(proposals, pk=pk)


@coordinator_required
def proposal_detail(request, pk):
    """What is proposed; while the planner looks, how far it is."""
    if request.htmx and not request.htmx.history_restore_request:
        return _progress(request, pk)
    proposal = _proposal(request, pk)
    view = ProposalView(proposal)
    shown = view if proposal.plan is not None else None
    ready = proposal.state == ProposalState.READY
    return render_page(
        request,
        "supervision/proposal_detail.html",
        {
            "proposal": proposal,
            "season": proposal.season,
            "shown": shown,
            "can_change": ready,
            "is_outdated": ready and is_outdated(proposal),
            "fault": view.fault_name,
            "locked": sum(len(keys) for keys in proposal.locks.values()),
        },
    )


def _progress(request, pk):
    """How far it is, without opening what is proposed."""
    proposals = Proposal.objects.visible_to(request.user).select_related("season").without_words()
    proposal = get_object_or_404(proposals, pk=pk)
    return render_page(
        request,
        "supervision/proposal_detail.html",
        {"proposal": proposal, "season": proposal.season},
        fragment="progress",
        notice="" if proposal.is_at_work else _("The proposal is ready."),
    )


@coordinator_required
def proposal_stop(request, pk):
    proposal = _proposal(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: stop_proposal(proposal, by=request.user)):
        messages.success(request, _("The planner stops. The best it has found is kept."))
        return redirect(proposal)
    return render_page(
        request, "supervision/proposal_stop.html", {"proposal": proposal, "form": form}
    )


@coordinator_required
def proposal_further(request, pk):
    """Look longer from what was found; or, with something locked, plan the rest anew."""
    proposal = _proposal(request, pk)
    anew = proposal.changed_by_hand or "anew" in request.GET
    form = AskProposalForm(posted(request))
    if form.carried_out(lambda data: _further(proposal, anew, data, by=request.user)):
        return redirect(form.result)
    context = {"proposal": proposal, "season": proposal.season, "form": form, "anew": anew}
    return render_page(request, "supervision/proposal_further.html", context)


def _further(proposal, anew, data, *, by):
    if not anew:
        return look_further(proposal, seconds=data["seconds"], by=by)
    return ask_proposal(
        proposal.season, seconds=data["seconds"], base=proposal, pk=data["new_id"], by=by
    )


@coordinator_required
def proposal_lock(request, pk):
    """Lock or unlock a group or a person, and back to where that was."""
    proposal = _proposal(request, pk)
    form = LockForm(posted(request))
    if form.carried_out(lambda data: _lock(proposal, data, by=request.user)):
        return redirect(f"{proposal.get_absolute_url()}#{form.cleaned_data['group']}")
    if form.is_bound:
        messages.error(request, _("This could not be locked. Look at the proposal again."))
    return redirect(proposal)


def _lock(proposal, data, *, by):
    registration = None
    if data["registration"]:
        registration = get_object_or_404(proposal.season.registrations, pk=data["registration"])
    return set_lock(
        proposal,
        group=data["group"],
        registration=registration,
        is_locked=data["is_locked"],
        by=by,
    )


@coordinator_required
def proposal_person(request, pk, person):
    """Where somebody could be instead, what that costs, and which rule it would break."""
    proposal = _proposal(request, pk)
    shown = ProposalView(proposal)
    registration = shown.registrations.get(person.hex)
    if registration is None or proposal.plan is None:
        raise Http404
    own = shown.plan["people"].get(person.hex, {}).get("group")
    form = MoveProposedForm(
        posted(request),
        initial={"version": proposal.version},
        choices=Board(shown.instance, shown.plan).groups_for(person.hex),
        names=shown.names,
        has_group=own is not None,
    )
    if form.carried_out(
        lambda data: move_proposed(
            proposal,
            registration,
            group=form.chosen(data),
            despite=data["despite"],
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("Moved: %(name)s") % {"name": registration.user.name})
        return redirect(f"{proposal.get_absolute_url()}#{form.cleaned_data['group']}")
    return render_page(
        request,
        "supervision/proposal_person.html",
        {
            "proposal": proposal,
            "season": proposal.season,
            "form": form,
            "seat": shown.seat_of(registration),
            "group": shown.group(own) if own else None,
        },
    )


@coordinator_required
def proposal_group(request, pk, group):
    """Another supervisor, time or place for a proposed group, with prices and broken rules."""
    proposal = _proposal(request, pk)
    shown = ProposalView(proposal)
    proposed = shown.group(group)
    if proposed is None:
        raise Http404
    what = request.GET.get("what", "")
    wanted = _choices(shown, group, what)
    form = None
    if wanted is not None:
        label, choices, names, fields = wanted
        form = ChangeProposedForm(
            posted(request),
            initial={"version": proposal.version},
            label=label,
            choices=choices,
            names=names,
        )
        if form.carried_out(
            lambda data: change_proposed_group(
                proposal,
                group=group,
                **fields(data["choice"]),
                despite=data["despite"],
                version=data["version"],
                by=request.user,
            )
        ):
            messages.success(request, _("The proposal is changed."))
            return redirect("supervision:proposal-group", proposal.pk, group)
    return render_page(
        request,
        "supervision/proposal_group.html",
        {
            "proposal": proposal,
            "season": proposal.season,
            "group": proposed,
            "form": form,
            "can_change": proposal.state == ProposalState.READY
            and not proposed.existing
            and not proposed.is_locked,
        },
    )


CANNOT_BE = frozenset({"H12", "H13", "H16"})
"""What no draft could be made with: somebody or something is taken, closed or out of reach."""


def _choices(shown: ProposalView, group: str, what: str):
    """Return label, choices, their names and what is to be sent for "supervisor", "slot-2" …

    What cannot be is not offered; what breaks another rule is, and says so.
    """
    found = _all_choices(shown, group, what)
    if found is None:
        return None
    label, choices, names, fields = found
    return label, [each for each in choices if not each.rules & CANNOT_BE], names, fields


def _all_choices(shown: ProposalView, group: str, what: str):
    kind, _dash, number = what.partition("-")
    if kind == "supervisor":
        people = {key: user.name for key, user in shown.supervisors.items()}
        choices = Board(shown.instance, shown.plan).supervisors_for(group)
        return _("Another supervisor"), choices, people, lambda key: {"supervisor": key}
    if kind not in ("slot", "place") or number not in ("1", "2", "3"):
        return None
    board, round_ = Board(shown.instance, shown.plan), int(number)
    if kind == "slot":
        choices = board.slots_for(group, round_)
        names = {choice.id: shown.slot_text(choice.id) for choice in choices}
        label = _("Another time for meeting %(n)s") % {"n": number}
        return label, choices, names, lambda key: {"round_": round_, "slot": key}
    # A place amidst the members of another group is no room that can be chosen.
    choices = [each for each in board.places_for(group, round_) if each.id in shown.rooms]
    names = {choice.id: shown.place_name(choice.id) for choice in choices}
    label = _("Another place for meeting %(n)s") % {"n": number}
    return label, choices, names, lambda key: {"round_": round_, "place": key}


@coordinator_required
def proposal_take(request, pk):
    """Make drafts of what is proposed. Nobody is told before they are published."""
    proposal = _proposal(request, pk)
    shown = ProposalView(proposal)
    form = TakeForm(posted(request), initial={"version": proposal.version})
    if form.carried_out(
        lambda data: take_proposal(proposal, version=data["version"], by=request.user)
    ):
        messages.success(request, _("The groups are drafts now. Look at them, then publish them."))
        if form.result.left_out:
            names = ", ".join(row.user.name for row in form.result.left_out)
            messages.warning(request, _("Left out meanwhile: %(names)s.") % {"names": names})
        return redirect(proposal.season)
    return render_page(
        request,
        "supervision/proposal_take.html",
        {
            "proposal": proposal,
            "season": proposal.season,
            "form": form,
            "published": [(each, len(shown.newcomers(each))) for each in shown.published],
        },
    )


@coordinator_required
def proposals_compare(request, pk):
    """Two proposals beside each other: figures, and who would be elsewhere."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    ready = Proposal.objects.visible_to(request.user).filter(season=season, cost__isnull=False)
    chosen = [
        proposal
        for number in (request.GET.get("a", ""), request.GET.get("b", ""))
        if number.isdecimal() and (proposal := ready.filter(number=int(number[:5])).first())
    ]
    if len(chosen) < 2 or chosen[0] == chosen[1]:
        messages.error(request, _("Choose two different proposals."))
        return redirect(reverse("supervision:season-planning", args=[season.pk]))
    one, other = (ProposalView(proposal) for proposal in chosen)
    return render_page(
        request,
        "supervision/proposals_compare.html",
        {
            "season": season,
            "views": [one, other],
            "rows": list(zip(one.figures, other.figures, strict=True)),
            "differences": differences(one, other),
            "otherwise_led": otherwise_led(one, other),
        },
    )
