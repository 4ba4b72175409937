from typing import Any

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
from mentorship.forms import DeedForm, PlanForm, ProgressForm
from mentorship.models import Plan, PlanTopic
from mentorship.permissions import (
    check_can_ask_mentor_change,
    check_can_reassign_plan,
    check_can_write_plan,
)
from mentorship.workflow import OPEN, RUNNING, PlanStatus
from people.permissions import member_required
from people.standing import standing_of


def plans_read_by(request: HttpRequest) -> QuerySet[Plan]:
    return Plan.objects.readable_by(request.user).select_related("worker", "mentor", "municipality")


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
    visible = Plan.objects.visible_to(request.user).select_related(
        "worker", "mentor", "municipality"
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
        "can_close": writes and plan.status == PlanStatus.RUNNING,
        "is_closing": plan.status == PlanStatus.CLOSING,
        "can_agree_summary": writes
        and plan.status == PlanStatus.CLOSING
        and not plan.has_agreed_to_summary(request.user),
        "can_give_feedback": writes
        and not is_open
        and not plan.feedback_marks.filter(side=side).exists(),
        "other": plan.other_than(request.user) if side else None,
    }


@member_required
def plan_write(request: HttpRequest, pk) -> HttpResponse:
    """Choose topics, their order and goals, and the frame of the plan."""
    plan = plan_of_pair(request, pk)
    rows = {row.topic_id: row for row in plan.topics.all()}
    ratings = dict(plan.request.ratings.order_by().values_list("topic", "value"))
    topics = list(Topic.objects.select_related("block"))
    # The chosen ones first, in their order; then those that the worker is least sure of.
    topics.sort(
        key=lambda topic: (
            rows[topic.key].position if topic.key in rows else 100,
            ratings.get(topic.key, 6),
        )
    )
    form = PlanForm(posted(request), initial=_written(plan, rows), topics=topics)
    if form.carried_out(
        lambda data: write_plan(
            plan,
            topics=form.choices(),
            rhythm=data["rhythm"],
            meeting_form=data["meeting_form"],
            intended_end_on=data["intended_end_on"],
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("The plan is saved."))
        return redirect(plan)
    # A refused form shows the text too.
    open_plan(plan, by=request.user)
    return render_page(
        request,
        "mentorship/plan_write.html",
        {
            "plan": plan,
            "form": form,
            "rows": [row | {"rating": ratings.get(row["topic"].key)} for row in form.rows()],
            "theirs": _topics_of(form.stale) if form.stale else [],
        },
    )


def _written(plan: Plan, rows: dict[str, PlanTopic]) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "rhythm": plan.rhythm,
        "meeting_form": plan.meeting_form,
        "intended_end_on": plan.intended_end_on,
        "version": plan.version,
    }
    for key, row in rows.items():
        initial |= {
            f"chosen_{key}": True,
            f"order_{key}": row.position,
            f"goal_{key}": row.goal,
        }
    return initial


def _topics_of(plan: Plan) -> list[PlanTopic]:
    return list(plan.topics.select_related("topic"))


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
