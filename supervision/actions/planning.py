"""What a season is planned from, and publishing what was planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusal import Refused
from journal.record import record
from people.models import Municipality, User
from supervision.actions.groups import publish_group
from supervision.actions.rows import check_version, locked, save
from supervision.models import (
    Group,
    KeptApart,
    Promise,
    Registration,
    Round,
    Season,
    SeasonSupervisor,
)
from supervision.permissions import check_can_run_seasons
from supervision.workflow import GroupStatus


@dataclass(frozen=True)
class Leader:
    """A supervisor of a season, as the coordinator says it."""

    supervisor: User
    most_groups: int
    in_estonian: bool = True
    in_russian: bool = False
    home: Municipality | None = None
    travels_up_to_km: int | None = None


@transaction.atomic
def set_rounds(
    season: Season,
    *,
    rounds: Sequence[tuple[date, date]],
    begins_at: Iterable[time],
    minutes: int,
    days_between: int,
    by: User,
    version: int | None = None,
) -> Season:
    """Say in which days (first and last) each of the three rounds lies, at which Tallinn times
    meetings may begin, how long they last and how many days lie between rounds at least.

    Raises Refused (fields "first_1" … "last_3") for days that do not follow each other.
    """
    season = locked(season)
    check_can_run_seasons(by)
    check_runs(season)
    check_version(season, version)
    before: date | None = None
    for number, (first, last) in enumerate(rounds, start=1):
        if last < first:
            raise Refused(_("The end cannot be before the start."), field=f"last_{number}")
        if before and first <= before:
            raise Refused(_("A round begins after the one before it."), field=f"first_{number}")
        before = last
    season.rounds.all().delete()
    Round.objects.bulk_create(
        Round(season=season, number=number, starts_on=first, ends_on=last)
        for number, (first, last) in enumerate(rounds, start=1)
    )
    season.begins_at = ",".join(f"{each:%H:%M}" for each in sorted(set(begins_at)))
    season.minutes, season.days_between = minutes, days_between
    save(season)
    record("supervision.rounds_set", by=by, subject=season)
    return season


@transaction.atomic
def set_supervisors(
    season: Season, *, leaders: Iterable[Leader], by: User, version: int | None = None
) -> Season:
    """Say who leads groups in a season, and how many; whoever is not named leads none."""
    season = locked(season)
    check_can_run_seasons(by)
    check_runs(season)
    check_version(season, version)
    season.supervisors.all().delete()
    for each in leaders:
        SeasonSupervisor.objects.create(season=season, **vars(each))
    save(season)
    record("supervision.supervisors_set", by=by, subject=season)
    return season


@transaction.atomic
def keep_apart(one: Registration, other: Registration, *, by: User) -> KeptApart:
    """Keep two people of a season out of one group. Said twice it stands once.

    Raises Refused (field "other") for one and the same person.
    """
    season = locked(one.season)
    check_can_run_seasons(by)
    if one.pk == other.pk or one.season_id != other.season_id:
        raise Refused(_("Choose two people of this season."), field="other")
    first, second = sorted((one, other), key=lambda each: each.pk)
    pair, made = KeptApart.objects.get_or_create(season=season, one=first, other=second)
    if made:
        record("supervision.kept_apart", by=by, subject=pair)
    return pair


@transaction.atomic
def allow_together(pair: KeptApart, *, by: User) -> None:
    """Let two people be in one group again."""
    locked(pair.season)
    check_can_run_seasons(by)
    record("supervision.allowed_together", by=by, subject=pair)
    KeptApart.objects.filter(pk=pair.pk).delete()


def open_wishes(season: Season, *, by: User) -> None:
    """Note that the coordinator reads whom people would rather not be with: the one write that a
    read makes.
    """
    record("supervision.wishes_opened", by=by, subject=season)


@transaction.atomic
def set_promise(municipality: Municipality, *, times: int, source: str = "", by: User) -> Promise:
    """Say how many times a year a municipality promises supervision or covision, and where that
    is written.
    """
    check_can_run_seasons(by)
    promise, _made = Promise.objects.update_or_create(
        municipality=municipality, defaults={"times": times, "source": source}
    )
    record("supervision.promise_set", by=by, subject=municipality, times=times)
    return promise


@transaction.atomic
def publish_groups(season: Season, *, by: User) -> list[Group]:
    """Publish all drafts of a season at once: every member gets one mail. All or none.

    Raises Refused, naming the group, when one is not ready, and when there is none.
    """
    season = locked(season)
    check_can_run_seasons(by)
    # All are held before the first of their people, as others hold a group and then a person.
    drafts = season.groups.filter(status=GroupStatus.DRAFT)
    drafts = list(drafts.select_for_update(of=("self",)).order_by("pk"))
    if not drafts:
        raise Refused(_("No group is a draft."))
    for group in drafts:
        try:
            publish_group(group, by=by)
        except Refused as refusal:
            raise Refused(f"{group.name}: {refusal.reason}") from refusal
    record("supervision.groups_published", by=by, subject=season, groups=len(drafts))
    return drafts


def check_runs(season: Season) -> None:
    if season.ended_at is not None:
        raise Refused(_("The season has ended."))
