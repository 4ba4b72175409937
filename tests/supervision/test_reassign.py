"""A group or a network supervision goes to another supervisor, with what is to come of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.models import Meeting
from outbox.models import Message
from supervision import actions
from supervision.models import Group, NetworkSupervision
from tests.factories import meetings, people
from tests.factories import supervision as seasons


pytestmark = pytest.mark.django_db

ROLES = ["worker", "manager", "consultant", "supervisor", "administrator"]


def group_to(group: Group, to, *, by=None) -> Group:
    return actions.reassign_group(group, supervisor=to, by=by or people.coordinator())


def network_to(network: NetworkSupervision, to, *, by=None) -> NetworkSupervision:
    return actions.reassign_network(network, supervisor=to, by=by or people.coordinator())


def organisers() -> set:
    return {meeting.organiser for meeting in Meeting.objects.all()}


@pytest.mark.parametrize("published", [True, False])
def test_reassign_group_gives_its_coming_meetings_away(published):
    season = seasons.open_season()
    group = seasons.published_group(season) if published else seasons.dated_group(season)
    before, to = group.supervisor, people.supervisor()
    words = (group.name, group.place, group.capacity, group.status)
    Message.objects.all().delete()

    group = group_to(group, to)

    assert (group.supervisor, organisers()) == (to, {to})
    assert (group.name, group.place, group.capacity, group.status) == words
    told = Message.objects.filter(kind="supervision.group_changed")
    people_told = {before, to, *seasons.members_of(group)} if published else set()
    assert {message.recipient for message in told} == people_told
    # Of a draft nobody hears.
    assert Message.objects.exists() is published


def test_reassign_group_leaves_the_past_with_whom_it_was():
    group = seasons.published_group(seasons.open_season())
    session, before, to = seasons.first_session(group), group.supervisor, people.supervisor()

    with clock.at(session.meeting.ends_at + timedelta(hours=1)):
        group_to(group, to)

    session.meeting.refresh_from_db()
    assert session.meeting.organiser == before
    assert organisers() == {before, to}


def test_reassign_network_without_a_date_only_changes_the_supervisor():
    network, to = seasons.accepted_network(), people.supervisor()

    network = network_to(network, to)

    assert (network.supervisor, network.status, network.meeting) == (to, "accepted", None)


@pytest.mark.parametrize("to", ["same", "no supervisor", "not free"])
@pytest.mark.parametrize("what", ["group", "network"])
def test_reassign_is_refused(what, to):
    if what == "group":
        row, give = seasons.published_group(seasons.open_season()), group_to
        starts_at = seasons.first_session(row).meeting.starts_at
    else:
        row, give = seasons.dated_network(), network_to
        starts_at = row.meeting.starts_at
    other = {"same": row.supervisor, "no supervisor": people.consultant()}.get(to)
    if other is None:
        other = people.supervisor()
        meetings.meeting(other, starts_at=starts_at)
    entries, mails = Entry.objects.count(), Message.objects.count()

    with pytest.raises(Refused) as refusal:
        give(row, other)

    assert refusal.value.field == "supervisor"
    assert type(row).objects.get().supervisor == row.supervisor
    assert (Entry.objects.count(), Message.objects.count()) == (entries, mails)


@pytest.mark.parametrize("state", ["asked", "declined", "withdrawn", "held"])
def test_reassign_network_that_no_longer_changes_hands_is_refused(state):
    by, to = people.coordinator(), people.supervisor()
    if state == "held":
        network = seasons.dated_network()
        with clock.at(network.meeting.ends_at):
            network = actions.hold_network(network, hours=2, by=network.supervisor)
    else:
        network = seasons.asked_network()
    if state == "declined":
        network = actions.decline_network(network, reason="x", by=by)
    if state == "withdrawn":
        network = actions.withdraw_network(network, by=network.requester)

    with pytest.raises(Refused):
        network_to(network, to)

    assert NetworkSupervision.objects.get().supervisor == network.supervisor


@pytest.mark.parametrize("role", ROLES)
def test_reassign_is_the_coordinators(role):
    group, network = seasons.published_group(seasons.open_season()), seasons.dated_network()
    by, to = getattr(people, role)(), people.supervisor()

    for give, row in ((group_to, group), (network_to, network)):
        with pytest.raises(PermissionDenied):
            give(row, to, by=by)
        with pytest.raises(PermissionDenied):
            give(row, to, by=row.supervisor)
