"""A real Thunderbird without a window, driven over its Marionette port."""

import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from django.conf import settings

from tests.interop.servers import free_port, running


PROGRAM = Path("/usr/lib/thunderbird/thunderbird")
"""Not the wrapper in the path, which would be ended in its stead."""
SCRIPT = Path(settings.BASE_DIR) / "interop" / "answer_in_thunderbird.js"


def calendar_of(mail: bytes) -> tuple[str, str]:
    """Return the METHOD that a mail gives its calendar part, and the part's text."""
    [part] = [
        part
        for part in message_from_bytes(mail).walk()
        if part.get_content_type() == "text/calendar"
    ]
    return str(part.get_param("method")), _text(part)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode(part.get_content_charset() or "ascii")


class Thunderbird:
    """The calendar program of whoever has the `address`; it keeps its events in memory."""

    def __init__(self, address: str, connection: socket.socket) -> None:
        self.address = address
        self._connection = connection
        self._answers = connection.makefile("rb")
        self._number = 0
        self._read()
        self._asks("WebDriver:NewSession", capabilities={})
        self._asks("Marionette:SetContext", value="chrome")

    def takes(self, mail: bytes, answer: str = "") -> tuple[str, list[dict]]:
        """Open a mail and press the button of an answer (a PARTSTAT), or the only one there is.

        Returns what Thunderbird calls the message, "" for one without news, and its events
        of that meeting.
        A reply is sent by itself, soon.
        """
        method, text = calendar_of(mail)
        said = self._asks(
            "WebDriver:ExecuteAsyncScript",
            script=SCRIPT.read_text(),
            args=[method, text, answer],
            scriptTimeout=20_000,
            newSandbox=True,
        )["value"]
        assert "error" not in said, said["error"]
        return said["action"], said["events"]

    def _asks(self, command: str, **parameters: object) -> dict:
        self._number += 1
        asked = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(asked), asked))
        _kind, number, error, answer = self._read()
        assert (number, error) == (self._number, None)
        return answer

    def _read(self) -> list:
        length = b""
        while (letter := self._answers.read(1)) not in (b":", b""):
            length += letter
        return json.loads(self._answers.read(int(length)))


@contextmanager
def thunderbird(address: str, *, imap_port: int, smtp_port: int) -> Iterator[Thunderbird]:
    """Run a Thunderbird with one account, which answers over SMTP."""
    if not PROGRAM.exists():
        pytest.skip("Thunderbird: needs Debian's package thunderbird")
    port = free_port()
    home = Path(tempfile.mkdtemp(prefix="thunderbird-"))
    profile = home / "profile"
    profile.mkdir()
    wishes = {
        "marionette.port": port,
        "mail.accountmanager.accounts": "account1",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1",
        "mail.account.account1.identities": "id1",
        # Without a mailbox it is nobody's program and sends no reply; the tests open the mails.
        "mail.server.server1.type": "imap",
        "mail.server.server1.hostname": "127.0.0.1",
        "mail.server.server1.port": imap_port,
        "mail.server.server1.userName": address.partition("@")[0],
        "mail.server.server1.login_at_startup": False,
        "mail.server.server1.check_new_mail": False,
        "mail.identity.id1.valid": True,
        "mail.identity.id1.useremail": address,
        "mail.identity.id1.fullName": "Kutsutu",
        "mail.identity.id1.smtpServer": "smtp1",
        "mail.identity.id1.fcc": False,
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        "mail.smtpserver.smtp1.type": "smtp",
        "mail.smtpserver.smtp1.hostname": "127.0.0.1",
        "mail.smtpserver.smtp1.port": smtp_port,
        "mail.smtpserver.smtp1.authMethod": 1,
        "mail.smtpserver.smtp1.try_ssl": 0,
        # Nothing leaves the machine.
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.blocklist.enabled": False,
        "mailnews.start_page.enabled": False,
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "services.settings.server": "data:,",
    }
    (profile / "user.js").write_text(
        "".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in wishes.items()
        )
    )
    log = home / "log"
    command = [PROGRAM, "--headless", "--no-remote", "--profile", profile]
    command += ["--marionette", "--remote-allow-system-access"]
    try:
        with (
            running(command, port, log, home=home),
            socket.create_connection(("127.0.0.1", port), timeout=60) as connection,
        ):
            yield Thunderbird(address, connection)
    finally:
        shutil.rmtree(home, ignore_errors=True)
