import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people.models import Municipality, User
from supervision import emails
from supervision.actions.guests import leave_guest_seat
from supervision.actions.rows import check_version, locked, made_before, save
from supervision.actions.seats import leave_groups, waits_by_default
from supervision.actions.waiting_list import give_back_offers
from supervision.models import Continuing, Hours, KeptApart, Registration, Season
from supervision.permissions import (
    check_can_change_registration,
    check_can_enter_registration,
    check_can_register,
    check_can_run_seasons,
    check_can_withdraw_registration,
)
from supervision.workflow import REGISTRATION, GroupStatus, RegistrationStatus


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How somebody would like to take part. `travels_up_to_km`: one way, None for online only;
    `weekdays`: digits from 1, Monday, to 5. `not_with`: with whom they would rather not be, in
    their words, which nobody but they and the coordinator see; None leaves it as it is.
    """

    form: str
    language: str
    travels_up_to_km: int | None
    weekdays: str
    hours: str = Hours.ANY
    continuing: str = Continuing.ANY
    not_with: str | None = None

    def facts(self) -> dict[str, Any]:
        facts = asdict(self)
        if self.not_with is None:
            del facts["not_with"]
        return facts


@transaction.atomic
def register(
    season: Season,
    *,
    municipality: Municipality,
    by: User,
    pk: uuid.UUID | None = None,
    **wishes: Any,
) -> Registration:
    """Register oneself with one's wishes (`Wishes`). After the groups are out, on the waiting list.

    Raises Refused when the season takes no registrations, or one stands already.
    """
    season = locked(season)
    check_can_register(by, season, municipality.pk)
    registration, new = _register(season, by, municipality, Wishes(**wishes), by=by, pk=pk)
    if new:
        record("supervision.registration_made", by=by, subject=registration)
    return registration


@transaction.atomic
def enter_registration(
    season: Season,
    *,
    person: User,
    municipality: Municipality,
    by: User,
    pk: uuid.UUID | None = None,
    **wishes: Any,
) -> Registration:
    """Register somebody on their behalf; they are told by mail and can change the wishes."""
    season = locked(season)
    check_can_enter_registration(by, season, person, municipality.pk)
    registration, new = _register(season, person, municipality, Wishes(**wishes), by=by, pk=pk)
    if new:
        record("supervision.registration_entered", by=by, subject=registration, person=person)
        emails.registration_entered(registration)
    return registration


@transaction.atomic
def change_registration(
    registration: Registration,
    *,
    by: User,
    version: int | None = None,
    **wishes: Any,
) -> Registration:
    """Change the wishes, until the person has a place in a published group."""
    registration = locked(registration)
    check_can_change_registration(by, registration)
    if registration.status == RegistrationStatus.WITHDRAWN:
        raise Refused(_("This registration was withdrawn."))
    if _has_published_place(registration):
        raise Refused(_("The place is set already. Speak to the coordinator to change it."))
    check_version(registration, version)
    for name, value in Wishes(**wishes).facts().items():
        setattr(registration, name, value)
    save(registration)
    record("supervision.registration_changed", by=by, subject=registration)
    return registration


@transaction.atomic
def withdraw_registration(registration: Registration, *, by: User) -> Registration:
    """Give up the wish and with it the place, the coming meetings and any open offer.

    The person is told when the coordinator does it.
    """
    registration = locked(registration)
    check_can_withdraw_registration(by, registration)
    REGISTRATION.check(registration.status, RegistrationStatus.WITHDRAWN)
    leave_guest_seat(registration, by=by)
    leave_groups(registration, by=by)
    give_back_offers(registration, by=by)
    registration.status = RegistrationStatus.WITHDRAWN
    registration.withdrawn_at, registration.withdrawn_by = clock.now(), by
    save(registration)
    record("supervision.registration_withdrawn", by=by, subject=registration)
    if by.pk != registration.user_id:
        emails.registration_withdrawn(registration)
    return registration


@transaction.atomic
def queue_registration(registration: Registration, *, by: User) -> Registration:
    """Put somebody for whom no group was found on the waiting list, by the time they registered."""
    registration = locked(registration)
    check_can_run_seasons(by)
    REGISTRATION.check(registration.status, RegistrationStatus.WAITING)
    if registration.status == RegistrationStatus.PLACED:
        raise Refused(_("This person has a place in a group."))
    registration.status = RegistrationStatus.WAITING
    registration.waiting_since = registration.registered_at
    save(registration)
    record("supervision.registration_queued", by=by, subject=registration)
    emails.registration_queued(registration)
    return registration


def _register(
    season: Season,
    person: User,
    municipality: Municipality,
    wishes: Wishes,
    *,
    by: User,
    pk: uuid.UUID | None,
) -> tuple[Registration, bool]:
    if made := made_before(Registration, pk, season=season, user=person, registered_by=by):
        return made, False
    if not season.takes_registrations_on(clock.today()):
        if season.ended_at is not None:
            raise Refused(_("The season has ended. You can register for the next one."))
        raise Refused(_("Registration is not open yet."))
    if season.registrations.active().filter(user=person).exists():
        raise Refused(
            _("You are registered for this season already.")
            if person == by
            else _("This person is registered for the season already.")
        )
    waits = waits_by_default(season)
    registration = Registration.objects.create(
        id=pk or uuid.uuid4(),
        season=season,
        user=person,
        municipality=municipality,
        status=RegistrationStatus.WAITING if waits else RegistrationStatus.REGISTERED,
        registered_at=clock.now(),
        registered_by=by,
        waiting_since=clock.now() if waits else None,
        **wishes.facts(),
    )
    _keep_apart_again(season, registration)
    return registration, True


def _keep_apart_again(season: Season, registration: Registration) -> None:
    """Let what was said of whom to keep somebody apart hold after they withdrew and came back."""
    earlier = season.registrations.filter(user=registration.user_id).exclude(pk=registration.pk)
    pairs = season.kept_apart.filter(Q(one__in=earlier) | Q(other__in=earlier))
    for pair in pairs.select_related("one", "other"):
        other = pair.other if pair.one.user_id == registration.user_id else pair.one
        first, second = sorted((registration, other), key=lambda each: each.pk)
        KeptApart.objects.get_or_create(season=season, one=first, other=second)


def _has_published_place(registration: Registration) -> bool:
    places = registration.memberships.filter(ends_on__isnull=True)
    return places.exclude(group__status=GroupStatus.DRAFT).exists()
