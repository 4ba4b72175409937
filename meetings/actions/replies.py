"""What calendar programs answer by mail."""

from datetime import datetime

from django.db import transaction

from common import clock
from common.refusal import Refused
from meetings.actions.invitees import answer_invitation
from meetings.actions.proposals import make_proposal
from meetings.actions.rows import locked
from meetings.itip import Event, Reply
from meetings.models import IncomingMail, Invitee, Meeting


Outcome = IncomingMail.Outcome


@transaction.atomic
def take_reply(reply: Reply) -> IncomingMail:
    """Take an answer or another time out of a calendar reply, or say why not.

    Returns the mail's line. Whatever is not `taken` changes nothing else. The answer is the
    deed of `answer_invitation`, the other time that of `make_proposal`: they journal and tell.
    """
    event = reply.event
    found = Meeting.objects.filter(uid=event.uid).first()
    if found is None:
        return noted(reply.message_hash, Outcome.UNKNOWN)
    # The meeting is held: of two workers with the same mail the second finds it taken.
    meeting = locked(found)
    invitee = _invitee(meeting, event.attendee)
    stamp = min(event.stamp, clock.now())
    outcome = _judged(reply, meeting, invitee, stamp)
    if outcome == Outcome.TAKEN:
        try:
            with transaction.atomic():
                _carry_out(event, meeting, invitee, stamp)
        except Refused:
            # The past, or the time that the meeting has.
            outcome = Outcome.UNREADABLE
    return noted(
        reply.message_hash,
        outcome,
        reply_hash=event.fingerprint,
        meeting=meeting,
        invitee=invitee,
    )


def noted(
    message_hash: str,
    outcome: str,
    *,
    reply_hash: str = "",
    meeting: Meeting | None = None,
    invitee: Invitee | None = None,
) -> IncomingMail:
    """Write the line of a mail, once for each outcome."""
    line, _new = IncomingMail.objects.get_or_create(
        message_hash=message_hash,
        outcome=outcome,
        defaults={
            "reply_hash": reply_hash,
            "received_at": clock.now(),
            "meeting": meeting,
            "invitee": invitee,
        },
    )
    return line


def _invitee(meeting: Meeting, address: str) -> Invitee | None:
    invitees = meeting.invitees.select_related("user")
    return (
        invitees.filter(user__email__iexact=address).first()
        or invitees.filter(user=None, guest_email__iexact=address).first()
    )


def _judged(reply: Reply, meeting: Meeting, invitee: Invitee | None, stamp: datetime) -> Outcome:
    event = reply.event
    if invitee is None or reply.sender != event.attendee or not reply.proven:
        return Outcome.FORGED
    taken = IncomingMail.objects.filter(outcome=Outcome.TAKEN)
    if (
        taken.filter(message_hash=reply.message_hash).exists()
        or taken.filter(reply_hash=event.fingerprint).exists()
    ):
        return Outcome.REPEATED
    if not meeting.is_open:
        return Outcome.OVER
    if event.sequence < meeting.asked_sequence:
        return Outcome.OUTDATED
    last = (invitee.reply_sequence or 0, invitee.reply_stamp)
    if invitee.reply_stamp and (_sequence(event, meeting), stamp) <= last:
        return Outcome.REPEATED
    # Answered on the web since; a reply's own answer has its DTSTAMP as moment.
    answered_at = invitee.answered_at
    if answered_at and answered_at != invitee.reply_stamp and stamp < answered_at:
        return Outcome.OUTDATED
    return Outcome.TAKEN


def _carry_out(event: Event, meeting: Meeting, invitee: Invitee, stamp: datetime) -> None:
    sequence = _sequence(event, meeting)
    if event.starts_at and event.ends_at:
        make_proposal(
            invitee,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            sequence=sequence,
            by_calendar=True,
            by=invitee.user,
        )
    else:
        answer_invitation(invitee, answer=event.answer, answered_at=stamp, by=invitee.user)
    Invitee.objects.filter(pk=invitee.pk).update(reply_sequence=sequence, reply_stamp=stamp)


def _sequence(event: Event, meeting: Meeting) -> int:
    """Some programs count on by themselves; a number from the future would silence the person."""
    return min(event.sequence, meeting.sequence)
