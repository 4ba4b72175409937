"""What people type in mentorship. Every page with free text says: no child's data."""

from mentorship.forms.closing import (
    FeedbackForm,
    FollowUpForm,
    SummaryForm,
)
from mentorship.forms.meetings import (
    NextMeetingForm,
    NoteForm,
    RecordForm,
    TaskForm,
)
from mentorship.forms.plans import (
    ChangeDeclineForm,
    ChangeForm,
    EndForm,
    ExtendForm,
    PauseForm,
    PlanForm,
    ProgressForm,
    TemplateAddForm,
    TemplateFollowForm,
    TemplateForm,
    typed_as,
)
from mentorship.forms.requests import (
    AnswerForm,
    AssignForm,
    EnterForm,
    MentorChangeForm,
    ProfileForm,
    RateForm,
    RatingsForm,
    SuggestForm,
    WishesForm,
)
from mentorship.forms.shared import (
    DeedForm,
)


__all__ = [
    "AnswerForm",
    "AssignForm",
    "ChangeDeclineForm",
    "ChangeForm",
    "DeedForm",
    "EndForm",
    "EnterForm",
    "ExtendForm",
    "FeedbackForm",
    "FollowUpForm",
    "MentorChangeForm",
    "NextMeetingForm",
    "NoteForm",
    "PauseForm",
    "PlanForm",
    "ProfileForm",
    "ProgressForm",
    "RateForm",
    "RatingsForm",
    "RecordForm",
    "SuggestForm",
    "SummaryForm",
    "TaskForm",
    "TemplateAddForm",
    "TemplateFollowForm",
    "TemplateForm",
    "WishesForm",
    "typed_as",
]
