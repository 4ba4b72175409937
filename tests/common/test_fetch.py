"""No address leads into our own network, and no server holds us up."""

import gzip
import socket
import ssl
import time

import pytest

from common import fetch
from common.fetch import BadAddress, Fetched, NotFetched, clean_address, is_public
from tests.outside import ELSEWHERE, NAME, dripping, reply, to


ADDRESS = f"https://{NAME}/secret/basic.ics?key=a"


# --- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("193.40.5.1", True),
        ("2a00:1450:4010:c0f::64", True),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("0.0.0.0", False),
        ("0.0.0.1", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.0.0.1", False),
        ("192.0.2.1", False),
        ("192.168.1.1", False),
        ("192.88.99.1", False),
        ("3fff:fff::1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("224.0.0.1", False),
        ("239.255.255.250", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", False),
        ("64:ff9b:1::1", False),
        ("100::1", False),
        ("2001::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),
        ("2002:808:808::1", False),
        ("fc00::1", False),
        ("fd12:3456::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2a00:1450::1%eth0", False),
        ("ff02::1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_is_public(address, public):
    assert is_public(address) == public


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("https://example.org/a.ics", "https://example.org/a.ics"),
        ("  https://example.org/a.ics\n", "https://example.org/a.ics"),
        ("http://example.org/a.ics", "https://example.org/a.ics"),
        ("http://example.org:80/a.ics", "https://example.org/a.ics"),
        ("webcal://example.org/a.ics", "https://example.org/a.ics"),
        ("webcals://example.org:443/a.ics", "https://example.org/a.ics"),
        ("WEBCAL://EXAMPLE.ORG./A.ics", "https://example.org/A.ics"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a%20b?x=%C3%B5&y=1#part", "https://example.org/a%20b?x=%C3%B5&y=1"),
        ("https://example.org/õ", "https://example.org/%C3%B5"),
        ("https://õun.example/a", "https://xn--un-bka.example/a"),
        ("https://8.8.8.8/a", "https://8.8.8.8/a"),
        ("https://[2a00:1450::1]/a", "https://[2a00:1450::1]/a"),
    ],
)
def test_address_is_asked_by_https(typed, clean):
    assert clean_address(typed) == clean


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "scheme"),
        ("example.org/a.ics", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("data:text/calendar,BEGIN", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://", "host"),
        ("https:///a.ics", "host"),
        ("https://exa mple.org/", "letters"),
        ("https://example.org/a\r\nHost: x", "letters"),
        ("https://example.org\\@127.0.0.1/", "letters"),
        ("https://example.org/\x00", "letters"),
        ("https://user@example.org/", "login"),
        ("https://user:word@example.org/", "login"),
        ("https://example.org@127.0.0.1/", "login"),
        ("https://example.org:8443/", "port"),
        ("https://example.org:80/", "port"),
        ("http://example.org:22/", "port"),
        ("https://example.org:99999/", "host"),
        ("https://example.org:x/", "host"),
        ("https://[::1/", "host"),
        ("https://a..b/", "host"),
        ("https://" + "a" * 64 + ".org/", "host"),
        ("https://example.org/" + "a" * 2_000, "long"),
        ("https://127.0.0.1/", "not_public"),
        ("https://127.1/", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://017700000001/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://0x7f.1/", "not_public"),
        ("https://127.0.0.1./", "not_public"),
        ("https://1/", "not_public"),
        ("https://①②⑦.⓪.⓪.①/", "not_public"),
        ("https://１２７.0.0.1/", "not_public"),
        ("https://127。0。0。1/", "not_public"),
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://10.0.0.1/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://[::ffff:127.0.0.1]/", "not_public"),
        ("https://[::ffff:7f00:1]/", "not_public"),
        ("https://[64:ff9b::7f00:1]/", "not_public"),
        ("https://[fe80::1%25eth0]/", "not_public"),
    ],
)
def test_address_that_is_not_fetched(typed, why):
    with pytest.raises(BadAddress) as error:
        clean_address(typed)

    assert str(error.value) == why


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "::1"])
def test_name_is_looked_up_by_the_system_as_numbers_too(host):
    """Whatever the form leaves, the addresses that come out of it are what is looked at."""
    found = fetch.resolve(host, 5)

    assert found
    assert not any(is_public(address) for address in found)


# --- fetching -------------------------------------------------------------------------------


def word_of(address: str = ADDRESS, **asked: str) -> str:
    with pytest.raises(NotFetched) as error:
        fetch.fetch(address, **asked)
    return str(error.value)


def test_fetch_asks_for_the_very_file_by_its_name(server):
    server.answers = [reply(b"BEGIN", ETag='"1"', Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")]

    fetched = fetch.fetch(ADDRESS)

    assert fetched == Fetched(b"BEGIN", '"1"', "Sun, 22 Nov 2026 10:00:00 GMT")
    assert server.asked[0].startswith(b"GET /secret/basic.ics?key=a HTTP/1.1\r\n")
    assert (server.header("Host"), server.names) == (NAME, [NAME])
    assert server.header("Accept-Encoding") == "identity"
    assert server.header("Cookie") is server.header("Authorization") is None


def test_fetch_unchanged_brings_nothing(server):
    server.answers = [reply(status="304 Not Modified")]

    fetched = fetch.fetch(ADDRESS, etag='"1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT")

    assert fetched.data is None
    assert server.header("If-None-Match") == '"1"'
    assert server.header("If-Modified-Since") == "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X"])
def test_fetch_follows_redirects(server, status):
    server.answers = [
        to(f"http://{ELSEWHERE}/b", status),
        to("/c?d", status),
        to("e", status),
        reply(b"there"),
    ]

    assert fetch.fetch(ADDRESS).data == b"there"
    assert [request.split()[1] for request in server.asked[1:]] == [b"/b", b"/c?d", b"/e"]
    assert server.names == [NAME, ELSEWHERE, ELSEWHERE, ELSEWHERE]


def test_fetch_follows_three_redirects_and_no_more(server):
    server.answers = [to("/again")] * 9

    assert word_of() == "no_answer"
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("https://127.0.0.2/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("http://169.254.169.254/latest/", "not_public"),
        ("file:///etc/passwd", "no_answer"),
        ("https://user:word@calendar.test.example/", "no_answer"),
        ("https://calendar.test.example:22/", "no_answer"),
        ("ftp://calendar.test.example/", "no_answer"),
        ("", "no_answer"),
        ("https://[x", "no_answer"),
    ],
)
def test_fetch_looks_at_where_a_redirect_leads(server, place, word):
    server.answers = [to(place)]

    assert word_of() == word
    assert len(server.asked) == 1


def test_fetch_looks_at_the_addresses_behind_each_name(server, monkeypatch):
    behind = {NAME: ["127.0.0.1"], ELSEWHERE: ["127.0.0.1", "10.0.0.1"]}
    monkeypatch.setattr(fetch, "resolve", lambda host, _seconds: behind[host])
    server.answers = [to(f"https://{ELSEWHERE}/")]

    assert word_of() == "not_public"
    assert len(server.asked) == 1


def test_fetch_connects_to_the_address_that_was_looked_at(server, monkeypatch):
    """A name that says something else when it is asked again leads nowhere new."""
    asked = []
    monkeypatch.setattr(
        fetch,
        "resolve",
        lambda host, _seconds: ["127.0.0.1"] if not asked.append(host) and len(asked) == 1 else [],
    )
    real, connected = socket.create_connection, []

    def connect(address, **rest):
        connected.append(address)
        return real(address, **rest)

    monkeypatch.setattr(socket, "create_connection", connect)
    server.answers = [reply(b"x")]

    assert fetch.fetch(ADDRESS).data == b"x"
    assert (asked, connected) == ([NAME], [("127.0.0.1", server.port)])


def test_fetch_without_the_tests_leave_reaches_no_loopback(server, monkeypatch):
    monkeypatch.setattr(fetch, "is_public", is_public)

    assert word_of() == "not_public"
    assert server.asked == []


def test_fetch_of_a_name_that_nobody_knows(monkeypatch):
    monkeypatch.setattr(fetch, "resolve", lambda _host, _seconds: [])

    assert word_of() == "no_answer"


def test_fetch_checks_the_certificate(server, monkeypatch):
    monkeypatch.setattr(fetch, "tls", ssl.create_default_context)

    assert word_of() == "not_safe"
    assert server.asked == []


def test_fetch_checks_the_name_in_the_certificate(server):
    assert word_of("https://another.test.example/") == "not_safe"
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (reply(status="401 X"), "refused"),
        (reply(status="403 X"), "refused"),
        (reply(status="404 X"), "refused"),
        (reply(status="410 X"), "refused"),
        (reply(status="429 X"), "no_answer"),
        (reply(status="500 X"), "no_answer"),
        (reply(b"x", status="204 X"), "no_answer"),
        (reply(gzip.compress(b"x" * 100, mtime=0), Content_Encoding="gzip"), "no_answer"),
        (reply(b"x", Content_Encoding="br"), "no_answer"),
        (b"", "no_answer"),
        (b"hello\r\n\r\n", "no_answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "no_answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "no_answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "no_answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "no_answer"),
        (reply(b"x" * 10, Content_Length="99999999999"), "too_large"),
        (reply(b"x" * (fetch.MAX_BYTES + 1)), "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (fetch.MAX_BYTES + 1), "too_large"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 40,
            "too_large",
        ),
    ],
)
def test_fetch_of_what_is_no_file_of_ours(server, answer, word):
    server.answers = [answer]

    assert word_of() == word


