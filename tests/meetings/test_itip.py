"""Calendar replies out of mails: what real programs write, and what enemies might."""

import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.itip import Event, NoReply, NotTaken, read_reply


MAILS = Path(__file__).parent / "mails"
UID = "c0ffee00-0000-4000-8000-000000000001@test.example"
MART = "mart.tahtsam@vald.example"

PLAIN = f"""\
From: Märt <{MART}>
Message-ID: <1@vald.example>
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:{UID}
SEQUENCE:1
DTSTAMP:20261123T080000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:{MART}
END:VEVENT
END:VCALENDAR
"""
COUNTER = PLAIN.replace("REPLY", "COUNTER").replace(
    "SEQUENCE:1", "SEQUENCE:1\nDTSTART:20261125T110000Z\nDTEND:20261125T120000Z"
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def refusal(mail: str | bytes) -> str:
    """Why a mail is not taken, or "taken"."""
    try:
        read_reply(mail if isinstance(mail, bytes) else mail.encode())
    except NotTaken as refused:
        return f"{type(refused).__name__}: {refused.reason}"
    return "taken"


# --- what programs write --------------------------------------------------------------------


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("name", "answer", "stamp"),
    [
        ("outlook_accept", "accepted", at(2026, 11, 23, 7, 41)),
        ("google_decline", "declined", at(2026, 11, 23, 7, 50, 10)),
        ("apple_tentative", "tentative", at(2026, 11, 23, 7, 55, 30)),
        ("thunderbird_accept", "accepted", at(2026, 11, 23, 7, 58)),
    ],
)
def test_reply_of_a_known_program_is_understood(name, answer, stamp, newline):
    mail = (MAILS / f"{name}.eml").read_bytes().replace(b"\n", newline)

    reply = read_reply(mail)

    assert reply.sender == MART
    assert reply.event == Event(
        method="REPLY", uid=UID, sequence=1, stamp=stamp, attendee=MART, answer=answer
    )


def test_reply_may_tell_the_whole_history_of_its_zone():
    year = "BEGIN:STANDARD\nDTSTART:19700101T000000\nRDATE:19700101T000000\nEND:STANDARD\n"
    zone = f"BEGIN:VTIMEZONE\nTZID:Asia/Hebron\n{year * 246}END:VTIMEZONE\n"

    assert refusal(PLAIN.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")) == "taken"


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("outlook_counter", at(2026, 11, 23, 7, 45)),
        ("google_counter", at(2026, 11, 23, 7, 52)),
    ],
)
def test_counter_of_a_known_program_is_understood(name, stamp):
    reply = read_reply((MAILS / f"{name}.eml").read_bytes())

    assert reply.event == Event(
        method="COUNTER",
        uid=UID,
        sequence=1,
        stamp=stamp,
        attendee=MART,
        starts_at=at(2026, 11, 25, 11),
        ends_at=at(2026, 11, 25, 12),
    )


@pytest.mark.parametrize("name", ["exchange_absence", "postfix_bounce"])
def test_mail_without_a_reply_is_none(name):
    assert refusal((MAILS / f"{name}.eml").read_bytes()) == "NoReply: no calendar"


def test_reply_keeps_no_word_of_the_person():
    for path in MAILS.glob("*.eml"):
        try:
            assert "kanaarilind" not in repr(read_reply(path.read_bytes()))
        except NoReply:
            continue


@pytest.mark.parametrize(
    "changed",
    [
        PLAIN.replace("BEGIN:VEVENT", "begin:vevent").replace("UID:", "uid:"),
        PLAIN.replace("PARTSTAT=ACCEPTED", 'cn="a: b, c";partstat=accepted'),
        PLAIN.replace(f"mailto:{MART}", f"MAILTO:{MART.upper()}"),
        PLAIN.replace("; method=REPLY", ""),
        PLAIN.replace("METHOD:REPLY\n", ""),
        PLAIN.replace("text/calendar; method=REPLY", "application/ics"),
        PLAIN.replace("text/calendar; method=REPLY", 'application/octet-stream; name="a.ICS"'),
        PLAIN.replace("charset=utf-8", "charset=no-such-charset"),
        PLAIN.replace("ATTENDEE;", "ATTEN\n DEE;"),
        PLAIN.replace("END:VEVENT", "COMMENT:" + "x" * 10_000 + "\nEND:VEVENT"),
        PLAIN + "\n\n",
    ],
)
def test_reply_written_otherwise_says_the_same(changed):
    assert read_reply(changed.encode()).event == read_reply(PLAIN.encode()).event


