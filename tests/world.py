"""One of everything in one municipality, and every address that leads to it."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common import clock
from consultations import actions as consultations
from consultations.models import CaseMeeting
from consultations.models import Message as CaseMessage
from consultations.workflow import Status
from library.actions import add_learning
from library.models import Material
from meetings.actions import (
    add_busy_calendar,
    add_exception,
    add_hours,
    add_room,
    make_proposal,
    open_poll,
    renew_feed,
    start_calendar_test,
)
from meetings.services import poll_service
from mentorship import actions as mentorship
from mentorship.models import Feedback
from mentorship.workflow import PlanStatus
from outbox.models import Message
from people.actions import add_absence, invite_person
from people.drafts import save_draft
from people.models import Post, StaffRole, User
from reports.models import Certificate
from supervision.actions import keep_apart
from supervision.models import SessionFeedback
from tests.factories import consultations as case_factory
from tests.factories import mentorship as plan_factory
from tests.factories import people
from tests.factories import supervision as season_factory


HOUR = timedelta(hours=1)

CANARIES = (
    case_factory.CANARY,
    *plan_factory.CANARIES,
    "tagasisidelind",
    "kalenderlind",
    "õpirajalind",
)


@dataclass
class World:
    """One of everything in a municipality, the keys of its addresses, and its people by role."""

    args: dict[str, dict]
    people: dict[str, User]


def one_of_everything(place: str) -> World:
    """Bring one of everything into being, with a canary in every text."""
    consultant = people.consultant(place)
    worker, manager = people.worker(place), people.manager(place)
    tomorrow = clock.tallinn(clock.today() + timedelta(days=1), time(11))

    case = case_factory.request_at(
        Status.IN_PROGRESS, place, requester=worker, consultant=consultant
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
    proposal = make_proposal(
        case_meeting.meeting.invitees.get(user=worker),
        starts_at=tomorrow + timedelta(days=1),
        ends_at=tomorrow + timedelta(days=1, hours=1),
        by=worker,
    )
    draft = save_draft(worker, "consultations.request", {"question": case_factory.CANARY})

    plan = plan_factory.plan_at(PlanStatus.RUNNING, place, worker=worker, mentor=consultant)
    held = plan_factory.held_meeting(plan)
    mentorship.keep_note(held, text=plan_factory.PRIVATE, by=consultant)
    task = mentorship.add_task(plan, text=plan_factory.TASK, owner="worker", by=consultant)

    learning = add_learning(
        kind="training",
        title="õpirajalind",
        happened_on=clock.today(),
        hours=Decimal(1),
        words="õpirajalind",
        by=worker,
    )
    plan_factory.proposed_change(plan)
    plan_template = plan_factory.template()
    change = mentorship.ask_mentor_change(plan, reason=plan_factory.REASON, by=worker)

    Feedback.objects.create(year=2026, side="worker", helped=5, words="tagasisidelind")

    season = season_factory.open_season()
    group = season_factory.published_group(season, members=1)
    session = season_factory.first_session(group)
    SessionFeedback.objects.create(session=session, useful=5, safe=5, words="tagasisidelind")
    season_factory.place_member(
        group, season_factory.registered(season, place, user=worker), by=people.coordinator()
    )
    joiner = season_factory.waiting(season, place)
    offer = season_factory.offered(joiner, group)
    paper = Certificate.objects.create(
        code="ABCD-EFGH-2345",
        owner=worker,
        season=season,
        name="õpirajalind",
        parts=[[clock.today().isoformat(), "õpirajalind", "3"]],
        language="et",
        made_at=clock.now(),
        content=b64encode(b"PDF").decode(),
    )
    season_factory.frame(season, season.registration_closes_on + timedelta(days=14))
    proposal_of_groups = season_factory.proposal(season, steps=0)
    pair = keep_apart(joiner, group.memberships.first().registration, by=people.coordinator())
    network = season_factory.dated_network(place)
    asking = season_factory.accepted_network(place)
    poll = open_poll(
        poll_service("network"),
        asking.pk,
        times=[(tomorrow + n * 2 * HOUR, tomorrow + (n * 2 + 1) * HOUR) for n in (2, 3)],
        form="on_site",
        place="Näidise 2",
        people=[asking.requester],
        by=asking.supervisor,
    )

    coordinator = people.coordinator()
    invited = invite_person(
        email="kutsutud@test.example",
        first_name="Kutsutud",
        last_name="Inimene",
        municipality=people.municipality(place),
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
        title="Näidisjuhend",
        kind="guide",
        link="https://example.org/",
        added_by=consultant,
    )
    renew_feed(by=worker)
    start_calendar_test(by=worker)
    [hours] = add_hours(
        weekdays=[0], begins=time(8), ends=time(17), starts_on=clock.today(), by=worker
    )
    exception = add_exception(day=clock.today() + timedelta(days=40), by=worker)
    feed = renew_feed(by=worker)
    room = add_room(
        municipality=people.municipality(place), name="Saal", address="Näidise 3", by=consultant
    )
    add_busy_calendar(address="https://example.org/kalenderlind.ics", by=worker)

    pk = {
        "people:invitation": invited.invitations.get().pk,
        "people:post": worker.posts.get().pk,
        "people:role": StaffRole.objects.get(user=consultant).pk,
        "people:area": consultant.service_areas.get().pk,
        "people:absence-remove": absence.pk,
        "people:municipality": people.municipality(place).pk,
        "people:message": Message.objects.first().pk,
        "people:": worker.pk,
        "meetings:handover": consultant.pk,
        "meetings:hours": hours.pk,
        "meetings:exception": exception.pk,
        "meetings:feed-text": feed.pk,
        "meetings:": case_meeting.meeting_id,
        "meetings:poll-open": asking.pk,
        "meetings:poll-": poll.pk,
        "meetings:room": room.pk,
        "meetings:proposal-take": proposal.pk,
        "meetings:proposal-decline": proposal.pk,
        "library:material": material.pk,
        "library:material-mark": material.pk,
        "reports:learning": learning.pk,
        "reports:certificate-file": paper.pk,
        "mentorship:request": plan.request_id,
        "mentorship:plan": plan.pk,
        "mentorship:mentor-change": change.pk,
        "mentorship:mentor-change-ask": plan.pk,
        "mentorship:topic": plan.topics.first().pk,
        "mentorship:meeting-book": plan.pk,
        "mentorship:meeting": held.pk,
        "mentorship:note": held.pk,
        "mentorship:task-done": task.pk,
        "mentorship:template-change": plan_template.pk,
        "mentorship:template-withdraw": plan_template.pk,
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
        "supervision:apart": pair.pk,
        "supervision:offering-set": season.pk,
        "supervision:proposal-": proposal_of_groups.pk,
        "supervision:proposals-compare": season.pk,
        "supervision:network": network.pk,
        "consultations:draft": draft.pk,
        "consultations:request-step": draft.pk,
        "consultations:": case.pk,
        "demo:": Message.objects.first().pk,
    }
    others = {
        "number": 1,
        "person": joiner.pk,
        "group": group.pk.hex,
        "key": "star",
        "kind": "group",
        "about": group.pk,
        "token": "no-such-token",
        "step": "check",
        "measure": measure.pk,
        "contact": contact.pk,
        "service": "network",
        "invitee": poll.invitees.get().pk,
        "year": 2026,
        "month": "2026-11",
        "table": "topics",
    }
    actors = {
        "worker": worker,
        "manager": manager,
        "consultant": consultant,
        "joiner": joiner.user,
        "supervisor": group.supervisor,
        "coordinator": coordinator,
        "administrator": people.administrator(),
    }
    return World(args={"pk": pk, "others": others}, people=actors)


def addresses(world: World) -> Iterator[str]:
    """Every address of ours, with the keys of the world."""
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
