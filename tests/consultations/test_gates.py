"""Each gate is taken out in turn; the test that guards it must fail."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from consultations import actions, permissions, urls
from consultations.actions import assignment, ending, submission, work
from consultations.models import RequestQuerySet
from consultations.workflow import Status
from people.drafts import save_draft
from tests.consultations import test_actions, test_pages, test_permissions
from tests.factories import people


pytestmark = pytest.mark.django_db

IN_ACTIONS = {
    "take_request": (assignment, "check_can_take_request"),
    "assign_request": (assignment, "check_can_assign_request"),
    "reassign_request": (assignment, "check_can_reassign_request"),
    "contact_request": (work, "check_can_contact_request"),
    "book_case_meeting": (work, "check_can_book_meeting"),
    "send_message": (work, "check_can_send_message"),
    "add_note": (work, "check_can_add_note"),
    "change_factors": (work, "check_can_change_factors"),
    "agree_measure": (work, "check_can_agree_measure"),
    "add_contact": (work, "check_can_add_contact"),
    "replace_contact": (work, "check_can_replace_contact"),
    "close_request": (ending, "check_can_close_request"),
    "read_summary": (ending, "check_can_read_summary"),
    "withdraw_request": (ending, "check_can_withdraw_request"),
    "reopen_request": (ending, "check_can_reopen_request"),
}
IN_VIEWS = {
    # The page of request-assign stands below: its guard is a test of its own.
    "request-reassign": "check_can_reassign_request",
    "request-contact": "check_can_contact_request",
    "meeting-book": "check_can_book_meeting",
    "factors-change": "check_can_change_factors",
    "measure-agree": "check_can_agree_measure",
    "contact-add": "check_can_add_contact",
    "municipality-set": "check_can_set_municipality",
    "request-close": "check_can_close_request",
    "request-withdraw": "check_can_withdraw_request",
    "request-reopen": "check_can_reopen_request",
}


def fails():
    """What a failing test raises: a wrong comparison, or nothing raised where it should."""
    return pytest.raises((AssertionError, pytest.fail.Exception))


@pytest.fixture
def without(monkeypatch):
    """Return a function that takes a check out of a module."""

    def take_out(module, name: str) -> None:
        assert callable(getattr(module, name))
        monkeypatch.setattr(module, name, lambda *args: None)

    return take_out


@pytest.mark.parametrize("name", IN_ACTIONS)
def test_an_action_without_its_check_is_noticed(name, without, everyone, case_at):
    without(*IN_ACTIONS[name])

    with fails():
        test_actions.test_each_action_is_denied_to_those_outside(name, everyone, case_at)


@pytest.mark.parametrize(
    ("module", "check", "guard"),
    [
        (submission, "check_can_submit_request",
         lambda e, case_at: test_actions.test_submit_request_is_for_the_own_municipality(
             "outsider", e)),
        (submission, "check_can_enter_request",
         lambda e, case_at: test_actions.test_enter_request_is_for_the_consultants_of_the_region(
             "other_region", e)),
        (submission, "check_can_open_case",
         lambda e, case_at: test_actions.test_open_case_and_set_municipality_are_for_consultants(
             "requester", e)),
        (work, "check_can_set_municipality",
         lambda e, case_at: test_actions.test_open_case_and_set_municipality_are_for_consultants(
             "requester", e)),
        (work, "check_can_finish_measure",
         test_actions.test_finish_measure_is_denied_to_those_who_do_not_read),
    ],
    ids=["submit", "enter", "open", "set_municipality", "finish_measure"],
)  # fmt: skip
def test_the_other_actions_without_their_check_are_noticed(
    module, check, guard, without, everyone, case_at
):
    without(module, check)

    with fails():
        guard(everyone, case_at)


@pytest.mark.parametrize("name", IN_VIEWS)
def test_a_page_without_its_check_is_noticed(name, without, everyone, case_at, client_of):
    without(permissions, IN_VIEWS[name])

    with fails():
        test_pages.test_pages_of_deeds_open_for_those_who_may(name, everyone, case_at, client_of)


def test_the_page_of_request_assign_without_its_check_is_noticed(
    without, everyone, case_at, client_of
):
    without(permissions, "check_can_assign_request")

    with fails():
        test_pages.test_request_assign_is_not_for_a_consultant_who_only_has_the_case(
            everyone, case_at, client_of
        )


def test_the_page_of_a_measure_asks_its_check(monkeypatch, everyone, case_at, client_of):
    # Whoever reads a case with measures may also finish them: only a shut check shows.
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text="meede", owner="board", by=everyone.assigned)
    client = client_of(everyone.assigned)
    place = reverse("consultations:measure-finish", args=[case.pk, measure.pk])
    before = client.get(place).status_code

    def refuse(*about) -> None:
        raise PermissionDenied

    monkeypatch.setattr(permissions, "check_can_finish_measure", refuse)

    assert (before, client.get(place).status_code) == (200, 403)


def test_the_notes_page_without_its_check_is_noticed(without, everyone, case_at, client_of):
    without(permissions, "check_can_read_notes")

    with fails():
        test_pages.test_who_gets_which_page_and_the_text_with_it(everyone, case_at, client_of)


def test_the_page_of_a_contact_without_its_check_is_noticed(without, everyone, case_at, client_of):
    without(permissions, "check_can_replace_contact")

    with fails():
        test_pages.test_pages_of_a_measure_a_contact_and_the_municipality(
            everyone, case_at, client_of
        )


@pytest.mark.parametrize("rule", ["visible_to", "readable_by"])
def test_pages_and_table_notice_when_everybody_sees_every_row(
    rule, monkeypatch, everyone, case_at, client_of
):
    monkeypatch.setattr(RequestQuerySet, rule, lambda rows, user: rows)

    with fails():
        test_permissions.test_who_sees_reads_and_does_what(
            Status.IN_PROGRESS, test_permissions.IN_HAND, everyone, case_at
        )
    case_at.rewind()
    with fails():
        test_pages.test_who_gets_which_page_and_the_text_with_it(everyone, case_at, client_of)


@pytest.mark.parametrize("name", sorted(test_permissions.CHECKS))
def test_the_table_notices_a_check_that_lets_everybody_pass(name, monkeypatch, everyone, case_at):
    monkeypatch.setitem(test_permissions.CHECKS, name, lambda *args: None)

    with fails():
        test_permissions.test_who_sees_reads_and_does_what(
            Status.IN_PROGRESS, test_permissions.IN_HAND, everyone, case_at
        )


# The second gate. Who passes the other three mostly passes it too, so these are opened for good.
FOR_THE_BOARD = [
    "request-enter",
    "case-open",
    "request-take",
    "request-assign",
    "request-reassign",
    "request-contact",
    "meeting-book",
    "municipality-set",
    "request-close",
]
FOR_MUNICIPALITIES = ["request-new"]
FOR_MEMBERS = [
    "overview",
    "draft-delete",
    "request-step",
    "request-sent",
    "request-detail",
    "request-messages",
    "request-meetings",
    "request-notes",
    "request-history",
    "request-summary",
    "factors-change",
    "measure-agree",
    "measure-finish",
    "contact-add",
    "contact-replace",
    "request-withdraw",
    "request-reopen",
]


def test_every_page_has_its_role_gate_here():
    assert {*FOR_THE_BOARD, *FOR_MUNICIPALITIES, *FOR_MEMBERS} == {
        each.name for each in urls.urlpatterns
    }


@pytest.mark.parametrize(
    ("names", "role"),
    [(FOR_THE_BOARD, "requester"), (FOR_MUNICIPALITIES, "assigned"), (FOR_MEMBERS, "nobody")],
    ids=["board", "municipalities", "members"],
)
def test_role_gate_holds_when_all_others_are_open(
    names, role, without, monkeypatch, everyone, case_at, client_of
):
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text="meede", owner="board", by=everyone.assigned)
    kept_out = people.person() if role == "nobody" else getattr(everyone, role)
    draft = save_draft(kept_out, "consultations.request", {})
    client = client_of(kept_out)
    for check in [each for each in vars(permissions) if each.startswith("check_can_")]:
        without(permissions, check)
    for rule in ("visible_to", "readable_by"):
        monkeypatch.setattr(RequestQuerySet, rule, lambda rows, user: rows)

    answers = {}
    for each in [each for each in urls.urlpatterns if each.name in names]:
        known = {
            "pk": draft.pk if each.name in ("draft-delete", "request-step") else case.pk,
            "step": "danger",
            "measure": measure.pk,
            "contact": case.contacts.get(user=everyone.contact).pk,
        }
        args = [known[key] for key in each.pattern.converters]
        answers[each.name] = client.get(
            reverse(f"consultations:{each.name}", args=args)
        ).status_code

    assert answers == dict.fromkeys(names, 403)
