"""Seats in groups: who holds one, and what joining and leaving mean for the meetings."""

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from meetings.actions import ask_people, take_people_off
from meetings.actions.rows import check_free
from meetings.models import Meeting
from people.models import User
from people.standing import standing_of
from supervision.models import Group, Membership, Registration, Season
from supervision.workflow import REGISTRATION, GroupStatus, RegistrationStatus


def free_seats(group: Group, *, but: uuid.UUID | None = None) -> int:
    """Count the free seats; an open offer holds one. `but` leaves out one offer."""
    members = group.memberships.filter(ends_on__isnull=True).count()
    offers = group.offers.open_at(clock.now()).exclude(pk=but).count()
    return group.capacity - members - offers


def check_has_seat(group: Group, *, but: uuid.UUID | None = None) -> None:
    """Raise Refused when the group, whose row the caller holds, has no free seat."""
    if free_seats(group, but=but) < 1:
        raise Refused(_("The group is full."), field="group")


def waits_by_default(season: Season) -> bool:
    """After the window, when groups are out, whoever comes joins the waiting list."""
    return clock.today() > season.registration_closes_on and published_groups(season)


def published_groups(season: Season) -> bool:
    return season.groups.exclude(status=GroupStatus.DRAFT).exists()


def take_seat(group: Group, registration: Registration, *, by: User) -> Membership:
    """Seat the person from today on; invite them to the coming meetings of a published group."""
    REGISTRATION.check(registration.status, RegistrationStatus.PLACED)
    if registration.season_id != group.season_id:
        raise Refused(_("This person is registered for another season."))
    membership = Membership.objects.create(
        group=group, registration=registration, starts_on=clock.today()
    )
    registration.status = RegistrationStatus.PLACED
    registration.version += 1
    registration.save()
    if group.status != GroupStatus.DRAFT:
        for meeting in coming_meetings(group):
            ask_people(meeting, [registration.user], by=by)
    return membership


def leave_groups(registration: Registration, *, by: User) -> None:
    """End the person's seat; take them off the coming meetings."""
    for membership in registration.memberships.filter(ends_on__isnull=True):
        group = membership.group
        for meeting in coming_meetings(group):
            take_people_off(meeting, [registration.user], by=by)
        # The end is inclusive, and from today on the seat is somebody else's.
        if membership.starts_on >= clock.today():
            membership.delete()
        else:
            membership.ends_on = clock.today() - timedelta(days=1)
            membership.save(update_fields=["ends_on"])


def give_up_seat(registration: Registration, *, by: User) -> None:
    """Leave the group and wait for another place."""
    leave_groups(registration, by=by)
    waits = published_groups(registration.season)
    after = RegistrationStatus.WAITING if waits else RegistrationStatus.REGISTERED
    REGISTRATION.check(registration.status, after)
    registration.status = after
    if waits and registration.waiting_since is None:
        registration.waiting_since = clock.now()
    registration.version += 1
    registration.save()


def coming_meetings(group: Group) -> list[Meeting]:
    """The group's planned meetings that have not begun."""
    return [session.meeting for session in group.sessions.coming()]


def check_supervisor(person: User) -> None:
    """Raise Refused (field "supervisor") for somebody who is no supervisor today."""
    if not standing_of(person).is_supervisor:
        raise Refused(
            _("%(name)s is not a supervisor today.") % {"name": person.name}, field="supervisor"
        )


def check_supervisor_is_free(supervisor: User, starts_at, ends_at, *, but: Meeting | None) -> None:
    """Raise Refused (field "day") when the supervisor has something else at this time.

    They are held until the transaction ends, as `check_free` does.
    """
    try:
        check_free([supervisor], starts_at, ends_at, but=but.pk if but else None)
    except Refused as refusal:
        reason = _("The supervisor has something else at that time.")
        raise Refused(reason, field="day") from refusal


def check_free_for(supervisor: User, meeting: Meeting) -> None:
    """Raise Refused (field "supervisor") when they are not free to take this meeting over."""
    try:
        check_supervisor_is_free(supervisor, meeting.starts_at, meeting.ends_at, but=meeting)
    except Refused as refusal:
        # Here the choice is of the person, not of the day.
        raise Refused(refusal.reason, field="supervisor") from refusal


def check_other_day(group: Group, number: int, starts_at: datetime) -> None:
    """Raise Refused (field "day") when another of the group's meetings is on that day."""
    day = clock.day_of(starts_at)
    others = group.sessions.exclude(number=number).select_related("meeting")
    for other in others:
        if not other.meeting.is_cancelled and clock.day_of(other.meeting.starts_at) == day:
            raise Refused(_("The group already meets on that day."), field="day")
