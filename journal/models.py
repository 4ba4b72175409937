import uuid

from django.conf import settings
from django.db import models


class EntryQuerySet(models.QuerySet):
    def about(self, *subjects: models.Model) -> "EntryQuerySet":
        """The entries of these rows, newest first, with their actors."""
        wanted = models.Q(pk__in=[])
        for subject in subjects:
            wanted |= models.Q(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        return self.filter(wanted).select_related("actor").order_by("-at", "-id")


class Entry(models.Model):
    """One deed or one opening. `details` holds ids and codes, never words people wrote."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField(default=uuid.uuid4)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="journal_subject"),
            models.Index(fields=["kind", "at"], name="journal_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type}:{self.subject_id}"
