"""Every role × may see, may read, may do; and that the rules of rows and of checks agree."""

import inspect

import pytest

from common.permissions import can
from consultations import permissions
from consultations.models import ConsultationRequest
from consultations.workflow import Status
from tests.consultations.conftest import ROLES
from tests.factories import people
from tests.factories.consultations import opened_case


pytestmark = pytest.mark.django_db

CHECKS = {
    name.removeprefix("check_can_"): check
    for name, check in vars(permissions).items()
    if name.startswith("check_can_") and list(inspect.signature(check).parameters)[1] == "request"
}

BOTH_SIDES = {
    "send_message",
    "change_factors",
    "agree_measure",
    "finish_measure",
    "add_contact",
    "replace_contact",
    "withdraw_request",
    "reopen_request",
}
MUNICIPALITY = BOTH_SIDES | {"read_summary"}
HANDLER = BOTH_SIDES | {
    "take_request",
    "assign_request",
    "reassign_request",
    "contact_request",
    "book_meeting",
    "read_notes",
    "add_note",
    "close_request",
    "set_municipality",
}
REGION = {"take_request", "assign_request"}

IN_HAND = {
    # role: may see, may read, may do
    "requester": (True, True, MUNICIPALITY),
    "contact": (True, True, MUNICIPALITY),
    "former_contact": (False, False, set()),
    "requester_elsewhere": (False, False, set()),
    "manager": (True, False, {"add_contact", "replace_contact"}),
    "colleague": (False, False, set()),
    "assigned": (True, True, HANDLER),
    "stand_in": (True, True, HANDLER),
    "region": (True, False, REGION),
    "other_region": (False, False, set()),
    "coordinator": (True, False, {"assign_request", "reassign_request", "reopen_request"}),
    "administrator": (False, False, set()),
    "supervisor": (False, False, set()),
    "outsider": (False, False, set()),
}
UNASSIGNED = IN_HAND | {
    "assigned": (True, True, REGION | {"set_municipality"}),
    "stand_in": (True, True, REGION | {"set_municipality"}),
    "region": (True, True, REGION | {"set_municipality"}),
}


def test_the_table_knows_every_check():
    assert set(CHECKS) == set().union(*(deeds for _see, _read, deeds in IN_HAND.values()))
    assert set(IN_HAND) == set(ROLES)


WITHOUT_MUNICIPALITY = dict.fromkeys(ROLES, (False, False, set())) | {
    role: (True, True, REGION | {"set_municipality", "withdraw_request"})
    for role in ("assigned", "stand_in", "region", "other_region")
}
WITHOUT_MUNICIPALITY["coordinator"] = IN_HAND["coordinator"]


def table_of(case: ConsultationRequest, everyone) -> dict:
    """What each role in fact may see, read and do."""
    found = {}
    for role in ROLES:
        user = getattr(everyone, role)
        found[role] = (
            ConsultationRequest.objects.visible_to(user).filter(pk=case.pk).exists(),
            ConsultationRequest.objects.readable_by(user).filter(pk=case.pk).exists(),
            {name for name, check in CHECKS.items() if can(check, user, case)},
        )
    return found


@pytest.mark.parametrize(
    ("status", "table"),
    [
        (Status.SUBMITTED, UNASSIGNED),
        (Status.ASSIGNED, IN_HAND),
        (Status.IN_PROGRESS, IN_HAND),
        (Status.CLOSED, IN_HAND),
    ],
)
def test_who_sees_reads_and_does_what(status, table, everyone, case_at):
    assert table_of(case_at(status), everyone) == table


def test_who_sees_reads_and_does_what_without_municipality(everyone):
    case = opened_case(everyone.other_region)

    assert table_of(case, everyone) == WITHOUT_MUNICIPALITY


@pytest.mark.parametrize("status", Status.values)
def test_the_rules_of_rows_and_of_sides_agree(status, everyone, case_at):
    case = case_at(status)
    waits = status == Status.SUBMITTED

    for role in ROLES:
        user = getattr(everyone, role)
        sides = permissions.sides_of(user, case)
        read = ConsultationRequest.objects.readable_by(user).filter(pk=case.pk).exists()
        acts = ConsultationRequest.objects.acted_for_by(user).filter(pk=case.pk).exists()
        assert read == (sides.handles or sides.acts_for or (sides.serves and waits)), role
        assert acts == sides.acts_for, role


def test_who_brings_cases_in(everyone):
    elva = people.municipality("Elva vald")
    municipal = {
        "requester", "contact", "former_contact", "requester_elsewhere", "manager", "colleague",
    }  # fmt: skip
    serving = {"assigned", "stand_in", "region"}

    def those_who(check, *about) -> set:
        return {role for role in ROLES if can(check, getattr(everyone, role), *about)}

    assert those_who(permissions.check_can_submit_request, elva) == municipal
    assert those_who(permissions.check_can_enter_request, elva) == serving
    assert those_who(permissions.check_can_open_case, elva) == serving
    assert those_who(permissions.check_can_open_case, None) == serving | {"other_region"}


def test_the_stand_in_reads_only_while_standing_in(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    everyone.assigned.absences.update(ends_on="2026-11-22")

    assert not ConsultationRequest.objects.visible_to(everyone.stand_in).filter(pk=case.pk).exists()
    assert not can(permissions.check_can_add_note, everyone.stand_in, case)
