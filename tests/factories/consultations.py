"""Consultation requests for tests, brought to a state by walking the real actions."""

from common import clock
from consultations import actions
from consultations.models import ConsultationRequest, Topic
from consultations.workflow import Status
from people.models import User
from tests.factories import people


CANARY = "kanaarilind"
"""A word that stands in every narrative and nowhere else."""


def application(**fields) -> actions.Application:
    """What the steps ask, with a canary in every text."""
    texts = {
        name: f"{CANARY} {name}"
        for name in (
            "question",
            "done_so_far",
            "risk_factors",
            "protective_factors",
            "star_reference",
        )
    }
    topic = Topic.objects.get(pk=fields.pop("topic_id", "custody"))
    return actions.Application(**{"topic": topic, **texts, **fields})


def submitted_request(
    place: str = "Elva vald", *, requester: User | None = None, contacts=(), **fields
) -> ConsultationRequest:
    """A request of a municipality; `fields` are those of the application."""
    return actions.submit_request(
        application(**fields),
        municipality=people.municipality(place),
        contacts=contacts,
        by=requester or people.worker(place),
    )


def opened_case(by: User, place: str | None = None, **fields) -> ConsultationRequest:
    """A notice from a foreign authority, without a municipality when none is named."""
    return actions.open_case(
        application(kind="international", topic_id="int-information", country="FI", **fields),
        origin=ConsultationRequest.Origin.FOREIGN,
        municipality=people.municipality(place) if place else None,
        by=by,
    )


def request_at(
    status: str,
    place: str = "Elva vald",
    *,
    requester: User | None = None,
    consultant: User | None = None,
    contacts=(),
    **fields,
) -> ConsultationRequest:
    """A municipality's request in the state, walked there by the people it needs."""
    requester = requester or people.worker(place)
    case = submitted_request(place, requester=requester, contacts=contacts, **fields)
    if status == Status.SUBMITTED:
        return case
    if status == Status.WITHDRAWN:
        return actions.withdraw_request(case, reason=f"{CANARY} põhjus", by=requester)
    consultant = consultant or people.consultant(place)
    case = actions.take_request(case, by=consultant)
    if status == Status.ASSIGNED:
        return case
    case = actions.contact_request(case, contacted_at=clock.now(), by=consultant)
    if status == Status.IN_PROGRESS:
        return case
    return actions.close_request(
        case,
        summary=f"{CANARY} kokkuvõte",
        recommendations=f"{CANARY} soovitused",
        version=case.version,
        by=consultant,
    )
