from django.apps import AppConfig
from django.db.backends.signals import connection_created


def prepare_sqlite(sender: type, connection, **kwargs) -> None:
    """Give an SQLite connection the Estonian order that PostgreSQL has built in."""
    if connection.vendor == "sqlite":
        from common.text import COLLATION, collate

        connection.connection.create_collation(COLLATION, collate)


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        connection_created.connect(prepare_sqlite)
