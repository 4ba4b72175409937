"""Each gate is taken out in turn; the test that guards it must fail."""

import pytest

from consultations import permissions
from consultations.actions import assignment, ending, submission, work
from consultations.models import RequestQuerySet
from consultations.workflow import Status
from tests.consultations import test_actions, test_pages, test_permissions


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
    # The page of request-assign: whoever passes its first three gates may also assign.
    "request-reassign": "check_can_reassign_request",
    "request-contact": "check_can_contact_request",
    "meeting-book": "check_can_book_meeting",
    "measure-agree": "check_can_agree_measure",
    "contact-add": "check_can_add_contact",
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
