"""Every address, as every role and as nobody: no 500, and no foreign word on any page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common import clock
from consultations import actions as consultations
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.models import Message as CaseMessage
from consultations.workflow import Status
from library.models import Material
from meetings.actions import renew_feed
from mentorship import actions as mentorship
from mentorship.workflow import PlanStatus
from outbox.models import Message
from people.actions import add_absence, invite_person
from people.drafts import save_draft
from people.models import Post, StaffRole
from supervision.models import SessionFeedback
from tests.factories import consultations as case_factory
from tests.factories import mentorship as plan_factory
from tests.factories import people
from tests.factories import supervision as season_factory


pytestmark = pytest.mark.django_db

THERE = "Haapsalu linn"
"""Where everything stands that the actors of Elva must not read."""
HERE = "Elva vald"

CANARIES = (case_factory.CANARY, *plan_factory.CANARIES, "tagasisidelind")


@dataclass
class World:
    """One of everything in a foreign municipality, and who may be asked for it."""

    args: dict[str, list]


def foreign_world() -> World:
    """Bring one of everything into being, with a canary in every text."""
    consultant = people.consultant(THERE)
    worker, manager = people.worker(THERE), people.manager(THERE)
    tomorrow = clock.tallinn(clock.today() + timedelta(days=1), time(11))

    case = case_factory.request_at(
        Status.IN_PROGRESS, THERE, requester=worker, consultant=consultant
    )
    consultations.send_message(case, text=f"{case_factory.CANARY} sõnum", by=consultant)
    consultations.add_note(case, text=f"{case_factory.CANARY} märge", by=consultant)
    measure = consultations.agree_measure(
        case, text=f"{case_factory.CANARY} meede", owner=CaseMessage.Side.BOARD, by=consultant
    )
    contact = consultations.add_contact(case, person=manager, by=consultant)
    case_meeting = consultations.book_case_meeting(
        case,
        kind=CaseMeeting.Kind.DISCUSSION,
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=1),
        form="on_site",
        place="Näidise 1",
        people=[worker],
        by=consultant,
    )
    draft = save_draft(worker, "consultations.request", {"question": case_factory.CANARY})

    plan = plan_factory.plan_at(PlanStatus.RUNNING, THERE, worker=worker, mentor=consultant)
    held = plan_factory.held_meeting(plan)
    mentorship.keep_note(held, text=plan_factory.PRIVATE, by=consultant)
    task = mentorship.add_task(plan, text=plan_factory.TASK, owner="worker", by=consultant)

    season = season_factory.open_season()
    group = season_factory.published_group(season, members=1)
    session = season_factory.first_session(group)
    SessionFeedback.objects.create(session=session, useful=5, safe=5, words="tagasisidelind")
    joiner = season_factory.waiting(season, THERE)
    offer = season_factory.offered(joiner, group)
    network = season_factory.dated_network(THERE)

    coordinator = people.coordinator()
    invited = invite_person(
        email="kutsutud@test.example",
        first_name="Kutsutud",
        last_name="Inimene",
        municipality=people.municipality(THERE),
        post_kind=Post.Kind.WORKER,
        starts_on=clock.today(),
        by=coordinator,
    )
    absence = add_absence(
        consultant,
        starts_on=clock.today() + timedelta(days=30),
        ends_on=clock.today() + timedelta(days=31),
        by=consultant,
    )
    material = Material.objects.create(
        topic_id="star",
        title="Juhend",
        kind="guide",
        link="https://example.org/",
        added_by=consultant,
    )
    renew_feed(by=worker)

    pk = {
        "people:invitation": invited.invitations.get().pk,
        "people:post": worker.posts.get().pk,
        "people:role": StaffRole.objects.get(user=consultant).pk,
        "people:area": consultant.service_areas.get().pk,
        "people:absence-remove": absence.pk,
        "people:municipality": people.municipality(THERE).pk,
        "people:message": Message.objects.first().pk,
        "people:": worker.pk,
        "meetings:": case_meeting.meeting_id,
        "library:material": material.pk,
        "mentorship:request": plan.request_id,
        "mentorship:plan": plan.pk,
        "mentorship:topic": plan.topics.first().pk,
        "mentorship:meeting-book": plan.pk,
        "mentorship:meeting": held.pk,
        "mentorship:note": held.pk,
        "mentorship:task-done": task.pk,
        "mentorship:": plan.pk,
        "supervision:season": season.pk,
        "supervision:registration-list": season.pk,
        "supervision:registration-enter": season.pk,
        "supervision:registration": joiner.pk,
        "supervision:member-place": joiner.pk,
        "supervision:place-offer": joiner.pk,
        "supervision:waiting-list": season.pk,
        "supervision:offer": offer.pk,
        "supervision:group-new": season.pk,
        "supervision:group": group.pk,
        "supervision:members": group.pk,
        "supervision:session-date": group.pk,
        "supervision:session": session.pk,
        "supervision:member": group.memberships.first().pk,
        "supervision:network": network.pk,
        "consultations:draft": draft.pk,
        "consultations:request-step": draft.pk,
        "consultations:": case.pk,
        "demo:": Message.objects.first().pk,
    }
    others = {
        "number": 1,
        "key": "star",
        "token": "no-such-token",
        "step": "check",
        "measure": measure.pk,
        "contact": contact.pk,
        "year": 2026,
        "table": "topics",
    }
    return World(args={"pk": pk, "others": others})


def addresses(world: World) -> Iterator[str]:
    """Every address of ours, with the keys of the foreign world."""
    for name, converters in routes(get_resolver()):
        if name.startswith(("admin:", "account_")):
            continue
        args = []
        for converter in converters:
            if converter == "pk":
                known = [key for key in world.args["pk"] if name.startswith(key)]
                assert known, f"the sweep has no row for {name}"
                args.append(world.args["pk"][max(known, key=len)])
            else:
                args.append(world.args["others"][converter])
        yield reverse(name, args=args)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name, list(pattern.pattern.converters)


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
        world = foreign_world()
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
    world = foreign_world()
    case = ConsultationRequest.objects.get(pk=world.args["pk"]["consultations:"])
    page = client_of(case.requester).get(case.get_absolute_url())
    assert case_factory.CANARY in page.content.decode()


def test_sweep_of_the_admin_shows_no_narrative(client_of):
    foreign_world()
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
