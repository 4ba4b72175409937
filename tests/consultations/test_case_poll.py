"""A network meeting of a case, its date found by a poll."""

import re
import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common.refusal import Refused
from consultations import actions
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.workflow import Status
from meetings.actions import answer_poll, close_poll, open_poll
from meetings.models import Poll
from meetings.services import poll_service
from outbox.models import Message
from tests.factories import consultations as make
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ConsultationRequest:
    return make.request_at(Status.IN_PROGRESS)


def opened(case, **other) -> Poll:
    given = {
        "times": [meetings.span(1), meetings.span(2)],
        "form": "video",
        "link": "https://video.example/tuba",
        "people": [case.requester],
        "guests": [meetings.GUEST],
        "by": case.consultant,
    }
    return open_poll(poll_service("consultation"), case.pk, **given | other)


def test_case_poll_closed_books_a_network_meeting(case):
    poll = opened(case)
    for invitee in poll.invitees.select_related("user"):
        answer_poll(invitee, answers=meetings.said(invitee, "yes", "maybe"), by=invitee.user)

    meeting = close_poll(poll, time=poll.times.first(), by=case.consultant).meeting

    case_meeting = CaseMeeting.objects.get()
    assert (case_meeting.request, case_meeting.meeting) == (case, meeting)
    assert case_meeting.kind == CaseMeeting.Kind.NETWORK
    assert {each.answer for each in meeting.invitees.all()} == {"accepted"}
    assert {each.email for each in meeting.invitees.all()} == {
        case.consultant.email,
        case.requester.email,
        meetings.GUEST.email,
    }
    invited = Message.objects.filter(kind="meetings.meeting_invitation")
    assert {mail.address for mail in invited} == {case.requester.email, meetings.GUEST.email}


def test_case_poll_invites_those_who_said_yes_as_coming(case):
    contact = people.manager()
    actions.add_contact(case, person=contact, by=case.consultant)
    poll = opened(case, people=[case.requester, contact])
    for invitee in poll.invitees.exclude(user=contact):
        answer_poll(invitee, answers=meetings.said(invitee, "yes", "no"), by=invitee.user)

    close_poll(poll, time=poll.times.first(), by=case.consultant)

    states = {
        mail.address: re.search("PARTSTAT=([A-Z-]+)", mail.calendar.replace("\r\n ", ""))[1]
        for mail in Message.objects.filter(kind="meetings.meeting_invitation")
    }
    assert states == {
        case.requester.email: "ACCEPTED",
        meetings.GUEST.email: "ACCEPTED",
        contact.email: "NEEDS-ACTION",
    }


def test_case_poll_invites_nobody_who_left_the_municipality_meanwhile(case):
    contact = people.manager()
    actions.add_contact(case, person=contact, by=case.consultant)
    poll = opened(case, people=[case.requester, contact])
    contact.posts.update(ends_on=date(2026, 11, 22))

    meeting = close_poll(poll, time=poll.times.first(), by=case.consultant).meeting

    assert not meeting.invitees.filter(user=contact).exists()
    assert meeting.invitees.filter(user=case.requester).exists()


def test_case_poll_asks_the_new_contact_in_the_place_of_the_old(case):
    before, after = people.manager(), people.worker()
    row = actions.add_contact(case, person=before, by=case.consultant)
    poll = opened(case, people=[case.requester, before])

    actions.replace_contact(row, person=after, by=case.consultant)

    asked = {invitee.user for invitee in poll.invitees.exclude(user=None)}
    assert asked == {case.requester, after}
    told = Message.objects.filter(recipient__in=[before, after], kind__contains="poll")
    assert sorted(told.values_list("kind", "recipient")) == sorted(
        [
            ("meetings.poll_opened", after.pk),
            ("meetings.poll_opened", before.pk),
            ("meetings.poll_uninvited", before.pk),
        ]
    )


def test_case_poll_goes_to_the_new_consultant_with_the_case(client_of, case):
    poll, other = opened(case), people.consultant()

    actions.reassign_request(
        case, consultant=other, reason="x", version=case.version, by=case.consultant
    )

    poll.refresh_from_db()
    assert poll.organiser == other
    answers = [
        client_of(user).get(poll.get_absolute_url()).status_code
        for user in (other, case.consultant)
    ]
    assert answers == [200, 404]


def test_case_poll_names_the_case_to_people_and_not_to_guests(case):
    title = poll_service("consultation").poll_titles

    assert case.code in title([case.pk], case.consultant)[case.pk]
    assert case.code not in title([case.pk], None)[case.pk]
    opened(case)
    for mail in Message.objects.filter(kind__startswith="meetings.poll"):
        assert case.code not in mail.subject + mail.body
        assert make.CANARY not in mail.subject + mail.body


def test_case_poll_is_opened_by_the_consultant_of_the_case(client_of, case):
    place = reverse("meetings:poll-open", args=["consultation", case.pk])
    answers = {
        user: client_of(user).get(place).status_code
        for user in (case.consultant, case.requester, people.consultant(), people.worker())
    }

    assert list(answers.values()) == [200, 403, 403, 404]
    with pytest.raises(PermissionDenied):
        opened(case, by=case.requester)


def test_case_poll_asks_only_those_who_act_in_the_case(case):
    with pytest.raises(Refused):
        opened(case, people=[people.worker()])


def test_case_poll_is_withdrawn_with_the_case(case):
    poll = opened(case)

    actions.close_request(
        case, summary="x", recommendations="y", version=case.version, by=case.consultant
    )

    poll.refresh_from_db()
    assert poll.withdrawn_by == case.consultant
    with pytest.raises(Refused):
        opened(case, pk=uuid.uuid4())


def test_meeting_book_leads_to_the_poll(client_of, case):
    page = reverse("consultations:meeting-book", args=[case.pk])
    place = reverse("meetings:poll-open", args=["consultation", case.pk])

    before = client_of(case.consultant).get(page).content.decode()
    poll = opened(case)
    after = client_of(case.consultant).get(page).content.decode()

    assert place in before
    assert poll.get_absolute_url() in after


def test_case_poll_pages_show_no_word_of_the_case(client_of, case):
    poll = opened(case)
    for user, name in ((case.consultant, "poll-detail"), (case.requester, "poll-answer")):
        response = client_of(user).get(reverse(f"meetings:{name}", args=[poll.pk]))
        assert response.status_code == 200
        assert case.code in response.content.decode()
        assert make.CANARY not in response.content.decode()
