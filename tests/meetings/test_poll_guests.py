"""A guest's personal link to a date poll: it answers one poll for one address, and nothing else."""

from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.urls import reverse

from journal.models import Entry
from meetings.actions import Guest, answer_poll, close_poll, remove_from_poll, withdraw_poll
from meetings.guests import POLL_SALT, SALT, guest_url, poll_guest_url
from meetings.models import Invitee, Poll, PollAnswer, PollInvitee
from outbox.models import Message
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db


def signed(row, email: str, salt: str) -> str:
    """A token with our signature over this row and address."""
    return signing.Signer(salt=f"{salt}:{email}").sign(row.pk.hex)


@pytest.fixture
def organiser():
    return people.consultant()


@pytest.fixture
def poll(organiser) -> Poll:
    return meetings.poll(
        people.worker(first_name="Kanaarilind"),
        organiser=organiser,
        guests=(meetings.GUEST,),
        link="https://video.example/kanaarilind",
    )


def guest_of(poll: Poll) -> PollInvitee:
    return poll.invitees.get(user=None)


def link_to(poll: Poll) -> str:
    return urlsplit(poll_guest_url(guest_of(poll))).path


def sent(poll: Poll, *answers: str) -> dict[str, str]:
    given = meetings.said(guest_of(poll), *answers)
    return {f"answer-{time.hex}": answer for time, answer in given.items()}


def test_guest_of_a_poll_sees_times_place_and_organiser_and_nothing_else(client, poll, organiser):
    worker = poll.invitees.exclude(user=None).get()
    answer_poll(worker, answers=meetings.said(worker, "yes", "no", "no"), by=worker.user)

    text = client.get(link_to(poll)).content.decode()

    told = ("24.11.2026 kl 10.00–11.00", "Tartu, Näidise 1", organiser.name, "Külli Külaline")
    assert [words for words in (*told, meetings.NEUTRAL_TITLE) if words not in text] == []
    hidden = (meetings.TITLE_FOR_PEOPLE, "Kanaarilind", "kanaarilind", str(poll.pk))
    assert [words for words in hidden if words in text] == []


def test_guest_page_of_a_poll_is_kept_out_of_searches_referrers_and_caches(client, poll):
    response = client.get(link_to(poll))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_poll_guest_answer_is_noted_and_may_be_changed(client, poll):
    link = link_to(poll)

    first = client.post(link, sent(poll, "yes", "maybe", "no"), follow=True)
    client.post(link, sent(poll, "no", "maybe", "no"))

    assert first.redirect_chain == [(link, 302)]
    given = guest_of(poll).answers.order_by("time__starts_at").values_list("answer", flat=True)
    assert list(given) == ["no", "maybe", "no"]
    entries = Entry.objects.about(poll).filter(kind="meetings.poll_answered")
    assert [entry.actor for entry in entries] == [None, None]


def test_poll_guest_answer_that_is_incomplete_is_refused(client, poll):
    response = client.post(link_to(poll), sent(poll, "yes", "", "perhaps"))

    assert response.status_code == 422
    assert len(response.context["form"].errors) == 2
    assert PollAnswer.objects.count() == 0


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
def test_poll_guest_link_after_the_end_takes_no_answer(client, poll, organiser, end):
    if end == "closed":
        close_poll(poll, time=poll.times.first(), by=organiser)
    else:
        withdraw_poll(poll, by=organiser)

    shown = client.get(link_to(poll))
    refused = client.post(link_to(poll), sent(poll, "yes", "yes", "yes"))

    assert (shown.status_code, refused.status_code) == (200, 422)
    assert "radio" not in shown.content.decode()
    assert PollAnswer.objects.count() == 0


def test_guest_finds_the_invitation_when_the_time_is_chosen(client, poll, organiser):
    close_poll(poll, time=poll.times.first(), by=organiser)
    invitee = Invitee.objects.get(user=None)

    text = client.get(link_to(poll)).content.decode()

    assert urlsplit(guest_url(invitee)).path in text


def test_guest_taken_out_of_the_poll_meets_404(client, poll, organiser):
    link = link_to(poll)
    remove_from_poll(guest_of(poll), by=organiser)

    assert client.get(link).status_code == 404
    assert client.post(link, {}).status_code == 404


@pytest.mark.parametrize(
    "kind", ["changed", "cut", "unsigned", "other salt", "other address", "person", "unknown"]
)
def test_poll_guest_link_that_is_forged_is_404(client, poll, kind):
    guest, worker = guest_of(poll), poll.invitees.exclude(user=None).get()
    token = link_to(poll).split("/")[-2]
    forged = {
        "changed": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "cut": token[:-5],
        "unsigned": "abc",
        "other salt": signed(guest, guest.guest_email, SALT),
        "other address": signed(guest, "x@test.example", POLL_SALT),
        "person": signed(worker, "", POLL_SALT),
        "unknown": signed(poll, guest.guest_email, POLL_SALT),
    }
    address = reverse("meetings:poll-guest-answer", args=[forged[kind]])

    for response in (client.get(address), client.post(address, sent(poll, "yes", "no", "no"))):
        assert response.status_code == 404
    assert PollAnswer.objects.count() == 0


def test_guest_link_of_a_poll_opens_no_invitation_and_no_other_page(client, poll):
    token = link_to(poll).split("/")[-2]
    client.post(link_to(poll), sent(poll, "yes", "no", "no"))

    assert client.get(reverse("meetings:guest-answer", args=[token])).status_code == 404
    for address in (poll.get_absolute_url(), reverse("meetings:calendar")):
        assert client.get(address)["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_guest_of_one_poll_cannot_answer_another(client, poll, organiser):
    other = meetings.poll(people.worker(), organiser=organiser, guests=(meetings.GUEST,))

    client.post(link_to(poll), sent(other, "yes", "yes", "yes"))

    assert PollAnswer.objects.count() == 0


def test_poll_guest_link_comes_with_the_mail(poll):
    [mail] = Message.objects.filter(address=meetings.GUEST.email)

    assert mail.kind == "meetings.poll_opened"
    assert poll_guest_url(guest_of(poll)) in mail.body


def test_poll_guest_page_speaks_the_language_of_the_invitation(client, organiser):
    guest = Guest(name="Guest", email="guest@test.example", language="en")
    poll = meetings.poll(people.worker(), organiser=organiser, guests=(guest,))

    response = client.get(link_to(poll))

    assert response["Content-Language"] == "en"
    assert "Which times suit you?" in response.content.decode()
