"""How the journal's entries about meetings read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "meetings.meeting_booked": _("booked a meeting"),
    "meetings.meeting_moved": _("moved the meeting"),
    "meetings.meeting_cancelled": _("cancelled the meeting"),
    "meetings.meeting_restored": _("let the cancelled meeting take place after all"),
    "meetings.meeting_changed": _("changed the meeting's place or form"),
    "meetings.invitee_added": _("invited someone to the meeting"),
    "meetings.invitee_removed": _("took someone off the meeting's list"),
    "meetings.invitee_answered": _("answered the invitation"),
    "meetings.hours_added": _("added opening hours"),
    "meetings.hours_ended": _("ended opening hours"),
    "meetings.exception_added": _("entered other hours for a day"),
    "meetings.exception_removed": _("removed the other hours of a day"),
    "meetings.rules_changed": _("changed the rules for booking"),
    "meetings.feed_renewed": _("renewed the address of the calendar feed"),
}
