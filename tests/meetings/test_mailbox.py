"""Reading the service's mailbox: each mail is marked after it was handled, and never before."""

import logging
import re
import socketserver
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django_q.models import Schedule

from common import clock
from journal.models import Entry
from meetings.itip import MAIL_LIMIT
from meetings.mailbox import MailboxError, read_imap, read_maildir
from meetings.models import IncomingMail
from meetings.tasks import mail as tasks
from meetings.tasks import read_mailbox
from tests.factories import meetings, people, replies


pytestmark = pytest.mark.django_db

SECRET = "sala:s/õna@"
QUOTED = "sala%3As%2F%C3%B5na%40"


# --- a maildir ------------------------------------------------------------------------------


@pytest.fixture
def maildir(tmp_path, settings) -> Path:
    settings.MAILDIR = tmp_path / "mailbox"
    for name in ("new", "cur", "tmp"):
        (settings.MAILDIR / name).mkdir(parents=True)
    return settings.MAILDIR


def names(maildir: Path) -> dict[str, list[str]]:
    return {
        name: sorted(each.name for each in (maildir / name).iterdir()) for name in ("new", "cur")
    }


def test_maildir_is_read_once(maildir):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    (maildir / "new" / "1.host").write_bytes(replies.mail(meeting, worker.email, "accepted"))
    (maildir / "new" / "2.host").write_bytes(b"From: x@x.example\n\nkanaarilind")

    assert [read_mailbox(), read_mailbox()] == [2, 0]

    assert names(maildir) == {"new": [], "cur": ["1.host:2,S", "2.host:2,S"]}
    assert meeting.invitees.get(user=worker).answer == "accepted"
    assert [line.outcome for line in IncomingMail.objects.all()] == ["taken"]


def test_maildir_that_is_not_there_is_empty(settings, tmp_path):
    settings.MAILDIR = tmp_path / "nowhere"

    assert read_mailbox() == 0
    assert not settings.MAILDIR.exists()


def test_maildir_gives_two_hundred_at_a_time_and_no_links(maildir, tmp_path):
    for n in range(203):
        (maildir / "new" / f"{n:03}").write_bytes(b"x")
    (tmp_path / "elsewhere").write_bytes(b"x")
    (maildir / "new" / "999").symlink_to(tmp_path / "elsewhere")
    (maildir / "new" / "folder").mkdir()
    seen = []

    assert [read_maildir(maildir, seen.append) for _n in range(3)] == [200, 3, 0]
    assert len(seen) == 203
    assert names(maildir)["new"] == ["999", "folder"]


def test_maildir_reads_no_more_than_the_limit(maildir):
    (maildir / "new" / "1").write_bytes(b"x" * (MAIL_LIMIT + 100))
    sizes = []

    read_maildir(maildir, lambda mail: sizes.append(len(mail)))

    assert sizes == [MAIL_LIMIT + 1]


def test_mail_stays_new_while_the_database_is_away(maildir, monkeypatch):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    (maildir / "new" / "1").write_bytes(replies.mail(meeting, worker.email, "accepted"))

    def away(mail: bytes) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "receive", away)
        with pytest.raises(DatabaseError):
            read_mailbox()
    assert names(maildir)["new"] == ["1"]

    assert read_mailbox() == 1
    assert meeting.invitees.get(user=worker).answer == "accepted"


def test_mail_read_again_after_an_interruption_changes_nothing(maildir):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    mail = replies.mail(meeting, worker.email, "declined")
    for _n in range(2):
        (maildir / "new" / "1").write_bytes(mail)
        read_mailbox()

    assert Entry.objects.about(meeting).count() == 1
    outcomes = IncomingMail.objects.values_list("outcome", flat=True)
    assert sorted(outcomes) == ["repeated", "taken"]


def test_mail_that_another_worker_took_meanwhile_is_left_to_it(maildir):
    for name in ("1", "2"):
        (maildir / "new" / name).write_bytes(name.encode())

    def handle(mail: bytes) -> None:
        if mail == b"1":
            (maildir / "new" / "1").rename(maildir / "cur" / "1:2,S")
            (maildir / "new" / "2").rename(maildir / "cur" / "2:2,S")

    assert read_maildir(maildir, handle) == 0
    assert names(maildir) == {"new": [], "cur": ["1:2,S", "2:2,S"]}


