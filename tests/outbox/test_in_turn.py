"""Mails about one thing reach a reader in the order in which it happened."""

import uuid
from datetime import datetime, timedelta

import pytest

from common import clock
from outbox.compose import compose
from outbox.models import Message, Status
from outbox.tasks import send, send_waiting
from people.models import User
from tests.factories import people


pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=clock.TALLINN)
LATER = NIGHT + timedelta(minutes=1)


@pytest.fixture
def reader() -> User:
    return people.worker()


def mail(reader: User, about: uuid.UUID | None, **how) -> Message:
    return compose("people.password_reset_key", to=reader, about=about, link="http://x/", **how)


def test_mail_that_waits_for_the_morning_goes_before_one_that_does_not(reader, mailoutbox):
    about = uuid.uuid4()
    with clock.at(NIGHT):
        first = mail(reader, about)
        assert first.send_after > LATER
    with clock.at(LATER):
        second = mail(reader, about, urgent=True)

        # The worker may be asked for the later one first.
        assert send(second.pk) is False
        assert send_waiting() == 2

    sent = [each.extra_headers["Message-ID"] for each in mailoutbox]
    assert sent == [first.message_id, second.message_id]


@pytest.mark.parametrize("other", ["thing", "reader", "nothing"])
def test_mail_about_another_thing_or_to_another_does_not_wait(reader, other):
    about = None if other == "nothing" else uuid.uuid4()
    with clock.at(NIGHT):
        waits = mail(reader, about)
    with clock.at(LATER):
        whom = people.worker() if other == "reader" else reader
        goes = mail(whom, uuid.uuid4() if other == "thing" else about, urgent=True)

        assert send(goes.pk) is True
        assert send_waiting() == 0

    waits.refresh_from_db()
    assert waits.status == Status.WAITING


def test_mail_goes_when_the_earlier_one_has_failed(reader):
    about = uuid.uuid4()
    with clock.at(NIGHT):
        Message.objects.filter(pk=mail(reader, about).pk).update(status=Status.FAILED)
    with clock.at(LATER):
        assert send(mail(reader, about, urgent=True).pk) is True
