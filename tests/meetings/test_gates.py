"""The second gate alone: a meeting stays in the calendar of somebody whose post has ended."""

import uuid
from datetime import time, timedelta

import pytest
from django.urls import reverse

from common import clock
from meetings import urls
from meetings.actions import add_exception, add_hours, renew_feed
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

PUBLIC = {
    "guest-answer": "a guest's personal link",
    "poll-guest-answer": "a guest's personal link",
    "guest-proposal-make": "a guest's personal link",
    "feed": "a calendar's secret address",
}
OWN = [
    "calendar",
    "calendar-test",
    "calendar-test-start",
    "calendar-test-stop",
    "way-choose",
    "feed-renew",
    "hours",
    "hours-add",
    "exception-add",
    "rules-change",
    "busy-calendar",
    "busy-calendar-ask",
    "busy-calendar-remove",
]
OF_A_FEED = ["feed-text"]
OF_A_MEETING = [
    "meeting-detail",
    "meeting-file",
    "invitation-answer",
    "meeting-move",
    "meeting-cancel",
    "meeting-restore",
    "proposal-make",
]
OF_THE_COORDINATOR = {"handover": "tests/meetings/test_handover.py"}
OF_A_ROOM = {
    "room-list": "tests/meetings/test_rooms.py",
    "room-add": "tests/meetings/test_rooms.py",
    "room-detail": "tests/meetings/test_rooms.py",
    "room-change": "tests/meetings/test_rooms.py",
    "room-close": "tests/meetings/test_rooms.py",
    "room-reopen": "tests/meetings/test_rooms.py",
}
OF_OWN_HOURS = ["hours-end", "exception-remove"]
OF_A_POLL = [
    "poll-detail",
    "poll-answer",
    "poll-close",
    "poll-times-change",
    "poll-ask",
    "poll-remove",
    "poll-remind",
    "poll-withdraw",
]
OF_A_PROPOSAL = ["proposal-take", "proposal-decline"]


def test_every_page_has_its_role_gate_here():
    looked_at = {*OWN, *OF_A_MEETING, *OF_OWN_HOURS, *OF_A_POLL, *OF_A_PROPOSAL, *OF_A_FEED}

    known = {*looked_at, "poll-open", *OF_THE_COORDINATOR, *OF_A_ROOM, *PUBLIC}
    assert known == {each.name for each in urls.urlpatterns}


@pytest.mark.parametrize("name", OWN)
def test_own_page_is_shut_to_those_without_a_post(name, client_of):
    assert client_of(people.person()).get(reverse(f"meetings:{name}")).status_code == 403


@pytest.mark.parametrize("name", OF_OWN_HOURS)
def test_page_of_own_hours_is_shut_to_those_without_a_post(name, client_of):
    person = people.person()
    day = clock.today()
    hours = {"weekdays": [0], "begins": time(9), "ends": time(12), "starts_on": day}
    rows = {
        "hours-end": add_hours(**hours, by=person)[0],
        "exception-remove": add_exception(day=day, by=person),
    }

    place = reverse(f"meetings:{name}", args=[rows[name].pk])

    assert client_of(person).get(place).status_code == 403


@pytest.mark.parametrize("name", OF_A_FEED)
def test_page_of_the_own_feed_is_shut_to_those_without_a_post(name, client_of):
    person = people.worker()
    place = reverse(f"meetings:{name}", args=[renew_feed(by=person).pk])
    client = client_of(person)
    assert client.get(place).status_code == 200

    person.posts.update(ends_on=clock.today() - timedelta(days=1))

    assert client.get(place).status_code == 403


@pytest.mark.parametrize("name", OF_A_MEETING)
def test_page_of_the_own_meeting_is_shut_to_those_without_a_post(name, client_of):
    # The organiser sees the meeting and may change it: only the missing post stands in the way.
    person = people.person()
    place = reverse(f"meetings:{name}", args=[meetings.meeting(organiser=person).pk])
    client = client_of(person)

    send = client.post if name == "invitation-answer" else client.get

    assert send(place, {"answer": "accepted"}).status_code == 403


@pytest.mark.parametrize("name", OF_A_POLL)
def test_page_of_the_own_poll_is_shut_to_those_without_a_post(name, client_of):
    person = people.person()
    poll = meetings.poll(people.worker(), organiser=person)
    more = [poll.invitees.get().pk] if name == "poll-remove" else []
    place = reverse(f"meetings:{name}", args=[poll.pk, *more])
    client = client_of(person)

    send = client.post if name in ("poll-close", "poll-remind") else client.get

    assert send(place).status_code == 403


def test_opening_a_poll_is_shut_to_those_without_a_post(client_of):
    place = reverse("meetings:poll-open", args=["test", uuid.uuid4()])

    assert client_of(people.person()).get(place).status_code == 403


@pytest.mark.parametrize("name", OF_A_PROPOSAL)
def test_page_of_a_proposal_is_shut_to_those_without_a_post(name, client_of):
    person, worker = people.person(), people.worker()
    proposal = meetings.proposal(meetings.meeting(worker, organiser=person), worker)

    assert client_of(person).get(reverse(f"meetings:{name}", args=[proposal.pk])).status_code == 403
