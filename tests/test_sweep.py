"""Every address, as every role and as nobody: no 500, and no foreign word on any page."""

import pytest
from django.contrib import admin
from django.urls import reverse

from consultations.models import ConsultationRequest
from tests.factories import consultations as case_factory
from tests.factories import people
from tests.world import CANARIES, addresses, one_of_everything


pytestmark = pytest.mark.django_db

THERE = "Haapsalu linn"
"""Where everything stands that the actors of Elva must not read."""
HERE = "Elva vald"


ACTORS = {
    "nobody": lambda: None,
    "nobody any more": lambda: people.person(),
    "worker": lambda: people.worker(HERE),
    "manager": lambda: people.manager(HERE),
    "colleague": lambda: people.worker(THERE),
    "manager there": lambda: people.manager(THERE),
    "consultant": lambda: people.consultant(HERE),
    "consultant there": lambda: people.consultant(THERE),
    "supervisor": people.supervisor,
    "coordinator": people.coordinator,
    "administrator": people.administrator,
}


@pytest.fixture
def swept(client, client_of):
    """Return a function: an actor's name → the failing addresses."""

    def sweep(actor: str) -> list[str]:
        world = one_of_everything(THERE)
        user = ACTORS[actor]()
        visitor = client_of(user) if user else client
        # The demonstration's mailbox shows everything to everybody, by design.
        places = [place for place in addresses(world) if not place.startswith("/demo/")]
        found = []
        for method in (visitor.get, visitor.post):
            for place in places:
                response = method(place)
                if response.status_code >= 500:
                    found.append(f"{response.status_code}: {place}")
                if response.streaming:
                    continue
                body = response.content.decode(errors="replace")
                found += [f"{canary}: {place}" for canary in CANARIES if canary in body]
        return found

    return sweep


@pytest.mark.parametrize("actor", ACTORS)
def test_sweep_shows_nothing_foreign_and_never_breaks(actor, swept):
    assert swept(actor) == []


def test_sweep_of_the_owner_finds_the_words(client_of):
    """The canaries are really there: whoever may read them does."""
    world = one_of_everything(THERE)
    case = ConsultationRequest.objects.get(pk=world.args["pk"]["consultations:"])
    page = client_of(case.requester).get(case.get_absolute_url())
    assert case_factory.CANARY in page.content.decode()


def test_sweep_of_the_admin_shows_no_narrative(client_of):
    one_of_everything(THERE)
    visitor = client_of(people.administrator())

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        for row in model._default_manager.all()[:2]:
            pages.append(reverse(f"{name}_change", args=[row.pk]))
        for page in pages:
            response = visitor.get(page)
            body = response.content.decode()
            assert response.status_code < 500, page
            assert [canary for canary in CANARIES if canary in body] == [], page
