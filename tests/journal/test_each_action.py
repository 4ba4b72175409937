"""Every action leaves exactly one entry of its own; an action it calls leaves one too."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from decimal import Decimal
from importlib import import_module
from types import CodeType, FrameType

import pytest
from django.db.models.signals import post_save

from common import clock
from journal.models import Entry
from library import actions as library_actions
from library.models import Topic
from meetings import actions as meeting_actions
from mentorship import actions as mentorship
from mentorship.workflow import PlanStatus
from people import actions as people_actions
from people.drafts import Tab
from reports import actions as reports_actions
from supervision import actions as supervision
from supervision.planner.changes import Board
from tests.factories import meetings, people, replies
from tests.factories import mentorship as plans
from tests.factories import supervision as seasons
from tests.world import one_of_everything


pytestmark = pytest.mark.django_db

ROOMS = ["consultations", "library", "meetings", "mentorship", "people", "reports", "supervision"]


def actions() -> dict[CodeType, str]:
    """Return the code of every public action, with its name."""
    found = {}
    for room in ROOMS:
        module = import_module(f"{room}.actions")
        for name in getattr(module, "__all__", None) or vars(module):
            action = inspect.unwrap(getattr(module, name))
            own = inspect.isfunction(action) and action.__module__.startswith(f"{room}.actions")
            if own and not name.startswith(("_", "check_")):
                found[action.__code__] = f"{room}.{name}"
    return found


@contextmanager
def watched() -> Iterator[list[tuple[str, int]]]:
    """Give a list that fills with (action, entries of its own) for every call that returns."""
    names, running, done = actions(), [], []

    def look(frame: FrameType, event: str, result: object) -> None:
        if event == "call" and frame.f_code in names:
            running.append([names[frame.f_code], 0])
        elif event == "return" and frame.f_code in names:
            done.append(tuple(running.pop()))

    def count(**_facts: object) -> None:
        if running:
            running[-1][1] += 1

    post_save.connect(count, sender=Entry)
    sys.setprofile(look)
    try:
        yield done
    finally:
        sys.setprofile(None)
        post_save.disconnect(count, sender=Entry)


def mentorships() -> None:
    """Walk the deeds of mentorship that the world leaves out."""
    consultant, coordinator = people.consultant(), people.coordinator()
    ended = plans.plan_at(PlanStatus.ENDED, mentor=consultant)
    mentorship.give_feedback(ended, helped=4, words="", by=ended.worker)
    mentorship.rate_plan(ended, ratings=plans.ratings(), by=ended.worker)
    with clock.at(clock.now() + timedelta(days=91)):
        mentorship.answer_follow_up(ended, used=4, by=ended.worker)
    closing = plans.plan_at(PlanStatus.CLOSING, mentor=consultant)
    mentorship.stop_closing(closing, by=closing.worker)
    running = plans.plan_at(PlanStatus.RUNNING, mentor=consultant)
    begun, typing = plans.begun_meeting(running), {"texts": {}, "tab": Tab(key="x")}
    mentorship.draft_record(begun, **typing, by=consultant)
    mentorship.draft_note(begun, **typing, by=consultant)
    task = mentorship.add_task(running, text="x", owner="worker", by=consultant)
    mentorship.mark_task_done(task, by=running.worker)
    mentorship.move_topic(running.topics.first(), progress="done", by=consultant)
    suggested = plans.suggested_request()
    mentorship.confirm_request(suggested, wishes="x", ratings=plans.ratings(), by=suggested.worker)
    entered = mentorship.enter_request(
        worker=people.worker(),
        municipality=people.municipality(),
        wishes="x",
        asked_on=clock.today(),
        by=consultant,
    )
    mentorship.correct_request(entered, wishes="y", ratings=plans.ratings(), by=entered.worker)
    mentorship.assign_request(entered, mentor=consultant, by=coordinator)
    for answer in ("agree", "decline", "withdraw"):
        change = plans.proposed_change(running, by=consultant)
        if answer == "agree":
            mentorship.agree_change(change, by=running.worker)
        elif answer == "decline":
            mentorship.decline_change(change, answer="x", by=running.worker)
        else:
            mentorship.withdraw_change(change, by=consultant)
    mentorship.resume_plan(
        mentorship.pause_plan(running, reason="leave", by=consultant), by=consultant
    )
    mentorship.change_profile(topics=[], languages=["et"], by=consultant)
    template = plans.template(by=coordinator)
    running.refresh_from_db()
    running.template_version = template.versions.first()
    running.save()
    plans.newer_template(template, by=coordinator)
    mentorship.leave_template(running, template=template.versions.first(), by=consultant)
    mentorship.withdraw_template(template, by=coordinator)
    given_up = plans.plan_at(PlanStatus.DRAFT)
    mentorship.end_plan(given_up, reason="leaves", by=given_up.worker)
    mentorship.reassign_plan(running, mentor=people.consultant(), by=coordinator)
    mentorship.withdraw_request(wish := plans.submitted_request(), by=wish.worker)


def seasons_and_networks() -> None:
    """Walk the deeds of supervision that the world leaves out."""
    coordinator = people.coordinator()
    season = seasons.open_season()
    group, other = seasons.published_group(season), seasons.published_group(season, capacity=3)
    session = seasons.recorded(seasons.first_session(group))
    with clock.at(seasons.during(session)):
        member = seasons.members_of(group)[0]
        supervision.give_feedback(session, useful=4, safe=5, by=member)
    away = seasons.members_of(other)[0]
    guest = supervision.take_guest_seat(
        group.sessions.get(number=2), instead_of=other.sessions.get(number=2), by=away
    )
    supervision.give_up_guest_seat(guest, by=away)
    moved = supervision.move_member(group.memberships.first(), other, by=coordinator)
    supervision.remove_member(moved, by=coordinator)
    accepted = seasons.offered(seasons.waiting(season), other)
    supervision.accept_offer(accepted, by=accepted.registration.user)
    declined = seasons.offered(seasons.waiting(season), other)
    supervision.decline_offer(declined, by=declined.registration.user)
    supervision.withdraw_registration(declined.registration, by=declined.registration.user)
    network = seasons.asked_network()
    supervision.decline_network(network, reason="x", by=coordinator)
    supervision.withdraw_network(asked := seasons.asked_network(), by=asked.requester)
    supervision.reassign_group(other, supervisor=people.supervisor(), by=coordinator)
    dated = seasons.dated_network()
    dated = supervision.reassign_network(dated, supervisor=people.supervisor(), by=coordinator)
    planned = seasons.planned_season(year=2028)
    proposal = seasons.proposal(planned, steps=0)
    one, two = planned.registrations.all()[:2]
    supervision.allow_together(supervision.keep_apart(one, two, by=coordinator), by=coordinator)
    supervision.open_wishes(planned, by=coordinator)
    supervision.set_promise(people.municipality(), times=3, by=coordinator)
    supervision.set_offering(planned, is_on=True, by=coordinator)
    supervision.set_lock(proposal, registration=one, is_locked=True, by=coordinator)
    asked = supervision.look_further(proposal, seconds=60, by=coordinator)
    stopped = supervision.stop_proposal(asked, by=coordinator)
    moved = supervision.move_proposed(stopped, two, group=None, by=coordinator)
    [first, *_others] = moved.plan["groups"]
    supervision.change_proposed_group(
        moved,
        group=first["id"],
        round_=1,
        slot=Board(moved.instance, moved.plan).slots_for(first["id"], 1)[0].id,
        despite=True,
        by=coordinator,
    )
    supervision.take_proposal(moved, by=coordinator)
    supervision.publish_groups(planned, by=coordinator)
    failed = seasons.asked_proposal(planned)
    supervision.fail_proposal(supervision.begin_part(failed.pk), group="g001")
    with clock.at(dated.meeting.starts_at + timedelta(hours=1)):
        supervision.hold_network(dated, hours=Decimal(2), by=dated.supervisor)


def persons() -> None:
    """Walk the deeds of people."""
    administrator, coordinator = people.administrator(), people.coordinator()
    place, today = people.municipality(), clock.today()
    person = people_actions.add_person_without_login(
        first_name="Uus",
        last_name="Inimene",
        municipality=place,
        post_kind="worker",
        starts_on=today,
        by=coordinator,
    )
    facts = {"first_name": "Uus", "last_name": "Nimi", "phone": "", "language": "et"}
    people_actions.change_person(person, **facts, email="uus@test.example", by=administrator)
    invitation = people_actions.send_invitation(person, by=administrator)
    invitation = people_actions.resend_invitation(invitation, by=administrator)
    people_actions.revoke_invitation(invitation, by=administrator)
    fresh = people_actions.send_invitation(person, by=administrator)
    people_actions.accept_invitation(fresh, password="a-long-enough-password")
    people_actions.end_post(person.posts.get(), ends_on=today, by=coordinator)
    role = people_actions.add_role(person, role="consultant", starts_on=today, by=administrator)
    area = people_actions.add_area(person, municipality=place, starts_on=today, by=coordinator)
    people_actions.end_area(area, ends_on=today, by=coordinator)
    people_actions.end_role(role, ends_on=today, by=administrator)
    away = people_actions.add_absence(person, starts_on=today, ends_on=today, by=coordinator)
    people_actions.remove_absence(away, by=coordinator)
    people_actions.change_telling(
        digest="daily",
        remind="both",
        quiet_from=None,
        quiet_until=None,
        quiet_weekends=True,
        by=person,
    )
    people_actions.close_account(person, by=administrator)
    people_actions.open_account(person, by=administrator)


def dated() -> None:
    """Walk the deeds of meetings."""
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    meeting_actions.add_guest(meeting, meetings.GUEST, by=organiser)
    added = meeting_actions.add_person(meeting, people.worker(), by=organiser)
    meeting_actions.remove_invitee(added, by=organiser)
    invitee = meeting.invitees.get(user=worker)
    meeting_actions.answer_invitation(invitee, answer="declined", by=worker)
    later = {
        "starts_at": meeting.starts_at + timedelta(days=1),
        "ends_at": meeting.ends_at + timedelta(days=1),
    }
    reason = {"wanted_by": "organiser", "reason": "x", "by": organiser}
    meeting = meeting_actions.move_meeting(meeting, **later, **reason)
    meeting_actions.decline_proposal(meetings.proposal(meeting, worker), by=organiser)
    meeting = meeting_actions.take_proposal(meetings.proposal(meeting, worker), by=organiser)
    meeting_actions.take_reply(replies.reply(meeting, worker, "accepted"))
    meeting = meeting_actions.cancel_meeting(meeting, **reason)
    meeting_actions.restore_meeting(meeting, by=organiser)
    to = people.consultant()
    meeting_actions.hand_over_meetings(
        organiser, to=to, from_day=clock.today(), by=people.coordinator()
    )
    asked, other = people.worker(), people.worker()
    meetings.meeting(asked, organiser=to, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=9))
    meeting_actions.hand_over_meetings(
        asked, to=other, from_day=clock.today(), by=people.coordinator()
    )
    monday = {"weekdays": [0, 1], "begins": time(9), "ends": time(12), "starts_on": clock.today()}
    hours = meeting_actions.add_hours(**monday, by=organiser)
    meeting_actions.end_hours(hours[0], by=organiser)
    exception = meeting_actions.add_exception(day=clock.today(), by=organiser)
    meeting_actions.remove_exception(exception, by=organiser)
    minutes = dict.fromkeys(["minutes_before", "minutes_after", "travel_minutes"], 15)
    limits = {"notice_hours": 24, "most_a_day": None, "meeting_minutes": 60}
    meeting_actions.change_rules(**minutes, **limits, by=organiser)
    test = meeting_actions.start_calendar_test(by=organiser)
    meeting_actions.tick_calendar_test(test, step="created", saw="not_seen", by=organiser)
    test = meeting_actions.start_calendar_test(by=organiser)
    for step, saw in (("created", "seen"), ("moved", "at_new_time"), ("cancelled", "gone")):
        meeting_actions.tick_calendar_test(test, step=step, saw=saw, by=organiser)
    test = meeting_actions.start_calendar_test(by=organiser)
    meeting_actions.stop_calendar_test(test, by=organiser)
    meeting_actions.choose_way(way="feed", by=organiser)


def polled() -> None:
    """Walk the deeds of date polls."""
    organiser, worker, later = people.consultant(), people.worker(), people.worker()
    poll = meetings.poll(worker, organiser=organiser, guests=(meetings.GUEST,))
    meetings.service.people.append(later)
    meeting_actions.ask_in_poll(poll, people=[later], by=organiser)
    meeting_actions.change_poll_times(poll, add=[meetings.span(5)], by=organiser)
    invitee = poll.invitees.get(user=worker)
    answers = meetings.said(invitee, "yes", "no", "maybe", "no")
    meeting_actions.answer_poll(invitee, answers=answers, by=worker)
    meeting_actions.remind_poll(poll, by=organiser)
    meeting_actions.remove_from_poll(poll.invitees.get(user=later), by=organiser)
    meeting_actions.close_poll(poll, time=poll.times.first(), by=organiser)
    given_up = meetings.poll(worker, organiser=organiser)
    meeting_actions.withdraw_poll(given_up, by=organiser)


def own_records() -> None:
    """Walk the deeds of workers' own records."""
    worker = people.worker()
    facts = {"kind": "training", "title": "x", "happened_on": clock.today(), "hours": Decimal(1)}
    consultant = people.consultant()
    material = library_actions.add_material(
        Topic.objects.get(pk="star"),
        title="x",
        kind="law",
        language="et",
        link="https://x.example/",
        by=consultant,
    )
    library_actions.mark_material(material, kind="useful", on=True, by=worker)
    entry = library_actions.add_learning(**facts, by=worker)
    entry = library_actions.change_learning(entry, **facts, by=worker)
    library_actions.remove_learning(entry, by=worker)
    people_actions.set_qualification(first_appointed_on=None, obtained_on=None, by=worker)
    reports_actions.ask_record_file(by=worker)
    session = seasons.recorded(
        seasons.first_session(seasons.published_group(seasons.open_season()))
    )
    member = seasons.members_of(session.group)[0]
    reports_actions.ask_certificate(session.group.season, by=member)


