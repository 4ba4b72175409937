"""Setting the date of a group's meeting at a time at which its supervisor is free."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.refusal import Refused
from meetings.actions import answer_invitation
from meetings.models import BusyTime
from supervision.actions.seats import check_supervisor_is_free
from tests.factories import meetings, people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db

AT_TEN = datetime(2026, 12, 15, 8, tzinfo=UTC)
CHOSEN = "20261215T0800Z"
PLACE = {"form": "on_site", "place": "Tartu", "link": ""}


def address(group, number: int = 1) -> str:
    return reverse("supervision:session-date", args=[group.pk, number]) + "?length=180"


def hand_of(response) -> dict[str, str]:
    page = BeautifulSoup(response.content, "html.parser")
    fields = ("day", "begins", "ends")
    return {name: page.select_one(f"#id_{name}").get("value", "") for name in fields}


def test_session_date_at_a_free_time(client_of) -> None:
    group = made.draft_group(made.open_season())
    client = client_of(people.coordinator())
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(group)).status_code == 200
    assert len(queries) <= 15

    assert client.post(address(group), PLACE | {"slot": CHOSEN}).status_code == 302

    meeting = made.first_session(group).meeting
    assert (meeting.starts_at, meeting.ends_at) == (AT_TEN, AT_TEN + timedelta(hours=3))


@pytest.mark.parametrize(("answer", "refused"), [("declined", False), ("accepted", True)])
def test_session_date_counts_what_the_supervisor_comes_to(answer, refused) -> None:
    group = made.draft_group(made.open_season())
    asked = meetings.meeting(group.supervisor, starts_at=AT_TEN)
    invitee = asked.invitees.get(user=group.supervisor)
    answer_invitation(invitee, answer=answer, by=group.supervisor)

    def date() -> None:
        check_supervisor_is_free(group.supervisor, AT_TEN, AT_TEN + timedelta(hours=3), but=None)

    with transaction.atomic():
        if refused:
            with pytest.raises(Refused) as caught:
                date()
            assert caught.value.field == "day"
        else:
            date()


def test_session_date_counts_the_supervisors_own_calendar() -> None:
    group = made.draft_group(made.open_season())
    BusyTime.objects.create(
        user=group.supervisor,
        starts_at=AT_TEN,
        ends_at=AT_TEN + timedelta(hours=1),
    )

    with transaction.atomic(), pytest.raises(Refused):
        check_supervisor_is_free(group.supervisor, AT_TEN, AT_TEN + timedelta(hours=3), but=None)


def test_session_date_when_the_supervisor_is_busy(client_of) -> None:
    group = made.draft_group(made.open_season())
    meetings.meeting(organiser=group.supervisor, starts_at=AT_TEN + timedelta(hours=2))

    response = client_of(people.coordinator()).post(address(group), PLACE | {"slot": CHOSEN})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"slot"}


def test_session_date_again_takes_the_chosen_time_beside_the_one_it_has(client_of) -> None:
    group = made.dated_group(made.open_season())
    session = made.first_session(group)
    client = client_of(people.coordinator())
    shown = hand_of(client.get(address(group)))
    assert shown["begins"] == "10.00"
    slot = f"{session.meeting.starts_at + timedelta(hours=1):%Y%m%dT%H%MZ}"

    # The meeting that is dated anew is not in its own way.
    assert client.post(address(group), PLACE | shown | {"slot": slot}).status_code == 302
    moved = made.first_session(group).meeting
    assert moved.starts_at == session.meeting.starts_at + timedelta(hours=1)

    # Both at once is a question; the time by hand alone is taken.
    typed = hand_of(client.get(address(group))) | {"begins": "9.00", "ends": "12.00"}
    assert client.post(address(group), PLACE | typed | {"slot": slot}).status_code == 422
    assert client.post(address(group), PLACE | typed).status_code == 302
    again = made.first_session(group).meeting
    assert again.starts_at == session.meeting.starts_at - timedelta(hours=1)
