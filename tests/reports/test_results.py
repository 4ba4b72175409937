"""What came of mentorships: who reads it, and that too few are never told."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from mentorship.actions import end_plan
from mentorship.models import FollowUp, Plan, Rating
from mentorship.workflow import PlanStatus
from reports.periods import Period
from reports.results import Results, results_of
from tests.factories import mentorship as made
from tests.factories import people
from tests.factories.reports import at


pytestmark = pytest.mark.django_db

YEAR = reverse("reports:year", args=[2025])
FILE = "/reports/2025/results.csv"


def ended(
    day: str = "2025-05-05",
    *,
    reached: tuple[str, ...] = (),
    growth: tuple[tuple[int, int], ...] = (),
    used: int | None = None,
) -> Plan:
    """A mentorship that ended on a day, with what its two said."""
    plan = made.plan_at(PlanStatus.ENDED)
    Plan.objects.filter(pk=plan.pk).update(ended_at=at(day))
    topics = list(plan.topics.all())
    plan.topics.update(reached="")
    for row, said in zip(topics, reached, strict=False):
        row.reached = said
        row.save()
    Rating.objects.filter(request=plan.request).delete()
    for row, values in zip(topics, growth, strict=False):
        for moment, value in zip(("before", "after"), values, strict=True):
            Rating.objects.create(
                request=plan.request, topic_id=row.topic_id, moment=moment, value=value
            )
    if used:
        FollowUp.objects.create(plan=plan, used=used, answered_by=plan.worker)
    return plan


def test_results_count_what_ended_in_the_period() -> None:
    for used in (5, 4, 3, 2, 1):
        ended(reached=("yes", "partly", "not_yet"), growth=((1, 3), (3, 3), (4, 2)), used=used)
    ended("2024-12-31", reached=("yes",))
    ended("2026-01-01", reached=("yes",))
    made.plan_at(PlanStatus.RUNNING)

    assert results_of(Period.of_year(2025)) == Results(
        ended=5,
        reached={"yes": 5, "partly": 5, "not_yet": 5},
        growth={"more": 5, "same": 5, "less": 5},
        used={"much": 2, "some": 1, "little": 2},
    )


def test_results_of_fewer_than_five_are_not_told() -> None:
    for _n in range(4):
        # Many topics do not make many mentorships.
        ended(reached=("yes", "yes", "yes"), growth=((1, 5), (1, 5), (1, 5)), used=5)
    ended()

    assert results_of(Period.of_year(2025)) == Results(
        ended=5,
        reached=dict.fromkeys(("yes", "partly", "not_yet")),
        growth=dict.fromkeys(("more", "same", "less")),
        used=dict.fromkeys(("much", "some", "little")),
    )


def test_topic_rated_once_says_nothing_of_growth() -> None:
    for _n in range(5):
        plan = ended(growth=((2, 4),))
        Rating.objects.create(request=plan.request, topic_id="roles", moment="before", value=1)

    assert results_of(Period.of_year(2025)).growth == {"more": 5, "same": 0, "less": 0}


@pytest.mark.parametrize(
    ("make", "status"),
    [(people.coordinator, 200), (people.consultant, 403), (people.manager, 403)],
)
def test_results_are_for_the_coordinator_alone(make, status, client_of) -> None:
    client = client_of(make())

    assert client.get(FILE).status_code == status
    page = client.get(YEAR).content.decode()
    assert ("Mis mentorlustest sai" in page) is (status == 200)


def test_results_are_not_counted_day_by_day(client_of) -> None:
    """Two periods a day apart would tell of the mentorship that ended between them."""
    client = client_of(people.coordinator())

    assert client.get(FILE, {"until": "2025-05-05"}).status_code == 404
    page = client.get(YEAR, {"until": "2025-05-05"}).content.decode()
    assert "Mis mentorlustest sai" not in page


def test_results_of_a_year_that_runs_are_not_told(client_of) -> None:
    year = clock.today().year
    client = client_of(people.coordinator())

    assert client.get(f"/reports/{year}/results.csv").status_code == 404
    assert "Mis mentorlustest sai" not in client.get(f"/reports/{year}/").content.decode()


def test_mentorship_that_never_ran_does_not_count() -> None:
    plan = made.plan_at(PlanStatus.DRAFT)
    end_plan(plan, reason="other", by=plan.mentor)

    assert results_of(Period.of_year(clock.today().year)).ended == 0


def test_results_stand_in_page_and_file(client_of) -> None:
    for _n in range(5):
        ended(reached=("yes",))
    ended("2024-05-05", reached=("yes",))
    client = client_of(people.coordinator())

    lines = client.get(FILE).content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Mida on loetud;Tulemus;Arv 2025;Arv 2024"
    assert lines[1:3] == ["Lõppenud mentorlusi;;5;1", "Plaani teemad;Saavutatud;5;"]
    text = client.get(YEAR).content.decode()
    assert '5 <span class="tp-muted">(–)</span>' in text
    assert "Mida ütleb vähem kui 5 mentorlust, seda ei näidata." in text


def test_moments_are_those_of_tallinn() -> None:
    plan = ended()
    last = clock.end_of(date(2025, 12, 31))
    Plan.objects.filter(pk=plan.pk).update(ended_at=last)

    assert (results_of(Period.of_year(2025)).ended, results_of(Period.of_year(2026)).ended) == (
        0,
        1,
    )
