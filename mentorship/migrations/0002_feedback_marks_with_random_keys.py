import random
import uuid

import django.db.models.deletion
from django.db import migrations, models


def copy(apps, schema_editor):
    """Carry the marks over in an order that tells nothing, with random keys."""
    old = list(apps.get_model("mentorship", "FeedbackMark").objects.values_list("plan_id", "side"))
    new = apps.get_model("mentorship", "RandomFeedbackMark")
    new.objects.bulk_create(
        new(plan_id=plan, side=side) for plan, side in random.SystemRandom().sample(old, len(old))
    )


class Migration(migrations.Migration):
    """A key cannot become a UUID in place; the next migration puts this table in the old one's."""

    dependencies = [("mentorship", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RandomFeedbackMark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("worker", "Worker"), ("mentor", "Mentor")], max_length=10
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mentorship.plan",
                    ),
                ),
            ],
        ),
        migrations.RunPython(copy, migrations.RunPython.noop),
    ]
