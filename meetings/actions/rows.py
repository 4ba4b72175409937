"""What every action on a meeting does first and last."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from meetings.availability import busy_of
from meetings.forms import stale_sentence
from meetings.models import Meeting, Proposal, Room
from people.models import User


def locked(meeting: Meeting) -> Meeting:
    """Read the row anew and hold it until the transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)


def check_not_stale(meeting: Meeting, sequence: int | None) -> None:
    if sequence is not None and sequence != meeting.sequence:
        raise Refused(stale_sentence())


def changed(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = clock.now()
    meeting.save()


def close_proposals(meeting: Meeting) -> None:
    """Proposals for a time that the meeting no longer has wait for nobody."""
    meeting.proposals.filter(status=Proposal.Status.OPEN).update(status=Proposal.Status.CLOSED)


def check_planned(meeting: Meeting) -> None:
    if meeting.is_cancelled:
        raise Refused(_("This meeting has been cancelled."))
    if meeting.is_over:
        raise Refused(_("This meeting is already over."))


def hold_people(people: Iterable[User]) -> list[User]:
    """Hold people until the transaction ends, all in one order; before any room."""
    keys = {person.pk for person in people}
    if not keys:
        return []
    return list(User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def check_free(
    people: Iterable[User], starts_at: datetime, ends_at: datetime, *, but: uuid.UUID | None = None
) -> None:
    """Raise Refused (field "begins") when one of these has something else at that time.

    They are held until the transaction ends: else two bookings would each find the time
    free before either has written. All in one order, so that no two wait for each other.
    """
    held = hold_people(people)
    if not held:
        return
    for key, taken in busy_of(held, starts_at, ends_at, but=but).items():
        if any(busy.starts_at < ends_at and starts_at < busy.ends_at for busy in taken):
            name = next(person.name for person in held if person.pk == key)
            raise Refused(_("Not free at that time: %(name)s.") % {"name": name}, field="begins")


def check_room(
    room: Room | None, starts_at: datetime, ends_at: datetime, *, but: uuid.UUID | None = None
) -> None:
    """Raise Refused (field "room") when another meeting has the room at that time.

    The room is held until the transaction ends, as the people are; after them, so that
    no two bookings wait for each other. `but` is the key of a meeting that is moved.
    """
    if room is None:
        return
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    others = room.meetings.planned().between(starts_at, ends_at).exclude(pk=but)
    if others.exists():
        raise Refused(
            _("The room is taken at that time: %(room)s. Choose another room or time.")
            % {"room": room},
            field="room",
        )


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("The end must be later than the beginning."), field="ends")
    if starts_at <= clock.now():
        raise Refused(_("This time is in the past. Choose a later time."), field="begins")
