"""How the journal's entries about mentorship read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "mentorship.request_submitted": _("asked for a mentor"),
    "mentorship.request_suggested": _("asked for a mentor for a worker"),
    "mentorship.request_entered": _("entered a worker's wish for a mentor"),
    "mentorship.request_confirmed": _("confirmed the wish for a mentor"),
    "mentorship.request_corrected": _("corrected the wish for a mentor"),
    "mentorship.request_opened": _("opened the wish for a mentor to read it"),
    "mentorship.request_withdrawn": _("withdrew the wish for a mentor"),
    "mentorship.request_taken": _("took the mentorship"),
    "mentorship.request_assigned": _("assigned a mentor"),
    "mentorship.plan_reassigned": _("gave the mentorship to another mentor"),
    "mentorship.mentor_change_asked": _("asked the coordinator for a change"),
    "mentorship.mentor_change_opened": _("opened a wish for a change to read it"),
    "mentorship.mentor_change_settled": _("settled a wish for a change"),
    "mentorship.plan_opened": _("opened the plan to read it"),
    "mentorship.plan_written": _("wrote the plan"),
    "mentorship.plan_proposed": _("proposed the plan"),
    "mentorship.plan_agreed": _("agreed to the plan"),
    "mentorship.meeting_booked": _("booked a mentoring meeting"),
    "mentorship.meeting_recorded": _("recorded a mentoring meeting"),
    "mentorship.note_kept": _("kept private notes"),
    "mentorship.task_added": _("added a task"),
    "mentorship.task_done": _("marked a task as done"),
    "mentorship.topic_moved": _("changed the progress of a topic"),
    "mentorship.summary_written": _("wrote the closing summary"),
    "mentorship.summary_agreed": _("agreed to the closing summary"),
    "mentorship.closing_stopped": _("went on with the mentorship"),
    "mentorship.feedback_given": _("gave feedback"),
}
