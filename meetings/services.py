"""What the stories tell about their meetings; meetings themselves know none of it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from common.fields import EncryptedTextField
from meetings.models import Meeting, Poll, PollTime
from people.models import User


class Service(Protocol):
    """One per kind of meeting, registered by its story in `AppConfig.ready()`.

    `related_names` are the reverse one-to-one names to join for titles.
    Titles are neutral: no child, no family, no case word.
    """

    key: str
    related_names: tuple[str, ...]

    def title(self, meeting: Meeting, reader: User | None) -> str:
        """The meeting's title for a reader; None stands for a guest or any calendar."""

    def url(self, meeting: Meeting, reader: User) -> str:
        """The page of the story where the meeting belongs, or ""."""

    def page_name(self, meeting: Meeting) -> str:
        """What that page is, as the words of a link."""

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        """Raise PermissionDenied with a reason unless `user` may move or cancel."""

    def moved(self, meeting: Meeting, by: User) -> None:
        """What else happens when the meeting was moved (same transaction)."""

    def cancelled(self, meeting: Meeting, by: User) -> None:
        """What else happens when the meeting was cancelled (same transaction)."""

    def restored(self, meeting: Meeting, by: User) -> None:
        """What else happens when a cancelled meeting takes place after all (same
        transaction). Raise Refused when the story has gone on without it.
        """

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        """The key of what the meeting belongs to, when that is in the person's hands: it goes
        to another whole, with all its coming meetings. None for somebody who is only asked to come.
        """

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        """Give what the meeting belongs to from `person` to `to`, with all its coming meetings
        (same transaction); whoever is only asked to come is taken off the list. Say whether
        anything was done: the person may have no part in it any more. Raise Refused when it
        cannot be.
        """

    def in_hand(self, person: User) -> QuerySet:
        """Rows of everything that is in the person's hands, with or without a meeting: its key,
        and two texts (`values_list`) out of which `matter_name` makes its name.
        """

    def matter_name(self, name: str, place: str) -> str:
        """What something in hand is called, as whoever hands it over may read it."""

    def hand_over_matter(self, matter: uuid.UUID, person: User, to: User, by: User) -> bool:
        """As `hand_over`, by the key of something that is in the person's hands."""


class PollService(Service, Protocol):
    """A service whose meetings may be found by a date poll.

    `subject_id` names the story's row that the meeting to be belongs to.
    """

    def poll_titles(
        self, subject_ids: Iterable[uuid.UUID], reader: User | None
    ) -> dict[uuid.UUID, str]:
        """The titles of these rows' polls, neutral as a meeting's; one query at most."""

    def poll_url(self, subject_id: uuid.UUID, reader: User) -> str:
        """The page of the story where the poll belongs, or ""."""

    def poll_people(self, subject_id: uuid.UUID) -> list[User]:
        """The people with an account who may be asked; everybody else is asked as a guest."""

    def check_can_open_poll(self, user: User, subject_id: uuid.UUID) -> None:
        """Raise ObjectDoesNotExist for a row that `user` does not see, PermissionDenied unless
        they set its dates, Refused when it needs no date now.
        """

    def check_can_change_poll(self, user: User, poll: Poll) -> None:
        """Raise PermissionDenied unless `user` runs the poll: sees all answers, closes it."""

    def poll_closed(self, poll: Poll, time: PollTime, by: User) -> Meeting:
        """Book the meeting by the story's own action and invite everybody who was asked.

        Same transaction; the invitations are the ordinary ones. Raises what that action raises.
        """


_services: dict[str, Service] = {}
_poll_services: dict[str, PollService] = {}


def register_service(service: Service) -> None:
    _services[service.key] = service


def register_poll_service(service: PollService) -> None:
    register_service(service)
    _poll_services[service.key] = service


def poll_service(key: str) -> PollService | None:
    """The service that finds its dates by polls, or None when `key` names none."""
    return _poll_services.get(key)


def poll_service_of(poll: Poll) -> PollService:
    return _poll_services[poll.service]


def poll_titles(polls: Iterable[Poll], reader: User | None) -> dict[uuid.UUID, str]:
    """The titles of polls by their keys; one query for each service at most."""
    subjects = defaultdict(dict)
    for poll in polls:
        subjects[poll.service][poll.pk] = poll.subject_id
    found = {}
    for key, of_poll in subjects.items():
        titles = _poll_services[key].poll_titles(set(of_poll.values()), reader)
        found |= {poll: titles[subject] for poll, subject in of_poll.items()}
    return found


def poll_title(poll: Poll, reader: User | None) -> str:
    return poll_titles([poll], reader)[poll.pk]


def service_of(meeting: Meeting) -> Service:
    return _services[meeting.service]


def services() -> list[Service]:
    """Every service, in the order of their keys."""
    return [_services[key] for key in sorted(_services)]


def known_services() -> set[str]:
    return set(_services)


def related_names() -> list[str]:
    return sorted({name for service in _services.values() for name in service.related_names})


def related_narratives() -> list[str]:
    """The encrypted columns of all rows that are joined for titles."""
    found = set()
    for name in related_names():
        model, path = Meeting, ""
        for step in name.split("__"):
            model, path = model._meta.get_field(step).related_model, f"{path}{step}__"
            found |= {
                f"{path}{field.name}"
                for field in model._meta.concrete_fields
                if isinstance(field, EncryptedTextField)
            }
    return sorted(found)


@dataclass(frozen=True)
class Shown:
    """A meeting as one reader sees it in a calendar."""

    meeting: Meeting
    title: str
    url: str


def shown_to(meeting: Meeting, reader: User) -> Shown:
    service = service_of(meeting)
    return Shown(meeting, service.title(meeting, reader), service.url(meeting, reader))
