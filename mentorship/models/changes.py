"""Quiet wishes for another mentor."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from common import clock
from common.fields import EncryptedTextField, pair
from mentorship.models.plans import Plan
from people.models import User, uuid_key
from people.standing import standing_of


class MentorChangeQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> "MentorChangeQuerySet":
        """Whoever asked, and the coordinator, unless they are or were the mentor."""
        mine = Q(asked_by=user)
        if standing_of(user).is_coordinator:
            mine |= ~Q(mentor=user) & ~Q(plan__mentor=user)
        return self.filter(mine)

    def open(self) -> "MentorChangeQuerySet":
        return self.filter(settled_at__isnull=True)


class MentorChange(models.Model):
    """A worker's quiet wish for another mentor: the present one learns nothing of it."""

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="mentor_changes")
    # Whom it is about, whoever is the mentor later.
    mentor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = MentorChangeQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            pair("asked"),
            pair("settled"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(settled_at__isnull=True),
                name="mentorship_mentorchange_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:mentor-change-detail", args=[self.pk])
