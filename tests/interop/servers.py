"""Servers of others, on loopback for a test's while: dovecot keeps mailboxes, exim delivers."""

import grp
import mailbox
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from getpass import getuser
from pathlib import Path

import pytest


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
class Dovecot:
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


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run dovecot, whatever name logs in with the password has the same mailbox."""
    if shutil.which("dovecot") is None or shutil.which("openssl") is None:
        pytest.skip("dovecot: needs Debian's packages dovecot-imapd and openssl")
    # Dovecot's own users must reach it too, and its sockets' names must stay short.
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    found = Dovecot(folder, _free_port(), _free_port())
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
    try:
        with _running(["dovecot", "-F", "-c", config], found.port, folder / "dovecot.log"):
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str | Path], port: int, log: Path) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        _wait_for(port, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


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
    pytest.fail(log.read_text() if log.exists() else f"nothing came up, and no {log.name}")
