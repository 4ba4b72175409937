"""Plans of a pair, their topics and tasks."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from library.models import Topic
from meetings.models import Meeting
from mentorship.models.requests import MentorshipRequest, of_own_workers
from mentorship.workflow import CHANGEABLE, OPEN, TAG_KINDS, PlanStatus
from people.models import Municipality, User, uuid_key
from people.standing import standing_of


class PlanQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> "PlanQuerySet":
        """The pair, and who stands in for the mentor today. Nobody else reads a plan.

        A mentor reads as a consultant: who is none any more reads it no longer.
        """
        return self.filter(self._read_by(user))

    def _read_by(self, user: User) -> Q:
        mine, standing = Q(worker=user), standing_of(user)
        if standing.is_consultant:
            mine |= Q(mentor=user) | Q(mentor__in=standing.stands_in_for)
        return mine

    def visible_to(self, user: User) -> "PlanQuerySet":
        """Besides the pair: coordinator and manager know that it runs and how often they met."""
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = self._read_by(user)
        if standing.is_manager:
            mine |= of_own_workers(standing.manages)
        return self.filter(mine)

    def told_to_employer(self, municipalities: Collection[uuid.UUID]) -> "PlanQuerySet":
        """Plans of those who work there today: since when, how often met and the end, no more."""
        return self.filter(of_own_workers(municipalities))

    def open(self) -> "PlanQuerySet":
        return self.filter(status__in=OPEN)

    def with_contact(self) -> "PlanQuerySet":
        """Give each plan `last_contact_at`, the end of its last held meeting, else when it began;
        and `meets_again`, whether a meeting is planned.
        """
        # By its name, for the meetings' module imports this one.
        rows = apps.get_model("mentorship", "MentoringMeeting").objects
        meetings = rows.filter(plan=OuterRef("pk")).order_by()
        held = meetings.filter(outcome="held")
        coming = meetings.filter(
            meeting__status=Meeting.Status.CONFIRMED, meeting__ends_at__gt=clock.now()
        )
        last = held.order_by("-meeting__ends_at").values("meeting__ends_at")[:1]
        return self.annotate(
            last_contact_at=Coalesce(Subquery(last), F("started_at")), meets_again=Exists(coming)
        )

    def with_versions(self) -> "PlanQuerySet":
        """Give each plan `last_number`, that of its newest text (None: it has no history);
        `proposed_number` and `proposed_by_id` of the change that waits for an answer; and
        `has_follow_up`, whether the worker has said what stayed of it.
        """
        rows = apps.get_model("mentorship", "PlanVersion").objects
        rows = rows.filter(plan=OuterRef("pk")).order_by("-number")
        proposed = rows.filter(state="proposed", plan__status__in=CHANGEABLE)
        return self.annotate(
            has_follow_up=Q(follow_up__isnull=False),
            last_number=Subquery(rows.values("number")[:1]),
            proposed_number=Subquery(proposed.values("number")[:1]),
            proposed_by_id=Subquery(
                proposed.values("written_by")[:1], output_field=models.UUIDField()
            ),
        )

    def without_words(self) -> "PlanQuerySet":
        """Leave the pair's texts undecrypted, where facts alone are told."""
        return self.defer("summary", "what_helped", "what_next", "end_words")

    def silent_for(self, span: timedelta) -> "PlanQuerySet":
        """Running plans in which nobody met for so long, and no meeting is planned."""
        return self.with_contact().filter(
            status=PlanStatus.RUNNING, meets_again=False, last_contact_at__lte=clock.now() - span
        )


SILENT = timedelta(days=60)
"""After this long without a meeting both of the pair are reminded of each other."""
SILENT_LONG = timedelta(days=90)
"""After this long the coordinator looks at it."""
FOLLOW_UP_AFTER = timedelta(days=90)
"""How long after the end the worker is asked what stayed."""
FOLLOW_UP_FOR = timedelta(days=60)
"""How long from then on."""


def asked_what_stayed() -> Q:
    """Plans whose workers are asked in these days what stayed, and have not answered."""
    due = clock.now() - FOLLOW_UP_AFTER
    return Q(
        status=PlanStatus.ENDED,
        started_at__isnull=False,
        ended_at__range=(due - FOLLOW_UP_FOR, due),
        follow_up__isnull=True,
    )


