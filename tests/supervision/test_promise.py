"""The promise of supervision: "2 of 2" for oneself, and who has had none for the coordinator."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from library.actions import add_learning
from supervision import actions
from supervision.models import Promise
from supervision.promise import promise_to, without_any
from tests.factories import people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db

OVERVIEW, PROMISE = reverse("supervision:overview"), reverse("supervision:promise")


def learned(kind: str, user, day=None) -> None:
    add_learning(kind=kind, title="x", happened_on=day or clock.today(), hours=Decimal(1), by=user)


def test_own_count_holds_what_was_held_and_what_was_entered(client_of):
    group = made.published_group(
        made.open_season(), members=2, first=clock.today() + timedelta(days=2)
    )
    session = made.recorded(made.first_session(group), absent=1)
    absent, came = (member.registration.user for member in session.members())
    with clock.at(made.during(session)):
        assert promise_to(came).had + promise_to(absent).had == 1
        [had] = [user for user in (came, absent) if promise_to(user).had]
        assert promise_to(had).text == "1 korda, lubatud 2"
        learned("supervision", had)
        learned("training", had)
        learned("covision", had, clock.today() - timedelta(days=400))
        assert (promise_to(had).had, promise_to(had).is_kept) == (2, True)
        page = client_of(had).get(OVERVIEW).content.decode()
        assert "2 korda, lubatud 2" in page
        assert "Lubadus täidetud" in page


def test_promise_of_a_municipality_is_set_by_the_coordinator(client_of):
    worker = people.worker("Elva vald")
    client = client_of(people.coordinator())

    client.post(
        reverse("supervision:promise-set"),
        {
            "municipality": people.municipality("Elva vald").pk,
            "times": "4",
            "source": "Ametijuhend",
        },
    )

    assert promise_to(worker).times == 4
    assert "Ametijuhend" in client_of(worker).get(OVERVIEW).content.decode()
    for other in (people.manager(), people.consultant(), people.administrator()):
        with pytest.raises(PermissionDenied):
            actions.set_promise(people.municipality(), times=1, by=other)
        assert client_of(other).get(PROMISE).status_code == 403
    assert Promise.objects.get().times == 4


def test_coordinator_sees_who_has_had_none_and_nothing_of_own_entries(client_of):
    group = made.published_group(
        made.open_season(), members=2, first=clock.today() + timedelta(days=2)
    )
    session = made.recorded(made.first_session(group), absent=1)
    alone = people.worker("Narva linn")
    learned("covision", alone)
    with clock.at(made.during(session)):
        rows = {row.key: row for row in without_any(clock.today())}
        came = session.attendances.get(status="attended").user_id
        absent = session.attendances.get(status="absent").user_id

        assert came not in rows
        assert rows[absent].state == "Grupis"
        assert rows[alone.pk].state == "Registreerimata"
        page = client_of(people.coordinator()).get(PROMISE).content.decode()
        assert alone.name in page
