"""The date of a network supervision found by a poll, from the first page to the meeting."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from common import clock
from meetings.guests import poll_guest_url
from meetings.models import Meeting, Poll
from outbox.models import Message
from supervision.actions import date_network, withdraw_network
from supervision.workflow import NetworkStatus
from tests.factories import meetings, people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db

GUESTS = "Mari Mets, mari@kool.example, Kool\nOlev Oja, olev@politsei.example"


@pytest.fixture
def network():
    return make.accepted_network()


def opening(network) -> dict:
    """What the supervisor types: two times, the requester and two guests."""
    return {
        "rows": "5",
        "time-0-day": "30.11.2026",
        "time-0-begins": "10.00",
        "time-0-ends": "12.00",
        "time-1-day": "1.12.2026",
        "time-1-begins": "14",
        "time-1-ends": "16",
        "form": "on_site",
        "place": "Elva vallamaja",
        "people": [network.requester_id],
        "guests": GUESTS,
        "quorum": "2",
        "answer_by": "26.11.2026",
    }


def place_of(network) -> str:
    return reverse("meetings:poll-open", args=["network", network.pk])


def opened(client_of, network) -> Poll:
    client_of(network.supervisor).post(place_of(network), opening(network))
    return Poll.objects.get()


def test_network_poll_from_the_link_to_the_meeting(client, client_of, network):
    supervisor = client_of(network.supervisor)
    assert place_of(network) in supervisor.get(network.get_absolute_url()).content.decode()

    poll = opened(client_of, network)
    for guest in poll.invitees.filter(user=None):
        answers = zip(poll.times.all(), ("no", "yes"), strict=True)
        client.post(
            urlsplit(poll_guest_url(guest)).path,
            {f"answer-{time.pk.hex}": answer for time, answer in answers},
        )
    page = supervisor.get(poll.get_absolute_url())
    best = page.context["best"].time
    supervisor.post(
        reverse("meetings:poll-close", args=[poll.pk]),
        {"time": best.pk, "version": page.context["poll"].version},
    )

    network.refresh_from_db()
    assert network.status == NetworkStatus.DATED
    assert network.meeting.starts_at == clock.tallinn(meetings.span(8)[0].date()) + timedelta(
        hours=14
    )
    answers = {each.name: each.answer for each in network.meeting.invitees.all()}
    assert answers == {
        network.supervisor.name: "accepted",
        network.requester.name: "needs-action",
        "Mari Mets": "accepted",
        "Olev Oja": "accepted",
    }
    told = Message.objects.filter(kind="meetings.meeting_invitation")
    assert sorted(told.values_list("address", flat=True)) == [
        "mari@kool.example",
        "olev@politsei.example",
    ]
    dated = Message.objects.filter(kind="supervision.network_dated", recipient=network.requester)
    assert dated.count() == 1


def test_network_poll_shows_no_wish(client, client_of, network):
    poll = opened(client_of, network)
    pages = [
        client_of(network.supervisor).get(poll.get_absolute_url()),
        client_of(network.requester).get(reverse("meetings:poll-answer", args=[poll.pk])),
        client.get(urlsplit(poll_guest_url(poll.invitees.filter(user=None)[0])).path),
    ]

    assert [page.status_code for page in pages] == [200] * 3
    texts = [page.content.decode() for page in pages]
    texts += [mail.subject + mail.body for mail in Message.objects.all()]
    assert [text for text in texts if make.WISH in text] == []


def test_network_poll_is_opened_by_those_who_set_the_date(client_of, network):
    requester, coordinator = client_of(network.requester), client_of(people.coordinator())

    assert requester.get(place_of(network)).status_code == 403
    assert requester.post(place_of(network), opening(network)).status_code == 403
    assert coordinator.get(place_of(network)).status_code == 200
    assert client_of(people.worker("Haapsalu linn")).get(place_of(network)).status_code == 404
    assert client_of(people.supervisor()).get(place_of(network)).status_code == 404


def test_network_poll_is_run_by_the_coordinator_too(client_of, network):
    poll = opened(client_of, network)

    page = client_of(people.coordinator()).get(poll.get_absolute_url())

    assert page.status_code == 200
    assert page.context["form"].fields["time"]


def test_network_that_needs_no_date_opens_no_poll(client_of):
    dated = make.dated_network()
    asked = make.asked_network()

    response = client_of(dated.supervisor).get(place_of(dated))
    early = client_of(people.coordinator()).get(place_of(asked))

    assert response["Location"] == dated.get_absolute_url()
    assert early["Location"] == asked.get_absolute_url()


def test_network_page_leads_to_the_running_poll(client_of, network):
    poll = opened(client_of, network)

    text = client_of(network.supervisor).get(network.get_absolute_url()).content.decode()

    assert poll.get_absolute_url() in text
    assert place_of(network) not in text


@pytest.mark.parametrize("deed", ["dated", "withdrawn"])
def test_network_poll_ends_with_its_need(client_of, network, deed):
    poll = opened(client_of, network)

    if deed == "dated":
        starts_at, ends_at = meetings.span(9)
        date_network(
            network, starts_at=starts_at, ends_at=ends_at, form="phone", by=network.supervisor
        )
    else:
        withdraw_network(network, by=network.requester)

    poll.refresh_from_db()
    assert poll.withdrawn_at is not None
    assert Message.objects.filter(kind="meetings.poll_withdrawn").count() >= 2


def test_network_poll_closed_on_a_taken_time_books_nothing(client_of, network):
    poll = opened(client_of, network)
    time = poll.times.first()
    meetings.meeting(organiser=network.supervisor, starts_at=time.starts_at)

    response = client_of(network.supervisor).post(
        reverse("meetings:poll-close", args=[poll.pk]), {"time": time.pk, "version": poll.version}
    )

    network.refresh_from_db()
    poll.refresh_from_db()
    assert response.status_code == 422
    assert (poll.is_running, network.status) == (True, NetworkStatus.ACCEPTED)
    assert Meeting.objects.count() == 1
