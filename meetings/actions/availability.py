"""When somebody can be met: everyone says it for themselves."""

import uuid
from collections.abc import Iterable
from datetime import date, time, timedelta

from django.db import transaction
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.models import BookingRules, OpeningException, OpeningHours
from meetings.permissions import check_can_change_availability
from people.models import User


@transaction.atomic
def add_hours(
    *,
    weekdays: Iterable[int],
    begins: time,
    ends: time,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> list[OpeningHours]:
    """Open some weekdays (Monday is 0) from `begins` to `ends`, wall clock in Tallinn.

    The first hours that somebody enters stand in place of the usual ones from their first
    day on. Raises Refused at "ends", "ends_on" and, for hours that overlap, at "begins".
    """
    _locked(by)
    keys = {weekday: uuid.uuid5(pk or uuid.uuid4(), str(weekday)) for weekday in set(weekdays)}
    if made := list(OpeningHours.objects.filter(pk__in=keys.values(), user=by)):
        return made
    _check_hours(begins, ends)
    if ends_on and ends_on < starts_on:
        raise Refused(_("The end cannot be before the start."), field="ends_on")
    if ends_on and ends_on < clock.today():
        raise Refused(_("This time is over. Choose today or a later day."), field="ends_on")
    alike = by.opening_hours.filter(weekday__in=keys, begins__lt=ends, ends__gt=begins)
    for other in alike.overlapping(starts_on, ends_on or date.max):
        if _meet(other, starts_on, ends_on):
            raise Refused(
                _(
                    "These hours overlap with others: %(weekday)s %(begins)s–%(ends)s. "
                    "End those first."
                )
                % {
                    "weekday": WEEKDAYS[other.weekday],
                    "begins": time_format(other.begins),
                    "ends": time_format(other.ends),
                },
                field="begins",
            )
    made = OpeningHours.objects.bulk_create(
        OpeningHours(
            id=key,
            user=by,
            weekday=weekday,
            begins=begins,
            ends=ends,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        for weekday, key in sorted(keys.items())
    )
    record("meetings.hours_added", by=by, subject=made[0], starts_on=starts_on, ends_on=ends_on)
    return made


@transaction.atomic
def end_hours(hours: OpeningHours, *, ends_on: date | None = None, by: User) -> None:
    """Set the last day of some hours. Hours that begin today or later go away without one.

    Raises PermissionDenied for another's; Refused at "ends_on" for a day before their
    first, for hours that have ended, and where a day is needed.
    """
    _locked(by)
    hours = OpeningHours.objects.select_for_update(of=("self",)).get(pk=hours.pk)
    check_can_change_availability(by, hours.user_id)
    today = clock.today()
    if hours.ends_on and hours.ends_on < today:
        raise Refused(_("These hours have ended already."), field="ends_on")
    if ends_on is None and hours.starts_on < today:
        raise Refused(_("Say the last day on which these hours hold."), field="ends_on")
    if ends_on and ends_on < hours.starts_on:
        raise Refused(_("The end cannot be before the start."), field="ends_on")
    if ends_on and hours.ends_on and ends_on > hours.ends_on:
        # Longer is another deed: other hours may stand there by now.
        raise Refused(_("These hours end earlier already. Add new hours."), field="ends_on")
    record("meetings.hours_ended", by=by, subject=hours, ends_on=ends_on)
    if ends_on is None:
        hours.delete()
    else:
        hours.ends_on = ends_on
        hours.save(update_fields=["ends_on"])


@transaction.atomic
def add_exception(
    *,
    day: date,
    begins: time | None = None,
    ends: time | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> OpeningException:
    """Give a day other hours than usual, or close it (without hours).

    Raises Refused at "day" for a past day, at "begins" or "ends" for hours that cannot be,
    and at "day" for a day that is closed already, or open and to be closed.
    """
    _locked(by)
    if made := OpeningException.objects.filter(pk=pk, user=by).first():
        return made
    if day < clock.today():
        raise Refused(_("This date is in the past. Choose today or a later day."), field="day")
    others = list(by.opening_exceptions.filter(day=day))
    if any(other.is_closed for other in others):
        raise Refused(
            _("This day is closed by another exception. Remove that one first."), field="day"
        )
    if begins is None or ends is None:
        if others:
            raise Refused(
                _("This day has other hours already. Remove those exceptions first."), field="day"
            )
        begins = ends = None
    else:
        _check_hours(begins, ends)
        if any(other.begins < ends and begins < other.ends for other in others):
            raise Refused(_("These hours overlap with others of this day."), field="begins")
    made = OpeningException.objects.create(
        id=pk or uuid.uuid4(), user=by, day=day, begins=begins, ends=ends
    )
    record("meetings.exception_added", by=by, subject=made, day=day)
    return made


@transaction.atomic
def remove_exception(exception: OpeningException, *, by: User) -> None:
    """Let the usual hours hold on that day again. Raises PermissionDenied for another's."""
    _locked(by)
    check_can_change_availability(by, exception.user_id)
    if not OpeningException.objects.filter(pk=exception.pk).exists():
        raise Refused(_("This exception has been removed already."))
    record("meetings.exception_removed", by=by, subject=exception, day=exception.day)
    exception.delete()


@transaction.atomic
def change_rules(
    *,
    minutes_before: int,
    minutes_after: int,
    travel_minutes: int,
    notice_hours: int,
    most_a_day: int | None,
    meeting_minutes: int,
    by: User,
) -> BookingRules:
    """Say how far apart the person's own meetings are to be, and how many a day."""
    _locked(by)
    facts = {
        "minutes_before": minutes_before,
        "minutes_after": minutes_after,
        "travel_minutes": travel_minutes,
        "notice_hours": notice_hours,
        "most_a_day": most_a_day,
        "meeting_minutes": meeting_minutes,
    }
    rules, _made = BookingRules.objects.update_or_create(user=by, defaults=facts)
    record("meetings.rules_changed", by=by, subject=rules, **facts)
    return rules


def _locked(person: User) -> User:
    """Hold the person, so that two sendings of theirs come one after the other."""
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _check_hours(begins: time, ends: time) -> None:
    if ends <= begins:
        raise Refused(_("The end must be later than the beginning."), field="ends")


def _meet(other: OpeningHours, starts_on: date, ends_on: date | None) -> bool:
    """Whether a day of the other hours' weekday lies in both periods."""
    first = max(other.starts_on, starts_on)
    day = first + timedelta(days=(other.weekday - first.weekday()) % 7)
    return day <= min(other.ends_on or date.max, ends_on or date.max)
