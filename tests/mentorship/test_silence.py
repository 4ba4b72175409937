"""A mentorship in which nobody meets: the pair is reminded, then the coordinator sees it."""

from datetime import timedelta

import pytest

from common import clock
from home.waiting import everything_waiting
from meetings.actions import cancel_meeting
from mentorship.models import SILENT, SILENT_LONG, Plan
from mentorship.tasks import nudge_silent_plans
from mentorship.workflow import PlanStatus
from outbox.models import Message
from tests.factories import mentorship as plans
from tests.factories import people


pytestmark = pytest.mark.django_db

BOOK, ASK = "Lepi kokku järgmine mentorkohtumine", "Uuri vaikivat mentorlust"


@pytest.fixture
def plan() -> Plan:
    """Running, with a meeting held yesterday."""
    plan = plans.plan_at(PlanStatus.RUNNING)
    plans.held_meeting(plan)
    return plan


def verbs(user, days: int) -> list[str]:
    with clock.at(clock.now() + timedelta(days=days)):
        return [item.verb for item in everything_waiting(user, clock.today())]


@pytest.mark.parametrize(
    ("days", "pair", "coordinator"),
    [(58, False, False), (60, True, False), (88, True, False), (90, True, True)],
)
def test_silence_shows_to_the_pair_first_and_to_the_coordinator_later(
    plan, days, pair, coordinator
):
    assert (BOOK in verbs(plan.worker, days), BOOK in verbs(plan.mentor, days)) == (pair, pair)
    assert (ASK in verbs(people.coordinator(), days)) is coordinator


def test_coordinator_reads_who_is_silent_and_for_how_long_not_what_about(plan):
    with clock.at(clock.now() + timedelta(days=99)):
        items = everything_waiting(people.coordinator(), clock.today())

    [item] = [item for item in items if item.verb == ASK]
    assert item.about == f"{plan.worker.name}, Elva vald – {plan.mentor.name}"
    assert item.tag == "100 päeva kohtumata"


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.AGREEING, PlanStatus.CLOSING])
def test_only_a_running_plan_is_silent(status):
    plan = plans.plan_at(status)

    with clock.at(clock.now() + SILENT_LONG * 2):
        assert list(Plan.objects.silent_for(SILENT)) == []
        assert BOOK not in verbs(plan.mentor, 0)


def test_planned_meeting_ends_the_silence_and_a_cancelled_one_does_not(plan):
    with clock.at(clock.now() + SILENT):
        meeting = plans.booked_meeting(plan).meeting
        assert list(Plan.objects.silent_for(SILENT)) == []

        cancel_meeting(meeting, wanted_by="organiser", reason="x", by=plan.mentor)

        assert list(Plan.objects.silent_for(SILENT)) == [plan]


def test_plan_that_never_met_is_silent_from_its_beginning():
    plan = plans.plan_at(PlanStatus.RUNNING)

    with clock.at(clock.now() + SILENT - timedelta(hours=1)):
        assert list(Plan.objects.silent_for(SILENT)) == []
    with clock.at(clock.now() + SILENT + timedelta(hours=1)):
        assert list(Plan.objects.silent_for(SILENT)) == [plan]


def test_both_get_one_mail_for_each_silence(plan):
    before = Message.objects.filter(kind="mentorship.plan_silent").count()
    with clock.at(clock.now() + SILENT):
        assert (nudge_silent_plans(), nudge_silent_plans()) == (2, 0)
        plans.held_meeting(plan)
        assert nudge_silent_plans() == 0
    with clock.at(clock.now() + SILENT * 2 + timedelta(days=1)):
        assert nudge_silent_plans() == 2

    mails = Message.objects.filter(kind="mentorship.plan_silent")
    assert mails.count() - before == 4
    assert {mail.recipient for mail in mails} == {plan.worker, plan.mentor}
    assert plan.worker.name in mails.filter(recipient=plan.mentor).first().body
    for secret in plans.CANARIES:
        assert not any(secret in mail.body + mail.subject for mail in mails)
