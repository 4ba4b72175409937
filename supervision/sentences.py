"""How the journal's entries about supervision read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "supervision.season_made": _("prepared a season"),
    "supervision.season_opened": _("opened the season"),
    "supervision.season_changed": _("changed the season"),
    "supervision.season_ended": _("ended the season"),
    "supervision.registration_made": _("registered for supervision"),
    "supervision.registration_entered": _("registered a worker for supervision"),
    "supervision.registration_changed": _("changed the wishes"),
    "supervision.registration_withdrawn": _("withdrew from supervision"),
    "supervision.registration_queued": _("put a person on the waiting list"),
    "supervision.group_made": _("made a group"),
    "supervision.group_changed": _("changed the group"),
    "supervision.group_published": _("published the group"),
    "supervision.group_ended": _("ended the group"),
    "supervision.member_placed": _("put a person into the group"),
    "supervision.member_moved": _("moved a person to another group"),
    "supervision.member_removed": _("took a person out of the group"),
    "supervision.session_dated": _("set the date of a session"),
    "supervision.attendance_recorded": _("recorded the attendance"),
    "supervision.feedback_given": _("gave feedback"),
    "supervision.place_offered": _("offered a place"),
    "supervision.offer_accepted": _("accepted the place"),
    "supervision.offer_declined": _("declined the place"),
    "supervision.offer_expired": _("the offer of a place expired"),
    "supervision.offer_closed": _("closed the offer of a place"),
    "supervision.network_asked": _("asked for network supervision"),
    "supervision.network_accepted": _("accepted the network supervision"),
    "supervision.network_declined": _("declined the network supervision"),
    "supervision.network_dated": _("set the date of the network supervision"),
    "supervision.network_held": _("recorded the network supervision as held"),
    "supervision.network_opened": _("opened the request for network supervision"),
    "supervision.network_withdrawn": _("withdrew the network supervision"),
}
