"""What meetings need to know about group sessions and network supervision."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.refusal import Refused
from meetings.actions import Guest, add_guest, add_person, leave_meeting
from meetings.actions.polls import hold_poll
from meetings.models import Meeting, Poll, PollTime
from people.models import User
from people.standing import standing_of
from supervision.actions.groups import reassign_group
from supervision.actions.network import date_network, reassign_network
from supervision.actions.rows import locked
from supervision.actions.seats import check_other_day, check_supervisor_is_free
from supervision.models import Group, NetworkSupervision, Session
from supervision.permissions import asks, check_can_date_network, leads
from supervision.workflow import NETWORK, GroupStatus, NetworkStatus


class SessionMeetingService:
    key = "supervision"
    related_names = ("supervision_session__group__season",)

    def title(self, meeting: Meeting, reader: User | None) -> str:
        session = _session(meeting)
        if session is None:
            return _("Supervision")
        return _("Supervision: group %(name)s") % {"name": session.group.name}

    def url(self, meeting: Meeting, reader: User) -> str:
        session = _session(meeting)
        return session.get_absolute_url() if session else ""

    def page_name(self, meeting: Meeting) -> str:
        return _("Page of the group's meeting")

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        session = _session(meeting)
        if session and leads(user, session.group):
            return
        if standing_of(user).is_coordinator:
            return
        raise PermissionDenied(
            _("Only the supervisor and the coordinator move a group's meetings.")
        )

    def moved(self, meeting: Meeting, by: User) -> None:
        """What holds for a first date holds for every later one. Raises Refused ("day")."""
        session = _session(meeting)
        if session is None:
            return
        _check_not_recorded(session)
        if _has_other_time(meeting):
            check_supervisor_is_free(
                session.group.supervisor, meeting.starts_at, meeting.ends_at, but=meeting
            )
            check_other_day(session.group, session.number, meeting.starts_at)

    def cancelled(self, meeting: Meeting, by: User) -> None:
        if session := _session(meeting):
            _check_not_recorded(session)

    def restored(self, meeting: Meeting, by: User) -> None:
        """As for a first date: the supervisor free, no other meeting of the group that day."""
        session = _session(meeting)
        if session is None:
            raise Refused(_("Another meeting was dated in its place."))
        check_supervisor_is_free(
            session.group.supervisor, meeting.starts_at, meeting.ends_at, but=meeting
        )
        check_other_day(session.group, session.number, meeting.starts_at)

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        """The group, for its supervisor."""
        session = _session(meeting)
        return session.group_id if session and session.group.supervisor_id == person.pk else None

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        """The group goes to another supervisor. Raises Refused for a member: the seat is theirs."""
        session = _session(meeting)
        if session is None:
            return False
        group = locked(session.group)
        if group.supervisor_id == person.pk:
            reassign_group(group, supervisor=to, by=by)
            return True
        if any(member.registration.user_id == person.pk for member in session.members()):
            raise Refused(_("This person has a seat in the group. Withdraw the registration."))
        return leave_meeting(meeting, person, by=by)

    def in_hand(self, person: User) -> QuerySet:
        groups = Group.objects.filter(supervisor=person).exclude(status=GroupStatus.ENDED)
        return groups.values_list("pk", "name", "status")

    def matter_name(self, name: str, place: str) -> str:
        return _("Supervision: group %(name)s") % {"name": name}

    def hand_over_matter(self, matter: uuid.UUID, person: User, to: User, by: User) -> bool:
        group = locked(Group.objects.get(pk=matter))
        if group.supervisor_id != person.pk:
            return False
        reassign_group(group, supervisor=to, by=by)
        return True


def _session(meeting: Meeting) -> Session | None:
    """The session, or None for a cancelled meeting in whose place another was dated."""
    return getattr(meeting, "supervision_session", None)


def _check_not_recorded(session: Session) -> None:
    # Held, so that no attendance is recorded in between.
    if locked(session).recorded_at is not None:
        raise Refused(_("The attendance is recorded: this meeting took place."), field="day")


def _has_other_time(meeting: Meeting) -> bool:
    """Say whether the newest change gave another time, not only another place."""
    change = meeting.changes.last()
    times = (meeting.starts_at, meeting.ends_at)
    return change is None or (change.old_starts_at, change.old_ends_at) != times


class NetworkMeetingService:
    key = "network"
    related_names = ("network_supervision__municipality",)

    def title(self, meeting: Meeting, reader: User | None) -> str:
        return _("Network supervision")

    def url(self, meeting: Meeting, reader: User) -> str:
        network = _network(meeting)
        return network.get_absolute_url() if network else ""

    def page_name(self, meeting: Meeting) -> str:
        return _("Network supervision")

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        network = _network(meeting)
        if network and (leads(user, network) or asks(user, network)):
            return
        if standing_of(user).is_coordinator:
            return
        raise PermissionDenied(
            _("Only the supervisor, the requester and the coordinator move this meeting.")
        )

    def moved(self, meeting: Meeting, by: User) -> None:
        """The supervisor must be free at the new time. Raises Refused ("day")."""
        network = _network(meeting)
        if network is None:
            return
        if locked(network).status == NetworkStatus.HELD:
            raise Refused(_("It is recorded that this meeting took place."), field="day")
        if _has_other_time(meeting):
            check_supervisor_is_free(
                network.supervisor, meeting.starts_at, meeting.ends_at, but=meeting
            )

    def cancelled(self, meeting: Meeting, by: User) -> None:
        """Without a date the network supervision looks for one again."""
        network = _network(meeting)
        if network is None:
            return
        # The meeting is held already; whoever holds both takes them in this order.
        network = locked(network)
        if network.status == NetworkStatus.HELD:
            raise Refused(_("It is recorded that this meeting took place."), field="day")
        NETWORK.check(network.status, NetworkStatus.ACCEPTED)
        _set_status(network, NetworkStatus.ACCEPTED)

    def restored(self, meeting: Meeting, by: User) -> None:
        """The date stands again, if no other was found and nobody withdrew the request."""
        network = _network(meeting)
        if network is None:
            raise Refused(_("Another meeting was dated in its place."))
        network = locked(network)
        NETWORK.check(network.status, NetworkStatus.DATED)
        check_supervisor_is_free(
            network.supervisor, meeting.starts_at, meeting.ends_at, but=meeting
        )
        _set_status(network, NetworkStatus.DATED)

    def poll_titles(
        self, subject_ids: Iterable[uuid.UUID], reader: User | None
    ) -> dict[uuid.UUID, str]:
        return dict.fromkeys(subject_ids, _("Network supervision"))

    def poll_url(self, subject_id: uuid.UUID, reader: User) -> str:
        network = NetworkSupervision.objects.visible_to(reader).filter(pk=subject_id).first()
        return network.get_absolute_url() if network else ""

    def poll_people(self, subject_id: uuid.UUID) -> list[User]:
        """The requester; the rest of the network are guests, as at the meeting itself."""
        network = NetworkSupervision.objects.select_related("requester").get(pk=subject_id)
        return [network.requester]

    def check_can_open_poll(self, user: User, subject_id: uuid.UUID) -> None:
        network = NetworkSupervision.objects.visible_to(user).get(pk=subject_id)
        check_can_date_network(user, network)
        if network.status != NetworkStatus.ACCEPTED:
            raise Refused(_("This network supervision waits for no date now."))

    def check_can_change_poll(self, user: User, poll: Poll) -> None:
        """Whoever sets the date: the supervisor of today and the coordinator."""
        check_can_date_network(user, NetworkSupervision.objects.get(pk=poll.subject_id))

    def poll_closed(self, poll: Poll, time: PollTime, by: User) -> Meeting:
        """Set the date, then invite everybody who was asked."""
        asked = list(poll.invitees.with_yes_to(time).select_related("user"))
        network = date_network(
            NetworkSupervision.objects.get(pk=poll.subject_id),
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            form=poll.form,
            place=poll.place,
            link=poll.link,
            room=poll.room,
            coming=[invitee.user for invitee in asked if invitee.user and invitee.said_yes],
            by=by,
        )
        for invitee in asked:
            if invitee.user:
                add_person(network.meeting, invitee.user, comes=invitee.said_yes, by=by)
            else:
                add_guest(network.meeting, Guest.like(invitee, comes=invitee.said_yes), by=by)
        return network.meeting

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        """The network supervision, for its supervisor."""
        network = _network(meeting)
        return network.pk if network and network.supervisor_id == person.pk else None

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        """It goes to another supervisor. Raises Refused for whoever asked for it."""
        network = _network(meeting)
        if network is None:
            return False
        # Read anew: another coordinator may have handed it over a moment ago.
        locked(meeting)
        network = locked(network)
        if network.supervisor_id == person.pk:
            reassign_network(network, supervisor=to, by=by)
            return True
        if network.requester_id == person.pk:
            raise Refused(_("This person asked for it. Withdraw the request or leave it."))
        return leave_meeting(meeting, person, by=by)

    def in_hand(self, person: User) -> QuerySet:
        accepted = (NetworkStatus.ACCEPTED, NetworkStatus.DATED)
        rows = NetworkSupervision.objects.filter(supervisor=person, status__in=accepted)
        return rows.values_list("pk", "status", "municipality__name")

    def matter_name(self, name: str, place: str) -> str:
        return f"{_('Network supervision')}: {place}"

    def hand_over_matter(self, matter: uuid.UUID, person: User, to: User, by: User) -> bool:
        hold_poll(self.key, matter)
        network = locked(NetworkSupervision.objects.get(pk=matter))
        if network.supervisor_id != person.pk:
            return False
        reassign_network(network, supervisor=to, by=by)
        return True


def _set_status(network: NetworkSupervision, status: str) -> None:
    network.status = status
    network.version += 1
    network.save(update_fields=["status", "version"])


def _network(meeting: Meeting) -> NetworkSupervision | None:
    """The network supervision, or None for a cancelled meeting that was dated anew."""
    return getattr(meeting, "network_supervision", None)
