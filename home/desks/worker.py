"""The worker's desk: the next meeting, the three services in words, their consultant."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.words import day_text, due_text
from consultations.models import ConsultationRequest
from consultations.workflow import Status
from home.desks.figure import DeskFigure
from home.wording import long_day
from mentorship.models import MentoringMeeting, MentorshipRequest
from mentorship.workflow import OPEN, PlanStatus, RequestStatus
from people.models import User
from people.serving import serving_on
from people.standing import Standing
from supervision.models import Attendance, Membership, Registration
from supervision.workflow import GroupStatus, RegistrationStatus


SESSIONS = 3
"""A group meets three times a year (the service's own rule)."""


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """One service as it stands for the worker: a tag, a sentence and the one thing to do."""

    title: str
    icon: str
    tag: str
    kind: str
    text: str
    url: str
    action: str


def worker_desk(user: User, standing: Standing) -> dict[str, Any]:
    """Five queries: mentorship, supervision, cases, and two for the consultant."""
    wish = _wish(user)
    registration = _registration(user)
    cases = list(
        ConsultationRequest.objects.visible_to(user)
        .open()
        .only("code", "status", "contact_due_at", "submitted_at")
        .order_by("submitted_at", "pk")
    )
    serving = serving_on(standing.day, standing.works_in)
    return {
        "meta": long_day(standing.day),
        "figures": [
            _meetings_figure(wish),
            _sessions_figure(registration),
            DeskFigure(
                label=_("Open consultations"),
                value=len(cases),
                note=_("in your name or as a contact"),
            ),
        ],
        "services": [_mentorship(wish), _supervision(registration), _consultation(cases)],
        "consultants": _people(serving),
    }


def _wish(user: User) -> MentorshipRequest | None:
    """The newest wish with its plan and how many of its meetings took place."""
    held = Q(plan__meetings__outcome=MentoringMeeting.Outcome.HELD)
    return (
        MentorshipRequest.objects.filter(worker=user)
        .exclude(status=RequestStatus.WITHDRAWN)
        .select_related("plan__mentor")
        .annotate(held=Count("plan__meetings", filter=held))
        .order_by("-asked_on", "-submitted_at")
        .first()
    )


def _registration(user: User) -> Registration | None:
    """The newest registration with the published group and the attended meetings."""
    seats = Membership.objects.filter(
        registration=OuterRef("pk"),
        ends_on__isnull=True,
        group__status__in=[GroupStatus.PUBLISHED, GroupStatus.ENDED],
    )
    attended = _attended(user)
    return (
        Registration.objects.active()
        .filter(user=user, season__ended_at__isnull=True)
        .select_related("season")
        .annotate(
            group_name=Subquery(seats.values("group__name")[:1]),
            attended=Coalesce(Subquery(attended), 0),
        )
        .order_by("-season__year")
        .first()
    )


def _attended(user: User) -> QuerySet:
    return (
        Attendance.objects.filter(
            user=user,
            session__group__season=OuterRef("season"),
            status__in=Attendance.CAME,
        )
        .order_by()
        .values("user")
        .annotate(number=Count("pk"))
        .values("number")
    )


def _meetings_figure(wish: MentorshipRequest | None) -> DeskFigure:
    plan = getattr(wish, "plan", None)
    return DeskFigure(
        label=_("Mentoring meetings"),
        value=wish.held if wish else 0,
        note=_("mentor: %(name)s") % {"name": plan.mentor.name} if plan else _("no mentor yet"),
    )


def _sessions_figure(registration: Registration | None) -> DeskFigure:
    return DeskFigure(
        label=_("Supervision meetings attended"),
        value=registration.attended if registration else 0,
        of=SESSIONS,
        note=_("season %(year)s") % {"year": registration.season.year}
        if registration
        else _("not registered"),
    )


def _mentorship(wish: MentorshipRequest | None) -> ServiceState:
    title, icon = _("Mentorship"), "school"
    plan = getattr(wish, "plan", None)
    overview = reverse("mentorship:overview")
    if wish is None or (plan and plan.status == PlanStatus.ENDED):
        return ServiceState(
            title=title,
            icon=icon,
            tag=_("Not running"),
            kind="neutral",
            text=_("A consultant can be your mentor: on the topics that you choose."),
            url=reverse("mentorship:request-submit"),
            action=_("Ask for a mentor"),
        )
    if plan is None:
        return ServiceState(
            title=title,
            icon=icon,
            tag=wish.get_status_display(),
            kind=wish.tag_kind,
            text=_("Asked for on %(day)s.") % {"day": day_text(wish.asked_on)},
            url=overview,
            action=_("Look at your wish"),
        )
    return ServiceState(
        title=title,
        icon=icon,
        tag=plan.get_status_display(),
        kind=plan.tag_kind,
        text=_("Your mentor is %(name)s.") % {"name": plan.mentor.name},
        url=plan.get_absolute_url() if plan.status in OPEN else overview,
        action=_("Open the plan"),
    )


def _supervision(registration: Registration | None) -> ServiceState:
    title, icon = _("Supervision"), "groups"
    overview = reverse("supervision:overview")
    if registration is None:
        return ServiceState(
            title=title,
            icon=icon,
            tag=_("Not registered"),
            kind="neutral",
            text=_("A group of colleagues meets three times a year with a supervisor."),
            url=overview,
            action=_("See the seasons"),
        )
    if registration.group_name:
        tag, kind = _("In a group"), "ok"
        text = _("Your group is %(name)s.") % {"name": registration.group_name}
    elif registration.status == RegistrationStatus.WAITING:
        tag, kind = registration.get_status_display(), registration.tag_kind
        text = _("You will be told when a place becomes free.")
    else:
        tag, kind = _("Registered"), "info"
        text = _("The coordinator is making the groups of the season %(year)s.") % {
            "year": registration.season.year
        }
    return ServiceState(
        title=title, icon=icon, tag=tag, kind=kind, text=text, url=overview,
        action=_("Open supervision"),
    )  # fmt: skip


def _consultation(cases: list[ConsultationRequest]) -> ServiceState:
    title, icon = _("Case consultation"), "support_agent"
    if not cases:
        return ServiceState(
            title=title,
            icon=icon,
            tag=_("Nothing open"),
            kind="neutral",
            text=_("Advice on a case: a consultant takes contact within three working days."),
            url=reverse("consultations:request-new"),
            action=_("Ask for advice"),
        )
    first = cases[0]
    if first.status == Status.IN_PROGRESS:
        text = _("Case %(code)s is in progress.") % {"code": first.code}
    else:
        text = _("Case %(code)s: the consultant takes contact by %(day)s.") % {
            "code": first.code,
            "day": due_text(first.contact_due_at),
        }
    number = len(cases)
    return ServiceState(
        title=title,
        icon=icon,
        tag=ngettext("%(n)s open", "%(n)s open", number) % {"n": number},
        kind=first.tag_kind,
        text=text,
        url=first.get_absolute_url() if number == 1 else reverse("consultations:overview"),
        action=_("Open the case") if number == 1 else _("Open the cases"),
    )


def _people(serving: dict) -> list:
    """Who serves the worker's municipalities, each once."""
    found = {each.consultant.pk: each for rows in serving.values() for each in rows}
    return list(found.values())
