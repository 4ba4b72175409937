"""Reading a person's own calendar for the times at which they are busy."""

import json
import subprocess
import sys
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django_q.tasks import async_task
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common import clock
from meetings.models import Meeting
from meetings.read_busy.limits import TOO_COMPLEX, Refused, Task
from meetings.read_busy.lines import text_of


AHEAD = timedelta(weeks=26)
ENDED_AFTER = 5
"""Seconds; the child ends itself sooner unless the machine is very busy."""


@dataclass(frozen=True)
class Reading:
    """When somebody is busy, and how many events could not be understood."""

    spans: list[tuple[datetime, datetime]]
    skipped: int = 0


def read_soon(calendar_id: uuid.UUID) -> None:
    """Ask the worker to read a calendar. The next round finds it if this is lost."""
    if settings.OUTBOX_ASYNC:
        async_task("meetings.tasks.read_busy_calendar", calendar_id)


def window() -> tuple[datetime, datetime]:
    """Return the stretch of which busy times are kept: from yesterday on, for 26 weeks."""
    today = clock.today()
    return clock.tallinn(today - timedelta(days=1)), clock.end_of(today + AHEAD)


def read_file(data: bytes, *, owner: str = "") -> Reading:
    """Read a calendar file, in a process of its own. Raises Refused with a word of
    `State`; CalledProcessError when the program itself is at fault.

    `owner` is the person's mail address: what they declined leaves them free. Our own
    meetings are left out, for they would clash with themselves.
    """
    text_of(data)  # refuses cheaply what needs no process
    starts, ends = window()
    task = Task(
        starts=int(starts.timestamp()),
        ends=int(ends.timestamp()),
        zone=str(clock.TALLINN),
        owner=owner,
        windows=WINDOWS_TO_OLSON,
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "meetings.read_busy"],
            input=json.dumps(asdict(task)).encode() + b"\n" + data,
            capture_output=True,
            cwd=settings.BASE_DIR,
            # Nothing of ours: keys stand in the environment.
            env={"LANG": "C.UTF-8"},
            timeout=ENDED_AFTER,
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_COMPLEX) from None
    if done.returncode < 0:  # ended by its limits
        raise Refused(TOO_COMPLEX)
    done.check_returncode()
    found = json.loads(done.stdout)
    if word := found.get("refused"):
        raise Refused(word)
    ours = set(
        Meeting.objects.filter(uid__in=list(found["ours"])).values_list("uid", flat=True)
        if found["ours"]
        else ()
    )
    spans = found["spans"] + [
        span for uid, own in found["ours"].items() if uid not in ours for span in own
    ]
    return Reading(_moments(spans), found["skipped"])


def _moments(spans: list[list[int]]) -> list[tuple[datetime, datetime]]:
    joined: list[list[int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return [
        (datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
        for begin, end in joined
    ]
