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
protocols = {protocols}
listen = 127.0.0.1
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%n
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
  args = uid={uid} gid={gid} home={folder} allow_all_users=yes
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
LMTP = """\
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
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
EXIM = """\
keep_environment =
primary_hostname = localhost
spool_directory = {folder}
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
host_lookup =
tls_advertise_hosts =
acl_smtp_rcpt = accept
acl_smtp_data = accept
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = mailboxes
begin transports
mailboxes:
  driver = smtp
  protocol = lmtp
  port = {lmtp_port}
  allow_localhost
"""
"""Whoever a mail is for, it goes to dovecot."""


@dataclass
class Dovecot:
    """Each name has a mailbox of its own, and all have the same password."""

    folder: Path
    port: int
    tls_port: int
    lmtp_port: int

    def url(
        self, scheme: str = "imap", *, name: str = "teenus", password: str = "parool-%C3%B5"
    ) -> str:
        port = self.tls_port if scheme == "imaps" else self.port
        return f"{scheme}://{name}:{password}@localhost:{port}/INBOX"

    def deliver(self, mail: bytes) -> None:
        """Put a mail into the box of "teenus" by hand."""
        key = self._box.add(message_from_bytes(mail))
        os.chown(self.folder / "mail" / "teenus" / "new" / key, *OWNER)

    def unseen(self) -> list[str]:
        return [key for key, message in self._box.iteritems() if "S" not in message.get_flags()]

    @property
    def _box(self) -> mailbox.Maildir:
        return mailbox.Maildir(self.folder / "mail" / "teenus")


@contextmanager
def dovecot(*, lmtp: bool = False) -> Iterator[Dovecot]:
    """Run dovecot; with `lmtp` it takes mails from a mail server too."""
    if shutil.which("dovecot") is None or shutil.which("openssl") is None:
        pytest.skip("dovecot: needs Debian's packages dovecot-imapd and openssl")
    if lmtp and not Path("/usr/lib/dovecot/lmtp").exists():
        pytest.skip("dovecot: needs Debian's package dovecot-lmtpd")
    # Dovecot's own users must reach it too, and its sockets' names must stay short.
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    found = Dovecot(folder, free_port(), free_port(), free_port())
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    box = folder / "mail" / "teenus"
    box.parent.mkdir()
    mailbox.Maildir(box)
    for each in (box.parent, box, *box.iterdir()):
        os.chown(each, *OWNER)
    text = CONFIG + (LMTP if lmtp else "") + (UNPRIVILEGED if os.getuid() else "")
    config = folder / "dovecot.conf"
    config.write_text(
        text.format(
            folder=folder,
            password=PASSWORD,
            protocols="imap lmtp" if lmtp else "imap",
            port=found.port,
            tls_port=found.tls_port,
            lmtp_port=found.lmtp_port,
            uid=OWNER[0],
            gid=OWNER[1],
            user=getuser(),
            group=grp.getgrgid(os.getgid()).gr_name,
        )
    )
    try:
        with running(["dovecot", "-F", "-c", config], found.port, folder / "dovecot.log"):
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def exim(lmtp_port: int) -> Iterator[int]:
    """Run exim, which hands every mail on to the mailboxes at `lmtp_port`; give its own port."""
    program = shutil.which("exim4", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or os.getuid() != 0:
        pytest.skip("exim: needs Debian's package exim4-daemon-light, and root to start it")
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="exim-"))
    folder.chmod(0o755)
    spool = folder / "spool"
    spool.mkdir()
    shutil.chown(spool, "Debian-exim", "Debian-exim")
    config = folder / "exim.conf"
    config.write_text(EXIM.format(folder=spool, port=port, lmtp_port=lmtp_port))
    try:
        with running([program, "-C", config, "-bdf"], port, folder / "log"):
            yield port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: list[str | Path], port: int, log: Path, *, home: Path | None = None
) -> Iterator[None]:
    """Run a program until the end of the block, which begins when its port answers.

    With a `home` it finds nothing of the user's. What it says goes to the log.
    """
    own = {"HOME": str(home)} if home else {}
    with log.open("ab") as said:
        process = subprocess.Popen(command, env=os.environ | own, stdout=said, stderr=said)
    try:
        _wait_for(port, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
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
    pytest.fail(f"nothing came up: {log.read_text()}")
