"""Measure on one database: the one of DATABASE_URL, which is empty. Writes JSON to BENCH_OUT."""

import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import django


# The server and the factories share one set of keys.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from common import catalogue, clock  # noqa: E402
from meetings.actions import add_hours, renew_feed  # noqa: E402
from meetings.availability import free_times  # noqa: E402
from meetings.models import Invitee, Meeting  # noqa: E402
from mentorship.models import MentoringMeeting, Plan  # noqa: E402
from mentorship.workflow import PlanStatus  # noqa: E402
from people.models import User  # noqa: E402
from supervision.models import Membership  # noqa: E402
from tests.factories import mentorship as plans  # noqa: E402
from tests.factories import people  # noqa: E402
from tests.factories import supervision as seasons  # noqa: E402


ROOT = Path(settings.BASE_DIR)
CLIENTS = 200
SEATS = 12
FEED = 1_000
rows: dict[str, list[str]] = {}


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    catalogue.compile_all()
    measure_free_times()
    with server() as port:
        measure_feed(port)
        race_for_a_slot(port)
        race_for_seats(port)
    connection.close()
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(rows))


# --- free times -----------------------------------------------------------------------------


def measure_free_times() -> None:
    day = clock.today() + timedelta(days=1)
    party = [people.worker() for _ in range(10)]
    for person in party:
        add_hours(
            weekdays=[0, 1, 2, 3, 4],
            begins=wall_time(8),
            ends=wall_time(17),
            starts_on=day,
            by=person,
        )
        for n in range(30):
            starts_at = clock.tallinn(day + timedelta(days=2 * n)).replace(hour=8 + n % 8)
            _meeting(None, [person], starts_at)
    took = [
        _seconds(
            lambda: free_times(
                party, first=day, last=day + timedelta(days=55), length=timedelta(hours=1), step=15
            )
        )
        for _ in range(20)
    ]
    rows["free times of 10 people over 8 weeks, 300 meetings"] = _spread(took)


# --- a feed ---------------------------------------------------------------------------------


def measure_feed(port: int) -> None:
    plan = plans.plan_at(PlanStatus.RUNNING)
    start = clock.tallinn(clock.today() - timedelta(days=60)).replace(hour=10)
    for n in range(FEED):
        _meeting(plan, [plan.worker, plan.mentor], start + timedelta(hours=3 * n))
    place = reverse("meetings:feed", args=[renew_feed(by=plan.worker).token])
    answer = None

    def fetch(etag: str = "") -> None:
        nonlocal answer
        answer = _ask(port, "GET", place, headers={"If-None-Match": etag} if etag else {})

    rows["feed of 1,000 events, the first time"] = _spread([_seconds(fetch)])
    assert answer.text.count("BEGIN:VEVENT") == FEED
    rows["feed of 1,000 events, whole"] = _spread([_seconds(fetch) for _ in range(10)])
    etag = answer.headers["ETag"]
    rows["feed of 1,000 events, unchanged (304)"] = _spread(
        [_seconds(lambda: fetch(etag)) for _ in range(10)]
    )
    assert answer.status == 304


# --- races ----------------------------------------------------------------------------------


def race_for_a_slot(port: int) -> None:
    """Every client is a worker of the same mentor, and all want the same hour."""
    mentor = people.consultant("Elva vald")
    running = [plans.plan_at(PlanStatus.RUNNING, mentor=mentor) for _ in range(CLIENTS)]
    day = clock.today() + timedelta(days=10)
    while day.weekday() != 1:
        day += timedelta(days=1)
    slot = clock.tallinn(day).replace(hour=10)
    value = f"{slot.astimezone(UTC):%Y%m%dT%H%MZ}"
    sends = [
        _sender(
            port,
            plan.worker,
            reverse("mentorship:meeting-book", args=[plan.pk]),
            {"slot": value, "form": "video", "place": "", "link": ""},
        )
        for plan in running
    ]
    won = Meeting.objects.filter(organiser__in=[plan.worker for plan in running], starts_at=slot)
    _race("200 clients at once for one slot", sends, wins=1, won=won.count)


