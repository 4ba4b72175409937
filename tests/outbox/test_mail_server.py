"""What a mail server may do to us: be away, hang, put off, refuse. No mail is lost by any of it."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from common import clock
from outbox.compose import compose
from outbox.models import Message, Status
from outbox.tasks import PAUSES, send_waiting
from tests.conftest import MONDAY_MORNING
from tests.outbox import sink


pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"


@pytest.fixture
def server(smtp, settings) -> Iterator[sink.Sink]:
    with sink.running() as running:
        settings.EMAIL_PORT = running.port
        yield running


def written(name: str, at: datetime = MONDAY_MORNING) -> Message:
    with clock.at(at):
        return compose("people.password_reset_key", address=f"{name}@test.example", link="/x/")


def addresses(server: sink.Sink) -> list[str]:
    return [address for address, _number in server.accepted]


def tries(message: Message) -> list[tuple[str, str]]:
    return list(message.tries.values_list("result", "error"))


def test_sweep_sends_many_over_one_connection(server):
    messages = [written("a"), written("b"), written("c")]

    assert send_waiting() == 3

    assert server.sessions == 1
    # All were composed at one moment, so that no order is theirs.
    assert sorted(server.accepted) == [(each.address, each.message_id) for each in messages]
    assert tries(messages[0]) == [("accepted", "")]


def test_sweep_without_mail_bothers_no_server(server):
    assert send_waiting() == 0
    assert server.sessions == 0


def test_server_that_is_away_loses_nothing_and_is_asked_once_a_sweep(smtp, settings):
    with sink.running() as gone:
        settings.EMAIL_PORT = gone.port
    first = written("a", MONDAY_MORNING - timedelta(minutes=1))
    second = written("b")

    assert send_waiting() == 0

    assert tries(first) == [("put_off", "ConnectionRefusedError")]
    assert tries(second) == []
    assert set(Message.objects.values_list("status", flat=True)) == {Status.WAITING}
    with sink.running() as back, clock.process_at(MONDAY_MORNING + PAUSES[0]):
        settings.EMAIL_PORT = back.port
        assert send_waiting() == 2
    assert sorted(addresses(back)) == ["a@test.example", "b@test.example"]


def test_server_that_hangs_is_left_after_a_while(smtp, settings):
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        first, second = written("a", MONDAY_MORNING - timedelta(minutes=1)), written("b")

        assert send_waiting() == 0

    assert [result for result, _error in tries(first)] == ["put_off"]
    assert tries(second) == []
    first.refresh_from_db()
    assert (first.status, first.send_after) == (Status.WAITING, clock.now() + PAUSES[0])


def test_server_that_puts_one_off_gets_the_others_and_it_later(server):
    first, _second = written("a", MONDAY_MORNING - timedelta(minutes=1)), written("b")
    server.answers["a@test.example"] = ["450 come back later", "250 ok"]

    assert send_waiting() == 1
    with clock.process_at(MONDAY_MORNING + PAUSES[0]):
        assert send_waiting() == 1

    assert addresses(server) == ["b@test.example", "a@test.example"]
    assert tries(first) == [("put_off", "SMTPRecipientsRefused 450"), ("accepted", "")]
    first.refresh_from_db()
    assert (first.status, first.last_error) == (Status.SENT, "")


def test_server_that_refuses_an_address_for_good_is_not_asked_again(server):
    first, _second = written("a", MONDAY_MORNING - timedelta(minutes=1)), written("b")
    server.answers["a@test.example"] = ["550 no such box a@test.example"]

    assert send_waiting() == 1
    with clock.process_at(MONDAY_MORNING + timedelta(days=3)):
        assert send_waiting() == 0

    assert addresses(server) == ["b@test.example"]
    assert tries(first) == [("refused", "SMTPRecipientsRefused 550")]
    first.refresh_from_db()
    assert (first.status, first.last_error) == (Status.FAILED, "SMTPRecipientsRefused 550")


def test_server_that_takes_its_leave_is_not_tired_with_the_rest(server):
    first, second = written("a", MONDAY_MORNING - timedelta(minutes=1)), written("b")
    server.answers["a@test.example"] = ["421 closing"]

    assert send_waiting() == 0

    assert [error for _result, error in tries(first)] == ["SMTPRecipientsRefused 421"]
    assert tries(second) == []


def test_sweep_leaves_the_rest_to_the_next_one_in_time(server, monkeypatch):
    written("a")
    written("b")
    monkeypatch.setattr("outbox.tasks.SWEEP", -1)
    assert send_waiting() == 0
    monkeypatch.setattr("outbox.tasks.SWEEP", 60)
    assert send_waiting() == 2
