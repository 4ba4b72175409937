"""Calendar files into busy times: what counts, when, and what is refused."""

import json
import random
import resource
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common import clock
from meetings.read_busy.__main__ import answer
from meetings.read_busy.limits import MAX_BYTES, MAX_SPANS, Task


OWNER = "mari@test.example"
FROM, TO = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def question(data: bytes, *, start: datetime = FROM, end: datetime = TO) -> bytes:
    task = Task(
        starts=int(start.timestamp()),
        ends=int(end.timestamp()),
        zone="Europe/Tallinn",
        owner=OWNER,
        windows=WINDOWS_TO_OLSON,
    )
    return json.dumps(vars(task)).encode() + b"\n" + data


def calendar(*events: str, more: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, more: str = "") -> list[str]:
    """Busy times of the year 2027 in Tallinn: "28.03 10.00-11.00"."""
    found = answer(question(calendar(*events, more=more)))
    assert "refused" not in found, found
    return [shown(*span) for span in found["spans"]]


def shown(begin: int, end: int) -> str:
    starts = datetime.fromtimestamp(begin, clock.TALLINN)
    ends = datetime.fromtimestamp(end, clock.TALLINN)
    until = f"{ends:%H.%M}" if starts.date() == ends.date() else f"{ends:%d.%m %H.%M}"
    return f"{starts:%d.%m %H.%M}-{until}"


TEN_TO_ELEVEN = """
DTSTART;TZID=Europe/Tallinn:20270510T100000
DTEND;TZID=Europe/Tallinn:20270510T110000
"""
BUSY = ["10.05 10.00-11.00"]


# --- what counts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "busy"),
    [
        ("", True),
        ("TRANSP:OPAQUE", True),
        ("TRANSP:TRANSPARENT", False),
        ("transp:transparent", False),
        ("STATUS:CONFIRMED", True),
        ("STATUS:TENTATIVE", True),
        ("STATUS:CANCELLED", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", False),
        (f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWNER.title()}", False),
        (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OWNER}", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:other@test.example", True),
        ("BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5H\nEND:VALARM", True),
    ],
)
def test_event_counts_as_busy(more, busy):
    assert read(TEN_TO_ELEVEN + more) == (BUSY if busy else [])


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20270510T070000Z\nDTEND:20270510T080000Z",
        "DTSTART:20270510T100000\nDTEND:20270510T110000",
        "DTSTART;TZID=FLE Standard Time:20270510T100000\nDURATION:PT1H",
        'DTSTART;TZID="FLE Standard Time":20270510T100000\nDURATION:PT1H',
        "DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Tallinn:20270510T100000\n"
        "DURATION:PT60M",
        "DTSTART;TZID=Europe/London:20270510T080000\nDTEND;TZID=Europe/Berlin:20270510T100000",
        "DTSTART;TZID=Nobody/Knows:20270510T100000\nDURATION:PT1H",
        "DTSTART;VALUE=DATE-TIME:20270510T100000\nDURATION:+PT1H",
        "DTSTART;TZID=../../etc/passwd:20270510T100000\nDURATION:PT1H",
        "DTSTART;TZID=Europe:20270510T100000\nDURATION:PT1H",
    ],
)
def test_event_in_any_zone(times):
    assert read(times) == BUSY


