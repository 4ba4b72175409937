"""Calendar files that are real, broken, or made to hurt: read or refused, in little time."""

import json
import random
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from meetings.read_busy.__main__ import answer
from meetings.read_busy.limits import MAX_BYTES, MAX_SPANS
from tests.meetings.files import (
    BUSY,
    FROM,
    TEN_TO_ELEVEN,
    TO,
    VTIMEZONE,
    WEEKLY,
    calendar,
    question,
    shown,
)


# --- real calendars and hostile ones --------------------------------------------------------


def in_child(data: bytes) -> tuple[dict | None, float]:
    """Read as the product does; return the answer (None: ended) and the processor's seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "meetings.read_busy"],
        input=question(data),
        capture_output=True,
        cwd=settings.BASE_DIR,
        env={},
        timeout=20,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (None if done.returncode else json.loads(done.stdout)), spent


STYLES = {
    "outlook": (
        "DTSTART;TZID=FLE Standard Time:{}\nDTEND;TZID=FLE Standard Time:{}\nCLASS:PUBLIC\n"
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MICROSOFT-CDO-IMPORTANCE:1\nSUMMARY:Busy\n",
        VTIMEZONE.format(name="FLE Standard Time", winter="+0200", summer="+0300", more=""),
    ),
    "google": (
        "DTSTART;TZID=Europe/Tallinn:{}\nDTEND;TZID=Europe/Tallinn:{}\nTRANSP:OPAQUE\n"
        "STATUS:CONFIRMED\nSUMMARY:Kohtumine\nDESCRIPTION:" + "pikk jutt\\, " * 30 + "\n"
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;\n"
        " CN=mari;X-NUM-GUESTS=0:mailto:mari@test.example\n",
        "X-WR-TIMEZONE:Europe/Tallinn\n",
    ),
    "apple": (
        "DTSTART;TZID=Europe/Tallinn:{}\nDTEND;TZID=Europe/Tallinn:{}\nSUMMARY:Töö\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nUID:alarm\nEND:VALARM\n",
        VTIMEZONE.format(
            name="Europe/Tallinn",
            winter="+0200",
            summer="+0300",
            more="X-LIC-LOCATION:Europe/Tallinn\n",
        ),
    ),
}
REPEATS = [
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;UNTIL=20271231T215959Z",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=400;WKST=SU",
]


def honest(style: str) -> bytes:
    """1,500 events of ten years, 60 of them series that began long ago."""
    event, more = STYLES[style]
    chance = random.Random(style)
    events = []
    for n in range(1_500):
        at = datetime(2018, 1, 1, 8, tzinfo=UTC) + timedelta(
            days=chance.randrange(3_600), minutes=15 * chance.randrange(36)
        )
        times = (f"{when:%Y%m%dT%H%M%S}" for when in (at, at + timedelta(hours=1)))
        repeat = f"RRULE:{REPEATS[n % 5]}\n" if n < 60 else ""
        events.append(f"UID:{n}@{style}\n{event.format(*times)}{repeat}")
    return calendar(*events, more=more)


@pytest.mark.parametrize("style", STYLES)
def test_honest_calendar_is_read_well_within_its_time(style):
    found, seconds = in_child(honest(style))

    assert found is not None
    assert (found["events"], found["skipped"]) == (1_500, 0)
    assert 200 < len(found["spans"]) < MAX_SPANS
    assert seconds < 0.7


def series(rule: str, start: str = "20270101T000000Z") -> str:
    return f"UID:1\nDTSTART:{start}\nDURATION:PT1M\nRRULE:{rule}"


def every(count: int) -> str:
    return ",".join(map(str, range(count)))


HOSTILE = {
    "empty": b"",
    "nothing but the first line": b"BEGIN:VCALENDAR\r\n",
    "a web page": b"<!doctype html><html><body>Log in</body></html>",
    "broken off": calendar(TEN_TO_ELEVEN)[:-30],
    "wrongly nested": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n",
    "utf-16": calendar(TEN_TO_ELEVEN).decode().encode("utf-16"),
    "zeros": b"BEGIN:VCALENDAR\n" + b"\0" * 1_000_000,
    "ten megabytes": b"BEGIN:VCALENDAR\n" + b"X" * 10_000_000,
    "just too large": b"BEGIN:VCALENDAR\n".ljust(MAX_BYTES + 1, b"X"),
    "too many events": calendar(*([TEN_TO_ELEVEN] * 3_001)),
    "deep": b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 2_900,
    "deeper": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 200_000,
    "empty lines": b"BEGIN:VCALENDAR" + b"\n" * 2_000_000,
    "folds": b"BEGIN:VCALENDAR" + b"\n " * 900_000,
    "parameters": b"BEGIN:VCALENDAR\nDTSTART" + b';A="b"' * 290_000,
    "listed parameters": b"BEGIN:VCALENDAR\nDTSTART;A=b" + b',"b"' * 490_000,
    "each second": calendar(series("FREQ=SECONDLY")),
    "each minute": calendar(series("FREQ=MINUTELY;INTERVAL=1")),
    "each hour": calendar(series("FREQ=HOURLY")),
    "each second in disguise": calendar(
        series(f"FREQ=DAILY;BYHOUR={every(24)};BYMINUTE={every(60)};BYSECOND={every(60)}")
    ),
    "never": calendar(series("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
    "counted from year one": calendar(series("FREQ=DAILY;COUNT=999999", "00010101T000000Z")),
    "many counted": calendar(*[series("FREQ=DAILY;COUNT=99999", "19000101T000000Z")] * 500),
    "many from year one": calendar(
        *[series("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "00010101T000000Z")] * 2_900
    ),
    "dates put in": calendar(TEN_TO_ELEVEN + "RDATE:20271201T000000Z\n" * 60_000),
    "dates put in on one line": calendar(
        TEN_TO_ELEVEN + "RDATE:" + ",".join(["20271201T000000Z"] * 60_000)
    ),
    "mostly nonsense": calendar(TEN_TO_ELEVEN, "DTSTART:soon", "DTSTART:20271301T000000Z"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_calendar_is_refused_within_a_second(kind):
    found, seconds = in_child(HOSTILE[kind])

    assert found is None or set(found) == {"refused"}
    assert seconds < 1


HARMLESS = {
    "interval without end": series("FREQ=DAILY;INTERVAL=99999"),
    "never in a year": series("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "long list": series("FREQ=YEARLY;BYDAY=" + ",".join(["MO"] * 200_000)),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_odd_calendar_is_read_within_a_second(kind):
    found, seconds = in_child(calendar(HARMLESS[kind]))

    assert found is not None
    assert seconds < 1


def test_child_that_wants_much_memory_is_ended():
    code = (
        "from meetings.read_busy.__main__ import bound; bound(); import signal;"
        "signal.setitimer(signal.ITIMER_PROF, 0); bytearray(400_000_000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, timeout=20
    )

    assert b"MemoryError" in done.stderr


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:without a beginning",
        "DTSTART:20270230T100000",
        "DTSTART:20270510T256199",
        "DTSTART:20270510T100000\nDURATION:-PT1H",
        "DTSTART:20270510T100000\nDURATION:an hour",
        "DTSTART:99991231T235959\nDURATION:P99999W",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=-1",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTHDAY=0",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=99MO",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=never",
        "DTSTART:20270510T100000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;RSCALE=HEBREW",
        "DTSTART:20270510T100000\nDURATION:PT1H\nEXDATE:x",
    ],
)
def test_event_that_cannot_be_is_counted_and_the_others_are_read(event):
    found = answer(question(calendar(event, TEN_TO_ELEVEN, TEN_TO_ELEVEN)))

    assert found["skipped"] == 1
    assert "10.05 10.00-11.00" in [shown(*span) for span in found["spans"]]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + calendar(TEN_TO_ELEVEN),
        b"\r\n " + calendar(TEN_TO_ELEVEN),
        calendar(TEN_TO_ELEVEN).replace(b"\r\n", b"\n"),
        calendar(TEN_TO_ELEVEN).replace(b"\r\n", b"\r"),
        calendar(TEN_TO_ELEVEN).replace(b"T100000", b"T1\r\n 00000"),
        calendar(TEN_TO_ELEVEN + "SUMMARY:õäöü").decode().encode("latin-1"),
        calendar(TEN_TO_ELEVEN) * 2,
        calendar(TEN_TO_ELEVEN).lower().replace(b"t100000", b"T100000").replace(b"t11", b"T11"),
    ],
    ids=["mark", "space", "unix", "mac", "folded", "latin-1", "two", "small letters"],
)
def test_calendar_written_unusually_is_read(data):
    found = answer(question(data))

    assert [shown(*span) for span in found.get("spans", [])] == BUSY


WORDS = """
BEGIN:VEVENT END:VEVENT BEGIN:VCALENDAR END:VCALENDAR DTSTART: DTSTART;VALUE=DATE:20270510
DTSTART:20270510T100000 DTEND:20270510T120000Z DURATION:P1D DURATION:PT99999H UID:1 UID:2
RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY;BYDAY=MO RRULE:FREQ=YEARLY;COUNT=9 RECURRENCE-ID:20270510
EXDATE:20270510T100000 RDATE:20270511/P1D STATUS:CANCELLED BEGIN:VTIMEZONE END:VTIMEZONE
TZID:X TZOFFSETTO:+9999 BEGIN:STANDARD END:STANDARD BEGIN:VFREEBUSY END:VFREEBUSY
FREEBUSY:20270510T100000Z/PT1H FREEBUSY:/ DTSTART;TZID=X:20270510T100000
"""


def check_sane(found: dict) -> None:
    if "refused" in found:
        assert found["refused"] in ("not_calendar", "too_large", "too_complex")
        return
    assert len(found["spans"]) <= MAX_SPANS
    last = FROM.timestamp() - 1
    for begin, end in found["spans"]:
        assert last < begin < end <= TO.timestamp()
        last = end


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=40))
def test_any_lines_at_all_are_read_or_refused(lines):
    check_sane(answer(question("\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode())))


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_spoiled_calendar_is_read_or_refused(data):
    text = bytearray(
        calendar(WEEKLY, TEN_TO_ELEVEN + "RDATE:20270511T090000Z/PT3H\nEXDATE:20270510")
    )
    for _n in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"9999", b"\n", b";", b":", b"-1"]))
        )

    check_sane(answer(question(bytes(text))))
