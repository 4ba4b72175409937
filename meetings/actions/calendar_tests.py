"""Trying out how meetings reach a person's own calendar, and remembering what works."""

import uuid
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.workdays import add_working_days
from journal.record import record
from meetings.emails import calendar_test_cancelled, calendar_test_created, calendar_test_moved
from meetings.models import CalendarTest, CalendarWay
from meetings.permissions import check_can_tick_calendar_test
from people.models import User


# At noon few meetings are held; the move shows best when the day stays the same.
FIRST_TIME, SECOND_TIME = time(12), time(13)

Step, Result = CalendarTest.Step, CalendarTest.Result


@transaction.atomic
def start_calendar_test(*, by: User, pk: uuid.UUID | None = None) -> CalendarTest:
    """Send the person an invitation to a pretended event on the next working day at 12.00.

    A test that is under way ends; its event is taken out of their calendar first. `pk` is
    the key of the new one: sent twice, it is made once. Raises Refused without an address.
    """
    _hold(by)
    if made := CalendarTest.objects.filter(pk=pk, user=by).first():
        return made
    if not by.email:
        raise Refused(_("You have no mail address here, so nothing can be sent to you."))
    for old in CalendarTest.objects.filter(user=by).open():
        _finish(old, Result.STOPPED)
        old.save()
    test = CalendarTest.objects.create(
        id=pk or uuid.uuid4(),
        user=by,
        starts_at=clock.tallinn(add_working_days(clock.today(), 1), FIRST_TIME),
    )
    record("meetings.calendar_test_started", by=by, subject=test)
    calendar_test_created(test)
    return test


@transaction.atomic
def tick_calendar_test(test: CalendarTest, *, step: str, saw: str, by: User) -> CalendarTest:
    """Keep what the person saw after `step`, and send what comes next.

    As it should be: the move, then the cancellation, then invitations are the person's way.
    Otherwise the test ends there, and the event is taken back. The same said twice counts
    once. Raises PermissionDenied for another's test, Refused when the test has gone on
    meanwhile, and at "saw" for what cannot be seen at that step.
    """
    _hold(by)
    test = CalendarTest.objects.select_related("user").get(pk=test.pk)
    check_can_tick_calendar_test(by, test)
    if saw and test.seen_at(step) == saw:
        return test
    if not test.is_open or step != test.step:
        raise Refused(_("You have answered this already. Below is where the test stands now."))
    if saw not in CalendarTest.CHOICES[test.step]:
        raise Refused(_("Choose one of the answers."), field="saw")
    setattr(test, f"saw_{step}", saw)
    if saw != CalendarTest.CHOICES[test.step][0]:
        _finish(test, Result.FAILS)
    elif step == Step.CREATED:
        _move(test)
    elif step == Step.MOVED:
        _cancel(test, Step.CANCELLED)
    else:
        _finish(test, Result.WORKS)
        _remember(by, CalendarWay.Way.INVITATION)
    test.save()
    record("meetings.calendar_test_ticked", by=by, subject=test, step=step, saw=saw)
    return test


@transaction.atomic
def stop_calendar_test(test: CalendarTest, *, by: User) -> CalendarTest:
    """End a test without a result; its event is taken out of the person's calendar.

    Raises PermissionDenied for another's test, Refused when it has ended already.
    """
    _hold(by)
    test = CalendarTest.objects.select_related("user").get(pk=test.pk)
    check_can_tick_calendar_test(by, test)
    if not test.is_open:
        raise Refused(_("This test has ended already."))
    _finish(test, Result.STOPPED)
    test.save()
    record("meetings.calendar_test_stopped", by=by, subject=test)
    return test


@transaction.atomic
def choose_way(*, way: str, by: User) -> CalendarWay:
    """Remember how meetings are to come into the person's own calendar.

    Raises Refused at "way" for one that is not there.
    """
    _hold(by)
    if way not in CalendarWay.Way.values:
        raise Refused(_("Choose one of the three ways."), field="way")
    if chosen := CalendarWay.objects.filter(user=by, way=way).first():
        return chosen
    chosen = _remember(by, way)
    record("meetings.way_chosen", by=by, subject=by, way=way)
    return chosen


def _hold(person: User) -> None:
    """Hold the person, so that two sendings of theirs come one after the other."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _remember(person: User, way: str) -> CalendarWay:
    row, _made = CalendarWay.objects.update_or_create(
        user=person, defaults={"way": way, "chosen_at": clock.now()}
    )
    return row


def _move(test: CalendarTest) -> None:
    test.step, test.moved_at = Step.MOVED, clock.now()
    # Whoever looks only days later would find the event moved into the past.
    day = max(clock.day_of(test.starts_at), add_working_days(clock.today(), 1))
    test.starts_at = clock.tallinn(day, SECOND_TIME)
    test.sequence += 1
    calendar_test_moved(test)


def _cancel(test: CalendarTest, step: str) -> None:
    test.step, test.cancelled_at = step, clock.now()
    test.sequence += 1
    calendar_test_cancelled(test)


def _finish(test: CalendarTest, result: str) -> None:
    """End the test; no pretended event stays behind in anybody's calendar."""
    if test.cancelled_at is None:
        _cancel(test, Step.FINISHED)
    test.step, test.result, test.finished_at = Step.FINISHED, result, clock.now()
