from meetings.forms.availability import ExceptionForm, HoursEndForm, HoursForm, RulesForm
from meetings.forms.busy import BusyCalendarForm
from meetings.forms.calendar_tests import CalendarTestTickForm, OtherWayForm, WayForm
from meetings.forms.meetings import (
    AnswerForm,
    FeedRenewForm,
    FeedTextForm,
    MeetingCancelForm,
    MeetingForm,
    MeetingMoveForm,
    MeetingRestoreForm,
    SlotMeetingForm,
    stale_sentence,
)
from meetings.forms.place import PlaceMixin
from meetings.forms.proposals import ProposalForm
from meetings.forms.rooms import RoomChangeForm, RoomForm
from meetings.forms.slots import SlotMixin
from meetings.forms.warned import WarnedDeedForm, WarnedMixin


__all__ = [
    "AnswerForm",
    "CalendarTestTickForm",
    "ExceptionForm",
    "BusyCalendarForm",
    "FeedRenewForm",
    "HoursEndForm",
    "HoursForm",
    "FeedTextForm",
    "MeetingCancelForm",
    "MeetingForm",
    "MeetingMoveForm",
    "MeetingRestoreForm",
    "OtherWayForm",
    "PlaceMixin",
    "RoomChangeForm",
    "RoomForm",
    "RulesForm",
    "SlotMeetingForm",
    "SlotMixin",
    "WarnedDeedForm",
    "WarnedMixin",
    "ProposalForm",
    "WayForm",
    "stale_sentence",
]