def test_reply_in_latin_letters_is_read():
    mail = PLAIN.replace("charset=utf-8", "charset=iso-8859-4").replace("PARTSTAT", "CN=Õ;PARTSTAT")

    assert read_reply(mail.encode("iso-8859-4")).event == read_reply(PLAIN.encode()).event


def test_reply_without_a_sequence_answers_the_first():
    assert read_reply(PLAIN.replace("SEQUENCE:1\n", "").encode()).event.sequence == 0


# --- moments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("DTSTART:20261125T110000Z", at(2026, 11, 25, 11)),
        ("DTSTART:20261125T130000", at(2026, 11, 25, 11)),
        ("DTSTART;TZID=Europe/Tallinn:20261125T130000", at(2026, 11, 25, 11)),
        ("DTSTART;TZID=FLE Standard Time:20261125T130000", at(2026, 11, 25, 11)),
        ("DTSTART;TZID=W. Europe Standard Time:20261125T120000", at(2026, 11, 25, 11)),
        ("DTSTART;TZID=/mozilla.org/2005_1/Europe/Tallinn:20261125T130000", at(2026, 11, 25, 11)),
        ("DTSTART;TZID=America/Argentina/Ushuaia:20261125T080000", at(2026, 11, 25, 11)),
        # The clock jumps from 3 to 4: read with the offset before.
        ("DTSTART:20270328T033000", at(2027, 3, 28, 1, 30)),
        # 3.30 exists twice: the first is meant.
        ("DTSTART:20271031T033000", at(2027, 10, 31, 0, 30)),
        ("DTSTART:20261231T235960Z", at(2026, 12, 31, 23, 59, 59)),
    ],
)  # fmt: skip
def test_counter_knows_the_moment(line, moment):
    mail = COUNTER.replace("DTSTART:20261125T110000Z", line).replace(
        "DTEND:20261125T120000Z", "DURATION:PT1H30M"
    )

    event = read_reply(mail.encode()).event

    assert event.starts_at == moment
    assert (event.ends_at - event.starts_at).total_seconds() == 90 * 60


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("DTSTART:20261125T110000Z", "DTSTART;VALUE=DATE:20261125", "moment"),
        ("DTSTART:20261125T110000Z", "DTSTART:20261325T110000Z", "moment"),
        ("DTSTART:20261125T110000Z", "DTSTART:00010101T000000", "moment"),
        ("DTSTART:20261125T110000Z", "DTSTART:99991231T235959Z", "moment"),
        ("DTSTART:20261125T110000Z", "DTSTART:٢٠٢٦1125T110000Z", "moment"),
        ("DTSTART:20261125T110000Z", "DTSTART;TZID=Nowhere:20261125T110000", "zone"),
        ("DTSTART:20261125T110000Z", "DTSTART;TZID=../../etc/passwd:20261125T110000", "zone"),
        ("DTSTART:20261125T110000Z", "DTSTART;TZID=" + "a/" * 90 + ":20261125T110000", "zone"),
        ("DTSTART:20261125T110000Z\n", "", "dtstart"),
        ("DTEND:20261125T120000Z\n", "", "duration"),
        ("DTEND:20261125T120000Z", "DTEND:20261125T110000Z", "times"),
        ("DTEND:20261125T120000Z", "DTEND:20261126T110001Z", "times"),
        ("DTEND:20261125T120000Z", "DURATION:-PT1H", "duration"),
        ("DTEND:20261125T120000Z", "DURATION:P999W", "times"),
        ("DTEND:20261125T120000Z", "DURATION:P99999999999999W", "duration"),
        ("DTSTAMP:20261123T080000Z", "DTSTAMP:yesterday", "moment"),
    ],
)
def test_counter_with_impossible_times_is_refused(old, new, reason):
    assert old in COUNTER
    assert refusal(COUNTER.replace(old, new)) == f"Unreadable: {reason}"


