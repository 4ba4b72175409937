"""What meetings write: a time, a place, a link, and no word more."""

from datetime import date, timedelta

import pytest

from meetings.actions import (
    Guest,
    add_guest,
    add_person,
    answer_invitation,
    cancel_meeting,
    leave_meeting,
    move_meeting,
    remove_invitee,
)
from meetings.emails import meeting_invitation
from meetings.guests import guest_url
from outbox.models import Message
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

PAGE = "http://127.0.0.1:8000/calendar/meetings/"


@pytest.fixture
def organiser():
    return people.consultant(first_name="Liis", last_name="O'Kask")


def mail_to(person) -> Message:
    return Message.objects.filter(recipient=person).latest("composed_at", "id")


def test_invitation(organiser):
    worker = people.worker()
    meeting = meetings.meeting(organiser=organiser, place="Tartu, Näidise & Co 1")

    add_person(meeting, worker, by=organiser)

    mail = mail_to(worker)
    assert mail.subject == "Kohtumine 24.11.2026 kl 10.00"
    assert mail.body == (
        "Sind on kutsutud kohtumisele.\n"
        "\n"
        "Kohtumine\n"
        "Aeg: 24.11.2026 kl 10.00–11.00\n"
        "Koht: Tartu, Näidise & Co 1\n"
        "Korraldaja: Liis O'Kask\n"
        "\n"
        "Vasta siin, kas tuled:\n"
        f"{PAGE}{meeting.pk}/\n"
    )


def test_invitation_of_a_guest_holds_the_personal_link(organiser):
    meeting = meetings.meeting(organiser=organiser)

    guest = add_guest(
        meeting, Guest(name="Guest", email="Guest@test.example", language="en"), by=organiser
    )

    mail = Message.objects.get(address="guest@test.example")
    assert mail.subject == "Meeting 24 November 2026, 10:00"
    assert f"Say here whether you come:\n{guest_url(guest)}\n" in mail.body


def test_invitation_of_a_guest_says_who_invites_and_whom_to_call():
    organiser = people.consultant(first_name="Liis", last_name="Kask", phone="5555 7833")
    meeting = meetings.meeting(organiser=organiser)

    guest = add_guest(meeting, Guest(name="Mari Mets", email="mari@kool.example"), by=organiser)

    mail = Message.objects.get(address=guest.guest_email)
    assert mail.body.startswith(
        "Tere, Mari Mets!\n"
        "\n"
        "Sotsiaalkindlustusameti toetuspakett kutsub sind kohtumisele.\n"
        "\n"
        "Kohtumine\n"
        "Aeg: 24.11.2026 kl 10.00–11.00\n"
    )
    assert "Korraldaja: Liis Kask\nTelefon: 5555 7833\n" in mail.body


def test_organiser_is_told_who_does_not_come(organiser):
    worker = people.worker(first_name="Mari", last_name="Tamm")
    meeting = meetings.meeting(worker, organiser=organiser)
    invitee = meeting.invitees.get(user=worker)

    answer_invitation(invitee, answer="accepted", by=worker)
    answer_invitation(invitee, answer="declined", by=worker)

    mails = Message.objects.filter(recipient=organiser)
    assert [mail.subject for mail in mails] == ["Ei tule: kohtumine 24.11.2026 kl 10.00"]
    assert mails[0].body.startswith("Kohtumisele ei tule: Mari Tamm.\n\nKohtumine\nAeg: 24.11.2026")


def test_organiser_who_declines_gets_no_mail_about_it(organiser):
    meeting = meetings.meeting(people.worker(), organiser=organiser)

    answer_invitation(meeting.invitees.get(user=organiser), answer="declined", by=organiser)

    assert not Message.objects.filter(recipient=organiser).exists()


def test_invitation_is_composed_once_for_the_same_time(organiser):
    worker = people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    invitee = meeting.invitees.get(user=worker)

    meeting_invitation(invitee)
    meeting_invitation(invitee)

    assert Message.objects.filter(recipient=worker).count() == 1


def test_moved(organiser):
    worker = people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)

    move_meeting(
        meeting,
        starts_at=meeting.starts_at + timedelta(days=1),
        ends_at=meeting.ends_at + timedelta(days=1),
        wanted_by="organiser",
        reason="x",
        form="video",
        by=organiser,
    )

    mail = mail_to(worker)
    assert mail.subject == "Kohtumisel on uus aeg: 25.11.2026 kl 10.00"
    assert mail.body == (
        "Kohtumise senine aeg (24.11.2026 kl 10.00) on muutunud.\n"
        "\n"
        "Kohtumine\n"
        "Aeg: 25.11.2026 kl 10.00–11.00\n"
        "Koht: Video teel\n"
        "Korraldaja: Liis O'Kask\n"
        "Muutis: Liis O'Kask\n"
        "\n"
        "Vasta siin, kas uus aeg sulle sobib:\n"
        f"{PAGE}{meeting.pk}/\n"
    )
    assert not Message.objects.filter(recipient=organiser).exists()


def test_cancelled_by_another_is_told_to_the_organiser_too(organiser):
    worker, coordinator = people.worker(language="en"), people.coordinator()
    meeting = meetings.meeting(worker, organiser=organiser)
    meetings.service.also = coordinator

    cancel_meeting(meeting, wanted_by="other", reason="x", by=coordinator)

    assert mail_to(organiser).subject == "Kohtumine on tühistatud: 24.11.2026 kl 10.00"
    assert mail_to(worker).subject == "The meeting is cancelled: 24 November 2026, 10:00"
    assert Message.objects.count() == 2


def test_uninvited_is_told_to_that_person_alone(organiser):
    worker, other = people.worker(), people.worker()
    meeting = meetings.meeting(worker, other, organiser=organiser)

    remove_invitee(meeting.invitees.get(user=worker), by=organiser)

    [mail] = Message.objects.all()
    assert (mail.recipient, mail.subject) == (
        worker,
        "Kutse on tagasi võetud: 24.11.2026 kl 10.00",
    )
    assert PAGE not in mail.body


def test_nobody_is_told_of_lists_of_cancelled_meetings(organiser):
    worker = people.worker()
    meeting = meetings.meeting(organiser=organiser)
    meeting = cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)

    invitee = add_person(meeting, worker, by=organiser)
    remove_invitee(invitee, by=organiser)

    assert not Message.objects.exists()


def test_mails_of_a_poll_expire_with_its_last_time(organiser):
    worker = people.worker()
    poll = meetings.poll(worker, organiser=organiser, answer_by=date(2026, 11, 24))

    mail = Message.objects.get(kind="meetings.poll_opened", recipient=worker)

    assert mail.expires_at == max(time.ends_at for time in poll.times.all())


def test_mail_about_somebody_who_leaves_expires_with_the_meeting(organiser):
    worker = people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)

    leave_meeting(meeting, worker, by=people.coordinator())

    assert mail_to(organiser).kind == "meetings.meeting_left"
    assert mail_to(organiser).expires_at == meeting.ends_at
