"""The consultation's clock: contact within three working days.

Source: the Board's page on the service (the applicant is contacted within three
working days). Day 1 is the first working day after submission; the time is up at
the end of the third (24.00 in Tallinn).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.workdays import add_working_days, working_days_between


CONTACT_WORKING_DAYS = 3
UNASSIGNED_WORKING_DAYS = 1
"""How long a request may wait for a consultant before the coordinator is told."""


@dataclass(frozen=True)
class ClockFace:
    """A running clock in words, with the kind of tag that it wears."""

    text: str
    kind: str


def contact_due(submitted_at: datetime) -> datetime:
    """Return the moment by which the consultant must have taken contact."""
    last = add_working_days(clock.day_of(submitted_at), CONTACT_WORKING_DAYS)
    return clock.end_of(last)


def last_day(due_at: datetime) -> date:
    """Return the last day of a deadline that ends at 24.00 (Tallinn)."""
    return clock.day_of(due_at - timedelta(microseconds=1))


def working_days_left(due_at: datetime, day: date) -> int:
    """Count the working days after `day` up to the deadline's last day.

    0 on the last day itself, negative by the working days that have passed since.
    """
    return working_days_between(day, last_day(due_at))


def clock_face(due_at: datetime) -> ClockFace:
    """Say how a clock stands now: "1 working day left", "Late by 2 working days"."""
    left = working_days_left(due_at, clock.today())
    if clock.now() >= due_at:
        if left == 0:
            # Nothing but days off since: late, though by no whole working day.
            return ClockFace(_("The deadline has passed"), "bad")
        text = ngettext("Late by %(n)s working day", "Late by %(n)s working days", -left)
        return ClockFace(text % {"n": -left}, "bad")
    if left == 0:
        return ClockFace(_("Today is the last day"), "warn")
    text = ngettext("%(n)s working day left", "%(n)s working days left", left)
    return ClockFace(text % {"n": left}, "warn" if left == 1 else "info")


def waits_too_long(submitted_at: datetime, day: date) -> bool:
    """Say whether a request without consultant has waited for more than one working day."""
    waited = working_days_between(clock.day_of(submitted_at), day)
    return waited > UNASSIGNED_WORKING_DAYS
