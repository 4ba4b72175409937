"""The personal link of an invitation: how it is found again and what may be wrong with it."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Invitation, hash_token


VALID_FOR = timedelta(days=14)
"""How long a link works. Source: the product's own rule (valid once, for 14 days)."""


class Fault(models.TextChoices):
    """Why a link lets nobody in."""

    USED = "used", _("This link has been used already. Log in with your e-mail address.")
    REVOKED = "revoked", _("This link was withdrawn or replaced by a newer one.")
    EXPIRED = "expired", _("This link is older than 14 days. Ask for a new one.")
    CLOSED = "closed", _("This account is closed. Write to your consultant.")


def invitation_by_token(token: str) -> Invitation | None:
    """Return the invitation of a link, whatever its state, or None for an unknown link."""
    return Invitation.objects.select_related("user").filter(token_hash=hash_token(token)).first()


def fault_of(invitation: Invitation) -> Fault | None:
    """Say why the link does not work now, or None when it does."""
    if invitation.accepted_at:
        return Fault.USED
    if invitation.revoked_at:
        return Fault.REVOKED
    if invitation.is_expired:
        return Fault.EXPIRED
    if not invitation.user.is_active:
        return Fault.CLOSED
    return None
