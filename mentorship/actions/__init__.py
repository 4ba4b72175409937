"""Everything that can happen in mentorship, in the order in which it happens."""

from mentorship.actions.closing import (
    agree_summary,
    give_feedback,
    stop_closing,
    write_summary,
)
from mentorship.actions.meetings import (
    add_task,
    book_meeting,
    keep_note,
    mark_task_done,
    record_meeting,
)
from mentorship.actions.plans import (
    Choice,
    agree_plan,
    move_topic,
    open_plan,
    propose_plan,
    write_plan,
)
from mentorship.actions.reassignment import (
    ask_mentor_change,
    open_mentor_change,
    reassign_plan,
    settle_mentor_change,
)
from mentorship.actions.requests import (
    assign_request,
    check_nothing_open,
    confirm_request,
    correct_request,
    enter_request,
    open_request,
    submit_request,
    suggest_request,
    take_request,
    withdraw_request,
)


__all__ = [
    "Choice",
    "add_task",
    "agree_plan",
    "agree_summary",
    "ask_mentor_change",
    "assign_request",
    "check_nothing_open",
    "book_meeting",
    "confirm_request",
    "correct_request",
    "enter_request",
    "give_feedback",
    "keep_note",
    "mark_task_done",
    "move_topic",
    "open_mentor_change",
    "open_plan",
    "open_request",
    "propose_plan",
    "reassign_plan",
    "record_meeting",
    "settle_mentor_change",
    "stop_closing",
    "submit_request",
    "suggest_request",
    "take_request",
    "withdraw_request",
    "write_plan",
    "write_summary",
]