VTIMEZONE = """BEGIN:VTIMEZONE
TZID:{name}
{more}BEGIN:STANDARD
DTSTART:16010101T040000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T030000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("winter", "summer", "more", "there"),
    [
        ("+0200", "+0300", "", "100000"),
        ("+0000", "+0100", "", "080000"),
        ("+0300", "+0300", "", "100000"),
        ("-0500", "-0500", "", "020000"),
        ("+0900", "+0900", "X-LIC-LOCATION:Asia/Tokyo\n", "160000"),
    ],
)
def test_event_in_a_zone_that_only_the_file_knows(winter, summer, more, there):
    own = VTIMEZONE.format(name="Customized Time Zone", winter=winter, summer=summer, more=more)

    event = f"DTSTART;TZID=Customized Time Zone:20270510T{there}\nDURATION:PT1H"

    assert read(event, more=own) == BUSY


@pytest.mark.parametrize(
    ("event", "busy"),
    [
        ("DTSTART;VALUE=DATE:20270510", ["10.05 00.00-11.05 00.00"]),
        (
            "DTSTART;VALUE=DATE:20270510\nDTEND;VALUE=DATE:20270512",
            ["10.05 00.00-12.05 00.00"],
        ),
        ("DTSTART;VALUE=DATE:20270510\nDTEND;VALUE=DATE:20270510", ["10.05 00.00-11.05 00.00"]),
        ("DTSTART;VALUE=DATE:20270510\nDURATION:P2D", ["10.05 00.00-12.05 00.00"]),
        ("DTSTART;VALUE=DATE:20270510\nTRANSP:TRANSPARENT", []),
        # The days of the clock change have 23 and 25 hours.
        ("DTSTART;VALUE=DATE:20270328", ["28.03 00.00-29.03 00.00"]),
        ("DTSTART;VALUE=DATE:20271031", ["31.10 00.00-01.11 00.00"]),
    ],
)
def test_event_of_whole_days_is_by_tallinns_days(event, busy):
    assert read(event) == busy


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART:20270510T100000",
        "DTSTART:20270510T100000\nDTEND:20270510T100000",
        "DTSTART:20270510T100000\nDTEND:20270510T090000",
    ],
)
def test_event_without_length_keeps_nobody_busy(times):
    assert read(times) == []


def test_event_that_began_long_before_and_ends_long_after_is_cut():
    found = answer(question(calendar("DTSTART:20200101T000000Z\nDTEND:99991231T000000Z")))

    assert found["spans"] == [[FROM.timestamp(), TO.timestamp()]] or found["spans"] == [
        (FROM.timestamp(), TO.timestamp())
    ]


def test_events_that_touch_are_one_stretch():
    events = [
        f"DTSTART:20270510T{begin}0000\nDTEND:20270510T{end}0000"
        for begin, end in [("10", "11"), ("11", "12"), ("13", "15"), ("14", "16"), ("13", "14")]
    ]

    assert read(*events) == ["10.05 10.00-12.00", "10.05 13.00-16.00"]


def test_free_busy_periods_count_but_for_the_free_ones():
    more = (
        "BEGIN:VFREEBUSY\n"
        "FREEBUSY:20270510T070000Z/20270510T080000Z,20270511T070000Z/PT2H\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270512T070000Z/PT1H\n"
        "FREEBUSY;FBTYPE=FREE:20270513T070000Z/PT1H\n"
        "END:VFREEBUSY\n"
    )

    assert read(more=more) == ["10.05 10.00-11.00", "11.05 10.00-12.00", "12.05 10.00-11.00"]


def test_own_meetings_are_told_apart_by_their_uid():
    own = "0b0e7bd8-6a0e-4b7e-9e2c-2f1d9d3f7c11@toetuspakett.example"

    found = answer(question(calendar(f"UID:{own}{TEN_TO_ELEVEN}", f"UID:other{TEN_TO_ELEVEN}")))

    assert [shown(*span) for span in found["ours"][own]] == BUSY
    assert [shown(*span) for span in found["spans"]] == BUSY


def test_nothing_but_times_and_own_uids_leaves_the_reading():
    event = TEN_TO_ELEVEN + "UID:kanaarilind-1\nSUMMARY:kanaarilind\nLOCATION:kanaarilind"

    assert "kanaarilind" not in json.dumps(answer(question(calendar(event))))


# --- the clock change -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "busy"),
    [
        # 03.30 does not exist on 28.03.2027: counted on from before the jump (RFC 5545, 3.3.5).
        ("20270328T033000 20270328T043000", ["28.03 04.30-05.30"]),
        ("20270328T033000 20270328T050000", ["28.03 04.30-05.00"]),
        ("20270328T020000 20270328T050000", ["28.03 02.00-05.00"]),
        # 03.30 exists twice on 31.10.2027: the first one.
        ("20271031T033000 20271031T034500", ["31.10 03.30-03.45"]),
        ("20271031T020000 20271031T050000", ["31.10 02.00-05.00"]),
    ],
)
def test_clock_change_single_event(times, busy):
    begin, end = times.split()

    assert read(f"DTSTART;TZID=Europe/Tallinn:{begin}\nDTEND;TZID=Europe/Tallinn:{end}") == busy


def test_clock_change_the_hour_that_exists_twice_is_the_first_one():
    found = answer(question(calendar("DTSTART:20271031T033000\nDURATION:PT15M")))

    [(begin, _end)] = found["spans"]
    assert datetime.fromtimestamp(begin, UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "seconds"),
    [
        ("DTEND;TZID=Europe/Tallinn:20270320T070000", [9 * 3600, 8 * 3600]),
        ("DURATION:PT9H", [9 * 3600, 9 * 3600]),
        ("DURATION:P1D", [24 * 3600, 23 * 3600]),
    ],
)
def test_clock_change_within_a_series_of_nights(length, seconds):
    """Until seven is until seven; nine hours are nine hours; a day is as long as it is."""
    event = f"DTSTART;TZID=Europe/Tallinn:20270319T220000\n{length}\nRRULE:FREQ=WEEKLY;COUNT=2"
    event = event.replace("20270319", "20270320").replace("20270320T07", "20270321T07")

    found = answer(question(calendar(event)))

    assert [end - begin for begin, end in found["spans"]] == seconds


@pytest.mark.parametrize("last_day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_clock_change_a_daily_series_keeps_its_hour(last_day):
    first = last_day - timedelta(days=2)

    busy = read(
        f"DTSTART;TZID=Europe/Tallinn:{first:%Y%m%d}T090000\n"
        f"DTEND;TZID=Europe/Tallinn:{first:%Y%m%d}T100000\nRRULE:FREQ=DAILY;COUNT=5"
    )

    days = [first + timedelta(days=n) for n in range(5)]
    assert busy == [f"{day:%d.%m} 09.00-10.00" for day in days]


# --- series ---------------------------------------------------------------------------------

WEEKLY = """
UID:series
DTSTART;TZID=Europe/Tallinn:20270503T100000
DTEND;TZID=Europe/Tallinn:20270503T110000
RRULE:FREQ=WEEKLY;COUNT=3
"""


@pytest.mark.parametrize(
    ("more", "busy"),
    [
        ("", ["03.05 10.00-11.00", "10.05 10.00-11.00", "17.05 10.00-11.00"]),
        (
            "EXDATE;TZID=Europe/Tallinn:20270510T100000",
            ["03.05 10.00-11.00", "17.05 10.00-11.00"],
        ),
        ("EXDATE:20270510T070000Z,20270517T070000Z", ["03.05 10.00-11.00"]),
        ("EXDATE;VALUE=DATE:20270503", ["10.05 10.00-11.00", "17.05 10.00-11.00"]),
        (
            "RDATE;TZID=Europe/Tallinn:20270511T120000",
            [
                "03.05 10.00-11.00",
                "10.05 10.00-11.00",
                "11.05 12.00-13.00",
                "17.05 10.00-11.00",
            ],
        ),
        (
            "RDATE;VALUE=PERIOD:20270511T090000Z/PT3H",
            [
                "03.05 10.00-11.00",
                "10.05 10.00-11.00",
                "11.05 12.00-15.00",
                "17.05 10.00-11.00",
            ],
        ),
    ],
)
def test_series_with_dates_taken_out_and_put_in(more, busy):
    assert read(WEEKLY + more) == busy


@pytest.mark.parametrize(
    ("override", "busy"),
    [
        (
            "DTSTART:20270511T090000Z\nDTEND:20270511T100000Z",
            ["03.05 10.00-11.00", "11.05 12.00-13.00", "17.05 10.00-11.00"],
        ),
        ("DTSTART:20270510T070000Z\nSTATUS:CANCELLED", ["03.05 10.00-11.00", "17.05 10.00-11.00"]),
        (
            "DTSTART:20270510T070000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT",
            ["03.05 10.00-11.00", "17.05 10.00-11.00"],
        ),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_series_with_one_time_changed(override, busy, first):
    changed = f"UID:series\nRECURRENCE-ID;TZID=Europe/Tallinn:20270510T100000\n{override}"

    assert read(*((changed, WEEKLY) if first else (WEEKLY, changed))) == busy


@pytest.mark.parametrize(
    ("until", "last"),
    [("20270517T070000Z", "17.05"), ("20270517T065959Z", "10.05"), ("20270516", "10.05")],
)
def test_series_ends_with_its_last_moment(until, last):
    busy = read(WEEKLY.replace("COUNT=3", f"UNTIL={until}"))

    assert busy[-1] == f"{last} 10.00-11.00"


def test_series_of_whole_days_loses_a_day_however_it_is_named():
    event = "DTSTART;VALUE=DATE:20270510\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270511T000000"

    assert read(event) == ["10.05 00.00-11.05 00.00", "12.05 00.00-13.05 00.00"]


RULES = st.one_of(
    st.builds(
        "FREQ=DAILY;INTERVAL={}".format,
        st.integers(1, 40),
    ),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};WKST={};BYDAY={}".format,
        st.integers(1, 9),
        st.sampled_from(["MO", "SU"]),
        st.lists(
            st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True
        ).map(",".join),
    ),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.sampled_from([1, 15, 28, 31, -1])),
    st.builds("FREQ=MONTHLY;BYDAY={}".format, st.sampled_from(["1MO", "-1FR", "2SU", "-1SU"])),
    st.just("FREQ=YEARLY"),
)
BOUNDS = st.one_of(
    st.just(""),
    st.builds(";COUNT={}".format, st.integers(1, 400)),
    st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: f";UNTIL={day:%Y%m%d}T235959Z"),
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    first=st.dates(date(2019, 1, 1), date(2027, 11, 1)),
    at=st.times().map(lambda at: time(at.hour, at.minute - at.minute % 15)),
    rule=RULES,
    bound=BOUNDS,
    zone=st.sampled_from(["Europe/Tallinn", "Europe/London", "America/New_York"]),
)
def test_series_is_as_another_library_works_it_out(first, at, rule, bound, zone):
    """Over both clock changes of 2027; the beginning counts in any case, as there."""
    start = datetime.combine(first, at)
    text = calendar(
        f"UID:x\nDTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nDURATION:PT10M\nRRULE:{rule}{bound}"
    )
    expected = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(FROM, TO)
    begins = {each["DTSTART"].dt.astimezone(UTC) for each in expected}

    found = answer(question(text))["spans"]

    ours = {datetime.fromtimestamp(begin, UTC) for begin, _end in found}
    assert ours | {start_of(start, zone)} == begins | {start_of(start, zone)}


def start_of(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=clock.ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("interval", [1, 2, 3, 5, 7, 11])
@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY"])
def test_series_begun_long_ago_equals_one_counted_day_by_day(frequency, interval):
    first = datetime(2001, 2, 3, 10, tzinfo=clock.TALLINN)
    step = timedelta(days=interval * (7 if frequency == "WEEKLY" else 1))
    days, day = [], first.date()
    while day.year < 2028:
        if day.year == 2027:
            days.append(day)
        day += step

    busy = read(
        f"DTSTART:{first:%Y%m%dT%H%M%S}\nDURATION:PT1H\nRRULE:FREQ={frequency};INTERVAL={interval}"
    )

    assert busy == [f"{day:%d.%m} 10.00-11.00" for day in days]


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
        at = datetime(2018, 1, 1, 8) + timedelta(
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


WORDS = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "DTSTART:",
        "DTSTART;VALUE=DATE:20270510",
        "DTSTART:20270510T100000",
        "DTEND:20270510T120000Z",
        "DURATION:P1D",
        "DURATION:PT99999H",
        "UID:1",
        "UID:2",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "RRULE:FREQ=YEARLY;COUNT=9",
        "RECURRENCE-ID:20270510",
        "EXDATE:20270510T100000",
        "RDATE:20270511/P1D",
        "STATUS:CANCELLED",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "TZID:X",
        "TZOFFSETTO:+9999",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "BEGIN:VFREEBUSY",
        "END:VFREEBUSY",
        "FREEBUSY:20270510T100000Z/PT1H",
        "FREEBUSY:/",
        "DTSTART;TZID=X:20270510T100000",
    ]
)


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
@given(st.lists(WORDS, max_size=40))
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
