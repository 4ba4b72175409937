import uuid
from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    GATHERING = "gathering", _("Waits for the summary mail")
    GATHERED = "gathered", _("Told in a summary mail")
    DROPPED = "dropped", _("No longer needed")


class MessageQuerySet(models.QuerySet):
    def due(self, now) -> "MessageQuerySet":
        return (
            self.filter(status=Status.WAITING, send_after__lte=now)
            .exclude(expires_at__lte=now)
            .order_by("send_after", "composed_at")
        )

    def in_turn(self) -> "MessageQuerySet":
        """Without those behind an earlier mail about the same thing to the same address: a
        reader hears what happened in the order in which it did.
        """
        earlier = Message.objects.filter(
            about=models.OuterRef("about"),
            address=models.OuterRef("address"),
            composed_at__lt=models.OuterRef("composed_at"),
            status__in=[Status.WAITING, Status.SENDING],
        )
        return self.exclude(models.Exists(earlier))

    def pending(self) -> "MessageQuerySet":
        """What nobody has begun to send."""
        return self.filter(status__in=[Status.WAITING, Status.GATHERING])


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
    # Where the mail leads, kept for a summary mail alone.
    link = EncryptedTextField(blank=True)
    message_id = models.CharField(max_length=255, unique=True)
    # What makes composing the same mail twice impossible, e.g. "reminder:<meeting>:<user>".
    once_key = models.CharField(max_length=200, unique=True, null=True)
    # The row that the mail is about, by which outdated mails are found and dropped.
    about = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    composed_at = models.DateTimeField()
    send_after = models.DateTimeField()
    # From this moment on the mail makes no sense any more.
    expires_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    gathered_in = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="gathered"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-composed_at"]
        indexes = [
            models.Index(fields=["status", "send_after"], name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(sent_at__isnull=False),
                name="outbox_sent_has_proof",
            ),
            models.CheckConstraint(
                condition=models.Q(status="gathered", gathered_in__isnull=False)
                | (~models.Q(status="gathered") & models.Q(gathered_in__isnull=True)),
                name="outbox_gathered_has_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"

    @property
    def can_be_resent(self) -> bool:
        """Whether it failed, or pauses before an attempt that may as well come now."""
        pauses = self.status == Status.WAITING and self.attempts > 0
        is_late = self.expires_at is not None and self.expires_at <= clock.now()
        return (pauses or self.status == Status.FAILED) and not is_late


class Attempt(models.Model):
    """One try at sending a mail, and what came of it. Written before the mail server is asked."""

    class Result(models.TextChoices):
        RUNNING = "running", _("Being tried")
        ACCEPTED = "accepted", _("Accepted by the mail server")
        PUT_OFF = "put_off", _("Could not be sent now")
        REFUSED = "refused", _("Address refused")
        INTERRUPTED = "interrupted", _("Interrupted")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    begun_at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=Result, default=Result.RUNNING)
    # The kind of error and the mail server's code; never its text, which may quote an address.
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["begun_at", "id"]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M} {self.result}"


class Preference(models.Model):
    """How a person wants to be told. Whoever has chosen nothing has an unsaved one.

    Times are wall-clock times in Tallinn; quiet hours may pass midnight, and there are none
    when both are empty.
    """

    class Digest(models.TextChoices):
        NONE = "none", _("Each thing at once, in a mail of its own")
        DAILY = "daily", _("One mail each working day, at 8 in the morning")
        WEEKLY = "weekly", _("One mail a week, on Monday at 8 in the morning")

    class Remind(models.TextChoices):
        NONE = "none", _("No reminders")
        DAY = "day", _("The day before")
        HOURS = "hours", _("Two hours before")
        BOTH = "both", _("The day before and two hours before")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="telling"
    )
    digest = models.CharField(max_length=10, choices=Digest, default=Digest.NONE)
    quiet_from = models.TimeField(null=True, default=time(20))
    quiet_until = models.TimeField(null=True, default=time(7))
    quiet_weekends = models.BooleanField(default=True)
    remind = models.CharField(max_length=10, choices=Remind, default=Remind.DAY)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="outbox_quiet_from_and_until",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.digest}, {self.remind}"

    @classmethod
    def of(cls, user) -> "Preference":
        """What the person chose, else what holds for everyone; None stands for a guest."""
        # Through the person, so that whoever writes to many may have read it with them.
        return getattr(user, "telling", None) or cls()
