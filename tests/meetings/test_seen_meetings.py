"""Answers count for the time that was seen, and whoever moves a meeting comes."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from common.refusal import Refused
from consultations.workflow import Status
from meetings.actions import answer_invitation, answer_poll, close_poll, move_meeting, open_poll
from meetings.guests import guest_url
from meetings.models import Invitee, Meeting, Poll
from meetings.services import poll_service
from supervision.actions.network import reassign_network
from tests.factories import consultations, meetings, people
from tests.factories import supervision as seasons


pytestmark = pytest.mark.django_db

TEN = meetings.TOMORROW_AT_TEN
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def pressed(client, page: str) -> dict:
    """What the button "I come" of a page sends."""
    form = BeautifulSoup(client.get(page).content, "html.parser").select_one("main form.tp-form")
    hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    return hidden | {"answer": "accepted"}


def moved(meeting: Meeting) -> None:
    move_meeting(
        meeting,
        starts_at=TEN + DAY,
        ends_at=TEN + DAY + HOUR,
        wanted_by="organiser",
        reason="x",
        by=meeting.organiser,
    )


def test_answer_to_an_earlier_time_is_none_to_the_present_one(client_of):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    client, page = client_of(worker), meeting.get_absolute_url()
    sent = pressed(client, page)
    moved(meeting)

    response = client.post(reverse("meetings:invitation-answer", args=[meeting.pk]), sent)

    assert response.status_code == 422
    invitee = meeting.invitees.get(user=worker)
    assert invitee.answer == Invitee.Answer.NEEDS_ACTION
    again = pressed(client, page)
    client.post(reverse("meetings:invitation-answer", args=[meeting.pk]), again)
    invitee.refresh_from_db()
    assert invitee.answer == Invitee.Answer.ACCEPTED


def test_guests_answer_to_an_earlier_time_is_none_to_the_present_one(client):
    meeting = meetings.meeting(guests=(meetings.GUEST,))
    page = urlsplit(guest_url(meetings.guest_of(meeting))).path
    sent = pressed(client, page)
    moved(meeting)

    assert client.post(page, sent).status_code == 422
    assert meetings.guest_of(meeting).answer == Invitee.Answer.NEEDS_ACTION


def test_whoever_declined_and_moves_the_meeting_comes():
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser)
    answer_invitation(meeting.invitees.get(user=organiser), answer="declined", by=organiser)

    moved(meeting)

    assert meeting.invitees.get(user=organiser).answer == Invitee.Answer.ACCEPTED


def test_poll_of_a_case_is_not_closed_into_another_meeting_of_its_consultant():
    case = consultations.request_at(Status.IN_PROGRESS)
    requester = case.requester
    poll = open_poll(
        poll_service("consultation"),
        case.pk,
        times=[meetings.span(1), meetings.span(2)],
        form="phone",
        people=[requester],
        by=case.consultant,
    )
    invitee = poll.invitees.get()
    answer_poll(invitee, answers=meetings.said(invitee, "yes", "yes"), by=requester)
    taken, free = poll.times.all()
    meetings.meeting(organiser=case.consultant)

    with pytest.raises(Refused):
        close_poll(poll, time=taken, by=case.consultant)

    assert close_poll(poll, time=free, by=case.consultant).meeting.starts_at == free.starts_at


def test_network_that_changes_hands_takes_its_poll_along():
    network = seasons.accepted_network("Elva vald")
    poll = open_poll(
        poll_service("network"),
        network.pk,
        times=[meetings.span(1), meetings.span(2)],
        form="phone",
        people=[network.requester],
        by=network.supervisor,
    )
    other = people.supervisor()

    reassign_network(network, supervisor=other, by=people.coordinator())

    assert Poll.objects.get(pk=poll.pk).organiser == other


def test_move_page_names_nobody_to_who_is_no_part_of_the_meeting(client_of):
    worker, other = people.worker(first_name="Kanaarilind"), people.consultant()
    meeting = meetings.meeting(worker)
    meetings.service.also = other
    page = reverse("meetings:meeting-move", args=[meeting.pk])

    assert "Kanaarilind" not in client_of(other).get(page).content.decode()
    assert "Kanaarilind" in client_of(meeting.organiser).get(page).content.decode()