def test_fetch_of_exactly_two_megabytes(server):
    server.answers = [reply(b"x" * fetch.MAX_BYTES)]

    assert len(fetch.fetch(ADDRESS).data) == fetch.MAX_BYTES


@pytest.mark.parametrize("etag", ['"a\tb"', "õ", "x" * 201])
def test_fetch_keeps_no_mark_that_could_not_be_sent_back(server, etag):
    server.answers = [reply(b"x", ETag=etag)]

    assert fetch.fetch(ADDRESS).etag == ""


@pytest.mark.parametrize(
    "answer",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000, 0.02),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0.1),
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.01),
        lambda connection: time.sleep(3),
    ],
    ids=["body", "head", "continue", "silence"],
)
def test_fetch_ends_in_time_however_slowly_it_is_answered(server, monkeypatch, answer):
    monkeypatch.setattr(fetch, "SECONDS", 0.6)
    server.answers = [answer]
    began = time.monotonic()

    assert word_of() == "no_answer"
    assert time.monotonic() - began < 2


def test_fetch_ends_in_time_when_no_name_server_answers(monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_rest: time.sleep(3) or [])
    began = time.monotonic()

    assert word_of() == "no_answer"
    assert time.monotonic() - began < 2


def test_fetch_ends_in_time_when_nobody_shakes_hands(server, monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(fetch, "PORT", silent.getsockname()[1])
        began = time.monotonic()

        assert word_of() == "no_answer"
    assert time.monotonic() - began < 2
