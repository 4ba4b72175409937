"""Measure on every database there is; print the table and write docs/performance.md.

Each database is measured in a process of its own, on a fresh database that is dropped
afterwards, with the real server (two gunicorn processes) on a free loopback port.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.bench.plans import plans_table


ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"
POSTGRES = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/test"
BENCH = "toetuspakett_bench"
MINUTES = 20

Rows = dict[str, list[str]]
"""What was measured → its figures."""


def main() -> int:
    measured: dict[str, Rows] = {}
    with tempfile.TemporaryDirectory() as folder:
        measured["SQLite"] = _measure(f"sqlite:///{folder}/bench.sqlite3", folder)
        if (server := _fresh_postgres()) is None:
            print("PostgreSQL: skipped, no server there.")
        else:
            try:
                measured["PostgreSQL"] = _measure(server, folder)
            finally:
                _sql(f"DROP DATABASE IF EXISTS {BENCH} WITH (FORCE)")
    text, plans = _table(measured), plans_table()
    print(text, plans, sep="\n")
    DOCUMENT.write_text(_document(text, plans), encoding="utf-8")
    return 0


def _measure(database: str, folder: str) -> Rows:
    print(f"Measuring {urlsplit(database).scheme} …", flush=True)
    out = Path(folder) / f"{urlsplit(database).scheme}.json"
    environment = os.environ | {"DATABASE_URL": database, "BENCH_OUT": str(out)}
    environment.pop("REDIS_URL", None)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.measure"],
        env=environment,
        cwd=ROOT,
        check=True,
        timeout=MINUTES * 60,
    )
    return json.loads(out.read_text())


def _fresh_postgres() -> str | None:
    """Make an empty database beside the one that tests use; return its address."""
    try:
        _sql(f"DROP DATABASE IF EXISTS {BENCH} WITH (FORCE)")
        _sql(f"CREATE DATABASE {BENCH}")
    except psycopg.OperationalError:
        return None
    return urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{BENCH}"))


def _sql(statement: str) -> None:
    address = urlunsplit(urlsplit(POSTGRES)._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)


def _table(measured: dict[str, Rows]) -> str:
    names = list(measured)
    lines = ["| what | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for what in measured[names[0]]:
        cells = [", ".join(measured[name].get(what, ["–"])) for name in names]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _document(table: str, plans: str) -> str:
    day = time.strftime("%d.%m.%Y")
    return (
        "# Speeds\n\n"
        "Written by `make bench`; what is measured and how stands in `tests/bench/`. Times in\n"
        "milliseconds, median and 95th percentile. Through the running server means two gunicorn\n"
        "processes on the same machine as the clients, so that both share its cores.\n\n"
        f"Measured on {day}: {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}.\n\n{table}\n"
        "## Season plans\n\n"
        "The published instances in the time asked there, two workers, seed 1; seconds from\n"
        "reading the instance to the plan with its reasons. The bound is proven (decision 22).\n\n"
        f"{plans}"
    )


if __name__ == "__main__":
    sys.exit(main())
