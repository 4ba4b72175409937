"""Mails about consultation requests: a code and a link, never what the case is about.

What asks for nothing `may_wait` for a summary mail. Until somebody has made contact, nothing
about an urgent request waits, whatever the quiet hours.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from consultations.models import ConsultationRequest, Message
from consultations.parties import board_side, municipality_side, region
from outbox.compose import absolute, compose
from people.models import User


def request_received(request: ConsultationRequest) -> None:
    """The receipt, to the requester and the contacts who were named."""
    _tell("consultations.request_received", municipality_side(request), request, may_wait=True)


def request_submitted(request: ConsultationRequest, *, by: User) -> None:
    """To the consultants of the region: something waits for one of them."""
    _tell("consultations.request_submitted", region(request), request, by=by)


def request_entered(request: ConsultationRequest, *, by: User) -> None:
    _tell(
        "consultations.request_entered", municipality_side(request), request, by=by, may_wait=True
    )


def case_opened(request: ConsultationRequest, *, by: User) -> None:
    _tell("consultations.case_opened", municipality_side(request), request, by=by)


def request_taken(request: ConsultationRequest) -> None:
    _tell("consultations.request_taken", municipality_side(request), request, may_wait=True)


def request_assigned(request: ConsultationRequest, *, by: User) -> None:
    _tell("consultations.request_assigned", board_side(request), request, by=by)


def request_reassigned(request: ConsultationRequest, *, before: User, by: User) -> None:
    people = [*board_side(request), before, *municipality_side(request)]
    _tell("consultations.request_reassigned", people, request, by=by)


def message_sent(request: ConsultationRequest, *, side: str, by: User) -> None:
    _tell("consultations.message_sent", _other_side(request, side), request, by=by)


def measure_agreed(request: ConsultationRequest, *, side: str, by: User) -> None:
    _tell("consultations.measure_agreed", _other_side(request, side), request, by=by, may_wait=True)


def contact_added(request: ConsultationRequest, *, person: User, by: User) -> None:
    _tell("consultations.contact_added", [person], request, by=by)


def contact_named(
    request: ConsultationRequest, others: list[User], *, person: User, by: User
) -> None:
    """To those who act for the municipality already: one more person reads the case now."""
    told = [each for each in others if each != person]
    _tell("consultations.contact_named", told, request, by=by, person=person, may_wait=True)


def contact_replaced(request: ConsultationRequest, *, person: User, by: User) -> None:
    _tell("consultations.contact_replaced", [person], request, by=by)


def request_closed(request: ConsultationRequest, *, by: User) -> None:
    link = absolute(reverse("consultations:request-summary", args=[request.pk]))
    _tell("consultations.request_closed", municipality_side(request), request, by=by, link=link)


def summary_read(request: ConsultationRequest, *, by: User) -> None:
    _tell("consultations.summary_read", board_side(request), request, by=by, may_wait=True)


def request_withdrawn(request: ConsultationRequest, *, by: User) -> None:
    people = [*board_side(request), *municipality_side(request)]
    _tell("consultations.request_withdrawn", people, request, by=by, may_wait=True)


def request_reopened(request: ConsultationRequest, *, by: User) -> None:
    people = [*board_side(request), *municipality_side(request)]
    _tell("consultations.request_reopened", people, request, by=by)


def _other_side(request: ConsultationRequest, side: str) -> list[User]:
    return municipality_side(request) if side == Message.Side.BOARD else board_side(request)


def _tell(
    kind: str,
    people: Iterable[User],
    request: ConsultationRequest,
    *,
    by: User | None = None,
    **context: Any,
) -> None:
    """Write to each of `people` once, but not to the one who did it."""
    context = {
        "code": request.code,
        "urgent": request.urgent and request.clock_runs,
        "consultant": request.consultant,
        "actor": by,
        "contact_due_at": request.contact_due_at,
        "link": absolute(request.get_absolute_url()),
    } | context
    for person in dict.fromkeys(people):
        if person != by:
            compose(kind, to=person, **context)
