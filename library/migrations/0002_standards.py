
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models



V8 = {
    "key": "social-worker-7-v8",
    "name": "Sotsiaaltöötaja, tase 7",
    "version": "versioon 8",
    "valid_from": "2019-09-05",
    "valid_until": "2020-05-31",
    "mark": "25-05092019-3.6/8k",
}


def point_to_the_standard(apps, schema_editor):
    """All competences until now are of version 8, which stood in words in each row."""
    competences = apps.get_model("library", "Competence").objects.all()
    if competences.exists():
        standard = apps.get_model("library", "Standard").objects.create(**V8)
        competences.update(standard=standard)


class Migration(migrations.Migration):

    dependencies = [
        ("library", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("key", models.SlugField(max_length=30, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("version", models.CharField(max_length=20)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("mark", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "ordering": ["-valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="library_standard_ends_after_start",
                    )
                ],
            },
        ),
        migrations.RenameField("competence", "standard", "standard_words"),
        migrations.AddField(
            model_name="competence",
            name="standard",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="competences",
                to="library.standard",
            ),
        ),
        migrations.RunPython(point_to_the_standard, migrations.RunPython.noop),
    ]
