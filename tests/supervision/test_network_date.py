"""Setting the date of a network supervision at a time at which both sides are free."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import meetings, people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db

AT_TEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = {"slot": "20261124T0800Z", "form": "video"}


def address(network) -> str:
    return reverse("supervision:network-date", args=[network.pk])


def test_network_date_at_a_free_time(client_of) -> None:
    network = made.accepted_network()
    client = client_of(network.supervisor)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(network)).status_code == 200
    assert len(queries) <= 15

    assert client.post(address(network), DATA).status_code == 302

    network.refresh_from_db()
    assert network.meeting.starts_at == AT_TEN


@pytest.mark.parametrize("side", ["supervisor", "requester"])
def test_network_date_when_one_side_is_busy(client_of, side) -> None:
    network = made.accepted_network()
    meetings.meeting(getattr(network, side), organiser=people.consultant())

    response = client_of(network.supervisor).post(address(network), DATA)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}
    network.refresh_from_db()
    assert network.meeting is None
