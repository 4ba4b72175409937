"""Working on the case: contact, meetings, messages, notes, factors, measures, people."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations import emails
from consultations.actions.row import (
    check_has_consultant,
    check_open,
    check_version,
    leave_meetings,
    locked,
    save,
)
from consultations.models import CaseMeeting, ConsultationRequest, Contact, Measure, Message, Note
from consultations.parties import check_staff, municipality_side
from consultations.permissions import (
    check_can_add_contact,
    check_can_add_note,
    check_can_agree_measure,
    check_can_book_meeting,
    check_can_change_factors,
    check_can_contact_request,
    check_can_finish_measure,
    check_can_replace_contact,
    check_can_send_message,
    check_can_set_municipality,
    sides_of,
)
from consultations.workflow import REQUEST, Status
from journal.record import record
from meetings.actions import Guest, book_meeting
from meetings.actions.polls import replace_in_poll
from meetings.emails import meeting_invitations
from meetings.models import Room
from people.models import Municipality, User


@transaction.atomic
def contact_request(
    request: ConsultationRequest, *, contacted_at: datetime, by: User
) -> ConsultationRequest:
    """Record the first contact; the clock stops and the work begins.

    `contacted_at` (aware) lies between submission and now, else Refused (field "day").
    """
    request = locked(request)
    check_can_contact_request(by, request)
    REQUEST.check(request.status, Status.IN_PROGRESS)
    if request.contacted_at is not None:
        raise Refused(_("First contact has been recorded already."))
    if contacted_at > clock.now():
        raise Refused(_("This time is still to come."), field="day")
    # The form knows minutes only: the minute of the submission is not before it.
    if contacted_at < request.submitted_at.replace(second=0, microsecond=0):
        raise Refused(_("This time is before the request was submitted."), field="day")
    contacted_at = max(contacted_at, request.submitted_at)
    request.status = Status.IN_PROGRESS
    request.contacted_at, request.contacted_by = contacted_at, by
    save(request)
    record("consultations.request_contacted", by=by, subject=request)
    return request


@transaction.atomic
def book_case_meeting(
    request: ConsultationRequest,
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    free: Iterable[User] = (),
    coming: Collection[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> CaseMeeting:
    """Book a case discussion, or a network meeting with guests; everyone else is invited.

    `people` are of the municipality's side; `coming` are those who have said that they
    come. Raises Refused for past or turned-round
    times and for people who are no party to the case.
    """
    request = locked(request)
    check_can_book_meeting(by, request)
    existing = CaseMeeting.objects.filter(meeting_id=pk, request=request).first() if pk else None
    if existing:
        return existing
    check_open(request)
    guests = list(guests)
    if guests and kind != CaseMeeting.Kind.NETWORK:
        raise Refused(_("Guests are asked to network meetings only."), field="guests")
    people = list(people)
    party = municipality_side(request)
    for person in people:
        if person not in party:
            raise Refused(
                _("%(name)s is not a contact of this case.") % {"name": person.name},
                field="people",
            )
    meeting = book_meeting(
        service="consultation",
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        place=place,
        link=link,
        room=room,
        organiser=request.consultant,
        people=[by, *people],
        guests=guests,
        free=free,
        coming=coming,
        by=by,
        pk=pk,
    )
    case_meeting = CaseMeeting.objects.create(request=request, meeting=meeting, kind=kind)
    record("consultations.meeting_booked", by=by, subject=request, meeting=meeting)
    meeting_invitations(meeting, by=by)
    return case_meeting


@transaction.atomic
def send_message(
    request: ConsultationRequest, *, text: str, by: User, pk: uuid.UUID | None = None
) -> Message:
    """Write to the other side, which is told that there is a message, not what it says."""
    request = locked(request)
    check_can_send_message(by, request)
    if pk and (existing := request.messages.filter(pk=pk).first()):
        return existing
    check_open(request)
    _check_has_readers(request)
    side = _side_of(by, request)
    message = Message.objects.create(
        pk=pk or uuid.uuid4(),
        request=request,
        side=side,
        text=text,
        written_at=clock.now(),
        written_by=by,
    )
    record("consultations.message_sent", by=by, subject=request, message=message)
    emails.message_sent(request, side=side, by=by)
    return message


@transaction.atomic
def add_note(
    request: ConsultationRequest, *, text: str, by: User, pk: uuid.UUID | None = None
) -> Note:
    """Add an internal note. It may come after the end too."""
    request = locked(request)
    check_can_add_note(by, request)
    if pk and (existing := request.notes.filter(pk=pk).first()):
        return existing
    note = Note.objects.create(
        pk=pk or uuid.uuid4(), request=request, text=text, written_at=clock.now(), written_by=by
    )
    record("consultations.note_added", by=by, subject=request, note=note)
    return note


@transaction.atomic
def change_factors(
    request: ConsultationRequest,
    *,
    risk_factors: str,
    protective_factors: str,
    version: int,
    by: User,
) -> ConsultationRequest:
    """Rewrite the risk and protective factors. A stale `version` is refused."""
    request = locked(request)
    check_can_change_factors(by, request)
    check_open(request)
    check_version(request, version)
    request.risk_factors, request.protective_factors = risk_factors, protective_factors
    save(request)
    record("consultations.factors_changed", by=by, subject=request)
    return request


@transaction.atomic
def agree_measure(
    request: ConsultationRequest,
    *,
    text: str,
    owner: str,
    due_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Measure:
    """Enter a measure that was agreed; `owner` is the side that does it.

    Raises Refused (field "due_on") for a day in the past, and (field "text") when
    nobody of the municipality is there to agree.
    """
    request = locked(request)
    check_can_agree_measure(by, request)
    if pk and (existing := request.measures.filter(pk=pk).first()):
        return existing
    check_open(request)
    check_has_consultant(request)
    _check_has_readers(request)
    if due_on and due_on < clock.today():
        raise Refused(_("This date is in the past. Choose today or a later day."), field="due_on")
    measure = Measure.objects.create(
        pk=pk or uuid.uuid4(),
        request=request,
        text=text,
        owner=owner,
        due_on=due_on,
        agreed_at=clock.now(),
        agreed_by=by,
    )
    record("consultations.measure_agreed", by=by, subject=request, measure=measure)
    emails.measure_agreed(request, side=_side_of(by, request), by=by)
    return measure


@transaction.atomic
def finish_measure(measure: Measure, *, by: User) -> Measure:
    """Mark a measure as done. Doing it twice changes nothing."""
    request = locked(measure.request)
    check_can_finish_measure(by, request)
    check_open(request)
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    if measure.done_at is not None:
        return measure
    measure.done_at, measure.done_by = clock.now(), by
    measure.save()
    record("consultations.measure_done", by=by, subject=request, measure=measure)
    return measure


@transaction.atomic
def add_contact(request: ConsultationRequest, *, person: User, by: User) -> Contact:
    """Name one more contact person of the municipality, who is told and may read from now on."""
    request = locked(request)
    check_can_add_contact(by, request)
    others = municipality_side(request)
    contact = _name_contact(request, person, others, by)
    record("consultations.contact_added", by=by, subject=request, person=person)
    emails.contact_added(request, person=person, by=by)
    emails.contact_named(request, others, person=person, by=by)
    return contact


@transaction.atomic
def replace_contact(contact: Contact, *, person: User, by: User) -> Contact:
    """Put another contact person in the place of one, also in the coming meetings.

    The old one reads no more, from now on.
    """
    replace_in_poll("consultation", contact.request_id, contact.user, person, by=by)
    request = locked(contact.request)
    check_can_replace_contact(by, request)
    current = {each.pk: each for each in request.current_contacts}
    if contact.pk not in current:
        raise Refused(_("This contact person has been replaced already."))
    before = current[contact.pk]
    others = municipality_side(request)
    new = _name_contact(request, person, others, by)
    if before.starts_on == clock.today():
        before.delete()
    else:
        before.ends_on = clock.today() - timedelta(days=1)
        before.save()
    leave_meetings(request, before.user, person, by=by)
    record(
        "consultations.contact_replaced",
        by=by,
        subject=request,
        before=before.user,
        person=person,
    )
    emails.contact_added(request, person=person, by=by)
    emails.contact_replaced(request, person=before.user, by=by)
    emails.contact_named(
        request, [each for each in others if each != before.user], person=person, by=by
    )
    return new


@transaction.atomic
def set_municipality(
    request: ConsultationRequest, *, municipality: Municipality, by: User
) -> ConsultationRequest:
    """Say which municipality a case of another origin belongs to; once, and for good."""
    request = locked(request)
    check_can_set_municipality(by, request)
    check_open(request)
    if request.municipality_id is not None:
        raise Refused(
            _("The case already has a municipality: %(name)s.")
            % {"name": request.municipality.name},
            field="municipality",
        )
    if not municipality.holds_on(clock.today()):
        raise Refused(
            _("%(name)s no longer exists.") % {"name": municipality.name}, field="municipality"
        )
    request.municipality = municipality
    save(request)
    record("consultations.municipality_set", by=by, subject=request, municipality=municipality)
    if request.consultant_id is None:
        emails.request_submitted(request, by=by)
    return request


def _check_has_readers(request: ConsultationRequest) -> None:
    """Raise Refused (field "text") when nobody of the municipality would read what is written."""
    if request.municipality_id is None:
        raise Refused(_("The case has no municipality yet. Nobody would read this."), field="text")
    if not municipality_side(request):
        raise Refused(
            _("Nobody of the municipality acts in this case today. Add a contact first."),
            field="text",
        )


def _name_contact(
    request: ConsultationRequest, person: User, others: list[User], by: User
) -> Contact:
    if not request.takes_contacts:
        check_open(request)
    check_staff([person], request.municipality, field="person")
    if person == by and others and by not in others:
        # A manager who does not read the case could otherwise open it to themselves.
        raise Refused(
            _("Others of your municipality act in this case. Ask them to name you."),
            field="person",
        )
    named = {contact.user_id for contact in request.current_contacts} | {request.requester_id}
    if person.pk in named:
        raise Refused(
            _("%(name)s acts in this case already.") % {"name": person.name}, field="person"
        )
    contact = Contact.objects.create(request=request, user=person, starts_on=clock.today())
    del request.current_contacts
    return contact


def _side_of(user: User, request: ConsultationRequest) -> str:
    return Message.Side.BOARD if sides_of(user, request).handles else Message.Side.MUNICIPALITY