def fed() -> None:
    """Walk the deeds of feeds and own calendars."""
    worker = people.worker()
    feed = meeting_actions.renew_feed(by=worker)
    meeting_actions.set_feed_text(feed, text="busy", by=worker)
    own = meeting_actions.add_busy_calendar(address="https://example.org/a.ics", by=worker)
    meeting_actions.stop_busy_calendar(own)
    own = meeting_actions.ask_busy_calendar(own, by=worker)
    meeting_actions.remove_busy_calendar(own, by=worker)


SILENT = {
    "mentorship.draft_note": "what somebody is typing is theirs alone until they keep it",
    "mentorship.draft_record": "what somebody is typing is theirs alone until they record it",
    "meetings.ask_people": "part of a story's action, which says whom it placed",
    "meetings.leave_meeting": "part of handing over, which says how many were",
    "meetings.pass_meeting_on": "part of a story's action, which says to whom",
    "meetings.take_people_off": "part of a story's action, which says who left",
    "meetings.book_meeting": "part of a story's action, which says what was booked",
    "meetings.take_reply": "the answer or the proposal that it calls does",
    "people.mark_of_person": "reads alone",
    "supervision.begin_part": "the planner at work; that a proposal is ready stands there",
}


@pytest.mark.parametrize(
    "walk",
    [
        lambda: one_of_everything("Haapsalu linn"),
        mentorships,
        seasons_and_networks,
        persons,
        dated,
        polled,
        fed,
        own_records,
    ],
    ids=["world", "mentorship", "supervision", "people", "meetings", "polls", "feeds", "records"],
)
def test_each_action_makes_one_entry(walk: Callable[[], object]) -> None:
    with watched() as done:
        walk()

    assert len(done) >= 5
    assert [(name, n) for name, n in done if n != (0 if name in SILENT else 1)] == []
