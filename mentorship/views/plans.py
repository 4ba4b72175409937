from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from library.models import Topic
from mentorship import boards
from mentorship.actions import agree_plan, move_topic, open_plan, propose_plan, write_plan
from mentorship.actions.closing import asks_follow_up
from mentorship.contents import Contents, contents_of
from mentorship.forms import DeedForm, PlanForm, ProgressForm, typed_as
from mentorship.models import Plan, PlanTopic, TemplateVersion
from mentorship.permissions import (
    check_can_ask_mentor_change,
    check_can_reassign_plan,
    check_can_write_plan,
)
from mentorship.workflow import CHANGEABLE, OPEN, RUNNING, PlanStatus
from people.permissions import member_required
from people.standing import standing_of


def plans_read_by(request: HttpRequest) -> QuerySet[Plan]:
    plans = Plan.objects.readable_by(request.user).with_versions()
    return plans.select_related(
        "worker", "mentor", "municipality", "template_version__template", "follow_up"
    )


def plan_of_pair(request: HttpRequest, pk) -> Plan:
    """Return a plan that the reader may write in: 404 unseen, 403 for a stand-in."""
    plan = get_object_or_404(plans_read_by(request), pk=pk)
    check_can_write_plan(request.user, plan)
    return plan


def deed(
    request: HttpRequest, plan: Plan, form: DeedForm, *, title: str, text: str, submit: str
) -> HttpResponse:
    """Show the page behind a button: asks once more, and says why when it cannot be."""
    return render_page(
        request,
        "mentorship/deed.html",
        {"plan": plan, "form": form, "deed_title": title, "deed_text": text, "submit": submit},
    )


@member_required
def overview(request: HttpRequest) -> HttpResponse:
    """Mentorship as it looks to this person, one part per role."""
    return render_page(request, "mentorship/overview.html", boards.overview_of(request.user))


@member_required
def plan_detail(request: HttpRequest, pk) -> HttpResponse:
    """The plan for the pair and the mentor's stand-in; for all others facts alone."""
    visible = (
        Plan.objects.visible_to(request.user)
        .with_versions()
        .select_related(
            "worker", "mentor", "municipality", "template_version__template", "follow_up"
        )
    )
    plan = get_object_or_404(visible, pk=pk)
    if not _is_readable(request, plan):
        return render_page(
            request,
            "mentorship/plan_facts.html",
            {
                "plan": boards.with_facts(visible).get(pk=pk),
                # The employer is told since when, how often and the end; not with whom.
                "knows_mentor": standing_of(request.user).is_coordinator,
                "can_reassign": plan.status in OPEN and can(check_can_reassign_plan, request.user),
            },
        )
    open_plan(plan, by=request.user)
    return render_page(request, "mentorship/plan_detail.html", _plan_page(request, plan))


def _is_readable(request: HttpRequest, plan: Plan) -> bool:
    return bool(plan.side_of(request.user)) or (
        Plan.objects.readable_by(request.user).filter(pk=plan.pk).exists()
    )


