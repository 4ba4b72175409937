from django.db import models
from django.db.models import Q

from common.fields import EncryptedTextField
from people.models import User, uuid_key
from supervision.models.sessions import Session


class SessionFeedback(models.Model):
    """A short feedback on a session, without any link to the person. The coordinator sees sums."""

    id = uuid_key()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="feedback")
    useful = models.PositiveSmallIntegerField()
    safe = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)

    class Meta:
        # By the random key: the order of rows must not tell who answered when.
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(useful__gte=1, useful__lte=5, safe__gte=1, safe__lte=5),
                name="supervision_feedback_from_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.useful}"


class FeedbackMark(models.Model):
    """That a person has given feedback on a session; without a time."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="feedback_marks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="supervision_feedback_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.user_id}"
