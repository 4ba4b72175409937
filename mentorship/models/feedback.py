"""What the two think of a mentorship afterwards; feedback is without a name."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from mentorship.models.plans import Plan
from people.models import User, uuid_key


FEEDBACK_FOR = timedelta(days=60)
"""How long after the end of a mentorship feedback is asked for."""


class Feedback(models.Model):
    """What one side thought of a mentorship. It carries no link to the person or the plan."""

    class Side(models.TextChoices):
        WORKER = "worker", _("Worker")
        MENTOR = "mentor", _("Mentor")

    id = uuid_key()
    year = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, choices=Side)
    helped = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(helped__gte=1, helped__lte=5), name="mentorship_feedback_from_1_to_5"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.side}"


class FeedbackMark(models.Model):
    """That one side of a plan has given feedback; without a time, so that nothing is joined.

    Its key is random too: numbers in a row would lie beside the answers in their order.
    """

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="feedback_marks")
    side = models.CharField(max_length=10, choices=Feedback.Side)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "side"], name="mentorship_feedback_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.side}"


class FollowUp(models.Model):
    """What the worker answers three months after the end: how much of it stayed.

    The words are the pair's; the number is counted without names.
    """

    plan = models.OneToOneField(
        Plan, primary_key=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    used = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)
    answered_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            pair("answered"),
            models.CheckConstraint(
                condition=Q(used__gte=1, used__lte=5), name="mentorship_followup_from_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.used}"
