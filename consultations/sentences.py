"""How the journal's entries about consultations read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "consultations.request_submitted": _("submitted the request"),
    "consultations.request_entered": _("entered the request on behalf of the municipality"),
    "consultations.case_opened": _("opened a case of another origin"),
    "consultations.request_opened": _("opened the case to read it"),
    "consultations.request_taken": _("took the request"),
    "consultations.request_assigned": _("assigned the request"),
    "consultations.request_reassigned": _("gave the case to another consultant"),
    "consultations.request_contacted": _("took first contact"),
    "consultations.meeting_booked": _("booked a meeting about the case"),
    "consultations.message_sent": _("wrote a message"),
    "consultations.note_added": _("added an internal note"),
    "consultations.factors_changed": _("changed the risk and protective factors"),
    "consultations.measure_agreed": _("entered an agreed measure"),
    "consultations.measure_done": _("marked a measure as done"),
    "consultations.contact_added": _("added a contact person"),
    "consultations.contact_replaced": _("replaced a contact person"),
    "consultations.municipality_set": _("set the municipality of the case"),
    "consultations.request_closed": _("closed the case with a summary"),
    "consultations.summary_read": _("confirmed having read the summary"),
    "consultations.request_withdrawn": _("withdrew the request"),
    "consultations.request_reopened": _("reopened the case"),
}
