"""What can happen to everything that has a date."""

from meetings.actions.availability import (
    add_exception,
    add_hours,
    change_rules,
    end_hours,
    remove_exception,
)
from meetings.actions.busy import (
    add_busy_calendar,
    ask_busy_calendar,
    remove_busy_calendar,
    stop_busy_calendar,
)
from meetings.actions.calendar_tests import (
    choose_way,
    start_calendar_test,
    stop_calendar_test,
    tick_calendar_test,
)
from meetings.actions.feeds import renew_feed, set_feed_text
from meetings.actions.handover import hand_over_meetings
from meetings.actions.invitees import (
    Guest,
    add_guest,
    add_person,
    answer_invitation,
    ask_people,
    hand_over_meeting,
    leave_meeting,
    pass_meeting_on,
    remove_invitee,
    replace_person,
    take_people_off,
)
from meetings.actions.meetings import (
    book_meeting,
    call_off_meeting,
    cancel_meeting,
    move_meeting,
    restore_meeting,
)
from meetings.actions.polls import (
    answer_poll,
    ask_in_poll,
    change_poll_times,
    close_poll,
    open_poll,
    remind_poll,
    remove_from_poll,
    withdraw_poll,
)
from meetings.actions.proposals import decline_proposal, make_proposal, take_proposal
from meetings.actions.replies import take_reply
from meetings.actions.rooms import add_room, change_room, close_room, reopen_room
from meetings.actions.rows import check_room


__all__ = [
    "Guest",
    "add_exception",
    "add_busy_calendar",
    "ask_busy_calendar",
    "remove_busy_calendar",
    "stop_busy_calendar",
    "add_guest",
    "add_hours",
    "add_room",
    "change_room",
    "check_room",
    "close_room",
    "reopen_room",
    "add_person",
    "answer_invitation",
    "ask_people",
    "book_meeting",
    "call_off_meeting",
    "cancel_meeting",
    "change_rules",
    "choose_way",
    "end_hours",
    "decline_proposal",
    "hand_over_meeting",
    "make_proposal",
    "hand_over_meetings",
    "leave_meeting",
    "move_meeting",
    "pass_meeting_on",
    "remove_exception",
    "remove_invitee",
    "renew_feed",
    "replace_person",
    "restore_meeting",
    "start_calendar_test",
    "stop_calendar_test",
    "take_people_off",
    "answer_poll",
    "ask_in_poll",
    "change_poll_times",
    "close_poll",
    "open_poll",
    "remind_poll",
    "remove_from_poll",
    "withdraw_poll",
    "take_proposal",
    "take_reply",
    "set_feed_text",
    "tick_calendar_test",
]