def test_mail_that_breaks_our_code_lets_the_next_pass(maildir, monkeypatch, caplog):
    for name in ("1", "2"):
        (maildir / "new" / name).write_bytes(name.encode())
    received = []

    def receive(mail: bytes) -> None:
        if mail == b"1":
            raise KeyError("kanaarilind")
        received.append(mail)

    monkeypatch.setattr(tasks, "receive", receive)

    assert read_mailbox() == 2
    assert received == [b"2"]
    assert caplog.messages == ["a mail could not be handled: KeyError"]
    assert "kanaarilind" not in caplog.text


def test_lines_are_kept_for_half_a_year_and_while_the_meeting_is_to_come(maildir):
    worker = people.worker()
    soon = meetings.meeting(worker)
    late = meetings.meeting(worker, starts_at=clock.now() + timedelta(days=300))
    for n, meeting in enumerate((soon, late)):
        (maildir / "new" / str(n)).write_bytes(replies.mail(meeting, worker.email, "accepted"))
    (maildir / "new" / "2").write_bytes(replies.mail(soon, worker.email, "x", UID="x@x.example"))
    read_mailbox()

    with clock.at(clock.now() + timedelta(days=180)):
        assert tasks.forget_old_lines() == 0
    with clock.at(clock.now() + timedelta(days=181)):
        (maildir / "new" / "3").write_bytes(b"x")
        assert read_mailbox() == 1

    assert [line.meeting for line in IncomingMail.objects.all()] == [late]


# --- an IMAP server -------------------------------------------------------------------------


