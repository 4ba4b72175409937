from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.actions import answer_invitation, cancel_meeting, remove_invitee
from meetings.models import Invitee
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db


def answers_of(meeting) -> dict:
    return {invitee.user_id: invitee.answer for invitee in meeting.invitees.all()}


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_invitation_answer_is_noted_and_journalled_once(client_of, answer):
    worker, other, organiser = people.worker(), people.worker(), people.consultant()
    meeting = meetings.meeting(worker, other, organiser=organiser)
    address = reverse("meetings:invitation-answer", args=[meeting.pk])

    response = client_of(worker).post(address, {"answer": answer})

    assert response["Location"] == meeting.get_absolute_url()
    assert answers_of(meeting) == {
        worker.pk: answer,
        other.pk: "needs-action",
        organiser.pk: "accepted",
    }
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.invitee_answered", worker)
    assert meeting.invitees.get(user=worker).answered_at == clock.now()


def test_invitation_answer_twice_is_one_deed():
    worker = people.worker()
    meeting = meetings.meeting(worker)
    invitee = meeting.invitees.get(user=worker)

    answer_invitation(invitee, answer="accepted", by=worker)
    answer_invitation(invitee, answer="accepted", by=worker)

    assert Entry.objects.about(meeting).count() == 1


@pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "needs-action"}, {"answer": "x"}])
def test_invitation_answer_that_is_none_is_refused(client_of, data):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    address = reverse("meetings:invitation-answer", args=[meeting.pk])

    response = client_of(worker).post(address, data)

    assert response.status_code == 422
    assert response.context["form"].errors == {"answer": ["Vali üks kolmest vastusest."]}
    assert answers_of(meeting)[worker.pk] == "needs-action"
    assert not Entry.objects.about(meeting).exists()


def test_invitation_answer_after_cancellation_is_refused(client_of):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    address = reverse("meetings:invitation-answer", args=[meeting.pk])

    response = client_of(worker).post(address, {"answer": "accepted"})

    assert response.status_code == 422
    assert "See kohtumine on tühistatud." in response.content.decode()
    assert answers_of(meeting)[worker.pk] == "needs-action"


def test_invitation_answer_when_it_is_over_is_refused():
    worker = people.worker()
    meeting = meetings.meeting(worker)
    invitee = meeting.invitees.get(user=worker)

    with clock.at(meeting.ends_at), pytest.raises(Refused, match="juba möödas"):
        answer_invitation(invitee, answer="accepted", by=worker)
    with clock.at(meeting.ends_at - timedelta(seconds=1)):
        answer_invitation(invitee, answer="accepted", by=worker)


def test_invitation_answer_of_somebody_taken_off_meanwhile_is_refused():
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    invitee = meeting.invitees.get(user=worker)
    remove_invitee(Invitee.objects.get(pk=invitee.pk), by=organiser)

    with pytest.raises(Refused, match="ei ole enam"):
        answer_invitation(invitee, answer="accepted", by=worker)


def test_invitation_answer_for_somebody_else_is_denied():
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))

    with pytest.raises(PermissionDenied):
        answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=organiser)
    with pytest.raises(PermissionDenied):
        answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=None)
    with pytest.raises(PermissionDenied):
        answer_invitation(meetings.guest_of(meeting), answer="accepted", by=organiser)


def test_invitation_answer_by_the_organiser_who_is_taken_off_is_not_there(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser)
    meeting.invitees.all().delete()
    address = reverse("meetings:invitation-answer", args=[meeting.pk])

    assert client_of(organiser).post(address, {"answer": "accepted"}).status_code == 404
    assert client_of(organiser).get(address).status_code == 405
