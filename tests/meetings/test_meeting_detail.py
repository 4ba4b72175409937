from datetime import timedelta

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from meetings.actions import answer_invitation, cancel_meeting, move_meeting
from meetings.models import Meeting
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

PAGES = ["meeting-detail", "meeting-file", "meeting-move", "meeting-cancel"]


def page(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def test_meeting_detail_tells_an_invited_person_everything(client_of):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(
        worker, organiser=organiser, guests=(meetings.GUEST,), link="https://video.example/tuba"
    )

    text = client_of(worker).get(page("meeting-detail", meeting)).content.decode()

    for told in (
        meetings.TITLE_FOR_PEOPLE,
        "24.11.2026 kl 10.00–11.00",
        "Tartu, Näidise 1",
        "https://video.example/tuba",
        organiser.name,
        worker.name,
        "Külli Külaline",
        "Kool",
        'href="/library/"',
    ):
        assert told in text
    assert meetings.GUEST.email not in text
    assert page("meeting-move", meeting) not in text


@pytest.mark.parametrize("name", [*PAGES, "invitation-answer"])
@pytest.mark.parametrize(
    "stranger", [people.worker, people.manager, people.consultant, people.coordinator,
                 people.supervisor, people.administrator]
)  # fmt: skip
def test_meeting_of_others_is_not_there(client_of, name, stranger):
    meeting = meetings.meeting(people.worker(), place="kanaarilind")
    client = client_of(stranger())
    answer = {"answer": "accepted"}

    address = page(name, meeting)
    response = client.post(address, answer) if name == "invitation-answer" else client.get(address)

    assert response.status_code == 404
    assert "kanaarilind" not in response.content.decode()
    assert meetings.TITLE_FOR_PEOPLE not in response.content.decode()


@pytest.mark.parametrize("name", [*PAGES, "invitation-answer"])
def test_meeting_without_login_leads_to_the_login(client, name):
    meeting = meetings.meeting()

    response = client.post(page(name, meeting))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["meeting-move", "meeting-cancel"])
def test_meeting_change_by_an_invited_person_is_denied_with_the_reason(client_of, name):
    worker = people.worker()
    meeting = meetings.meeting(worker)

    response = client_of(worker).get(page(name, meeting))

    assert response.status_code == 403
    assert "Ainult korraldaja muudab." in response.content.decode()


def test_meeting_detail_for_one_who_may_change_it_but_is_not_invited(client_of):
    worker, organiser, coordinator = people.worker(), people.consultant(), people.coordinator()
    meeting = meetings.meeting(worker, organiser=organiser)
    move_meeting(
        meeting,
        starts_at=meeting.starts_at + timedelta(hours=1),
        ends_at=meeting.ends_at + timedelta(hours=1),
        wanted_by="invitee",
        reason="kanaarilind",
        by=organiser,
    )
    meetings.service.also = coordinator

    text = client_of(coordinator).get(page("meeting-detail", meeting)).content.decode()

    assert page("meeting-move", meeting) in text
    assert "24.11.2026 kl 11.00–12.00" in text
    assert worker.name not in text
    assert "kanaarilind" not in text
    assert page("invitation-answer", meeting) not in text


def test_meeting_detail_shows_its_history_newest_first(client_of):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    move_meeting(
        meeting,
        starts_at=meeting.starts_at + timedelta(hours=2),
        ends_at=meeting.ends_at + timedelta(hours=2),
        wanted_by="invitee",
        reason="Bussid ei sõida.",
        by=organiser,
    )
    with clock.process_at(MONDAY_MORNING + timedelta(hours=1)):
        cancel_meeting(meeting, wanted_by="organiser", reason="Olen haige.", by=organiser)

    response = client_of(worker).get(page("meeting-detail", meeting))

    assert response.context["history"] == [
        {
            "title": "Tühistatud",
            "when": "23.11.2026 kl 11.00",
            "who": organiser.name,
            "text": "Soovija: Korraldaja. Olen haige.",
            "kind": "bad",
        },
        {
            "title": "Aeg muudetud: 24.11.2026 kl 10.00 → 24.11.2026 kl 12.00",
            "when": "23.11.2026 kl 10.00",
            "who": organiser.name,
            "text": "Soovija: Osaleja. Bussid ei sõida.",
            "kind": "",
        },
    ]
    assert "Bussid ei sõida." in response.content.decode()


@pytest.mark.parametrize("ended", ["cancelled", "over"])
def test_meeting_detail_that_is_closed_offers_nothing(client_of, ended):
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    now = MONDAY_MORNING
    if ended == "cancelled":
        cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    else:
        now = meeting.ends_at

    with clock.process_at(now):
        texts = [
            client_of(person).get(page("meeting-detail", meeting)).content.decode()
            for person in (organiser, worker)
        ]

    for name in ("meeting-move", "meeting-cancel", "invitation-answer"):
        assert not any(page(name, meeting) in text for text in texts)
    assert "Vastata ei ole vaja." in texts[1]


def test_meeting_detail_asks_first_who_has_not_answered_and_never_the_organiser(client_of):
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)

    def cards(person) -> list[str]:
        response = client_of(person).get(page("meeting-detail", meeting))
        soup = BeautifulSoup(response.content, "html.parser")
        return [each.get_text(strip=True) for each in soup.select("main .tp-cols h2")][:2]

    assert cards(organiser) == ["Kohtumine", "Kutsutud"]
    assert cards(worker) == ["Kas tuled?", "Kohtumine"]
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)
    assert cards(worker) == ["Kohtumine", "Kas tuled?"]


def test_meeting_detail_costs_the_same_for_1_and_30_people(client_of):
    organiser = people.consultant()
    few = meetings.meeting(people.worker(), organiser=organiser)
    many = meetings.meeting(*(people.worker() for _n in range(30)), organiser=organiser)
    for _n in range(5):
        for meeting in (few, many) if _n == 0 else (many,):
            meeting.refresh_from_db()
            move_meeting(
                meeting,
                starts_at=meeting.starts_at + timedelta(hours=1),
                ends_at=meeting.ends_at + timedelta(hours=1),
                wanted_by="organiser",
                reason="x",
                by=organiser,
            )
    client = client_of(organiser)
    counts = []
    for meeting in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page("meeting-detail", meeting)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


def test_meeting_file_is_the_event_alone(client_of):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    answer_invitation(meeting.invitees.get(user=worker), answer="declined", by=worker)

    response = client_of(worker).get(page("meeting-file", meeting))

    [event] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert event["UID"] == meeting.uid
    assert event["SUMMARY"] == meetings.NEUTRAL_TITLE
    assert event["TRANSP"] == "TRANSPARENT"
    assert response["Content-Disposition"] == 'attachment; filename="toetuspakett.ics"'
