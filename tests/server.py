"""A web server in a process of its own, to be killed: `python -m tests.server <port> <moment>`.

It serves the database that DATABASE_URL names, at a moment in seconds since 1970, and writes
one line when it is ready.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection


def main() -> None:
    import django

    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    from common import catalogue, clock

    catalogue.compile_all()
    with clock.process_at(datetime.fromtimestamp(float(sys.argv[2]), UTC)):
        server = ThreadedWSGIServer(("127.0.0.1", int(sys.argv[1])), WSGIRequestHandler)
        server.set_app(StaticFilesHandler(get_wsgi_application()))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


class MortalServer:
    """Our web server on the tests' own database, which a test may kill and start again."""

    def __init__(self, moment: datetime) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self._moment = moment
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.server", str(self.port), str(self._moment.timestamp())],
            cwd=settings.BASE_DIR,
            env=os.environ
            | {"DATABASE_URL": _address(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate()
            self._process = None


def _address() -> str:
    """Return the tests' database as DATABASE_URL has it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    login = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}"
    return f"postgres://{login}/{facts['NAME']}"


@pytest.fixture
def mortal_server(transactional_db, monday_morning) -> Iterator[MortalServer]:
    server = MortalServer(monday_morning)
    server.start()
    yield server
    server.kill()


if __name__ == "__main__":
    main()