def _plan_page(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    topics = list(plan.topics.select_related("topic__block"))
    meetings = list(plan.meetings.select_related("meeting"))
    tasks = list(plan.tasks.all())
    now = clock.now()
    planned = [row for row in meetings if not row.meeting.is_cancelled]
    writes = can(check_can_write_plan, request.user, plan)
    is_open = plan.status != PlanStatus.ENDED
    changeable = writes and plan.status in CHANGEABLE
    side = plan.side_of(request.user)
    asks_change = can(check_can_ask_mentor_change, request.user, plan)
    return {
        "plan": plan,
        "topics": topics,
        "topic_count": len(topics),
        "done_count": sum(row.progress == PlanTopic.Progress.DONE for row in topics),
        "coming": [row for row in planned if row.meeting.ends_at > now],
        "past": [row for row in reversed(meetings) if row not in planned]
        + [row for row in reversed(planned) if row.meeting.ends_at <= now],
        "tasks": [task for task in tasks if task.done_at is None],
        "done_tasks": [task for task in tasks if task.done_at is not None],
        "side": side,
        "writes": writes and is_open,
        "is_running": plan.status in RUNNING,
        "can_rewrite": writes and plan.status in (PlanStatus.DRAFT, PlanStatus.AGREEING),
        "can_propose": writes and plan.status == PlanStatus.DRAFT and bool(topics),
        "can_agree": writes
        and plan.status == PlanStatus.AGREEING
        and not plan.has_agreed(request.user),
        "has_proposed": writes
        and plan.status == PlanStatus.AGREEING
        and plan.has_agreed(request.user),
        # For the worker's eyes alone.
        "can_ask_change": is_open and asks_change,
        "change_asked": plan.mentor_changes.open().first() if asks_change else None,
        "proposed": plan.proposed_number,
        "proposed_by": plan.worker if plan.proposed_by_id == plan.worker_id else plan.mentor,
        "can_answer": changeable and plan.proposed_by_id not in (None, request.user.pk),
        "can_change": changeable,
        "can_pause": writes and plan.status == PlanStatus.RUNNING,
        "pause": plan.pauses.filter(resumed_at=None).first()
        if plan.status == PlanStatus.PAUSED
        else None,
        "template_changed": changeable and _has_newer_template(plan),
        "can_follow_up": side == "worker" and asks_follow_up(plan) and not plan.has_follow_up,
        "can_close": writes and plan.status == PlanStatus.RUNNING,
        "is_closing": plan.status == PlanStatus.CLOSING,
        "can_agree_summary": writes
        and plan.status == PlanStatus.CLOSING
        and not plan.has_agreed_to_summary(request.user),
        "can_give_feedback": writes
        and plan.asks_feedback
        and not plan.feedback_marks.filter(side=side).exists(),
        "other": plan.other_than(request.user) if side else None,
    }


def _has_newer_template(plan: Plan) -> bool:
    """Say whether the template that the plan was begun from has a text the pair has not seen."""
    template = plan.template_version
    return template is not None and template.newest.number > template.number


@member_required
def plan_write(request: HttpRequest, pk) -> HttpResponse:
    """Choose topics, their order and goals, and the frame of the plan.

    `template` in the address is a template's text to begin from; its button sends along what
    was typed.
    """
    plan = plan_of_pair(request, pk)
    now = contents_of(plan)
    begun = _begun_from(request) if not now.topics else None
    form = plan_form(request, PlanForm, plan, begun_with(begun) if begun else now)
    if "begin" in request.POST:
        form.begin_with(now)
    if form.carried_out(
        lambda data: write_plan(
            plan,
            **vars(form.contents()),
            template=begun,
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("The plan is saved."))
        return redirect(plan)
    # A refused form shows the text too.
    open_plan(plan, by=request.user)
    context = plan_form_page(plan, form)
    if not now.topics:
        context["templates"] = TemplateVersion.objects.newest_offered()
        context["begun"] = begun
    return render_page(request, "mentorship/plan_write.html", context)


def plan_form(request: HttpRequest, kind: type[PlanForm], plan: Plan, shown: Contents) -> PlanForm:
    """Return the form of a plan's text as it is shown: the chosen topics first, in their order;
    then those that the worker is least sure of.
    """
    ratings = dict(plan.request.ratings.at("before").order_by().values_list("topic", "value"))
    places = {choice.topic: n for n, choice in enumerate(shown.topics)}
    topics = sorted(
        Topic.objects.select_related("block"),
        key=lambda topic: (places.get(topic.key, 100), ratings.get(topic.key, 6)),
    )
    initial = typed_as(shown) | {"version": plan.version, "seen": plan.last_number or 0}
    form = kind(posted(request), initial=initial, topics=topics)
    form.own_ratings = ratings
    return form


def plan_form_page(plan: Plan, form: PlanForm) -> dict[str, Any]:
    """What the page of a plan's form shows; joins both texts when the other wrote meanwhile."""
    if form.stale:
        _put_together(form)
    return {
        "plan": plan,
        "form": form,
        "rows": [row | {"rating": form.own_ratings.get(row["topic"].key)} for row in form.rows()],
    }


def _put_together(form: PlanForm) -> None:
    plan = form.stale
    number = form.cleaned_data.get("seen") or 0
    texts = {row.number: row for row in plan.versions.all()}
    seen = Contents.from_json(texts[number].content) if number in texts else None
    form.put_together(seen, contents_of(plan), max(texts, default=0))


def _begun_from(request: HttpRequest) -> TemplateVersion | None:
    asked = request.GET.get("template", "")
    offered = {str(each.pk): each for each in TemplateVersion.objects.newest_offered()}
    return offered.get(asked)


def begun_with(template: TemplateVersion) -> Contents:
    """Return the text with which a plan begins today from this template."""
    end = clock.today() + relativedelta(months=template.months)
    return Contents.from_json(template.content).until(end)


@member_required
def plan_propose(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = DeedForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: propose_plan(plan, version=data["version"], by=request.user)):
        messages.success(
            request,
            _("The plan is proposed. Now it waits for: %(name)s.")
            % {"name": plan.other_than(request.user)},
        )
        return redirect(plan)
    return deed(
        request,
        plan,
        form,
        title=_("Propose the plan"),
        text=_("With this you agree to the plan as it is written. The other side is asked next."),
        submit=_("Propose the plan"),
    )


@member_required
def plan_agree(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = DeedForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: agree_plan(plan, version=data["version"], by=request.user)):
        messages.success(request, _("You have both agreed. The mentorship is running."))
        return redirect(plan)
    return deed(
        request,
        plan,
        form,
        title=_("Agree to the plan"),
        text=_("With this you agree to the plan as it is written, and the mentorship begins."),
        submit=_("Agree"),
    )


@member_required
def topic_move(request: HttpRequest, pk) -> HttpResponse:
    """Set a topic's progress; the value comes from the button."""
    row = get_object_or_404(
        PlanTopic.objects.select_related("topic", "plan__worker", "plan__mentor").filter(
            plan__in=Plan.objects.readable_by(request.user)
        ),
        pk=pk,
    )
    check_can_write_plan(request.user, row.plan)
    form = ProgressForm(posted(request), initial={"progress": row.progress})
    if form.carried_out(lambda data: move_topic(row, progress=data["progress"], by=request.user)):
        return redirect(f"{row.plan.get_absolute_url()}#topics")
    return render_page(
        request, "mentorship/topic_move.html", {"plan": row.plan, "row": row, "form": form}
    )
