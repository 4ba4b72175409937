"""How a case comes in: submitted, entered on behalf, or opened for another reason."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations import emails
from consultations.actions.row import begin_spell
from consultations.clocks import contact_due
from consultations.models import ConsultationRequest, Contact, Topic
from consultations.parties import check_staff
from consultations.permissions import (
    check_can_enter_request,
    check_can_open_case,
    check_can_submit_request,
)
from journal.record import record
from people.models import Draft, Municipality, User


@dataclass(frozen=True, kw_only=True)
class Application:
    """What the steps ask. `danger` asks for `danger_acted_at`; then the request is urgent."""

    topic: Topic
    question: str
    kind: str = ConsultationRequest.Kind.DOMESTIC
    country: str = ""
    done_so_far: str = ""
    risk_factors: str = ""
    protective_factors: str = ""
    star_reference: str = ""
    age_group: str = ""
    danger: bool = False
    danger_acted_at: datetime | None = None


@transaction.atomic
def submit_request(
    application: Application,
    *,
    municipality: Municipality,
    contacts: Iterable[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> ConsultationRequest:
    """Submit a request for the own municipality; the clock starts.

    `pk` is the key of the draft, which goes with it: a second submit returns the
    request made by the first. Raises PermissionDenied, and Refused for contacts of
    another municipality and for danger without having acted.
    """
    if (existing := _made_before(pk, by)) is not None:
        return existing
    check_can_submit_request(by, municipality)
    request = _create(
        application,
        pk=pk,
        origin=ConsultationRequest.Origin.MUNICIPALITY,
        municipality=municipality,
        requester=by,
        contacts=contacts,
        by=by,
    )
    record("consultations.request_submitted", by=by, subject=request)
    emails.request_received(request)
    emails.request_submitted(request, by=by)
    return request


@transaction.atomic
def enter_request(
    application: Application,
    *,
    municipality: Municipality,
    requester: User,
    contacts: Iterable[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> ConsultationRequest:
    """Enter a request that came by telephone or letter; requester and contacts are told."""
    if (existing := _made_before(pk, by)) is not None:
        return existing
    check_can_enter_request(by, municipality)
    check_staff([requester], municipality, field="requester")
    request = _create(
        application,
        pk=pk,
        origin=ConsultationRequest.Origin.MUNICIPALITY,
        municipality=municipality,
        requester=requester,
        contacts=contacts,
        by=by,
    )
    record("consultations.request_entered", by=by, subject=request, requester=requester)
    emails.request_entered(request, by=by)
    emails.request_submitted(request, by=by)
    return request


@transaction.atomic
def open_case(
    application: Application,
    *,
    origin: str,
    municipality: Municipality | None = None,
    contacts: Iterable[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> ConsultationRequest:
    """Open a case that no municipality asked for; its municipality may come later."""
    if (existing := _made_before(pk, by)) is not None:
        return existing
    check_can_open_case(by, municipality)
    if origin == ConsultationRequest.Origin.MUNICIPALITY:
        raise Refused(_("Enter a municipality's request on its behalf instead."), field="origin")
    request = _create(
        application,
        pk=pk,
        origin=origin,
        municipality=municipality,
        requester=None,
        contacts=contacts,
        by=by,
    )
    record("consultations.case_opened", by=by, subject=request, origin=origin)
    emails.case_opened(request, by=by)
    emails.request_submitted(request, by=by)
    return request


def _made_before(pk: uuid.UUID | None, by: User) -> ConsultationRequest | None:
    # Holding the sender makes the second of two submits wait for what the first one makes.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    # Whoever knows the draft's key is its owner; nobody else gets the row back.
    return ConsultationRequest.objects.filter(pk=pk, submitted_by=by).first() if pk else None


def _create(
    application: Application,
    *,
    pk: uuid.UUID | None,
    origin: str,
    municipality: Municipality | None,
    requester: User | None,
    contacts: Iterable[User],
    by: User,
) -> ConsultationRequest:
    if application.danger and application.danger_acted_at is None:
        raise Refused(
            _("The child is in danger now. Act first: call 112 or 116 111, then continue."),
            field="danger",
        )
    if application.topic.for_kind not in ("", application.kind):
        raise Refused(_("This topic does not belong to the kind of the case."), field="topic")
    if municipality is not None and not municipality.holds_on(clock.today()):
        raise Refused(
            _("%(name)s no longer exists.") % {"name": municipality.name}, field="municipality"
        )
    contacts = [person for person in dict.fromkeys(contacts) if person != requester]
    check_staff(contacts, municipality, field="contacts")
    now = clock.now()
    request = ConsultationRequest.objects.create(
        pk=pk or uuid.uuid4(),
        origin=origin,
        kind=application.kind,
        topic=application.topic,
        municipality=municipality,
        requester=requester,
        urgent=application.danger,
        danger_acted_at=application.danger_acted_at,
        country=application.country,
        age_group=application.age_group,
        question=application.question,
        done_so_far=application.done_so_far,
        risk_factors=application.risk_factors,
        protective_factors=application.protective_factors,
        star_reference=application.star_reference,
        submitted_at=now,
        submitted_by=by,
        contact_due_at=contact_due(now),
    )
    for person in contacts:
        Contact.objects.create(request=request, user=person, starts_on=clock.today())
    begin_spell(request)
    Draft.objects.filter(pk=request.pk, owner=by).delete()
    return request
