"""Is there a PostgreSQL server at this address? Status 0: yes, 3: no server, 1: bad address."""

import socket
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


url = urlsplit(sys.argv[1])
if url.scheme not in ("postgres", "postgresql"):
    sys.exit(f"DATABASE_URL must be a postgres:// address here, not {url.scheme}://")
host = url.hostname or parse_qs(url.query).get("host", ["/var/run/postgresql"])[0]
port = url.port or 5432
try:
    if host.startswith("/"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(Path(host) / f".s.PGSQL.{port}"))
    else:
        socket.create_connection((host, port), timeout=10).close()
except OSError as error:
    print(f"SKIPPED: no PostgreSQL server at {host}:{port} ({error.strerror or error}).")
    sys.exit(3)
