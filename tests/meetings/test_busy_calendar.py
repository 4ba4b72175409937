"""A person's own calendar: given, read in the background, given up, removed."""

import logging
import threading
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django_q.models import Schedule

from common import clock
from common.fetch import (
    NO_ANSWER,
    NOT_PUBLIC,
    NOT_SAFE,
    REFUSED,
    TOO_LARGE,
    Fetched,
    NotFetched,
)
from journal.models import Entry
from meetings import busy
from meetings.actions import (
    add_busy_calendar,
    ask_busy_calendar,
    remove_busy_calendar,
    stop_busy_calendar,
)
from meetings.models import BusyCalendar, BusyTime
from meetings.read_busy.limits import NOT_CALENDAR, TOO_COMPLEX
from meetings.tasks import own_calendars as tasks
from meetings.tasks import read_busy_calendar, read_busy_calendars
from outbox.models import Message
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people
from tests.meetings.files import calendar as file_of
from tests.meetings.internet import (
    ADDRESS,
    OTHER,
    PAGE,
    TEN_TO_ELEVEN,
    TUESDAY,
    WEDNESDAY,
    given,
    kinds_about,
    times_of,
)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("internet")]


# --- reading --------------------------------------------------------------------------------


def test_busy_calendar_is_read_and_only_its_times_are_kept():
    calendar = given()

    assert read_busy_calendars() == 1

    calendar.refresh_from_db()
    assert (calendar.state, calendar.worked_at, calendar.skipped) == ("works", MONDAY_MORNING, 0)
    assert times_of(calendar.user) == [TEN_TO_ELEVEN]
    with connection.cursor() as cursor:
        for table in ("meetings_busycalendar", "meetings_busytime"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "kanaarilind" not in str(cursor.fetchall())


def test_busy_times_reach_from_yesterday_for_26_weeks(internet):
    internet.answers[ADDRESS] = file_of("DTSTART:20200101T120000\nDTEND:20300101T120000")
    calendar = given()

    read_busy_calendars()

    [(begin, end)] = times_of(calendar.user)
    assert begin == datetime(2026, 11, 22, tzinfo=clock.TALLINN)
    assert end == datetime(2027, 5, 25, tzinfo=clock.TALLINN)


def test_busy_times_are_replaced_whole(internet):
    calendar = given()
    read_busy_calendars()
    internet.answers[ADDRESS] = file_of(WEDNESDAY)

    with clock.at(MONDAY_MORNING + timedelta(minutes=31)):
        read_busy_calendars()

    assert times_of(calendar.user) == [tuple(at + timedelta(days=1) for at in TEN_TO_ELEVEN)]


def test_own_meetings_do_not_keep_busy(internet):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    stranger = meeting.uid.replace(meeting.uid[:8], "01234567")
    internet.answers[ADDRESS] = file_of(f"UID:{meeting.uid}\n{TUESDAY}")
    given(worker)
    internet.answers[OTHER] = file_of(f"UID:{stranger}\n{TUESDAY}", f"UID:1\n{TUESDAY}")
    other = given(address=OTHER)

    read_busy_calendars()

    assert times_of(worker) == []
    assert times_of(other.user) == [TEN_TO_ELEVEN]


def test_busy_calendar_is_asked_at_most_every_half_hour(internet):
    given()
    read_busy_calendars()

    assert read_busy_calendars() == 0
    with clock.at(MONDAY_MORNING + timedelta(minutes=29)):
        assert read_busy_calendars() == 0
    with clock.at(MONDAY_MORNING + timedelta(minutes=30)):
        assert read_busy_calendars() == 1
    assert len(internet.asked) == 2


def test_busy_calendar_unchanged_is_not_read_again_that_day(internet):
    calendar = given()
    read_busy_calendars()
    internet.answers[ADDRESS] = None

    with clock.at(MONDAY_MORNING + timedelta(hours=1)):
        read_busy_calendars()
        calendar.refresh_from_db()
        assert calendar.worked_at == clock.now()

    assert internet.asked[1] == (ADDRESS, '"1"', "Mon, 23 Nov 2026 08:00:00 GMT")
    assert times_of(calendar.user) == [TEN_TO_ELEVEN]


def test_busy_calendar_is_read_whole_each_day_for_the_days_move_on(internet):
    calendar = given()
    read_busy_calendars()

    with clock.at(MONDAY_MORNING + timedelta(days=1)):
        read_busy_calendars()

    assert internet.asked[1] == (ADDRESS, "", "")
    calendar.refresh_from_db()
    assert calendar.read_on == (MONDAY_MORNING + timedelta(days=1)).date()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("no_answer", "no_answer"),
        ("refused", "refused"),
        ("not_safe", "not_safe"),
        ("not_public", "not_public"),
        ("too_large", "too_large"),
        (b"<html>kanaarilind</html>", "not_calendar"),
        (b"BEGIN:VCALENDAR\n", "not_calendar"),
        (b"BEGIN:VCALENDAR\n" + b"x" * 2_100_000, "too_large"),
        (file_of("DTSTART:20261124T100000\nRRULE:FREQ=SECONDLY"), "too_complex"),
        (
            file_of("DTSTART:20261124T100000\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
            "too_complex",
        ),
        (None, "not_calendar"),
    ],
)
def test_busy_calendar_that_cannot_be_read_says_why(internet, answer, state):
    calendar = given()
    internet.answers[ADDRESS] = answer

    read_busy_calendars()

    calendar.refresh_from_db()
    assert (calendar.state, calendar.failures) == (state, 1)
    assert (calendar.checked_at, calendar.worked_at) == (MONDAY_MORNING, None)


