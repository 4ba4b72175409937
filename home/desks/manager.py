"""The manager's desk: that the own people get support; never what about."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import ConsultationRequest
from home.desks.figure import DeskFigure
from home.employer import facts_of_workers, season_of_workers
from home.wording import long_day
from people.models import User
from people.standing import Standing


def manager_desk(user: User, standing: Standing) -> dict[str, Any]:
    """Four queries: the season, the people with their supervision, mentorships, cases."""
    season = season_of_workers()
    people = facts_of_workers(standing.manages, season)
    cases = list(_cases(standing))
    late = sum(1 for case in cases if case.contact_is_late)
    number = len(people)
    return {
        "meta": long_day(standing.day),
        "figures": [
            DeskFigure(
                label=_("My workers"),
                value=number,
                note=_("People and posts"),
                url=reverse("people:overview"),
            ),
            DeskFigure(
                label=_("In mentorship"),
                value=sum(1 for person in people if person.running),
                of=number,
                note=_("Ask for a mentor for a worker"),
                url=reverse("mentorship:request-suggest"),
            ),
            DeskFigure(
                label=_("Registered for supervision"),
                value=sum(1 for person in people if person.supervision.registered),
                of=number,
                note=_("season %(year)s") % {"year": season.year}
                if season
                else _("no open season"),
            ),
            DeskFigure(
                label=_("Open consultations"),
                value=len(cases),
                note=ngettext(
                    "%(n)s waits for first contact too long",
                    "%(n)s wait for first contact too long",
                    late,
                )
                % {"n": late}
                if late
                else _("Ask for advice"),
                url=reverse("consultations:overview" if late else "consultations:request-new"),
            ),
        ],
        "people": people,
    }


def _cases(standing: Standing) -> QuerySet[ConsultationRequest]:
    return (
        ConsultationRequest.objects.open()
        .filter(municipality__in=standing.manages)
        .only("status", "contacted_at", "contact_due_at")
    )
