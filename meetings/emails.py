"""Mails about meetings: a time, a place and a link, never what it is about."""

from typing import Any

from meetings.guests import guest_url
from meetings.models import Change, Invitee, Meeting
from outbox.compose import absolute, compose
from people.models import User


def meeting_invitation(invitee: Invitee) -> None:
    """Ask somebody to come; nobody is asked twice for the same time."""
    key = f"meeting_invitation:{invitee.pk}:{invitee.meeting.sequence}"
    _tell(invitee, "meetings.meeting_invitation", once_key=key)


def invitation_declined(invitee: Invitee, *, by: User | None) -> None:
    """Tell the organiser, who would otherwise sit there alone; no other answer needs a mail."""
    meeting = invitee.meeting
    if meeting.organiser != by:
        compose(
            "meetings.invitation_declined",
            to=meeting.organiser,
            meeting=meeting,
            name=invitee.name,
            link=absolute(meeting.get_absolute_url()),
        )


def meeting_uninvited(invitee: Invitee) -> None:
    _tell(invitee, "meetings.meeting_uninvited")


def meeting_moved(meeting: Meeting, *, change: Change, by: User) -> None:
    for invitee in _others(meeting, by):
        _tell(invitee, "meetings.meeting_moved", change=change)


def meeting_changed(meeting: Meeting, *, by: User) -> None:
    for invitee in _others(meeting, by):
        _tell(invitee, "meetings.meeting_changed")


def meeting_cancelled(meeting: Meeting, *, by: User) -> None:
    for invitee in _others(meeting, by):
        _tell(invitee, "meetings.meeting_cancelled")


def _others(meeting: Meeting, by: User) -> list[Invitee]:
    invitees = meeting.invitees.select_related("user", "meeting__organiser")
    return [invitee for invitee in invitees if invitee.user_id != by.pk]


def _tell(invitee: Invitee, kind: str, **context: Any) -> None:
    meeting = invitee.meeting
    guest = invitee.user is None
    compose(
        kind,
        to=invitee.user,
        address=invitee.email,
        language=invitee.language if guest else invitee.user.language,
        meeting=meeting,
        guest=invitee.guest_name if guest else "",
        link=guest_url(invitee) if guest else absolute(meeting.get_absolute_url()),
        **context,
    )
