"""Meetings for tests, of a service of their own, booked and changed by the real actions."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from common import clock
from meetings.actions import Guest, book_meeting
from meetings.emails import meeting_invitation
from meetings.models import Invitee, Meeting
from meetings.services import register_service
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

    def title(self, meeting: Meeting, reader: User | None) -> str:
        return NEUTRAL_TITLE if reader is None else TITLE_FOR_PEOPLE

    def url(self, meeting: Meeting, reader: User) -> str:
        return "/library/"

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        if user not in (meeting.organiser, self.also):
            raise PermissionDenied("Ainult korraldaja muudab.")

    def moved(self, meeting: Meeting, by: User) -> None:
        self.told.append(("moved", meeting))

    def cancelled(self, meeting: Meeting, by: User) -> None:
        self.told.append(("cancelled", meeting))

    def restored(self, meeting: Meeting, by: User) -> None:
        self.told.append(("restored", meeting))


service = Quiet()
register_service(service)

TOMORROW_AT_TEN = datetime(2026, 11, 24, 10, 0, tzinfo=clock.TALLINN)


def meeting(
    *invited: User,
    organiser: User | None = None,
    starts_at: datetime = TOMORROW_AT_TEN,
    hours: float = 1,
    form: str = Meeting.Form.ON_SITE,
    place: str = "Tartu, Näidise 1",
    link: str = "",
    guests: tuple[Guest, ...] = (),
) -> Meeting:
    """A meeting tomorrow at ten; one that is long over is booked the day before it."""
    with clock.at(min(clock.now(), starts_at - timedelta(days=1))):
        organiser = organiser or people.consultant()
        meeting = book_meeting(
            service=service.key,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            form=form,
            place=place,
            link=link,
            organiser=organiser,
            people=invited,
            guests=guests,
            by=organiser,
        )
        for guest in meeting.invitees.filter(user=None):
            meeting_invitation(guest)
        return meeting


GUEST = Guest(name="Külli Külaline", email="kylli@test.example", body="Kool")


def guest_of(meeting: Meeting) -> Invitee:
    return meeting.invitees.get(user=None)
