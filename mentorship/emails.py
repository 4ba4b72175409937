"""Mails about mentorship: names of professionals and a link, never what somebody wrote.

What asks for nothing `may_wait` for a summary mail.
"""

from typing import Any

from django.urls import reverse

from common import clock
from mentorship.models import MentorChange, MentorshipRequest, Plan
from outbox.compose import absolute, compose
from people.models import StaffRole, User
from people.standing import consultants_serving


def request_submitted(request: MentorshipRequest) -> None:
    """To the consultants who serve the municipality today."""
    consultants = User.objects.filter(consultants_serving(request.municipality_id, clock.today()))
    for consultant in consultants:
        _about_request("request_submitted", request, to=consultant)


def request_suggested(request: MentorshipRequest) -> None:
    _about_request("request_suggested", request, to=request.worker)


def request_entered(request: MentorshipRequest) -> None:
    _about_request("request_entered", request, to=request.worker)


def request_taken(plan: Plan) -> None:
    _about_plan("request_taken", plan, to=plan.worker, may_wait=True)


def request_assigned(plan: Plan) -> None:
    _about_plan("request_taken", plan, to=plan.worker, may_wait=True)
    _about_plan("request_assigned", plan, to=plan.mentor)


def plan_proposed(plan: Plan, *, by: User) -> None:
    _about_plan("plan_proposed", plan, to=plan.other_than(by), other=by)


def plan_agreed(plan: Plan, *, by: User) -> None:
    _about_plan("plan_agreed", plan, to=plan.other_than(by), other=by, may_wait=True)


def change_proposed(plan: Plan, *, by: User) -> None:
    _about_plan("change_proposed", plan, to=plan.other_than(by), other=by)


def change_agreed(plan: Plan, *, by: User) -> None:
    _about_plan("change_agreed", plan, to=plan.other_than(by), other=by, may_wait=True)


def change_declined(plan: Plan, *, by: User) -> None:
    _about_plan("change_declined", plan, to=plan.other_than(by), other=by)


def plan_paused(plan: Plan, *, by: User) -> None:
    _about_plan("plan_paused", plan, to=plan.other_than(by), other=by)


def plan_resumed(plan: Plan, *, by: User) -> None:
    _about_plan("plan_resumed", plan, to=plan.other_than(by), other=by)


def plan_ended(plan: Plan, *, by: User) -> None:
    _about_plan("plan_ended", plan, to=plan.other_than(by), other=by)


def plan_reassigned(plan: Plan, *, before: User) -> None:
    """To the worker, and to both mentors; the former one no longer reads the plan."""
    for person in (plan.worker, plan.mentor):
        _about_plan("plan_reassigned", plan, to=person)
    _about_plan("plan_reassigned", plan, to=before, link="")


def summary_written(plan: Plan, *, by: User) -> None:
    _about_plan("summary_written", plan, to=plan.other_than(by), other=by)


def summary_agreed(plan: Plan, *, by: User) -> None:
    _about_plan("summary_agreed", plan, to=plan.other_than(by), other=by, may_wait=True)


def mentor_change_asked(change: MentorChange) -> None:
    """To the coordinators; who asks, and about whom, stands behind the link alone."""
    coordinators = User.objects.with_role(StaffRole.Role.COORDINATOR, clock.today())
    for coordinator in coordinators.exclude(pk=change.plan.mentor_id):
        compose(
            "mentorship.mentor_change_asked",
            to=coordinator,
            link=absolute(change.get_absolute_url()),
        )


def mentor_change_settled(change: MentorChange) -> None:
    compose(
        "mentorship.mentor_change_settled",
        to=change.asked_by,
        link=absolute(change.plan.get_absolute_url()),
    )


def plan_silent(plan: Plan) -> int:
    """Remind both of each other, once since they last met; return how many mails that made."""
    since = clock.day_of(plan.last_contact_at)
    told = 0
    for person in (plan.worker, plan.mentor):
        message = compose(
            "mentorship.plan_silent",
            to=person,
            once_key=f"plan_silent:{plan.pk}:{since}:{person.pk}",
            may_wait=True,
            other=plan.other_than(person),
            since=since,
            link=absolute(plan.get_absolute_url()),
        )
        told += message is not None
    return told


def follow_up_asked(plan: Plan) -> bool:
    """Ask the worker, once, what stayed of it; say whether that made a mail."""
    message = compose(
        "mentorship.follow_up_asked",
        to=plan.worker,
        once_key=f"follow_up_asked:{plan.pk}",
        may_wait=True,
        link=absolute(reverse("mentorship:follow-up-answer", args=[plan.pk])),
    )
    return message is not None


def closing_stopped(plan: Plan, *, by: User) -> None:
    _about_plan("closing_stopped", plan, to=plan.other_than(by), other=by, may_wait=True)


def _about_request(name: str, request: MentorshipRequest, *, to: User) -> None:
    compose(
        f"mentorship.{name}",
        to=to,
        worker=request.worker,
        municipality=request.municipality,
        asked_by=request.submitted_by,
        link=absolute(request.get_absolute_url()),
    )


def _about_plan(name: str, plan: Plan, *, to: User, **context: Any) -> None:
    compose(
        f"mentorship.{name}",
        to=to,
        **{
            "worker": plan.worker,
            "mentor": plan.mentor,
            "municipality": plan.municipality,
            "link": absolute(plan.get_absolute_url()),
        }
        | context,
    )
