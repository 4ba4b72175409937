"""Pages that no other journey passes: on a phone, with axe, each as those see it whom it is for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from library import actions as library
from library.models import Material, Topic
from mentorship.models import Feedback, Plan
from mentorship.workflow import PlanStatus
from tests.factories import mentorship as made
from tests.factories import people
from tests.factories.consultations import request_at


pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_a_plan_on_a_phone(visitor) -> None:
    plan = made.plan_at(PlanStatus.RUNNING)
    worker = visitor(plan.worker, width=390, height=844)
    for name, heading in (
        ("change-extend", "Muuda kavandatud lõppu"),
        ("plan-resume", "Jätka mentorlust"),
        ("summary-write", "Ühine kokkuvõte"),
    ):
        worker.open(reverse(f"mentorship:{name}", args=[plan.pk]), heading)


def test_newer_template_on_a_phone(visitor) -> None:
    template = made.template()
    plan = made.plan_at(PlanStatus.RUNNING)
    plan.template_version = template.versions.first()
    plan.save()
    made.newer_template(template)

    worker = visitor(plan.worker, width=390, height=844)
    worker.open(reverse("mentorship:template-follow", args=[plan.pk]), "Uuem mall")
    worker.presses("Jäta plaan nagu on", "Mentorlusplaan")

    coordinator = visitor(people.coordinator(), width=390, height=844)
    page = reverse("mentorship:template-withdraw", args=[template.pk])
    coordinator.open(page, "Võta mall tagasi")


def test_what_stayed_on_a_phone(visitor) -> None:
    with clock.at(clock.now() - timedelta(days=91)):
        plans = [made.plan_at(PlanStatus.ENDED) for _ in range(5)]
    worker = visitor(plans[0].worker, width=390, height=844)
    page = reverse("mentorship:follow-up-answer", args=[plans[0].pk])
    worker.open(page, "Mis mentorlusest jäi")
    worker.chooses("4")
    worker.confides("Mis jäi ja millest on veel puudu", "jäävuslind laulab")
    worker.presses("Saada vastus", "Mentorlusplaan")
    worker.sees("jäävuslind laulab", "4 viiest")

    for _n in range(5):
        Feedback.objects.create(year=2025, side="worker", helped=4, words="sõnalind")
    coordinator = visitor(people.coordinator(), width=390, height=844)
    coordinator.open(reverse("mentorship:feedback-sum"), "Tagasiside")
    coordinator.sees("Vastuseid", "4,0")


def test_own_dates_on_a_phone(visitor) -> None:
    person = people.worker("Elva vald")
    entry = library.add_learning(
        kind="training", title="Koolitus", happened_on=clock.today(), hours=2, by=person
    )
    worker = visitor(person, width=390, height=844)
    worker.open(reverse("reports:qualification-set"), "Kutse")
    worker.types("Kutse saadud", "1.06.2026")
    worker.presses("Salvesta", "Minu õpirada")
    worker.sees("01.06.2026")
    page = reverse("reports:learning-remove", args=[entry.pk])
    worker.open(page, "Eemalda õpirajalt")


def test_library_is_searched_and_a_shelf_filled_on_a_phone(visitor) -> None:
    library.add_material(
        Topic.objects.get(pk="star"),
        title="Õppematerjal šokist",
        description="Esimesteks nädalateks",
        kind="guide",
        language="et",
        link="https://materjal.example/",
        by=people.consultant(),
    )
    worker = visitor(people.worker("Elva vald"), width=390, height=844)
    worker.open("/library/?q=oppe+sokist", "Raamatukogu")
    worker.sees("Õppematerjal šokist")
    worker.presses("Pane minu riiulile", "Raamatukogu")
    worker.sees("Võta minu riiulilt maha")
    worker.open("/library/shelf/", "Minu riiul")
    worker.sees("Õppematerjal šokist")

    Material.objects.update(
        link_checked_at=clock.now(), link_failing_since=clock.now() - timedelta(days=3)
    )
    consultant = visitor(people.consultant("Elva vald"), width=390, height=844)
    consultant.open("/library/", "Raamatukogu")
    consultant.follows("Lingid, mis ei vasta", "Lingid, mis ei vasta")
    consultant.sees("Õppematerjal šokist", "Link ei vasta", "Alates: 20.11.2026")


def test_consultant_says_what_they_know_on_a_phone(visitor) -> None:
    consultant = visitor(people.consultant("Elva vald"), width=390, height=844)
    consultant.open("/mentorship/", "Mentorlus")
    consultant.follows("Mida ma kõige paremini tean", "Mida ma kõige paremini tean")
    consultant.presses("Salvesta", "Mentorlus")


def test_all_work_is_handed_over_on_a_phone(visitor) -> None:
    leaver = people.consultant("Elva vald")
    plan = made.plan_at(PlanStatus.RUNNING, mentor=leaver)
    case = request_at("in_progress", consultant=leaver)
    other = people.consultant("Elva vald")
    coordinator = visitor(people.coordinator(), width=390, height=844)
    page = reverse("meetings:handover", args=[leaver.pk])
    coordinator.open(f"{page}?from_day=23.11.2026&to={other.pk}", "Anna kogu töö üle")
    coordinator.sees(plan.worker.name, case.code)
    coordinator.presses("Anna kogu töö üle", leaver.name)
    plan.refresh_from_db()
    assert plan.mentor == other


def test_own_notes_are_found_again_on_a_phone(visitor) -> None:
    plan = made.plan_at(PlanStatus.RUNNING, mentor=people.consultant("Elva vald"))
    meeting = made.begun_meeting(plan)
    mentor = visitor(plan.mentor, width=390, height=844)
    mentor.open(reverse("mentorship:note-keep", args=[meeting.pk]), "Minu isiklikud märkmed")
    mentor.confides("Minu isiklikud märkmed", "kanaarilind ja pikk mõte")
    mentor.presses("Salvesta märkmed", "Kohtumine")
    mentor.open("/mentorship/", "Mentorlus")
    mentor.follows("Minu isiklikud märkmed", "Minu isiklikud märkmed")
    mentor.sees("kanaarilind ja pikk mõte", plan.worker.name)


def test_year_with_results_on_a_phone(visitor) -> None:
    Plan.objects.filter(pk=made.plan_at(PlanStatus.ENDED).pk).update(
        ended_at=clock.now() - timedelta(days=365)
    )
    coordinator = visitor(people.coordinator(), width=390, height=844)
    coordinator.open(f"/reports/{clock.today().year - 1}/", "aruanne")
    coordinator.sees("Mis mentorlustest sai", "Lõppenud mentorlusi")
