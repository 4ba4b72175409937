"""When a mail may come: quiet hours, quiet days, and the moment of a summary mail.

All moments are aware; wall-clock times are Tallinn's.
"""

from datetime import date, datetime, time, timedelta

from common import clock
from common.workdays import is_working_day
from outbox.models import Preference


DIGEST_AT = time(8)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def loud_from(preference: Preference, moment: datetime) -> datetime:
    """Return the first moment from `moment` on that is not quiet; `moment` itself if it is not."""
    while end := _quiet_until(preference, moment):
        moment = end
    return moment


def loud_before(preference: Preference, moment: datetime) -> datetime:
    """Return `moment`, or the beginning of the quiet stretch that holds it."""
    start = _quiet_since(preference, moment)
    if start is None:
        return moment
    # A quiet weekend begins where Friday's night already is.
    while earlier := _quiet_since(preference, start - TICK):
        start = earlier
    return start


def next_digest(preference: Preference, moment: datetime) -> datetime:
    """Return when the next summary mail after `moment` is composed: 8.00 on a working day, or
    on the first working day of a week.
    """
    day = clock.day_of(moment)
    while clock.tallinn(day, DIGEST_AT) <= moment or not _is_digest_day(preference, day):
        day += DAY
    return clock.tallinn(day, DIGEST_AT)


def _is_digest_day(preference: Preference, day: date) -> bool:
    if preference.digest == Preference.Digest.DAILY:
        return is_working_day(day)
    # A holiday on Monday moves the week's mail to Tuesday.
    monday = day - timedelta(days=day.weekday())
    days = (monday + timedelta(days=n) for n in range(7))
    return day == next(filter(is_working_day, days), monday)


def _quiet_until(preference: Preference, moment: datetime) -> datetime | None:
    """Return the end of the quiet day or night that holds `moment`, None when it is in neither."""
    day = clock.day_of(moment)
    if preference.quiet_weekends and not is_working_day(day):
        return clock.end_of(day)
    return next((end for start, end in _nights(preference, day) if start <= moment < end), None)


def _quiet_since(preference: Preference, moment: datetime) -> datetime | None:
    day = clock.day_of(moment)
    if preference.quiet_weekends and not is_working_day(day):
        return clock.tallinn(day)
    return next((start for start, end in _nights(preference, day) if start <= moment < end), None)


def _nights(preference: Preference, day: date) -> list[tuple[datetime, datetime]]:
    """Return the quiet stretches that may hold a moment of the day."""
    start, end = preference.quiet_from, preference.quiet_until
    if start is None or end is None or start == end:
        return []
    if start < end:
        return [(_at(day, start), _at(day, end))]
    return [
        (_at(day - DAY, start), _at(day, end)),
        (_at(day, start), _at(day + DAY, end)),
    ]


def _at(day: date, at: time) -> datetime:
    try:
        return clock.tallinn(day, at)
    except ValueError:
        # In the night of spring the hour from 3 to 4 does not exist.
        return clock.tallinn(day, at.replace(hour=at.hour + 1))
