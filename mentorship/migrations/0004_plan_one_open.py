from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentorship", "0003_feedback_marks_in_place")]

    operations = [
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["draft", "agreeing", "running", "closing"])),
                fields=("worker",),
                name="mentorship_plan_one_open",
            ),
        ),
    ]
