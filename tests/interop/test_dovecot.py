"""A real IMAP server gives us the answers of calendars: with TLS, without, and once each."""

import ssl
from collections.abc import Iterator

import pytest

from meetings.itip import MAIL_LIMIT
from meetings.mailbox import MailboxError, read_imap
from meetings.models import IncomingMail
from meetings.tasks import read_mailbox
from tests.factories import meetings, people, replies
from tests.interop.servers import Dovecot, dovecot


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture
def trusted(server, monkeypatch) -> None:
    """Let the reader trust the server's own certificate, as it would a real one."""
    make = ssl.create_default_context
    monkeypatch.setattr(
        ssl, "create_default_context", lambda: make(cafile=str(server.folder / "cert.pem"))
    )


@pytest.mark.parametrize("scheme", ["imap", "imap+tls", "imaps"])
def test_dovecot_gives_each_mail_once(server, trusted, settings, scheme):
    worker = people.worker()
    meeting = meetings.meeting(worker, guests=(meetings.GUEST,))
    server.deliver(replies.mail(meeting, worker.email, "accepted"))
    server.deliver(b"From: x@x.example\n\nkanaarilind\n")
    server.deliver(replies.counter(meeting, meetings.GUEST.email))
    settings.IMAP_URL = server.url(scheme)

    assert [read_mailbox(), read_mailbox()] == [3, 0]

    assert server.unseen() == []
    assert meeting.invitees.get(user=worker).answer == "accepted"
    assert meeting.proposals.count() == 1
    assert [line.outcome for line in IncomingMail.objects.all()] == ["taken", "taken"]


def test_dovecot_keeps_what_was_not_handled(server):
    server.deliver(b"From: x@x.example\n\nx\n")

    def handle(mail: bytes) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        read_imap(server.url(), handle)

    assert len(server.unseen()) == 1
    assert read_imap(server.url(), lambda mail: None) == 1


def test_dovecot_is_asked_for_no_large_mail(server):
    server.deliver(b"From: x@x.example\n\n" + (b"x" * 70 + b"\n") * (MAIL_LIMIT // 70))
    server.deliver(b"From: x@x.example\n\nsmall\n")
    received = []

    assert read_imap(server.url(), received.append) == 2
    assert [b"small" in mail for mail in received] == [True]


def test_dovecot_without_trust_or_password_is_not_read(server):
    with pytest.raises(MailboxError, match="SSLCertVerificationError"):
        read_imap(server.url("imaps"), lambda mail: None)
    with pytest.raises(MailboxError, match="SSLCertVerificationError"):
        read_imap(server.url("imap+tls"), lambda mail: None)
    with pytest.raises(MailboxError, match="error"):
        read_imap(server.url(password="wrong"), lambda mail: None)