def test_every_word_of_the_reading_is_a_state():
    words = {NO_ANSWER, REFUSED, NOT_SAFE, NOT_PUBLIC, TOO_LARGE, NOT_CALENDAR, TOO_COMPLEX}

    assert words | {"new", "works"} == set(BusyCalendar.State.values)


def test_broken_calendar_does_not_stop_the_others(internet, monkeypatch, caplog):
    broken, sound = given(address=OTHER), given()
    internet.answers[OTHER] = b"BEGIN:VCALENDAR\n"
    real = tasks.read_file

    def read_file(data, **rest):
        if data == internet.answers[OTHER]:
            raise ZeroDivisionError(f"kanaarilind {OTHER}")
        return real(data, **rest)

    monkeypatch.setattr(tasks, "read_file", read_file)

    with caplog.at_level(logging.DEBUG):
        assert read_busy_calendars() == 2

    broken.refresh_from_db()
    assert broken.state == "no_answer"
    assert times_of(sound.user) == [TEN_TO_ELEVEN]
    assert f"busy calendar {broken.pk} not read: ZeroDivisionError" in caplog.text
    assert "kanaarilind" not in caplog.text
    assert "test.example" not in caplog.text


def test_reading_that_breaks_by_itself_is_no_fault_of_the_calendar(monkeypatch, caplog):
    calendar = given()
    monkeypatch.setattr(busy.sys, "executable", "/bin/false")

    with caplog.at_level(logging.DEBUG):
        read_busy_calendars()

    calendar.refresh_from_db()
    assert calendar.state == "no_answer"
    assert "CalledProcessError" in caplog.text
    assert "kanaarilind" not in caplog.text


def test_times_read_last_still_count_while_the_calendar_fails(internet):
    calendar = given()
    read_busy_calendars()
    internet.answers[ADDRESS] = "no_answer"

    with clock.at(MONDAY_MORNING + timedelta(hours=1)):
        read_busy_calendars()

    assert times_of(calendar.user) == [TEN_TO_ELEVEN]


def _closed(user):
    user.is_active = False
    user.save()


def _left(user):
    user.posts.update(ends_on=clock.today() - timedelta(days=1))


@pytest.mark.parametrize("change", [_closed, _left])
def test_busy_calendar_of_somebody_who_left_is_not_asked(internet, change):
    calendar = given()
    read_busy_calendars()
    change(calendar.user)

    with clock.at(MONDAY_MORNING + timedelta(hours=1)):
        read_busy_calendars()

    assert len(internet.asked) == 1
    assert times_of(calendar.user) == []


# --- failing, giving up ---------------------------------------------------------------------


def tick_through(days: float) -> list[timedelta]:
    """Run the sweep each 15 minutes; return after how long the calendar was asked."""
    asked = []
    for n in range(int(days * 96)):
        after = timedelta(minutes=15 * n)
        with clock.at(MONDAY_MORNING + after):
            if read_busy_calendars():
                asked.append(after)
    return asked


def test_failing_calendar_is_asked_ever_more_seldom_and_then_no_more(internet):
    calendar = given()
    internet.answers[ADDRESS] = "refused"

    asked = tick_through(4)

    pauses = [later - before for before, later in zip(asked, asked[1:], strict=False)]
    assert [pause / timedelta(hours=1) for pause in pauses] == [0.5, 1, 2, 4, 8, 12, 12]
    calendar.refresh_from_db()
    assert calendar.stopped_at == MONDAY_MORNING + asked[-1]
    [mail] = Message.objects.filter(kind="meetings.busy_calendar_stopped")
    assert mail.recipient == calendar.user
    assert PAGE in mail.body
    assert "kanaarilind" not in mail.subject + mail.body
    [entry] = Entry.objects.filter(kind="meetings.busy_calendar_stopped")
    assert (entry.actor, entry.subject_id) == (None, calendar.pk)
    assert entry.details == {"state": "refused", "failures": 8}


def test_calendar_failing_for_three_days_is_given_up_however_seldom_it_was_asked(internet):
    calendar = given()
    internet.answers[ADDRESS] = "no_answer"
    for days in (0, 3):
        with clock.at(MONDAY_MORNING + timedelta(days=days)):
            read_busy_calendars()

    calendar.refresh_from_db()
    assert (calendar.failures, calendar.stopped_at is not None) == (2, True)


