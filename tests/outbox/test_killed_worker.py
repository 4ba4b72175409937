"""A worker killed at any moment loses no mail, and sends none again under another number."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outbox.tasks import LOST_AFTER, PAUSES
from tests.conftest import MONDAY_MORNING
from tests.database import _template
from tests.outbox import sink


KILLS = 50
MAILS = 400


@pytest.fixture
def database(tmp_path) -> Path:
    """A file of its own, whatever database the other tests use."""
    path = tmp_path / "killed.sqlite3"
    if _template().exists():
        shutil.copy(_template(), path)
    return path


@pytest.fixture
def server() -> Iterator[sink.Sink]:
    with sink.running() as running:
        yield running


@pytest.fixture
def sweep(database, server) -> Iterator[Callable[..., None]]:
    """Return a function: a moment → so many sweeps (`at_once`) at that moment, each a process
    of its own, killed after `life` seconds if that is given.
    """
    command = [sys.executable, "-m", "tests.outbox.worker", str(server.port), str(MAILS)]
    own = {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(
        command,
        env=os.environ | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as worker:

        def order(moment: datetime, *, at_once: int = 1, life: float | None = None) -> None:
            worker.stdin.write(f"{moment.timestamp()} {at_once}\n")
            children = [int(child) for child in worker.stdout.readline().split()]
            assert len(children) == at_once
            if life is not None:
                time.sleep(life)
                for child in children:
                    os.kill(child, signal.SIGKILL)
            assert worker.stdout.readline() == "done\n"

        order(MONDAY_MORNING, at_once=0)
        yield order


def rows(database: Path, question: str) -> list[tuple]:
    with sqlite3.connect(database) as connection:
        return connection.execute(question).fetchall()


def test_a_worker_killed_at_any_moment_loses_nothing(database, server, sweep) -> None:
    server.delay = 0.01
    moment = MONDAY_MORNING
    for _n in range(KILLS):
        sweep(moment, life=random.uniform(0.01, 0.25))
        # The next worker comes when the killed one's mail counts as lost.
        moment += LOST_AFTER + timedelta(seconds=1)
    killed_with = dict(rows(database, "SELECT status, count(*) FROM outbox_message GROUP BY 1"))
    server.delay = 0
    for pause in [timedelta(), LOST_AFTER, *PAUSES]:
        moment += pause + timedelta(seconds=1)
        sweep(moment)

    statuses = dict(rows(database, "SELECT status, count(*) FROM outbox_message GROUP BY 1"))
    numbers = defaultdict(set)
    for address, number in server.accepted:
        numbers[address].add(number)
    interrupted = rows(
        database, "SELECT count(*) FROM outbox_attempt WHERE result = 'interrupted'"
    )[0][0]
    times = Counter(number for _address, number in server.accepted)
    # The kills came while mails were being sent, not before or after.
    assert killed_with.keys() >= {"sent", "waiting"}
    assert interrupted >= 5
    assert statuses == {"sent": MAILS}
    assert numbers == {
        address: {number}
        for address, number in rows(database, "SELECT address, message_id FROM outbox_message")
    }
    assert sum(times.values()) - MAILS <= interrupted <= KILLS
    # Each kill costs at most the one mail that was on its way.
    assert max(times.values()) <= 1 + max(
        count
        for (count,) in rows(
            database,
            "SELECT count(*) FROM outbox_attempt WHERE result = 'interrupted' GROUP BY message_id",
        )
    )


def test_two_workers_at_once_send_each_mail_once(database, server, sweep) -> None:
    server.delay = 0.002

    sweep(MONDAY_MORNING, at_once=2)

    assert server.sessions == 2
    assert Counter(address for address, _number in server.accepted) == {
        f"lugeja{n}@test.example": 1 for n in range(MAILS)
    }


def test_a_mail_lost_on_its_way_stays_alone_until_its_worker_must_be_dead(
    database, server, sweep
) -> None:
    server.delay = 0.01
    sweep(MONDAY_MORNING, life=0.2)
    lost = rows(database, "SELECT message_id FROM outbox_message WHERE status = 'sending'")

    server.delay = 0
    sweep(MONDAY_MORNING + LOST_AFTER)

    assert lost == rows(database, "SELECT message_id FROM outbox_message WHERE status = 'sending'")
    assert set(Counter(server.accepted).values()) == {1}