def race_for_seats(port: int) -> None:
    """The coordinator places 200 people at once into a group of twelve."""
    season = seasons.open_season()
    group = seasons.dated_group(season, capacity=SEATS)
    registrations = [seasons.registered(season) for _ in range(CLIENTS)]
    coordinator = people.coordinator()
    sends = [
        _sender(
            port,
            coordinator,
            reverse("supervision:member-place", args=[registration.pk]),
            {"group": str(group.pk)},
        )
        for registration in registrations
    ]
    won = Membership.objects.filter(group=group, ends_on__isnull=True)
    _race("200 clients at once for 12 seats", sends, wins=SEATS, won=won.count)


def _race(
    name: str, sends: list[Callable[[], "Answer"]], *, wins: int, won: Callable[[], int]
) -> None:
    barrier = Barrier(len(sends))

    def run(send: Callable[[], Answer]) -> tuple[float, Answer]:
        barrier.wait()
        begun = time.perf_counter()
        answer = send()
        return time.perf_counter() - begun, answer

    with ThreadPoolExecutor(len(sends)) as threads:
        done = list(threads.map(run, sends))
    statuses = Counter(answer.status for _seconds_taken, answer in done)
    told = [answer for _taken, answer in done if answer.status == 422]
    # Whoever lost reads a sentence, at its place in the form.
    assert all('class="tp-error' in answer.text for answer in told), "somebody was told nothing"
    assert statuses == {302: wins, 422: len(sends) - wins}, statuses
    assert won() == wins, won()
    rows[name] = [
        f"{wins} won, {len(told)} were told, 0 errors",
        *_spread([taken for taken, _answer in done]),
    ]


# --- the server and its clients -------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@contextmanager
def server():
    """Run the real server on a free port until the block ends; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}"]
    program += ["--workers=2", "--preload", "--log-level=warning", "--no-control-socket"]
    program += ["--backlog=512", "--timeout=120"]
    process = subprocess.Popen(program, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            if _ask(port, "GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def _sender(port: int, user: User, place: str, typed: dict[str, str]) -> Callable[[], Answer]:
    """Log somebody in; return what sends their form."""
    client = Client()
    client.force_login(user)
    token = secrets.token_hex(16)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": token}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode(typed | {"csrfmiddlewaretoken": token})
    return lambda: _ask(port, "POST", place, body=body, headers=headers)


def _ask(
    port: int, method: str, place: str, *, body: str = "", headers: dict[str, str] | None = None
) -> Answer:
    http = HTTPConnection("127.0.0.1", port, timeout=120)
    http.request(method, place, body or None, headers or {})
    response = http.getresponse()
    answer = Answer(response.status, dict(response.headers), response.read().decode())
    http.close()
    return answer


# --- helpers --------------------------------------------------------------------------------


def _meeting(plan: Plan | None, party: list[User], starts_at: datetime) -> None:
    """Write a meeting's rows as the actions would, without mails: hundreds are needed."""
    meeting = Meeting.objects.create(
        service="mentorship",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        form=Meeting.Form.VIDEO,
        organiser=party[0],
    )
    Invitee.objects.bulk_create(Invitee(meeting=meeting, user=person) for person in party)
    if plan is not None:
        MentoringMeeting.objects.create(id=meeting.pk, plan=plan, meeting=meeting)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _spread(seconds: list[float]) -> list[str]:
    """Return median and 95th percentile in milliseconds; of one value that value."""
    in_order = sorted(second * 1000 for second in seconds)
    if len(in_order) == 1:
        return [f"{in_order[0]:.0f} ms"]
    late = in_order[min(len(in_order) - 1, round(0.95 * len(in_order)))]
    return [f"{statistics.median(in_order):.0f} / {late:.0f} ms"]


if __name__ == "__main__":
    main()
