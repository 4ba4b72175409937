"""The one clock of the product, which tests and the demonstration can set.

Everything that asks for the time asks here, so that a whole request, task or
demonstration can be played on another day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone


TALLINN = ZoneInfo("Europe/Tallinn")

# A process-wide setting serves tests whose server runs in other threads; the
# context variable serves code that plays one stretch of work at another time.
_fixed_for_process: datetime | None = None
_fixed_here: ContextVar[datetime | None] = ContextVar("fixed_here", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _fixed_here.get() or _fixed_for_process or timezone.now()


def today() -> date:
    """Return the present day in Tallinn."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the Tallinn calendar day of an aware moment."""
    return moment.astimezone(TALLINN).date()


def tallinn(day: date, at: time = time.min) -> datetime:
    """Return the aware moment of a wall-clock time in Tallinn.

    Raises ValueError for a time that the clock jumps over in spring
    (03.00-04.00 on the last Sunday of March). Of an hour that exists twice in
    autumn the first is taken.
    """
    moment = datetime.combine(day, at, tzinfo=TALLINN)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(TALLINN).time() != at:
        raise ValueError(f"{day} {at} does not exist in Tallinn")
    return moment


def end_of(day: date) -> datetime:
    """Return 24.00 of a day in Tallinn, that is, the next day's first moment."""
    return tallinn(day + timedelta(days=1))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Play the enclosed work at `moment` (aware), in this thread or task only."""
    token = _fixed_here.set(moment)
    try:
        yield
    finally:
        _fixed_here.reset(token)


@contextmanager
def process_at(moment: datetime) -> Iterator[None]:
    """Hold the clock of the whole process still at `moment` (aware). For tests."""
    global _fixed_for_process
    before, _fixed_for_process = _fixed_for_process, moment
    try:
        yield
    finally:
        _fixed_for_process = before
