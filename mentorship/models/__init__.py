from mentorship.models.changes import MentorChange
from mentorship.models.feedback import FEEDBACK_FOR, Feedback, FeedbackMark, FollowUp
from mentorship.models.meetings import MentoringMeeting, PrivateNote, Task
from mentorship.models.plans import (
    FOLLOW_UP_AFTER,
    SILENT,
    SILENT_LONG,
    Plan,
    PlanTopic,
    asked_what_stayed,
)
from mentorship.models.profiles import Language, MentorProfile
from mentorship.models.requests import MentorshipRequest, Rating
from mentorship.models.templates import PlanTemplate, TemplateVersion
from mentorship.models.versions import Pause, PlanVersion


__all__ = [
    "FEEDBACK_FOR",
    "FOLLOW_UP_AFTER",
    "Feedback",
    "FeedbackMark",
    "FollowUp",
    "Language",
    "MentorChange",
    "MentorProfile",
    "MentoringMeeting",
    "MentorshipRequest",
    "Pause",
    "Plan",
    "PlanTemplate",
    "PlanTopic",
    "PlanVersion",
    "PrivateNote",
    "Rating",
    "SILENT",
    "SILENT_LONG",
    "Task",
    "TemplateVersion",
    "asked_what_stayed",
]
