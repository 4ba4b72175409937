"""Every list costs the same with 1 and 30 rows: one literal number of queries for each page.

The lists whose cost their own room measures are not repeated here: desks and consultants
(`tests/home`), cases (`tests/consultations`), pages of a season (`tests/supervision`), people,
invitations and mails (`tests/people`), calendar, library, a year's report.
"""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from consultations.workflow import Status
from meetings.actions import add_exception, add_hours
from mentorship import actions as mentorship
from mentorship.models import Plan
from mentorship.workflow import PlanStatus
from people import actions as people_actions
from people.models import Post, User
from people.standing import standing_of
from supervision.models import Season
from tests.factories import consultations as case_factory
from tests.factories import meetings, people
from tests.factories import mentorship as plan_factory
from tests.factories import supervision as season_factory


pytestmark = pytest.mark.django_db

ELVA = "Elva vald"


# Each maker brings `number` more rows of what the viewer sees on the page.


def seasons(viewer: User, number: int) -> None:
    taken = Season.objects.count()
    for n in range(number):
        audience = "managers" if standing_of(viewer).is_manager else "workers"
        season_factory.open_season(year=2027 + taken + n, audience=audience)


def networks(viewer: User, number: int) -> None:
    for _n in range(number):
        season_factory.dated_network(ELVA)


def own_networks(viewer: User, number: int) -> None:
    for _n in range(number):
        season_factory.dated_network(ELVA, requester=viewer)


