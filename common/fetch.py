"""Asking for what a person named, without letting them reach into our own network.

Only https on its own port, only addresses on the open internet, and the connection goes
to the very address that was looked at. Addresses are secrets: nothing here logs any, and
no error carries one.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit


PORT = 443
SECONDS = 10
"""For everything: names, redirects, and a server that answers drop by drop."""
MAX_BYTES = 2 * 1024 * 1024
MAX_ADDRESS = 2_000
REDIRECTS = 3
CALENDARS = "text/calendar, */*;q=0.1"
SCHEMES = {"https": 443, "webcals": 443, "http": 80, "webcal": 80}
"""What is asked by https in any case, with the port that may be written out."""

NO_ANSWER = "no_answer"
REFUSED = "refused"
NOT_SAFE = "not_safe"
NOT_PUBLIC = "not_public"
TOO_LARGE = "too_large"


# Special by IANA's registries, which the stdlib's tables do not follow yet: the second range of
# documentation (RFC 9637) and the retired relays to IPv6 (RFC 7526).
NOT_YET_KNOWN = (ipaddress.ip_network("3fff::/20"), ipaddress.ip_network("192.88.99.0/24"))

Answer = TypeVar("Answer")


class BadAddress(ValueError):
    """The text is no address that we fetch; the argument says why: "scheme", "port",
    "login", "host", "long", "letters" or "not_public".
    """


class NotFetched(Exception):
    """There is no file to be had; the argument is one of the five words above."""


@dataclass(frozen=True)
class Fetched:
    """A file with what the server wants to be asked by next time; `data` None: unchanged."""

    data: bytes | None
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """That a server sends us to another address, `place`."""

    place: str


def is_public(address: str) -> bool:
    """Say whether a numeric IP address is on the open internet.

    Whatever carries another address within itself (mapped, 6to4, Teredo, NAT64) is not:
    it would reach a private one in disguise.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip.scope_id
        if inside or ip not in ipaddress.ip_network("2000::/3"):
            return False
    if any(ip in network for network in NOT_YET_KNOWN):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def clean_address(text: str) -> str:
    """Return the https address that stands for what a person typed. Raises BadAddress.

    No name is looked up; a number that is no public address is noticed all the same.
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS:
        raise BadAddress("long")
    if re.search(r"[\x00-\x20\x7f-\xa0\\]", text):
        raise BadAddress("letters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadAddress("host") from error
    if parts.scheme not in SCHEMES:
        raise BadAddress("scheme")
    if "@" in parts.netloc:
        raise BadAddress("login")
    if port not in (None, 443, SCHEMES[parts.scheme]):
        raise BadAddress("port")
    host = _host(parts)
    if (number := _numeric(host)) and not is_public(number):
        raise BadAddress(NOT_PUBLIC)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    return f"https://{f'[{host}]' if ':' in host else host}{path}{query}"


def _host(parts: SplitResult) -> str:
    """Return the host in plain letters (IDNA), as names are asked for."""
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        return name
    try:
        plain = name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddress("host") from error
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?", plain) or ".." in plain:
        raise BadAddress("host")
    return plain


def _numeric(host: str) -> str:
    """Return the IP address that a host is: "127.1", "2130706433", "0x7f.1"; "" for a name."""
    try:
        if ":" in host:
            return str(ipaddress.IPv6Address(host))
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        # An IPv6 address that is none is no name either.
        return host if ":" in host else ""


def fetch(address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
    """Fetch a file, in at most ten seconds and two megabytes. Raises NotFetched.

    `etag` and `last_modified` are those of the file that the caller has; the answer's
    `data` is None when it is still the same.
    """
    ask = {"If-None-Match": etag, "If-Modified-Since": last_modified, "Accept": CALENDARS}
    return _followed(address, ask, _read)


def is_there(address: str) -> bool | None:
    """Say whether a server has a page at this address, in at most ten seconds; None when we
    cannot know: it is no address that we ask, or one that may be served without https alone.

    A page that is closed to us is there; one that answers only with an error is not.
    """
    plain = urlsplit(address).scheme == "http"
    try:
        clean_address(address)
        status = _followed(address, {"Accept": "*/*"}, _status)
    except BadAddress:
        return None
    except NotFetched as error:
        return None if plain or str(error) == NOT_PUBLIC else False
    return status not in (404, 410) and status < 500


def _followed(
    address: str,
    ask: dict[str, str],
    read: Callable[[http.client.HTTPResponse], Answer | Elsewhere],
) -> Answer:
    """Ask, and wherever the answer sends us, and return what `read` makes of the last one.
    Raises NotFetched.
    """
    deadline = time.monotonic() + SECONDS
    for _hop in range(REDIRECTS + 1):
        try:
            address = clean_address(address)
        except BadAddress as error:
            closed = str(error) == NOT_PUBLIC
            raise NotFetched(NOT_PUBLIC if closed else NO_ANSWER) from error
        try:
            answer = _asked(urlsplit(address), ask, deadline, read)
            if not isinstance(answer, Elsewhere):
                return answer
            address = urljoin(address, answer.place)
        except ssl.SSLCertVerificationError as error:
            raise NotFetched(NOT_SAFE) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotFetched(NO_ANSWER) from error
    raise NotFetched(NO_ANSWER)


def _asked(
    parts: SplitResult,
    ask: dict[str, str],
    deadline: float,
    read: Callable[[http.client.HTTPResponse], Answer],
) -> Answer:
    """Ask once, and return what `read` makes of the answer."""
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = {
        "Host": parts.netloc,
        "User-Agent": "Toetuspakett",
        "Accept-Encoding": "identity",
        "Connection": "close",
    } | {name: value for name, value in ask.items() if value}
    request = f"GET {path} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in head.items()
    )
    with _connected(host, deadline) as connection:
        connection.settimeout(_left(deadline))
        connection.sendall(f"{request}\r\n".encode("ascii"))
        response = http.client.HTTPResponse(_Timed(connection, deadline), method="GET")  # type: ignore[arg-type]
        response.begin()
        return read(response)


def _elsewhere(response: http.client.HTTPResponse) -> Elsewhere | None:
    if response.status not in (301, 302, 303, 307, 308):
        return None
    if not (place := response.headers.get("Location", "")):
        raise NotFetched(NO_ANSWER)
    return Elsewhere(place)


def _status(response: http.client.HTTPResponse) -> int | Elsewhere:
    return _elsewhere(response) or response.status


def _read(response: http.client.HTTPResponse) -> Fetched | Elsewhere:
    if place := _elsewhere(response):
        return place
    if response.status == 304:
        return Fetched(None)
    if response.status in (401, 403, 404, 410):
        raise NotFetched(REFUSED)
    if response.status != 200:
        raise NotFetched(NO_ANSWER)
    # Asked for the plain file; whatever is packed could unpack without end.
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise NotFetched(NO_ANSWER)
    if response.length is not None and response.length > MAX_BYTES:
        raise NotFetched(TOO_LARGE)
    data = response.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise NotFetched(TOO_LARGE)
    if response.length:
        raise NotFetched(NO_ANSWER)  # it broke off
    return Fetched(
        data,
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
    )


def _header(response: http.client.HTTPResponse, name: str) -> str:
    """Return a header that can be sent back as it is; "" for one that had better not be."""
    value = response.headers.get(name, "").strip()
    return value if re.fullmatch(r"[\x20-\x7e]{1,200}", value) else ""


def _connected(host: str, deadline: float) -> ssl.SSLSocket:
    """Return a connection to an address that was looked at, its certificate checked by name."""
    found = resolve(host, _left(deadline))
    if not found or not all(is_public(address) for address in found):
        raise NotFetched(NOT_PUBLIC if found else NO_ANSWER)
    trouble: OSError = OSError("nothing answered")
    for address in found[:3]:
        try:
            plain = socket.create_connection((address, PORT), timeout=_left(deadline) / 2)
        except OSError as error:
            trouble = error
            continue
        try:
            plain.settimeout(_left(deadline))
            return tls().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    raise trouble


def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def resolve(host: str, seconds: float) -> list[str]:
    """Return the IP addresses of a host, at most eight; none when nobody says so in time."""
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    # The system's own look-up knows no deadline.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return list(found)


def _left(deadline: float) -> float:
    """Return the seconds that are left. Raises TimeoutError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed(io.RawIOBase):
    """What http.client reads from: each piece may take only what is left of all the time."""

    def __init__(self, connection: ssl.SSLSocket, deadline: float) -> None:
        self.connection = connection
        self.deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.connection.settimeout(_left(self.deadline))
        return self.connection.recv_into(buffer)
