"""People and their accounts."""

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people.actions.rows import (
    address_is_known,
    hold_sender,
    locked,
    made_before,
    make_post,
    new_person,
)
from people.models import Municipality, Post, User, hash_token
from people.permissions import (
    check_can_change_account,
    check_can_change_address,
    check_can_change_person,
    check_can_invite,
)


@transaction.atomic
def add_person_without_login(
    *,
    first_name: str,
    last_name: str,
    email: str | None = None,
    phone: str = "",
    language: str = "et",
    municipality: Municipality,
    post_kind: str,
    title: str = "",
    starts_on: date,
    by: User,
    pk: uuid.UUID | None = None,
) -> User:
    """Note a person and their post without inviting them.

    `pk` becomes the post's key, as in `invite_person`. Raises Refused at "email"
    when the address is somebody's already.
    """
    check_can_invite(by, municipality=municipality, post_kind=post_kind)
    hold_sender(by)
    if done := made_before(Post, pk, municipality=municipality, kind=post_kind):
        return done.user
    if email and (known := User.objects.filter(email__iexact=email).first()):
        raise Refused(address_is_known(known), field="email")
    person = new_person(
        email=email, first_name=first_name, last_name=last_name, phone=phone, language=language
    )
    post = make_post(person, municipality, post_kind, title, starts_on, None, pk)
    record("people.person_added", by=by, subject=person, post=post, municipality=municipality)
    return person


@transaction.atomic
def change_person(
    person: User,
    *,
    first_name: str,
    last_name: str,
    phone: str,
    language: str,
    email: str | None = None,
    seen: str | None = None,
    by: User,
) -> User:
    """Change name, telephone and language; the address only of somebody without a login.

    Those who have a login change their address themselves, after confirming it.
    `seen` is the mark of the data that the form showed (`mark_of_person`); a stale
    one is refused.
    """
    person = locked(person)
    check_can_change_person(by, person)
    if seen is not None and seen != mark_of_person(person):
        raise Refused(_("Somebody changed these data meanwhile. Look at them and try again."))
    if not person.has_login and email is not None and by.pk != person.pk:
        email = email.lower() or None
        others = User.objects.exclude(pk=person.pk)
        if email and (known := others.filter(email__iexact=email).first()):
            raise Refused(address_is_known(known), field="email")
        if email != person.email:
            check_can_change_address(by, person)
            # A link that went to the old address must not let anyone in.
            person.invitations.open().update(revoked_at=clock.now())
        person.email = email
    person.first_name, person.last_name = first_name, last_name
    person.phone, person.language = phone, language
    person.save()
    record("people.person_changed", by=by, subject=person)
    return person


def mark_of_person(person: User) -> str:
    """Return a short mark of the data that `change_person` changes."""
    facts = (person.first_name, person.last_name, person.phone, person.language, person.email)
    return hash_token("\n".join(map(str, facts)))[:16]


@transaction.atomic
def close_account(person: User, *, by: User) -> User:
    """Let nobody log in as this person any more, at once; posts and roles stay as they are."""
    person = locked(person)
    check_can_change_account(by)
    if person.pk == by.pk:
        raise Refused(_("You cannot close your own account."), field="is_active")
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("people.account_closed", by=by, subject=person)
    return person


@transaction.atomic
def open_account(person: User, *, by: User) -> User:
    person = locked(person)
    check_can_change_account(by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("people.account_opened", by=by, subject=person)
    return person
