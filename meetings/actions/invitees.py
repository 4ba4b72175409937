"""Who is asked to a meeting, and what they answer."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.actions.rows import changed, check_planned, locked
from meetings.forms import stale_sentence
from meetings.models import Invitee, Meeting, PollInvitee
from meetings.permissions import check_can_answer_invitation, check_can_change_meeting
from people.models import User


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody without account who is asked to come; or who `comes`, having said so before."""

    name: str
    email: str
    body: str = ""
    language: str = "et"
    comes: bool = False

    @classmethod
    def like(cls, invitee: PollInvitee, *, comes: bool) -> "Guest":
        """The guest of a poll, to be asked to its meeting."""
        return cls(
            comes=comes,
            name=invitee.guest_name,
            email=invitee.guest_email,
            body=invitee.guest_body,
            language=invitee.language,
        )


@transaction.atomic
def add_person(meeting: Meeting, person: User, *, comes: bool = False, by: User) -> Invitee | None:
    """Ask one more person, or list one who `comes`, having said so before; None when they are
    on the list already. Whether they are free is for them to say. Raises PermissionDenied.
    """
    meeting = locked(meeting)
    check_can_change_meeting(by, meeting)
    invitee, added = Invitee.objects.get_or_create(
        meeting=meeting, user=person, defaults={"language": person.language} | answer_of(comes)
    )
    if not added:
        return None
    record("meetings.invitee_added", by=by, subject=meeting, person=person)
    if meeting.is_open:
        _ask(invitee, meeting, by=by)
    return invitee


@transaction.atomic
def add_guest(meeting: Meeting, guest: Guest, *, by: User) -> Invitee:
    """Ask one more guest, who gets a personal link by mail.

    Raises Refused (field "email") when the address is on the list already, as a guest's or
    as that of a person with an account.
    """
    meeting = locked(meeting)
    check_can_change_meeting(by, meeting)
    check_planned(meeting)
    same = Q(guest_email__iexact=guest.email) | Q(user__email__iexact=guest.email)
    if meeting.invitees.filter(same).exists():
        raise Refused(_("This address is on the list already."), field="email")
    invitee = ask_guest(meeting, guest)
    record("meetings.invitee_added", by=by, subject=meeting, guest=invitee)
    _ask(invitee, meeting, by=by)
    return invitee


@transaction.atomic
def remove_invitee(invitee: Invitee, *, by: User) -> None:
    """Take somebody off the list; they alone are told. Raises PermissionDenied."""
    meeting = locked(invitee.meeting)
    check_can_change_meeting(by, meeting)
    _take_off(invitee, meeting, by=by)


@transaction.atomic
def hand_over_meeting(meeting: Meeting, *, organiser: User, by: User) -> Meeting:
    """Give a coming meeting another organiser, who is asked to come in the former one's place.

    Like `book_meeting` part of a story's action, which has said who may: whoever
    gives away a case or a contact need not be one who moves its meetings.
    """
    meeting = locked(meeting)
    if not meeting.is_open or meeting.organiser == organiser:
        return meeting
    before = meeting.organiser
    staying = _others(meeting, before, organiser)
    meeting.organiser = organiser
    changed(meeting)
    _change_person(meeting, before, organiser, by=by)
    emails.meeting_handed_over(meeting, staying, by=by)
    return meeting


@transaction.atomic
def pass_meeting_on(meeting: Meeting, person: User, to: User, *, by: User) -> bool:
    """Put `to` in the person's place at a coming meeting: on its list, and as its organiser.

    Part of a story's action, which has said who may, journals, and tells people in its own
    words: here only their calendars are told. Say whether the person had a part in it.
    """
    meeting = locked(meeting)
    before = meeting.invitees.filter(user=person)
    leads = meeting.organiser_id == person.pk
    if not meeting.is_open or not (leads or before.exists()):
        return False
    staying = _others(meeting, person, to)
    if leads:
        meeting.organiser = to
        changed(meeting)
    for invitee in before:
        _uninvite(invitee, meeting, by=by, quiet=True)
    invitee, _added = Invitee.objects.get_or_create(
        meeting=meeting, user=to, defaults={"language": to.language}
    )
    changed(meeting)
    emails.calendars_told(meeting, [invitee], by=by)
    emails.meeting_handed_over(meeting, staying, by=by)
    return True


@transaction.atomic
def leave_meeting(meeting: Meeting, person: User, *, by: User) -> bool:
    """Take somebody who was only asked off a coming meeting, and tell its organiser.

    Part of an action that has said who may and journals. Say whether they were asked.
    Raises Refused for the organiser: without one there is no meeting.
    """
    meeting = locked(meeting)
    if not meeting.is_open:
        return False
    if meeting.organiser_id == person.pk:
        raise Refused(_("This person organises the meeting. Cancel it."))
    invitee = meeting.invitees.filter(user=person).first()
    if invitee is None:
        return False
    _uninvite(invitee, meeting, by=by)
    emails.meeting_left(meeting, person, by=by)
    return True


