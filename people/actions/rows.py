"""What several deeds need: rows held, people made, periods begun and ended."""

import uuid
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.templatetags.words import day_text
from people.models import Municipality, Post, ServiceArea, StaffRole, User


Row = TypeVar("Row", bound=models.Model)

FAR = date.max
"""Stands for "until further notice" when periods are compared."""


def locked(person: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def locked_period(row, *related: str):
    """Read a period row anew with its people and hold it until the transaction ends."""
    return type(row).objects.select_for_update(of=("self",)).select_related(*related).get(pk=row.pk)


def hold_sender(by: User) -> None:
    """Let a second sending of the same form wait: of a new person nothing stands yet that
    it could wait at, but the sender does.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def made_before(model: type[Row], pk: uuid.UUID | None, **owned: object) -> Row | None:
    """Return the row that an earlier sending of the same form made, or None.

    Raises Refused when the key belongs to a row about something else.
    """
    row = model.objects.filter(pk=pk).first() if pk else None
    if row is None or all(getattr(row, name) == value for name, value in owned.items()):
        return row
    raise Refused(_("This form was already used. Open the page again and fill it in anew."))


def new_person(*, email: str | None, **fields) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email or None, None, **fields)
    except IntegrityError as error:
        raise Refused(
            _("Somebody entered this address a moment ago. Try again."), field="email"
        ) from error


def address_is_known(known: User) -> str:
    return _("This address belongs to %(name)s already. Add the post on their page.") % {
        "name": known.name
    }


def make_post(
    person: User,
    municipality: Municipality,
    kind: str,
    title: str,
    starts_on: date,
    ends_on: date | None,
    pk: uuid.UUID | None,
    *,
    field: str = "starts_on",
) -> Post:
    check_order(starts_on, ends_on)
    check_exists(municipality, starts_on)
    held = person.posts.filter(municipality=municipality, kind=kind)
    if held.overlapping(starts_on, ends_on or FAR).exists():
        raise Refused(
            _("%(name)s holds this post already at that time.") % {"name": person.name},
            field=field,
        )
    return Post.objects.create(
        id=pk or uuid.uuid4(),
        user=person,
        municipality=municipality,
        kind=kind,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def make_role(
    person: User,
    role: str,
    starts_on: date,
    ends_on: date | None,
    pk: uuid.UUID | None,
    *,
    field: str = "starts_on",
) -> StaffRole:
    check_order(starts_on, ends_on)
    held = person.staff_roles.filter(role=role)
    if held.overlapping(starts_on, ends_on or FAR).exists():
        raise Refused(
            _("%(name)s holds this role already at that time.") % {"name": person.name},
            field=field,
        )
    return StaffRole.objects.create(
        id=pk or uuid.uuid4(), user=person, role=role, starts_on=starts_on, ends_on=ends_on
    )


def end(period: Post | StaffRole | ServiceArea, ends_on: date) -> None:
    if period.ends_on and period.ends_on < clock.today():
        raise Refused(
            _("This ended on %(day)s already.") % {"day": day_text(period.ends_on)},
            field="ends_on",
        )
    check_order(period.starts_on, ends_on)
    period.ends_on = ends_on
    period.save(update_fields=["ends_on"])


def check_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on and ends_on < starts_on:
        raise Refused(
            _("The end cannot be before the start, %(day)s.") % {"day": day_text(starts_on)},
            field="ends_on",
        )


def check_exists(municipality: Municipality, day: date) -> None:
    if not municipality.holds_on(day):
        raise Refused(
            _("%(name)s does not exist on that day.") % {"name": municipality.name},
            field="municipality",
        )
