from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from mentorship.actions import (
    agree_summary,
    give_feedback,
    open_plan,
    stop_closing,
    write_summary,
)
from mentorship.feedback import feedback_by_year
from mentorship.forms import DeedForm, FeedbackForm, SummaryForm
from mentorship.views.plans import deed, plan_of_pair
from people.permissions import coordinator_required, member_required


@member_required
def summary_write(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    form = SummaryForm(posted(request), initial={"summary": plan.summary, "version": plan.version})
    if form.carried_out(
        lambda data: write_summary(
            plan, summary=data["summary"], version=data["version"], by=request.user
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
            "topics": list(plan.topics.select_related("topic")),
            "theirs": form.stale,
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


@coordinator_required
def feedback_sum(request: HttpRequest) -> HttpResponse:
    """What the workers and the mentors of each year thought, without names."""
    return render_page(request, "mentorship/feedback_sum.html", {"years": feedback_by_year()})