# --- what is no answer ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED", "UnknownAnswer: answer"),
        ("PARTSTAT=ACCEPTED", "PARTSTAT=NEEDS-ACTION", "UnknownAnswer: answer"),
        ("PARTSTAT=ACCEPTED", "CN=x", "UnknownAnswer: answer"),
        ("REPLY", "REQUEST", "UnknownAnswer: method"),
        ("METHOD:REPLY", "METHOD:COUNTER", "Unreadable: method"),
        ("METHOD:REPLY", "METHOD:REPLY\nMETHOD:CANCEL", "Unreadable: method"),
        ("SEQUENCE:1", "SEQUENCE:1\nRRULE:FREQ=SECONDLY", "Unreadable: series"),
        ("SEQUENCE:1", "SEQUENCE:1\nRECURRENCE-ID:20261124T080000Z", "Unreadable: series"),
        ("SEQUENCE:1", "SEQUENCE:1\nRDATE:20261124T080000Z", "Unreadable: series"),
        ("SEQUENCE:1", "SEQUENCE:-1", "Unreadable: sequence"),
        ("SEQUENCE:1", "SEQUENCE:" + "9" * 50, "Unreadable: sequence"),
        ("SEQUENCE:1", "SEQUENCE:1\nSEQUENCE:2", "Unreadable: sequence"),
        (f"UID:{UID}\n", "", "Unreadable: uid"),
        (f"UID:{UID}", "UID:" + "x" * 256, "Unreadable: uid"),
        (f"UID:{UID}", f"UID:{UID}\nUID:other", "Unreadable: uid"),
        ("DTSTAMP:20261123T080000Z\n", "", "Unreadable: dtstamp"),
        ("ATTENDEE;", "ATTENDEE:mailto:x@y.example\nATTENDEE;", "Unreadable: attendee"),
        (f"mailto:{MART}", "http://vald.example/", "Unreadable: attendee"),
        (f"mailto:{MART}", "mailto:", "Unreadable: attendee"),
        ("BEGIN:VEVENT", "BEGIN:VTODO\nEND:VTODO\nBEGIN:VEVENT", "Unreadable: components"),
        ("END:VEVENT", "END:VEVENT\nBEGIN:VEVENT\nEND:VEVENT", "Unreadable: components"),
        ("END:VCALENDAR", "", "Unreadable: components"),
        ("END:VEVENT", "END:VALARM", "Unreadable: components"),
        (f"UID:{UID}", f"UID:{UID}\0", "Unreadable: nul"),
        ("\n\nBEGIN", "\nContent-Transfer-Encoding: x-uuencode\n\nBEGIN", "Unreadable: encoding"),
    ],
)  # fmt: skip
def test_reply_that_is_none_is_refused(old, new, reason):
    assert old in PLAIN
    assert refusal(PLAIN.replace(old, new)) == reason


def test_reply_hidden_in_an_alarm_does_not_count():
    mail = PLAIN.replace("PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED").replace(
        "END:VEVENT",
        f"BEGIN:VALARM\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{MART}\nEND:VALARM\nEND:VEVENT",
    )

    assert refusal(mail) == "UnknownAnswer: answer"


def test_two_calendars_that_differ_are_refused():
    def part(answer: str) -> str:
        return PLAIN.partition("Content-Type")[2].replace("ACCEPTED", answer)

    both = (
        f"From: {MART}\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type{}--b\nContent-Type{}--b--\n"
    )

    assert refusal(both.format(part("ACCEPTED"), part("ACCEPTED"))) == "taken"
    assert refusal(both.format(part("ACCEPTED"), part("DECLINED"))) == "Unreadable: two calendars"


def test_mail_that_was_sent_on_inside_another_is_no_answer():
    mail = (
        f"From: {MART}\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{PLAIN}\n--b--\n"
    )

    assert refusal(mail) == "NoReply: no calendar"


