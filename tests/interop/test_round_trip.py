"""A real calendar client syncs a person's feed before and after moves: vdirsyncer fetches it over
HTTP, khal shows what lies on the person's own machine then.
"""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from common import clock
from meetings.actions import cancel_meeting, move_meeting, remove_invitee, renew_feed
from meetings.feeds import feed_address
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db(transaction=True)

REASON = {"wanted_by": "organiser", "reason": "x"}


@pytest.fixture
def client_of(live_server, tmp_path, settings) -> Callable[[str], Callable[[], list[str]]]:
    """Return a function: a feed's address → a client that syncs and lists its events."""
    for program in ("vdirsyncer", "khal"):
        if shutil.which(program) is None:
            pytest.skip(f"{program}: needs Debian's package {program}")
    settings.SITE_URL = live_server.url

    def subscribe(address: str) -> Callable[[], list[str]]:
        events = tmp_path / "events"
        events.mkdir()
        (tmp_path / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{tmp_path}/status"\n'
            '[pair feed]\na = "here"\nb = "there"\ncollections = null\n'
            'conflict_resolution = "b wins"\n'
            f'[storage here]\ntype = "filesystem"\npath = "{events}"\nfileext = ".ics"\n'
            f'[storage there]\ntype = "http"\nurl = "{address}"\n'
        )
        (tmp_path / "khal").write_text(
            f"[calendars]\n[[feed]]\npath = {events}\n"
            "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            "local_timezone = UTC\ndefault_timezone = UTC\n"
            f"[sqlite]\npath = {tmp_path}/khal.db\n"
        )
        vdirsyncer = ["vdirsyncer", "--verbosity", "ERROR", "-c", tmp_path / "vdirsyncer"]
        _run(vdirsyncer + ["discover"])

        def sync() -> list[str]:
            _run(vdirsyncer + ["sync"])
            form = "{start-long}|{end-long}|{title}|{status}"
            khal = ["khal", "-c", tmp_path / "khal", "list", "--day-format", "", "--format", form]
            listed = _run(khal + ["2026-11-23", "30d"]).splitlines()
            return sorted(line.strip() for line in listed if line)

        return sync

    return subscribe


def _run(command: list[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, input=b"y\n")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def line(starts_at: datetime, state: str = "CONFIRMED") -> str:
    begins, ends = (
        f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
        for moment in (starts_at, starts_at + timedelta(hours=1))
    )
    return f"{begins}|{ends}|{meetings.NEUTRAL_TITLE}|{state}"


def test_calendar_client_follows_moves_cancellations_and_removals(client_of):
    worker, organiser = people.worker(), people.consultant()
    ten = meetings.TOMORROW_AT_TEN
    days = [ten + timedelta(days=day) for day in (0, 1, 2)]
    moved, cancelled, left = (
        meetings.meeting(worker, organiser=organiser, starts_at=day) for day in days
    )
    sync = client_of(feed_address(renew_feed(by=worker)))

    assert sync() == [line(day) for day in days]

    later = ten + timedelta(days=7, hours=3)
    with clock.at(clock.now() + timedelta(minutes=5)):
        move_meeting(
            moved, starts_at=later, ends_at=later + timedelta(hours=1), by=organiser, **REASON
        )
        cancel_meeting(cancelled, by=organiser, **REASON)
        remove_invitee(left.invitees.get(user=worker), by=organiser)

    assert sync() == [line(days[1], "CANCELLED"), line(later)]
