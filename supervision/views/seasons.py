from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.spreadsheets import csv_response
from people.permissions import coordinator_required, member_required
from people.standing import standing_of
from supervision import season_page
from supervision.actions import change_season, end_season, make_season, open_season
from supervision.feedback import feedback_by_group
from supervision.forms import GroupFilterForm, SeasonChangeForm, SeasonForm
from supervision.models import Registration, Season
from supervision.views.overview import own_registrations, own_season


@member_required
def season_detail(request, pk):
    """The season: for the coordinator and consultants all groups, for others their own part."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    standing = standing_of(request.user)
    if standing.is_coordinator or standing.is_consultant:
        return _season_board(request, season)
    return _season_own(request, season)


def _season_board(request, season):
    rows = season_page.group_rows(season, request.user)
    filters = GroupFilterForm(
        request.GET,
        regions=_choices(row.group.region for row in rows),
        supervisors=_choices(row.group.supervisor for row in rows),
    )
    shown = _filtered(rows, filters)
    coordinator = standing_of(request.user).is_coordinator
    count = _("%(shown)s groups of %(all)s shown") % {"shown": len(shown), "all": len(rows)}
    context = {
        "season": season,
        "rows": shown,
        "filters": filters,
        "count": count,
        "coordinator": coordinator,
    }
    # Only the table is redrawn when filtering: the rest is not even asked for.
    if not request.htmx or request.htmx.history_restore_request:
        waiting = season_page.queue(season) if coordinator else []
        first = season_page.month_of(request.GET.get("month", ""), rows)
        before, after = (season_page.month_key(first, step) for step in (-1, 1))
        loads = season_page.loads(rows)
        context |= {
            "steps": season_page.steps(season, rows),
            "numbers": season_page.numbers(season, request.user),
            "seats": sum(row.group.capacity for row in rows),
            "free": sum(max(row.group.capacity - row.group.taken, 0) for row in rows),
            "offers": sum(row.group.offered for row in rows),
            "group_number": len(rows),
            "drafts": sum(row.group.status == "draft" for row in rows),
            "waiting": waiting[:5],
            "waiting_number": len(waiting),
            "loads": loads,
            "most": max((number for _user, number in loads), default=1),
            "dates": season_page.next_dates(season, rows, waiting) if coordinator else [],
            "weeks": season_page.month_weeks(first, rows),
            "month": season_page.month_name(first),
            "before": before,
            "before_name": season_page.month_name(season_page.month_start(before)),
            "after": after,
            "after_name": season_page.month_name(season_page.month_start(after)),
        }
    return render_page(
        request, "supervision/season_detail.html", context, fragment="groups", notice=count
    )


def _season_own(request, season):
    registration = (
        own_registrations(request.user)
        .prefetch_related("offers__group")
        .filter(season=season)
        .first()
    )
    context = {
        "season": season,
        "own": own_season(season, registration),
        "place": _place_in_queue(registration),
        "groups": season.groups.visible_to(request.user).filter(supervisor=request.user)
        if standing_of(request.user).is_supervisor
        else [],
        "for_me": _is_for(season, request.user),
        "before": None if registration else Registration.objects.last_year_of(request.user, season),
    }
    return render_page(request, "supervision/season_own.html", context)


def _is_for(season: Season, user) -> bool:
    standing = standing_of(user)
    return standing.is_manager if season.audience == "managers" else standing.is_worker


def _place_in_queue(registration: Registration | None) -> int | None:
    if registration is None or registration.status != "waiting":
        return None
    return registration.place_in_queue()


def _choices(rows) -> list[tuple[str, str]]:
    return sorted({(str(row.pk), str(row)) for row in rows if row}, key=lambda pair: pair[1])


def _filtered(rows, filters):
    if not filters.is_valid():
        return rows
    wanted = filters.cleaned_data
    return [
        row
        for row in rows
        if (not wanted["region"] or row.group.region_id == wanted["region"])
        and (not wanted["supervisor"] or str(row.group.supervisor_id) == wanted["supervisor"])
        and (not wanted["free"] or row.is_free)
    ]


@coordinator_required
def season_new(request):
    form = SeasonForm(posted(request))
    names = ("year", "audience", "registration_opens_on", "registration_closes_on")
    if form.carried_out(
        lambda data: make_season(
            **{name: data[name] for name in names}, pk=data["new_id"], by=request.user
        )
    ):
        messages.success(request, _("The season is prepared. Open it when people may see it."))
        return redirect(form.result)
    return render_page(request, "supervision/season_new.html", {"form": form})


@coordinator_required
def season_open(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: open_season(season, by=request.user)):
        messages.success(request, _("The season is open."))
        return redirect(season)
    return render_page(request, "supervision/season_open.html", {"season": season, "form": form})


@coordinator_required
def season_change(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    form = SeasonChangeForm.for_season(posted(request), season)
    if form.carried_out(lambda data: change_season(season, **data, by=request.user)):
        messages.success(request, _("The dates are changed."))
        return redirect(season)
    return render_page(request, "supervision/season_change.html", {"season": season, "form": form})


@coordinator_required
def season_end(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: end_season(season, by=request.user)):
        messages.success(request, _("The season has ended."))
        return redirect(season)
    return render_page(request, "supervision/season_end.html", {"season": season, "form": form})


@coordinator_required
def season_groups_csv(request, pk):
    """The groups: UTF-8 with BOM, semicolons, ISO dates, heads in the page's language."""
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    head = [
        _("Group"),
        _("State"),
        _("Supervisor"),
        _("Region"),
        _("Form"),
        _("Language"),
        _("Place"),
        _("Seats"),
        _("Participants"),
        _("Offered"),
        _("Meeting 1"),
        _("Meeting 2"),
        _("Meeting 3"),
    ]
    lines = []
    for row in season_page.group_rows(season, request.user):
        group = row.group
        dates = [
            meeting.starts_at.astimezone(clock.TALLINN).strftime("%Y-%m-%d %H:%M")
            for meeting in row.meetings
        ]
        lines.append(
            [
                group.name,
                group.get_status_display(),
                str(group.supervisor or ""),
                str(group.region or ""),
                group.get_form_display(),
                group.get_language_display(),
                group.place,
                group.capacity,
                group.members,
                group.offered,
                *[*dates, "", "", ""][:3],
            ]
        )
    name = f"supervision-{season.year}-{season.audience}.csv"
    return csv_response(name, head, lines)


@coordinator_required
def season_feedback(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    return render_page(
        request,
        "supervision/season_feedback.html",
        {"season": season, "rows": feedback_by_group(season)},
    )
