"""A guest's personal link: it answers one invitation, and nothing else."""

import logging
from base64 import b64decode
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.urls import reverse

from common import clock
from journal.models import Entry
from meetings.actions import Guest, add_guest, cancel_meeting, remove_invitee
from meetings.guests import SALT, guest_url
from meetings.models import Meeting
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
def meeting(organiser) -> Meeting:
    return meetings.meeting(
        people.worker(first_name="Kanaarilind"),
        organiser=organiser,
        guests=(meetings.GUEST,),
        link="https://video.example/tuba",
    )


def link_to(meeting: Meeting) -> str:
    return urlsplit(guest_url(meetings.guest_of(meeting))).path


def test_guest_sees_time_place_and_organiser_and_nothing_else(client, meeting, organiser):
    response = client.get(link_to(meeting))

    text = response.content.decode()
    for told in (
        "24.11.2026 kl 10.00–11.00",
        "Tartu, Näidise 1",
        "https://video.example/tuba",
        organiser.name,
        meetings.NEUTRAL_TITLE,
        "Külli Külaline",
    ):
        assert told in text
    assert meetings.TITLE_FOR_PEOPLE not in text
    assert "Kanaarilind" not in text
    assert str(meeting.pk) not in text


def test_guest_link_tells_no_address(meeting):
    token = link_to(meeting).split("/")[-2]

    parts = [token, *(b64decode(part + "==", b"-_") for part in token.split(":"))]

    assert not any("test.example" in str(part) for part in parts)


def test_guest_page_is_kept_out_of_searches_referrers_and_caches(client, meeting):
    response = client.get(link_to(meeting))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
    assert 'rel="noreferrer noopener"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_guest_answer_is_noted_and_journalled_without_an_actor(client, meeting, answer):
    link = link_to(meeting)

    response = client.post(link, {"answer": answer}, follow=True)

    assert response.redirect_chain == [(link, 302)]
    assert "Aitäh, sinu vastus on kirjas." in response.content.decode()
    assert meetings.guest_of(meeting).answer == answer
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.invitee_answered", None)


def test_guest_answer_that_is_none_is_refused(client, meeting):
    response = client.post(link_to(meeting), {"answer": "needs-action"})

    assert response.status_code == 422
    assert "Vali üks kolmest vastusest." in response.content.decode()
    assert meetings.guest_of(meeting).answer == "needs-action"


@pytest.mark.parametrize(
    ("ended", "words"),
    [("cancelled", "See kohtumine on tühistatud."), ("over", "See kohtumine on möödas.")],
)
def test_guest_link_after_the_end_says_so_and_takes_no_answer(
    client, meeting, organiser, ended, words
):
    now = clock.now()
    if ended == "cancelled":
        cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    else:
        now = meeting.ends_at

    with clock.process_at(now):
        shown = client.get(link_to(meeting))
        refused = client.post(link_to(meeting), {"answer": "accepted"})

    assert shown.status_code == 200
    assert words in shown.content.decode()
    assert 'name="answer"' not in shown.content.decode()
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert meetings.guest_of(meeting).answer == "needs-action"
    kinds = [entry.kind for entry in Entry.objects.about(meeting)]
    assert "meetings.invitee_answered" not in kinds


def forged(meeting: Meeting) -> dict[str, str]:
    """Links that look right and are not."""
    guest = meetings.guest_of(meeting)
    worker = meeting.invitees.exclude(user=None).exclude(user=meeting.organiser).get()
    token = link_to(meeting).split("/")[-2]
    return {
        "changed": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "cut": token[:-5],
        "unsigned": "abc",
        "empty parts": "::",
        "other salt": signed(guest, guest.guest_email, "x"),
        "other address": signed(guest, "x@test.example", SALT),
        "person with account": signed(worker, "", SALT),
        "unknown": signed(meeting, guest.guest_email, SALT),
    }


@pytest.mark.parametrize(
    "kind",
    ["changed", "cut", "unsigned", "empty parts", "other salt", "other address",
     "person with account", "unknown"],
)  # fmt: skip
def test_guest_link_that_is_forged_is_404_in_words(client, meeting, kind):
    address = reverse("meetings:guest-answer", args=[forged(meeting)[kind]])

    for response in (client.get(address), client.post(address, {"answer": "accepted"})):
        assert response.status_code == 404
        assert "Lehte ei leitud" in response.content.decode()
    assert not meeting.invitees.filter(answer="accepted").exclude(user=meeting.organiser).exists()


def test_guest_taken_off_the_list_meets_404(client, meeting, organiser):
    link = link_to(meeting)
    remove_invitee(meetings.guest_of(meeting), by=organiser)

    assert client.get(link).status_code == 404
    assert client.post(link, {"answer": "accepted"}).status_code == 404


def test_guest_link_opens_no_other_page(client, meeting):
    client.get(link_to(meeting))
    client.post(link_to(meeting), {"answer": "accepted"})

    for address in (meeting.get_absolute_url(), reverse("meetings:calendar"), "/library/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_guest_of_one_meeting_cannot_answer_another(client, meeting, organiser):
    other = meetings.meeting(organiser=organiser, guests=(meetings.GUEST,))

    client.post(link_to(meeting), {"answer": "declined"})

    assert meetings.guest_of(other).answer == "needs-action"


def test_guest_link_comes_with_the_invitation_once(meeting):
    [mail] = Message.objects.filter(address=meetings.GUEST.email)

    assert mail.kind == "meetings.meeting_invitation"
    assert guest_url(meetings.guest_of(meeting)) in mail.body


def test_guest_page_speaks_the_language_of_the_invitation(client, meeting, organiser):
    guest = add_guest(
        meeting, Guest(name="Guest", email="guest@test.example", language="en"), by=organiser
    )
    address = urlsplit(guest_url(guest)).path

    english = client.get(address)
    client.cookies["language"] = "et"
    chosen = client.get(address)

    assert 'lang="en"' in english.content.decode()
    assert "Invitation to a meeting" in english.content.decode()
    assert english["Content-Language"] == "en"
    assert "Kutse kohtumisele" in chosen.content.decode()


def test_guest_token_reaches_no_log(client, meeting, caplog):
    from common.logs import HidePersonalLinks

    caplog.handler.addFilter(HidePersonalLinks())
    link = link_to(meeting)

    with caplog.at_level(logging.DEBUG):
        client.post(link, {"answer": "x"})
        client.get(link[:-3] + "/")

    token = link.split("/")[-2]
    assert len(caplog.messages) >= 2
    assert token[:20] not in caplog.text
    assert "/calendar/guest/…" in caplog.text
