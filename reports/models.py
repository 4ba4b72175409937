"""Files that take a moment to make, kept for a day and read by whoever asked for them."""

from django.db import models

from common import clock
from common.fields import EncryptedTextField
from people.models import User, uuid_key
from supervision.models import Season


class RecordFileQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "RecordFileQuerySet":
        """One's own alone."""
        return self.filter(owner=user)


class RecordFile(models.Model):
    """A worker's record as a PDF file, in base64; empty until the worker process has made it."""

    id = uuid_key()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=8)
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)
    content = EncryptedTextField(blank=True)

    objects = RecordFileQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "CertificateQuerySet":
        """One's own alone; whoever has the paper in hand verifies it by its code."""
        return self.filter(owner=user)


class Certificate(models.Model):
    """A paper that says how somebody took part in a season of supervision.

    It says what was so on the day it was made: `parts` are day, supervisor and hours of each
    meeting. The file is empty until the worker process has made it.
    """

    id = uuid_key()
    code = models.CharField(max_length=14, unique=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="certificates")
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=170)
    parts = models.JSONField()
    language = models.CharField(max_length=8)
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)
    content = EncryptedTextField(blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "id"]

    def __str__(self) -> str:
        return self.code
