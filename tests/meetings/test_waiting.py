from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from home.waiting import everything_waiting
from meetings.actions import (
    answer_invitation,
    answer_poll,
    cancel_meeting,
    close_poll,
    withdraw_poll,
)
from meetings.models import Meeting
from meetings.waiting import waiting_for
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def test_invitations_waiting_are_those_of_the_next_fourteen_days_without_an_answer():
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    fortnight_end = clock.tallinn(date(2026, 12, 8))
    last = meetings.meeting(worker, starts_at=fortnight_end - timedelta(minutes=1))
    meetings.meeting(worker, starts_at=fortnight_end)
    meetings.meeting(worker, starts_at=MONDAY_MORNING - timedelta(minutes=5))
    meetings.meeting(people.worker())
    answered = meetings.meeting(worker)
    answer_invitation(answered.invitees.get(user=worker), answer="tentative", by=worker)
    cancelled = meetings.meeting(worker, organiser=organiser)
    cancel_meeting(cancelled, wanted_by="organiser", reason="x", by=organiser)

    items = waiting_for(worker, TODAY)

    assert [(str(item.verb), item.about, item.url, item.room, item.due) for item in items] == [
        (
            "Vasta kutsele",
            f"24.11.2026 kl 10.00 · {meetings.TITLE_FOR_PEOPLE}",
            meeting.get_absolute_url(),
            "calendar",
            date(2026, 11, 24),
        ),
        (
            "Vasta kutsele",
            f"07.12.2026 kl 23.59 · {meetings.TITLE_FOR_PEOPLE}",
            last.get_absolute_url(),
            "calendar",
            date(2026, 12, 7),
        ),
    ]


def test_invitations_waiting_stand_among_everything_waiting():
    worker = people.worker()
    meeting = meetings.meeting(worker)

    assert meeting.get_absolute_url() in [item.url for item in everything_waiting(worker, TODAY)]


def test_invitations_waiting_cost_one_small_query_when_there_are_none():
    worker = people.worker()
    meetings.meeting(people.worker())

    with CaptureQueriesContext(connection) as queries:
        assert waiting_for(worker, TODAY) == []

    assert len(queries) == 1


def test_titles_of_meetings_read_no_narrative():
    sql = str(Meeting.objects.with_service_rows().query)

    assert '"code"' in sql
    assert '"question"' not in sql
    assert '"summary"' not in sql


def test_invitations_waiting_cost_two_queries():
    worker = people.worker()
    for many in (1, 29):
        for _n in range(many):
            meetings.meeting(worker)
        with CaptureQueriesContext(connection) as queries:
            waiting_for(worker, TODAY)
        assert len(queries) == 2


def polls_waiting(user, day=TODAY) -> list[tuple]:
    items = waiting_for(user, day)
    return [(item.url, item.due) for item in items if "/polls/" in item.url]


def test_poll_waits_for_those_who_owe_an_answer_then_for_the_organiser():
    worker, organiser = people.worker(), people.consultant()
    answer_by = date(2026, 11, 25)
    poll = meetings.poll(worker, organiser=organiser, answer_by=answer_by)
    meetings.poll(people.worker())
    place = reverse("meetings:poll-answer", args=[poll.pk])
    assert (polls_waiting(worker), polls_waiting(organiser)) == ([(place, answer_by)], [])

    invitee = poll.invitees.get()
    answer_poll(invitee, answers=meetings.said(invitee, "yes", "no", "no"), by=worker)
    assert polls_waiting(worker) == []
    assert polls_waiting(organiser) == [(poll.get_absolute_url(), answer_by)]

    close_poll(poll, time=poll.times.first(), by=organiser)
    assert polls_waiting(organiser) == []


def test_poll_waits_for_the_organiser_when_the_last_day_has_passed():
    organiser = people.consultant()
    poll = meetings.poll(people.worker(), organiser=organiser, answer_by=TODAY)

    assert polls_waiting(organiser) == []
    assert polls_waiting(organiser, TODAY + timedelta(days=1)) == [(poll.get_absolute_url(), TODAY)]


def test_withdrawn_poll_waits_for_nobody():
    worker, organiser = people.worker(), people.consultant()
    withdraw_poll(meetings.poll(worker, organiser=organiser), by=organiser)

    assert polls_waiting(worker) == []


def test_polls_waiting_cost_two_queries():
    worker, organiser = people.worker(), people.consultant()
    for many in (1, 9):
        for _n in range(many):
            meetings.poll(worker, organiser=organiser)
        with CaptureQueriesContext(connection) as queries:
            assert polls_waiting(worker)
        assert len(queries) == 2
