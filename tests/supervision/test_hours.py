"""A supervisor's monthly statement for the invoice."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock
from supervision.actions import hold_network
from tests.factories import people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db


def test_month_holds_group_meetings_and_networks_with_their_sum(client_of):
    network = made.dated_network()
    group = made.published_group(made.open_season(), supervisor=network.supervisor)
    session = made.recorded(made.first_session(group))
    with clock.at(network.meeting.ends_at):
        hold_network(network, hours=Decimal("1.5"), by=group.supervisor)
    day = clock.day_of(session.meeting.starts_at)
    client = client_of(group.supervisor)

    response = client.get(reverse("supervision:supervisor-hours-csv", args=[f"{day:%Y-%m}"]))

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Päev;Mis;Tunnid"
    assert f"{day.isoformat()};{group.name};3" in response.content.decode().replace(",00", "")
    page = client.get(reverse("supervision:supervisor-hours")).content.decode()
    assert f"/supervision/hours/{day:%Y-%m}.csv" in page


@pytest.mark.parametrize(
    "month", ["2026-13", "abc", "2026", "0-0", "99999-01", "9999-12", "0001-01"]
)
def test_month_that_is_none_is_not_there(client_of, month):
    client = client_of(people.supervisor())

    assert client.get(f"/supervision/hours/{month}.csv").status_code == 404


def test_month_of_another_supervisor_is_empty(client_of):
    group = made.published_group(made.open_season())
    session = made.recorded(made.first_session(group))
    month = f"{clock.day_of(session.meeting.starts_at):%Y-%m}"

    text = client_of(people.supervisor()).get(f"/supervision/hours/{month}.csv").content.decode()

    assert group.name not in text
