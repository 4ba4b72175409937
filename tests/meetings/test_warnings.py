"""What is said before a meeting is booked or moved, and what a tick does."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from common import clock
from common.refusal import Refused
from meetings.actions import (
    answer_invitation,
    book_meeting,
    cancel_meeting,
    move_meeting,
    restore_meeting,
    take_proposal,
)
from meetings.models import Meeting
from meetings.warnings import warnings_for
from mentorship.workflow import PlanStatus
from people.actions import add_absence
from people.covering import covering
from tests.factories import meetings, people
from tests.factories import mentorship as plans


pytestmark = pytest.mark.django_db

TEN = meetings.TOMORROW_AT_TEN
ELEVEN = TEN + timedelta(hours=1)


def said(*party, starts_at=TEN, ends_at=ELEVEN, reader=None, but=None) -> list[str]:
    return [each.text for each in warnings_for(party, starts_at, ends_at, reader=reader, but=but)]


def at(day: date, hour: int) -> datetime:
    return clock.tallinn(day).replace(hour=hour)


# --- the time alone -------------------------------------------------------------------------


def test_ordinary_time_is_not_warned_of():
    assert said(people.consultant()) == []


@pytest.mark.parametrize(
    ("day", "begins", "ends", "number"),
    [
        (date(2026, 12, 24), 10, 11, 1),  # a public holiday
        (date(2026, 11, 28), 10, 11, 1),  # a Saturday
        (date(2026, 12, 26), 10, 11, 1),  # both: the holiday's name says it
        (date(2026, 11, 25), 6, 8, 1),
        (date(2026, 11, 25), 19, 21, 1),
        (date(2026, 11, 25), 7, 8, 0),
        (date(2026, 11, 25), 19, 20, 0),
        (date(2026, 11, 25), 8, 17, 1),  # nine hours
        (date(2026, 11, 25), 1, 13, 2),
    ],
)
def test_unusual_time_is_warned_of(day, begins, ends, number):
    assert len(said(starts_at=at(day, begins), ends_at=at(day, ends))) == number


# --- who is not free ------------------------------------------------------------------------


def test_others_are_not_free_and_nobody_learns_why():
    reader = people.consultant()
    busy = people.worker(first_name="Mari", last_name="Tamm")
    away = people.worker("Rae vald", first_name="Epp", last_name="Kuusk")
    meetings.meeting(busy)
    add_absence(away, starts_on=TEN.date(), ends_on=TEN.date(), by=away)

    with_names = said(reader, busy, away, reader=reader)

    assert [("Mari Tamm" in text, "Epp Kuusk" in text) for text in with_names] == [
        (True, False),
        (False, True),
    ]
    assert with_names[0].replace("Mari Tamm", "") == with_names[1].replace("Epp Kuusk", "")


@pytest.mark.parametrize(
    ("shift", "warned"),
    [(-60, False), (-59, True), (0, True), (59, True), (60, False)],
)
def test_meeting_is_in_the_way_while_it_lasts(shift, warned):
    person = people.worker()
    meetings.meeting(person)
    begin = TEN + timedelta(minutes=shift)

    assert bool(said(person, starts_at=begin, ends_at=begin + timedelta(hours=1))) is warned


def test_declined_and_cancelled_meetings_are_in_nobodys_way():
    person, organiser = people.worker(), people.consultant()
    declined = meetings.meeting(person, organiser=organiser)
    answer_invitation(declined.invitees.get(user=person), answer="declined", by=person)
    Meeting.objects.filter(pk=meetings.meeting(person).pk).update(status="cancelled")

    assert said(person) == []


def test_moved_meeting_is_not_in_its_own_way():
    person = people.worker()
    meeting = meetings.meeting(person)

    assert said(person, but=meeting.pk) == []


def test_warnings_cost_the_same_for_two_and_ten(django_assert_num_queries):
    for number in (2, 10):
        party = [people.worker() for _ in range(number)]
        for person in party:
            meetings.meeting(person)
        with django_assert_num_queries(4):
            assert len(said(*party)) >= number


# --- who covers for whom --------------------------------------------------------------------


def test_two_workers_of_a_municipality_cover_for_each_other():
    one, other = people.worker("Ruhnu vald"), people.worker("Ruhnu vald")

    assert covering([one], clock.today()) == {one.pk: [other]}
    assert said(one, other) != []
    assert said(one) == []


def test_three_workers_cover_for_each_other_only_when_one_has_stood_in():
    one, other, third = (people.worker("Ruhnu vald") for _ in range(3))
    assert said(one, other) == []

    add_absence(one, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2), stand_in=other, by=one)

    assert covering([other], clock.today()) == {other.pk: [one]}
    assert len(said(one, other)) == 1
    assert said(one, third) == []


def test_stand_in_of_long_ago_is_forgotten():
    one, other, _third = (people.worker("Ruhnu vald") for _ in range(3))
    day = date(2026, 12, 1)
    add_absence(one, starts_on=day, ends_on=day, stand_in=other, by=one)

    assert covering([one], day + timedelta(days=365)) == {one.pk: [other]}
    assert covering([one], day + timedelta(days=366)) == {}


def test_worker_whose_cover_is_away_is_warned_of():
    one, other = people.worker("Ruhnu vald"), people.worker("Ruhnu vald")
    meetings.meeting(other)

    [text] = said(one)

    assert one.name in text
    assert other.name in text


def test_consultants_and_workers_of_other_places_cover_for_nobody():
    party = [people.consultant(), people.consultant(), people.worker(), people.worker("Rae vald")]

    assert covering(party, clock.today()) == {}


# --- the tick -------------------------------------------------------------------------------


def form_of(plan, **changes) -> dict:
    day = TEN.date()
    return {
        "slot": "other",
        "day": f"{day:%d.%m.%Y}",
        "begins": "10.00",
        "ends": "11.00",
        "form": "video",
        **changes,
    }


def test_meeting_book_in_a_clash_asks_and_a_tick_books(client_of):
    plan = plans.plan_at(PlanStatus.RUNNING)
    meetings.meeting(plan.mentor)
    client, page = client_of(plan.worker), reverse("mentorship:meeting-book", args=[plan.pk])
    before = plan.meetings.count()

    asked = client.post(page, form_of(plan))

    assert asked.status_code == 422
    form = asked.context["form"]
    assert list(form.errors) == ["despite"]
    assert plan.meetings.count() == before
    mark = form.fields["despite"].widget.mark
    box = f'<input type="checkbox" name="despite" value="{mark}"'
    assert box in asked.content.decode()

    booked = client.post(page, form_of(plan, despite=mark))

    assert booked.status_code == 302
    assert plan.meetings.count() == before + 1


def test_meeting_book_with_the_tick_for_other_warnings_asks_again(client_of):
    plan = plans.plan_at(PlanStatus.RUNNING)
    meetings.meeting(plan.mentor)
    client, page = client_of(plan.worker), reverse("mentorship:meeting-book", args=[plan.pk])
    asked = client.post(page, form_of(plan))
    mark = asked.context["form"].fields["despite"].widget.mark

    again = client.post(page, form_of(plan, despite=mark, day="24.12.2026"))

    assert again.status_code == 422
    form = again.context["form"]
    assert list(form.errors) == ["despite"]
    assert form.fields["despite"].widget.mark != mark
    assert "checked" not in str(form["despite"])


def test_meeting_move_into_a_clash_asks(client_of):
    organiser, worker = people.consultant(), people.worker()
    meetings.meeting(worker, starts_at=TEN + timedelta(hours=3))
    meeting = meetings.meeting(worker, organiser=organiser)
    sent = {
        "day": "24.11.2026",
        "begins": "13.30",
        "ends": "14.30",
        "form": "phone",
        "wanted_by": "invitee",
        "reason": "x",
        "sequence": "0",
    }
    page = reverse("meetings:meeting-move", args=[meeting.pk])

    asked = client_of(organiser).post(page, sent)

    assert asked.status_code == 422
    mark = asked.context["form"].fields["despite"].widget.mark
    assert client_of(organiser).post(page, sent | {"despite": mark}).status_code == 302


def test_meeting_restore_into_a_clash_asks(client_of):
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    meetings.meeting(worker)
    page = reverse("meetings:meeting-restore", args=[meeting.pk])
    client = client_of(organiser)
    sent = {"sequence": "1"}

    asked = client.post(page, sent)

    assert asked.status_code == 422
    mark = asked.context["form"].fields["despite"].widget.mark
    meeting.refresh_from_db()
    assert meeting.is_cancelled
    assert client.post(page, sent | {"despite": mark}).status_code == 302
    meeting.refresh_from_db()
    assert not meeting.is_cancelled


def test_proposal_take_into_a_clash_asks(client_of):
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    proposal = meetings.proposal(meeting, worker)
    meetings.meeting(organiser=organiser, starts_at=proposal.starts_at)
    page = reverse("meetings:proposal-take", args=[proposal.pk])
    client = client_of(organiser)

    asked = client.post(page)

    assert asked.status_code == 422
    mark = asked.context["form"].fields["despite"].widget.mark
    meeting.refresh_from_db()
    assert meeting.starts_at == TEN
    assert client.post(page, {"despite": mark}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.starts_at == proposal.starts_at


def test_restored_and_proposed_times_taken_in_the_same_moment_are_refused():
    """The page found nothing; another booking came in between."""
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    proposal = meetings.proposal(meeting, worker)
    meetings.meeting(organiser=organiser, starts_at=proposal.starts_at)
    with pytest.raises(Refused):
        take_proposal(proposal, free=[organiser], by=organiser)

    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    meetings.meeting(worker)
    with pytest.raises(Refused):
        restore_meeting(meeting, free=[worker], by=organiser)


# --- free when it is written ----------------------------------------------------------------


def booked(organiser, *free, starts_at=TEN) -> Meeting:
    return book_meeting(
        service="test",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        form="phone",
        organiser=organiser,
        people=free,
        free=free,
        by=organiser,
    )


def test_book_meeting_with_somebody_who_must_be_free_is_refused_in_a_clash():
    organiser, person = people.consultant(), people.worker()
    booked(organiser, person)

    with pytest.raises(Refused) as refusal:
        booked(organiser, person, starts_at=TEN + timedelta(minutes=30))

    assert refusal.value.field == "begins"
    assert person.name in refusal.value.reason
    assert Meeting.objects.count() == 1
    booked(organiser, person, starts_at=ELEVEN)


def test_move_meeting_of_somebody_who_must_be_free_is_refused_in_a_clash():
    organiser, person = people.consultant(), people.worker()
    booked(organiser, person)
    later = booked(organiser, person, starts_at=ELEVEN)
    change = {"wanted_by": "organiser", "reason": "x", "by": organiser}

    with pytest.raises(Refused):
        move_meeting(later, starts_at=TEN, ends_at=ELEVEN, free=[person], **change)

    begin = ELEVEN + timedelta(minutes=15)
    moved = move_meeting(
        later, starts_at=begin, ends_at=begin + timedelta(hours=1), free=[person], **change
    )
    assert moved.starts_at == begin
