import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common.refusal import Refused
from consultations.actions import take_request
from consultations.workflow import Status
from journal.models import Entry
from outbox.models import Message
from tests.factories import people
from tests.factories.consultations import request_at, submitted_request


pytestmark = pytest.mark.django_db


def test_request_take_assigns_journals_and_tells_the_requester():
    case = submitted_request("Elva vald")
    consultant = people.consultant("Elva vald")

    taken = take_request(case, by=consultant)

    assert (taken.status, taken.consultant) == (Status.ASSIGNED, consultant)
    assert Entry.objects.about(case).first().kind == "consultations.request_taken"
    mail = Message.objects.get(kind="consultations.request_taken")
    assert mail.recipient == case.requester
    assert "kanaarilind" not in mail.subject + mail.body


def test_request_take_by_another_region_is_denied():
    case = submitted_request("Elva vald")
    stranger = people.consultant("Haapsalu linn")

    with pytest.raises(PermissionDenied):
        take_request(case, by=stranger)


def test_request_take_second_taker_is_told_who_was_first(client_of):
    case = submitted_request("Elva vald")
    first, second = people.consultant("Elva vald"), people.consultant("Elva vald")
    take_request(case, by=first)

    response = client_of(second).post(reverse("consultations:request-take", args=[case.pk]))

    assert response.status_code == 422
    assert first.name in response.content.decode()
    case.refresh_from_db()
    assert case.consultant == first


def test_request_take_after_first_contact_is_told_who_has_it():
    consultant = people.consultant("Elva vald")
    case = request_at(Status.IN_PROGRESS, consultant=consultant)

    with pytest.raises(Refused) as refused:
        take_request(case, by=people.consultant("Elva vald"))

    assert consultant.name in refused.value.reason


def test_request_take_of_a_moved_state_is_refused():
    case = request_at(Status.WITHDRAWN)

    with pytest.raises(Refused):
        take_request(case, by=people.consultant("Elva vald"))
