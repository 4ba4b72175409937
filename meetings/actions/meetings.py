"""A meeting's life: booked, moved, cancelled. The stories book inside their own actions."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.actions.invitees import Guest, answer_of, ask_guest
from meetings.actions.rows import (
    changed,
    check_free,
    check_not_stale,
    check_planned,
    check_room,
    check_times,
    close_proposals,
    hold_people,
    locked,
)
from meetings.models import Change, Invitee, Meeting, Room
from meetings.permissions import (
    check_can_cancel_meeting,
    check_can_change_meeting,
    check_can_move_meeting,
)
from meetings.services import service_of
from people.models import User


def book_meeting(
    *,
    service: str,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    organiser: User,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    free: Iterable[User] = (),
    coming: Collection[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> Meeting:
    """Make a meeting and its invitees. Part of a story's action, which journals and tells people.

    The story then calls `emails.meeting_invitations`, when its own row is there, which
    gives the meeting its title. Times are aware. `free` must have nothing else at that
    time; who is among `coming` has said already that they come. Raises Refused (field
    "ends" or "begins") for an end before the start, for a start in the past, when one of
    `free` has a meeting then, and (field "room") when another meeting has the room.
    """
    check_times(starts_at, ends_at)
    check_free(free, starts_at, ends_at)
    check_room(room, starts_at, ends_at)
    meeting = Meeting.objects.create(
        id=pk or uuid.uuid4(),
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        place=place,
        link=link,
        room=room,
        organiser=organiser,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    # The organiser is asked too: for calendars the ORGANIZER is the service mailbox.
    for person in dict.fromkeys([organiser, *people]):
        comes = person in (organiser, by) or person in coming
        Invitee.objects.create(
            meeting=meeting, user=person, language=person.language, **answer_of(comes)
        )
    for guest in guests:
        ask_guest(meeting, guest)
    return meeting


@transaction.atomic
def move_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    wanted_by: str,
    reason: str,
    form: str | None = None,
    place: str | None = None,
    link: str | None = None,
    room: Room | None = None,
    free: Iterable[User] = (),
    by: User,
    sequence: int | None = None,
) -> Meeting:
    """Give a planned meeting another time, place or form; the old time stays in its history.

    A new time or place asks everyone again; everyone is told of anything.
    `sequence` is what the person saw. `form`, `place` and `link` change when
    given; with `place` the `room` changes too. `free` must have nothing else at the new
    time. Raises PermissionDenied;
    Refused for a stale `sequence`, a meeting that was cancelled or is over, a time that
    cannot be, and when nothing would change.
    """
    meeting = locked(meeting)
    check_can_move_meeting(by, meeting)
    check_planned(meeting)
    check_not_stale(meeting, sequence)
    check_times(starts_at, ends_at)
    if place is None:
        room = meeting.room
    if room is not None:
        # Whom the story looks at afterwards is held before the room, as everywhere.
        hold_people([*free, *meeting.coming()])
    check_free(free, starts_at, ends_at, but=meeting.pk)
    check_room(room, starts_at, ends_at, but=meeting.pk)
    old_starts_at, old_ends_at = meeting.starts_at, meeting.ends_at
    old_place = (meeting.form, meeting.place, meeting.room_id)
    old_link = meeting.link
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    for name, value in (("form", form), ("place", place), ("link", link)):
        if value is not None:
            setattr(meeting, name, value)
    # Whoever meets by video or telephone needs no room.
    meeting.room = room if meeting.form == Meeting.Form.ON_SITE else None
    moved = (old_starts_at, old_ends_at) != (starts_at, ends_at)
    elsewhere = old_place != (meeting.form, meeting.place, meeting.room_id)
    if not moved and not elsewhere and meeting.link == old_link:
        raise Refused(_("Nothing has changed yet. Choose another time or place."), field="day")
    change = Change.objects.create(
        meeting=meeting,
        kind=Change.Kind.MOVED,
        wanted_by=wanted_by,
        reason=reason,
        old_starts_at=old_starts_at,
        old_ends_at=old_ends_at,
        new_starts_at=starts_at,
        new_ends_at=ends_at,
        made_at=clock.now(),
        made_by=by,
    )
    if moved or elsewhere:
        meeting.asked_sequence = meeting.sequence + 1
    changed(meeting)
    if moved or elsewhere:
        close_proposals(meeting)
        _ask_again(meeting, by=by)
    service_of(meeting).moved(meeting, by)
    if moved:
        record("meetings.meeting_moved", by=by, subject=meeting, sequence=meeting.sequence)
        emails.meeting_moved(meeting, change=change, by=by)
    else:
        record("meetings.meeting_changed", by=by, subject=meeting, sequence=meeting.sequence)
        emails.meeting_changed(meeting, by=by)
    return meeting


@transaction.atomic
def cancel_meeting(
    meeting: Meeting,
    *,
    wanted_by: str,
    reason: str,
    by: User,
    sequence: int | None = None,
) -> Meeting:
    """Cancel a planned meeting; it stays in its history and in the feeds as cancelled.

    Raises PermissionDenied; Refused for a stale `sequence`, a meeting that was
    cancelled already or is over.
    """
    meeting = locked(meeting)
    check_can_cancel_meeting(by, meeting)
    check_planned(meeting)
    check_not_stale(meeting, sequence)
    return _cancel(meeting, wanted_by=wanted_by, reason=reason, by=by)


@transaction.atomic
def call_off_meeting(meeting: Meeting, *, wanted_by: str, reason: str = "", by: User) -> bool:
    """Cancel a meeting that is still to come, because what it belongs to has ended.

    Part of a story's action, which has said who may, and holds its own row before or after this
    as its hooks do. Say whether there was anything to cancel.
    """
    meeting = locked(meeting)
    if not meeting.is_open or meeting.has_begun:
        return False
    _cancel(meeting, wanted_by=wanted_by, reason=reason, by=by)
    return True


def _cancel(meeting: Meeting, *, wanted_by: str, reason: str, by: User) -> Meeting:
    Change.objects.create(
        meeting=meeting,
        kind=Change.Kind.CANCELLED,
        wanted_by=wanted_by,
        reason=reason,
        old_starts_at=meeting.starts_at,
        old_ends_at=meeting.ends_at,
        made_at=clock.now(),
        made_by=by,
    )
    meeting.status = Meeting.Status.CANCELLED
    changed(meeting)
    close_proposals(meeting)
    service_of(meeting).cancelled(meeting, by)
    record("meetings.meeting_cancelled", by=by, subject=meeting, sequence=meeting.sequence)
    emails.meeting_cancelled(meeting, by=by)
    return meeting


@transaction.atomic
def restore_meeting(
    meeting: Meeting, *, free: Iterable[User] = (), by: User, sequence: int | None = None
) -> Meeting:
    """Let a cancelled meeting take place after all, at its old time; everyone is asked anew.

    `free` must have nothing else at that time. Raises PermissionDenied; Refused for a stale
    `sequence`, a meeting that is not cancelled or whose time has come, when another meeting
    has its room by now (field "room"), and when the story has gone on without it.
    """
    meeting = locked(meeting)
    check_can_change_meeting(by, meeting)
    if not meeting.is_cancelled:
        raise Refused(_("This meeting is not cancelled."))
    if meeting.has_begun:
        raise Refused(_("The time of this meeting has passed. Book a new one."))
    check_not_stale(meeting, sequence)
    if meeting.room is not None:
        hold_people([*free, *meeting.coming()])
    check_free(free, meeting.starts_at, meeting.ends_at)
    check_room(meeting.room, meeting.starts_at, meeting.ends_at)
    Change.objects.create(
        meeting=meeting,
        kind=Change.Kind.RESTORED,
        wanted_by=Change.WantedBy.ORGANISER,
        old_starts_at=meeting.starts_at,
        old_ends_at=meeting.ends_at,
        new_starts_at=meeting.starts_at,
        new_ends_at=meeting.ends_at,
        made_at=clock.now(),
        made_by=by,
    )
    meeting.status = Meeting.Status.CONFIRMED
    meeting.asked_sequence = meeting.sequence + 1
    changed(meeting)
    _ask_again(meeting, by=by)
    service_of(meeting).restored(meeting, by)
    record("meetings.meeting_restored", by=by, subject=meeting, sequence=meeting.sequence)
    emails.meeting_restored(meeting, by=by)
    return meeting


def _ask_again(meeting: Meeting, *, by: User) -> None:
    """Forget the answers: they were given to another time, place or state. Whoever makes the
    change comes, even if they declined before.
    """
    declined = meeting.invitees.filter(user=by, answer=Invitee.Answer.DECLINED)
    declined.update(answer=Invitee.Answer.ACCEPTED, answered_at=clock.now())
    meeting.invitees.exclude(user=by).update(answer=Invitee.Answer.NEEDS_ACTION, answered_at=None)
