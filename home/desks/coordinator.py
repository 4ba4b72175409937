"""The coordinator's desk: the country in figures, what is late, who carries how much."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from consultations.models import ConsultationRequest
from consultations.workflow import Status
from home.desks.figure import DeskFigure
from home.wording import long_day
from mentorship.models import MentorshipRequest, Plan
from mentorship.workflow import OPEN as OPEN_PLANS
from mentorship.workflow import RequestStatus
from people.models import StaffRole, User
from people.standing import Standing
from supervision.models import Audience, Season


LATE_SHOWN = 6


def coordinator_desk(user: User, standing: Standing) -> dict[str, Any]:
    """Five queries: open cases in numbers, the late ones, mentorship, season, consultants."""
    cases = _case_counts()
    mentorship = MentorshipRequest.objects.aggregate(
        open=Count("pk", filter=Q(plan__status__in=OPEN_PLANS)),
        waiting=Count("pk", filter=Q(status=RequestStatus.SUBMITTED)),
    )
    return {
        "meta": long_day(standing.day),
        "figures": [
            DeskFigure(
                label=_("Cases in hand"),
                value=cases["open"],
                note=ngettext(
                    "%(n)s without a consultant", "%(n)s without a consultant", cases["waiting"]
                )
                % {"n": cases["waiting"]},
                url=reverse("consultations:overview"),
            ),
            DeskFigure(
                label=_("First contact late"),
                value=cases["late"],
                note=_("the deadline is three working days"),
            ),
            DeskFigure(
                label=_("Mentorships"),
                value=mentorship["open"],
                note=ngettext("%(n)s waits for a mentor", "%(n)s wait for a mentor",
                              mentorship["waiting"])
                % {"n": mentorship["waiting"]},
                url=reverse("mentorship:overview"),
            ),
            _season_figure(),
        ],
        "late": list(_late()[:LATE_SHOWN]),
        "load": list(_consultants(standing.day)),
        "year": standing.day.year,
    }  # fmt: skip


def _is_late() -> Q:
    """The same as ConsultationRequest.contact_is_late, for the database."""
    return Q(contacted_at__isnull=True, contact_due_at__lte=clock.now())


def _case_counts() -> dict[str, int]:
    return ConsultationRequest.objects.open().aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=Q(status=Status.SUBMITTED)),
        late=Count("pk", filter=_is_late()),
    )


def _late() -> QuerySet[ConsultationRequest]:
    return (
        ConsultationRequest.objects.open()
        .filter(_is_late())
        .select_related("municipality", "consultant")
        .only(
            "code", "status", "contact_due_at",
            "municipality__name", "consultant__first_name", "consultant__last_name",
        )
        .order_by("contact_due_at", "pk")
    )  # fmt: skip


def _season_figure() -> DeskFigure:
    active = ~Q(registrations__status="withdrawn")
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
    return DeskFigure(
        label=_("Registered for supervision"),
        value=season.registered,
        note=_("season %(year)s") % {"year": season.year},
        url=season.get_absolute_url(),
    )


def _consultants(day) -> QuerySet[User]:
    """Today's consultants with their open cases and plans, by the stories' own `open()`."""
    cases = ConsultationRequest.objects.open().filter(consultant=OuterRef("pk"))
    plans = Plan.objects.open().filter(mentor=OuterRef("pk"))
    return (
        User.objects.with_role(StaffRole.Role.CONSULTANT, day)
        .annotate(cases=_number(cases, "consultant"), plans=_number(plans, "mentor"))
        .in_order()
    )


def _number(rows: QuerySet, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
