"""The settings under which tests run: fixed keys, nothing from `.env`, nothing outside."""

import os
import tempfile
from pathlib import Path


# Set before config.settings reads them; an `.env` never overrules the environment.
os.environ |= {
    "SECRET_KEY": "only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz",
    # Two keys, so that every run also shows that the older one is understood.
    "FIELD_KEYS": "dGVzdC1rZXktMi10ZXN0LWtleS0yLXRlc3Qta2V5LTI=,"
    "dGVzdC1rZXktMS10ZXN0LWtleS0xLXRlc3Qta2V5LTE=",
    "DEBUG": "0",
    "DEMO": "1",
    "SITE_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "LANGUAGE_CODE": "et",
    "LOG_LEVEL": "WARNING",
    "REDIS_URL": "",
    "UI_GALLERY": "1",
}
for name in ("EMAIL_URL", "DEFAULT_FROM_EMAIL"):
    os.environ.pop(name, None)
_scratch = tempfile.TemporaryDirectory(prefix="toetuspakett-tests-", ignore_cleanup_errors=True)
SCRATCH_DIR = Path(_scratch.name)
"""This test process's own files; gone when it ends."""

# SQLite, unless the database was chosen on the command line (`make test-postgres`). Never in
# memory, not even before it is set up: the live server's threads would share one connection.
os.environ.setdefault("DATABASE_URL", f"sqlite:///{SCRATCH_DIR / 'db.sqlite3'}")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402


if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because the live server needs connections of its own; one per
    # process, so that two runs in one checkout do not meet. Durability is moot.
    DATABASES["default"]["TEST"] = {"NAME": SCRATCH_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0

STATIC_ROOT = SCRATCH_DIR / "static"
STATIC_ROOT.mkdir()
STORAGES = {
    "default": {**STORAGES["default"], "OPTIONS": {"location": SCRATCH_DIR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_FILE_PATH = SCRATCH_DIR / "mail"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Mail is composed by the actions; a test sends it with outbox.tasks.send_waiting().
OUTBOX_ASYNC = False
PLANNER_WORKERS = 1
