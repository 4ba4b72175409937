"""A small mail server on loopback that keeps what it accepts (RFC 5321, as far as smtplib asks)."""

import random
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes


class Sink(socketserver.ThreadingTCPServer):
    """Accepted mails are (address, Message-ID) in `accepted`, in order.

    `answers` gives the answers to an address in turn, the last one for ever ("250 ok" where
    nothing is said); `delay` the longest wait before an answer, in seconds; `sessions` counts
    the connections.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.accepted: list[tuple[str, str]] = []
        self.answers: dict[str, list[str]] = {}
        self.delay = 0.0
        self.sessions = 0

    @property
    def port(self) -> int:
        return self.server_address[1]

    def answer_to(self, address: str) -> str:
        answers = self.answers.get(address, ["250 ok"])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def handle_error(self, request, client_address) -> None:
        """A client that was killed is what this server is for."""


class Session(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.server.sessions += 1
        address = ""
        self.say("220 sink")
        while line := self.rfile.readline():
            command = line.decode().strip()
            word = command[:4].upper()
            if word == "QUIT":
                self.say("221 bye")
                return
            if word == "RCPT":
                address = command.partition("<")[2].partition(">")[0]
                answer = self.server.answer_to(address)
                self.say(answer)
                if answer.startswith("421"):
                    return
            elif word == "DATA":
                self.say("354 go on")
                if (text := self.text()) is None:
                    return
                self.server.accepted.append((address, message_from_bytes(text)["Message-ID"]))
                self.say("250 accepted")
            else:
                self.say("250 ok")

    def text(self) -> bytes | None:
        """Read up to the full stop; None when the client went away before it."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line)
        return None

    def say(self, answer: str) -> None:
        if self.server.delay:
            time.sleep(random.uniform(0, self.server.delay))
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def running(make: Callable[[], Sink] = Sink) -> Iterator[Sink]:
    sink = make()
    thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield sink
    finally:
        sink.shutdown()
        thread.join()
        sink.server_close()
