"""Rows of past years, as the reports count them: written directly, dated freely."""

from datetime import date, datetime, time

from common import clock
from consultations.clocks import contact_due
from consultations.models import ConsultationRequest, Spell
from mentorship.models import MentorshipRequest
from mentorship.workflow import RequestStatus
from people.models import User
from supervision.models import Audience, Registration, Season
from tests.factories import people


def at(day: str, hour: str = "12:00") -> datetime:
    """The Tallinn moment: at("2022-12-31", "23:59")."""
    return clock.tallinn(date.fromisoformat(day), time.fromisoformat(hour))


def case(
    opened: datetime,
    closed: datetime | None = None,
    *,
    place: str | None = "Elva vald",
    outcome: str = Spell.Outcome.CLOSED,
    origin: str = ConsultationRequest.Origin.MUNICIPALITY,
    topic: str = "custody",
) -> ConsultationRequest:
    """A case that was in hand from `opened` to `closed`."""
    somebody = people.person()
    status = "submitted" if closed is None else outcome
    row = ConsultationRequest.objects.create(
        origin=origin,
        municipality=people.municipality(place) if place else None,
        topic_id=topic,
        status=status,
        question="kanaarilind",
        submitted_at=opened,
        submitted_by=somebody,
        contact_due_at=contact_due(opened),
        closed_at=closed if status == "closed" else None,
        closed_by=somebody if status == "closed" else None,
    )
    Spell.objects.create(
        request=row, opened_at=opened, ended_at=closed, outcome=outcome if closed else ""
    )
    return row


def wish(
    day: str,
    *,
    worker: User | None = None,
    place: str = "Elva vald",
    status: str = RequestStatus.SUBMITTED,
) -> MentorshipRequest:
    worker = worker or people.person()
    withdrawn = status == RequestStatus.WITHDRAWN
    return MentorshipRequest.objects.create(
        worker=worker,
        municipality=people.municipality(place),
        source=MentorshipRequest.Source.WORKER,
        status=status,
        asked_on=date.fromisoformat(day),
        submitted_by=worker,
        submitted_at=at(day),
        withdrawn_at=at(day) if withdrawn else None,
        withdrawn_by=worker if withdrawn else None,
    )


def season(year: int, opens: str, closes: str, *, audience: str = Audience.WORKERS) -> Season:
    return Season.objects.create(
        year=year,
        audience=audience,
        registration_opens_on=date.fromisoformat(opens),
        registration_closes_on=date.fromisoformat(closes),
        opened_at=at(opens),
        opened_by=people.person(),
    )


def registration(
    to: Season, when: datetime, *, user: User | None = None, place: str = "Elva vald", **fields
) -> Registration:
    user = user or people.person()
    return Registration.objects.create(
        season=to,
        user=user,
        municipality=people.municipality(place),
        registered_at=when,
        registered_by=user,
        **fields,
    )
