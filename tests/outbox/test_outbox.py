"""Mails: composed once, in the reader's language, sent once, tried again."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from common import clock
from outbox.compose import absolute, compose
from outbox.models import Attempt, Message, Status
from outbox.tasks import LOST_AFTER, PAUSES, put_back, send, send_waiting
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

KIND = "people.password_reset_key"


class Broken(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages) -> int:
        raise SMTPServerDisconnected("to inimene@test.example: gone")


@pytest.fixture
def broken(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"


def written(**fields) -> Message:
    fields.setdefault("to", people.person())
    return compose(KIND, link="http://x/", **fields)


@pytest.mark.parametrize(
    ("language", "subject"), [("et", "Määra uus parool"), ("en", "Set a new password")]
)
def test_compose_speaks_the_readers_language(language, subject) -> None:
    message = written(to=people.person(language=language))
    assert message.language == language
    if language == "en":
        assert message.subject == subject
    else:
        assert message.subject != "Set a new password"


def test_compose_cuts_a_subject_that_outgrows_its_column(monkeypatch) -> None:
    monkeypatch.setattr("outbox.compose._rendered", lambda name, context: "Kohtumine " * 30)

    message = written()

    assert message.subject == ("Kohtumine " * 30)[:199] + "…"


def test_compose_for_a_bare_address_takes_the_language_named() -> None:
    message = compose(KIND, address="kylaline@test.example", language="en", link="http://x/")
    assert (message.recipient, message.subject) == (None, "Set a new password")


def test_compose_for_nobody_is_nothing() -> None:
    assert written(to=people.person(email=None)) is None
    assert Message.objects.count() == 0


def test_compose_with_a_once_key_composes_once() -> None:
    person = people.person()
    assert written(to=person, once_key="reminder:1") is not None
    assert written(to=person, once_key="reminder:1") is None
    assert written(to=person, once_key="reminder:2") is not None
    assert Message.objects.count() == 2


def test_compose_gives_one_line_of_subject_and_plain_text() -> None:
    message = written(to=people.person())
    assert "\n" not in message.subject
    assert message.body.endswith("\n")
    assert message.message_id == f"<{message.pk}@127.0.0.1>"
    assert absolute("/x/") == "http://127.0.0.1:8000/x/"


def test_compose_keeps_the_text_sealed_in_the_database() -> None:
    message = compose(KIND, to=people.person(), link="http://x/kanaarilind")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM outbox_message")
        (stored,) = cursor.fetchone()
    assert stored.startswith("v1:")
    assert "kanaarilind" in Message.objects.get(pk=message.pk).body


def test_compose_in_a_transaction_that_fails_leaves_nothing() -> None:
    def fails() -> None:
        with transaction.atomic():
            written()
            raise ValueError

    with pytest.raises(ValueError):
        fails()
    assert Message.objects.count() == 0


def test_send_waiting_sends_each_once() -> None:
    messages = [written(), written()]

    assert [send_waiting(), send_waiting()] == [2, 0]

    assert sorted(m.extra_headers["Message-ID"] for m in mail.outbox) == sorted(
        m.message_id for m in messages
    )
    assert all(len(m.to) == 1 for m in mail.outbox)
    for message in Message.objects.all():
        assert (message.status, message.attempts) == (Status.SENT, 1)
        assert message.sent_at == clock.now()


def test_send_twice_sends_once() -> None:
    message = written()
    assert [send(message.pk), send(message.pk)] == [True, False]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", [Status.SENDING, Status.SENT, Status.FAILED])
def test_send_leaves_what_another_worker_holds(status) -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(status=status, sent_at=clock.now())
    assert send(message.pk) is False
    assert mail.outbox == []


def test_send_after_an_error_waits_and_tries_again(broken, settings) -> None:
    message = written()

    assert send(message.pk) is False

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.WAITING, 1)
    assert message.last_error == "SMTPServerDisconnected"
    assert message.send_after == clock.now() + PAUSES[0]
    assert send_waiting() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.process_at(MONDAY_MORNING + PAUSES[0]):
        assert send_waiting() == 1
    assert len(mail.outbox) == 1


def test_send_pauses_longer_and_longer_and_gives_up_after_the_last(broken) -> None:
    message = written()
    moment, pauses = MONDAY_MORNING, []
    for _n in range(len(PAUSES)):
        with clock.process_at(moment):
            assert send(message.pk) is False
        message.refresh_from_db()
        assert message.status == Status.WAITING
        pauses.append(message.send_after - moment)
        moment = message.send_after
    with clock.process_at(moment):
        send(message.pk)
    with clock.process_at(moment + timedelta(days=9)):
        assert send_waiting() == 0
    message.refresh_from_db()

    assert pauses == sorted(PAUSES)
    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=3)
    assert (message.status, message.attempts) == (Status.FAILED, len(PAUSES) + 1)
    assert [each.result for each in message.tries.all()] == ["put_off"] * (len(PAUSES) + 1)


def test_put_back_gives_a_failed_message_all_its_attempts_again_and_keeps_the_old_ones() -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED, attempts=9)
    Attempt.objects.create(message=message, begun_at=clock.now(), result="put_off")

    assert [put_back(message.pk), put_back(message.pk)] == [True, False]

    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.WAITING, 0)
    assert message.tries.count() == 1


def test_put_back_ends_a_pause_but_revives_nothing_that_came_too_late(broken) -> None:
    message = written()
    send(message.pk)

    assert put_back(message.pk) is True

    message.refresh_from_db()
    assert message.send_after == clock.now()
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED, expires_at=clock.now())
    assert put_back(message.pk) is False


def test_sent_without_proof_is_refused_by_the_database() -> None:
    message = written()
    with pytest.raises(Exception, match="outbox_sent_has_proof"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(status=Status.SENT)


def test_message_lost_while_being_sent_is_sent_again_under_the_same_number() -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(
        status=Status.SENDING, claimed_at=clock.now() - LOST_AFTER, attempts=1
    )
    Attempt.objects.create(message=message, begun_at=clock.now() - LOST_AFTER)

    assert send_waiting() == 0
    assert Message.objects.get(pk=message.pk).status == Status.SENDING
    with clock.process_at(MONDAY_MORNING + timedelta(seconds=1)):
        assert send_waiting() == 0
    message.refresh_from_db()
    assert (message.status, message.last_error) == (Status.WAITING, "interrupted")
    with clock.process_at(MONDAY_MORNING + timedelta(minutes=2)):
        assert send_waiting() == 1

    assert [m.extra_headers["Message-ID"] for m in mail.outbox] == [message.message_id]
    assert [each.result for each in message.tries.all()] == ["interrupted", "accepted"]


def test_message_that_kills_every_worker_fails_in_the_end() -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(
        status=Status.SENDING,
        claimed_at=clock.now() - timedelta(hours=1),
        attempts=len(PAUSES) + 1,
    )

    send_waiting()

    assert Message.objects.get(pk=message.pk).status == Status.FAILED


def test_message_is_not_sent_before_its_time_whoever_asks() -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(send_after=clock.now() + timedelta(seconds=1))

    assert [send(message.pk), send_waiting()] == [False, 0]
    with clock.process_at(MONDAY_MORNING + timedelta(seconds=1)):
        assert send(message.pk) is True


def test_message_that_comes_too_late_is_dropped_not_sent() -> None:
    message = written(expires_at=clock.now() + timedelta(hours=1))

    with clock.process_at(MONDAY_MORNING + timedelta(hours=1)):
        assert [send(message.pk), send_waiting()] == [False, 0]

    message.refresh_from_db()
    assert (message.status, message.last_error) == (Status.DROPPED, "too late")
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_message_is_swept_up_when_the_queue_lost_it(monkeypatch, settings) -> None:
    def broken_queue(*_args) -> None:
        raise OSError("no queue")

    settings.OUTBOX_ASYNC = True
    monkeypatch.setattr("outbox.tasks.async_task", broken_queue)
    person = people.person()
    with transaction.atomic():
        written(to=person)

    assert send_waiting() == 1


def test_send_puts_back_whatever_went_wrong(monkeypatch) -> None:
    def burst(*_args, **_kwargs):
        raise ValueError("what the text of an error may hold")

    message = written()
    monkeypatch.setattr("outbox.tasks.EmailMultiAlternatives.send", burst)

    assert send(message.pk) is False

    message.refresh_from_db()
    assert (message.status, message.last_error) == (Status.WAITING, "ValueError")
