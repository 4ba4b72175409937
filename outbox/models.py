import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class MessageQuerySet(models.QuerySet):
    def due(self, now) -> "MessageQuerySet":
        return self.filter(status=Status.WAITING, send_after__lte=now).order_by("send_after")


class Message(models.Model):
    """One mail. Its texts are encrypted, because they may hold a personal or a video link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=80)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.EmailField()
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = EncryptedTextField()
    # An iTIP message (RFC 5546) and its METHOD, sent beside the text as RFC 6047 wants it.
    calendar = EncryptedTextField(blank=True, default="")
    calendar_method = models.CharField(max_length=20, blank=True, default="")
    message_id = models.CharField(max_length=255, unique=True)
    # What makes composing the same mail twice impossible, e.g. "reminder:<meeting>:<user>".
    once_key = models.CharField(max_length=200, unique=True, null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    composed_at = models.DateTimeField()
    send_after = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-composed_at"]
        indexes = [models.Index(fields=["status", "send_after"], name="outbox_due")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(sent_at__isnull=False),
                name="outbox_sent_has_proof",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"
