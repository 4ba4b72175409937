import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentorship", "0002_feedback_marks_with_random_keys")]

    operations = [
        migrations.DeleteModel(name="FeedbackMark"),
        migrations.RenameModel("RandomFeedbackMark", "FeedbackMark"),
        migrations.AlterField(
            model_name="feedbackmark",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feedback_marks",
                to="mentorship.plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedbackmark",
            constraint=models.UniqueConstraint(
                fields=("plan", "side"), name="mentorship_feedback_once"
            ),
        ),
    ]
