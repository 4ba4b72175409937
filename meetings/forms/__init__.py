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
    "FeedRenewForm",
    "MeetingCancelForm",
    "MeetingForm",
    "MeetingMoveForm",
    "MeetingRestoreForm",
    "PlaceMixin",
    "stale_sentence",
]
