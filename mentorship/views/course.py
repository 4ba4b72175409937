"""Pausing a mentorship, going on with it, and ending it before its time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import posted
from common.htmx import render_page
from mentorship.actions import end_plan, pause_plan, resume_plan
from mentorship.forms import DeedForm, EndForm, PauseForm
from mentorship.models import Plan
from mentorship.views.plans import deed, plan_of_pair
from people.permissions import member_required


def _ahead(plan: Plan) -> list:
    coming = plan.meetings.filter(
        meeting__status="confirmed", meeting__starts_at__gt=clock.now()
    ).select_related("meeting")
    return list(coming)


@member_required
def plan_pause(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = PauseForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: pause_plan(plan, **data, by=request.user)):
        messages.success(request, _("The mentorship is paused."))
        return redirect(plan)
    context = {"plan": plan, "form": form, "ahead": _ahead(plan)}
    return render_page(request, "mentorship/plan_pause.html", context)


@member_required
def plan_resume(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = DeedForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: resume_plan(plan, version=data["version"], by=request.user)):
        messages.success(request, _("The mentorship goes on. Book the next meeting."))
        return redirect(plan)
    return deed(
        request,
        plan,
        form,
        title=_("Go on with the mentorship"),
        text=_("The pause ends today. If the intended end is too near, change it afterwards."),
        submit=_("Go on"),
    )


@member_required
def plan_end(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = EndForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: end_plan(plan, **data, by=request.user)):
        messages.success(request, _("The mentorship has ended. You can still read its plan."))
        return redirect(plan)
    context = {"plan": plan, "form": form, "ahead": _ahead(plan)}
    return render_page(request, "mentorship/plan_end.html", context)
