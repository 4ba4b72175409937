"""Coming to another group's meeting once, when one must miss one's own."""

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusal import Refused
from journal.record import record
from meetings.actions import answer_invitation, ask_people, take_people_off
from people.models import User
from supervision import emails
from supervision.actions.rows import locked
from supervision.guest_seats import other_dates
from supervision.models import GuestSeat, Registration, Session
from supervision.permissions import check_can_sit_elsewhere


@transaction.atomic
def take_guest_seat(session: Session, *, instead_of: Session, by: User) -> GuestSeat:
    """Sit in a parallel group's meeting instead of one's own, once a season. The supervisor there
    is told by mail; one's own meeting gets the answer that one does not come.

    Raises PermissionDenied for somebody who is no member of the group of `instead_of`; Refused
    when they have sat elsewhere already, and (field "session") when the chair is taken.
    """
    # Held, so that two guests do not take the last chair.
    locked(session.group)
    seat = check_can_sit_elsewhere(by, instead_of)
    registration = locked(seat.registration)
    if instead_of.meeting.has_begun or instead_of.meeting.is_cancelled:
        raise Refused(_("This meeting is over or was cancelled."))
    if GuestSeat.objects.filter(registration=registration).exists():
        raise Refused(_("You have chosen another date already: it is possible once a season."))
    if session.pk not in {each.pk for each in other_dates(registration, instead_of)}:
        raise Refused(_("This date cannot be chosen any more. Choose another."), field="session")
    guest = GuestSeat.objects.create(
        registration=registration, instead_of=instead_of, session=session, taken_by=by
    )
    ask_people(session.meeting, [by], by=by)
    for invitee in instead_of.meeting.invitees.filter(user=by):
        answer_invitation(invitee, answer="declined", by=by)
    record("supervision.guest_seat_taken", by=by, subject=session, instead_of=instead_of)
    emails.guest_coming(guest)
    return guest


@transaction.atomic
def give_up_guest_seat(guest: GuestSeat, *, by: User) -> None:
    """Come to one's own group after all. Raises Refused when the other meeting has begun."""
    check_can_sit_elsewhere(by, guest.instead_of)
    if guest.session.meeting.has_begun:
        raise Refused(_("The meeting has begun."))
    leave_guest_seat(guest.registration, by=by)
    record("supervision.guest_seat_given_up", by=by, subject=guest.session)


def leave_guest_seat(registration: Registration, *, by: User) -> None:
    """Part of the actions that journal why; the chair is free again."""
    for guest in GuestSeat.objects.filter(registration=registration):
        if not guest.session.meeting.has_begun:
            take_people_off(guest.session.meeting, [registration.user], by=by)
            guest.delete()
