from django.db import migrations


NAME = "meetings_meeting_room_once"


def exclude(apps, schema_editor):
    """Refuse, in the database itself, two planned meetings in one room at one time. SQLite
    has no such constraint: there one writes at a time, and the check before is enough.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    schema_editor.execute(
        f"ALTER TABLE meetings_meeting ADD CONSTRAINT {NAME} "
        "EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&) "
        "WHERE (status = 'confirmed')"
    )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE meetings_meeting DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0010_rooms")]

    operations = [migrations.RunPython(exclude, allow)]
