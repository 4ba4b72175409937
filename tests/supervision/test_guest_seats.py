"""Coming to a parallel group's meeting once a season, when one must miss one's own."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from common.refusal import Refused
from meetings.models import Invitee
from outbox.models import Message
from supervision import actions
from supervision.guest_seats import other_dates
from supervision.models import GuestSeat, Session
from tests.factories import people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Session:
    """The second meeting of a group with two members."""
    return made.published_group(made.open_season(), members=2).sessions.get(number=2)


@pytest.fixture
def other(own) -> Session:
    """That of a parallel group, in the same round."""
    return made.published_group(own.group.season).sessions.get(number=2)


@pytest.fixture
def member(own):
    return made.members_of(own.group)[0]


def elsewhere(session: Session) -> str:
    return reverse("supervision:session-elsewhere", args=[session.pk])


def test_guest_is_asked_there_and_away_here(client_of, own, other, member):
    client = client_of(member)
    assert elsewhere(own) in client.get(own.get_absolute_url()).content.decode()

    client.post(elsewhere(own), {"session": other.pk})

    guest = GuestSeat.objects.get()
    assert (guest.session, guest.instead_of) == (other, own)
    assert other.meeting.invitees.filter(user=member).exists()
    assert own.meeting.invitees.get(user=member).answer == Invitee.Answer.DECLINED
    mail = Message.objects.get(kind="supervision.guest_coming")
    assert mail.recipient == other.group.supervisor
    assert member in [each.registration.user for each in other.members()]
    assert member not in [each.registration.user for each in own.members()]
    # They see that meeting, and not the group's people.
    assert client.get(other.get_absolute_url()).status_code == 200
    assert client.get(other.group.get_absolute_url()).status_code == 404
    made.recorded(other)
    assert other.attendances.filter(user=member, status="attended").exists()


def test_it_is_possible_once_a_season_and_given_up_while_ahead(client_of, own, other, member):
    actions.take_guest_seat(other, instead_of=own, by=member)
    third = own.group.sessions.get(number=3)
    with pytest.raises(Refused):
        actions.take_guest_seat(other.group.sessions.get(number=3), instead_of=third, by=member)

    client_of(member).post(elsewhere(own))

    assert not GuestSeat.objects.exists()
    assert not other.meeting.invitees.filter(user=member).exists()


def test_only_the_same_round_of_another_group_with_a_chair_is_offered(own, other, member):
    registration = member.registrations.get()
    assert other_dates(registration, own) == [other]
    russian = made.published_group(own.group.season, language="ru")
    full = made.published_group(own.group.season, capacity=1)
    made.draft_group(own.group.season)

    assert russian.sessions.get(number=2) not in other_dates(registration, own)
    assert full.sessions.get(number=2) not in other_dates(registration, own)
    with pytest.raises(Refused):
        actions.take_guest_seat(other.group.sessions.get(number=1), instead_of=own, by=member)


def test_last_chair_is_taken_once(own, member):
    small = made.published_group(own.group.season, capacity=2).sessions.get(number=2)
    second = made.members_of(own.group)[1]

    actions.take_guest_seat(small, instead_of=own, by=member)

    with pytest.raises(Refused) as refusal:
        actions.take_guest_seat(small, instead_of=own, by=second)
    assert refusal.value.field == "session"


def test_who_is_kept_apart_is_not_met_there(own, other, member):
    one = member.registrations.get()
    there = made.members_of(other.group)[0].registrations.get()
    actions.keep_apart(one, there, by=people.coordinator())

    assert other_dates(one, own) == []


@pytest.mark.parametrize("who", ["worker", "coordinator", "supervisor"])
def test_nobody_else_chooses_for_a_member(own, other, who):
    person = getattr(people, who)()

    with pytest.raises(PermissionDenied):
        actions.take_guest_seat(other, instead_of=own, by=person)


def test_after_the_meeting_nothing_is_chosen(own, other, member):
    with clock.at(own.meeting.ends_at), pytest.raises(Refused):
        actions.take_guest_seat(other, instead_of=own, by=member)


def test_who_withdraws_leaves_the_chair_too(own, other, member):
    actions.take_guest_seat(other, instead_of=own, by=member)

    actions.withdraw_registration(member.registrations.get(), by=member)

    assert not other.meeting.invitees.filter(user=member).exists()
    assert not GuestSeat.objects.exists()