# --- who writes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (f"From: {MART}", MART),
        (f"From: <{MART.upper()}>", MART),
        (f'From: "kelle@tahes.example" <{MART}>', MART),
        (f'From: "Tähtsam, \\"Märt\\"" <{MART}>', MART),
        (f"From: =?utf-8?Q?M=C3=A4rt?=\n <{MART}>", MART),
        (f"From: {MART}, muu@vald.example", ""),
        (f"From: {MART}\nFrom: muu@vald.example", ""),
        (f"From: {MART} <muu@vald.example>", ""),
        (f"From: <{MART}> <muu@vald.example>", ""),
        (f"From: <muu@vald.example> {MART}", ""),
        (f"From: muu@vald.example({MART})", ""),
        (f"From: rühm: {MART};", ""),
        (f'From: "{MART}', ""),
        ("From: ", ""),
        ("X: ", ""),
        ("From: " + "<" * 100_000, ""),
    ],
)
def test_sender_is_the_only_plain_address(header, sender):
    mail = PLAIN.replace(f"From: Märt <{MART}>", header)

    assert read_reply(mail.encode()).sender == sender


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("mx.example; dkim=pass header.d=vald.example", True),
        ("mx.example 1; spf=pass smtp.mailfrom=x@vald.example; dkim=none", True),
        ("MX.EXAMPLE; dmarc=pass (p=NONE; sp=NONE) header.from=vald.example", True),
        ("mx.example; dkim=fail header.d=vald.example; dkim=pass header.i=@vald.example", True),
        ("mx.example; dkim=pass (2048 bit) header.d=VALD.example. header.s=s1", True),
        ("", False),
        ("mx.example; none", False),
        ("mx.example", False),
        ("mx.example; dkim=pass header.d=evil.example", False),
        ("mx.example; dkim=pass header.d=example", False),
        ("mx.example; dkim=pass header.d=xvald.example", False),
        ("mx.example; dkim=fail header.d=vald.example", False),
        ("mx.example; spf=pass smtp.helo=vald.example", False),
        ("mx.example; arc=pass header.d=vald.example", False),
        ("mx.example; dkim=fail (dkim=pass header.d=vald.example)", False),
        ("mx.example; dkim=fail (; dkim=pass header.d=vald.example)", False),
        ('mx.example; dkim=fail reason="; dkim=pass header.d=vald.example"', False),
        ('mx.example; spf=pass smtp.mailfrom="x smtp.mailfrom=vald.example y"@evil.example', False),
        ("other.example; dkim=pass header.d=vald.example", False),
        ("mx.example; dkim=pass header.d=vald.example" + " " * 10_000, False),
    ],
)
def test_sender_is_proven_by_our_own_server(results, proven):
    mail = f"Authentication-Results: {results}\n{PLAIN}"

    assert read_reply(mail.encode(), authserv_id="mx.example").proven is proven
    assert read_reply(mail.encode()).proven is True


def test_sender_is_proven_by_the_topmost_results_alone():
    good = "Authentication-Results: mx.example; dkim=pass header.d=vald.example\n"
    bad = "Authentication-Results: mx.example; dkim=fail header.d=vald.example\n"
    other = "Authentication-Results: before.example; dkim=fail header.d=vald.example\n"

    def proven(headers: str) -> bool:
        return read_reply((headers + PLAIN).encode(), authserv_id="mx.example").proven

    assert proven(good + bad)
    assert proven(other + good)
    assert not proven(bad + good)


def test_copy_of_a_mail_has_the_same_fingerprint():
    copy = "Received: again\n" + PLAIN
    other = PLAIN.replace("<1@", "<2@")
    of_another = PLAIN.replace(f"From: Märt <{MART}>", "From: muu@vald.example")
    nameless = PLAIN.replace("Message-ID: <1@vald.example>\n", "")

    hashes = [
        read_reply(mail.encode()).message_hash
        for mail in (PLAIN, copy, other, of_another, nameless)
    ]

    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


# --- enemies --------------------------------------------------------------------------------

HEAD, _, CALENDAR = PLAIN.partition("\n\n")


def body(text: str) -> str:
    return f"{HEAD}\n\n{text}"


def nested(depth: int, inside: str) -> str:
    heads = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    return f"From: {MART}\n{heads}Content-Type: text/calendar\n\n{inside}"


