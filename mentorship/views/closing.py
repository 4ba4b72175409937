from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from library.models import Topic
from mentorship.actions import (
    agree_summary,
    answer_follow_up,
    give_feedback,
    open_plan,
    rate_plan,
    stop_closing,
    write_summary,
)
from mentorship.actions.closing import moment_of
from mentorship.feedback import feedback_by_year
from mentorship.forms import DeedForm, FeedbackForm, FollowUpForm, RateForm, SummaryForm
from mentorship.growth import growth_of
from mentorship.models import PlanVersion
from mentorship.permissions import check_can_rate_plan
from mentorship.views.plans import deed, plan_of_pair
from people.permissions import coordinator_required, member_required


@member_required
def summary_write(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    topics = list(plan.topics.select_related("topic"))
    texts = ("summary", "what_helped", "what_next")
    form = SummaryForm(
        posted(request),
        initial={name: getattr(plan, name) for name in (*texts, "version")},
        plan_topics=topics,
    )
    if form.carried_out(
        lambda data: write_summary(
            plan,
            **{name: data[name] for name in texts},
            reached=form.reached(),
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(
            request,
            _("The summary is saved. Now it waits for: %(name)s.")
            % {"name": plan.other_than(request.user)},
        )
        return redirect(plan)
    open_plan(plan, by=request.user)
    return render_page(
        request,
        "mentorship/summary_write.html",
        {
            "plan": plan,
            "form": form,
            "topics": topics,
            "theirs": form.stale,
            # Loaded with the page, so what the other side has said by now.
            "their_topics": [row for row in topics if row.reached] if form.stale else [],
            "has_proposal": plan.versions.filter(state=PlanVersion.State.PROPOSED).exists(),
        },
    )


@member_required
def summary_agree(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = DeedForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: agree_summary(plan, version=data["version"], by=request.user)):
        messages.success(request, _("The mentorship has ended. Please give feedback."))
        return redirect("mentorship:feedback-give", plan.pk)
    return deed(
        request,
        plan,
        form,
        title=_("Agree to the summary"),
        text=_("With this the mentorship ends. The plan and the materials stay open to you both."),
        submit=_("Agree and end"),
    )


@member_required
def closing_stop(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = DeedForm(posted(request), initial={"version": plan.version})
    if form.carried_out(lambda data: stop_closing(plan, version=data["version"], by=request.user)):
        messages.success(request, _("The mentorship goes on."))
        return redirect(plan)
    return deed(
        request,
        plan,
        form,
        title=_("Go on with the mentorship"),
        text=_("The mentorship is running again. The summary stays as a draft."),
        submit=_("Go on"),
    )


@member_required
def feedback_give(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = FeedbackForm(posted(request))
    if form.carried_out(
        lambda data: give_feedback(
            plan, helped=data["helped"], words=data["words"], by=request.user
        )
    ):
        messages.success(request, _("Thank you for your feedback!"))
        return redirect("mentorship:overview")
    return render_page(request, "mentorship/feedback_give.html", {"plan": plan, "form": form})


@member_required
def plan_ratings(request: HttpRequest, pk) -> HttpResponse:
    """How the worker rated the topics before, midway and after: for the pair."""
    plan = plan_of_pair(request, pk)
    open_plan(plan, by=request.user)
    moment = moment_of(plan) if can(check_can_rate_plan, request.user, plan) else None
    context = {"plan": plan, "rows": growth_of(plan.request), "moment": moment}
    return render_page(request, "mentorship/plan_ratings.html", context)


@member_required
def plan_rate(request: HttpRequest, pk) -> HttpResponse:
    """The worker rates the topics once more."""
    plan = plan_of_pair(request, pk)
    check_can_rate_plan(request.user, plan)
    moment = moment_of(plan)
    if request.method != "POST" and moment is None:
        messages.error(request, _("Topics are rated again when the mentorship runs, and after it."))
        return redirect(plan)
    initial: dict = {"version": plan.version}
    for rating in plan.request.ratings.at(moment) if moment else []:
        initial |= {f"rating_{rating.topic_id}": rating.value, f"why_{rating.topic_id}": rating.why}
    form = RateForm(posted(request), initial=initial, topics=Topic.objects.select_related("block"))
    if form.carried_out(
        lambda data: rate_plan(
            plan,
            ratings=form.ratings(),
            whys=form.whys(),
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("Your rating is saved."))
        return redirect("mentorship:plan-ratings", plan.pk)
    context = {"plan": plan, "form": form, "moment": moment}
    return render_page(request, "mentorship/plan_rate.html", context)


@member_required
def follow_up_answer(request: HttpRequest, pk) -> HttpResponse:
    """Three months after the end: what stayed of it."""
    plan = plan_of_pair(request, pk)
    check_can_rate_plan(request.user, plan)
    form = FollowUpForm(posted(request))
    if form.carried_out(lambda data: answer_follow_up(plan, **data, by=request.user)):
        messages.success(request, _("Thank you for your answer!"))
        return redirect(plan)
    return render_page(request, "mentorship/follow_up_answer.html", {"plan": plan, "form": form})


@coordinator_required
def feedback_sum(request: HttpRequest) -> HttpResponse:
    """What the workers and the mentors of each year that is over thought, without names."""
    return render_page(request, "mentorship/feedback_sum.html", {"years": feedback_by_year()})
