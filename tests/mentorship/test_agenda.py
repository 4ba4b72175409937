"""What stands on a meeting's page before it: tasks, topics, the last plan, earlier notes."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from common import clock
from mentorship import actions
from mentorship.models import MentoringMeeting
from mentorship.workflow import PlanStatus
from tests.factories import mentorship as made


pytestmark = pytest.mark.django_db

PAGES = ("meeting-detail", "meeting-record")


@pytest.fixture
def plan():
    return made.plan_at(PlanStatus.RUNNING)


def soup_of(client, meeting: MentoringMeeting, name: str) -> BeautifulSoup:
    response = client.get(reverse(f"mentorship:{name}", args=[meeting.pk]))
    return BeautifulSoup(response.content, "html.parser")


def agenda_on(client, meeting: MentoringMeeting, name: str) -> str:
    return (
        soup_of(client, meeting, name).select_one("section:has(#agenda)").get_text(" ", strip=True)
    )


@pytest.mark.parametrize("name", PAGES)
def test_agenda_holds_open_tasks_with_whose_and_due(client_of, plan, name):
    meeting = made.begun_meeting(plan)
    with clock.at(clock.now() - timedelta(days=3)):
        actions.add_task(
            plan, text="ammulind", owner="mentor", due_on=clock.today(), by=plan.worker
        )
    actions.add_task(plan, text="koolilind", owner="worker", by=plan.mentor)
    done = actions.add_task(plan, text="tehtudlind", owner="worker", by=plan.mentor)
    actions.mark_task_done(done, by=plan.worker)

    agenda = agenda_on(client_of(plan.worker), meeting, name)

    assert f"ammulind {plan.mentor.name} · tähtaeg 20.11.2026" in agenda
    assert f"koolilind {plan.worker.name}" in agenda
    assert "tehtudlind" not in agenda
    assert agenda.count("tähtaeg möödas") == 1


@pytest.mark.parametrize("name", PAGES)
def test_agenda_holds_topics_in_work_then_the_next_planned(client_of, plan, name):
    first, second, third = plan.topics.select_related("topic")
    actions.move_topic(third, progress="in_work", by=plan.worker)
    meeting = made.begun_meeting(plan)

    agenda = agenda_on(client_of(plan.worker), meeting, name)

    assert agenda.index(str(third.topic)) < agenda.index(str(first.topic))
    assert str(second.topic) not in agenda


@pytest.mark.parametrize("name", PAGES)
def test_last_plan_and_earlier_notes_stand_beside_the_new_ones(client_of, plan, name):
    for days in (40, 30, 20, 10):
        notes = {"notes": f"märge{days}", "plan_for_next": f"kava{days}"}
        made.held_meeting(plan, days_ago=days, **notes)
    missed = made.begun_meeting(plan, days_ago=5)
    actions.record_meeting(
        missed, outcome="not_held", not_held_reason="duty", shared_notes="ärajäänu", by=plan.worker
    )
    meeting = made.begun_meeting(plan)

    client = client_of(plan.worker)
    page, agenda = soup_of(client, meeting, name), agenda_on(client, meeting, name)

    assert [word for word in ("kava10", "kava20") if word in agenda] == ["kava10"]
    folds = page.select("details[data-fold]")
    assert [fold.has_attr("open") for fold in folds] == [True, False, False]
    shown = " ".join(fold.get_text(" ", strip=True) for fold in folds)
    words = ["märge10", "märge20", "märge30", "märge40", "ärajäänu"]
    assert [word for word in words if word in shown] == words[:3]


def test_recorded_meeting_has_no_agenda_any_more(client_of, plan):
    held = made.held_meeting(plan)

    page = soup_of(client_of(plan.worker), held, "meeting-detail")

    assert page.select("#agenda") == []
    assert page.select("#next") != []


def test_why_a_meeting_did_not_take_place_is_read_by_the_pair(client_of, plan):
    meeting = made.begun_meeting(plan)
    actions.record_meeting(meeting, outcome="not_held", not_held_reason="forgotten", by=plan.worker)

    page = soup_of(client_of(plan.mentor), meeting, "meeting-detail").get_text()

    assert "Kohtumine läks meelest" in page


def test_folds_close_on_a_phone_alone(new_page, transactional_db):
    plan = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(plan, days_ago=10)
    meeting = made.begun_meeting(plan)

    for width, stands_open in ((1440, True), (390, False)):
        page = new_page(plan.worker, width=width)
        page.goto(reverse("mentorship:meeting-record", args=[meeting.pk]))
        assert page.get_by_text(made.NOTES).is_visible() == stands_open
