"""The service's mailbox: new mails one by one, each marked as read only after it was handled.

Whoever is interrupted reads the same mail again, which changes nothing.
"""

import imaplib
import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from meetings.itip import MAIL_LIMIT


MOST = 200
"""Mails in one run."""
TIMEOUT = 20
"""Seconds that the server may take for one answer."""
PORTS = {"imap": 143, "imap+tls": 143, "imaps": 993}

Handle = Callable[[bytes], None]


class MailboxError(Exception):
    """The mailbox cannot be read now. Its text names neither address nor password."""


def read_maildir(folder: Path, handle: Handle) -> int:
    """Give up to `MOST` new mails to `handle`; return how many were read.

    By hand, for the stdlib's Maildir parses a whole mail in order to mark it, however
    deep its parts are nested. A folder that is not there is empty.
    """
    new, seen = folder / "new", folder / "cur"
    if not new.is_dir():
        return 0
    seen.mkdir(exist_ok=True)
    names = sorted(each.name for each in os.scandir(new) if each.is_file(follow_symlinks=False))
    count = 0
    for name in names[:MOST]:
        try:
            with (new / name).open("rb") as file:
                mail = file.read(MAIL_LIMIT + 1)
            handle(mail)
            (new / name).replace(seen / f"{name.partition(':')[0]}:2,S")
        except FileNotFoundError:
            # Another worker was faster.
            continue
        count += 1
    return count


def read_imap(url: str, handle: Handle) -> int:
    """Give up to `MOST` unseen mails to `handle`; return how many were marked as seen.

    A mail over the limit is never fetched. Raises MailboxError.
    """
    address = urlsplit(url)
    with _opened(address) as box:
        folder = unquote(address.path.strip("/")) or "INBOX"
        _asked(box.select, _quoted(folder))
        uids = _asked(box.uid, "SEARCH", "UNSEEN")[0].split()[:MOST]
        if not uids:
            return 0
        sizes = _sizes(_asked(box.uid, "FETCH", b",".join(uids).decode(), "(RFC822.SIZE)"))
        for uid in uids:
            if sizes.get(uid, 0) <= MAIL_LIMIT:
                handle(_mail(box, uid))
            _asked(box.uid, "STORE", uid.decode(), "+FLAGS.SILENT", r"(\Seen)")
        return len(uids)


@contextmanager
def _opened(address: SplitResult) -> Iterator[imaplib.IMAP4]:
    """Log in, and out again whatever happens."""
    if address.scheme not in PORTS or not address.hostname:
        raise MailboxError("IMAP_URL is not understood")
    try:
        box = _connected(address)
        try:
            _log_in(box, unquote(address.username or ""), unquote(address.password or ""))
            yield box
        finally:
            _leave(box)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise MailboxError(type(error).__name__) from None


def _connected(address: SplitResult) -> imaplib.IMAP4:
    host, port = address.hostname or "", address.port or PORTS[address.scheme]
    if address.scheme == "imaps":
        return imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
        )
    box = imaplib.IMAP4(host, port, timeout=TIMEOUT)
    if address.scheme == "imap+tls":
        try:
            box.starttls(ssl.create_default_context())
        except (OSError, imaplib.IMAP4.error):
            _hang_up(box)
            raise
    return box


def _log_in(box: imaplib.IMAP4, user: str, password: str) -> None:
    if "AUTH=PLAIN" in box.capabilities:
        # LOGIN of the stdlib knows no letter beyond ASCII.
        box.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())
    else:
        box.login(user, password)


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        _hang_up(box)


def _hang_up(box: imaplib.IMAP4) -> None:
    with suppress(OSError):
        box.shutdown()


def _asked(command: Callable, *words: str) -> list:
    status, answer = command(*words)
    if status != "OK":
        raise MailboxError("refused")
    return [part for part in answer if part is not None] or [b""]


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _sizes(answer: list) -> dict[bytes, int]:
    found = {}
    for line in answer:
        if isinstance(line, bytes):
            uid = re.search(rb"UID (\d+)", line)
            size = re.search(rb"RFC822\.SIZE (\d+)", line)
            if uid and size:
                found[uid[1]] = int(size[1])
    return found


def _mail(box: imaplib.IMAP4, uid: bytes) -> bytes:
    """Fetch a mail, and no more than the limit, whatever the server said of its size."""
    answer = _asked(box.uid, "FETCH", uid.decode(), f"(BODY.PEEK[]<0.{MAIL_LIMIT + 1}>)")
    for part in answer:
        if isinstance(part, tuple):
            return part[1]
    # Somebody took it out meanwhile.
    return b""
