from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from home.waiting import everything_waiting
from meetings.actions import answer_invitation, cancel_meeting
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
