from collections.abc import Iterator

import pytest

from tests.factories import meetings
from tests.meetings.internet import internet


__all__ = ["internet"]


@pytest.fixture(autouse=True)
def quiet_service() -> Iterator[None]:
    """The tests' service starts each test afresh."""
    meetings.service.also = None
    meetings.service.told.clear()
    meetings.service.people = []
    yield
    meetings.service.also = None
