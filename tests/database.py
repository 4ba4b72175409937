"""The test database: migrated once, filled with reference data, whole again after a flush."""

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase


TEMPLATES = Path(settings.BASE_DIR) / "var" / "test-databases"


def _template() -> Path:
    """Return where the migrated, empty SQLite file of these very migrations is kept."""
    sources = sorted(Path(settings.BASE_DIR).glob("*/migrations/*.py"))
    # Settings decide which apps there are, requirements which migrations come with them.
    sources += [
        Path(settings.BASE_DIR) / name for name in ("requirements.txt", "config/settings.py")
    ]
    mark = sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources))
    return TEMPLATES / f"{mark.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite start from the file put in place below; it goes with the scratch folder."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, request) -> None:
    """Put a migrated file in place: migrating from nothing takes most of a short run.

    `--create-db` migrates anew.
    """
    template = _template()
    if (
        connection.vendor == "sqlite"
        and template.exists()
        and not request.config.getvalue("create_db")
    ):
        shutil.copy(template, settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Load municipalities and topics once; every test sees them."""
    flush = TransactionTestCase._fixture_teardown
    with django_db_blocker.unblock():
        _keep_template()
        _load_reference()
    TransactionTestCase._fixture_teardown = _flush_and_reload(flush)
    yield
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        _end_other_sessions()


def _end_other_sessions() -> None:
    """Let go of what the live server's threads still hold, or the database cannot be dropped.

    A thread lives as long as the browser keeps its connection to the server open.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _keep_template() -> None:
    template = _template()
    if connection.vendor != "sqlite" or template.exists():
        return
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    half = template.with_name(Path(connection.settings_dict["NAME"]).parent.name)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(half)])
    for old in TEMPLATES.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    half.replace(template)


def _flush_and_reload(flush: Callable[[TransactionTestCase], None]) -> Callable:
    def teardown(case: TransactionTestCase) -> None:
        from journal import storage

        # The journal is append-only, for the flush between tests as well.
        with storage.unlocked():
            flush(case)
        _load_reference()

    return teardown


def _load_reference() -> None:
    call_command("load_reference", verbosity=0)
