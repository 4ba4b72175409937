import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from people.models import User, uuid_key


LENGTH = timedelta(minutes=15)
"""How long the pretended event lasts."""


class CalendarTestQuerySet(models.QuerySet):
    def open(self) -> "CalendarTestQuerySet":
        return self.exclude(step=CalendarTest.Step.FINISHED)

    def latest_first(self) -> "CalendarTestQuerySet":
        """The open one, then those that ended, the last of them first."""
        return self.order_by(models.F("finished_at").desc(nulls_first=True), "-created_at")


class CalendarTest(models.Model):
    """A pretended event in a person's own calendar: made, moved, cancelled by mails.

    It is no meeting, so that no calendar or figure of ours holds it. After each mail the
    person says what they saw. `uid` and `sequence` are as in `Meeting`.
    """

    class Step(models.TextChoices):
        """What the last mail did; the person is asked about it."""

        CREATED = "created", _("Invitation")
        MOVED = "moved", _("New time")
        CANCELLED = "cancelled", _("Cancellation")
        FINISHED = "finished", _("Result")

    class Saw(models.TextChoices):
        SEEN = "seen", _("I see the event")
        NOT_SEEN = "not_seen", _("I do not see the event")
        AT_NEW_TIME = "at_new_time", _("It stands at the new time")
        TWO = "two", _("There are two now")
        AT_OLD_TIME = "at_old_time", _("It stands at the old time")
        GONE = "gone", _("It is gone or crossed out")
        STILL_THERE = "still_there", _("It is still there")

    class Result(models.TextChoices):
        WORKS = "works", _("Invitations work")
        FAILS = "fails", _("Invitations do not work")
        STOPPED = "stopped", _("Stopped")

    # What can be seen after each step; the first is as it should be.
    CHOICES = {
        Step.CREATED: (Saw.SEEN, Saw.NOT_SEEN),
        Step.MOVED: (Saw.AT_NEW_TIME, Saw.TWO, Saw.AT_OLD_TIME),
        Step.CANCELLED: (Saw.GONE, Saw.STILL_THERE),
    }

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_tests")
    uid = models.CharField(max_length=255, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    step = models.CharField(max_length=10, choices=Step, default=Step.CREATED)
    created_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    saw_created = models.CharField(max_length=12, choices=Saw, blank=True)
    saw_moved = models.CharField(max_length=12, choices=Saw, blank=True)
    saw_cancelled = models.CharField(max_length=12, choices=Saw, blank=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)

    objects = CalendarTestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=~models.Q(step="finished"),
                name="meetings_calendartest_one_open",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(step="finished", finished_at__isnull=False)
                    & models.Q(cancelled_at__isnull=False)
                    & ~models.Q(result="")
                )
                | (~models.Q(step="finished") & models.Q(finished_at__isnull=True, result="")),
                name="meetings_calendartest_finished_with_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.step}"

    def save(self, *args, **kwargs) -> None:
        if not self.uid:
            self.uid = f"{uuid.uuid4()}@{settings.SITE_HOST}"
        super().save(*args, **kwargs)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LENGTH

    @property
    def is_open(self) -> bool:
        return self.step != self.Step.FINISHED

    @property
    def works(self) -> bool:
        return self.result == self.Result.WORKS

    @property
    def fails(self) -> bool:
        return self.result == self.Result.FAILS

    def seen_at(self, step: str) -> str:
        """What the person said after that step; empty when they have not (yet)."""
        return getattr(self, f"saw_{step}") if step in self.CHOICES else ""
