"""Another mentor: the worker's quiet wish, and what the coordinator makes of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from mentorship.actions import (
    ask_mentor_change,
    open_mentor_change,
    reassign_plan,
    settle_mentor_change,
)
from mentorship.candidates import candidates_for
from mentorship.forms import AssignForm, MentorChangeForm
from mentorship.models import MentorChange, Plan
from mentorship.permissions import check_can_ask_mentor_change, check_can_settle_mentor_change
from mentorship.views.plans import plans_read_by
from people.permissions import coordinator_required, worker_required


@coordinator_required
def plan_reassign(request: HttpRequest, pk) -> HttpResponse:
    """Another mentor for a plan; its coming meetings go with it."""
    plans = Plan.objects.visible_to(request.user).open().select_related("worker", "municipality")
    plan = get_object_or_404(plans.select_related("mentor"), pk=pk)
    candidates = [
        (person, words)
        for person, words in candidates_for(plan.municipality_id, language=plan.worker.language)
        if person.pk not in (plan.mentor_id, plan.worker_id)
    ]
    form = AssignForm(posted(request), consultants=candidates)
    if form.carried_out(lambda data: reassign_plan(plan, mentor=data["mentor"], by=request.user)):
        messages.success(
            request, _("The mentor is named: %(name)s.") % {"name": form.result.mentor}
        )
        return redirect(plan)
    return render_page(request, "mentorship/plan_reassign.html", {"form": form, "plan": plan})


@worker_required
def mentor_change_ask(request: HttpRequest, pk) -> HttpResponse:
    plan = get_object_or_404(plans_read_by(request), pk=pk)
    check_can_ask_mentor_change(request.user, plan)
    form = MentorChangeForm(posted(request))
    if form.carried_out(
        lambda data: ask_mentor_change(plan, reason=data["reason"], by=request.user)
    ):
        messages.success(
            request, _("The coordinator knows now and will get in touch. Nobody else is told.")
        )
        return redirect(plan)
    return render_page(request, "mentorship/mentor_change_ask.html", {"form": form, "plan": plan})


@coordinator_required
def mentor_change_detail(request: HttpRequest, pk) -> HttpResponse:
    change = _change(request, pk)
    open_mentor_change(change, by=request.user)
    return render_page(request, "mentorship/mentor_change_detail.html", {"change": change})


@coordinator_required
def mentor_change_settle(request: HttpRequest, pk) -> HttpResponse:
    change = _change(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda _data: settle_mentor_change(change, by=request.user)):
        messages.success(request, _("The wish is settled. The worker gets a mail."))
        return redirect("mentorship:overview")
    return render_page(
        request, "mentorship/mentor_change_settle.html", {"form": form, "change": change}
    )


def _change(request: HttpRequest, pk) -> MentorChange:
    """Return a wish that the coordinator may read: 404 unseen, 403 for one of their own."""
    changes = MentorChange.objects.readable_by(request.user).select_related(
        "plan__worker", "plan__mentor", "plan__municipality"
    )
    change = get_object_or_404(changes, pk=pk)
    check_can_settle_mentor_change(request.user, change)
    return change
