"""What the stories tell about their meetings; meetings themselves know none of it."""

from dataclasses import dataclass
from typing import Protocol

from common.fields import EncryptedTextField
from meetings.models import Meeting
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


_services: dict[str, Service] = {}


def register_service(service: Service) -> None:
    _services[service.key] = service


def service_of(meeting: Meeting) -> Service:
    return _services[meeting.service]


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
