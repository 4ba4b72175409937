"""What waits for whom, in at most two queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from consultations import actions
from consultations.waiting import waiting_for
from consultations.workflow import Status
from people.standing import remember_standing, standing_of
from tests.factories import people
from tests.factories.consultations import CANARY, opened_case, request_at, submitted_request


pytestmark = pytest.mark.django_db


def waits(user) -> list[tuple]:
    """Verb, page and deadline of what waits for the person today."""
    found = []
    for item in sorted(waiting_for(user, clock.today()), key=lambda item: item.order()):
        assert (item.room, item.icon) == ("consultations", "support_agent")
        assert CANARY not in f"{item.verb}{item.about}{item.tag}"
        found.append((str(item.verb), item.url, item.due))
    return found


def url(name: str, case) -> str:
    return reverse(f"consultations:{name}", args=[case.pk])


def test_a_waiting_request_is_taken_by_the_region_and_nobody_else(everyone):
    case = submitted_request("Elva vald", requester=everyone.requester)
    take = [("Võta taotlus endale", url("request-take", case), date(2026, 11, 26))]

    assert waits(everyone.assigned) == take
    assert waits(everyone.stand_in) == take
    for role in ("other_region", "requester", "manager", "colleague", "supervisor", "coordinator"):
        assert waits(getattr(everyone, role)) == [], role


def test_a_case_without_municipality_waits_for_all_consultants(everyone):
    case = opened_case(everyone.region)

    assert [item[1] for item in waits(everyone.other_region)] == [url("request-take", case)]


def test_first_contact_waits_for_the_assigned_and_the_stand_in(everyone, case_at):
    case = case_at(Status.ASSIGNED)
    contact = [
        ("Võta esimest korda ühendust", url("request-detail", case), date(2026, 11, 25)),
    ]

    assert waits(everyone.assigned) == contact
    assert waits(everyone.stand_in) == contact
    assert waits(everyone.region) == []
    with clock.at(clock.tallinn(date(2026, 11, 26))):
        (item,) = waiting_for(everyone.assigned, clock.today())
    assert (item.urgent, str(item.tag), item.tag_kind) == (True, "Hilinenud", "bad")


def test_an_unanswered_message_waits_for_the_other_side_alone(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    assert waits(everyone.assigned) == waits(everyone.contact) == []

    actions.send_message(case, text=CANARY, by=everyone.contact)
    page = url("request-messages", case)
    assert waits(everyone.assigned) == [("Vasta omavalitsuse sõnumile", page, None)]
    assert waits(everyone.contact) == []

    with clock.at(clock.now() + timedelta(minutes=1)):
        actions.send_message(case, text=CANARY, by=everyone.stand_in)
    assert waits(everyone.assigned) == []
    assert waits(everyone.contact) == [("Vasta konsultandi sõnumile", page, None)]
    assert waits(everyone.manager) == []


def test_closing_waits_when_all_measures_are_done(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text=CANARY, owner="board", by=everyone.assigned)
    assert waits(everyone.assigned) == []

    actions.finish_measure(measure, by=everyone.contact)

    assert waits(everyone.assigned) == [
        ("Kõik meetmed on tehtud: lõpeta juhtum", url("request-close", case), None)
    ]


def test_the_summary_waits_for_the_municipality_until_confirmed(everyone, case_at):
    case = case_at(Status.CLOSED)
    read = [("Loe kokkuvõtet ja kinnita lugemine", url("request-summary", case), None)]
    assert waits(everyone.contact) == waits(everyone.requester) == read
    assert waits(everyone.manager) == waits(everyone.assigned) == []

    actions.read_summary(case, by=everyone.requester)

    assert waits(everyone.contact) == []


def test_the_coordinator_hears_of_late_and_long_unassigned_requests(everyone):
    with clock.at(clock.tallinn(date(2026, 11, 19))):
        unassigned = submitted_request()
    with clock.at(clock.tallinn(date(2026, 11, 16))):
        late = request_at(Status.ASSIGNED)
    submitted_request()

    assert waits(everyone.coordinator) == [
        ("Esimene ühendusevõtt hilineb: küsi konsultandilt", url("request-detail", late),
         date(2026, 11, 19)),
        ("Määra taotlusele konsultant", url("request-assign", unassigned), date(2026, 11, 24)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "most"),
    [
        ("assigned", 1),
        ("coordinator", 1),
        ("requester", 1),
        ("supervisor", 0),
        ("administrator", 0),
    ],
)
def test_what_waits_costs_one_query_for_many_cases(role, most, everyone, case_at):
    case_at(Status.ASSIGNED)
    for _ in range(4):
        submitted_request(requester=everyone.requester)
    user = getattr(everyone, role)
    remember_standing(user)
    standing_of(user)

    with CaptureQueriesContext(connection) as caught:
        waiting_for(user, clock.today())

    assert len(caught) == most


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        ("assigned", {"consultations_message", "consultations_measure"}),
        ("requester", {"consultations_message", "consultations_contact"}),
        ("coordinator", set()),
    ],
)
def test_what_waits_asks_only_about_what_concerns_the_role(role, asked, everyone, case_at):
    case_at(Status.ASSIGNED)

    with CaptureQueriesContext(connection) as caught:
        waiting_for(getattr(everyone, role), clock.today())

    tables = {"consultations_message", "consultations_measure", "consultations_contact"}
    assert {table for table in tables if f'"{table}"' in caught[-1]["sql"]} == asked


def test_a_consultant_who_also_coordinates_meets_a_case_once(everyone):
    both = people.consultant("Elva vald")
    both.staff_roles.create(role="coordinator", starts_on=date(2020, 1, 1))
    with clock.at(clock.tallinn(date(2026, 11, 16))):
        submitted_request("Elva vald")

    assert len(waits(both)) == 1
