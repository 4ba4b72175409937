"""The history of a plan, and changes of one that runs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from library.models import Topic
from meetings.models import Meeting
from mentorship.actions import (
    agree_change,
    decline_change,
    leave_template,
    open_plan,
    propose_change,
    withdraw_change,
)
from mentorship.contents import Contents, contents_of, differences, following
from mentorship.forms import (
    ChangeDeclineForm,
    ChangeForm,
    DeedForm,
    ExtendForm,
    TemplateFollowForm,
)
from mentorship.models import Plan, PlanVersion
from mentorship.permissions import check_can_write_plan
from mentorship.views.plans import (
    deed,
    plan_form,
    plan_form_page,
    plan_of_pair,
    plans_read_by,
)
from mentorship.workflow import CHANGEABLE
from people.permissions import member_required


def _proposed(plan: Plan) -> PlanVersion | None:
    return plan.versions.filter(state=PlanVersion.State.PROPOSED).first()


def _version_of_pair(request: HttpRequest, pk, number: int) -> PlanVersion:
    plan = plan_of_pair(request, pk)
    version = get_object_or_404(plan.versions.all(), number=number)
    version.plan = plan
    return version


def _said_to(request: HttpRequest, plan: Plan) -> None:
    messages.success(
        request,
        _("The change is proposed. Now it waits for: %(name)s.")
        % {"name": plan.other_than(request.user)},
    )


@member_required
def change_propose(request: HttpRequest, pk) -> HttpResponse:
    """Write another text for a running plan; begins from a proposal that waits, if there is one."""
    plan = plan_of_pair(request, pk)
    if request.method != "POST" and plan.status not in CHANGEABLE:
        messages.error(request, _("Only a plan that is running is changed like this."))
        return redirect(plan)
    waiting = _proposed(plan)
    shown = Contents.from_json(waiting.content) if waiting else contents_of(plan)
    form = plan_form(request, ChangeForm, plan, shown)
    if form.carried_out(
        lambda data: propose_change(
            plan,
            contents=form.contents(),
            why=data["why"],
            version=data["version"],
            by=request.user,
        )
    ):
        _said_to(request, plan)
        return redirect(plan)
    open_plan(plan, by=request.user)
    context = plan_form_page(plan, form) | {"waiting": waiting}
    return render_page(request, "mentorship/change_propose.html", context)


@member_required
def change_extend(request: HttpRequest, pk) -> HttpResponse:
    """Propose another end, and nothing else."""
    plan = plan_of_pair(request, pk)
    form = ExtendForm(posted(request), initial={"version": plan.version})
    if form.carried_out(
        lambda data: propose_change(
            plan,
            contents=contents_of(plan).until(data["intended_end_on"]),
            why=data["why"],
            version=data["version"],
            by=request.user,
        )
    ):
        _said_to(request, plan)
        return redirect(plan)
    context = {"plan": plan, "form": form, "waiting": _proposed(plan)}
    return render_page(request, "mentorship/change_extend.html", context)


@member_required
def change_agree(request: HttpRequest, pk, number: int) -> HttpResponse:
    change = _version_of_pair(request, pk, number)
    form = DeedForm(posted(request))
    if form.carried_out(lambda data: agree_change(change, by=request.user)):
        messages.success(request, _("You have agreed. The plan says so now."))
        return redirect(change.plan)
    return deed(
        request,
        change.plan,
        form,
        title=_("Agree to the change"),
        text=_("With this the plan is changed as proposed."),
        submit=_("Agree"),
    )


@member_required
def change_decline(request: HttpRequest, pk, number: int) -> HttpResponse:
    change = _version_of_pair(request, pk, number)
    form = ChangeDeclineForm(posted(request))
    if form.carried_out(
        lambda data: decline_change(change, answer=data["answer"], by=request.user)
    ):
        messages.success(request, _("Your answer is sent. The plan stays as it was."))
        return redirect(change.plan)
    context = {"plan": change.plan, "change": change, "form": form}
    return render_page(request, "mentorship/change_decline.html", context)


@member_required
def change_withdraw(request: HttpRequest, pk, number: int) -> HttpResponse:
    change = _version_of_pair(request, pk, number)
    form = DeedForm(posted(request))
    if form.carried_out(lambda data: withdraw_change(change, by=request.user)):
        messages.success(request, _("Your proposal is taken back. The plan stays as it was."))
        return redirect(change.plan)
    return deed(
        request,
        change.plan,
        form,
        title=_("Take the proposal back"),
        text=_("The other side is no longer asked. The proposal stays in the plan's history."),
        submit=_("Take it back"),
    )


@member_required
def versions(request: HttpRequest, pk) -> HttpResponse:
    """Every text that the plan had, newest first."""
    plan = get_object_or_404(plans_read_by(request), pk=pk)
    rows = plan.versions.select_related("written_by", "answered_by").defer("content")
    open_plan(plan, by=request.user)
    return render_page(request, "mentorship/versions.html", {"plan": plan, "rows": rows})


@member_required
def version_detail(request: HttpRequest, pk, number: int) -> HttpResponse:
    """One text, and what it changed against the one that held before it."""
    plan = get_object_or_404(plans_read_by(request), pk=pk)
    rows = plan.versions.select_related("written_by", "answered_by")
    version = get_object_or_404(rows, number=number)
    earlier = plan.versions.filter(number__lt=number)
    before = earlier.filter(state__in=("written", "agreed")).first() or earlier.first()
    text = Contents.from_json(version.content)
    old = Contents.from_json(before.content) if before else None
    open_plan(plan, by=request.user, version=number)
    names = Topic.objects.in_bulk()
    writes = version.is_open and can(check_can_write_plan, request.user, plan)
    own = version.written_by_id == request.user.pk
    return render_page(
        request,
        "mentorship/version_detail.html",
        {
            "plan": plan,
            "version": version,
            "before": before,
            "text": text,
            "frame": [
                Plan.Rhythm(text.rhythm).label,
                Meeting.Form(text.meeting_form).label,
                _("%(n)s min") % {"n": text.meeting_minutes},
            ],
            "chosen": [{"name": names[each.topic], "choice": each} for each in text.topics],
            "differences": differences(old, text) if old else [],
            "can_answer": writes and not own and plan.status in CHANGEABLE,
            "can_withdraw": writes and own and plan.status in CHANGEABLE,
        },
    )


@member_required
def template_follow(request: HttpRequest, pk) -> HttpResponse:
    """Show what a newer text of the plan's template suggests: propose it, or leave the plan."""
    plan = plan_of_pair(request, pk)
    old = plan.template_version
    newest = old.newest if old else None
    if newest is None or newest == old or plan.status not in CHANGEABLE:
        messages.error(request, _("There is no newer template for this plan."))
        return redirect(plan)
    now = contents_of(plan)
    texts = (Contents.from_json(each.content) for each in (old, newest))
    after = following(now, *texts)
    form = TemplateFollowForm(posted(request))
    if form.carried_out(lambda data: _followed(request, plan, after, data)):
        if form.cleaned_data["deed"] == "propose":
            _said_to(request, plan)
        else:
            messages.success(request, _("The plan stays as it is."))
        return redirect(plan)
    open_plan(plan, by=request.user)
    context = {
        "plan": plan,
        "form": form,
        "number": newest.number,
        "differences": differences(now, after),
    }
    return render_page(request, "mentorship/template_follow.html", context)


def _followed(request: HttpRequest, plan: Plan, after: Contents, data: dict) -> Any:
    """Do what was chosen about the text whose number the page showed."""
    texts = plan.template_version.template.versions
    seen = {
        "template": texts.filter(number=data["number"]).first() or plan.template_version,
        "version": data["version"],
        "by": request.user,
    }
    if data["deed"] == "leave":
        return leave_template(plan, **seen)
    return propose_change(plan, contents=after, why=_("As in the newer template."), **seen)
