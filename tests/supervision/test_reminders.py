"""Who has not registered is reminded once, in the last week of the window."""

from datetime import timedelta

import pytest

from common import clock
from outbox.models import Message
from supervision.actions import withdraw_registration
from supervision.tasks import remind_to_register
from tests.factories import people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db


def reminded() -> list:
    mails = Message.objects.filter(kind="supervision.registration_reminder")
    return [mail.recipient for mail in mails]


def test_reminder_goes_once_to_those_the_season_is_for():
    season = made.open_season()
    late, done, gone = people.worker(), people.worker(), people.worker()
    made.registered(season, user=done)
    registration = made.registered(season, user=gone)
    withdraw_registration(registration, by=gone)
    people.manager()
    people.worker(since=clock.today() + timedelta(days=60))

    assert remind_to_register() == 0
    with clock.at(clock.tallinn(season.registration_closes_on - timedelta(days=6))):
        assert [remind_to_register(), remind_to_register()] == [1, 0]
    assert reminded() == [late]


def test_reminder_of_a_managers_season_goes_to_managers():
    season = made.open_season(audience="managers", window=3)
    manager, _worker = people.manager(), people.worker()

    remind_to_register()

    assert reminded() == [manager]
    with clock.at(made.after_window(season)):
        people.manager("Narva linn")
        assert remind_to_register() == 0
