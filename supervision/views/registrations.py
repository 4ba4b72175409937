from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.text import fold
from people.models import Municipality, Post, Region
from people.permissions import (
    board_required,
    coordinator_required,
    member_required,
    municipal_required,
)
from people.standing import standing_of
from supervision.actions import (
    change_registration,
    enter_registration,
    queue_registration,
    register,
    withdraw_registration,
)
from supervision.forms import (
    EnterRegistrationForm,
    RegisterForm,
    RegistrationChangeForm,
    RegistrationFilterForm,
)
from supervision.models import Audience, Membership, Registration, Season
from supervision.permissions import check_can_change_registration
from supervision.workflow import RegistrationStatus


@municipal_required
def season_register(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    standing = standing_of(request.user)
    posts = standing.manages if season.audience == Audience.MANAGERS else standing.works_in
    if not posts:
        raise PermissionDenied(
            _("This season is for managers.")
            if season.audience == Audience.MANAGERS
            else _("This season is for child protection workers.")
        )
    before = Registration.objects.last_year_of(request.user, season)
    form = RegisterForm(posted(request), initial=RegisterForm.as_in(before) if before else {})
    form.set_posts(list(Municipality.objects.filter(pk__in=posts)))
    if form.carried_out(
        lambda data: register(
            season,
            municipality=form.municipality(),
            **form.wishes(data),
            pk=data["new_id"],
            by=request.user,
        )
    ):
        if form.result.status == RegistrationStatus.WAITING:
            messages.success(request, _("You are on the waiting list."))
        else:
            messages.success(request, _("You are registered. The coordinator forms the groups."))
        return redirect(season)
    return render_page(
        request,
        "supervision/season_register.html",
        {"season": season, "form": form, "before": before},
    )


@board_required
def registration_list(request, pk):
    """Who is registered, with wishes: all for the coordinator, own municipalities for others."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    filters = RegistrationFilterForm(
        request.GET,
        states=RegistrationStatus.choices,
        regions=[(region.pk, region.name) for region in Region.objects.all()],
    )
    seats = Membership.objects.filter(ends_on__isnull=True).select_related("group")
    rows = (
        Registration.objects.visible_to(request.user)
        .filter(season=season)
        .select_related("user", "municipality")
        .prefetch_related(Prefetch("memberships", seats))
        .order_by("user__last_name", "user__first_name", "id")
    )
    page = Paginator(_filtered(rows, filters), 30).get_page(request.GET.get("page"))
    count = _("%(n)s registrations") % {"n": page.paginator.count}
    return render_page(
        request,
        "supervision/registration_list.html",
        {
            "season": season,
            "filters": filters,
            "page": page,
            "count": count,
            "coordinator": standing_of(request.user).is_coordinator,
        },
        fragment="registrations",
        notice=count,
    )


def _filtered(rows, filters):
    if not filters.is_valid():
        return rows
    wanted = filters.cleaned_data
    if wanted["state"]:
        rows = rows.filter(status=wanted["state"])
    if wanted["region"]:
        rows = rows.filter(municipality__region=wanted["region"])
    for word in fold(wanted["q"]).split():
        rows = rows.filter(user__folded_name__contains=word)
    return rows


@board_required
def registration_enter(request, pk):
    """Register somebody else, who is told by mail."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    standing = standing_of(request.user)
    taken = Registration.objects.active().filter(season=season, user=OuterRef("user"))
    kind = Post.Kind.MANAGER if season.audience == Audience.MANAGERS else Post.Kind.WORKER
    posts = Post.objects.on(standing.day).filter(~Exists(taken), kind=kind)
    if not standing.is_coordinator:
        posts = posts.filter(municipality__in=standing.all_served)
    # A second sending of the same form finds its row, though its person is no longer listed.
    made = Registration.objects.filter(
        pk=_uuid(request.POST.get("new_id")), registered_by=request.user, season=season
    )
    if request.method == "POST" and made.exists():
        return redirect("supervision:registration-list", season.pk)
    form = EnterRegistrationForm(
        posted(request),
        posts=posts.select_related("user", "municipality").order_by(
            "user__last_name", "user__first_name"
        ),
    )
    form.hide_confidence()
    if form.carried_out(
        lambda data: enter_registration(
            season,
            person=data["post"].user,
            municipality=data["post"].municipality,
            **form.wishes(data),
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(
            request,
            _("Registered: %(name)s. They were told by mail.") % {"name": form.result.user.name},
        )
        return redirect("supervision:registration-list", season.pk)
    return render_page(
        request, "supervision/registration_enter.html", {"season": season, "form": form}
    )


@member_required
def registration_change(request, pk):
    registration = _registration(request, pk)
    check_can_change_registration(request.user, registration)
    form = RegistrationChangeForm.for_registration(posted(request), registration)
    if registration.user_id != request.user.pk:
        form.hide_confidence()
    if form.carried_out(
        lambda data: change_registration(
            registration, **form.wishes(data), version=data["version"], by=request.user
        )
    ):
        messages.success(request, _("Your wishes are changed."))
        return redirect(registration.season)
    return render_page(
        request,
        "supervision/registration_change.html",
        {"registration": registration, "form": form},
    )


@member_required
def registration_withdraw(request, pk):
    registration = _registration(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: withdraw_registration(registration, by=request.user)):
        messages.success(request, _("The registration is withdrawn."))
        return redirect(registration.season)
    return render_page(
        request,
        "supervision/registration_withdraw.html",
        {"registration": registration, "form": form},
    )


@coordinator_required
def registration_queue(request, pk):
    registration = _registration(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: queue_registration(registration, by=request.user)):
        messages.success(
            request, _("On the waiting list: %(name)s") % {"name": registration.user.name}
        )
        return redirect("supervision:waiting-list", registration.season_id)
    return render_page(
        request,
        "supervision/registration_queue.html",
        {"registration": registration, "form": form},
    )


def _registration(request, pk):
    rows = Registration.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("season", "user", "municipality"), pk=pk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None
