from meetings.forms.availability import ExceptionForm, HoursEndForm, HoursForm, RulesForm
from meetings.forms.meetings import (
    AnswerForm,
    FeedRenewForm,
    MeetingCancelForm,
    MeetingForm,
    MeetingMoveForm,
    MeetingRestoreForm,
    PlaceMixin,
    stale_sentence,
)


__all__ = [
    "AnswerForm",
    "ExceptionForm",
    "FeedRenewForm",
    "HoursEndForm",
    "HoursForm",
    "MeetingCancelForm",
    "MeetingForm",
    "MeetingMoveForm",
    "MeetingRestoreForm",
    "PlaceMixin",
    "RulesForm",
    "stale_sentence",
]
