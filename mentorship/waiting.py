"""What waits for a person in mentorship. At most two queries; none for those without a part."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery, UUIDField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.waiting import WaitingItem
from common.workdays import working_days_between
from meetings.models import Meeting
from mentorship.models import (
    FEEDBACK_FOR,
    FOLLOW_UP_AFTER,
    SILENT_LONG,
    FeedbackMark,
    MentorChange,
    MentoringMeeting,
    MentorshipRequest,
    Pause,
    Plan,
    PlanVersion,
    Rating,
    asked_what_stayed,
)
from mentorship.workflow import CHANGEABLE, OPEN, PlanStatus, RequestStatus
from people.models import User
from people.standing import Standing, standing_of


TOO_LONG = 5
"""Working days after which the coordinator looks at a waiting request."""
TASKS_AHEAD = timedelta(days=7)
"""How long before its day a task comes up."""


def waiting_for(user: User, day: date) -> list[WaitingItem]:
    standing = standing_of(user, day)
    if not (standing.is_worker or standing.is_consultant or standing.is_coordinator):
        return []
    items = list(_of_requests(user, standing, day))
    if standing.is_worker or standing.is_consultant:
        items += _of_plans(user, standing, day)
    return items


def _item(verb: str, about: str, url: str, **more) -> WaitingItem:
    return WaitingItem(verb=verb, about=about, url=url, room="mentorship", icon="school", **more)


def _of_requests(user: User, standing: Standing, day: date) -> Iterator[WaitingItem]:
    wanted = Q(worker=user, status=RequestStatus.UNCONFIRMED)
    silent = Plan.objects.silent_for(SILENT_LONG)
    changes = MentorChange.objects.open().filter(plan__request=OuterRef("pk"))
    changes = changes.exclude(Q(plan__mentor=user) | Q(mentor=user))
    if standing.is_coordinator:
        # What is to be looked after comes with its request: one query for all.
        wanted |= Q(status=RequestStatus.SUBMITTED) | Q(plan__in=silent.values("pk"))
        wanted |= Q(Exists(changes))
    elif standing.is_consultant:
        wanted |= Q(status=RequestStatus.SUBMITTED, municipality__in=standing.all_served)
    wishes = (
        MentorshipRequest.objects.filter(wanted)
        .select_related("worker", "municipality", "plan__mentor")
        .annotate(
            silent_since=Subquery(silent.filter(request=OuterRef("pk")).values("last_contact_at")),
            change=Subquery(changes.values("pk")[:1]),
        )
        # The wishes themselves would be decrypted for nothing.
        .only(
            "status",
            "submitted_at",
            "worker__first_name",
            "worker__last_name",
            "municipality__name",
            "plan__request",
            "plan__mentor__first_name",
            "plan__mentor__last_name",
        )
    )
    for wish in wishes:
        if standing.is_coordinator and (wish.change or wish.silent_since):
            yield from _looked_after(wish)
            continue
        if wish.worker_id == user.pk:
            if wish.status == RequestStatus.UNCONFIRMED:
                yield _item(
                    _("Confirm the wish for a mentor"),
                    wish.municipality.name,
                    reverse("mentorship:request-confirm", args=[wish.pk]),
                )
            continue
        days = working_days_between(clock.day_of(wish.submitted_at), day)
        tag = ngettext("Waits %(n)s working day", "Waits %(n)s working days", days) % {"n": days}
        long = days > TOO_LONG
        if wish.municipality_id in standing.all_served:
            verb, page = _("Take the mentorship request"), "mentorship:request-detail"
        elif long:
            verb, page = _("Assign a mentor"), "mentorship:request-assign"
        else:
            continue
        yield _item(
            verb,
            f"{wish.worker.name}, {wish.municipality.name}",
            reverse(page, args=[wish.pk]),
            tag=tag,
            tag_kind="warn" if long else "info",
        )


def _of_plans(user: User, standing: Standing, day: date) -> Iterator[WaitingItem]:
    now = clock.now()
    planned = Q(meetings__meeting__status=Meeting.Status.CONFIRMED)
    side = Q(tasks__owner="worker", worker=user) | Q(tasks__owner="mentor", mentor=user)
    ratings = Rating.objects.filter(request=OuterRef("request"))
    marks = FeedbackMark.objects.filter(plan=OuterRef("pk"))
    unrecorded = MentoringMeeting.objects.filter(
        plan=OuterRef("pk"),
        outcome="",
        meeting__status=Meeting.Status.CONFIRMED,
        meeting__ends_at__lte=now,
    ).order_by("meeting__ends_at")
    mine = Q(worker=user)
    if standing.is_consultant:
        mine |= Q(mentor=user)
    proposed = PlanVersion.objects.filter(
        plan=OuterRef("pk"), state=PlanVersion.State.PROPOSED, plan__status__in=CHANGEABLE
    )
    plans = (
        Plan.objects.filter(mine)
        .with_contact()
        .filter(
            Q(status__in=OPEN)
            | Q(status=PlanStatus.ENDED, ended_at__gt=now - FEEDBACK_FOR)
            | asked_what_stayed()
        )
        .annotate(
            meeting_count=Count("meetings", filter=planned, distinct=True),
            unrecorded=Subquery(unrecorded.values("pk")[:1]),
            unrecorded_at=Subquery(unrecorded.values("meeting__ends_at")[:1]),
            task_due_on=Min(
                "tasks__due_on",
                filter=side & Q(tasks__done_at=None, tasks__due_on__lte=day + TASKS_AHEAD),
            ),
            worker_marked=Exists(marks.filter(side="worker")),
            mentor_marked=Exists(marks.filter(side="mentor")),
            place=F("municipality__name"),
            rated_midway=Exists(ratings.filter(moment="midway")),
            rated_after=Exists(ratings.filter(moment="after")),
            proposed=Subquery(proposed.values("number")[:1]),
            proposed_by=Subquery(proposed.values("written_by")[:1], output_field=UUIDField()),
            back_on=Subquery(
                Pause.objects.filter(plan=OuterRef("pk"), resumed_at=None).values("expected_until")
            ),
        )
        .select_related("worker", "mentor")
        .without_words()
        .order_by("taken_at", "pk")
    )
    for plan in plans:
        yield from _of_plan(plan, user)


def _of_plan(plan: Plan, user: User) -> Iterator[WaitingItem]:
    is_mentor = plan.mentor_id == user.pk
    about = f"{plan.other_than(user).name}, {plan.place}"
    url = plan.get_absolute_url()
    if plan.status == PlanStatus.ENDED and plan.ended_at <= clock.now() - FOLLOW_UP_AFTER:
        if not is_mentor:
            answer = reverse("mentorship:follow-up-answer", args=[plan.pk])
            yield _item(_("Say what stayed of the mentorship"), about, answer)
        return
    if not is_mentor and _asks_rating(plan):
        rate = reverse("mentorship:plan-rate", args=[plan.pk])
        yield _item(_("Rate the topics again"), about, rate)
    if plan.status == PlanStatus.ENDED:
        marked = plan.mentor_marked if is_mentor else plan.worker_marked
        if plan.asks_feedback and not marked:
            feedback = reverse("mentorship:feedback-give", args=[plan.pk])
            yield _item(_("Give feedback on the mentorship"), about, feedback)
        return
    if plan.proposed and plan.proposed_by != user.pk:
        change = reverse("mentorship:version-detail", args=[plan.pk, plan.proposed])
        yield _item(
            _("Answer the proposed change of the plan"),
            about,
            change,
            tag=_("Waits for you"),
            tag_kind="warn",
        )
    if plan.back_on and plan.back_on <= clock.today():
        resume = reverse("mentorship:plan-resume", args=[plan.pk])
        yield _item(_("Go on with the mentorship"), about, resume, due=plan.back_on)
    if is_mentor and plan.meeting_count == 0:
        book = reverse("mentorship:meeting-book", args=[plan.pk])
        yield _item(_("Book the first meeting"), about, book)
    if is_mentor and plan.status == PlanStatus.DRAFT:
        write = reverse("mentorship:plan-write", args=[plan.pk])
        yield _item(_("Write the mentorship plan"), about, write)
    if plan.status == PlanStatus.AGREEING and not plan.has_agreed(user):
        yield _item(
            _("Agree to the mentorship plan"), about, url, tag=_("Waits for you"), tag_kind="warn"
        )
    if is_mentor and plan.unrecorded:
        record = reverse("mentorship:meeting-record", args=[plan.unrecorded])
        held_on = clock.day_of(plan.unrecorded_at)
        yield _item(_("Record the mentoring meeting"), about, record, due=held_on)
    if plan.status == PlanStatus.CLOSING and not plan.has_agreed_to_summary(user):
        yield _item(
            _("Agree to the closing summary"), about, url, tag=_("Waits for you"), tag_kind="warn"
        )
    if plan.is_silent and plan.meeting_count:
        book = reverse("mentorship:meeting-book", args=[plan.pk])
        yield _item(
            _("Book the next mentoring meeting"), about, book, **_silence(plan.last_contact_at)
        )
    if plan.task_due_on:
        yield _item(_("Do the agreed task"), about, f"{url}#tasks", due=plan.task_due_on)


def _asks_rating(plan: Plan) -> bool:
    """Say whether the worker is gently asked to rate again: half-way, and when it has ended."""
    if plan.status == PlanStatus.ENDED:
        return not plan.rated_after and plan.started_at is not None
    if plan.status != PlanStatus.RUNNING or plan.rated_midway or plan.intended_end_on is None:
        return False
    half = (clock.end_of(plan.intended_end_on) - plan.started_at) / 2
    return clock.now() >= plan.started_at + half


def _looked_after(wish: MentorshipRequest) -> Iterator[WaitingItem]:
    """What the coordinator looks after in a running mentorship: who, never what about."""
    who = f"{wish.worker.name}, {wish.municipality.name}"
    if wish.change:
        page = reverse("mentorship:mentor-change-detail", args=[wish.change])
        yield _item(
            _("Talk about another mentor"), who, page, tag=_("Waits for you"), tag_kind="warn"
        )
    if wish.silent_since:
        yield _item(
            _("Ask after a silent mentorship"),
            f"{who} – {wish.plan.mentor.name}",
            wish.plan.get_absolute_url(),
            **_silence(wish.silent_since),
        )


def _silence(last_contact_at: datetime) -> dict[str, str]:
    days = (clock.today() - clock.day_of(last_contact_at)).days
    words = ngettext("%(n)s day without a meeting", "%(n)s days without a meeting", days)
    return {"tag": words % {"n": days}, "tag_kind": "warn"}
