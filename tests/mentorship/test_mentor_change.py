"""Another mentor: asked for quietly, seen by the coordinator alone, given in one step."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from common.refusal import Refused
from home.waiting import everything_waiting
from journal.models import Entry
from mentorship import actions
from mentorship.models import MentorChange, Plan
from mentorship.workflow import PlanStatus
from outbox.models import Message
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

TALK = "Räägi teisest mentorist"
OTHERS = ("mentor", "stand_in", "manager", "colleague", "consultant", "supervisor", "administrator")


@pytest.fixture
def plan() -> Plan:
    plan = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(plan)
    return plan


@pytest.fixture
def cast(plan) -> dict:
    stand_in = people.consultant("Kambja vald")
    people.absence(plan.mentor, clock.today(), clock.today(), stand_in=stand_in)
    return {
        "worker": plan.worker,
        "mentor": plan.mentor,
        "stand_in": stand_in,
        "manager": people.manager(),
        "colleague": people.worker(),
        "consultant": people.consultant(),
        "supervisor": people.supervisor(),
        "administrator": people.administrator(),
        "coordinator": people.coordinator(),
    }


def asked(plan: Plan) -> MentorChange:
    return actions.ask_mentor_change(plan, reason=made.REASON, by=plan.worker)


def page(name: str, row) -> str:
    return reverse(f"mentorship:{name}", args=[row.pk])


def test_mentor_change_ask_reaches_the_coordinator_without_names(client_of, plan, cast):
    response = client_of(plan.worker).post(page("mentor-change-ask", plan), {"reason": made.REASON})

    change = MentorChange.objects.get()
    assert response.status_code == 302
    assert (change.plan, change.reason, change.asked_by) == (plan, made.REASON, plan.worker)
    mail = Message.objects.get(kind="mentorship.mentor_change_asked")
    assert mail.recipient == cast["coordinator"]
    for hidden in (plan.worker.name, plan.mentor.name, made.REASON, "Elva"):
        assert hidden not in mail.subject + mail.body
    items = everything_waiting(cast["coordinator"], clock.today())
    assert [item.url for item in items if item.verb == TALK] == [change.get_absolute_url()]


def test_mentor_change_detail_shows_the_reason_to_the_coordinator_and_journals_it(
    client_of, plan, cast
):
    change = asked(plan)

    text = client_of(cast["coordinator"]).get(change.get_absolute_url()).content.decode()

    assert made.REASON in text
    assert Entry.objects.about(change)[0].kind == "mentorship.mentor_change_opened"


@pytest.mark.parametrize("role", OTHERS)
def test_mentor_change_is_hidden_from_everybody_else(client_of, plan, cast, role):
    change = asked(plan)
    client = client_of(cast[role])

    for name in ("mentor-change-detail", "mentor-change-settle"):
        assert client.get(page(name, change)).status_code == 403
    seen = [page("plan-detail", plan), "/mentorship/", "/"]
    texts = [client.get(address).content.decode() for address in seen]
    assert not any(made.REASON in text or TALK in text for text in texts)
    assert not any("Küsisid teist mentorit" in text for text in texts)
    assert not Message.objects.filter(
        kind__startswith="mentorship.mentor_change", recipient=cast[role]
    ).exists()


def test_mentor_change_about_a_coordinator_who_mentors_is_hidden_from_them(client_of):
    both = people.consultant()
    both.staff_roles.create(role="coordinator", starts_on=clock.today() - timedelta(days=9))
    plan = made.plan_at(PlanStatus.RUNNING, mentor=both)
    change = asked(plan)

    assert client_of(both).get(change.get_absolute_url()).status_code == 404
    assert TALK not in [item.verb for item in everything_waiting(both, clock.today())]
    assert not Message.objects.filter(
        kind="mentorship.mentor_change_asked", recipient=both
    ).exists()
    with pytest.raises(PermissionDenied):
        actions.settle_mentor_change(change, by=both)


def test_mentor_change_stays_hidden_from_a_coordinator_who_was_the_mentor(client_of):
    both = people.consultant()
    both.staff_roles.create(role="coordinator", starts_on=clock.today() - timedelta(days=9))
    plan = made.plan_at(PlanStatus.RUNNING, mentor=both)
    change = asked(plan)
    actions.reassign_plan(plan, mentor=people.consultant("Elva vald"), by=people.coordinator())

    assert client_of(both).get(change.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.settle_mentor_change(change, by=both)


def test_mentor_change_asked_leaves_no_name_in_the_journal(plan):
    """A mentor may also be an administrator, who reads the journal."""
    change = asked(plan)

    entry = Entry.objects.get(kind="mentorship.mentor_change_asked")

    assert (entry.actor, entry.details) == (None, {})
    assert entry.subject_id not in {change.pk, plan.pk, plan.worker_id}


@pytest.mark.parametrize("role", [*OTHERS, "coordinator"])
def test_mentor_change_ask_by_somebody_else_is_denied(plan, cast, role):
    with pytest.raises(PermissionDenied):
        actions.ask_mentor_change(plan, reason="", by=cast[role])
    assert not MentorChange.objects.exists()


def test_mentor_change_ask_twice_is_told_and_keeps_what_was_typed(client_of, plan, cast):
    asked(plan)

    response = client_of(plan.worker).post(page("mentor-change-ask", plan), {"reason": "uus"})

    assert response.status_code == 422
    assert response.context["form"]["reason"].value() == "uus"
    assert MentorChange.objects.count() == 1


def test_mentor_change_ask_after_the_end_is_refused():
    plan = made.plan_at(PlanStatus.ENDED)

    with pytest.raises(Refused):
        asked(plan)


def test_mentor_change_settle_tells_the_worker_and_lets_them_ask_again(client_of, plan, cast):
    change = asked(plan)
    client = client_of(cast["coordinator"])

    client.post(page("mentor-change-settle", change))
    client.post(page("mentor-change-settle", change))

    change.refresh_from_db()
    assert change.settled_by == cast["coordinator"]
    mail = Message.objects.get(kind="mentorship.mentor_change_settled")
    assert mail.recipient == plan.worker
    assert asked(plan) != change


def test_plan_reassign_by_the_coordinator_settles_the_wish(client_of, plan, cast):
    change = asked(plan)
    coming = made.booked_meeting(plan).meeting
    client = client_of(cast["coordinator"])
    shown = client.get(page("plan-detail", plan)).content.decode()
    assert page("plan-reassign", plan) in shown

    response = client.post(page("plan-reassign", plan), {"mentor": str(cast["consultant"].pk)})

    assert response.status_code == 302
    plan.refresh_from_db()
    change.refresh_from_db()
    coming.refresh_from_db()
    assert (plan.mentor, coming.organiser) == (cast["consultant"], cast["consultant"])
    assert change.settled_at is not None
    assert not Message.objects.filter(kind="mentorship.mentor_change_settled").exists()


def test_plan_reassign_offers_neither_the_present_mentor_nor_the_worker(client_of, plan, cast):
    form = client_of(cast["coordinator"]).get(page("plan-reassign", plan)).context["form"]

    keys = {key for key, _words in form.fields["mentor"].choices}
    assert keys == {str(cast["consultant"].pk), str(cast["stand_in"].pk)}


@pytest.mark.parametrize("role", ["worker", *OTHERS])
def test_plan_reassign_by_somebody_else_is_denied(client_of, plan, cast, role):
    assert client_of(cast[role]).get(page("plan-reassign", plan)).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.reassign_plan(plan, mentor=cast["consultant"], by=cast[role])


def test_plan_reassign_of_an_ended_mentorship_is_not_there(client_of, cast):
    ended = made.plan_at(PlanStatus.ENDED)

    response = client_of(cast["coordinator"]).get(page("plan-reassign", ended))

    assert response.status_code == 404
