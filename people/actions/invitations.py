"""Inviting people and letting them in."""

import uuid
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people import emails
from people.actions.rows import (
    address_is_known,
    hold_sender,
    locked,
    made_before,
    make_post,
    make_role,
    new_person,
)
from people.invitations import VALID_FOR, fault_of
from people.models import Invitation, Municipality, Post, StaffRole, User, hash_token, new_token
from people.permissions import (
    check_can_change_role,
    check_can_invite,
    check_can_send_invitation,
    will_hold_high_role,
)
from people.standing import standing_of


@transaction.atomic
def invite_person(
    *,
    email: str,
    first_name: str,
    last_name: str,
    language: str = "et",
    municipality: Municipality | None = None,
    post_kind: str | None = None,
    title: str = "",
    role: str | None = None,
    starts_on: date,
    by: User,
    pk: uuid.UUID | None = None,
) -> User:
    """Ask somebody to join, for one post (`municipality` and `post_kind`) or one `role`.

    Somebody known by the address keeps their name and gets the post alone; a link
    is sent only to those who have no login yet. `pk` becomes the post's or role's
    key: the second of two submits returns the first one's person. Raises
    PermissionDenied; Refused at "email" (holds it already, account closed) and
    "municipality" (no longer exists).
    """
    if role:
        check_can_change_role(by, role)
    else:
        check_can_invite(by, municipality=municipality, post_kind=post_kind)
    hold_sender(by)
    if role:
        done = made_before(StaffRole, pk, role=role)
    else:
        done = made_before(Post, pk, municipality=municipality, kind=post_kind)
    if done:
        return done.user
    person = User.objects.select_for_update().filter(email__iexact=email).first()
    is_administrator = standing_of(by).is_administrator
    if person is None:
        person = new_person(
            email=email, first_name=first_name, last_name=last_name, language=language
        )
    elif not person.is_active:
        raise Refused(
            _("This person's account is closed. An administrator can open it."), field="email"
        )
    elif not person.has_login and will_hold_high_role(person) and not is_administrator:
        # With the post would go a link, which is not the inviter's to send.
        raise Refused(address_is_known(person), field="email")
    if role:
        held = make_role(person, role, starts_on, None, pk, field="email")
    else:
        held = make_post(person, municipality, post_kind, title, starts_on, None, pk, field="email")
    facts = {"role": role} if role else {"post": held, "municipality": municipality}
    if person.has_login:
        record(f"people.{'role' if role else 'post'}_added", by=by, subject=person, **facts)
        (emails.role_added if role else emails.post_added)(held, by=by)
    else:
        record("people.person_invited", by=by, subject=person, **facts)
        _send_link(person, by=by)
    return person


@transaction.atomic
def send_invitation(person: User, *, by: User) -> Invitation:
    """Send a link to somebody who is known and has no login; an earlier link stops working."""
    person = locked(person)
    check_can_send_invitation(by, person)
    _check_may_get_link(person)
    record("people.person_invited", by=by, subject=person)
    return _send_link(person, by=by)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Send a new link in place of one that was not used; the old one stops working."""
    invitation = _open_invitation(invitation)
    check_can_send_invitation(by, invitation.user)
    _check_may_get_link(invitation.user)
    record("people.invitation_resent", by=by, subject=invitation.user)
    return _send_link(invitation.user, by=by)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Let a link that was not used stop working."""
    invitation = _open_invitation(invitation)
    check_can_send_invitation(by, invitation.user)
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    record("people.invitation_revoked", by=by, subject=invitation.user)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str) -> User:
    """Give the invited person a login. Raises Refused for a link that does not work (any more)
    and, at "password1", for a password that is too weak.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=invitation.pk)
    )
    if fault := fault_of(invitation):
        raise Refused(str(fault.label))
    person = invitation.user
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password1") from error
    person.set_password(password)
    person.save(update_fields=["password"])
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record("people.invitation_accepted", by=person, subject=person)
    return person


def _send_link(person: User, *, by: User) -> Invitation:
    person.invitations.open().update(revoked_at=clock.now())
    token = new_token()
    invitation = Invitation.objects.create(
        user=person,
        token_hash=hash_token(token),
        invited_at=clock.now(),
        invited_by=by,
        expires_at=clock.now() + VALID_FOR,
    )
    emails.person_invited(invitation, token)
    return invitation


def _check_may_get_link(person: User) -> None:
    if person.has_login:
        raise Refused(_("This person has a login already."))
    if not person.is_active:
        raise Refused(_("This person's account is closed. An administrator can open it."))
    if not person.email:
        raise Refused(_("This person has no e-mail address. Enter it first."))


def _open_invitation(invitation: Invitation) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=invitation.pk)
    )
    if invitation.accepted_at:
        raise Refused(_("The invitation has been accepted already."))
    if invitation.revoked_at:
        raise Refused(_("The invitation was withdrawn or replaced by a newer one."))
    return invitation
