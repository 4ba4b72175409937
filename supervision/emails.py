"""Mails about supervision: groups, dates and links; never what is talked about.

What asks for nothing and changes no date `may_wait` for a summary mail.
"""

from collections.abc import Iterable

from django.urls import reverse

from meetings.emails import meeting_invitations
from outbox.compose import absolute, compose
from people.models import User
from supervision.models import (
    Group,
    GuestSeat,
    NetworkSupervision,
    Offer,
    Registration,
    Season,
    Session,
)


def registration_entered(registration: Registration) -> None:
    compose(
        "supervision.registration_entered",
        to=registration.user,
        season=registration.season,
        entered_by=registration.registered_by,
        link=absolute(registration.season.get_absolute_url()),
        may_wait=True,
    )


def registration_queued(registration: Registration) -> None:
    compose(
        "supervision.registration_queued",
        to=registration.user,
        season=registration.season,
        link=absolute(registration.season.get_absolute_url()),
        may_wait=True,
    )


def registration_withdrawn(registration: Registration) -> None:
    compose(
        "supervision.registration_withdrawn",
        to=registration.user,
        season=registration.season,
        link=absolute(registration.season.get_absolute_url()),
        may_wait=True,
    )


def placed(group: Group, people: Iterable[User]) -> None:
    """One mail to each, with the dates that are still to come."""
    dates = [session.meeting for session in group.sessions.coming()]
    for person in people:
        compose(
            "supervision.placed",
            to=person,
            group=group,
            dates=dates,
            link=absolute(group.get_absolute_url()),
        )


def registration_reminder(season: Season, person: User) -> bool:
    """To somebody who has not registered yet, once a season; say whether that made a mail."""
    message = compose(
        "supervision.registration_reminder",
        to=person,
        once_key=f"registration_reminder:{season.pk}:{person.pk}",
        may_wait=True,
        season=season,
        link=absolute(season.get_absolute_url()),
    )
    return message is not None


def guest_coming(guest: GuestSeat) -> None:
    """To the supervisor of the group in which somebody sits once."""
    compose(
        "supervision.guest_coming",
        to=guest.session.group.supervisor,
        guest=guest.registration.user,
        group=guest.session.group,
        meeting=guest.session.meeting,
        link=absolute(guest.session.get_absolute_url()),
        may_wait=True,
    )


def removed(group: Group, person: User) -> None:
    compose(
        "supervision.removed",
        to=person,
        group=group,
        link=absolute(group.season.get_absolute_url()),
    )


def group_changed(group: Group, members: Iterable[User], *, before: User) -> None:
    """Another supervisor leads the group: for both supervisors and the members."""
    for person in (before, group.supervisor, *members):
        # Who led it until now sees the group no longer.
        page = group.season if person == before else group
        compose(
            "supervision.group_changed",
            to=person,
            group=group,
            link=absolute(page.get_absolute_url()),
            may_wait=True,
        )


def session_dated(session: Session, *, by: User) -> None:
    meeting_invitations(
        session.meeting,
        by=by,
        kind="supervision.session_dated",
        group=session.group,
        link=absolute(session.get_absolute_url()),
    )


def place_offered(offer: Offer) -> None:
    compose(
        "supervision.place_offered",
        to=offer.registration.user,
        group=offer.group,
        dates=[session.meeting for session in offer.group.sessions.coming()],
        deadline=offer.deadline_at,
        expires_at=offer.deadline_at,
        link=absolute(reverse("supervision:offer-answer", args=[offer.pk])),
    )


def offer_expired(offer: Offer) -> None:
    compose(
        "supervision.offer_expired",
        to=offer.registration.user,
        group=offer.group,
        link=absolute(offer.group.season.get_absolute_url()),
        may_wait=True,
    )


def offer_closed(offer: Offer) -> None:
    compose(
        "supervision.offer_closed",
        to=offer.registration.user,
        group=offer.group,
        link=absolute(offer.group.season.get_absolute_url()),
        may_wait=True,
    )


def network_accepted(network: NetworkSupervision) -> None:
    for person in (network.requester, network.supervisor):
        _about_network("supervision.network_accepted", network, person)


def network_declined(network: NetworkSupervision) -> None:
    _about_network("supervision.network_declined", network, network.requester)


def network_reassigned(network: NetworkSupervision, *, before: User) -> None:
    for person in (network.requester, network.supervisor):
        _about_network("supervision.network_reassigned", network, person)
    # Who led it until now sees it no longer.
    _about_network("supervision.network_reassigned", network, before, link="")


def network_dated(network: NetworkSupervision, *, by: User) -> None:
    meeting_invitations(
        network.meeting,
        by=by,
        kind="supervision.network_dated",
        supervisor=network.supervisor,
        link=absolute(network.get_absolute_url()),
    )


def network_withdrawn(network: NetworkSupervision, *, by: User) -> None:
    """For those of the two sides who did not do it themselves."""
    for person in (network.requester, network.supervisor):
        if person is not None and person.pk != by.pk:
            _about_network("supervision.network_withdrawn", network, person)


def _about_network(
    kind: str, network: NetworkSupervision, person: User, *, link: str | None = None
) -> None:
    compose(
        kind,
        to=person,
        supervisor=network.supervisor,
        meeting=network.meeting,
        link=absolute(network.get_absolute_url()) if link is None else link,
    )
