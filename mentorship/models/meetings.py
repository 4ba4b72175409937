"""Meetings of a pair, what both keep of them, what each keeps alone, and the tasks."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from meetings.models import Meeting
from mentorship.models.plans import Plan
from people.models import User, uuid_key


class MentoringMeeting(models.Model):
    """A meeting of a plan: whether it was held, what both keep of it, what comes next."""

    class Outcome(models.TextChoices):
        HELD = "held", _("Took place")
        NOT_HELD = "not_held", _("Did not take place")

    class Reason(models.TextChoices):
        WORKER = "worker", _("The worker could not come")
        MENTOR = "mentor", _("The mentor could not come")
        ILLNESS = "illness", _("Somebody was ill")
        DUTY = "duty", _("An urgent case came first")
        FORGOTTEN = "forgotten", _("It was forgotten")
        OTHER = "other", _("Another reason")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="meetings")
    meeting = models.OneToOneField(
        Meeting, on_delete=models.CASCADE, related_name="mentoring_meeting"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    not_held_reason = models.CharField(max_length=10, choices=Reason, blank=True)
    shared_notes = EncryptedTextField(blank=True)
    plan_for_next = EncryptedTextField(blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["meeting__starts_at"]
        constraints = [
            pair("recorded"),
            models.CheckConstraint(
                condition=Q(outcome="", recorded_at__isnull=True)
                | Q(outcome__gt="", recorded_at__isnull=False),
                name="mentorship_meeting_outcome_is_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.meeting}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:meeting-detail", args=[self.pk])

    @property
    def state_word(self) -> str:
        """Return in a word or two what became of the meeting."""
        if self.meeting.is_cancelled:
            return self.meeting.get_status_display()
        if self.outcome:
            return self.get_outcome_display()
        return _("Not recorded") if self.meeting.is_over else self.meeting.get_status_display()

    @property
    def tag_kind(self) -> str:
        if self.meeting.is_cancelled:
            return "neutral"
        if self.outcome:
            return "ok" if self.outcome == self.Outcome.HELD else "neutral"
        return "warn" if self.meeting.is_over else "info"


class PrivateNoteQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> "PrivateNoteQuerySet":
        """Their author alone: not the other side, not a stand-in, not an administrator."""
        return self.filter(author=user)


class PrivateNote(models.Model):
    """One side's own notes of a meeting; nobody else reads them."""

    id = uuid_key()
    meeting = models.ForeignKey(
        MentoringMeeting, on_delete=models.CASCADE, related_name="private_notes"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "author"], name="mentorship_private_note_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.author_id}"


class Task(models.Model):
    """An agreed task of a plan."""

    class Owner(models.TextChoices):
        WORKER = "worker", _("Worker")
        MENTOR = "mentor", _("Mentor")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    meeting = models.ForeignKey(
        MentoringMeeting, null=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    text = EncryptedTextField()
    owner = models.CharField(max_length=10, choices=Owner)
    due_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["done_at", "due_on", "added_at"]
        constraints = [pair("added"), pair("done")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.due_on}"

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < clock.today()
