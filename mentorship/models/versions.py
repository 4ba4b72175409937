"""Every text that a plan ever had, and those that one side proposed."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedJSONField, EncryptedTextField, pair
from mentorship.models.plans import Plan
from people.models import User, uuid_key


class PlanVersion(models.Model):
    """A whole text of a plan: who wrote it, why, and what the other side said to it.

    `content` is `mentorship.contents.Contents` as JSON. Of a plan that runs, a version is
    first proposed and holds when the other side has agreed.
    """

    class State(models.TextChoices):
        WRITTEN = "written", _("Written")
        PROPOSED = "proposed", _("Waits for an answer")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Not agreed")
        REPLACED = "replaced", _("Replaced by another text")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = EncryptedJSONField()
    why = EncryptedTextField(blank=True)
    state = models.CharField(max_length=10, choices=State)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = EncryptedTextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            pair("written"),
            pair("answered"),
            models.UniqueConstraint(
                fields=["plan", "number"], name="mentorship_planversion_number_once"
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state="proposed"),
                name="mentorship_planversion_one_proposed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("agreed", "declined"), answered_at__isnull=False)
                | (~Q(state__in=("agreed", "declined")) & Q(answered_at__isnull=True)),
                name="mentorship_planversion_answered_when_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:version-detail", args=[self.plan_id, self.number])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def tag_kind(self) -> str:
        return {self.State.AGREED: "ok", self.State.PROPOSED: "warn"}.get(self.state, "neutral")


class Pause(models.Model):
    """A time in which a mentorship rests, because one of the two is away."""

    class Reason(models.TextChoices):
        LEAVE = "leave", _("Leave")
        ILLNESS = "illness", _("Illness")
        WORKLOAD = "workload", _("Too much other work")
        OTHER = "other", _("Another reason")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=10, choices=Reason)
    expected_until = models.DateField(null=True, blank=True)
    paused_at = models.DateTimeField(default=clock.now)
    paused_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["paused_at"]
        constraints = [
            pair("paused"),
            pair("resumed"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(resumed_at__isnull=True),
                name="mentorship_pause_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.paused_at:%Y-%m-%d}"
