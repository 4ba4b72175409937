from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock, workdays
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.refusal import Refused
from people.permissions import coordinator_required, member_required
from supervision.actions import accept_offer, decline_offer, offer_place, set_offering
from supervision.actions.waiting_list import OFFER_DAYS
from supervision.forms import AnswerForm, OfferForm
from supervision.joining import FreeSeat, Joining
from supervision.models import Group, Offer, Registration, Season
from supervision.permissions import check_can_answer_offer
from supervision.season_page import queue
from supervision.workflow import GroupStatus, OfferStatus


@coordinator_required
def waiting_list(request, pk):
    """The season's waiting list in its order, and the published groups with free seats."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    free = season.groups.filter(status=GroupStatus.PUBLISHED).with_free_seats().order_by("name")
    return render_page(
        request,
        "supervision/waiting_list.html",
        {"season": season, "waiting": queue(season), "free": free},
    )


@coordinator_required
def offering_set(request, pk):
    """Whether free seats are offered to the next in line by themselves."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    form = ActionForm(posted(request))
    is_on = season.offering_at is None
    if form.carried_out(lambda data: set_offering(season, is_on=is_on, by=request.user)):
        messages.success(
            request,
            _("From now on free seats are offered to the next in line.")
            if is_on
            else _("Free seats are offered by you alone again."),
        )
        return redirect("supervision:waiting-list", season.pk)
    return render_page(
        request, "supervision/offering_set.html", {"season": season, "form": form, "is_on": is_on}
    )


def _seats_for(registration: Registration) -> list[FreeSeat]:
    try:
        return Joining(registration.season).seats_for(registration)
    except Refused:
        return []


@coordinator_required
def place_offer(request, pk):
    registration = get_object_or_404(
        Registration.objects.visible_to(request.user).select_related(
            "season", "user", "municipality"
        ),
        pk=pk,
    )
    groups = Group.objects.filter(season=registration.season_id, status=GroupStatus.PUBLISHED)
    # Only groups with room are offered; one that filled up meanwhile is named as full.
    shown = groups.with_seats() if request.method == "POST" else groups.with_free_seats()
    form = OfferForm(
        posted(request),
        groups=shown.order_by("name"),
        initial={"deadline": workdays.add_working_days(clock.today(), OFFER_DAYS)},
    )
    if form.carried_out(
        lambda data: offer_place(
            registration,
            data["group"],
            deadline_at=form.deadline_at(),
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(request, _("The place is offered: %(name)s") % {"name": registration.user})
        return redirect("supervision:waiting-list", registration.season_id)
    return render_page(
        request,
        "supervision/place_offer.html",
        {
            "registration": registration,
            "form": form,
            # The whole season is read for it, as for the planner: not on every visit.
            "seats": _seats_for(registration) if "seats" in request.GET else None,
            "earlier": registration.offers.exclude(status=OfferStatus.OFFERED).select_related(
                "group"
            ),
        },
    )


@member_required
def offer_answer(request, pk):
    """The offered place with its dates; two buttons answer it."""
    offer = get_object_or_404(
        Offer.objects.visible_to(request.user).select_related(
            "group__supervisor", "group__season", "registration__user"
        ),
        pk=pk,
    )
    check_can_answer_offer(request.user, offer)
    form = AnswerForm(posted(request))
    if form.carried_out(
        lambda data: (accept_offer if data["answer"] == "accept" else decline_offer)(
            offer, by=request.user
        )
    ):
        if form.cleaned_data["answer"] == "accept":
            messages.success(request, _("The place is yours. The meetings stand in your calendar."))
            return redirect(offer.group)
        messages.success(request, _("You declined the place and stay on the waiting list."))
        return redirect(offer.group.season)
    return render_page(
        request,
        "supervision/offer_answer.html",
        {
            "offer": offer,
            "group": offer.group,
            "dates": offer.group.sessions.coming(),
            "form": form,
            "is_open": offer.status == OfferStatus.OFFERED and offer.deadline_at > clock.now(),
        },
    )
