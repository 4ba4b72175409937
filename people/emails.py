"""Mails about people: who, which post, a link; no other word about anyone."""

from datetime import date

from django.urls import reverse

from outbox.compose import absolute, compose
from people.models import Absence, Invitation, Post, StaffRole, User


def person_invited(invitation: Invitation, token: str) -> None:
    compose(
        "people.person_invited",
        to=invitation.user,
        inviter=invitation.invited_by,
        expires_at=invitation.expires_at,
        urgent=True,
        link=absolute(reverse("people:invitation-accept", args=[token])),
    )


def post_added(post: Post, *, by: User) -> None:
    if post.user != by:
        compose(
            "people.post_added",
            to=post.user,
            post=post,
            by=by,
            link=absolute("/"),
            may_wait=True,
        )


def role_added(role: StaffRole, *, by: User) -> None:
    if role.user != by:
        compose(
            "people.role_added",
            to=role.user,
            role=role,
            by=by,
            link=absolute("/"),
            may_wait=True,
        )


def absence_added(absence: Absence) -> None:
    """Tell the stand-in the days, never why."""
    if absence.stand_in:
        compose(
            "people.absence_added",
            to=absence.stand_in,
            absence=absence,
            link=absolute(absence.user.get_absolute_url()),
        )


def absence_removed(absence: Absence, *, back_on) -> None:
    """Tell the stand-in from which day on they are free again."""
    if absence.stand_in:
        compose(
            "people.absence_removed",
            to=absence.stand_in,
            absence=absence,
            back_on=back_on,
            link=absolute(absence.user.get_absolute_url()),
        )


def qualification_due(person: User, *, due_on: date, months: int) -> bool:
    """Remind a worker, and nobody else; say whether that made a mail."""
    message = compose(
        "people.qualification_due",
        to=person,
        once_key=f"qualification_due:{person.pk}:{due_on}:{months}",
        may_wait=True,
        due_on=due_on,
        link=absolute("/record/"),
    )
    return message is not None
