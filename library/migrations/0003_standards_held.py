import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the rows: PostgreSQL alters no table whose rows were written a moment ago."""

    dependencies = [("library", "0002_standards")]

    operations = [
        migrations.AlterField(
            model_name="competence",
            name="standard",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="competences",
                to="library.standard",
            ),
        ),
        migrations.RemoveField(model_name="competence", name="standard_words"),
    ]
