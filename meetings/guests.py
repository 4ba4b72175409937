"""Personal links for guests: signed, bound to one invitee and one address."""

from django.core import signing
from django.urls import reverse

from meetings.models import Invitee, PollInvitee
from outbox.compose import absolute


SALT = "meetings.guest"
POLL_SALT = "meetings.poll-guest"


def guest_url(invitee: Invitee) -> str:
    """Return the full personal link of a guest."""
    token = signing.dumps([str(invitee.pk), invitee.guest_email], salt=SALT, compress=True)
    return absolute(reverse("meetings:guest-answer", args=[token]))


def guest_by_token(token: str) -> Invitee | None:
    """Return the guest whom a personal link names, or None for a forged or outdated one."""
    try:
        pk, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return (
        Invitee.objects.select_related("meeting__organiser")
        .filter(pk=pk, user__isnull=True, guest_email=email)
        .first()
    )


def poll_guest_url(invitee: PollInvitee) -> str:
    """Return the full personal link of a guest who is asked in a poll."""
    token = signing.dumps([str(invitee.pk), invitee.guest_email], salt=POLL_SALT, compress=True)
    return absolute(reverse("meetings:poll-guest-answer", args=[token]))


def poll_guest_by_token(token: str) -> PollInvitee | None:
    """Return the guest whom a personal link names, or None for a forged or outdated one."""
    try:
        pk, email = signing.loads(token, salt=POLL_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return (
        PollInvitee.objects.select_related("poll__organiser", "poll__chosen")
        .filter(pk=pk, user__isnull=True, guest_email=email)
        .first()
    )
