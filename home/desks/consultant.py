"""The consultant's desk: the municipalities they serve, what waits there, who asks when."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.templatetags.words import day_text
from consultations.models import ConsultationRequest, Message
from consultations.workflow import OPEN as OPEN_CASES
from consultations.workflow import Status
from home.desks.chart import chart_of, first_month
from home.desks.figure import DeskFigure
from home.wording import long_day
from mentorship.models import MentoringMeeting, MentorshipRequest
from mentorship.workflow import OPEN as OPEN_PLANS
from mentorship.workflow import RUNNING, RequestStatus
from people.models import Municipality, Post, User
from people.standing import Standing
from supervision.models import Audience, Season


WITHOUT_CONTACT = 90
"""Days after which a municipality without contact is worth a call."""
NEW = timedelta(days=30)
"""For how long a worker counts as new."""


@dataclass
class Place:
    """A municipality as the consultant should see it today.

    `bad` and `warn` hold what asks for action or for an eye, the weightiest
    first; `fine` says how it is otherwise.
    """

    key: uuid.UUID
    name: str
    county: str
    workers: int
    last_contact_on: date | None
    bad: list[str] = field(default_factory=list)
    warn: list[str] = field(default_factory=list)
    fine: str = ""

    @property
    def kind(self) -> str:
        return "bad" if self.bad else "warn" if self.warn else "ok"

    @property
    def line(self) -> str:
        return [*self.bad, *self.warn, self.fine][0]

    @property
    def state(self) -> str:
        return {"bad": _("needs action"), "warn": _("keep an eye on"), "ok": _("in order")}[
            self.kind
        ]

    @property
    def workers_text(self) -> str:
        return ngettext("%(n)s worker", "%(n)s workers", self.workers) % {"n": self.workers}

    @property
    def url(self) -> str:
        return reverse("people:municipality-detail", args=[self.key])


def consultant_desk(user: User, standing: Standing) -> dict[str, Any]:
    """Four queries: municipalities, cases, mentorships, the season."""
    day = standing.day
    rows = list(_municipalities(standing))
    cases = list(_cases(user, standing))
    wishes = list(_wishes(user, standing))
    places = [_place(row, cases, wishes, day) for row in rows]
    workers = sum(place.workers for place in places)
    chart = chart_of(
        day,
        (
            clock.day_of(case.submitted_at)
            for case in cases
            if case.municipality_id in standing.all_served
            and case.origin == ConsultationRequest.Origin.MUNICIPALITY
        ),
        (wish.asked_on for wish in wishes if wish.municipality_id in standing.all_served),
    )
    counties = list(dict.fromkeys(place.county for place in places))
    return {
        "meta": " · ".join(filter(None, [long_day(day), *_area(counties, len(places), workers)])),
        "figures": [
            _mentorships(user, wishes, day),
            _case_figure(user, standing, cases),
            _season_figure(standing, workers),
            _contact_figure(places, day),
        ],
        "places": places,
        "chart": chart,
    }


def _area(counties: list[str], municipalities: int, workers: int) -> list[str]:
    people = ngettext(
        "%(n)s child protection worker", "%(n)s child protection workers", workers
    ) % {"n": workers}
    places = ngettext("%(n)s municipality", "%(n)s municipalities", municipalities) % {
        "n": municipalities
    }
    return [get_text_list(counties, _("and")), f"{places}, {people}"]


def _municipalities(standing: Standing) -> QuerySet[Municipality]:
    posts = Post.objects.on(standing.day).filter(municipality=OuterRef("pk"), kind=Post.Kind.WORKER)
    held = MentoringMeeting.objects.filter(
        plan__municipality=OuterRef("pk"), outcome=MentoringMeeting.Outcome.HELD
    )
    cases = ConsultationRequest.objects.filter(municipality=OuterRef("pk"))
    written = Message.objects.filter(request__municipality=OuterRef("pk"), side=Message.Side.BOARD)
    return (
        Municipality.objects.filter(pk__in=standing.all_served)
        .select_related("county")
        .order_by("name")
        .annotate(
            workers=Coalesce(_grouped(posts, Count("user", distinct=True), "municipality"), 0),
            newest=_grouped(posts, Max("starts_on"), "municipality"),
            met_at=_latest(held, "meeting__starts_at", "plan__municipality"),
            contacted_at=_latest(cases, "contacted_at", "municipality"),
            written_at=_latest(written, "written_at", "request__municipality"),
        )
    )


def _grouped(rows: QuerySet, value: Any, group: str) -> Subquery:
    return Subquery(rows.order_by().values(group).annotate(wanted=value).values("wanted"))


def _latest(rows: QuerySet, name: str, group: str) -> Subquery:
    found = rows.order_by().values(group).annotate(wanted=Max(name)).values("wanted")
    return Subquery(found, output_field=DateTimeField())


def _cases(user: User, standing: Standing) -> QuerySet[ConsultationRequest]:
    """Open cases of the area and of the person, and what the chart counts."""
    recent = Q(submitted_at__gte=clock.tallinn(first_month(standing.day)))
    return (
        ConsultationRequest.objects.filter(
            Q(municipality__in=standing.all_served) | Q(consultant=user)
        )
        .filter(Q(status__in=OPEN_CASES) | recent)
        .only(
            "municipality", "consultant", "status", "urgent", "origin",
            "submitted_at", "contacted_at", "contact_due_at",
        )
        .order_by("contact_due_at", "pk")
    )  # fmt: skip


def _wishes(user: User, standing: Standing) -> QuerySet[MentorshipRequest]:
    recent = Q(asked_on__gte=first_month(standing.day))
    return (
        MentorshipRequest.objects.filter(
            Q(municipality__in=standing.all_served) | Q(plan__mentor=user)
        )
        .filter(recent | Q(status=RequestStatus.SUBMITTED) | Q(plan__status__in=OPEN_PLANS))
        .select_related("plan")
        .only(
            "municipality", "status", "asked_on",
            "plan__mentor", "plan__status", "plan__intended_end_on", "plan__request",
        )
        .order_by("asked_on", "pk")
    )  # fmt: skip


def _plan(wish: MentorshipRequest) -> Any:
    return getattr(wish, "plan", None)


def _place(
    row: Municipality,
    cases: list[ConsultationRequest],
    wishes: list[MentorshipRequest],
    day: date,
) -> Place:
    moments = [row.met_at, row.contacted_at, row.written_at]
    last = max((moment for moment in moments if moment), default=None)
    place = Place(
        row.pk, row.name, row.county.short_name, row.workers, clock.day_of(last) if last else None
    )
    waiting = [
        case
        for case in cases
        if case.municipality_id == row.pk and case.is_open and case.contacted_at is None
    ]
    if any(case.contact_is_late for case in waiting):
        place.bad.append(_("First contact is late"))
    elif any(case.urgent for case in waiting):
        place.bad.append(_("Urgent request waits"))
    elif waiting:
        place.warn.append(_("New request waits"))
    here = [wish for wish in wishes if wish.municipality_id == row.pk]
    if any(wish.status == RequestStatus.SUBMITTED for wish in here):
        place.warn.append(_("A wish for a mentor waits"))
    if row.newest and day - row.newest <= NEW:
        place.warn.append(_("New worker"))
    if last is None:
        place.warn.append(_("No contact yet"))
    elif (without := (day - place.last_contact_on).days) > WITHOUT_CONTACT:
        place.warn.append(
            ngettext("%(n)s day without contact", "%(n)s days without contact", without)
            % {"n": without}
        )
    running = sum(1 for wish in here if _plan(wish) and _plan(wish).status in RUNNING)
    if running:
        place.fine = ngettext("%(n)s mentorship", "%(n)s mentorships", running) % {"n": running}
    else:
        place.fine = _("Last contact %(day)s") % {"day": day_text(place.last_contact_on)}
    return place


def _mentorships(user: User, wishes: list[MentorshipRequest], day: date) -> DeskFigure:
    mine = [
        _plan(wish)
        for wish in wishes
        if _plan(wish) and _plan(wish).mentor_id == user.pk and _plan(wish).status in OPEN_PLANS
    ]
    ending = sum(
        1 for plan in mine if plan.intended_end_on and plan.intended_end_on.year == day.year
    )
    note = ngettext(
        "%(n)s ends before the year is over", "%(n)s end before the year is over", ending
    ) % {"n": ending}
    if not ending:
        note = _("none ends before the year is over")
    return DeskFigure(
        label=_("Mentorships"), value=len(mine), note=note, url=reverse("mentorship:overview")
    )


def _case_figure(user: User, standing: Standing, cases: list[ConsultationRequest]) -> DeskFigure:
    mine = [case for case in cases if case.consultant_id == user.pk and case.is_open]
    new = sum(
        1
        for case in cases
        if case.status == Status.SUBMITTED and case.municipality_id in standing.all_served
    )
    note = ngettext(
        "%(n)s new in your area, to be taken", "%(n)s new in your area, to be taken", new
    ) % {"n": new}
    if not new:
        note = _("nothing new in your area")
    return DeskFigure(
        label=_("Cases of consultation"),
        value=len(mine),
        note=note,
        url=reverse("consultations:overview"),
    )


def _season_figure(standing: Standing, workers: int) -> DeskFigure:
    """Workers of the area in the present season: the newest that has opened and not ended."""
    active = ~Q(registrations__status="withdrawn") & Q(
        registrations__municipality__in=standing.all_served
    )
    season = (
        Season.objects.filter(
            audience=Audience.WORKERS, opened_at__isnull=False, ended_at__isnull=True
        )
        .annotate(registered=Count("registrations__user", filter=active, distinct=True))
        .order_by("-year")
        .first()
    )
    if season is None:
        return DeskFigure(label=_("Registered for supervision"), value=0, note=_("no open season"))
    if standing.day <= season.registration_closes_on:
        note = _("season %(year)s, open until %(day)s") % {
            "year": season.year,
            "day": day_text(season.registration_closes_on),
        }
    else:
        note = _("season %(year)s, one may still join") % {"year": season.year}
    return DeskFigure(
        label=_("Registered for supervision"),
        value=season.registered,
        of=workers,
        note=note,
        url=season.get_absolute_url(),
    )


def _contact_figure(places: list[Place], day: date) -> DeskFigure:
    silent = [
        place
        for place in places
        if place.last_contact_on is None or (day - place.last_contact_on).days > WITHOUT_CONTACT
    ]
    if not silent:
        note, url = _("all have been in touch"), ""
    elif len(silent) == 1:
        note, url = silent[0].name, silent[0].url
    else:
        note, url = _("see which"), f"{reverse('home:desk')}?tiles=table"
    return DeskFigure(
        label=_("Without contact for over 90 days"), value=len(silent), note=note, url=url
    )
