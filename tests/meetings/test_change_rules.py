"""How late and how often those who did not call a meeting may move or cancel it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from meetings import reference
from meetings.actions import cancel_meeting, move_meeting
from meetings.models import ChangeRule, Meeting
from meetings.services import known_services
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

REASON = {"wanted_by": "invitee", "reason": "x"}


@pytest.fixture
def worker():
    person = people.worker()
    meetings.service.also = person
    return person


def rule(**facts) -> None:
    ChangeRule.objects.create(service=meetings.service.key, **facts)


def moved(meeting: Meeting, by, minutes: int = 30) -> Meeting:
    later = timedelta(minutes=minutes)
    return move_meeting(
        meeting,
        starts_at=meeting.starts_at + later,
        ends_at=meeting.ends_at + later,
        by=by,
        **REASON,
    )


@pytest.mark.parametrize(("hours", "allowed"), [(24, True), (25, False)])
@pytest.mark.parametrize("deed", ["move", "cancel"])
def test_meeting_is_changed_by_a_side_only_in_time(worker, hours, allowed, deed):
    rule(notice_hours=hours)
    meeting = meetings.meeting(worker)  # 24 hours from now

    def change():
        return (
            moved(meeting, worker)
            if deed == "move"
            else cancel_meeting(meeting, by=worker, **REASON)
        )

    if allowed:
        assert change().sequence == 1
    else:
        with pytest.raises(PermissionDenied, match="25"):
            change()
        meeting.refresh_from_db()
        assert (meeting.sequence, meeting.changes.count()) == (0, 0)


def test_meeting_move_by_a_side_is_counted_by_person(worker):
    rule(notice_hours=0, most_moves=2)
    organiser = people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    for by in (worker, organiser, organiser, worker):
        meeting = moved(meeting, by)

    with pytest.raises(PermissionDenied, match="2"):
        moved(meeting, worker)

    assert moved(meeting, organiser).sequence == 5


def test_organiser_and_coordinator_are_exempt(worker):
    rule(notice_hours=300, most_moves=1)
    organiser, coordinator = people.consultant(), people.coordinator()
    meeting = meetings.meeting(worker, organiser=organiser)
    meeting = moved(moved(meeting, organiser), organiser)
    meetings.service.also = coordinator

    assert moved(moved(meeting, coordinator), coordinator).sequence == 4


def test_meeting_move_too_late_says_whom_to_call(client_of, worker):
    rule(notice_hours=48)
    organiser = people.consultant(first_name="Liis", last_name="Kask", phone="5555 7833")
    meeting = meetings.meeting(worker, organiser=organiser)
    client = client_of(worker)

    text = client.get(meeting.get_absolute_url()).content.decode()

    move, cancel = (
        reverse(f"meetings:meeting-{deed}", args=[meeting.pk]) for deed in ("move", "cancel")
    )
    assert move not in text
    assert cancel not in text
    assert 'href="tel:55557833"' in text
    assert client.get(move).status_code == 403
    assert client.post(cancel, {}).status_code == 403


def test_meeting_page_of_somebody_who_moves_nothing_speaks_of_no_rule(client_of):
    rule(notice_hours=48)
    person = people.worker()
    meeting = meetings.meeting(person, organiser=people.consultant(phone="5555 7833"))

    assert "tel:" not in client_of(person).get(meeting.get_absolute_url()).content.decode()


def test_rules_of_every_kind_are_there_and_stay_as_they_were_changed():
    assert set(ChangeRule.objects.values_list("service", flat=True)) == known_services() - {
        meetings.service.key
    }
    ChangeRule.objects.filter(service="mentorship").update(notice_hours=1)

    reference.load()

    assert ChangeRule.objects.get(service="mentorship").notice_hours == 1


def test_meeting_is_cancelled_by_a_side_however_often_they_moved_it(client_of, worker):
    rule(notice_hours=0, most_moves=1)
    meeting = moved(meetings.meeting(worker), worker)
    move, cancel = (
        reverse(f"meetings:meeting-{deed}", args=[meeting.pk]) for deed in ("move", "cancel")
    )

    text = client_of(worker).get(meeting.get_absolute_url()).content.decode()

    assert (move in text, cancel in text) == (False, True)
    assert cancel_meeting(meeting, by=worker, **REASON).is_cancelled


def test_meeting_place_may_change_however_often(worker):
    rule(notice_hours=0, most_moves=1)
    meeting = meetings.meeting(worker)
    for place in ("Elva", "Valga", "Tartu"):
        meeting = move_meeting(
            meeting,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            place=place,
            by=worker,
            **REASON,
        )

    assert moved(meeting, worker).sequence == 4
