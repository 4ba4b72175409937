"""Two people use one plan: on a phone and at a desk they change it, let it rest, and look back."""

from datetime import timedelta

import pytest

from common import clock
from mentorship import actions
from mentorship.models import Plan
from mentorship.workflow import PlanStatus
from reports.tasks import make_record_files
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db(transaction=True)


def test_pair_changes_a_running_plan_and_looks_back(visitor) -> None:
    plan = made.plan_at(PlanStatus.RUNNING)
    worker = visitor(plan.worker, width=390, height=844)

    worker.open(plan.get_absolute_url(), "Mentorlusplaan")
    worker.follows("Muuda plaani", "Muuda plaani")
    worker.confides("Miks sa soovid seda muuta", "muutmiselind laulab")
    worker.main.locator("details", has=worker.page.locator("#id_goal_star")).locator(
        "summary"
    ).click()
    worker.confides("Eesmärk: Sotsiaalteenuste", "eesmärgikana uus siht")
    worker.presses("Tee muudatusettepanek", "Mentorlusplaan")
    worker.sees("Plaani muudatus ootab vastust")

    mentor = visitor(plan.mentor)
    mentor.open("/mentorship/", "Mentorlus")
    mentor.sees("sina")
    mentor.open(plan.get_absolute_url(), "Mentorlusplaan")
    mentor.follows("Loe, mis muutuks", "Plaani versioon 2")
    mentor.sees("muutmiselind laulab", "eesmärgikana")
    mentor.follows("Ei nõustu", "Vasta ettepanekule")
    mentor.confides("Mida sa vastad", "vastamiselind arvab")
    mentor.presses("Saada vastus", "Mentorlusplaan")

    worker.open(plan.get_absolute_url(), "Mentorlusplaan")
    worker.follows("Plaani ajalugu", "Plaani ajalugu")
    worker.sees("vastamiselind arvab", "Ei nõustutud")

    worker.open(plan.get_absolute_url(), "Mentorlusplaan")
    worker.follows("Areng: enda hinnang teemadele", "Areng")
    worker.follows("Hinda teemasid uuesti", "Hinda teemasid uuesti")
    for radio in worker.page.locator("input[type=radio][value='4']").all():
        radio.check()
    worker.presses("Salvesta", "Areng")
    worker.sees("+1")


def test_mentorship_rests_and_goes_on(visitor) -> None:
    plan = made.plan_at(PlanStatus.RUNNING)
    made.booked_meeting(plan, clock.now() + timedelta(days=3))
    worker = visitor(plan.worker)

    worker.open(plan.get_absolute_url(), "Mentorlusplaan")
    worker.follows("Pane mentorlus pausile", "Pane mentorlus pausile")
    worker.chooses("Puhkus")
    worker.types("Millal see jätkub", "1.02.2027")
    worker.presses("Pane pausile", "Mentorlusplaan")
    worker.sees("Mentorlus on pausil")

    mentor = visitor(plan.mentor, width=390, height=844)
    mentor.open(plan.get_absolute_url(), "Mentorlusplaan")
    mentor.follows("Jätka mentorlust", "Jätka mentorlust")
    mentor.presses("Jätka", "Mentorlusplaan")
    assert Plan.objects.get(pk=plan.pk).status == PlanStatus.RUNNING

    mentor.follows("Lõpeta enne tähtaega", "Lõpeta enne tähtaega")
    mentor.chooses("Selleks ei ole aega")
    mentor.confides("Paar sõna teineteisele", "hüvastijätulind lendab")
    mentor.presses("Lõpeta mentorlus", "Mentorlusplaan")
    worker.open(plan.get_absolute_url(), "Mentorlusplaan")
    worker.sees("hüvastijätulind lendab")


@pytest.mark.parametrize("javascript", [True, False])
def test_worker_keeps_a_record_of_their_own(visitor, javascript) -> None:
    person = people.worker("Elva vald")
    worker = visitor(person, javascript=javascript, width=390, height=844)

    worker.open("/", "Tere")
    worker.follows("Ava minu õpirada", "Minu õpirada")
    worker.follows("Lisa koolitus või kovisioon", "Koolitus, kovisioon, lugemine")
    worker.chooses("Kovisioon")
    worker.confides("Pealkiri", "koviarutelulind")
    worker.types("Millal", "20.11.2026")
    worker.types("Mitu tundi", "1,5")
    worker.chooses("Lastekaitse")
    worker.presses("Salvesta", "Minu õpirada")
    worker.sees("koviarutelulind", "1,5 t")

    worker.follows("Kes mida näeb", "Kes mida näeb")
    worker.open("/record/", "Minu õpirada")
    worker.follows("PDF-ina", "Minu õpirada PDF-ina")
    worker.presses("Tee PDF", "Minu õpirada PDF-ina")
    assert make_record_files() == 1
    worker.open("/record/file/", "Minu õpirada PDF-ina")
    worker.sees("Laadi PDF alla")


def test_coordinator_keeps_templates_and_a_plan_begins_from_one(visitor) -> None:
    coordinator = visitor(people.coordinator())
    coordinator.open("/mentorship/templates/", "Plaanide mallid")
    coordinator.follows("Lisa mall", "Lisa mall")
    coordinator.types("Nimi eesti keeles", "Naasja plaan")
    coordinator.page.locator("#id_chosen_star").check()
    coordinator.presses("Salvesta mall", "Plaanide mallid")
    coordinator.sees("Naasja plaan")

    plan = actions.take_request(made.submitted_request(), by=people.consultant("Elva vald"))
    mentor = visitor(plan.mentor, width=390, height=844)
    mentor.open(plan.get_absolute_url(), "Mentorlusplaan")
    mentor.follows("Kirjuta plaan", "Kirjuta plaan")
    mentor.presses("Naasja plaan", "Kirjuta plaan")
    mentor.presses("Salvesta plaan", "Mentorlusplaan")
    assert [row.topic_id for row in plan.topics.all()] == ["star"]