def test_calendar_that_works_again_begins_afresh(internet):
    calendar = given()
    internet.answers[ADDRESS] = "no_answer"
    read_busy_calendars()
    internet.answers[ADDRESS] = file_of(TUESDAY)

    with clock.at(MONDAY_MORNING + timedelta(hours=1)):
        read_busy_calendars()

    calendar.refresh_from_db()
    assert (calendar.state, calendar.failures, calendar.failing_since) == ("works", 0, None)


def test_calendar_given_up_keeps_nobody_busy():
    calendar = given()
    read_busy_calendars()

    calendar.refresh_from_db()
    stop_busy_calendar(calendar)

    assert times_of(calendar.user) == []
    with clock.at(MONDAY_MORNING + timedelta(days=30)):
        assert read_busy_calendars() == 0


def test_calendar_given_up_is_tried_anew_when_asked(internet):
    calendar = given()
    calendar.failing_since = MONDAY_MORNING
    stop_busy_calendar(calendar)

    ask_busy_calendar(calendar, by=calendar.user)
    read_busy_calendars()

    calendar.refresh_from_db()
    assert (calendar.state, calendar.stopped_at) == ("works", None)
    assert times_of(calendar.user) == [TEN_TO_ELEVEN]


# --- two at a time --------------------------------------------------------------------------


def test_reading_the_same_calendar_at_once_happens_once(internet):
    calendar = given()
    seen = BusyCalendar.objects.get(pk=calendar.pk)

    assert tasks.claim(seen)
    assert not tasks.claim(seen)
    assert not read_busy_calendar(calendar.pk)
    assert internet.asked == []


@pytest.mark.parametrize("meanwhile", ["removed", "replaced", "stopped"])
@pytest.mark.parametrize("answer", [file_of(TUESDAY), "no_answer"])
def test_what_was_read_of_an_address_that_is_gone_is_thrown_away(monkeypatch, meanwhile, answer):
    calendar = given()
    owner = calendar.user

    def fetch(_address, **_rest):
        with clock.at(MONDAY_MORNING + timedelta(seconds=5)):
            if meanwhile == "removed":
                remove_busy_calendar(calendar, by=owner)
            elif meanwhile == "replaced":
                add_busy_calendar(address=OTHER, by=owner)
            else:
                stop_busy_calendar(calendar)
        if isinstance(answer, str):
            raise NotFetched(answer)
        return Fetched(answer)

    monkeypatch.setattr(tasks, "fetch", fetch)

    read_busy_calendar(calendar.pk)

    assert times_of(owner) == []
    states = list(BusyCalendar.objects.values_list("state", "failures"))
    assert states == ([] if meanwhile == "removed" else [("new", 0)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_moment_leave_one_set_of_times(internet):
    calendar = given()
    at_once = threading.Barrier(2, timeout=10)
    done = []

    def work():
        try:
            at_once.wait()
            done.append(read_busy_calendar(calendar.pk))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert sorted(done) == [False, True]
    assert times_of(calendar.user) == [TEN_TO_ELEVEN]


# --- deeds ----------------------------------------------------------------------------------


def test_add_busy_calendar_replaces_the_earlier_one_at_once():
    worker = people.worker()
    before = given(worker)
    read_busy_calendars()

    after = given(worker, OTHER)

    assert [each.address for each in BusyCalendar.objects.all()] == [OTHER]
    assert times_of(worker) == []
    assert kinds_about(before, after) == ["meetings.busy_calendar_added"] * 2


def test_remove_busy_calendar_forgets_everything_at_once():
    calendar = given()
    read_busy_calendars()
    other = people.worker()
    BusyTime.objects.create(user=other, starts_at=TEN_TO_ELEVEN[0], ends_at=TEN_TO_ELEVEN[1])
    pk = calendar.pk

    remove_busy_calendar(calendar, by=calendar.user)

    assert not BusyCalendar.objects.exists()
    assert [time.user for time in BusyTime.objects.all()] == [other]
    assert Entry.objects.filter(kind="meetings.busy_calendar_removed", subject_id=pk).count() == 1


def test_read_soon_asks_the_worker(settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.OUTBOX_ASYNC = True
    sent = []
    monkeypatch.setattr(busy, "async_task", lambda *args: sent.append(args))

    with django_capture_on_commit_callbacks(execute=True):
        calendar = given()
    assert read_busy_calendars() == 1

    assert sent == [("meetings.tasks.read_busy_calendar", calendar.pk)] * 2


def test_sweep_stands_in_the_workers_timetable():
    for _n in range(2):
        call_command("load_reference", verbosity=0)

    [plan] = Schedule.objects.filter(func="meetings.tasks.read_busy_calendars")
    assert (plan.schedule_type, plan.minutes) == (Schedule.MINUTES, 15)
