"""Pages on which people and municipalities are looked at."""

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.shortcuts import get_object_or_404

from common import clock
from common.htmx import render_page
from common.permissions import can
from journal.history import history_of
from outbox.models import Message, Status
from people.forms import SearchForm
from people.models import Absence, Municipality, Post, ServiceArea, StaffRole, User
from people.permissions import (
    check_can_change_absence,
    check_can_change_areas,
    check_can_change_person,
    check_can_invite,
    check_can_see_absences,
    check_can_see_history,
    check_can_send_invitation,
    coordinator_required,
    member_required,
    overseer_required,
    roles_given_by,
)
from people.serving import serving_on
from people.standing import standing_of


PAGE = 30
"""Rows of a list on one page."""


@member_required
def overview(request):
    """The people that this person has to do with, by role."""
    standing = standing_of(request.user)
    if standing.is_coordinator or (standing.is_administrator and not standing.is_consultant):
        return person_list(request)
    day = standing.day
    shown = standing.all_served | standing.municipalities
    posts = (
        Post.objects.filter(municipality__in=shown)
        .exclude(ends_on__lt=day)
        .filter(Q(starts_on__lte=day) | Q(municipality__in=standing.manages))
        .select_related("user", "municipality")
        .order_by("municipality__name", "user__last_name", "user__first_name", "starts_on")
    )
    rows = list(posts)
    away = _away(day, {post.user_id for post in rows})
    places = {}
    for municipality in Municipality.objects.filter(pk__in=shown).select_related("county"):
        places[municipality.pk] = {
            "municipality": municipality,
            "managed": municipality.pk in standing.manages,
            "serving": [],
            "people": [],
        }
    for key, serving in serving_on(day, shown).items():
        places[key]["serving"] = serving
    for post in rows:
        places[post.municipality_id]["people"].append(
            {"post": post, "absence": away.get(post.user_id), "begins": post.starts_on > day}
        )
    board = []
    if not shown:
        board = User.objects.with_role(StaffRole.Role.COORDINATOR, day).in_order()
    return render_page(
        request,
        "people/overview.html",
        {
            "places": list(places.values()),
            "board": board,
            "sees_all": standing.is_consultant,
            "invites": bool(standing.manages),
        },
    )


@overseer_required
def person_list(request):
    """Everyone, with filters; for the Board and administrators."""
    day = clock.today()
    form = SearchForm(request.GET or None)
    people = User.objects.visible_to(request.user)
    if form.is_bound and form.is_valid():
        people = _filtered(people, form.cleaned_data, day)
    page = Paginator(
        people.in_order().prefetch_related(
            Prefetch(
                "posts",
                Post.objects.on(day).select_related("municipality"),
                to_attr="posts_today",
            ),
            Prefetch("staff_roles", StaffRole.objects.on(day), to_attr="roles_today"),
            Prefetch("absences", Absence.objects.on(day), to_attr="absences_today"),
        ),
        PAGE,
    ).get_page(request.GET.get("page"))
    standing = standing_of(request.user)
    return render_page(
        request,
        "people/person_list.html",
        {
            "form": form,
            "page": page,
            "invites": standing.is_coordinator or standing.is_administrator,
            "coordinates": standing.is_coordinator,
        },
        fragment="results",
    )


def _filtered(people, wanted: dict, day):
    if wanted["name"]:
        people = people.search(wanted["name"])
    posts = Post.objects.on(day).filter(user=OuterRef("pk"))
    areas = ServiceArea.objects.on(day).filter(consultant=OuterRef("pk"))
    roles = StaffRole.objects.on(day).filter(user=OuterRef("pk"))
    role, municipality = wanted["role"], wanted["municipality"]
    if role in Post.Kind.values:
        posts = posts.filter(kind=role)
    if municipality:
        posts = posts.filter(municipality=municipality)
        areas = areas.filter(municipality=municipality)
    if role == "none":
        return people.filter(~Exists(posts), ~Exists(roles))
    if role in StaffRole.Role.values:
        people = people.filter(Exists(roles.filter(role=role)))
        return people.filter(Exists(areas) | Exists(posts)) if municipality else people
    if role:
        return people.filter(Exists(posts))
    return people.filter(Exists(posts) | Exists(areas)) if municipality else people


