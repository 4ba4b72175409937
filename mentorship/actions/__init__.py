"""Everything that can happen in mentorship, in the order in which it happens."""

from mentorship.actions.changes import (
    agree_change,
    decline_change,
    propose_change,
    withdraw_change,
)
from mentorship.actions.closing import (
    agree_summary,
    answer_follow_up,
    give_feedback,
    rate_plan,
    stop_closing,
    write_summary,
)
from mentorship.actions.course import end_plan, pause_plan, resume_plan
from mentorship.actions.meetings import (
    add_task,
    book_meeting,
    draft_note,
    draft_record,
    keep_note,
    mark_task_done,
    record_meeting,
)
from mentorship.actions.plans import (
    agree_plan,
    move_topic,
    open_plan,
    propose_plan,
    write_plan,
)
from mentorship.actions.profiles import change_profile
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
from mentorship.actions.templates import (
    add_template,
    change_template,
    leave_template,
    withdraw_template,
)
from mentorship.contents import Choice, Contents


__all__ = [
    "Choice",
    "Contents",
    "add_task",
    "add_template",
    "agree_change",
    "agree_plan",
    "agree_summary",
    "answer_follow_up",
    "ask_mentor_change",
    "assign_request",
    "book_meeting",
    "change_profile",
    "change_template",
    "check_nothing_open",
    "confirm_request",
    "correct_request",
    "decline_change",
    "end_plan",
    "draft_note",
    "draft_record",
    "enter_request",
    "give_feedback",
    "keep_note",
    "leave_template",
    "mark_task_done",
    "move_topic",
    "open_mentor_change",
    "open_plan",
    "open_request",
    "pause_plan",
    "propose_change",
    "propose_plan",
    "rate_plan",
    "reassign_plan",
    "record_meeting",
    "resume_plan",
    "settle_mentor_change",
    "stop_closing",
    "submit_request",
    "suggest_request",
    "take_request",
    "withdraw_change",
    "withdraw_request",
    "withdraw_template",
    "write_plan",
    "write_summary",
]
