import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.templatetags.words import day_text
from journal.record import record
from meetings.actions import ask_people, book_meeting, check_room, take_people_off
from meetings.emails import calendars_told, meeting_handed_over
from meetings.models import Invitee, Meeting, Room
from people.models import Region, User
from supervision import emails
from supervision.actions.rows import check_version, locked, made_before, save
from supervision.actions.seats import (
    check_free_for,
    check_has_seat,
    check_other_day,
    check_supervisor,
    check_supervisor_is_free,
    coming_meetings,
    free_seats,
    give_up_seat,
    leave_groups,
    take_seat,
)
from supervision.actions.waiting_list import close_offers
from supervision.models import (
    SESSIONS,
    Group,
    Membership,
    Registration,
    Season,
    Session,
)
from supervision.permissions import check_can_run_seasons
from supervision.workflow import GROUP, GroupStatus, OfferStatus


@transaction.atomic
def make_group(
    season: Season,
    *,
    name: str,
    form: str,
    language: str,
    capacity: int,
    place: str = "",
    region: Region | None = None,
    supervisor: User | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Group:
    """Make a group as a draft. Raises Refused (field "name") when the name is taken."""
    season = locked(season)
    check_can_run_seasons(by)
    if made := made_before(Group, pk, season=season):
        return made
    _check_running(season)
    _check_name(season, name)
    group = Group.objects.create(
        id=pk or uuid.uuid4(),
        season=season,
        name=name,
        form=form,
        language=language,
        capacity=capacity,
        place=place,
        region=region,
        supervisor=supervisor,
    )
    record("supervision.group_made", by=by, subject=group)
    return group


@transaction.atomic
def change_group(
    group: Group,
    *,
    name: str,
    form: str,
    language: str,
    capacity: int,
    place: str = "",
    region: Region | None = None,
    supervisor: User | None = None,
    by: User,
    version: int | None = None,
) -> Group:
    """Change what a group is. A new supervisor takes over its coming meetings.

    Raises Refused for a capacity below the seats taken (field "capacity") and for a
    published or dated group without supervisor (field "supervisor").
    """
    group = locked(group)
    check_can_run_seasons(by)
    _check_running(group.season)
    check_version(group, version)
    _check_name(group.season, name, but=group)
    taken = group.capacity - free_seats(group)
    if capacity < taken:
        raise Refused(_("%(taken)s seats are taken already.") % {"taken": taken}, field="capacity")
    meetings = _held_meetings(group)
    if supervisor is None and (meetings or group.status != GroupStatus.DRAFT):
        raise Refused(_("A group with dates needs a supervisor."), field="supervisor")
    before = group.supervisor
    changes_hands = supervisor is not None and supervisor != before
    if changes_hands:
        _hand_over_all(group, meetings, supervisor, by=by)
    group.name, group.form, group.language = name, form, language
    group.capacity, group.place, group.region = capacity, place, region
    group.supervisor = supervisor
    save(group)
    record("supervision.group_changed", by=by, subject=group)
    if changes_hands:
        _tell_of_supervisor(group, before)
    return group


@transaction.atomic
def reassign_group(group: Group, *, supervisor: User, by: User) -> Group:
    """Give a group with its coming meetings to another supervisor; nothing else changes.

    Raises Refused (field "supervisor") for somebody who is no supervisor today or has another
    meeting at the time of one of these.
    """
    group = locked(group)
    check_can_run_seasons(by)
    _check_running(group.season)
    check_supervisor(supervisor)
    before = group.supervisor
    if supervisor == before:
        raise Refused(_("The group already has this supervisor."), field="supervisor")
    _hand_over_all(group, _held_meetings(group), supervisor, by=by)
    group.supervisor = supervisor
    save(group)
    record(
        "supervision.group_reassigned", by=by, subject=group, before=before, supervisor=supervisor
    )
    _tell_of_supervisor(group, before)
    return group


@transaction.atomic
def date_session(
    group: Group,
    number: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    by: User,
) -> Session:
    """Set the date of one of the group's three sessions.

    In a draft it may be set again; in a published group only for a session without a
    planned meeting: a planned one is moved as a meeting, so that everyone is told why.
    Raises Refused (fields "day", "begins", "ends").
    """
    group = locked(group)
    check_can_run_seasons(by)
    _check_running(group.season)
    if not 1 <= number <= SESSIONS:
        raise Refused(_("A group has three meetings."))
    if group.supervisor is None:
        raise Refused(_("Choose the supervisor first, then the dates."))
    session = group.sessions.filter(number=number).first()
    # Held before the supervisor, as when the meeting is moved or cancelled on its own page.
    meeting = locked(session.meeting) if session else None
    published = group.status != GroupStatus.DRAFT
    planned = meeting is not None and not meeting.is_cancelled
    if published and planned:
        raise Refused(_("This meeting has a date. Move it, so that everyone is told."))
    # The supervisor is held here, so the days are looked at when no move is under way.
    check_supervisor_is_free(group.supervisor, starts_at, ends_at, but=meeting)
    check_other_day(group, number, starts_at)
    if not published:
        _check_order(group, number, starts_at)
    if planned:
        _redate(meeting, starts_at, ends_at, form=form, place=place, link=link, room=room)
    else:
        members = [each.registration.user for each in _members(group)] if published else []
        meeting = book_meeting(
            service="supervision",
            starts_at=starts_at,
            ends_at=ends_at,
            form=form,
            place=place,
            link=link,
            room=room,
            organiser=group.supervisor,
            people=members,
            by=by,
        )
        if session is None:
            session = Session(group=group, number=number)
        session.meeting = meeting
        session.save()
        if published:
            emails.session_dated(session, by=by)
    record("supervision.session_dated", by=by, subject=session, number=number)
    return session


def _check_order(group: Group, number: int, starts_at: datetime) -> None:
    """Refuse, in a draft, a date on the wrong side of another one: it is a slip of typing.

    In a published group one that fell out may well be made up for after the others.
    """
    others = group.sessions.exclude(number=number).exclude(meeting__status=Meeting.Status.CANCELLED)
    for session in others.select_related("meeting"):
        if (session.number < number) != (session.meeting.starts_at < starts_at):
            raise Refused(
                _("Meeting %(n)s is on %(day)s. The three meetings follow each other.")
                % {"n": session.number, "day": day_text(clock.day_of(session.meeting.starts_at))},
                field="day",
            )


@transaction.atomic
def place_member(group: Group, registration: Registration, *, by: User) -> Membership:
    """Put a registered person into a group.

    Raises Refused: "The group is full." (field "group"), a place already held, an offer
    that waits for an answer.
    """
    group, registration = locked(group), locked(registration)
    check_can_run_seasons(by)
    membership = _place(group, registration, by=by)
    record(
        "supervision.member_placed", by=by, subject=group, person=registration.user, of=membership
    )
    if group.status != GroupStatus.DRAFT:
        emails.placed(group, [registration.user])
    return membership


@transaction.atomic
def place_members(group: Group, registrations: Iterable[Registration], *, by: User) -> int:
    """Put several people into a group, all or none; return how many."""
    return len([place_member(group, registration, by=by) for registration in registrations])


@transaction.atomic
def move_member(membership: Membership, group: Group, *, by: User) -> Membership:
    """Move a person to another group of the season; they are told of the new dates once."""
    group = locked(group)
    registration = locked(membership.registration)
    check_can_run_seasons(by)
    membership = locked_open_membership(membership)
    if membership.group_id == group.pk:
        raise Refused(_("The person is in this group already."), field="group")
    _check_open(group)
    check_has_seat(group)
    leave_groups(registration, by=by)
    moved = take_seat(group, registration, by=by)
    record("supervision.member_moved", by=by, subject=group, person=registration.user, of=moved)
    if group.status != GroupStatus.DRAFT:
        emails.placed(group, [registration.user])
    return moved


@transaction.atomic
def remove_member(membership: Membership, *, by: User) -> Registration:
    """Take a person out of a group; they wait for another place and are told."""
    registration = locked(membership.registration)
    check_can_run_seasons(by)
    membership = locked_open_membership(membership)
    group = membership.group
    give_up_seat(registration, by=by)
    record("supervision.member_removed", by=by, subject=group, person=registration.user)
    if group.status != GroupStatus.DRAFT:
        emails.removed(group, registration.user)
    return registration


@transaction.atomic
def publish_group(group: Group, *, by: User) -> Group:
    """Show the group to its members: each is invited to the meetings and gets one mail.

    Raises Refused without a supervisor, three dates to come, or members.
    """
    group = locked(group)
    check_can_run_seasons(by)
    _check_running(group.season)
    GROUP.check(group.status, GroupStatus.PUBLISHED)
    if group.season.opened_at is None:
        raise Refused(_("Open the season first."))
    if group.supervisor is None:
        raise Refused(_("Choose the supervisor first, then the dates."))
    meetings = coming_meetings(group)
    if group.sessions.count() < SESSIONS or len(meetings) < SESSIONS:
        raise Refused(_("Set the dates of all three meetings first, each in the future."))
    # Held, so that nobody is invited who withdraws in this moment.
    seats = Registration.objects.filter(memberships__in=group.memberships.filter(ends_on=None))
    list(seats.select_for_update(of=("self",)).order_by("pk"))
    members = [membership.registration.user for membership in _members(group)]
    if not members:
        raise Refused(_("Put people into the group first."))
    group.status = GroupStatus.PUBLISHED
    group.published_at, group.published_by = clock.now(), by
    save(group)
    for meeting in meetings:
        ask_people(meeting, members, by=by)
        calendars_told(meeting, meeting.invitees.filter(user=group.supervisor), by=by)
    record("supervision.group_published", by=by, subject=group)
    emails.placed(group, members)
    return group


@transaction.atomic
def end_group(group: Group, *, by: User) -> Group:
    """Note that the group's year is over. Raises Refused while meetings are still to come."""
    group = locked(group)
    check_can_run_seasons(by)
    GROUP.check(group.status, GroupStatus.ENDED)
    if coming_meetings(group):
        raise Refused(_("The group still has meetings to come. Cancel or hold them first."))
    group.status = GroupStatus.ENDED
    save(group)
    close_offers(group.offers.filter(status=OfferStatus.OFFERED), by=by)
    record("supervision.group_ended", by=by, subject=group)
    return group


def locked_open_membership(membership: Membership) -> Membership:
    """Read the seat anew; Refused when it was given up meanwhile."""
    found = Membership.objects.filter(pk=membership.pk, ends_on__isnull=True).first()
    if found is None:
        raise Refused(_("This person is no longer in the group."))
    return found


def _place(group: Group, registration: Registration, *, by: User) -> Membership:
    _check_open(group)
    if registration.memberships.filter(ends_on__isnull=True).exists():
        raise Refused(
            _("%(name)s has a place in a group already.") % {"name": registration.user.name}
        )
    if registration.offers.open_at(clock.now()).exists():
        raise Refused(
            _("%(name)s has not answered an offer yet.") % {"name": registration.user.name}
        )
    check_has_seat(group)
    return take_seat(group, registration, by=by)


def _check_open(group: Group) -> None:
    _check_running(group.season)
    if group.status == GroupStatus.ENDED:
        raise Refused(_("The group has ended."), field="group")


def _check_running(season: Season) -> None:
    if season.ended_at is not None:
        raise Refused(_("The season has ended."))


def _check_name(season: Season, name: str, *, but: Group | None = None) -> None:
    others = season.groups.filter(name__iexact=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise Refused(_("The season has a group of this name already."), field="name")


def _members(group: Group) -> Iterable[Membership]:
    return group.memberships.filter(ends_on__isnull=True).select_related("registration__user")


def _redate(
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    *,
    form: str,
    place: str,
    link: str,
    room: Room | None,
) -> None:
    """Change the time of a draft's meeting, of which only the supervisor's calendar knows."""
    if ends_at <= starts_at:
        raise Refused(_("The end must be later than the beginning."), field="ends")
    if starts_at <= clock.now():
        raise Refused(_("This time is in the past. Choose a later time."), field="begins")
    check_room(room, starts_at, ends_at, but=meeting.pk)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.form, meeting.place, meeting.link, meeting.room = form, place, link, room
    _save(meeting, "starts_at", "ends_at", "form", "place", "link", "room")


def _save(meeting: Meeting, *fields: str) -> None:
    """Save what was changed of a meeting whose row the caller holds."""
    meeting.sequence += 1
    meeting.changed_at = clock.now()
    meeting.save(update_fields=[*fields, "sequence", "changed_at"])


def _held_meetings(group: Group) -> list[Meeting]:
    """Return the coming meetings and hold them. One that is cancelled in this moment is
    waited for, and left out.
    """
    meetings = [locked(meeting) for meeting in coming_meetings(group)]
    return [meeting for meeting in meetings if not meeting.is_cancelled]


def _tell_of_supervisor(group: Group, before: User | None) -> None:
    """Of a draft nobody hears."""
    if group.status == GroupStatus.PUBLISHED and before is not None:
        members = [each.registration.user for each in _members(group)]
        emails.group_changed(group, members, before=before)


def _hand_over_all(group: Group, meetings: list[Meeting], supervisor: User, *, by: User) -> None:
    for meeting in meetings:
        _hand_over(meeting, supervisor, tell=group.status == GroupStatus.PUBLISHED, by=by)


def _hand_over(meeting: Meeting, supervisor: User, *, tell: bool, by: User) -> None:
    """Give a coming meeting to another supervisor; of a draft nobody hears."""
    check_free_for(supervisor, meeting)
    before = meeting.invitees.filter(user=meeting.organiser)
    staying = list(meeting.invitees.exclude(user__in=[meeting.organiser, supervisor]))
    if tell:
        take_people_off(meeting, [meeting.organiser], by=by)
        meeting.refresh_from_db()
    else:
        before.delete()
    meeting.organiser = supervisor
    _save(meeting, "organiser")
    invitee, _made = Invitee.objects.get_or_create(
        meeting=meeting,
        user=supervisor,
        defaults={"language": supervisor.language, "answer": Invitee.Answer.ACCEPTED},
    )
    if tell:
        calendars_told(meeting, [invitee], by=by)
        meeting_handed_over(meeting, staying, by=by)