class Imap(socketserver.ThreadingTCPServer):
    """As much of an IMAP server as the reader needs, which writes down what it is asked."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.asked: list[str] = []
        self.password = SECRET
        self.capabilities = "IMAP4rev1 AUTH=PLAIN"
        self.break_at = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """The reader may hang up whenever it likes."""

    @property
    def url(self) -> str:
        return f"imap://teenus:{QUOTED}@127.0.0.1:{self.server_address[1]}/INBOX"


class Dialogue(socketserver.StreamRequestHandler):
    server: Imap
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            literal = re.search(r"\{(\d+)\}$", command)
            if literal:
                self.say("+ go on")
                command += self.rfile.read(int(literal[1])).decode()
                self.rfile.readline()
            self.server.asked.append(command)
            if self.server.break_at and self.server.break_at in command:
                return
            if command.startswith("LOGOUT"):
                self.say("* BYE")
                self.say(f"{tag} OK")
                return
            self.say(f"{tag} {'OK' if self.answered(command) else 'NO'} done")

    def say(self, line: str | bytes) -> None:
        self.wfile.write(line.encode() if isinstance(line, str) else line)
        self.wfile.write(b"\r\n")

    def answered(self, command: str) -> bool:
        words = command.split()
        if words[0] == "CAPABILITY":
            self.say(f"* CAPABILITY {self.server.capabilities}")
        elif words[0] == "AUTHENTICATE":
            self.say("+ ")
            said = b64decode(self.rfile.readline()).decode()
            return said == f"\0teenus\0{self.server.password}"
        elif words[0] == "LOGIN":
            return command == f'LOGIN teenus "{self.server.password}"'
        elif words[0] == "SELECT":
            self.say(f"* {len(self.server.mails)} EXISTS")
            return words[1] == '"INBOX"'
        elif words[:3] == ["UID", "SEARCH", "UNSEEN"]:
            unseen = sorted(set(self.server.mails) - self.server.seen)
            self.say("* SEARCH " + " ".join(str(uid) for uid in unseen))
        elif words[:2] == ["UID", "FETCH"]:
            for uid in (int(each) for each in words[2].split(",")):
                mail = self.server.mails[uid]
                if "RFC822.SIZE" in command:
                    self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
                    continue
                if "PEEK" not in command:
                    self.server.seen.add(uid)
                most = int(re.search(r"<0\.(\d+)>", command)[1])
                self.say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(mail[:most])}}}")
                self.wfile.write(mail[:most])
                self.say(")")
        elif words[:2] == ["UID", "STORE"]:
            self.server.seen.add(int(words[2]))
        return True


@pytest.fixture
def imap() -> Iterator[Imap]:
    with Imap() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_imap_is_read_once(imap, settings):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    imap.mails = {
        7: b"From: x@x.example\r\n\r\nkanaarilind",
        9: replies.mail(meeting, worker.email, "tentative"),
    }
    settings.IMAP_URL = imap.url

    assert [read_mailbox(), read_mailbox()] == [2, 0]

    assert imap.seen == {7, 9}
    assert meeting.invitees.get(user=worker).answer == "tentative"


def test_imap_without_plain_authentication_is_read(imap):
    imap.capabilities, imap.password = "IMAP4rev1", "parool"
    imap.mails = {7: b"x"}

    assert read_imap(imap.url.replace(QUOTED, "parool"), lambda mail: None) == 1


def test_imap_mail_over_the_limit_is_never_fetched(imap):
    imap.mails = {7: b"x" * (MAIL_LIMIT + 1), 8: b"small"}
    received = []

    assert read_imap(imap.url, received.append) == 2

    assert received == [b"small"]
    assert imap.seen == {7, 8}
    assert not any(word.startswith("UID FETCH 7 (BODY") for word in imap.asked)


def test_imap_gives_two_hundred_at_a_time(imap):
    imap.mails = dict.fromkeys(range(1, 206), b"x")
    received = []

    assert [read_imap(imap.url, received.append) for _n in range(3)] == [200, 5, 0]
    assert len(received) == 205


@pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT", "SEARCH", "SIZE", "BODY", "STORE"])
def test_imap_that_breaks_off_is_read_again(imap, settings, caplog, command):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    imap.mails = {7: replies.mail(meeting, worker.email, "accepted")}
    settings.IMAP_URL = imap.url
    imap.break_at = command

    assert [read_mailbox(), read_mailbox()] == [0, 0]
    assert imap.seen == set()
    assert len(caplog.messages) == 1

    imap.break_at = ""
    assert read_mailbox() == 1
    assert meeting.invitees.get(user=worker).answer == "accepted"
    assert Entry.objects.about(meeting).count() == 1


def test_imap_marks_nothing_that_was_not_handled(imap):
    imap.mails = {7: b"1", 8: b"2"}

    def handle(mail: bytes) -> None:
        if mail == b"2":
            raise DatabaseError("gone")

    with pytest.raises(DatabaseError):
        read_imap(imap.url, handle)

    assert imap.seen == {7}
    assert imap.asked[-1] == "LOGOUT"


def nobody_there(imap: Imap) -> str:
    return f"imap://teenus:{QUOTED}@127.0.0.1:1/INBOX"


def wrong_password(imap: Imap) -> str:
    imap.password = "another"
    return imap.url


def no_such_folder(imap: Imap) -> str:
    return imap.url.replace("INBOX", "Muu")


def no_imap(imap: Imap) -> str:
    return imap.url.replace("imap:", "http:")


def no_port(imap: Imap) -> str:
    return f"imap://teenus:{QUOTED}@127.0.0.1:no/INBOX"


def no_tls(imap: Imap) -> str:
    return imap.url.replace("imap:", "imap+tls:")


@pytest.mark.parametrize(
    "wrong", [nobody_there, wrong_password, no_such_folder, no_imap, no_port, no_tls]
)
def test_mailbox_that_cannot_be_read_is_logged_once_without_secrets(imap, settings, caplog, wrong):
    settings.IMAP_URL = wrong(imap)

    with caplog.at_level(logging.DEBUG):
        assert [read_mailbox(), read_mailbox()] == [0, 0]

    [line] = [record for record in caplog.records if record.name == "meetings.tasks.mail"]
    assert line.levelname == "WARNING"
    for secret in (SECRET, QUOTED, "teenus", "127.0.0.1"):
        assert secret not in caplog.text
    with pytest.raises(MailboxError):
        read_imap(settings.IMAP_URL, lambda mail: None)


def test_mailbox_is_read_each_minute():
    call_command("load_reference", verbosity=0)

    schedule = Schedule.objects.get(name="mailbox")
    assert (schedule.func, schedule.minutes) == ("meetings.tasks.read_mailbox", 1)