def groups(viewer: User, number: int) -> None:
    """Groups of one supervisor, a held and recorded meeting in each."""
    taken = viewer.supervised_groups.count()
    season = any_season()
    for n in range(taken, taken + number):
        # The three dates of a group are three weeks apart; no two fall on one day.
        first = date(2027, 1, 4) + timedelta(days=n % 20 + 90 * (n // 20))
        group = season_factory.dated_group(season, supervisor=viewer, first=first)
        season_factory.place_member(
            group, season_factory.registered(season), by=people.coordinator()
        )
        season_factory.publish_group(group, by=people.coordinator())
        season_factory.recorded(season_factory.first_session(group))


def any_season():
    return Season.objects.first() or season_factory.open_season()


def workers(viewer: User, number: int) -> None:
    """Own workers with posts, registered for the season, every third placed."""
    season = any_season()
    for n in range(number):
        registration = season_factory.registered(season, ELVA)
        if n % 3 == 0:
            season_factory.place_member(
                season_factory.draft_group(season), registration, by=people.coordinator()
            )


def plans(viewer: User, number: int) -> None:
    """Running mentorships of the place, each with a held meeting, and as many requests."""
    for _n in range(number):
        mentor = viewer if viewer.staff_roles.filter(role="consultant").exists() else None
        plan = plan_factory.plan_at(PlanStatus.RUNNING, ELVA, mentor=mentor)
        plan_factory.held_meeting(plan)
        plan_factory.submitted_request(ELVA)


def ended_plans(viewer: User, number: int) -> None:
    for _n in range(number):
        plan_factory.plan_at(PlanStatus.ENDED, ELVA, worker=viewer)


def plan_content(viewer: User, number: int) -> None:
    """Meetings, held and to come, and tasks of the viewer's own plan."""
    plan = own_plan(viewer)
    taken = plan.meetings.count()
    for n in range(number):
        plan_factory.held_meeting(plan, days_ago=1 + taken + n)
        plan_factory.booked_meeting(plan, clock.now() + timedelta(days=1 + taken + n))
        task = mentorship.add_task(plan, text="x", owner="worker", by=plan.mentor)
        mentorship.mark_task_done(task, by=plan.worker)


def own_plan(viewer: User) -> Plan:
    return Plan.objects.filter(worker=viewer).first() or plan_factory.plan_at(
        PlanStatus.RUNNING, ELVA, worker=viewer
    )


def cases(viewer: User, number: int) -> None:
    for _n in range(number):
        case_factory.submitted_request(ELVA, requester=viewer)


def waiting_cases(viewer: User, number: int) -> None:
    """Requests of both kinds that nobody took for two weeks: they wait for the coordinator too."""
    with clock.at(clock.now() - timedelta(days=14)):
        for _n in range(number):
            case_factory.submitted_request(ELVA)
            plan_factory.submitted_request(ELVA)


def todays_meetings(viewer: User, number: int) -> None:
    for _n in range(number):
        meetings.meeting(
            viewer, organiser=people.consultant(), starts_at=clock.now() + timedelta(hours=2)
        )


def invitations(viewer: User, number: int) -> None:
    """Meetings whose invitation waits for the viewer's answer."""
    for _n in range(number):
        meetings.meeting(viewer, organiser=people.consultant())


def absences(viewer: User, number: int) -> None:
    taken = viewer.absences.count()
    for n in range(number):
        day = clock.today() + timedelta(days=10 * (taken + n))
        people_actions.add_absence(
            viewer, starts_on=day, ends_on=day, stand_in=people.consultant(), by=viewer
        )


def opening_hours(viewer: User, number: int) -> None:
    """Hours of all kinds of days, and as many days with other hours."""
    taken = viewer.opening_exceptions.count()
    for n in range(taken, taken + number):
        begins, ends = time(7 + n // 7, 0), time(7 + n // 7, 30)
        day = clock.today() + timedelta(days=n)
        add_hours(weekdays=[n % 7], begins=begins, ends=ends, starts_on=day, by=viewer)
        add_exception(day=day, begins=begins, ends=ends, by=viewer)


def posts(viewer: User, number: int) -> None:
    taken = viewer.posts.count()
    for n in range(number):
        # Before the first post began: two of one kind may not overlap.
        day = date(2019, 1, 1) + timedelta(days=taken + n)
        Post.objects.create(
            user=viewer,
            municipality=people.municipality(ELVA),
            kind=Post.Kind.WORKER,
            starts_on=day,
            ends_on=day,
        )


def registrations(viewer: User, number: int) -> None:
    for _n in range(number):
        season_factory.registered(any_season(), ELVA)


def consultants(viewer: User, number: int) -> None:
    """Consultants with work on their hands, among whom one is chosen."""
    for _n in range(number):
        consultant = people.consultant(ELVA)
        plan_factory.plan_at(PlanStatus.DRAFT, ELVA, mentor=consultant)
        case_factory.request_at(Status.ASSIGNED, ELVA, consultant=consultant)


def colleagues(viewer: User, number: int) -> None:
    for _n in range(number):
        people.worker(ELVA)


ARGUMENT = {
    "people:person-detail": lambda viewer: viewer.pk,
    "people:person-history": lambda viewer: viewer.pk,
    "people:absence-list": lambda viewer: viewer.pk,
    "people:municipality-detail": lambda viewer: people.municipality(ELVA).pk,
    "mentorship:plan-detail": lambda viewer: own_plan(viewer).pk,
    "mentorship:request-assign": lambda viewer: plan_factory.submitted_request(ELVA).pk,
    "consultations:request-assign": lambda viewer: case_factory.submitted_request(ELVA).pk,
    "supervision:members-place": lambda viewer: season_factory.draft_group(any_season()).pk,
}
"""Of whom or what a page is, where its address says so."""

PAGES = [
    ("supervision:overview", seasons, people.coordinator, 10),
    ("supervision:overview", seasons, people.worker, 13),
    ("supervision:overview", seasons, people.manager, 11),
    ("supervision:overview", groups, people.supervisor, 9),
    ("supervision:overview", own_networks, people.worker, 14),
    ("supervision:network-list", networks, people.coordinator, 10),
    ("supervision:network-list", networks, people.consultant, 9),
    ("supervision:network-list", own_networks, people.worker, 11),
    ("supervision:own-people", workers, people.manager, 8),
    ("supervision:supervisor-hours", groups, people.supervisor, 8),
    ("mentorship:overview", plans, people.consultant, 9),
    ("mentorship:overview", plans, people.coordinator, 10),
    ("mentorship:overview", plans, people.manager, 8),
    ("mentorship:overview", ended_plans, people.worker, 11),
    ("mentorship:plan-detail", plan_content, people.worker, 15),
    ("mentorship:request-assign", consultants, people.coordinator, 14),
    ("consultations:request-assign", consultants, people.coordinator, 13),
    ("supervision:members-place", registrations, people.coordinator, 10),
    ("meetings:hours", opening_hours, people.worker, 11),
    ("home:waiting", waiting_cases, people.consultant, 7),
    ("home:waiting", waiting_cases, people.coordinator, 8),
    ("home:waiting", invitations, people.worker, 9),
    ("home:day-plan", todays_meetings, people.worker, 10),
    ("home:employer-view", cases, people.worker, 14),
    ("people:person-detail", posts, people.worker, 12),
    ("people:person-history", absences, people.consultant, 9),
    ("people:absence-list", absences, people.consultant, 11),
    ("people:municipality-detail", colleagues, people.coordinator, 13),
]


@pytest.mark.parametrize(
    ("page", "more", "who", "cost"),
    PAGES,
    ids=[f"{page} {who.__name__} {more.__name__}" for page, more, who, _cost in PAGES],
)
def test_list_costs_the_same_for_1_and_30(client_of, page, more, who, cost):
    viewer = who()
    client = client_of(viewer)
    counted, sizes = [], []
    for number in (1, 29):
        more(viewer, number)
        place = reverse(page, args=[ARGUMENT[page](viewer)] if page in ARGUMENT else [])
        with CaptureQueriesContext(connection) as queries:
            response = client.get(place)
        assert response.status_code == 200
        counted.append(len(queries))
        sizes.append(len(response.content))

    assert counted == [cost, cost]
    assert sizes[0] < sizes[1]
    assert cost <= 15
