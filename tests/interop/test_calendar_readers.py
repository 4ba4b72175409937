"""Programs of others read our feed: the same events at the same moments, after a move and a
cancellation, over both clock changes.
"""

import ctypes.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from common import clock
from meetings.actions import cancel_meeting, move_meeting, renew_feed
from meetings.models import Meeting
from tests.factories import meetings, people
from tests.meetings.test_calendar_messages import Story, by_icalendar, messages_to


pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "interop"
DAYS = [
    date(2027, 3, 27),
    date(2027, 3, 28),
    date(2027, 3, 29),
    date(2027, 10, 30),
    date(2027, 10, 31),
    date(2027, 11, 1),
]
PLACE = "Võru; näidise 1, tuba \\ 2 – " + "õ" * 60


def by_ical_js(text: bytes, tmp_path: Path) -> list[dict]:
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "ical.js").exists():
        pytest.skip("ical.js: needs Node and `npm ci` in interop/")
    return json.loads(_run(["node", FOLDER / "read_ical_js.mjs"], text))


def by_libical(text: bytes, tmp_path: Path) -> list[dict]:
    if ctypes.util.find_library("ical") is None:
        pytest.skip("libical: needs Debian's package libical3")
    return json.loads(_run([sys.executable, FOLDER / "read_libical.py"], text))


def by_sabre(text: bytes, tmp_path: Path) -> list[dict]:
    if not has_php("Sabre/VObject/autoload.php"):
        pytest.skip("sabre/vobject: needs Debian's packages php-cli and php-sabre-vobject")
    return json.loads(_run(["php", FOLDER / "read_sabre.php"], text))


def has_php(file: str) -> bool:
    """Say whether there is PHP, and a library's file where Debian keeps them."""
    return shutil.which("php") is not None and (Path("/usr/share/php") / file).exists()


def by_khal(text: bytes, tmp_path: Path) -> list[dict]:
    if shutil.which("khal") is None:
        pytest.skip("khal: needs Debian's package khal")
    (tmp_path / "events").mkdir()
    (tmp_path / "feed.ics").write_bytes(text)
    (tmp_path / "khal.conf").write_text(
        f"[calendars]\n[[feed]]\npath = {tmp_path}/events\n"
        "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        "local_timezone = UTC\ndefault_timezone = UTC\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
    )
    khal = ["khal", "-c", tmp_path / "khal.conf"]
    _run([*khal, "import", "--batch", "-a", "feed", tmp_path / "feed.ics"])
    form = "{start-long}|{end-long}|{uid}|{status}|{title}|{location}"
    listed = _run([*khal, "list", "--day-format", "", "--format", form, "2026-11-23", "400d"])
    events = []
    for line in filter(None, listed.decode().splitlines()):
        begins, ends, uid, status, title, place = line.split("|")
        events.append(
            {
                "uid": uid,
                "begins": _second(begins),
                "ends": _second(ends),
                "status": "CANCELLED" if status.strip() == "CANCELLED" else "CONFIRMED",
                "title": title,
                "place": place,
            }
        )
    return events


def _second(text: str) -> int:
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return int(moment.timestamp())


def _run(command: list, text: bytes = b"") -> bytes:
    done = subprocess.run(command, input=text, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("read", [by_ical_js, by_libical, by_sabre, by_khal])
def test_foreign_program_reads_our_feed(client, tmp_path, read: Callable):
    worker, organiser = people.worker(), people.consultant()
    for day in DAYS:
        meetings.meeting(
            worker, organiser=organiser, starts_at=clock.tallinn(day, time(10)), place=PLACE
        )
    moved, cancelled = (
        meetings.meeting(worker, organiser=organiser),
        meetings.meeting(
            worker, organiser=organiser, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=2)
        ),
    )
    feed = renew_feed(by=worker)
    address = reverse("meetings:feed", args=[feed.token])
    before = client.get(address).content
    move_meeting(
        moved,
        starts_at=datetime(2026, 12, 22, 15, 30, tzinfo=clock.TALLINN),
        ends_at=datetime(2026, 12, 22, 17, tzinfo=clock.TALLINN),
        wanted_by="invitee",
        reason="x",
        by=organiser,
    )
    cancel_meeting(cancelled, wanted_by="invitee", reason="x", by=organiser)

    for number, text in enumerate((before, client.get(address).content)):
        folder = tmp_path / str(number)
        folder.mkdir()
        events = read(text, folder)

        if number == 1:
            assert _sorted(events) == _sorted(_as_stored(events))
        assert len(events) == 8
    ours = {event["uid"]: event for event in events}
    hours = [
        datetime.fromtimestamp(ours[meeting.uid]["begins"], tz=UTC).hour
        for meeting in Meeting.objects.filter(place=PLACE)
    ]
    assert hours == [8, 7, 7, 7, 8, 8]


def _as_stored(events: list[dict]) -> list[dict]:
    """What the database holds, with as many facts as the program gave."""
    wanted = set(events[0])
    return [
        {
            name: value
            for name, value in {
                "uid": meeting.uid,
                "begins": int(meeting.starts_at.timestamp()),
                "ends": int(meeting.ends_at.timestamp()),
                "status": meeting.status.upper(),
                "sequence": meeting.sequence,
                "title": meetings.NEUTRAL_TITLE,
                "place": meeting.place,
            }.items()
            if name in wanted
        }
        for meeting in Meeting.objects.all()
    ]


def _sorted(events: list[dict]) -> list[dict]:
    return sorted(events, key=lambda event: event["uid"])


@pytest.mark.parametrize("read", [by_ical_js, by_libical, by_sabre])
def test_foreign_program_reads_our_invitations(tmp_path, read: Callable):
    story = Story()
    story.plays("restore")
    texts = [text for whose in story.everyone() for text in messages_to(whose)]

    read_there = [event for text in texts for event in read(text.encode(), tmp_path)]

    ours = [by_icalendar(text) for text in texts]
    assert len(ours) == 5 + 5 + 4 + 3
    assert [
        (each["uid"], each["sequence"], each["status"], each["begins"], each["ends"], each["place"])
        for each in read_there
    ] == [
        (
            facts.uid,
            facts.sequence,
            facts.status,
            int(facts.begins.timestamp()),
            int(facts.ends.timestamp()),
            facts.place,
        )
        for facts in ours
    ]
