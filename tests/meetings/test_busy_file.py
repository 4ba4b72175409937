"""Calendar files into busy times: what counts, and when."""

import json
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common import clock
from meetings.read_busy.__main__ import answer
from tests.meetings.files import (
    BUSY,
    FROM,
    OWNER,
    TEN_TO_ELEVEN,
    TO,
    VTIMEZONE,
    WEEKLY,
    calendar,
    question,
    read,
    shown,
)


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


def test_series_holds_what_began_before_the_stretch():
    """The stretch of these tests begins at 2 o'clock of the first of January."""
    busy = read("DTSTART:20261214T220000\nDURATION:P5D\nRRULE:FREQ=WEEKLY;UNTIL=20270107T220000")

    assert busy == ["01.01 02.00-02.01 22.00", "04.01 22.00-09.01 22.00"]


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
