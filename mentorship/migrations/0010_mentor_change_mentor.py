import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    """Of an earlier wish the mentor of its plan is taken: before, it said no more."""
    rows = apps.get_model("mentorship", "MentorChange").objects
    plans = apps.get_model("mentorship", "Plan").objects.filter(pk=models.OuterRef("plan"))
    rows.update(mentor=models.Subquery(plans.values("mentor")))


class Migration(migrations.Migration):

    # PostgreSQL changes no table whose rows were written in the same transaction.
    atomic = False

    dependencies = [
        ("mentorship", "0009_meeting_reasons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mentorchange",
            name="mentor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="mentorchange",
            name="mentor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
