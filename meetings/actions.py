"""What can happen to a meeting. The stories call `book_meeting` inside their own actions."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.forms import stale_sentence
from meetings.models import Change, Feed, Invitee, Meeting
from meetings.permissions import check_can_answer_invitation, check_can_change_meeting
from meetings.services import service_of
from people.models import User, hash_token, new_token


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody without account who is asked to come."""

    name: str
    email: str
    body: str = ""
    language: str = "et"


def book_meeting(
    *,
    service: str,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    organiser: User,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> Meeting:
    """Make a meeting and its invitees. Part of a story's action, which journals and tells people.

    Guests are told here: only the invitation holds their personal link.
    Times are aware. Raises Refused (field "ends" or "begins") for an end before
    the start and for a start in the past.
    """
    _check_times(starts_at, ends_at)
    meeting = Meeting.objects.create(
        id=pk or uuid.uuid4(),
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        place=place,
        link=link,
        organiser=organiser,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    # The organiser is asked too: for calendars the ORGANIZER is the service mailbox.
    for person in dict.fromkeys([organiser, *people]):
        own = person in (organiser, by)
        Invitee.objects.create(
            meeting=meeting,
            user=person,
            language=person.language,
            answer=Invitee.Answer.ACCEPTED if own else Invitee.Answer.NEEDS_ACTION,
            answered_at=clock.now() if own else None,
        )
    for guest in guests:
        emails.meeting_invitation(_add_guest(meeting, guest))
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
    by: User,
    sequence: int | None = None,
) -> Meeting:
    """Give a planned meeting another time, place or form; the old time stays in its history.

    A new time or place asks everyone again; everyone is told of anything.
    `sequence` is what the person saw. `form`, `place` and `link` change when
    given. Raises PermissionDenied; Refused for a stale `sequence`, a meeting that
    was cancelled or is over, a time that cannot be, and when nothing would change.
    """
    meeting = _locked(meeting)
    check_can_change_meeting(by, meeting)
    _check_planned(meeting)
    _check_not_stale(meeting, sequence)
    _check_times(starts_at, ends_at)
    old_starts_at, old_ends_at = meeting.starts_at, meeting.ends_at
    old_place = (meeting.form, meeting.place)
    old_link = meeting.link
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    for name, value in (("form", form), ("place", place), ("link", link)):
        if value is not None:
            setattr(meeting, name, value)
    moved = (old_starts_at, old_ends_at) != (starts_at, ends_at)
    elsewhere = old_place != (meeting.form, meeting.place)
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
    _changed(meeting)
    if moved or elsewhere:
        meeting.invitees.exclude(user=by).update(
            answer=Invitee.Answer.NEEDS_ACTION, answered_at=None
        )
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
    meeting = _locked(meeting)
    check_can_change_meeting(by, meeting)
    _check_planned(meeting)
    _check_not_stale(meeting, sequence)
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
    _changed(meeting)
    service_of(meeting).cancelled(meeting, by)
    record("meetings.meeting_cancelled", by=by, subject=meeting, sequence=meeting.sequence)
    emails.meeting_cancelled(meeting, by=by)
    return meeting


@transaction.atomic
def add_person(meeting: Meeting, person: User, *, by: User) -> Invitee | None:
    """Ask one more person; None when they are asked already. Raises PermissionDenied."""
    meeting = _locked(meeting)
    check_can_change_meeting(by, meeting)
    invitee, added = Invitee.objects.get_or_create(
        meeting=meeting, user=person, defaults={"language": person.language}
    )
    if not added:
        return None
    record("meetings.invitee_added", by=by, subject=meeting, person=person)
    if meeting.is_open:
        emails.meeting_invitation(invitee)
    return invitee


@transaction.atomic
def add_guest(meeting: Meeting, guest: Guest, *, by: User) -> Invitee:
    """Ask one more guest, who gets a personal link by mail.

    Raises Refused (field "email") when the address is on the list already.
    """
    meeting = _locked(meeting)
    check_can_change_meeting(by, meeting)
    _check_planned(meeting)
    if meeting.invitees.filter(guest_email__iexact=guest.email).exists():
        raise Refused(_("This address is on the list already."), field="email")
    invitee = _add_guest(meeting, guest)
    record("meetings.invitee_added", by=by, subject=meeting, guest=invitee)
    emails.meeting_invitation(invitee)
    return invitee


@transaction.atomic
def remove_invitee(invitee: Invitee, *, by: User) -> None:
    """Take somebody off the list; they alone are told. Raises PermissionDenied."""
    meeting = _locked(invitee.meeting)
    check_can_change_meeting(by, meeting)
    _take_off(invitee, meeting, by=by)


@transaction.atomic
def hand_over_meeting(meeting: Meeting, *, organiser: User, by: User) -> Meeting:
    """Give a coming meeting another organiser, who is asked to come in the former one's place.

    Like `book_meeting` part of a story's action, which has said who may: whoever
    gives away a case or a contact need not be one who moves its meetings.
    """
    meeting = _locked(meeting)
    if not meeting.is_open or meeting.organiser == organiser:
        return meeting
    before = meeting.organiser
    meeting.organiser = organiser
    _changed(meeting)
    _change_person(meeting, before, organiser, by=by)
    return meeting


@transaction.atomic
def replace_person(meeting: Meeting, person: User, other: User | None, *, by: User) -> None:
    """Take a person off a coming meeting and ask the `other`, if any, in their place.

    Nothing happens when the person was not asked. Part of a story's action, as above.
    """
    meeting = _locked(meeting)
    if meeting.is_open and meeting.invitees.filter(user=person).exists():
        _change_person(meeting, person, other, by=by)


@transaction.atomic
def answer_invitation(invitee: Invitee, *, answer: str, by: User | None) -> Invitee:
    """Note whether somebody comes. `by` is None for a guest. The same answer again is no deed.

    Raises PermissionDenied for another's invitation; Refused when the meeting was
    cancelled or is over, and when the person is no longer on its list.
    """
    # The meeting is held, so that no answer slips in beside a move or a cancellation.
    meeting = _locked(invitee.meeting)
    invitee = meeting.invitees.filter(pk=invitee.pk).first()
    if invitee is None:
        raise Refused(_("You are no longer on the list of this meeting."))
    check_can_answer_invitation(by, invitee)
    _check_planned(meeting)
    if invitee.answer == answer:
        return invitee
    invitee.answer = answer
    invitee.answered_at = clock.now()
    invitee.save(update_fields=["answer", "answered_at"])
    record("meetings.invitee_answered", by=by, subject=meeting, invitee=invitee, answer=answer)
    if answer == Invitee.Answer.DECLINED:
        emails.invitation_declined(invitee, by=by)
    return invitee


@transaction.atomic
def renew_feed(*, by: User, seen: str | None = None) -> Feed:
    """Give the person's calendar feed a new address; the old one stops working at once.

    Also makes the first one. `seen` is the `mark` of the address that the person
    saw ("" for none); Refused when it was renewed meanwhile.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    feed = Feed.objects.filter(user=by).first() or Feed(user=by)
    if seen is not None and seen != feed.mark:
        raise Refused(_("The address has already been renewed. Your calendar shows the new one."))
    feed.token = new_token()
    feed.token_hash = hash_token(feed.token)
    feed.renewed_at = clock.now()
    feed.save()
    record("meetings.feed_renewed", by=by, subject=feed)
    return feed


def _add_guest(meeting: Meeting, guest: Guest) -> Invitee:
    return Invitee.objects.create(
        meeting=meeting,
        guest_name=guest.name,
        guest_email=guest.email.lower(),
        guest_body=guest.body,
        language=guest.language,
    )


def _change_person(meeting: Meeting, person: User, other: User | None, *, by: User) -> None:
    for invitee in meeting.invitees.filter(user=person):
        _take_off(invitee, meeting, by=by)
    if other is None:
        return
    own = other == by
    invitee, added = Invitee.objects.get_or_create(
        meeting=meeting,
        user=other,
        defaults={
            "language": other.language,
            "answer": Invitee.Answer.ACCEPTED if own else Invitee.Answer.NEEDS_ACTION,
            "answered_at": clock.now() if own else None,
        },
    )
    if added:
        record("meetings.invitee_added", by=by, subject=meeting, person=other)
        if not own:
            emails.meeting_invitation(invitee)


def _take_off(invitee: Invitee, meeting: Meeting, *, by: User) -> None:
    record("meetings.invitee_removed", by=by, subject=meeting, invitee=invitee)
    if meeting.is_open and invitee.user_id != by.pk:
        emails.meeting_uninvited(invitee)
    invitee.delete()


def _locked(meeting: Meeting) -> Meeting:
    """Read the row anew and hold it until the transaction ends."""
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)


def _check_not_stale(meeting: Meeting, sequence: int | None) -> None:
    if sequence is not None and sequence != meeting.sequence:
        raise Refused(stale_sentence())


def _changed(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = clock.now()
    meeting.save()


def _check_planned(meeting: Meeting) -> None:
    if meeting.is_cancelled:
        raise Refused(_("This meeting has been cancelled."))
    if meeting.is_over:
        raise Refused(_("This meeting is already over."))


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("The end must be later than the beginning."), field="ends")
    if starts_at <= clock.now():
        raise Refused(_("This time is in the past. Choose a later time."), field="begins")
