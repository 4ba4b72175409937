"""Meetings for tests, of a service of their own, booked and changed by the real actions."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.refusal import Refused
from meetings.actions import (
    Guest,
    add_room,
    book_meeting,
    leave_meeting,
    make_proposal,
    open_poll,
    pass_meeting_on,
)
from meetings.emails import meeting_invitation
from meetings.models import Invitee, Meeting, Poll, PollInvitee, PollTime, Proposal, Room
from meetings.services import register_poll_service
from people.models import User
from tests.factories import people


TITLE_FOR_PEOPLE = "Pealkiri-kuldnokk"
"""Stands only where people with an account look."""
NEUTRAL_TITLE = "Kohtumine"


class Quiet:
    """A service whose meetings the organiser changes, and `also` besides."""

    key = "test"
    related_names: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.also: User | None = None
        self.told: list[tuple[str, Meeting]] = []
        self.people: list[User] = []
        self.refused: set[uuid.UUID] = set()

    def title(self, meeting: Meeting, reader: User | None) -> str:
        return NEUTRAL_TITLE if reader is None else TITLE_FOR_PEOPLE

    def url(self, meeting: Meeting, reader: User) -> str:
        return "/library/"

    def page_name(self, meeting: Meeting) -> str:
        return "Pesa"

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        if user not in (meeting.organiser, self.also):
            raise PermissionDenied("Ainult korraldaja muudab.")

    def moved(self, meeting: Meeting, by: User) -> None:
        self.told.append(("moved", meeting))

    def cancelled(self, meeting: Meeting, by: User) -> None:
        self.told.append(("cancelled", meeting))

    def restored(self, meeting: Meeting, by: User) -> None:
        self.told.append(("restored", meeting))

    def poll_titles(
        self, subject_ids: Iterable[uuid.UUID], reader: User | None
    ) -> dict[uuid.UUID, str]:
        return dict.fromkeys(subject_ids, NEUTRAL_TITLE if reader is None else TITLE_FOR_PEOPLE)

    def poll_url(self, subject_id: uuid.UUID, reader: User) -> str:
        return "/library/"

    def poll_people(self, subject_id: uuid.UUID) -> list[User]:
        return self.people

    def check_can_open_poll(self, user: User, subject_id: uuid.UUID) -> None:
        pass

    def check_can_change_poll(self, user: User, poll: Poll) -> None:
        if user not in (poll.organiser, self.also):
            raise PermissionDenied("Ainult korraldaja muudab.")

    def poll_closed(self, poll: Poll, time: PollTime, by: User) -> Meeting:
        asked = list(poll.invitees.with_yes_to(time).select_related("user"))
        return book_meeting(
            service=self.key,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            form=poll.form,
            place=poll.place,
            link=poll.link,
            room=poll.room,
            organiser=poll.organiser,
            people=[invitee.user for invitee in asked if invitee.user],
            guests=[Guest.like(each, comes=each.said_yes) for each in asked if not each.user],
            coming=[invitee.user for invitee in asked if invitee.user and invitee.said_yes],
            by=by,
        )

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        return meeting.pk if meeting.organiser_id == person.pk else None

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        if meeting.pk in self.refused:
            raise Refused("Ei saa üle anda.")
        if self.matter(meeting, person):
            return pass_meeting_on(meeting, person, to, by=by)
        return leave_meeting(meeting, person, by=by)

    def in_hand(self, person: User) -> QuerySet:
        return Meeting.objects.none().values_list("pk", "place", "link")


service = Quiet()
register_poll_service(service)

TOMORROW_AT_TEN = datetime(2026, 11, 24, 10, 0, tzinfo=clock.TALLINN)


def meeting(
    *invited: User,
    organiser: User | None = None,
    starts_at: datetime = TOMORROW_AT_TEN,
    hours: float = 1,
    form: str = Meeting.Form.ON_SITE,
    place: str = "Tartu, Näidise 1",
    link: str = "",
    room: Room | None = None,
    guests: tuple[Guest, ...] = (),
) -> Meeting:
    """A meeting tomorrow at ten; one that is long over is booked the day before it."""
    # Booking is a part of a story's action, and that is a transaction.
    with clock.at(min(clock.now(), starts_at - timedelta(days=1))), transaction.atomic():
        organiser = organiser or people.consultant()
        meeting = book_meeting(
            service=service.key,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            form=form,
            place=place,
            link=link,
            room=room,
            organiser=organiser,
            people=invited,
            guests=guests,
            by=organiser,
        )
        for guest in meeting.invitees.filter(user=None):
            meeting_invitation(guest)
        return meeting


def room(name: str = "Saal", place: str = "Elva vald") -> Room:
    return add_room(
        municipality=people.municipality(place),
        name=name,
        address="Näidise 9, Elva",
        seats=12,
        by=people.coordinator(),
    )


GUEST = Guest(name="Külli Külaline", email="kylli@test.example", body="Kool")


def guest_of(meeting: Meeting) -> Invitee:
    return meeting.invitees.get(user=None)


def span(days: int = 1, hour: int = 10, hours: float = 1) -> tuple[datetime, datetime]:
    """A time `days` after the tests' Monday."""
    starts_at = TOMORROW_AT_TEN + timedelta(days=days - 1, hours=hour - 10)
    return starts_at, starts_at + timedelta(hours=hours)


def poll(
    *asked: User,
    organiser: User | None = None,
    guests: tuple[Guest, ...] = (),
    times: Iterable[tuple[datetime, datetime]] = (),
    **facts,
) -> Poll:
    """A poll with three times from tomorrow on, of the tests' service."""
    service.people = [*service.people, *asked]
    return open_poll(
        service,
        uuid.uuid4(),
        times=times or [span(1), span(2), span(3)],
        **({"form": "on_site", "place": "Tartu, Näidise 1"} | facts),
        people=asked,
        guests=guests,
        by=organiser or people.consultant(),
    )


def said(invitee: PollInvitee, *answers: str) -> dict[uuid.UUID, str]:
    """The answers to the times of the poll, in their order; "" leaves one out."""
    times = invitee.poll.times.values_list("pk", flat=True)
    return {time: answer for time, answer in zip(times, answers, strict=True) if answer}


def proposal(meeting: Meeting, user: User | None, *, days: int = 1) -> Proposal:
    """Somebody invited (None for the guest) proposes the same hour some days later."""
    return make_proposal(
        meeting.invitees.get(user=user),
        starts_at=meeting.starts_at + timedelta(days=days),
        ends_at=meeting.ends_at + timedelta(days=days),
        by=user,
    )
