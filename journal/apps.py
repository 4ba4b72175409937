from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


def prepare_sqlite(sender: type, connection, **kwargs) -> None:
    """Give SQLite the function by which the journal's trigger asks for permission."""
    if connection.vendor == "sqlite":
        from journal.storage import is_unlocked

        connection.connection.create_function("journal_unlocked", 0, is_unlocked)


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = _("Journal")

    def ready(self) -> None:
        connection_created.connect(prepare_sqlite)
