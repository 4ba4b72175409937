import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people.models import User
from supervision import emails
from supervision.actions.rows import locked, made_before, save
from supervision.actions.seats import check_has_seat, take_seat
from supervision.models import Group, Membership, Offer, Registration, Season
from supervision.permissions import check_can_answer_offer, check_can_run_seasons
from supervision.workflow import OFFER, GroupStatus, OfferStatus, RegistrationStatus


OFFER_DAYS = 2
"""Working days in which somebody answers, when nothing else is said."""


@transaction.atomic
def offer_place(
    registration: Registration,
    group: Group,
    *,
    deadline_at: datetime,
    by: User,
    pk: uuid.UUID | None = None,
) -> Offer:
    """Offer a seat of a published group to somebody on the waiting list.

    Until the deadline the offer holds the seat. Raises Refused (fields "group", "deadline").
    """
    group, registration = locked(group), locked(registration)
    check_can_run_seasons(by)
    if made := made_before(Offer, pk, registration=registration, group=group):
        return made
    if registration.season_id != group.season_id:
        raise Refused(_("This person is registered for another season."), field="group")
    if group.season.ended_at is not None:
        raise Refused(_("The season has ended."))
    if registration.status != RegistrationStatus.WAITING:
        raise Refused(_("This person is not on the waiting list any more."))
    if registration.offers.open_at(clock.now()).exists():
        raise Refused(_("This person has not answered an offer yet."))
    if group.status != GroupStatus.PUBLISHED:
        raise Refused(_("Only places in a published group are offered."), field="group")
    if deadline_at <= clock.now():
        raise Refused(_("This date is in the past. Choose today or a later day."), field="deadline")
    check_has_seat(group)
    # One whose deadline went by without the hourly task having come to it yet.
    for late in registration.offers.filter(status=OfferStatus.OFFERED):
        expire_offer(late)
    offer = Offer.objects.create(
        id=pk or uuid.uuid4(),
        registration=registration,
        group=group,
        offered_at=clock.now(),
        offered_by=by,
        deadline_at=deadline_at,
    )
    record("supervision.place_offered", by=by, subject=offer, group=group)
    emails.place_offered(offer)
    return offer


@transaction.atomic
def set_offering(season: Season, *, is_on: bool, by: User) -> Season:
    """Let free seats be offered by themselves, in one's own name, or no more."""
    season = locked(season)
    check_can_run_seasons(by)
    if season.ended_at is not None:
        raise Refused(_("The season has ended."))
    season.offering_at, season.offering_by = (clock.now(), by) if is_on else (None, None)
    save(season)
    record("supervision.offering_set", by=by, subject=season, is_on=is_on)
    return season


@transaction.atomic
def accept_offer(offer: Offer, *, by: User) -> Membership:
    """Take the offered seat. Raises Refused after the deadline and when the group is full."""
    # The registration before its offers, as a withdrawal does: else the two block each other.
    group, registration = locked(offer.group), locked(offer.registration)
    offer = locked(offer)
    check_can_answer_offer(by, offer)
    OFFER.check(offer.status, OfferStatus.ACCEPTED)
    _check_in_time(offer)
    if group.status != GroupStatus.PUBLISHED or group.season.ended_at is not None:
        raise Refused(_("The group has ended."))
    check_has_seat(group, but=offer.pk)
    _answer(offer, OfferStatus.ACCEPTED)
    membership = take_seat(group, registration, by=by)
    record("supervision.offer_accepted", by=by, subject=offer, group=group)
    emails.placed(group, [by])
    return membership


@transaction.atomic
def decline_offer(offer: Offer, *, by: User) -> Offer:
    """Leave the seat to the next person; one's own place on the list stays."""
    offer = locked(offer)
    check_can_answer_offer(by, offer)
    OFFER.check(offer.status, OfferStatus.DECLINED)
    _check_in_time(offer)
    _answer(offer, OfferStatus.DECLINED)
    record("supervision.offer_declined", by=by, subject=offer)
    return offer


@transaction.atomic
def expire_offer(offer: Offer) -> bool:
    """Let an unanswered offer lapse; say whether this call did. Running twice is harmless."""
    offer = locked(offer)
    if offer.status != OfferStatus.OFFERED or offer.deadline_at > clock.now():
        return False
    _answer(offer, OfferStatus.EXPIRED)
    record("supervision.offer_expired", by=None, subject=offer)
    emails.offer_expired(offer)
    return True


def close_offers(offers: Iterable[Offer], *, by: User) -> None:
    """Take back offers that nobody can accept any more; the people are told."""
    for offer in offers:
        # One whose deadline went by without the hourly task having come to it yet.
        if expire_offer(offer):
            continue
        offer = locked(offer)
        if offer.status != OfferStatus.OFFERED:
            continue
        _answer(offer, OfferStatus.EXPIRED)
        record("supervision.offer_closed", by=by, subject=offer)
        emails.offer_closed(offer)


def give_back_offers(registration: Registration, *, by: User) -> None:
    """Leave the seats offered to somebody who withdraws to others."""
    for offer in registration.offers.filter(status=OfferStatus.OFFERED):
        offer = locked(offer)
        if offer.status == OfferStatus.OFFERED:
            _answer(offer, OfferStatus.DECLINED)
            record("supervision.offer_declined", by=by, subject=offer)


def _answer(offer: Offer, status: str) -> None:
    offer.status, offer.answered_at = status, clock.now()
    offer.save()


def _check_in_time(offer: Offer) -> None:
    if offer.deadline_at <= clock.now():
        raise Refused(_("The deadline has passed. You keep your place on the waiting list."))
