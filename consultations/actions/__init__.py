"""Everything that can happen to a consultation request, in the order in which it happens."""

from consultations.actions.assignment import assign_request, reassign_request, take_request
from consultations.actions.ending import (
    close_request,
    read_summary,
    reopen_request,
    withdraw_request,
)
from consultations.actions.submission import Application, enter_request, open_case, submit_request
from consultations.actions.work import (
    add_contact,
    add_note,
    agree_measure,
    book_case_meeting,
    change_factors,
    contact_request,
    finish_measure,
    replace_contact,
    send_message,
    set_municipality,
)


__all__ = [
    "Application",
    "add_contact",
    "add_note",
    "agree_measure",
    "assign_request",
    "book_case_meeting",
    "change_factors",
    "close_request",
    "contact_request",
    "enter_request",
    "finish_measure",
    "open_case",
    "read_summary",
    "reassign_request",
    "reopen_request",
    "replace_contact",
    "send_message",
    "set_municipality",
    "submit_request",
    "take_request",
    "withdraw_request",
]
