"""The lock on the journal: rows can be written, never changed or deleted.

Triggers on both databases hold it (migration 0001). Only the retention job may
open it, for old entries.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


_unlocked = 0

SQLITE_TRIGGERS = [
    f"""
    CREATE TRIGGER journal_entry_no_{deed.lower()} BEFORE {deed} ON journal_entry
    WHEN journal_unlocked() = 0
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    """
    for deed in ("UPDATE", "DELETE")
]
POSTGRES_TRIGGERS = [
    """
    CREATE FUNCTION journal_entry_append_only() RETURNS trigger AS $$
    BEGIN
        IF current_setting('toetuspakett.journal_unlocked', true) = 'yes' THEN
            RETURN COALESCE(NEW, OLD);
        END IF;
        RAISE EXCEPTION 'the journal is append-only';
    END;
    $$ LANGUAGE plpgsql;
    """,
    """
    CREATE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_append_only();
    """,
]


def is_unlocked() -> int:
    return int(_unlocked > 0)


@contextmanager
def unlocked() -> Iterator[None]:
    """Let the enclosed work delete journal rows. For the retention job alone."""
    global _unlocked
    _unlocked += 1
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('toetuspakett.journal_unlocked', 'yes', false)")
        yield
    finally:
        _unlocked -= 1
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('toetuspakett.journal_unlocked', 'no', false)")
