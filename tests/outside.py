"""A little server with a certificate, standing in for the internet."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common import fetch


NAME = "calendar.test.example"
ELSEWHERE = "elsewhere.test.example"

Answer = Callable[[socket.socket], None] | bytes


class Server:
    """Answers each request with the next of its `answers`; keeps what it was asked."""

    def __init__(self, certificate: Path) -> None:
        self.answers: list[Answer] = []
        self.asked: list[bytes] = []
        self.names: list[str] = []
        self.plain = socket.create_server(("127.0.0.1", 0))
        self.port = self.plain.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.plain.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                self.answer(connection)

    def answer(self, connection: socket.socket) -> None:
        with self.context.wrap_socket(connection, server_side=True) as safe:
            request = b""
            while b"\r\n\r\n" not in request:
                if not (more := safe.recv(4096)):
                    return
                request += more
            self.asked.append(request)
            answer = self.answers.pop(0)
            if isinstance(answer, bytes):
                safe.sendall(answer)
            else:
                answer(safe)

    def header(self, name: str, number: int = -1) -> str | None:
        for line in self.asked[number].decode().split("\r\n")[1:]:
            said, _colon, value = line.partition(": ")
            if said.lower() == name.lower():
                return value
        return None


def reply(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    headers = {"Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def to(place: str, status: str = "302 Found") -> bytes:
    return reply(status=status, Location=place)


def dripping(pieces: bytes, pause: float) -> Callable[[socket.socket], None]:
    """Send letter by letter."""

    def send(connection: socket.socket) -> None:
        for letter in pieces:
            connection.sendall(bytes([letter]))
            time.sleep(pause)

    return send


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = [x509.DNSName(NAME), x509.DNSName(ELSEWHERE)]
    now = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server, to which every name leads, and the loopback that counts as public."""
    running = Server(certificate)
    monkeypatch.setattr(fetch, "PORT", running.port)
    monkeypatch.setattr(fetch, "resolve", lambda _host, _seconds: ["127.0.0.1"])
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(fetch, "tls", lambda: ssl.create_default_context(cafile=str(certificate)))
    yield running
    running.plain.close()
