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
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outbox.tasks import LOST_AFTER, PAUSES
from tests.conftest import MONDAY_MORNING
from tests.database import _template
from tests.outbox import sink
from tests.outbox.worker import NEWS


KILLS = 50
MAILS = 400
FEW = 100
READERS = 100


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


class Worker:
    """Gives orders to `tests.outbox.worker`."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def order(self, *words: object, life: float | None = None) -> None:
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        children = [int(child) for child in self.process.stdout.readline().split()]
        if life is not None:
            time.sleep(life)
            for child in children:
                # It may have come to its end by itself.
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        assert self.process.stdout.readline() == "done\n"

    def compose(self, moment: datetime, *, mails: int = 0, readers: int = 0) -> None:
        self.order("compose", moment.timestamp(), mails, readers)

    def sweep(self, moment: datetime, *, at_once: int = 1, life: float | None = None) -> None:
        """Sweep at a moment, in so many processes, killed after `life` seconds if that is given."""
        self.order("sweep", moment.timestamp(), at_once, life=life)

    def sweep_for_days(self, moment: datetime) -> None:
        """Sweep undisturbed until every pause is over."""
        for pause in [timedelta(), LOST_AFTER, *PAUSES]:
            moment += pause + timedelta(seconds=1)
            self.sweep(moment)


@pytest.fixture
def worker(database, server) -> Iterator[Worker]:
    own = {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.worker", str(server.port)],
        env=os.environ | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        yield Worker(process)


def rows(database: Path, question: str) -> list[tuple]:
    with sqlite3.connect(database) as connection:
        return connection.execute(question).fetchall()


STATUSES = "SELECT status, count(*) FROM outbox_message GROUP BY status"


def test_a_worker_killed_at_any_moment_loses_nothing(database, server, worker) -> None:
    worker.compose(MONDAY_MORNING, mails=MAILS)
    server.delay = 0.01
    moment = MONDAY_MORNING
    for _n in range(KILLS):
        worker.sweep(moment, life=random.uniform(0.01, 0.25))
        # The next worker comes when the killed one's mail counts as lost.
        moment += LOST_AFTER + timedelta(seconds=1)
    killed_with = dict(rows(database, STATUSES))
    server.delay = 0
    worker.sweep_for_days(moment)

    numbers = defaultdict(set)
    for address, number in server.accepted:
        numbers[address].add(number)
    times = Counter(number for _address, number in server.accepted)
    interrupted = dict(
        rows(
            database,
            "SELECT m.message_id, count(*) FROM outbox_attempt a"
            " JOIN outbox_message m ON m.id = a.message_id"
            " WHERE a.result = 'interrupted' GROUP BY 1",
        )
    )
    # The kills came while mails were being sent, not before or after.
    assert killed_with.keys() >= {"sent", "waiting"}
    assert 5 <= sum(interrupted.values()) <= KILLS
    # Every mail arrived, under its own number alone, ...
    assert dict(rows(database, STATUSES)) == {"sent": MAILS}
    assert numbers == {
        address: {number}
        for address, number in rows(database, "SELECT address, message_id FROM outbox_message")
    }
    # ... and again only after a kill that left it on its way.
    assert {
        number for number, count in times.items() if count > 1 + interrupted.get(number, 0)
    } == set()


def test_a_worker_killed_while_it_gathers_tells_everything_once(database, server, worker) -> None:
    worker.compose(MONDAY_MORNING - timedelta(hours=3), readers=READERS)
    moment, gathering = MONDAY_MORNING, []
    for n in range(KILLS // 2):
        # Longer and longer: on a busy machine the first ones die before they begin.
        worker.sweep(moment, life=random.uniform(0, 0.02 * n))
        gathering.append(dict(rows(database, STATUSES)).get("gathering", 0))
        moment += LOST_AFTER + timedelta(seconds=1)
    worker.sweep_for_days(moment)

    # Some kill came half-way, and none split what one reader is told.
    assert any(0 < left < READERS * NEWS for left in gathering)
    assert all(left % NEWS == 0 for left in gathering)
    assert dict(rows(database, STATUSES)) == {"gathered": READERS * NEWS, "sent": READERS}
    told_in = rows(
        database,
        "SELECT gathered_in_id, count(*) FROM outbox_message WHERE status = 'gathered' GROUP BY 1",
    )
    assert [count for _digest, count in told_in] == [NEWS] * READERS
    assert len({number for _address, number in server.accepted}) == READERS


def test_two_workers_at_once_send_each_mail_once(server, worker) -> None:
    worker.compose(MONDAY_MORNING, mails=FEW)
    server.delay = 0.002

    worker.sweep(MONDAY_MORNING, at_once=2)

    assert server.sessions == 2
    assert Counter(address for address, _number in server.accepted) == {
        f"lugeja{n}@test.example": 1 for n in range(FEW)
    }


def test_a_mail_lost_on_its_way_stays_alone_until_its_worker_must_be_dead(
    database, server, worker
) -> None:
    worker.compose(MONDAY_MORNING, mails=FEW)
    server.delay = 0.01
    worker.sweep(MONDAY_MORNING, life=0.2)
    lost = rows(database, "SELECT message_id FROM outbox_message WHERE status = 'sending'")

    server.delay = 0
    worker.sweep(MONDAY_MORNING + LOST_AFTER)

    assert lost == rows(database, "SELECT message_id FROM outbox_message WHERE status = 'sending'")
    assert set(Counter(server.accepted).values()) == {1}
