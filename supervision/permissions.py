"""Who may do what in supervision: a check says why not, `common.permissions.can` only whether."""

import uuid

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from people.models import User
from people.standing import Standing, standing_of
from supervision.models import (
    Attendance,
    Audience,
    Group,
    Membership,
    NetworkSupervision,
    Offer,
    Registration,
    Season,
    Session,
)


def check_can_run_seasons(user: User) -> None:
    """The coordinator makes seasons and groups, places people and offers places."""
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Seasons, groups and places are the coordinator's work."))


def check_can_register(user: User, season: Season, municipality_id: uuid.UUID) -> None:
    """Workers register in the workers' season, managers in the managers', for their own post."""
    if municipality_id not in _posts(standing_of(user), season):
        raise PermissionDenied(
            _("This season is for managers.")
            if season.audience == Audience.MANAGERS
            else _("This season is for child protection workers.")
        )


def check_can_enter_registration(
    user: User, season: Season, person: User, municipality_id: uuid.UUID
) -> None:
    """A consultant registers people of the municipalities they serve; a coordinator anyone."""
    standing = standing_of(user)
    if not standing.is_coordinator and municipality_id not in standing.all_served:
        raise PermissionDenied(
            _("People are registered by the consultants who serve them and by the coordinator.")
        )
    if municipality_id not in _posts(standing_of(person), season):
        raise PermissionDenied(_("This person has no post there today."))


def check_can_change_registration(user: User, registration: Registration) -> None:
    """One's own wishes, and whoever registered the person on their behalf."""
    if user.pk == registration.user_id:
        return
    standing = standing_of(user)
    if user.pk == registration.registered_by_id and (
        standing.is_coordinator or registration.municipality_id in standing.all_served
    ):
        return
    raise PermissionDenied(_("Wishes are changed by the person."))


def check_can_withdraw_registration(user: User, registration: Registration) -> None:
    """The person; and the coordinator, when told by mail or telephone."""
    if user.pk != registration.user_id and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Only the person and the coordinator withdraw a registration."))


def check_can_answer_offer(user: User, offer: Offer) -> None:
    if user.pk != offer.registration.user_id:
        raise PermissionDenied(_("This place is offered to somebody else."))


def check_can_record_attendance(user: User, session: Session) -> None:
    if not leads(user, session.group) and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Attendance is recorded by the group's supervisor."))


def check_can_give_feedback(user: User, session: Session) -> None:
    """Who was there gives feedback, once the attendance is recorded."""
    attended = session.attendances.filter(user=user, status__in=Attendance.CAME)
    if session.recorded_at is None or not attended.exists():
        raise PermissionDenied(_("Feedback is given by those who were at the meeting."))


def check_can_sit_elsewhere(user: User, session: Session) -> Membership:
    """Who has a place in the group now; returns it."""
    seats = Membership.objects.filter(group=session.group_id, ends_on__isnull=True)
    seat = seats.filter(registration__user=user).select_related("registration").first()
    if seat is None:
        raise PermissionDenied(_("Only a member of the group chooses another date."))
    return seat


def check_can_ask_network(user: User, municipality_id: uuid.UUID) -> None:
    """A worker or manager asks for the own municipality."""
    if municipality_id not in standing_of(user).municipalities:
        raise PermissionDenied(
            _("Network supervision is asked for by the workers and managers of a municipality.")
        )


def check_can_decide_network(user: User) -> None:
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(
            _("Requests for network supervision are decided by the coordinator.")
        )


def check_can_read_network(user: User, network: NetworkSupervision) -> None:
    """The wish is read by who wrote it, who decides and who leads; consultants see that it is."""
    if asks(user, network) or leads(user, network):
        return
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("The wish is read by the requester, supervisor and coordinator."))


def check_can_date_network(user: User, network: NetworkSupervision) -> None:
    if not leads(user, network) and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("The supervisor sets the date."))


def check_can_hold_network(user: User, network: NetworkSupervision) -> None:
    if not leads(user, network) and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("The supervisor records that it took place."))


def check_can_withdraw_network(user: User, network: NetworkSupervision) -> None:
    if not asks(user, network) and not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Only the requester and the coordinator withdraw it."))


def leads(user: User, led: Group | NetworkSupervision) -> bool:
    """Say whether the person is its supervisor and still holds the role today."""
    return user.pk == led.supervisor_id and standing_of(user).is_supervisor


def asks(user: User, network: NetworkSupervision) -> bool:
    """Say whether the person asked for it and still has a post in the municipality today."""
    own = standing_of(user).municipalities
    return user.pk == network.requester_id and network.municipality_id in own


def _posts(standing: Standing, season: Season) -> frozenset[uuid.UUID]:
    return standing.manages if season.audience == Audience.MANAGERS else standing.works_in
