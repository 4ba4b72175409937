"""Posts, roles and service areas: given from a day on, ended on a day."""

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.refusal import Refused
from journal.record import record
from people import emails
from people.actions.rows import (
    FAR,
    check_exists,
    check_order,
    end,
    locked,
    locked_period,
    made_before,
    make_post,
    make_role,
)
from people.load import total_open_work
from people.models import Municipality, Post, ServiceArea, StaffRole, User
from people.permissions import check_can_change_areas, check_can_change_post, check_can_change_role


WITH_WORK = (StaffRole.Role.CONSULTANT, StaffRole.Role.SUPERVISOR)
"""Roles whose holders have something in hand that others wait for."""


@transaction.atomic
def add_post(
    person: User,
    *,
    municipality: Municipality,
    kind: str,
    title: str = "",
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Post:
    """Give a person a post from a day on. Raises Refused at "starts_on" when they hold it then."""
    person = locked(person)
    check_can_change_post(by, municipality, kind)
    if done := made_before(Post, pk, user=person, municipality=municipality, kind=kind):
        return done
    post = make_post(person, municipality, kind, title, starts_on, ends_on, pk)
    record("people.post_added", by=by, subject=person, post=post, municipality=municipality)
    emails.post_added(post, by=by)
    return post


@transaction.atomic
def end_post(post: Post, *, ends_on: date, by: User) -> Post:
    """Set the last day of a post; after it the post gives no access."""
    post = locked_period(post, "user", "municipality")
    check_can_change_post(by, post.municipality, post.kind)
    end(post, ends_on)
    record("people.post_ended", by=by, subject=post.user, post=post, ends_on=ends_on)
    return post


@transaction.atomic
def add_role(
    person: User,
    *,
    role: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> StaffRole:
    person = locked(person)
    check_can_change_role(by, role)
    if done := made_before(StaffRole, pk, user=person, role=role):
        return done
    given = make_role(person, role, starts_on, ends_on, pk)
    record("people.role_added", by=by, subject=person, role=role)
    emails.role_added(given, by=by)
    return given


@transaction.atomic
def end_role(given: StaffRole, *, ends_on: date, by: User) -> StaffRole:
    """Set the last day of a role. The last administrator cannot be let go; a consultant or a
    supervisor leaves today only with empty hands, and later with time to hand over.
    """
    if given.role == StaffRole.Role.ADMINISTRATOR:
        # All of them, in one order: else two administrators let each other go at once,
        # each still counting on the other.
        everyone = StaffRole.objects.filter(role=StaffRole.Role.ADMINISTRATOR)
        list(everyone.select_for_update().order_by("pk"))
    given = locked_period(given, "user")
    check_can_change_role(by, given.role)
    if given.role == StaffRole.Role.ADMINISTRATOR and not _others_stay(given, ends_on):
        raise Refused(_("Somebody else must be an administrator first."), field="ends_on")
    if given.role in WITH_WORK and ends_on <= clock.today():
        _check_nothing_in_hand(given.user)
    end(given, ends_on)
    record("people.role_ended", by=by, subject=given.user, role=given.role, ends_on=ends_on)
    return given


@transaction.atomic
def add_area(
    consultant: User,
    *,
    municipality: Municipality,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> ServiceArea:
    """Let a consultant serve a municipality from a day on; others may serve it too."""
    consultant = locked(consultant)
    check_can_change_areas(by)
    if done := made_before(ServiceArea, pk, consultant=consultant, municipality=municipality):
        return done
    check_order(starts_on, ends_on)
    check_exists(municipality, starts_on)
    is_consultant = consultant.staff_roles.filter(role=StaffRole.Role.CONSULTANT).on(starts_on)
    if not is_consultant.exists():
        raise Refused(_("This person is not a consultant on that day."), field="starts_on")
    served = consultant.service_areas.filter(municipality=municipality)
    if served.overlapping(starts_on, ends_on or FAR).exists():
        raise Refused(
            _("The consultant serves this municipality already at that time."),
            field="municipality",
        )
    area = ServiceArea.objects.create(
        id=pk or uuid.uuid4(),
        consultant=consultant,
        municipality=municipality,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record("people.area_added", by=by, subject=consultant, municipality=municipality)
    return area


@transaction.atomic
def end_area(area: ServiceArea, *, ends_on: date, by: User) -> ServiceArea:
    area = locked_period(area, "consultant", "municipality")
    check_can_change_areas(by)
    end(area, ends_on)
    record(
        "people.area_ended",
        by=by,
        subject=area.consultant,
        municipality=area.municipality,
        ends_on=ends_on,
    )
    return area


def _check_nothing_in_hand(person: User) -> None:
    number = total_open_work([person.pk], clock.today())[person.pk]
    if number:
        raise Refused(
            ngettext(
                "%(n)s thing is still in this person's hands. Hand all work over first, "
                "or choose a later day.",
                "%(n)s things are still in this person's hands. Hand all work over first, "
                "or choose a later day.",
                number,
            )
            % {"n": number},
            field="ends_on",
        )


def _others_stay(given: StaffRole, ends_on: date) -> bool:
    """Say whether someone else is an administrator on the day after, with an open account."""
    others = StaffRole.objects.on(ends_on + timedelta(days=1)).filter(role=given.role)
    return others.exclude(user=given.user).filter(user__is_active=True).exists()
