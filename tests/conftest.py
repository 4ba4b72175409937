"""What every test stands on: one moment, known keys, reference data, no network."""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils import translation

from common import catalogue, clock


pytest.register_assert_rewrite("tests.htmx")
pytest_plugins = [
    "tests.database",
    "tests.clients",
    "tests.browser",
    "tests.server",
    "tests.outside",
]

MONDAY_MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=clock.TALLINN)
"""The present of every test, unless it plays another."""


def pytest_configure() -> None:
    # Playwright's sync interface runs an event loop in the test's own thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    catalogue.compile_all()


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[datetime]:
    """Hold the clock still, for the live server's threads too."""
    with clock.process_at(MONDAY_MORNING):
        yield MONDAY_MORNING


@pytest.fixture(autouse=True)
def fresh_surroundings() -> Iterator[None]:
    """Let no rate limit and no language leak from one test into the next."""
    with translation.override("et"):
        yield
    cache.clear()
