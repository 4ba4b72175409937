"""Who reads and who does what: every role against every page and every deed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from common import clock
from common.refusal import Refused
from mentorship import actions
from mentorship.models import MentorshipRequest, Plan, PrivateNote
from mentorship.waiting import waiting_for
from mentorship.workflow import PlanStatus
from people.drafts import Tab
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

READERS = ("worker", "mentor", "stand_in")
FACTS = ("manager", "coordinator")
NOBODY = ("colleague", "other_consultant", "supervisor", "administrator", "other_manager")


@pytest.fixture
def cast():
    """One of every role around one mentorship in Elva vald."""
    mentor = people.consultant("Elva vald")
    stand_in = people.consultant("Kambja vald")
    people.absence(mentor, clock.today(), clock.today(), stand_in=stand_in)
    return {
        "worker": people.worker("Elva vald"),
        "mentor": mentor,
        "stand_in": stand_in,
        "manager": people.manager("Elva vald"),
        "coordinator": people.coordinator(),
        "colleague": people.worker("Elva vald"),
        "other_consultant": people.consultant("Elva vald"),
        "supervisor": people.supervisor(),
        "administrator": people.administrator(),
        "other_manager": people.manager("Haapsalu linn"),
    }


@pytest.fixture
def plan(cast):
    plan = made.plan_at(PlanStatus.RUNNING, worker=cast["worker"], mentor=cast["mentor"])
    made.held_meeting(plan)
    made.proposed_change(plan)
    return actions.write_summary(plan, summary=made.SUMMARY, by=plan.mentor)


def pages_of(plan: Plan) -> list[str]:
    """Every address of one mentorship."""
    meeting, task, topic = plan.meetings.get(), plan.tasks.get(), plan.topics.first()
    of_request = ("detail", "sent", "confirm", "correct", "withdraw", "take", "assign")
    of_plan = (
        "plan-detail",
        "plan-write",
        "plan-propose",
        "plan-agree",
        "meeting-book",
        "task-add",
        "summary-write",
        "summary-agree",
        "closing-stop",
        "feedback-give",
        "versions",
        "change-propose",
        "change-extend",
        "template-follow",
        "plan-pause",
        "plan-resume",
        "plan-end",
        "plan-ratings",
        "plan-rate",
        "follow-up-answer",
    )
    of_version = ("version-detail", "change-agree", "change-decline", "change-withdraw")
    of_meeting = (
        *("meeting-detail", "meeting-record", "note-keep", "meeting-task-add"),
        *("meeting-record-draft", "note-draft"),
    )
    return [
        *(reverse(f"mentorship:request-{name}", args=[plan.request_id]) for name in of_request),
        *(reverse(f"mentorship:{name}", args=[plan.pk]) for name in of_plan),
        *(reverse(f"mentorship:{name}", args=[meeting.pk]) for name in of_meeting),
        *(reverse(f"mentorship:{name}", args=[plan.pk, 2]) for name in of_version),
        reverse("mentorship:task-done", args=[task.pk]),
        reverse("mentorship:topic-move", args=[topic.pk]),
        reverse("mentorship:overview"),
    ]


def who_may(cast, deed) -> set[str]:
    """Let each try the deed, and undo it; those who were not denied."""
    able = set(cast)
    for role, person in cast.items():
        point = transaction.savepoint()
        try:
            deed(person)
        except PermissionDenied:
            able.remove(role)
        except Refused:
            pass  # Possible or not right now: it was not forbidden.
        transaction.savepoint_rollback(point)
    return able


def seen_by(client, addresses: list[str]) -> str:
    return " ".join(client.get(address).content.decode() for address in addresses)


@pytest.mark.parametrize("role", [*FACTS, *NOBODY])
def test_no_word_of_a_mentorship_reaches_others(cast, plan, client_of, role):
    shown = seen_by(client_of(cast[role]), pages_of(plan))

    assert [word for word in made.CANARIES if word in shown] == []


def test_the_pair_reads_what_it_wrote_but_not_the_others_private_notes(cast, plan, client_of):
    worker = seen_by(client_of(cast["worker"]), pages_of(plan))
    mentor = seen_by(client_of(cast["mentor"]), pages_of(plan))
    stand_in = seen_by(client_of(cast["stand_in"]), pages_of(plan))

    assert [word for word in made.CANARIES if word not in mentor] == []
    assert [word for word in made.CANARIES if word not in worker] == [made.PRIVATE]
    assert made.PRIVATE not in stand_in
    assert made.GOAL in stand_in


def among(cast, rows) -> set[str]:
    return {role for role, person in cast.items() if rows(person).exists()}


def test_who_sees_and_who_reads_what(cast, plan):
    assert among(cast, Plan.objects.readable_by) == set(READERS)
    assert among(cast, Plan.objects.visible_to) == {*READERS, *FACTS}
    assert among(cast, PrivateNote.objects.readable_by) == {"mentor"}
    # That a request exists is known to the region too; its words go with the mentor.
    # The manager did not enter it, and so does not know of it.
    assert among(cast, MentorshipRequest.objects.readable_by) == {"worker", "mentor"}
    assert among(cast, MentorshipRequest.objects.visible_to) == {
        "worker",
        "mentor",
        "stand_in",
        "other_consultant",
        "coordinator",
    }


def test_who_reads_a_waiting_request(cast):
    made.submitted_request("Elva vald", worker=cast["worker"])

    # The stand-in serves the region on that day.
    assert among(cast, MentorshipRequest.objects.readable_by) == {
        "worker",
        "mentor",
        "stand_in",
        "other_consultant",
    }


@pytest.mark.parametrize("role", ["manager", "coordinator"])
def test_facts_are_running_since_meetings_held_and_end(cast, plan, client_of, role):
    page = client_of(cast[role]).get(plan.get_absolute_url()).content.decode()

    assert "Toimunud kohtumisi" in page
    assert "23.11.2026" in page
    # With whom, and until when they mean to meet, the employer is not told.
    is_coordinator = role == "coordinator"
    assert ("22.05.2027" in page, plan.mentor.name in page) == (is_coordinator, is_coordinator)
    assert "STAR" not in page


def test_a_mentor_who_is_no_consultant_any_more_reads_nothing(cast, plan, client_of):
    mentor = cast["mentor"]
    mentor.staff_roles.update(ends_on=clock.today() - timedelta(days=1))
    people.worker("Kambja vald").posts.update(user=mentor)

    assert not Plan.objects.readable_by(mentor).exists()
    assert plan.side_of(mentor) == ""
    assert waiting_for(mentor, clock.today()) == []
    assert client_of(mentor).get(plan.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.write_summary(plan, summary="x", by=mentor)


def test_an_employer_knows_nothing_of_who_has_left(cast, plan, client_of):
    client = client_of(cast["manager"])
    assert cast["worker"].name in client.get(reverse("mentorship:overview")).content.decode()

    cast["worker"].posts.update(ends_on=clock.today() - timedelta(days=1))

    assert not Plan.objects.visible_to(cast["manager"]).exists()
    assert client.get(plan.get_absolute_url()).status_code == 404
    assert cast["worker"].name not in client.get(reverse("mentorship:overview")).content.decode()


def deeds_of(plan: Plan) -> dict:
    """Every deed of the pair, ready to be done by somebody."""
    meeting, task, topic = plan.meetings.get(), plan.tasks.get(), plan.topics.first()
    tomorrow = clock.now() + timedelta(days=1)
    return {
        "write_plan": lambda by: actions.write_plan(
            plan,
            topics=[actions.Choice(topic="star")],
            rhythm="monthly",
            meeting_form="video",
            intended_end_on=clock.day_of(tomorrow),
            by=by,
        ),
        "propose_plan": lambda by: actions.propose_plan(plan, by=by),
        "agree_plan": lambda by: actions.agree_plan(plan, by=by),
        "move_topic": lambda by: actions.move_topic(topic, progress="done", by=by),
        "book_meeting": lambda by: made.booked_meeting(plan, tomorrow, by=by),
        "record_meeting": lambda by: actions.record_meeting(meeting, outcome="held", by=by),
        "keep_note": lambda by: actions.keep_note(meeting, text="x", by=by),
        "draft_record": lambda by: actions.draft_record(meeting, texts={}, tab=Tab(key="x"), by=by),
        "draft_note": lambda by: actions.draft_note(meeting, texts={}, tab=Tab(key="x"), by=by),
        "add_task": lambda by: actions.add_task(plan, text="x", owner="worker", by=by),
        "mark_task_done": lambda by: actions.mark_task_done(task, by=by),
        "write_summary": lambda by: actions.write_summary(plan, summary="x", by=by),
        "agree_summary": lambda by: actions.agree_summary(plan, by=by),
        "stop_closing": lambda by: actions.stop_closing(plan, by=by),
        "give_feedback": lambda by: actions.give_feedback(plan, helped=5, words="", by=by),
    }


DEEDS = (
    *("write_plan", "propose_plan", "agree_plan", "move_topic", "book_meeting"),
    *("record_meeting", "keep_note", "draft_record", "draft_note", "add_task", "mark_task_done"),
    *("write_summary", "agree_summary", "stop_closing", "give_feedback"),
)


@pytest.mark.parametrize("deed", DEEDS)
def test_only_the_pair_acts_in_a_plan(cast, plan, deed):
    assert who_may(cast, deeds_of(plan)[deed]) == {"worker", "mentor"}


def test_a_stand_in_reads_and_does_not_write(cast, plan, client_of):
    client = client_of(cast["stand_in"])
    names = ("plan-detail", "plan-write", "meeting-book", "task-add", "summary-write")

    answers = [client.get(reverse(f"mentorship:{name}", args=[plan.pk])) for name in names]

    assert [answer.status_code for answer in answers] == [200, 403, 403, 403, 403]


# --- requests -------------------------------------------------------------------------------


def test_who_submits_a_request(cast):
    def submit(by):
        made.submitted_request("Elva vald", worker=by)

    assert who_may(cast, submit) == {"worker", "colleague"}


def test_who_suggests_a_request(cast):
    def suggest(by):
        made.suggested_request("Elva vald", worker=cast["worker"], manager=by)

    assert who_may(cast, suggest) == {"manager"}


def test_who_enters_a_request(cast):
    def enter(by):
        actions.enter_request(
            worker=cast["worker"],
            municipality=people.municipality("Elva vald"),
            wishes=made.WISHES,
            asked_on=clock.today(),
            by=by,
        )

    assert who_may(cast, enter) == {"mentor", "other_consultant", "stand_in"}


def test_a_worker_of_another_municipality_is_neither_suggested_nor_entered(cast):
    stranger = people.worker("Haapsalu linn")
    elva = people.municipality("Elva vald")

    with pytest.raises(PermissionDenied):
        actions.suggest_request(worker=stranger, municipality=elva, by=cast["manager"])
    with pytest.raises(PermissionDenied):
        actions.enter_request(
            worker=stranger,
            municipality=elva,
            wishes="x",
            asked_on=clock.today(),
            by=cast["mentor"],
        )


def test_only_the_worker_confirms_and_corrects(cast):
    wish = made.suggested_request(worker=cast["worker"], manager=cast["manager"])
    answer = {"wishes": "x", "ratings": made.ratings()}

    assert who_may(cast, lambda by: actions.confirm_request(wish, **answer, by=by)) == {"worker"}
    assert who_may(cast, lambda by: actions.correct_request(wish, **answer, by=by)) == {"worker"}


def test_who_withdraws_an_unconfirmed_request(cast):
    wish = made.suggested_request(worker=cast["worker"], manager=cast["manager"])

    able = who_may(cast, lambda by: actions.withdraw_request(wish, by=by))

    assert able == {"worker", "manager"}


def test_a_manager_does_not_withdraw_what_the_worker_has_confirmed(cast):
    wish = made.suggested_request(worker=cast["worker"], manager=cast["manager"])
    actions.confirm_request(wish, wishes="x", ratings=made.ratings(), by=cast["worker"])

    with pytest.raises(PermissionDenied):
        actions.withdraw_request(wish, by=cast["manager"])


def test_who_takes_and_who_assigns_a_request(cast):
    wish = made.submitted_request("Elva vald", worker=cast["worker"])

    takers = who_may(cast, lambda by: actions.take_request(wish, by=by))
    assigners = who_may(cast, lambda by: actions.assign_request(wish, mentor=cast["mentor"], by=by))

    assert takers == {"mentor", "other_consultant", "stand_in"}
    assert assigners == {"coordinator"}


@pytest.mark.parametrize("role", [*FACTS, "colleague", "administrator"])
def test_others_do_not_see_the_wishes_of_a_waiting_request(cast, client_of, role):
    wish = made.submitted_request("Elva vald", worker=cast["worker"])
    client = client_of(cast[role])

    shown = seen_by(client, [wish.get_absolute_url(), reverse("mentorship:overview")])

    assert made.WISHES not in shown
    assert "Enda hinnang" not in shown
