import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from config import run


def test_port_is_taken_from_the_environment() -> None:
    assert [run.port_from({}), run.port_from({"PORT": ""}), run.port_from({"PORT": "8102"})] == [
        8000,
        8000,
        8102,
    ]


@pytest.mark.parametrize("wished", ["abc", "0", "65536", "-1", "80.5"])
def test_no_port_is_said(wished: str) -> None:
    with pytest.raises(SystemExit, match="PORT must be a number"):
        run.port_from({"PORT": wished})


def test_taken_port_is_said_before_anything_else() -> None:
    with socket.socket() as other:
        other.bind((run.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        answer = subprocess.run(
            [sys.executable, "-m", "config.run", "check-port"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {port} is taken by another program. "
        f"Stop that one, or choose another port: make run PORT={port + 1}\n"
    )


def test_first_start_writes_fresh_keys_for_the_owner_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    run.write_env(first)
    run.write_env(second)

    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    lines = dict(line.split("=", 1) for line in first.read_text().splitlines() if line[:1] != "#")
    others = dict(line.split("=", 1) for line in second.read_text().splitlines() if line[:1] != "#")
    assert (lines["DEMO"], lines["DEBUG"]) == ("1", "0")
    assert len(lines["SECRET_KEY"]) >= 50
    assert {name for name in lines if lines[name] != others[name]} == {"SECRET_KEY", "FIELD_KEYS"}


def test_existing_keys_are_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("SECRET_KEY=kept\n")

    with pytest.raises(FileExistsError):
        run.write_env(file)

    assert file.read_text() == "SECRET_KEY=kept\n"


# Two programs, each with a child of its own; the second ignores polite requests.
# Each line is one write, and the watcher announces nothing, so that no two mix.
WATCHED = """
import os, signal, sys, time

from config import run
def sleeper():
    os.fork()
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)
def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleeper()
run.STOP_SECONDS = 1
run.answers = lambda port: False
for number in run.SIGNALS:
    signal.signal(number, signal.default_int_handler)
try:
    status = run.run({"web server": sleeper, "worker": stubborn}, 8000)
except KeyboardInterrupt:
    status = 0
sys.exit(status)
"""


def watched() -> tuple[subprocess.Popen, list[int]]:
    """Start the two programs; return who watches them and all four processes."""
    watcher = subprocess.Popen(
        [sys.executable, "-c", WATCHED], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    started: list[int] = []
    while len(started) < 4:
        line = watcher.stdout.readline()
        assert line, "it ended before all four had started"
        started += [int(line)] if line.strip().isdecimal() else []
    return watcher, started


def is_gone(pid: int) -> bool:
    # An orphan that was ended may wait a moment for its new parent to notice.
    for _turn in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_no_process(number: signal.Signals) -> None:
    watcher, started = watched()

    watcher.send_signal(number)
    watcher.communicate(timeout=30)

    assert watcher.returncode == 0
    assert [pid for pid in started if not is_gone(pid)] == []


def test_when_one_ends_the_other_is_stopped() -> None:
    watcher, started = watched()

    leaders = [pid for pid in started if os.getpgid(pid) == pid]
    os.kill(leaders[0], signal.SIGKILL)
    said, _ = watcher.communicate(timeout=30)

    assert watcher.returncode == 1
    assert "ended by itself (status -9); stopping." in said
    assert [pid for pid in started if not is_gone(pid)] == []


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        ({"IMAP_URL": "imaps://x:y@mail.example/INBOX"}, False),
        ({"IMAP_URL": "imaps://x:y@mail.example/INBOX", "MAIL_AUTHSERV_ID": "mx.example"}, True),
        ({"IMAP_URL": "imaps://x:y@mail.example/INBOX", "MAIL_AUTHSERV_ID": "off"}, True),
        ({}, True),
    ],
)
def test_mailbox_in_which_anyone_may_write_is_not_read_unproven(given, starts) -> None:
    """Without proof of the sender one person could answer for another."""
    plain = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}
    known = {"PATH": os.environ["PATH"], "DEBUG": "0", "DEMO": "0"} | plain

    answer = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=settings.BASE_DIR,
        env=known | {"IMAP_URL": "", "MAIL_AUTHSERV_ID": ""} | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (answer.returncode == 0) == starts
    assert ("MAIL_AUTHSERV_ID is not" in answer.stderr) != starts
