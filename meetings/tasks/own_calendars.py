"""Reading people's own calendars."""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from common import clock
from common.fetch import Fetched, NotFetched, fetch
from meetings.actions import stop_busy_calendar
from meetings.busy import Reading, read_file, read_soon
from meetings.models import BusyCalendar, BusyTime
from meetings.read_busy.limits import NOT_CALENDAR, Refused
from people.standing import standing_of


logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(hours=12)
TRIES = 8
PATIENCE = timedelta(days=3)


def read_busy_calendars() -> int:
    """Read every person's own calendar that is due, or have it read; return how many.

    With a worker each is a task of its own, so that slow ones do not add up to more than
    a task may take.
    """
    due = list(BusyCalendar.objects.due().values_list("pk", flat=True))
    for pk in due:
        if settings.OUTBOX_ASYNC:
            read_soon(pk)
        else:
            read_busy_calendar(pk)
    return len(due)


def read_busy_calendar(calendar_id: uuid.UUID) -> bool:
    """Read one calendar if it is due and nobody else reads it; say whether this call did."""
    calendar = BusyCalendar.objects.select_related("user").filter(pk=calendar_id).first()
    if calendar is None or not claim(calendar):
        return False
    read_calendar(calendar)
    return True


def claim(calendar: BusyCalendar) -> bool:
    """Say whether this caller is the one to read a calendar that is due."""
    due = BusyCalendar.objects.due().filter(pk=calendar.pk)
    return bool(due.update(next_at=clock.now() + EVERY))


def read_calendar(calendar: BusyCalendar) -> None:
    """Fetch, read and keep what a calendar says; note how it went. Never raises.

    Reading it twice at once is harmless: each keeps all of what it read.
    """
    user = calendar.user
    if not (user.is_active and user.has_login and standing_of(user).is_anyone):
        # Nobody plans with them any more.
        BusyTime.objects.filter(user=user).delete()
        return
    try:
        fetched, reading = _read(calendar)
    except (NotFetched, Refused) as refusal:
        _failed(calendar, str(refusal))
    except Exception as error:  # one broken calendar must not stop the others
        # Neither address nor text may reach the log: keep the kind only.
        logger.error("busy calendar %s not read: %s", calendar.pk, type(error).__name__)
        _failed(calendar, BusyCalendar.State.NO_ANSWER)
    else:
        _keep(calendar, fetched, reading)


def _read(calendar: BusyCalendar) -> tuple[Fetched, Reading | None]:
    # Unchanged files are read once a day all the same: the stretch of days moves on.
    same_day = calendar.works and calendar.read_on == clock.today()
    fetched = fetch(
        calendar.address,
        etag=calendar.etag if same_day else "",
        last_modified=calendar.last_modified if same_day else "",
    )
    if fetched.data is None:
        if not same_day:
            raise Refused(NOT_CALENDAR)
        return fetched, None
    return fetched, read_file(fetched.data, owner=calendar.user.email or "")


def _still(calendar: BusyCalendar) -> BusyCalendar | None:
    """Hold the row; None when its owner removed it meanwhile or gave another address, which
    makes another row."""
    row = BusyCalendar.objects.select_for_update(of=("self",)).filter(pk=calendar.pk).first()
    return row if row is not None and row.stopped_at is None else None


@transaction.atomic
def _keep(calendar: BusyCalendar, fetched: Fetched, reading: Reading | None) -> None:
    row = _still(calendar)
    if row is None:
        return
    row.state = BusyCalendar.State.WORKS
    row.checked_at = row.worked_at = clock.now()
    row.failures, row.failing_since = 0, None
    row.next_at = clock.now() + EVERY
    if reading is not None:
        row.read_on, row.skipped = clock.today(), reading.skipped
        row.etag, row.last_modified = fetched.etag, fetched.last_modified
        BusyTime.objects.filter(user_id=row.user_id).delete()
        BusyTime.objects.bulk_create(
            BusyTime(user_id=row.user_id, starts_at=begin, ends_at=end)
            for begin, end in reading.spans
        )
    row.save()


@transaction.atomic
def _failed(calendar: BusyCalendar, word: str) -> None:
    row = _still(calendar)
    if row is None:
        return
    now = clock.now()
    row.state = word
    row.checked_at = now
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.next_at = now + min(EVERY * 2 ** (row.failures - 1), LONGEST_PAUSE)
    row.save()
    if row.failures >= TRIES or now - row.failing_since >= PATIENCE:
        stop_busy_calendar(row)