@member_required
def person_detail(request, pk):
    person = get_object_or_404(
        User.objects.visible_to(request.user).prefetch_related(
            Prefetch("posts", Post.objects.select_related("municipality").order_by("-starts_on")),
            "staff_roles",
        ),
        pk=pk,
    )
    user, standing = request.user, standing_of(request.user)
    day = standing.day
    keeps = user == person or standing.is_board or standing.is_administrator
    sees_absences = can(check_can_see_absences, user, person)
    posts = [
        {
            "post": post,
            "can_end": _runs(post, day)
            and can(check_can_invite, user, municipality=post.municipality, post_kind=post.kind),
        }
        for post in person.posts.all()
        if keeps or post.holds_on(day) or post.municipality_id in standing.manages
    ]
    given = roles_given_by(user)
    roles = [
        {"role": role, "can_end": role.role in given and _runs(role, day)}
        for role in person.staff_roles.all()
        if keeps or role.holds_on(day)
    ]
    is_consultant = any(row["role"].role == StaffRole.Role.CONSULTANT for row in roles)
    areas = []
    if is_consultant:
        areas = person.service_areas.exclude(ends_on__lt=day).select_related("municipality")
    absences = list(person.absences.exclude(ends_on__lt=day).select_related("stand_in"))
    is_away = any(absence.holds_on(day) for absence in absences)
    if not sees_absences:
        # Municipalities turn to a consultant's stand-in; of others only that they are away.
        absences = [each for each in absences if is_consultant and each.holds_on(day)]
    can_invite_them = not person.has_login and can(check_can_send_invitation, user, person)
    can_change_areas = is_consultant and can(check_can_change_areas, user)
    return render_page(
        request,
        "people/person_detail.html",
        {
            "person": person,
            "posts": posts,
            "roles": roles,
            "areas": [{"area": area, "can_end": can_change_areas} for area in areas],
            "is_consultant": is_consultant,
            "absences": absences,
            "is_away": is_away,
            "sees_absences": sees_absences,
            "is_own": user == person,
            "can_change": can(check_can_change_person, user, person),
            "can_add_post": standing.is_coordinator or bool(standing.manages),
            "can_add_role": bool(given),
            "can_add_area": can_change_areas,
            "can_add_absence": can(check_can_change_absence, user, person),
            "can_see_history": can(check_can_see_history, user, person),
            "can_hand_over": standing.is_coordinator and user != person,
            "can_send_invitation": can_invite_them,
            "invitation": person.invitations.open().first() if can_invite_them else None,
        },
    )


def _runs(period, day) -> bool:
    return period.ends_on is None or period.ends_on >= day


@member_required
def person_history(request, pk):
    """What was changed about a person, by whom and when."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    check_can_see_history(request.user, person)
    return render_page(
        request, "people/person_history.html", {"person": person, "history": history_of(person)}
    )


@member_required
def municipality_detail(request, pk):
    """A municipality, its codes, its consultants today, and its people as far as visible."""
    municipality = get_object_or_404(
        Municipality.objects.select_related("county", "region", "successor").prefetch_related(
            "codes", "predecessors"
        ),
        pk=pk,
    )
    day = clock.today()
    visible = User.objects.visible_to(request.user).values("pk")
    posts = (
        Post.objects.on(day)
        .filter(municipality=municipality, user__in=visible)
        .select_related("user")
        .order_by("kind", "user__last_name", "user__first_name")
    )
    standing = standing_of(request.user)
    return render_page(
        request,
        "people/municipality_detail.html",
        {
            "municipality": municipality,
            "exists": municipality.holds_on(day),
            "serving": serving_on(day, [municipality.pk]).get(municipality.pk, []),
            "posts": posts,
            "sees_people": standing.is_board
            or standing.is_administrator
            or municipality.pk in standing.municipalities,
        },
    )


@coordinator_required
def message_list(request):
    """The outbox: what was sent to whom and when. Texts are not shown."""
    status = request.GET.get("status", "")
    messages = (
        Message.objects.defer("body", "link", "gathered_in__body", "gathered_in__link")
        .select_related("recipient", "gathered_in")
        .prefetch_related("tries")
    )
    if status in Status.values:
        messages = messages.filter(status=status)
    counts = dict(Message.objects.order_by().values_list("status").annotate(Count("pk")))
    page = Paginator(messages, PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "people/message_list.html",
        {
            "page": page,
            "states": [
                {
                    "value": value,
                    "label": label,
                    "count": counts.get(value, 0),
                    "current": value == status,
                }
                for value, label in Status.choices
            ],
            "status": status,
        },
    )


def _away(day, people) -> dict:
    absences = Absence.objects.on(day).filter(user__in=people).select_related("stand_in")
    return {absence.user_id: absence for absence in absences}