ZONE_BOMB = (
    "BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
    "RRULE:FREQ=SECONDLY;COUNT=999999999\nEND:STANDARD\nEND:VTIMEZONE\n"
)
HOSTILE = {
    "10 MB": (lambda: body("x" * 10_000_000), "Unreadable: size"),
    "100,000 events": (lambda: body("BEGIN:VEVENT\n" * 100_000), "Unreadable: size"),
    "39,000 events": (lambda: body("BEGIN:VEVENT\n" * 39_000), "Unreadable: calendar size"),
    "4,000 events": (lambda: body("BEGIN:VEVENT\n" * 4_000), "Unreadable: components"),
    "one line": (lambda: body("x" * 1_000_000), "Unreadable: calendar size"),
    "one property": (
        lambda: PLAIN.replace("ATTENDEE", "ATTENDEE" + ";X=1" * 15_000),
        "Unreadable: line",
    ),
    "folds": (lambda: PLAIN.replace("UID:", "UID:" + "\n " * 30_000), "taken"),
    "folded letters": (
        lambda: PLAIN.replace("UID:", "UID:" + "x\n " * 15_000),
        "Unreadable: line",
    ),
    "short lines": (lambda: body("x\n" * 200_000), "Unreadable: lines"),
    "no utf-8": (lambda: body("").encode() + b"\xff\xfe\x80" * 10_000, "Unreadable: components"),
    "rules": (
        lambda: PLAIN.replace("SEQUENCE", "RRULE:FREQ=SECONDLY\nSEQUENCE"),
        "Unreadable: series",
    ),
    "rules of a zone": (lambda: PLAIN.replace("BEGIN:VEVENT", ZONE_BOMB + "BEGIN:VEVENT"), "taken"),
    "1000 deep": (lambda: nested(1000, CALENDAR), "Unreadable: parts"),
    "50 deep": (lambda: nested(50, "x\n" * 39_000), "Unreadable: calendar size"),
    "semicolons": (
        lambda: PLAIN.replace("method=REPLY", ";" * 900_000),
        "Unreadable: header",
    ),
    "folded semicolons": (
        lambda: PLAIN.replace("method=REPLY", "\n ;" * 30_000),
        "Unreadable: header",
    ),
    "disposition": (
        lambda: "Content-Disposition: attachment" + ";" * 900_000 + "\n" + PLAIN,
        "Unreadable: header",
    ),
    "pieces of a parameter": (
        lambda: PLAIN.replace("method=REPLY", "".join(f"method*{n}=a;" for n in range(120))),
        "Unreadable: method",
    ),
    "base64": (
        lambda: HEAD + "\nContent-Transfer-Encoding: base64\n\n" + "QUJD" * 60_000,
        "Unreadable: calendar size",
    ),
    "broken base64": (
        lambda: HEAD + "\nContent-Transfer-Encoding: base64\n\n" + "!?=" * 10_000,
        "Unreadable: components",
    ),
    "quoted-printable": (
        lambda: HEAD + "\nContent-Transfer-Encoding: quoted-printable\n\n" + "=\n" * 39_000,
        "Unreadable: components",
    ),
    "empty parts": (
        lambda: (
            f"From: {MART}\nContent-Type: multipart/digest; boundary=b\n\n"
            + "--b\n\n" * 19_000
            + "text/calendar"
        ),
        "NoReply: no calendar",
    ),
    "headers": (lambda: "Authentication-Results: x\n" * 30_000 + PLAIN, "taken"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mail_costs_neither_time_nor_memory(kind):
    make, reason = HOSTILE[kind]
    mail = make()
    mail = mail if isinstance(mail, bytes) else mail.encode()

    started = time.process_time()
    assert refusal(mail) == reason
    # A guard, no measurement: a reader without limits takes minutes, on any machine.
    assert time.process_time() - started < 20

    tracemalloc.start()
    try:
        refusal(mail)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 * 1024 * 1024


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=2_000))
def test_random_bytes_raise_nothing_else(mail):
    for framed in (mail, body("").encode() + mail, mail + PLAIN.encode()):
        assert refusal(framed)


SOURCES = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]


@settings(deadline=None, max_examples=250)
@given(st.data())
def test_mutated_replies_raise_nothing_else(data):
    mail = bytearray(data.draw(st.sampled_from(SOURCES)))
    for _n in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mail)))
        length = data.draw(st.integers(0, 12))
        mail[place : place + length] = data.draw(st.binary(max_size=12))

    assert refusal(bytes(mail))
