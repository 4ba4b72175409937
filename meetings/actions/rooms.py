"""The rooms that meetings can take."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.models import Room
from meetings.permissions import check_can_change_rooms
from people.models import Municipality, User


@transaction.atomic
def add_room(
    *,
    municipality: Municipality,
    name: str,
    address: str,
    seats: int | None = None,
    notes: str = "",
    by: User,
    pk: uuid.UUID | None = None,
) -> Room:
    """Add a room that meetings can take, one at a time.

    Raises PermissionDenied; Refused (field "name") when the municipality has one of this name.
    """
    check_can_change_rooms(by)
    _hold_names(municipality)
    if pk and (made := Room.objects.filter(pk=pk).first()):
        return made
    _check_name(municipality, name)
    room = Room.objects.create(
        id=pk or uuid.uuid4(),
        municipality=municipality,
        name=name,
        address=address,
        seats=seats,
        notes=notes,
    )
    record("meetings.room_added", by=by, subject=room)
    return room


@transaction.atomic
def change_room(
    room: Room, *, name: str, address: str, seats: int | None = None, notes: str = "", by: User
) -> Room:
    """Change what is said of a room. Meetings keep the words under which they were booked.

    Raises PermissionDenied; Refused (field "name") when the municipality has one of this name.
    """
    check_can_change_rooms(by)
    _hold_names(room.municipality)
    room = _locked(room)
    _check_name(room.municipality, name, but=room)
    room.name, room.address, room.seats, room.notes = name, address, seats, notes
    room.save()
    record("meetings.room_changed", by=by, subject=room)
    return room


@transaction.atomic
def close_room(room: Room, *, by: User) -> Room:
    """Offer a room no more; meetings that have it keep it. Raises PermissionDenied."""
    check_can_change_rooms(by)
    room = _locked(room)
    if room.closed_at is None:
        room.closed_at, room.closed_by = clock.now(), by
        room.save()
        record("meetings.room_closed", by=by, subject=room)
    return room


@transaction.atomic
def reopen_room(room: Room, *, by: User) -> Room:
    """Offer a closed room again. Raises PermissionDenied."""
    check_can_change_rooms(by)
    room = _locked(room)
    if room.closed_at is not None:
        room.closed_at = room.closed_by = None
        room.save()
        record("meetings.room_reopened", by=by, subject=room)
    return room


def _locked(room: Room) -> Room:
    return Room.objects.select_for_update(no_key=True).get(pk=room.pk)


def _hold_names(municipality: Municipality) -> None:
    """Let nobody else name a room there until the transaction ends: the second of two equal
    names is refused with a sentence, and a form sent twice at once finds its own room.
    """
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def _check_name(municipality: Municipality, name: str, *, but: Room | None = None) -> None:
    others = municipality.rooms.filter(name__iexact=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise Refused(_("There is a room of this name already."), field="name")