class Plan(models.Model):
    """An individual mentorship plan of one worker and one mentor (a regional consultant)."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        FORTNIGHTLY = "fortnightly", _("Every two weeks")
        MONTHLY = "monthly", _("Once a month")
        BIMONTHLY = "bimonthly", _("Every two months")
        FLEXIBLE = "flexible", _("As needed")

    class EndReason(models.TextChoices):
        """Why a mentorship ends before its time, without a joint summary."""

        LEAVES = "leaves", _("The worker leaves child protection")
        NO_TIME = "no_time", _("There is no time for it")
        ENOUGH = "enough", _("No more help is needed")
        NO_FIT = "no_fit", _("It does not help")
        OTHER = "other", _("Another reason")

    id = uuid_key()
    request = models.OneToOneField(MentorshipRequest, on_delete=models.PROTECT, related_name="plan")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentorship_plans")
    mentor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentees")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    rhythm = models.CharField(max_length=12, choices=Rhythm, default=Rhythm.MONTHLY)
    meeting_form = models.CharField(
        max_length=10, choices=Meeting.Form, default=Meeting.Form.ON_SITE
    )
    meeting_minutes = models.PositiveSmallIntegerField(default=60)
    intended_end_on = models.DateField(null=True, blank=True)
    # The template it was begun from, as far as the pair has seen what became of it.
    template_version = models.ForeignKey(
        "mentorship.TemplateVersion", null=True, on_delete=models.PROTECT, related_name="plans"
    )
    taken_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    worker_agreed_at = models.DateTimeField(null=True)
    mentor_agreed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    summary = EncryptedTextField(blank=True)
    what_helped = EncryptedTextField(blank=True)
    what_next = EncryptedTextField(blank=True)
    summary_worker_agreed_at = models.DateTimeField(null=True)
    summary_mentor_agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    end_words = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "id"]
        indexes = [models.Index(fields=["mentor", "status"], name="mentorship_plan_mentor")]
        constraints = [
            pair("taken"),
            models.CheckConstraint(
                condition=~Q(status__in=["running", "paused", "closing", "ended"])
                # One that was given up before both had agreed never ran.
                | Q(status="ended", end_reason__gt="")
                | Q(
                    worker_agreed_at__isnull=False,
                    mentor_agreed_at__isnull=False,
                    started_at__isnull=False,
                ),
                name="mentorship_plan_running_is_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(ended_at__isnull=False),
                name="mentorship_plan_ended_has_end",
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(status__in=["draft", "agreeing", "running", "paused", "closing"]),
                name="mentorship_plan_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} – {self.mentor}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:plan-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[PlanStatus(self.status)]

    @property
    def is_silent(self) -> bool:
        """Needs `with_contact`."""
        return (
            self.status == PlanStatus.RUNNING
            and not self.meets_again
            and self.last_contact_at <= clock.now() - SILENT
        )

    @property
    def asks_feedback(self) -> bool:
        """Say whether it ran and has ended; one that was given up before helped nobody."""
        return self.status == PlanStatus.ENDED and self.started_at is not None

    def side_of(self, user: User) -> str:
        """Return "worker" or "mentor" for the pair, "" for everybody else.

        The mentor's side is a consultant's: who is none today has no side.
        """
        side = self._place_of(user)
        return "" if side == "mentor" and not standing_of(user).is_consultant else side

    def _place_of(self, user: User) -> str:
        return {self.worker_id: "worker", self.mentor_id: "mentor"}.get(user.pk, "")

    def other_than(self, user: User) -> User:
        """Return the other one of the pair."""
        return self.mentor if user.pk == self.worker_id else self.worker

    def has_agreed(self, user: User) -> bool:
        return getattr(self, f"{self._place_of(user)}_agreed_at") is not None

    def has_agreed_to_summary(self, user: User) -> bool:
        return getattr(self, f"summary_{self._place_of(user)}_agreed_at") is not None


class PlanTopic(models.Model):
    """A chosen topic of a plan: its goal in the worker's words, its place in the order."""

    class Progress(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_WORK = "in_work", _("In work")
        DONE = "done", _("Done")

    class Reached(models.TextChoices):
        """What came of a topic, as both say in the end."""

        YES = "yes", _("Reached")
        PARTLY = "partly", _("Partly reached")
        NOT_YET = "not_yet", _("Not yet")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    goal = EncryptedTextField(blank=True)
    # How one would see that the goal is reached, in the worker's words.
    sign = EncryptedTextField(blank=True)
    reached = models.CharField(max_length=8, choices=Reached, blank=True)
    progress = models.CharField(max_length=8, choices=Progress, default=Progress.PLANNED)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            pair("done"),
            models.UniqueConstraint(fields=["plan", "topic"], name="mentorship_plan_topic_once"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}"

    @property
    def tag_kind(self) -> str:
        return {self.Progress.DONE: "ok", self.Progress.IN_WORK: "info"}.get(
            self.progress, "neutral"
        )
