from django.db import migrations

from journal.storage import POSTGRES_TRIGGERS, SQLITE_TRIGGERS


def lock(apps, schema_editor):
    """Refuse updates and deletions in the database itself, on both databases."""
    on_postgres = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRES_TRIGGERS if on_postgres else SQLITE_TRIGGERS:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
