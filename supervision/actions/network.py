import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.actions import book_meeting, cancel_meeting, pass_meeting_on
from meetings.actions.polls import drop_poll, hand_over_poll
from meetings.models import Change, Room
from people.models import Municipality, User
from supervision import emails
from supervision.actions.rows import check_version, locked, made_before, save
from supervision.actions.seats import check_free_for, check_supervisor, check_supervisor_is_free
from supervision.models import NetworkSupervision
from supervision.permissions import (
    check_can_ask_network,
    check_can_date_network,
    check_can_decide_network,
    check_can_hold_network,
    check_can_withdraw_network,
)
from supervision.workflow import NETWORK, NetworkStatus


@transaction.atomic
def ask_network(
    *,
    municipality: Municipality,
    purpose: str,
    wish: str,
    people_expected: int,
    by: User,
    pk: uuid.UUID | None = None,
) -> NetworkSupervision:
    """Ask for supervision of a whole network, for a worker or manager of the municipality."""
    check_can_ask_network(by, municipality.pk)
    # Nothing stands yet that a second sending could wait at, but the sender does.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if made := made_before(NetworkSupervision, pk, requester=by):
        return made
    network = NetworkSupervision.objects.create(
        id=pk or uuid.uuid4(),
        requester=by,
        municipality=municipality,
        purpose=purpose,
        wish=wish,
        people_expected=people_expected,
        asked_at=clock.now(),
        asked_by=by,
    )
    record("supervision.network_asked", by=by, subject=network)
    return network


@transaction.atomic
def accept_network(
    network: NetworkSupervision, *, supervisor: User, by: User, version: int | None = None
) -> NetworkSupervision:
    """Accept a request and give it a supervisor, who then finds the date."""
    network = locked(network)
    check_can_decide_network(by)
    NETWORK.check(network.status, NetworkStatus.ACCEPTED)
    check_version(network, version)
    if network.status != NetworkStatus.ASKED:
        raise Refused(_("This request was decided already."))
    network.status = NetworkStatus.ACCEPTED
    network.supervisor = supervisor
    network.decided_at, network.decided_by = clock.now(), by
    save(network)
    record("supervision.network_accepted", by=by, subject=network, supervisor=supervisor)
    emails.network_accepted(network)
    return network


@transaction.atomic
def reassign_network(
    network: NetworkSupervision, *, supervisor: User, by: User
) -> NetworkSupervision:
    """Give an accepted or dated network supervision to another supervisor, with its meeting.

    Raises Refused (field "supervisor") for somebody who is no supervisor today or has another
    meeting at that time; and when it took place or was given up.
    """
    hand_over_poll("network", network.pk, organiser=supervisor, by=by)
    network = _held_with_meeting(network)
    check_can_decide_network(by)
    if network.status not in (NetworkStatus.ACCEPTED, NetworkStatus.DATED):
        raise Refused(_("This network supervision no longer changes hands."))
    check_supervisor(supervisor)
    before = network.supervisor
    if supervisor == before:
        raise Refused(_("It already has this supervisor."), field="supervisor")
    if network.status == NetworkStatus.DATED and network.meeting.is_open:
        check_free_for(supervisor, network.meeting)
        pass_meeting_on(network.meeting, before, supervisor, by=by)
    network.supervisor = supervisor
    save(network)
    record(
        "supervision.network_reassigned",
        by=by,
        subject=network,
        before=before,
        supervisor=supervisor,
    )
    emails.network_reassigned(network, before=before)
    return network


@transaction.atomic
def decline_network(
    network: NetworkSupervision, *, reason: str, by: User, version: int | None = None
) -> NetworkSupervision:
    """Decline a request; the reason stands on its page, not in the mail."""
    network = locked(network)
    check_can_decide_network(by)
    NETWORK.check(network.status, NetworkStatus.DECLINED)
    check_version(network, version)
    network.status = NetworkStatus.DECLINED
    network.decision_reason = reason
    network.decided_at, network.decided_by = clock.now(), by
    save(network)
    record("supervision.network_declined", by=by, subject=network)
    emails.network_declined(network)
    return network


@transaction.atomic
def date_network(
    network: NetworkSupervision,
    *,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    free: Iterable[User] = (),
    coming: Collection[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> NetworkSupervision:
    """Set the date; the requester gets it in their calendar. Raises Refused ("day" …).

    `coming` are those who have said that they come. A date poll that still runs about it
    is withdrawn.
    """
    drop_poll("network", network.pk, by=by)
    # A cancelled meeting may be restored in this moment: it is held first there too.
    network = _held_with_meeting(network)
    check_can_date_network(by, network)
    if pk and network.meeting_id == pk and network.status == NetworkStatus.DATED:
        return network
    NETWORK.check(network.status, NetworkStatus.DATED)
    check_supervisor_is_free(network.supervisor, starts_at, ends_at, but=None)
    network.meeting = book_meeting(
        service="network",
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        place=place,
        link=link,
        room=room,
        organiser=network.supervisor,
        people=[network.requester],
        free=free,
        coming=coming,
        by=by,
        pk=pk,
    )
    network.status = NetworkStatus.DATED
    save(network)
    record("supervision.network_dated", by=by, subject=network)
    emails.network_dated(network, by=by)
    return network


@transaction.atomic
def hold_network(
    network: NetworkSupervision, *, hours: Decimal, by: User, version: int | None = None
) -> NetworkSupervision:
    """Record that it took place, and for how many hours. Raises Refused before it has begun."""
    network = locked(network)
    check_can_hold_network(by, network)
    NETWORK.check(network.status, NetworkStatus.HELD)
    check_version(network, version)
    if not network.meeting.has_begun:
        raise Refused(_("The meeting has not begun yet. Record it afterwards."))
    network.status = NetworkStatus.HELD
    network.hours = hours
    network.held_at, network.held_by = clock.now(), by
    save(network)
    record("supervision.network_held", by=by, subject=network)
    return network


@transaction.atomic
def withdraw_network(network: NetworkSupervision, *, by: User) -> NetworkSupervision:
    """Withdraw a request; the requester and the supervisor are told.

    A date that was set is cancelled, and with that everyone invited is told.
    """
    drop_poll("network", network.pk, by=by)
    network = _held_with_meeting(network)
    check_can_withdraw_network(by, network)
    NETWORK.check(network.status, NetworkStatus.WITHDRAWN)
    was_dated = network.status == NetworkStatus.DATED
    if was_dated:
        cancel_meeting(network.meeting, wanted_by=Change.WantedBy.INVITEE, reason="", by=by)
        network = locked(network)
    network.status = NetworkStatus.WITHDRAWN
    save(network)
    record("supervision.network_withdrawn", by=by, subject=network)
    if not was_dated:
        emails.network_withdrawn(network, by=by)
    return network


def _held_with_meeting(network: NetworkSupervision) -> NetworkSupervision:
    """Hold the meeting before its network supervision, as a cancellation of the meeting
    does: else the two block each other. Raises Refused when another was dated meanwhile.
    """
    seen = NetworkSupervision.objects.get(pk=network.pk)
    if seen.meeting is not None:
        locked(seen.meeting)
    network = locked(network)
    if network.meeting_id != seen.meeting_id:
        raise Refused(_("Somebody changed these data meanwhile. Look at them and try again."))
    return network
