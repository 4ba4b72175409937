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
    PlaceMixin,
    stale_sentence,
)
from meetings.forms.proposals import ProposalForm
from meetings.forms.slots import SlotMeetingForm, SlotMixin
from meetings.forms.warned import WarnedMixin


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
    "RulesForm",
    "SlotMeetingForm",
    "SlotMixin",
    "WarnedMixin",
    "ProposalForm",
    "WayForm",
    "stale_sentence",
]
