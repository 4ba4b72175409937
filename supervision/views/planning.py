"""What a season is planned from, asking for proposals, and publishing all drafts at once."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from people.models import User
from people.permissions import coordinator_required
from supervision.actions import (
    Leader,
    allow_together,
    ask_proposal,
    keep_apart,
    open_wishes,
    publish_groups,
    set_rounds,
    set_supervisors,
)
from supervision.forms import ApartForm, AskProposalForm, RoundsForm, SupervisorsForm
from supervision.models import SESSIONS, KeptApart, Proposal, Season
from supervision.planning_checks import planning_checks
from supervision.season_instance import WANTS
from supervision.workflow import GroupStatus


def _season(request, pk) -> Season:
    return get_object_or_404(Season.objects.visible_to(request.user), pk=pk)


@coordinator_required
def season_planning(request, pk):
    """Whether the season can be planned, and what the planner has proposed so far."""
    season = _season(request, pk)
    proposals = list(
        Proposal.objects.visible_to(request.user)
        .filter(season=season)
        .select_related("asked_by")
        .without_words()
    )
    checks = planning_checks(season)
    form = AskProposalForm(posted(request), has_groups=checks.groups > 0)
    if form.carried_out(
        lambda data: ask_proposal(
            season,
            seconds=data["seconds"],
            only_fill=data.get("only_fill", False),
            pk=data["new_id"],
            by=request.user,
        )
    ):
        return redirect(form.result)
    return render_page(
        request,
        "supervision/season_planning.html",
        {
            "season": season,
            "checks": checks,
            "form": form,
            "proposals": proposals,
            "at_work": next((each for each in proposals if each.is_at_work), None),
            "comparable": [each for each in proposals if each.cost is not None],
        },
    )


@coordinator_required
def season_rounds(request, pk):
    season = _season(request, pk)
    form = RoundsForm.for_season(posted(request), season)
    if form.carried_out(lambda data: set_rounds(season, **form.facts(data), by=request.user)):
        messages.success(request, _("The rounds are set."))
        return redirect("supervision:season-planning", season.pk)
    return render_page(request, "supervision/season_rounds.html", {"season": season, "form": form})


@coordinator_required
def season_supervisors(request, pk):
    season = _season(request, pk)
    people = User.objects.with_role("supervisor", clock.today()).in_order()
    known = {row.supervisor_id: row for row in season.supervisors.all()}
    # Whoever led groups last year most probably does so again.
    earlier = season.before()
    if not known and earlier:
        known = {row.supervisor_id: row for row in earlier.supervisors.all()}
    form = SupervisorsForm(
        posted(request), people=people, known=known, initial={"version": season.version}
    )
    if form.carried_out(
        lambda data: set_supervisors(
            season,
            leaders=[Leader(**row) for row in form.leaders(data)],
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("The supervisors of the season are set."))
        return redirect("supervision:season-planning", season.pk)
    return render_page(
        request, "supervision/season_supervisors.html", {"season": season, "form": form}
    )


@coordinator_required
def season_apart(request, pk):
    """What people wrote about whom they would rather not be with, and what is made of it."""
    season = _season(request, pk)
    people = (
        season.registrations.filter(status__in=WANTS)
        .select_related("user", "municipality")
        .order_by("user__last_name", "user__first_name", "pk")
    )
    form = ApartForm(posted(request), registrations=people)
    if form.carried_out(lambda data: keep_apart(data["one"], data["other"], by=request.user)):
        messages.success(request, _("They will not be put into one group."))
        return redirect("supervision:season-apart", season.pk)
    wishes = [row for row in people if row.not_with]
    if wishes:
        open_wishes(season, by=request.user)
    pairs = season.kept_apart.select_related("one__user", "other__user")
    return render_page(
        request,
        "supervision/season_apart.html",
        {"season": season, "form": form, "wishes": wishes, "pairs": pairs},
    )


@coordinator_required
def apart_remove(request, pk):
    pairs = KeptApart.objects.select_related("season", "one__user", "other__user")
    pair = get_object_or_404(
        pairs.filter(season__in=Season.objects.visible_to(request.user)), pk=pk
    )
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: allow_together(pair, by=request.user)):
        messages.success(request, _("They may be in one group again."))
        return redirect("supervision:season-apart", pair.season_id)
    return render_page(request, "supervision/apart_remove.html", {"pair": pair, "form": form})


@coordinator_required
def season_publish(request, pk):
    """What will be sent when all drafts are published, before anything is."""
    season = _season(request, pk)
    drafts = list(
        season.groups.filter(status=GroupStatus.DRAFT).with_seats().select_related("supervisor")
    )
    people = sum(group.members for group in drafts)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: publish_groups(season, by=request.user)):
        number = len(form.result)
        text = ngettext("%(n)s group is published.", "%(n)s groups are published.", number)
        messages.success(request, text % {"n": number})
        return redirect(season)
    return render_page(
        request,
        "supervision/season_publish.html",
        {
            "season": season,
            "form": form,
            "drafts": drafts,
            "people": people,
            "invitations": people * SESSIONS,
        },
    )
