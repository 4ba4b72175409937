"""Everything that can happen to people, their posts and roles, and their invitations."""

from people.actions.absences import add_absence, remove_absence
from people.actions.invitations import (
    accept_invitation,
    invite_person,
    resend_invitation,
    revoke_invitation,
    send_invitation,
)
from people.actions.mail import resend_message
from people.actions.periods import add_area, add_post, add_role, end_area, end_post, end_role
from people.actions.persons import (
    add_person_without_login,
    change_person,
    close_account,
    mark_of_person,
    open_account,
)
from people.actions.qualification import set_qualification
from people.actions.telling import change_telling


__all__ = [
    "accept_invitation",
    "add_absence",
    "add_area",
    "add_person_without_login",
    "add_post",
    "add_role",
    "change_person",
    "change_telling",
    "close_account",
    "end_area",
    "end_post",
    "end_role",
    "invite_person",
    "mark_of_person",
    "open_account",
    "remove_absence",
    "resend_invitation",
    "resend_message",
    "revoke_invitation",
    "send_invitation",
    "set_qualification",
]
