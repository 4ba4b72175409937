"""Dates as people make them: a worker books, moves and cancels; a consultant finds one by poll."""

from urllib.parse import urlsplit

import pytest

from consultations.models import CaseMeeting
from consultations.workflow import Status
from meetings.guests import poll_guest_url
from meetings.models import Meeting, Poll
from mentorship.workflow import PlanStatus
from outbox.models import Message
from tests.factories import consultations as cases
from tests.factories import mentorship as plans
from tests.factories import people


@pytest.mark.parametrize("javascript", [True, False])
def test_a_worker_books_moves_and_cancels(visitor, javascript) -> None:
    worker = people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    consultant = people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    plan = plans.plan_at(PlanStatus.RUNNING, worker=worker, mentor=consultant)
    mari = visitor(worker, javascript=javascript, width=390, height=844)

    mari.open(plan.get_absolute_url(), "Mentorlusplaan")
    mari.follows("Lepi kohtumine kokku", "Lepi kohtumine kokku")
    # Days further off are folded.
    mari.main.get_by_role("heading", name="neljapäev, 26.11.2026").click()
    mari.main.locator("label[for=id_slot_20261126T0800Z]").click()
    mari.chooses("Video teel")
    mari.presses("Lepi kohtumine kokku", "Mentorlusplaan")
    meeting = Meeting.objects.get(organiser=worker)
    assert meeting.starts_at.isoformat() == "2026-11-26T08:00:00+00:00"

    mari.open(meeting.get_absolute_url(), "Mentorkohtumine")
    mari.follows("Muuda aega", "Muuda kohtumise aega")
    mari.main.locator("label[for=id_slot_20261126T1100Z]").click()
    mari.chooses("Osaleja")
    mari.confides("Miks?", "Kohtuistung kestab hommikul kauem.")
    mari.presses("Muuda kohtumise aega", "Mentorkohtumine")
    mari.sees("13.00", "Aeg muudetud")

    mari.follows("Tühista kohtumine", "Kas tühistada")
    mari.chooses("Osaleja")
    mari.confides("Miks?", "Kumbki meist ei saa tulla.")
    mari.presses("Tühista kohtumine", "Mentorkohtumine")
    mari.sees("Tühistatud")

    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == ("cancelled", 2)
    told = Message.objects.filter(recipient=consultant, calendar_method__gt="")
    assert sorted(each.calendar_method for each in told) == ["CANCEL", "REQUEST", "REQUEST"]


def test_a_consultant_closes_a_poll_with_two_guests(visitor) -> None:
    consultant = people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    worker = people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    case = cases.request_at(
        Status.IN_PROGRESS, "Elva vald", requester=worker, consultant=consultant
    )
    liis = visitor(consultant)

    liis.open(case.get_absolute_url(), case.code)
    liis.follows("Kohtumised", case.code)
    liis.follows("Lepi kohtumine kokku", "kohtumine")
    liis.follows("Leia aeg küsitlusega", "Leia aeg küsitlusega")
    for n, (begins, ends) in enumerate((("10.00", "11.30"), ("14.00", "15.30"))):
        for name, text in (("day", "27.11.2026"), ("begins", begins), ("ends", ends)):
            liis.page.locator(f"[name=time-{n}-{name}]").fill(text)
    liis.chooses("Video teel")
    liis.types(
        "Külalised", "Mari Mets, mari@kool.example, Elva Gümnaasium\nPeeter Puu, p@politsei.example"
    )
    liis.presses("Ava küsitlus", "Ajaküsitlus")

    poll = Poll.objects.get()
    for guest, answers in zip(
        poll.invitees.filter(user=None).order_by("guest_name"),
        (("Ei", "Jah"), ("Vajadusel", "Jah")),
        strict=True,
    ):
        page = visitor(None, width=390, height=844)
        page.open(urlsplit(poll_guest_url(guest)).path, "Vasta ajaküsitlusele")
        answer(page, *answers)
    mari = visitor(worker)
    mari.open("/", "Tere, Mari!")
    mari.follows("Vasta ajaküsitlusele", "Vasta ajaküsitlusele")
    answer(mari, "Jah", "Vajadusel")

    liis.open("/", "Tere, Liis!")
    liis.follows("Lõpeta ajaküsitlus", "Ajaküsitlus")
    liis.sees("Sobib kõige paremini", "14.00–15.30")
    liis.presses("Vali aeg ja saada kutsed", "Ajaküsitlus")

    meeting = CaseMeeting.objects.get().meeting
    assert meeting.starts_at.isoformat() == "2026-11-27T12:00:00+00:00"
    assert {each.name: each.answer for each in meeting.invitees.all()} == {
        "Liis Kask": "accepted",
        "Mari Tamm": "needs-action",
        "Mari Mets": "accepted",
        "Peeter Puu": "accepted",
    }


def answer(visitor, *answers: str) -> None:
    """Choose an answer for each time, in their order, and save."""
    for group, words in zip(visitor.main.locator("fieldset").all(), answers, strict=True):
        group.get_by_label(words, exact=True).check()
    visitor.presses("Salvesta minu vastused", "Vasta ajaküsitlusele")
