from django.db import migrations


# What must differ where the days overlap; the forms ask the same and say it in words.
ALONE = {
    "people_post": ("user_id", "municipality_id", "kind"),
    "people_staffrole": ("user_id", "role"),
    "people_servicearea": ("consultant_id", "municipality_id"),
    "people_absence": ("user_id",),
}


def exclude(apps, schema_editor):
    """Refuse overlapping periods in the database itself. SQLite has no such constraint:
    there one writes at a time, and the check before the writing is enough.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    # Equality of keys inside a GiST index.
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, columns in ALONE.items():
        same = ", ".join(f"{column} WITH =" for column in columns)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap "
            f"EXCLUDE USING gist ({same}, daterange(starts_on, ends_on, '[]') WITH &&)"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in ALONE:
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_no_overlap")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(exclude, allow)]
