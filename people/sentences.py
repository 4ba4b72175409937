"""How the journal's entries about people read, after the actor's name."""

from django.utils.translation import gettext_lazy as _


SENTENCES = {
    "people.person_invited": _("invited a person to join"),
    "people.invitation_accepted": _("accepted the invitation"),
    "people.invitation_revoked": _("withdrew an invitation"),
    "people.invitation_resent": _("sent the invitation again"),
    "people.person_added": _("added a person without an account"),
    "people.person_changed": _("changed a person's data"),
    "people.password_set": _("set a new password"),
    "people.email_changed": _("changed the e-mail address"),
    "people.account_closed": _("closed an account"),
    "people.account_opened": _("opened an account again"),
    "people.post_added": _("added a post"),
    "people.post_ended": _("ended a post"),
    "people.role_added": _("gave a role"),
    "people.role_ended": _("ended a role"),
    "people.area_added": _("gave a municipality to a consultant"),
    "people.area_ended": _("ended a consultant's service of a municipality"),
    "people.absence_added": _("entered an absence"),
    "people.absence_removed": _("removed an absence"),
    "people.qualification_set": _("said when they began and when they got the qualification"),
    "people.telling_changed": _("chose how to be told of things"),
    "people.message_resent": _("had a failed mail sent again"),
}
