"""The settings while speeds are measured: those of the tests, but as durable as in earnest."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, SQLITE_PRAGMAS


if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"]["init_command"] = SQLITE_PRAGMAS
