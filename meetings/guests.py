"""Personal links for guests: signed, bound to one invitee and one address.

A link holds the row's key and a signature over key and address. The address itself stands
in no link: links end up in logs.
"""

import uuid

from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse

from meetings.models import Invitee, PollInvitee
from outbox.compose import absolute


SALT = "meetings.guest"
POLL_SALT = "meetings.poll-guest"


def guest_url(invitee: Invitee) -> str:
    """Return the full personal link of a guest."""
    return absolute(reverse("meetings:guest-answer", args=[_token(SALT, invitee)]))


def guest_by_token(token: str) -> Invitee | None:
    """Return the guest whom a personal link names, or None for a forged or outdated one."""
    return _guest(SALT, token, Invitee.objects.select_related("meeting__organiser"))


def poll_guest_url(invitee: PollInvitee) -> str:
    """Return the full personal link of a guest who is asked in a poll."""
    return absolute(reverse("meetings:poll-guest-answer", args=[_token(POLL_SALT, invitee)]))


def poll_guest_by_token(token: str) -> PollInvitee | None:
    """Return the guest whom a personal link names, or None for a forged or outdated one."""
    invitees = PollInvitee.objects.select_related("poll__organiser", "poll__chosen", "poll__room")
    return _guest(POLL_SALT, token, invitees)


def _token(salt: str, invitee: Invitee | PollInvitee) -> str:
    return _signer(salt, invitee.guest_email).sign(invitee.pk.hex)


def _guest(salt: str, token: str, invitees: QuerySet) -> Invitee | PollInvitee | None:
    try:
        key = uuid.UUID(token.partition(":")[0])
    except ValueError:
        return None
    invitee = invitees.filter(pk=key, user__isnull=True).first()
    if invitee is None:
        return None
    try:
        _signer(salt, invitee.guest_email).unsign(token)
    except signing.BadSignature:
        return None
    return invitee


def _signer(salt: str, email: str) -> signing.Signer:
    return signing.Signer(salt=f"{salt}:{email}")
