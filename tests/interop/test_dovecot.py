"""A real IMAP server gives us the answers of calendars: with TLS, without, and once each."""

import grp
import mailbox
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from getpass import getuser
from pathlib import Path

import pytest

from meetings.itip import MAIL_LIMIT
from meetings.mailbox import MailboxError, read_imap
from meetings.models import IncomingMail
from meetings.tasks import read_mailbox
from tests.factories import meetings, people, replies


pytestmark = pytest.mark.django_db

PASSWORD = "parool-õ"
OWNER = (os.getuid() or 65534, os.getgid() or 65534)
"""Whose mail it is; not root's, which no IMAP server hands out."""
CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""
UNPRIVILEGED = """\
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
service imap-login {{
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
"""Only root may change its user or its root folder."""


@dataclass
class Server:
    folder: Path
    port: int
    tls_port: int

    def url(self, scheme: str = "imap", password: str = "parool-%C3%B5") -> str:
        port = self.tls_port if scheme == "imaps" else self.port
        return f"{scheme}://teenus:{password}@localhost:{port}/INBOX"

    def deliver(self, mail: bytes) -> None:
        key = mailbox.Maildir(self.folder / "mail").add(message_from_bytes(mail))
        os.chown(self.folder / "mail" / "new" / key, *OWNER)

    def unseen(self) -> list[str]:
        return [
            key
            for key, message in mailbox.Maildir(self.folder / "mail").iteritems()
            if "S" not in message.get_flags()
        ]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if shutil.which("dovecot") is None or shutil.which("openssl") is None:
        pytest.skip("dovecot: needs Debian's packages dovecot-imapd and openssl")
    # Dovecot's own users must reach it too, and its sockets' names must stay short.
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    found = Server(folder, _free_port(), _free_port())
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    mailbox.Maildir(folder / "mail")
    for each in (folder / "mail", *(folder / "mail").iterdir()):
        os.chown(each, *OWNER)
    config = folder / "dovecot.conf"
    config.write_text(
        (CONFIG if os.getuid() == 0 else CONFIG + UNPRIVILEGED).format(
            folder=folder,
            password=PASSWORD,
            port=found.port,
            tls_port=found.tls_port,
            uid=OWNER[0],
            gid=OWNER[1],
            user=getuser(),
            group=grp.getgrgid(os.getgid()).gr_name,
        )
    )
    process = subprocess.Popen(["dovecot", "-F", "-c", config])
    try:
        _wait_for(found.port, folder / "dovecot.log")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait_for(port: int, log: Path) -> None:
    for _n in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(log.read_text() if log.exists() else "dovecot did not start")


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