@transaction.atomic
def replace_person(meeting: Meeting, person: User, other: User | None, *, by: User) -> None:
    """Take a person off a coming meeting and ask the `other`, if any, in their place.

    Nothing happens when the person was not asked. Part of a story's action, as above.
    """
    meeting = locked(meeting)
    if meeting.is_open and meeting.invitees.filter(user=person).exists():
        _change_person(meeting, person, other, by=by)


@transaction.atomic
def answer_invitation(
    invitee: Invitee,
    *,
    answer: str,
    by: User | None,
    answered_at: datetime | None = None,
    sequence: int | None = None,
) -> Invitee:
    """Note whether somebody comes. `by` is None for a guest. The same answer again is no deed.

    `answered_at` is when they said so, if that was before now; `sequence` is the meeting's that
    they saw: an answer to an earlier time or place is none to the present one. Raises
    PermissionDenied for another's invitation; Refused when the meeting was cancelled or is
    over, and when the person is no longer on its list.
    """
    # The meeting is held, so that no answer slips in beside a move or a cancellation.
    meeting = locked(invitee.meeting)
    invitee = meeting.invitees.filter(pk=invitee.pk).first()
    if invitee is None:
        raise Refused(_("You are no longer on the list of this meeting."))
    check_can_answer_invitation(by, invitee)
    check_planned(meeting)
    if sequence is not None and sequence < meeting.asked_sequence:
        raise Refused(stale_sentence())
    if invitee.answer == answer:
        return invitee
    invitee.answer = answer
    invitee.answered_at = answered_at or clock.now()
    invitee.save(update_fields=["answer", "answered_at"])
    record("meetings.invitee_answered", by=by, subject=meeting, invitee=invitee, answer=answer)
    if answer == Invitee.Answer.DECLINED:
        emails.invitation_declined(invitee, by=by)
    return invitee


@transaction.atomic
def ask_people(meeting: Meeting, people: Iterable[User], *, by: User) -> None:
    """Put people on the list of a coming meeting; who stands there already stays.

    Part of a story's action, which has said who may, journals, and tells people in its
    own words: here only their calendars are told.
    """
    meeting = locked(meeting)
    known = set(meeting.invitees.values_list("user", flat=True))
    asked = [
        Invitee(id=uuid.uuid4(), meeting=meeting, user=person, language=person.language)
        for person in people
        if person.pk not in known
    ]
    if asked:
        changed(meeting)
        Invitee.objects.bulk_create(asked)
        emails.calendars_told(meeting, asked, by=by)


@transaction.atomic
def take_people_off(meeting: Meeting, people: Iterable[User], *, by: User) -> None:
    """Take people off the list of a coming meeting. Part of a story's action, as above."""
    meeting = locked(meeting)
    for invitee in meeting.invitees.filter(user__in=list(people)):
        _uninvite(invitee, meeting, by=by, quiet=True)


def ask_guest(meeting: Meeting, guest: Guest) -> Invitee:
    return Invitee.objects.create(
        meeting=meeting,
        guest_name=guest.name,
        guest_email=guest.email.lower(),
        guest_body=guest.body,
        language=guest.language,
        **answer_of(guest.comes),
    )


def answer_of(comes: bool) -> dict[str, Any]:
    """Return what stands in the row of somebody who comes, or who is asked."""
    if comes:
        return {"answer": Invitee.Answer.ACCEPTED, "answered_at": clock.now()}
    return {"answer": Invitee.Answer.NEEDS_ACTION, "answered_at": None}


def _others(meeting: Meeting, *people: User) -> list[Invitee]:
    """Return the list without these, as it is before anything changes."""
    gone = {person.pk for person in people}
    return [invitee for invitee in meeting.invitees.all() if invitee.user_id not in gone]


def _change_person(meeting: Meeting, person: User, other: User | None, *, by: User) -> None:
    for invitee in meeting.invitees.filter(user=person):
        _take_off(invitee, meeting, by=by)
    if other is None:
        return
    own = other == by
    invitee, added = Invitee.objects.get_or_create(
        meeting=meeting,
        user=other,
        defaults={"language": other.language} | answer_of(own),
    )
    if added:
        record("meetings.invitee_added", by=by, subject=meeting, person=other)
        _ask(invitee, meeting, by=by)


def _take_off(invitee: Invitee, meeting: Meeting, *, by: User) -> None:
    record("meetings.invitee_removed", by=by, subject=meeting, invitee=invitee)
    _uninvite(invitee, meeting, by=by)


def _ask(invitee: Invitee, meeting: Meeting, *, by: User) -> None:
    """Invite one more. Their SEQUENCE is new, so that whoever was taken off before and is
    asked again gets a higher one than their cancellation had.
    """
    changed(meeting)
    invitee.meeting = meeting
    emails.meeting_invitation(invitee, by=by)


def _uninvite(invitee: Invitee, meeting: Meeting, *, by: User, quiet: bool = False) -> None:
    """Take the row away; the person alone is told, of a meeting that is still to come."""
    if meeting.is_open:
        changed(meeting)
        invitee.meeting = meeting
        emails.meeting_uninvited(invitee, by=by, quiet=quiet)
    invitee.delete()
