"""Whole rounds by mail: our outbox sends over SMTP, exim and dovecot deliver, a program of the
invitee's answers by itself, and our collecting task finds the answer over IMAP.
"""

import imaplib
import smtplib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from common import clock
from meetings.actions import cancel_meeting, move_meeting, restore_meeting
from meetings.emails import meeting_invitations
from meetings.models import IncomingMail, Meeting
from meetings.tasks import read_mailbox
from outbox.models import Message, Status
from outbox.tasks import send_waiting
from people.models import User
from tests.factories import meetings, people
from tests.interop.servers import PASSWORD, Dovecot, dovecot, exim
from tests.interop.test_calendar_readers import has_php
from tests.interop.thunderbird import Thunderbird, calendar_of, thunderbird


pytestmark = pytest.mark.django_db

SERVICE = "toetuspakett"
ADDRESS = "mari@test.example"
PLACE = "Võru; näidise 1, tuba \\ 2 – " + "õ" * 60
REASON = {"wanted_by": "organiser", "reason": "x"}
HORDE = Path(django_settings.BASE_DIR) / "interop" / "reply_horde.php"


@dataclass
class Post:
    """The mail server and the mailboxes behind it."""

    boxes: Dovecot
    smtp_port: int

    def sends(self) -> bytes:
        """Send what waits in our outbox; return the mail that came to the invitee."""
        assert send_waiting() > 0
        assert not Message.objects.exclude(status=Status.SENT).exists()
        [mail] = self.fetches(ADDRESS.partition("@")[0])
        return mail

    def fetches(self, name: str) -> list[bytes]:
        """Wait for mails in a mailbox, and fetch them as a mail program does."""
        self.waits_for(name)
        with imaplib.IMAP4("127.0.0.1", self.boxes.port, timeout=20) as box:
            box.authenticate("PLAIN", lambda _challenge: f"\0{name}\0{PASSWORD}".encode())
            box.select()
            return [
                box.fetch(number, "(RFC822)")[1][0][1]
                for number in box.search(None, "UNSEEN")[1][0].split()
            ]

    def waits_for(self, name: str, *, mails: int = 1) -> None:
        new = self.boxes.folder / "mail" / name / "new"
        for _n in range(200):
            if new.is_dir() and len(list(new.iterdir())) >= mails:
                return
            time.sleep(0.1)
        pytest.fail(f"no mail came to {name}")

    def takes_in(self, mail: bytes) -> None:
        """Take a mail from a program that does not speak SMTP itself."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as server:
            server.sendmail(ADDRESS, [f"{SERVICE}@127.0.0.1"], mail)

    def collects(self, *, mails: int = 1) -> list[str]:
        """Let our task read the replies; return what became of each mail."""
        self.waits_for(SERVICE, mails=mails)
        known = set(IncomingMail.objects.values_list("pk", flat=True))
        assert read_mailbox() == mails
        lines = IncomingMail.objects.exclude(pk__in=known).order_by("received_at", "pk")
        return list(lines.values_list("outcome", flat=True))


@pytest.fixture(scope="module")
def servers() -> Iterator[Post]:
    with dovecot(lmtp=True) as boxes, exim(boxes.lmtp_port) as smtp_port:
        yield Post(boxes, smtp_port)


@pytest.fixture
def post(servers, settings, monkeypatch) -> Post:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers.smtp_port
    settings.IMAP_URL = servers.boxes.url(name=SERVICE)
    # Programs of others ask the machine for the time, so here we do too.
    monkeypatch.setattr(clock, "_fixed_for_process", None)
    for left in (servers.boxes.folder / "mail").glob("*/new/*"):
        left.unlink()
    return servers


@pytest.fixture(scope="module")
def program(servers) -> Iterator[Thunderbird]:
    ports = {"imap_port": servers.boxes.port, "smtp_port": servers.smtp_port}
    with thunderbird(ADDRESS, **ports) as running:
        yield running


def invited() -> tuple[Meeting, User]:
    """A meeting tomorrow with one who was sent the invitation, in the outbox as yet."""
    worker, organiser = people.worker(email=ADDRESS), people.consultant()
    starts_at = clock.tallinn(clock.today() + timedelta(days=1), meetings.TOMORROW_AT_TEN.time())
    meeting = meetings.meeting(worker, organiser=organiser, starts_at=starts_at, place=PLACE)
    meeting_invitations(meeting, by=organiser)
    return meeting, worker


def moved(meeting: Meeting, *, days: int = 7) -> Meeting:
    move = timedelta(days=days)
    return move_meeting(
        meeting,
        starts_at=meeting.starts_at + move,
        ends_at=meeting.ends_at + move,
        by=meeting.organiser,
        **REASON,
    )


def answer_of(meeting: Meeting, worker: User) -> str:
    return meeting.invitees.get(user=worker).answer


def held(meeting: Meeting, answer: str) -> list[dict]:
    """What a program holds of a meeting that stands."""
    return [
        {
            "uid": meeting.uid,
            "sequence": meeting.sequence,
            "begins": int(meeting.starts_at.timestamp()),
            "ends": int(meeting.ends_at.timestamp()),
            "status": "CONFIRMED",
            "place": PLACE,
            "answer": answer,
        }
    ]


def test_thunderbird_answers_moves_and_cancels_with_us(post, program):
    meeting, worker = invited()

    assert program.takes(post.sends(), "ACCEPTED") == ("REQUEST", held(meeting, "ACCEPTED"))
    assert post.collects() == ["taken"]
    assert answer_of(meeting, worker) == "accepted"

    meeting = moved(meeting)
    assert answer_of(meeting, worker) == "needs-action"
    update = post.sends()
    assert program.takes(update, "TENTATIVE") == ("REQUEST:UPDATE", held(meeting, "TENTATIVE"))
    assert post.collects() == ["taken"]
    assert answer_of(meeting, worker) == "tentative"

    meeting = cancel_meeting(meeting, by=meeting.organiser, **REASON)
    assert program.takes(post.sends()) == ("CANCEL", [])

    meeting = restore_meeting(meeting, by=meeting.organiser)
    assert program.takes(post.sends(), "DECLINED") == ("REQUEST", held(meeting, "DECLINED"))
    assert post.collects() == ["taken"]
    assert answer_of(meeting, worker) == "declined"


def test_thunderbird_takes_no_step_back(post, program):
    meeting, _worker = invited()
    first = post.sends()
    program.takes(first, "ACCEPTED")
    post.collects()
    meeting = moved(meeting)
    update = post.sends()
    program.takes(update, "ACCEPTED")
    post.collects()

    for mail in (first, update):
        assert program.takes(mail, "DECLINED") == ("", held(meeting, "ACCEPTED"))


def test_thunderbird_answering_before_a_move_that_is_collected_after_it_changes_nothing(
    post, program
):
    meeting, worker = invited()
    program.takes(post.sends(), "ACCEPTED")
    post.waits_for(SERVICE)
    meeting = moved(meeting)

    assert post.collects() == ["outdated"]
    assert answer_of(meeting, worker) == "needs-action"

    program.takes(post.sends(), "ACCEPTED")
    assert post.collects() == ["taken"]
    assert answer_of(meeting, worker) == "accepted"


def horde_replies(mail: bytes, answer: str) -> bytes:
    """Return the mail by which Horde answers ours: Accept, Decline or Tentative."""
    if not has_php("Horde/Itip.php"):
        pytest.skip("Horde: needs Debian's packages php-cli and php-horde-itip")
    _method, text = calendar_of(mail)
    done = subprocess.run(
        ["php", HORDE, ADDRESS, "Mari Tamm", answer],
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    # A reply is written to the second, and of two in one second none is the later.
    time.sleep(1)
    return done.stdout


def test_horde_answers_with_us(post):
    meeting, worker = invited()
    mail = post.sends()

    for answer, taken in (
        ("Tentative", "tentative"),
        ("Accept", "accepted"),
        ("Decline", "declined"),
    ):
        post.takes_in(horde_replies(mail, answer))

        assert post.collects() == ["taken"]
        assert answer_of(meeting, worker) == taken


def test_horde_replies_leave_the_last_written_answer_in_any_order(post):
    meeting, worker = invited()
    mail = post.sends()
    written = {
        "accepted": horde_replies(mail, "Accept"),
        "tentative": horde_replies(mail, "Tentative"),
        "declined": horde_replies(mail, "Decline"),
    }

    for order in permutations(written):
        # Each order meets a meeting that nobody has answered.
        meeting.invitees.update(
            answer="needs-action", answered_at=None, reply_sequence=None, reply_stamp=None
        )
        IncomingMail.objects.all().delete()
        for answer in order:
            post.takes_in(written[answer])
            post.collects()

        assert answer_of(meeting, worker) == "declined"


def test_horde_reply_to_the_time_before_a_move_changes_nothing(post):
    meeting, worker = invited()
    first = post.sends()
    meeting = moved(meeting)
    update = post.sends()

    post.takes_in(horde_replies(first, "Decline"))
    assert post.collects() == ["outdated"]
    assert answer_of(meeting, worker) == "needs-action"

    post.takes_in(horde_replies(update, "Accept"))
    assert post.collects() == ["taken"]
    post.takes_in(horde_replies(first, "Decline"))
    assert post.collects() == ["outdated"]
    assert answer_of(meeting, worker) == "accepted"
