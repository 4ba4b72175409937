"""How the journal's entries about meetings read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "meetings.meeting_booked": _("booked a meeting"),
    "meetings.meeting_moved": _("moved the meeting"),
    "meetings.meeting_cancelled": _("cancelled the meeting"),
    "meetings.meeting_restored": _("let the cancelled meeting take place after all"),
    "meetings.meeting_changed": _("changed the meeting's place or form"),
    "meetings.meetings_handed_over": _("handed over all coming meetings"),
    "meetings.invitee_added": _("invited someone to the meeting"),
    "meetings.invitee_removed": _("took someone off the meeting's list"),
    "meetings.invitee_answered": _("answered the invitation"),
    "meetings.hours_added": _("added opening hours"),
    "meetings.hours_ended": _("ended opening hours"),
    "meetings.exception_added": _("entered other hours for a day"),
    "meetings.exception_removed": _("removed the other hours of a day"),
    "meetings.rules_changed": _("changed the rules for booking"),
    "meetings.poll_opened": _("opened a date poll"),
    "meetings.poll_times_changed": _("changed the times of the date poll"),
    "meetings.poll_asked": _("asked more people in the date poll"),
    "meetings.poll_invitee_removed": _("took someone out of the date poll"),
    "meetings.poll_answered": _("answered the date poll"),
    "meetings.poll_handed_over": _("gave the date poll another organiser"),
    "meetings.poll_closed": _("closed the date poll"),
    "meetings.poll_withdrawn": _("withdrew the date poll"),
    "meetings.poll_reminded": _("reminded of the date poll"),
    "meetings.proposal_made": _("proposed another time for the meeting"),
    "meetings.proposal_taken": _("took a proposed time for the meeting"),
    "meetings.proposal_declined": _("declined a proposed time for the meeting"),
    "meetings.busy_calendar_added": _("gave an address of an own calendar for busy times"),
    "meetings.busy_calendar_asked": _("asked that the own calendar be read now"),
    "meetings.busy_calendar_removed": _("removed the own calendar and its busy times"),
    "meetings.busy_calendar_stopped": _(
        "the own calendar is no longer read, because it did not work"
    ),
    "meetings.room_added": _("added a room"),
    "meetings.room_changed": _("changed what is said of a room"),
    "meetings.room_closed": _("closed a room for booking"),
    "meetings.room_reopened": _("opened a room for booking again"),
    "meetings.feed_text_set": _("chose what the calendar feed shows"),
    "meetings.feed_renewed": _("renewed the address of the calendar feed"),
    "meetings.calendar_test_started": _("started a calendar test"),
    "meetings.calendar_test_ticked": _("answered in the calendar test"),
    "meetings.calendar_test_stopped": _("stopped the calendar test"),
    "meetings.way_chosen": _("chose how meetings come into the calendar"),
}
