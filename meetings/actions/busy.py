"""The address of a person's own calendar: given, asked again, removed, given up."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.busy import read_soon
from meetings.models import BusyCalendar, BusyTime
from meetings.permissions import check_can_change_busy_calendar
from people.models import User


AGAIN_AFTER = timedelta(minutes=1)
"""How soon somebody may ask once more that their calendar be read."""


@transaction.atomic
def add_busy_calendar(*, address: str, by: User) -> BusyCalendar:
    """Take an address (as `fetch.clean_address` returns it) in place of an earlier one.

    What was kept of the earlier one goes at once. The same working address again is no deed.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    before = BusyCalendar.objects.filter(user=by).first()
    if before is not None:
        if before.address == address and before.works:
            raise Refused(_("This address is in use already."), field="address")
        before.delete()
    BusyTime.objects.filter(user=by).delete()
    calendar = BusyCalendar.objects.create(user=by, address=address, next_at=clock.now())
    record("meetings.busy_calendar_added", by=by, subject=calendar)
    transaction.on_commit(lambda: read_soon(calendar.pk))
    return calendar


@transaction.atomic
def ask_busy_calendar(calendar: BusyCalendar, *, by: User) -> BusyCalendar:
    """Have the own calendar read now; one that was given up is tried anew.

    Raises PermissionDenied; Refused when it was removed, or read less than a minute ago.
    """
    calendar = _own(calendar, by)
    now = clock.now()
    if calendar.checked_at and now - calendar.checked_at < AGAIN_AFTER:
        raise Refused(_("It was read just now. Try again in a minute."))
    calendar.next_at = now
    calendar.failures, calendar.failing_since, calendar.stopped_at = 0, None, None
    # Read it whole, whatever the server says has not changed.
    calendar.read_on = None
    calendar.save()
    record("meetings.busy_calendar_asked", by=by, subject=calendar)
    transaction.on_commit(lambda: read_soon(calendar.pk))
    return calendar


@transaction.atomic
def remove_busy_calendar(calendar: BusyCalendar, *, by: User) -> None:
    """Forget the own calendar's address and all its busy times at once.

    Raises PermissionDenied; Refused when it was removed already.
    """
    calendar = _own(calendar, by)
    record("meetings.busy_calendar_removed", by=by, subject=calendar)
    BusyTime.objects.filter(user=by).delete()
    calendar.delete()


@transaction.atomic
def stop_busy_calendar(calendar: BusyCalendar, *, by: User | None = None) -> BusyCalendar:
    """Give up a calendar that has not worked for long, and tell its owner once.

    Its busy times go: nobody knows whether they still hold. `by` is None: the worker does it.
    """
    calendar.stopped_at = clock.now()
    calendar.save()
    BusyTime.objects.filter(user=calendar.user_id).delete()
    record(
        "meetings.busy_calendar_stopped",
        by=by,
        subject=calendar,
        state=calendar.state,
        failures=calendar.failures,
    )
    emails.busy_calendar_stopped(calendar)
    return calendar


def _own(calendar: BusyCalendar, by: User) -> BusyCalendar:
    check_can_change_busy_calendar(by, calendar)
    own = BusyCalendar.objects.select_for_update(of=("self",)).filter(pk=calendar.pk).first()
    if own is None:
        raise Refused(_("This calendar has already been removed."))
    return own
