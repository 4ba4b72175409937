"""The boards: whom a plan waits for, how long regions wait; the same cost with many plans."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from library.models import Topic
from mentorship import actions
from mentorship.candidates import candidates_for
from mentorship.models import MentorshipRequest, Plan
from mentorship.workflow import PlanStatus, RequestStatus
from people.models import User
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

OVERVIEW = reverse("mentorship:overview")


def mentees_of(client) -> dict[str, str]:
    return {plan.status: plan.waits_for for plan in client.get(OVERVIEW).context["mentees"]}


def test_board_says_whom_each_plan_waits_for(client_of):
    mentor = people.consultant("Elva vald")
    names = {}
    for status in (PlanStatus.DRAFT, PlanStatus.AGREEING, PlanStatus.RUNNING, PlanStatus.CLOSING):
        names[status] = made.plan_at(status, mentor=mentor).worker.name

    assert mentees_of(client_of(mentor)) == {
        "draft": "sina",
        "agreeing": names[PlanStatus.AGREEING],
        "running": "",
        "closing": names[PlanStatus.CLOSING],
    }


@pytest.mark.parametrize("proposer", ["worker", "mentor"])
def test_board_says_who_answers_a_proposed_change(client_of, proposer):
    plan = made.plan_at(PlanStatus.RUNNING)
    made.proposed_change(plan, by=getattr(plan, proposer))

    expected = "sina" if proposer == "worker" else plan.worker.name
    assert mentees_of(client_of(plan.mentor)) == {"running": expected}


def test_coordinator_sees_how_long_each_region_waits(client_of):
    with clock.at(clock.tallinn(clock.today().replace(day=16))):
        wish = made.submitted_request("Elva vald")
    made.plan_at(PlanStatus.RUNNING, "Elva vald")

    rows = client_of(people.coordinator()).get(OVERVIEW).context["regions"]

    assert rows == [{"name": wish.municipality.region.name, "waiting": 1, "longest": 5, "open": 1}]


def many(mentor: User, number: int) -> None:
    """Running plans of one mentor, written as rows: walking each there takes too long."""
    model = made.plan_at(PlanStatus.RUNNING, mentor=mentor)
    workers = [
        User(
            id=uuid.uuid4(),
            email=f"palju{n}-{number}@test.example",
            first_name="P",
            last_name=f"{n}",
        )
        for n in range(number - 1)
    ]
    User.objects.bulk_create(workers)
    requests = [
        MentorshipRequest(
            id=uuid.uuid4(),
            worker=worker,
            municipality=model.municipality,
            source="worker",
            status=RequestStatus.TAKEN,
            asked_on=clock.today(),
            submitted_by=worker,
        )
        for worker in workers
    ]
    MentorshipRequest.objects.bulk_create(requests)
    Plan.objects.bulk_create(
        Plan(
            id=uuid.uuid4(),
            request=request,
            worker=request.worker,
            mentor=mentor,
            municipality=model.municipality,
            status=PlanStatus.RUNNING,
            taken_by=mentor,
            worker_agreed_at=clock.now(),
            mentor_agreed_at=clock.now(),
            started_at=clock.now(),
        )
        for request in requests
    )


@pytest.mark.parametrize("who", ["mentor", "coordinator"])
def test_board_costs_the_same_with_10_and_400_plans(client_of, who):
    mentor = people.consultant("Elva vald")
    viewer = mentor if who == "mentor" else people.coordinator()
    client, counts = client_of(viewer), []
    for number in (10, 390):
        many(mentor, number)
        with CaptureQueriesContext(connection) as queries:
            client.get(OVERVIEW)
        counts.append(len(queries))

    assert counts == [{"mentor": 9, "coordinator": 10}[who]] * 2


# --- who could be the mentor ----------------------------------------------------------------


def words_of(person: User, language: str = "et") -> tuple[int, str]:
    """The person's place among the candidates for Elva, and the reasons."""
    found = candidates_for(people.municipality("Elva vald").pk, language=language)
    place = next(n for n, (other, _words) in enumerate(found) if other == person)
    return place, found[place][1]


def test_candidates_begin_with_who_serves_and_has_least_in_hand():
    busy, free = people.consultant("Elva vald"), people.consultant("Elva vald")
    far = people.consultant("Võru linn")
    made.plan_at(PlanStatus.RUNNING, mentor=busy)

    assert [words_of(person)[0] for person in (free, busy, far)] == [0, 1, 2]
    assert "soovitatud" in words_of(free)[1]
    assert "soovitatud" not in words_of(busy)[1] + words_of(far)[1]


def test_candidates_who_are_away_for_long_come_later_with_their_days():
    away, busy = people.consultant("Elva vald"), people.consultant("Elva vald")
    made.plan_at(PlanStatus.RUNNING, mentor=busy)
    first, last = clock.today().replace(day=25), clock.today().replace(month=12, day=20)
    people.absence(away, first, last)

    place, words = words_of(away)

    assert place > words_of(busy)[0]
    assert "25.11.2026–20.12.2026" in words


def test_candidates_speak_the_workers_language():
    estonian, russian = people.consultant("Elva vald"), people.consultant("Elva vald")
    actions.change_profile(topics=[], languages=["et", "ru"], by=russian)

    assert words_of(russian, "ru")[0] < words_of(estonian, "ru")[0]
    assert "ei räägi töötaja keelt" in words_of(estonian, "ru")[1]
    assert "Vene keel" in words_of(russian, "ru")[1]


def test_profile_is_said_by_the_consultant_and_read_where_a_mentor_is_chosen(client_of):
    consultant, wish = people.consultant("Elva vald"), made.submitted_request("Elva vald")
    address = reverse("mentorship:profile-change")
    client_of(consultant).post(address, {"topics": ["star"], "languages": ["et"]})

    page = client_of(people.coordinator()).get(reverse("mentorship:request-assign", args=[wish.pk]))

    topic = Topic.objects.get(key="star")
    assert f"teab kõige paremini: {topic}" in page.content.decode()
    for other in (people.worker(), people.coordinator(), people.manager()):
        assert client_of(other).post(address, {"languages": ["et"]}).status_code == 403


def test_profile_without_a_language_says_so(client_of):
    response = client_of(people.consultant()).post(
        reverse("mentorship:profile-change"), {"topics": ["star"]}
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"languages"}
