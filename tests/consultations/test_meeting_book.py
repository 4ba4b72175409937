"""Booking a case's meeting at a time at which consultant and contacts are free."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.actions import add_contact
from consultations.models import CaseMeeting
from consultations.workflow import Status
from meetings.actions import add_exception
from tests.factories import consultations as made
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
CHOSEN = "20261124T0800Z"
AT_TEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = {"slot": CHOSEN, "kind": "discussion", "form": "phone"}


@pytest.fixture
def case():
    return made.request_at(Status.IN_PROGRESS, "Elva vald", consultant=people.consultant())


def address(case) -> str:
    return reverse("consultations:meeting-book", args=[case.pk])


def test_meeting_book_at_a_free_time(client_of, case) -> None:
    client = client_of(case.consultant)
    first = client.get(address(case)).context["form"].page.days[1]
    assert (first.day, len(first.slots)) == (TUESDAY, 13)

    response = client.post(address(case), DATA | {"people": [case.requester_id]})

    assert response.status_code == 302
    meeting = CaseMeeting.objects.get().meeting
    assert (meeting.starts_at, meeting.ends_at) == (AT_TEN, AT_TEN + timedelta(hours=1))


def test_meeting_book_asks_only_those_who_are_invited_for_their_time(client_of, case) -> None:
    busy = people.worker()
    add_contact(case, person=busy, by=case.consultant)
    add_exception(day=TUESDAY, begins=time(9), ends=time(10), by=busy)
    client = client_of(case.consultant)

    with_busy = DATA | {"people": [case.requester_id, busy.pk]}
    response = client.post(address(case), with_busy)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}
    assert CaseMeeting.objects.count() == 0

    assert client.post(address(case), DATA | {"people": [case.requester_id]}).status_code == 302


def test_meeting_book_when_the_consultant_is_busy(client_of, case) -> None:
    meetings.meeting(organiser=case.consultant)

    response = client_of(case.consultant).post(address(case), DATA)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}


def test_meeting_book_costs_the_same_for_many_contacts(client_of, case) -> None:
    client = client_of(case.consultant)
    counted = []
    for number in (1, 8):
        for _n in range(number):
            add_contact(case, person=people.worker(), by=case.consultant)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(case)).status_code == 200
        counted.append(len(queries))

    assert counted == [15, 15]
