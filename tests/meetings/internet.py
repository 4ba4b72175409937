"""A person's own calendar for tests, and what the internet would say of it."""

from datetime import UTC, datetime

import pytest

from common.fetch import Fetched, NotFetched
from journal.models import Entry
from meetings.actions import add_busy_calendar
from meetings.models import BusyCalendar, BusyTime
from meetings.tasks import own_calendars as tasks
from tests.factories import people
from tests.meetings.files import calendar as file_of


ADDRESS = "https://calendar.test.example/kanaarilind/basic.ics"
OTHER = "https://calendar.test.example/other.ics"
PAGE = "/calendar/busy/"
TUESDAY = "DTSTART:20261124T100000\nDTEND:20261124T110000\nSUMMARY:kanaarilind\n"
WEDNESDAY = "DTSTART:20261125T100000\nDTEND:20261125T110000\n"


class Internet:
    """What each address answers; a word stands for a failure. Keeps what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | str | None] = {ADDRESS: file_of(TUESDAY)}
        self.asked: list[tuple[str, str, str]] = []

    def fetch(self, address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        self.asked.append((address, etag, last_modified))
        answer = self.answers[address]
        if isinstance(answer, str):
            raise NotFetched(answer)
        return Fetched(answer, '"1"', "Mon, 23 Nov 2026 08:00:00 GMT")


@pytest.fixture
def internet(monkeypatch) -> Internet:
    there = Internet()
    monkeypatch.setattr(tasks, "fetch", there.fetch)
    return there


def given(owner=None, address=ADDRESS) -> BusyCalendar:
    return add_busy_calendar(address=address, by=owner or people.worker())


def times_of(owner) -> list[tuple[datetime, datetime]]:
    return list(BusyTime.objects.filter(user=owner).values_list("starts_at", "ends_at"))


TEN_TO_ELEVEN = (
    datetime(2026, 11, 24, 8, tzinfo=UTC),
    datetime(2026, 11, 24, 9, tzinfo=UTC),
)
"""What `TUESDAY` says."""


def kinds_about(*subjects) -> list[str]:
    return [entry.kind for entry in Entry.objects.about(*subjects)]
