"""Web and worker together, for one machine: `make run`, `make dev`.

`python -m config.run` prepares everything (keys, tables, reference and
demonstration data, static files), starts both and watches them: when one ends,
or on Ctrl-C, both are stopped and nothing is left running. Environment: PORT
(default 8000). `check-port` only looks whether the port is free; it needs
nothing but Python itself. `dev` reloads on changes and shows errors in full.
"""

import argparse
import base64
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a polite kill and a closed terminal all mean the same."""
START_SECONDS = 60
STOP_SECONDS = 10


def main() -> int:
    """Run as the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(prog="config.run", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["check-port", "dev"])
    what = parser.parse_args().what
    port = port_from(os.environ)
    if not is_free(port):
        raise SystemExit(
            f"Port {port} is taken by another program. "
            f"Stop that one, or choose another port: make run PORT={port + 1}"
        )
    if what == "check-port":
        return 0
    # Set for Ctrl-C too: a shell that starts us in the background has it ignored.
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        settle_environment(port, dev=what == "dev")
        prepare(dev=what == "dev")
        web = develop if what == "dev" else serve
        return run({"web server": partial(web, port), "worker": work}, port)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def port_from(environment: Mapping[str, str]) -> int:
    """Return the wished port; end with a sentence when PORT is no port."""
    wished = environment.get("PORT") or "8000"
    if not wished.isdecimal() or not 1 <= int(wished) <= 65535:
        raise SystemExit(f"PORT must be a number between 1 and 65535, not {wished!r}.")
    return int(wished)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port whose last owner has just gone counts as free, as it does for the server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def settle_environment(port: int, *, dev: bool) -> None:
    """Write `.env` when there is none, and let the address follow the port."""
    env_file = ROOT / ".env"
    if not env_file.exists():
        write_env(env_file)
        print("Wrote .env with fresh keys. Keep it: without them no narrative can be read.")
    if os.environ.get("PORT"):
        os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
    if dev:
        os.environ["DEBUG"] = "1"
    os.chdir(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def write_env(path: Path) -> None:
    """Write the example with fresh keys to `path`, readable by its owner alone."""
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    lines = []
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        name = line.partition("=")[0]
        lines.append(f"{name}={fresh[name]}" if name in fresh else line)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def prepare(*, dev: bool) -> None:
    """Bring tables, data, words and static files up to date; nothing is done twice."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    from common import catalogue

    # First of all: once Django has read the words of before, it reads no newer ones.
    catalogue.compile_all()
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error

    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from home.demo.population import ACCOUNTS
    from people.models import User

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    if settings.DEMO and not User.objects.filter(email=ACCOUNTS["coordinator"][0]).exists():
        print("Making the demonstration data; this happens only once …", flush=True)
        call_command("demo", verbosity=0)
    if not dev:
        collect_static(Path(settings.STATIC_ROOT))
    connections.close_all()


def collect_static(target: Path) -> None:
    """Collect and compress static files, unless nothing has changed since the last time."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    marks = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = os.stat(storage.path(name))
            marks.append(f"{storage.path(name)} {state.st_size} {state.st_mtime_ns}")
    mark = sha256("\n".join(sorted(marks)).encode()).hexdigest()
    stamp = target / ".collected"
    if stamp.exists() and stamp.read_text() == mark:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(mark)


def serve(port: int) -> None:
    """Be the web server: two processes, as many as the smallest machine has cores."""
    from gunicorn.app.wsgiapp import run as gunicorn

    sys.argv = ["gunicorn", "config.wsgi", f"--bind={HOST}:{port}", "--workers=2", "--preload"]
    sys.argv += ["--log-level=warning", "--no-control-socket"]
    gunicorn()


def develop(port: int) -> None:
    """Be the web server that reloads on changes."""
    os.execv(sys.executable, [sys.executable, "manage.py", "runserver", f"{HOST}:{port}"])


def work() -> None:
    """Be the worker."""
    from django.core.management import call_command

    call_command("qcluster", verbosity=0)


def run(programs: dict[str, Callable[[], None]], port: int) -> int:
    """Start the programs and stay until one ends or we are stopped; then stop all."""
    running: dict[str, ForkProcess] = {}
    try:
        # Signals wait until all are started, so that none is overlooked by stop().
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for name, program in programs.items():
            # Forked, not started anew: Django, once loaded, serves all of them.
            running[name] = get_context("fork").Process(target=alone, args=(program,))
            running[name].start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        announced, deadline = False, time.monotonic() + START_SECONDS
        while True:
            for name, process in running.items():
                if not process.is_alive():
                    print(f"The {name} ended by itself (status {process.exitcode}); stopping.")
                    return 1
            if not announced and answers(port):
                print(f"Toetuspakett: http://{HOST}:{port} (Ctrl-C stops)", flush=True)
                announced = True
            if not announced and time.monotonic() > deadline:
                print(f"The web server does not answer after {START_SECONDS} seconds; stopping.")
                return 1
            time.sleep(0.5 if announced else 0.1)
    finally:
        stop(running)


def alone(program: Callable[[], None]) -> None:
    """Run a program in a session of its own.

    So Ctrl-C reaches only the one who watches, and all that a program started
    can be ended with it.
    """
    os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    program()


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def stop(running: dict[str, ForkProcess]) -> None:
    """Ask each program to end; whatever is left of it after that is ended by force."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running.values():
        process.join(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()


if __name__ == "__main__":
    sys.exit(main())
