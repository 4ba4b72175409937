import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people.models import User
from supervision.actions.rows import check_version, locked, made_before, save
from supervision.actions.waiting_list import close_offers
from supervision.models import Offer, Season
from supervision.permissions import check_can_run_seasons
from supervision.workflow import OfferStatus


@transaction.atomic
def make_season(
    *,
    year: int,
    audience: str,
    registration_opens_on: date,
    registration_closes_on: date,
    by: User,
    pk: uuid.UUID | None = None,
) -> Season:
    """Prepare a season; nobody else sees it until it is opened.

    Raises Refused (field "year") when this year's season for these people exists.
    """
    check_can_run_seasons(by)
    # Nothing stands yet that a second sending could wait at, but the sender does.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if made := made_before(Season, pk, year=year, audience=audience):
        return made
    _check_window(registration_opens_on, registration_closes_on)
    if Season.objects.filter(year=year, audience=audience).exists():
        raise Refused(_("There is a season of this year for them already."), field="year")
    season = Season.objects.create(
        id=pk or uuid.uuid4(),
        year=year,
        audience=audience,
        registration_opens_on=registration_opens_on,
        registration_closes_on=registration_closes_on,
    )
    record("supervision.season_made", by=by, subject=season)
    return season


@transaction.atomic
def open_season(season: Season, *, by: User) -> Season:
    """Let people see the season; they register from the first day of its window on."""
    season = locked(season)
    check_can_run_seasons(by)
    if season.opened_at is not None:
        raise Refused(_("The season is open already."))
    season.opened_at, season.opened_by = clock.now(), by
    save(season)
    record("supervision.season_opened", by=by, subject=season)
    return season


@transaction.atomic
def change_season(
    season: Season,
    *,
    registration_opens_on: date,
    registration_closes_on: date,
    by: User,
    version: int | None = None,
) -> Season:
    """Move the registration window. Who registered after its end joined in mid-year."""
    season = locked(season)
    check_can_run_seasons(by)
    _check_running(season)
    check_version(season, version)
    _check_window(registration_opens_on, registration_closes_on)
    season.registration_opens_on = registration_opens_on
    season.registration_closes_on = registration_closes_on
    save(season)
    record("supervision.season_changed", by=by, subject=season)
    return season


@transaction.atomic
def end_season(season: Season, *, by: User) -> Season:
    """Close the season for good: no more registrations, places or offers. Open offers end."""
    season = locked(season)
    check_can_run_seasons(by)
    _check_running(season)
    if season.opened_at is None:
        raise Refused(_("The season was never opened."))
    season.ended_at, season.ended_by = clock.now(), by
    save(season)
    record("supervision.season_ended", by=by, subject=season)
    # What was proposed tells who was away and who was kept apart; it has done its work.
    season.proposals.all().delete()
    close_offers(Offer.objects.filter(group__season=season, status=OfferStatus.OFFERED), by=by)
    return season


def _check_running(season: Season) -> None:
    if season.ended_at is not None:
        raise Refused(_("The season has ended."))


def _check_window(opens_on: date, closes_on: date) -> None:
    if closes_on < opens_on:
        raise Refused(_("The end cannot be before the start."), field="registration_closes_on")
