"""Reminders of meetings: when, to whom, once, and never too late."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from meetings.actions import (
    answer_invitation,
    cancel_meeting,
    move_meeting,
    remove_invitee,
)
from meetings.guests import guest_url
from meetings.tasks import remind
from meetings.tasks import reminders as tasks
from outbox.digest import choose
from outbox.models import Message, Status
from outbox.tasks import send_waiting
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

KIND = "meetings.meeting_reminder"
LOUD = {"quiet_from": None, "quiet_until": None, "quiet_weekends": False}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H.%M").replace(tzinfo=clock.TALLINN)


THURSDAY = at("26.11.2026 14.00")


def person(remind: str = "day", **quiet):
    found = people.worker(language="en")
    choose(found, remind=remind, **(LOUD | quiet))
    return found


def planned(*invited, starts_at: datetime = THURSDAY, **facts):
    """A meeting whose organiser wants no reminders."""
    return meetings.meeting(*invited, organiser=person("none"), starts_at=starts_at, **facts)


def reminded(user=None) -> int:
    found = Message.objects.filter(kind=KIND)
    return found.filter(recipient=user).count() if user else found.count()


def remind_at(moment: datetime) -> int:
    with clock.process_at(moment):
        return remind()


@pytest.mark.parametrize(
    ("choice", "moments"),
    [
        ("none", []),
        ("day", [THURSDAY - DAY]),
        ("hours", [THURSDAY - 2 * HOUR]),
        ("both", [THURSDAY - DAY, THURSDAY - 2 * HOUR]),
    ],
)
def test_reminder_comes_when_the_person_wants_it(choice, moments):
    planned(person(choice))
    came = []
    moment = at("23.11.2026 10.00")
    while moment < THURSDAY + 3 * HOUR:
        came += [moment] * remind_at(moment)
        moment += timedelta(minutes=10)
    assert came == moments


def test_reminder_of_whoever_chose_nothing_comes_the_day_before():
    worker = people.worker()
    planned(worker)
    assert [remind_at(THURSDAY - DAY - HOUR), remind_at(THURSDAY - DAY)] == [0, 1]
    assert reminded(worker) == 1


def test_reminder_says_when_where_and_what_to_do():
    worker = person()
    meeting = planned(worker, place="Tartu, Näidise 1")

    remind_at(THURSDAY - DAY)

    message = Message.objects.get(kind=KIND)
    assert message.subject == "Reminder: meeting 26 November 2026, 14:00"
    assert message.body == (
        "You have a meeting soon.\n"
        "\n"
        "Kohtumine\n"
        "Time: 26 November 2026, 14:00–15:00\n"
        "Place: Tartu, Näidise 1\n"
        f"Organiser: {meeting.organiser.name}\n"
        "\n"
        "Say here if you cannot come:\n"
        f"http://127.0.0.1:8000/calendar/meetings/{meeting.pk}/\n"
    )
    assert (message.about, message.expires_at) == (meeting.pk, THURSDAY)


def test_reminder_of_a_video_meeting_holds_the_link():
    planned(person(), form="video", place="", link="https://video.example/abc")
    remind_at(THURSDAY - DAY)
    assert "Link: https://video.example/abc\n" in Message.objects.get(kind=KIND).body


def test_reminder_tells_nothing_of_the_service():
    planned(person())
    remind_at(THURSDAY - DAY)
    message = Message.objects.get(kind=KIND)
    assert meetings.TITLE_FOR_PEOPLE not in message.subject + message.body


def test_reminder_of_a_guest_comes_the_day_before_with_the_personal_link():
    meeting = planned(guests=(meetings.GUEST,))

    assert [remind_at(THURSDAY - DAY), remind_at(THURSDAY - 2 * HOUR)] == [1, 0]

    message = Message.objects.get(kind=KIND)
    assert (message.recipient, message.address) == (None, meetings.GUEST.email)
    assert guest_url(meetings.guest_of(meeting)) in message.body


@pytest.mark.parametrize(
    ("starts_at", "choice", "quiet", "moment"),
    [
        # The day before at 8.00 is quiet until 9.00: the evening before that.
        ("26.11.2026 08.00", "day", (time(20), time(9)), "24.11.2026 19.30"),
        ("26.11.2026 08.00", "hours", (time(20), time(7)), "25.11.2026 19.30"),
        # Monday: the day before is a quiet Sunday, told on Friday evening.
        ("30.11.2026 14.00", "day", (time(20), time(7)), "27.11.2026 19.30"),
        ("30.11.2026 14.00", "hours", (time(20), time(7)), "30.11.2026 12.00"),
    ],
)
def test_reminder_comes_before_the_quiet_hours_rather_than_in_them(
    starts_at, choice, quiet, moment
):
    start, end = quiet
    planned(
        person(choice, quiet_from=start, quiet_until=end, quiet_weekends=True),
        starts_at=at(starts_at),
    )

    assert remind_at(at(moment) - timedelta(minutes=1)) == 0
    with clock.process_at(at(moment)):
        assert [remind(), send_waiting() >= 1] == [1, True]


def test_reminder_of_two_quiet_moments_is_one():
    worker = person("both", quiet_from=time(15), quiet_until=time(14), quiet_weekends=True)
    planned(worker, starts_at=at("30.11.2026 10.00"))
    for moment in ("27.11.2026 14.30", "27.11.2026 14.50", "30.11.2026 09.00"):
        remind_at(at(moment))
    assert reminded(worker) == 1


def test_reminder_never_comes_after_the_beginning():
    planned(person())
    assert [remind_at(THURSDAY), remind_at(THURSDAY + HOUR)] == [0, 0]


def test_reminder_that_could_not_be_sent_before_the_beginning_is_dropped():
    planned(person())
    remind_at(THURSDAY - DAY)
    mail.outbox.clear()
    with clock.process_at(THURSDAY):
        send_waiting()
    assert Message.objects.get(kind=KIND).status == Status.DROPPED
    assert "Reminder" not in [each.subject.split(":")[0] for each in mail.outbox]


def test_reminder_after_a_standstill_comes_late_and_once():
    worker = person("both")
    planned(worker)
    assert [remind_at(THURSDAY - HOUR), remind_at(THURSDAY - HOUR / 2)] == [1, 0]


@pytest.mark.parametrize(
    ("booked_at", "count"),
    [
        (THURSDAY - DAY - 2 * HOUR, 1),
        (THURSDAY - DAY - HOUR / 2, 0),
        (THURSDAY - DAY + HOUR, 0),
    ],
)
def test_reminder_is_for_those_who_were_not_told_just_now(booked_at, count):
    with clock.process_at(booked_at):
        planned(person())
    for moment in (booked_at, THURSDAY - DAY, THURSDAY - 3 * HOUR):
        remind_at(max(moment, booked_at))
    assert reminded() == count


@pytest.mark.parametrize(("answer", "count"), [("declined", 0), ("tentative", 1), ("accepted", 1)])
def test_reminder_is_not_for_those_who_do_not_come(answer, count):
    worker = person()
    meeting = planned(worker)
    answer_invitation(meeting.invitees.get(user=worker), answer=answer, by=worker)
    assert remind_at(THURSDAY - DAY) == count


def test_reminder_is_not_for_closed_accounts_nor_for_those_without_address():
    closed, without = person(), person()
    planned(closed, without)
    closed.is_active = False
    closed.save()
    without.email = None
    without.save()
    assert remind_at(THURSDAY - DAY) == 0


def test_reminder_waiting_is_dropped_with_the_meeting():
    worker = person()
    meeting = planned(worker)
    other = planned(worker)
    with clock.process_at(THURSDAY - DAY):
        assert remind() == 2
        cancel_meeting(meeting, wanted_by="other", reason="", by=meeting.organiser)
        assert remind() == 0
    found = dict(Message.objects.filter(kind=KIND).values_list("about", "status"))
    assert found == {meeting.pk: Status.DROPPED, other.pk: Status.WAITING}


def test_reminder_of_a_moved_meeting_is_dropped_and_comes_again():
    worker = person()
    meeting = planned(worker)
    friday = THURSDAY + DAY
    with clock.process_at(THURSDAY - DAY):
        remind()
        move_meeting(
            meeting,
            starts_at=friday,
            ends_at=friday + HOUR,
            wanted_by="other",
            reason="",
            by=meeting.organiser,
        )
        assert remind() == 0
    assert Message.objects.get(kind=KIND).status == Status.DROPPED
    assert remind_at(friday - DAY) == 1
    again = Message.objects.get(kind=KIND, status=Status.WAITING)
    assert again.expires_at == friday


def test_reminder_waiting_is_dropped_for_who_declines_or_is_taken_off_alone():
    declines, leaves, stays = person(), person(), person()
    meeting = planned(declines, leaves, stays)
    with clock.process_at(THURSDAY - DAY):
        remind()
        answer_invitation(meeting.invitees.get(user=declines), answer="declined", by=declines)
        remove_invitee(meeting.invitees.get(user=leaves), by=meeting.organiser)
    found = dict(Message.objects.filter(kind=KIND).values_list("recipient", "status"))
    assert found == {
        declines.pk: Status.DROPPED,
        leaves.pk: Status.DROPPED,
        stays.pk: Status.WAITING,
    }


def test_reminder_is_not_written_for_a_meeting_moved_a_moment_ago(monkeypatch):
    """The sweep saw the old time; before it wrote, the meeting was moved."""
    meeting = planned(person())
    real = tasks._remind

    def moved_meanwhile(*args):
        with clock.at(THURSDAY - DAY):
            move_meeting(
                meeting,
                starts_at=THURSDAY + DAY,
                ends_at=THURSDAY + DAY + HOUR,
                wanted_by="other",
                reason="",
                by=meeting.organiser,
            )
        return real(*args)

    monkeypatch.setattr(tasks, "_remind", moved_meanwhile)
    assert remind_at(THURSDAY - DAY) == 0
    assert reminded() == 0


def test_remind_looks_with_two_queries_at_any_number_of_meetings():
    with clock.at(at("23.11.2026 09.00")):
        for _n in range(10):
            planned(person())
    remind_at(THURSDAY - DAY)
    with CaptureQueriesContext(connection) as queries:
        assert remind_at(THURSDAY - DAY + HOUR) == 0
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("booked", "moved_at", "at_once"),
    [("24.11.2026 08.00", "23.11.2026 22.00", True), (None, "23.11.2026 22.00", False)],
)
def test_moved_in_the_night_is_told_at_once_only_before_an_early_meeting(booked, moved_at, at_once):
    worker = people.worker()
    meeting = planned(worker, starts_at=at(booked) if booked else THURSDAY)
    with clock.process_at(at(moved_at)):
        cancel_meeting(meeting, wanted_by="other", reason="", by=meeting.organiser)
    message = Message.objects.get(kind="meetings.meeting_cancelled")
    assert (message.send_after == at(moved_at)) is at_once
