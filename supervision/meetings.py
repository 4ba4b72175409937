"""What meetings need to know about group sessions and network supervision."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from meetings.models import Meeting
from people.models import User
from people.standing import standing_of
from supervision.models import NetworkSupervision, Session
from supervision.workflow import NETWORK, NetworkStatus


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

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        session = _session(meeting)
        if session and session.group.supervisor_id == user.pk:
            return
        if standing_of(user).is_coordinator:
            return
        raise PermissionDenied(
            _("Only the supervisor and the coordinator move a group's meetings.")
        )

    def moved(self, meeting: Meeting, by: User) -> None:
        pass

    def cancelled(self, meeting: Meeting, by: User) -> None:
        pass


def _session(meeting: Meeting) -> Session | None:
    """The session, or None for a cancelled meeting in whose place another was dated."""
    return getattr(meeting, "supervision_session", None)


class NetworkMeetingService:
    key = "network"
    related_names = ("network_supervision__municipality",)

    def title(self, meeting: Meeting, reader: User | None) -> str:
        return _("Network supervision")

    def url(self, meeting: Meeting, reader: User) -> str:
        network = _network(meeting)
        return network.get_absolute_url() if network else ""

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        network = _network(meeting)
        if network and user.pk in (network.supervisor_id, network.requester_id):
            return
        if standing_of(user).is_coordinator:
            return
        raise PermissionDenied(
            _("Only the supervisor, the requester and the coordinator move this meeting.")
        )

    def moved(self, meeting: Meeting, by: User) -> None:
        pass

    def cancelled(self, meeting: Meeting, by: User) -> None:
        """Without a date the network supervision looks for one again."""
        network = _network(meeting)
        if network is None:
            return
        NETWORK.check(network.status, NetworkStatus.ACCEPTED)
        network.status = NetworkStatus.ACCEPTED
        network.version += 1
        network.save(update_fields=["status", "version"])


def _network(meeting: Meeting) -> NetworkSupervision | None:
    """The network supervision, or None for a cancelled meeting that was dated anew."""
    return getattr(meeting, "network_supervision", None)
