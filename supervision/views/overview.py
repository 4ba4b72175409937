from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import posted
from common.htmx import render_page
from people.permissions import coordinator_required, manager_required, member_required
from people.standing import standing_of
from supervision.actions import set_promise
from supervision.forms import PromiseForm
from supervision.models import (
    Audience,
    Group,
    Membership,
    NetworkSupervision,
    Offer,
    Promise,
    Registration,
    Season,
    Session,
)
from supervision.own_people import attendance_of_own_people, next_session, shown_status
from supervision.promise import promise_to, without_any


@coordinator_required
def promise(request):
    """Who had no supervision this year, by region; and what municipalities promise."""
    rows = without_any(clock.today())
    by_region: dict[str, list] = {}
    for row in rows:
        by_region.setdefault(row.region, []).append(row)
    promises = Promise.objects.select_related("municipality")
    return render_page(
        request,
        "supervision/promise.html",
        {"regions": by_region, "number": len(rows), "promises": promises},
    )


@coordinator_required
def promise_set(request):
    form = PromiseForm(posted(request))
    if form.carried_out(lambda data: set_promise(**data, by=request.user)):
        messages.success(request, _("The promise is set."))
        return redirect("supervision:promise")
    return render_page(request, "supervision/promise_set.html", {"form": form})


@member_required
def overview(request):
    """Everything of supervision that concerns the person, each part by their roles."""
    user, standing = request.user, standing_of(request.user)
    board = standing.is_coordinator or standing.is_consultant
    seasons = list(Season.objects.visible_to(user))
    context = {
        "standing": standing,
        "board": board,
        "can_ask": standing.is_worker or standing.is_manager,
        "networks": NetworkSupervision.objects.visible_to(user).select_related(
            "municipality", "supervisor", "meeting"
        )[:5],
    }
    sessions = Prefetch("sessions", Session.objects.select_related("meeting"))
    if standing.is_worker or standing.is_manager:
        mine = {
            each.season_id: each
            for each in own_registrations(user).prefetch_related("offers__group")
        }
        audiences = {
            Audience.WORKERS: standing.is_worker,
            Audience.MANAGERS: standing.is_manager,
        }
        context["mine"] = [
            own_season(season, mine.get(season.pk))
            for season in seasons
            if season.pk in mine or (audiences[season.audience] and season.ended_at is None)
        ]
    if standing.is_supervisor:
        groups = Group.objects.visible_to(user).filter(supervisor=user, season__ended_at=None)
        context["groups"] = [
            {"group": group, "next": next_session(group)}
            for group in groups.with_seats().select_related("season").prefetch_related(sessions)
        ]
    if standing.is_worker or standing.is_manager:
        context["promise"] = promise_to(user)
    context["seasons"] = seasons if board else []
    return render_page(request, "supervision/overview.html", context)


def own_registrations(user):
    """The person's standing registrations with group, dates and supervisor. Three queries."""
    sessions = Prefetch(
        "group__sessions", Session.objects.select_related("meeting").order_by("number")
    )
    seats = (
        Membership.objects.filter(ends_on__isnull=True)
        .select_related("group__supervisor")
        .prefetch_related(sessions)
    )
    return (
        Registration.objects.active()
        .filter(user=user)
        .select_related("season", "municipality")
        .prefetch_related(Prefetch("memberships", seats))
    )


def own_season(season: Season, registration: Registration | None) -> dict:
    """What a season is to one person: registered or not, place, group, open offer."""
    today = clock.today()
    found = {
        "season": season,
        "registration": registration,
        "group": None,
        "next": None,
        "offer": None,
        "state": "",
        "can_register": registration is None and season.takes_registrations_on(today),
        "midyear": today > season.registration_closes_on,
    }
    if registration is None:
        return found
    found["state"] = shown_status(registration)
    for seat in registration.memberships.all():
        if seat.group.status != "draft":
            found["group"], found["next"] = seat.group, next_session(seat.group)
    found["offer"] = next((each for each in registration.offers.all() if is_open(each)), None)
    return found


def is_open(offer: Offer) -> bool:
    return offer.status == "offered" and offer.deadline_at > clock.now()


@manager_required
def own_people(request):
    """By name: registered, placed, how many meetings attended. Never wishes or feedback."""
    season = (
        Season.objects.visible_to(request.user)
        .filter(audience=Audience.WORKERS, opened_at__isnull=False)
        .first()
    )
    people = attendance_of_own_people(request.user, season) if season else []
    return render_page(request, "supervision/own_people.html", {"season": season, "people": people})
