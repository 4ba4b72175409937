from meetings.forms.availability import ExceptionForm, HoursEndForm, HoursForm, RulesForm
from meetings.forms.busy import BusyCalendarForm
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
    "PlaceMixin",
    "RulesForm",
    "SlotMeetingForm",
    "SlotMixin",
    "WarnedMixin",
    "ProposalForm",
    "stale_sentence",
]
