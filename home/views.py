from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.addresses import next_address
from common.htmx import render_page
from home.agenda import day_plan as plan_of_day
from home.agenda import next_days
from home.consultants import by_county, known_municipalities, today_s
from home.desks import roles_of
from home.employer import (
    absences_of_worker,
    cases_of_worker,
    facts_of_workers,
    season_of_workers,
    wishes_of_manager,
)
from home.forms import MunicipalityForm
from home.navigation import desk_of
from home.wording import long_day
from people.models import Post
from people.permissions import member_required, worker_required
from people.standing import standing_of


WAITING_SHOWN = 8


@login_not_required
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of whoever is logged in; the start page for everybody else."""
    if not request.user.is_authenticated:
        form = MunicipalityForm(None, known=known_municipalities(), day=clock.today())
        return render_page(request, "home/start.html", {"form": form})
    user, standing = request.user, standing_of(request.user)
    roles = roles_of(standing)
    role = next((role for role in roles if role.key == request.GET.get("as")), None)
    role = role or (roles[0] if roles else None)
    waiting = desk_of(request).waiting
    context = {
        "roles": roles,
        "role": role,
        "meta": long_day(standing.day),
        "waiting": waiting[:WAITING_SHOWN],
        "waiting_count": len(waiting),
        "waiting_today": sum(1 for item in waiting if item.due and item.due <= standing.day),
        "days": next_days(user),
        "as_table": request.GET.get("tiles") == "table",
    }
    if role:
        context |= role.context_of(user, standing)
    else:
        ahead = Post.objects.filter(user=user, starts_on__gt=standing.day)
        context["ahead"] = ahead.select_related("municipality").order_by("starts_on").first()
    return render_page(request, "home/desk.html", context)


@member_required
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the person, in parts by deadline."""
    today, items = clock.today(), desk_of(request).waiting
    dated = [item for item in items if item.due]
    parts = [
        ("late", _("Past the deadline"), [item for item in dated if item.late(today)]),
        ("today", _("Today"), [item for item in dated if item.due == today]),
        ("coming", _("Later"), [item for item in dated if item.due > today]),
        ("open", _("Without a deadline"), [item for item in items if not item.due]),
    ]
    return render_page(request, "home/waiting.html", {"parts": parts})


@member_required
def day_plan(request: HttpRequest) -> HttpResponse:
    """Today's meetings on one sheet of paper."""
    today = clock.today()
    context = {"day": plan_of_day(request.user, today), "title": long_day(today)}
    return render_page(request, "home/day_plan.html", context)


@worker_required
def employer_view(request: HttpRequest) -> HttpResponse:
    """What the worker's employer sees of them, exactly; and who else sees what."""
    user, standing = request.user, standing_of(request.user)
    season = season_of_workers()
    context = {
        "facts": facts_of_workers(standing.works_in, season, only=user),
        "season": season,
        "wishes": wishes_of_manager(standing.works_in, user),
        "cases": cases_of_worker(standing.works_in, user),
        "absences": absences_of_worker(user),
    }
    return render_page(request, "home/employer_view.html", context)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for the person if logged in, and come back."""
    code = request.POST.get("language", "")
    response = redirect(next_address(request, "/"))
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        if request.user.is_authenticated:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return response


@login_not_required
def consultants(request: HttpRequest) -> HttpResponse:
    """Find the consultant of a municipality: one of them, or all by county. Three queries."""
    today = clock.today()
    known = known_municipalities()
    form = MunicipalityForm(request.GET, known=known, day=today)
    asked = form.found if form.is_bound and form.is_valid() else None
    counties = by_county(known, today)
    context = {"form": form, "counties": counties, "asked": asked}
    if asked:
        place = today_s(asked, today)
        context["place"] = place
        # Nobody serves a municipality that ended and has no successor.
        context["serving"] = next(
            (
                row.serving
                for county in counties
                for row in county.municipalities
                if row.municipality == place
            ),
            [],
        )
    return render_page(request, "home/consultants.html", context)


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render_page(request, "home/help.html")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render_page(request, "home/accessibility.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render_page(request, "home/privacy.html")


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready", content_type="text/plain")
