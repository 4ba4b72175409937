import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from library.models import Topic
from meetings.models import Meeting
from mentorship.workflow import OPEN, TAG_KINDS, PlanStatus, RequestStatus
from people.models import Municipality, Post, User, uuid_key
from people.standing import standing_of


def _of_own_workers(municipalities: Collection[uuid.UUID]) -> Q:
    """Rows of these municipalities about people who work there today.

    Who has left is no longer the employer's worker.
    """
    posts = Post.objects.on(clock.today()).filter(
        kind=Post.Kind.WORKER, user=OuterRef("worker"), municipality=OuterRef("municipality")
    )
    return Q(Exists(posts), municipality__in=municipalities)


class RequestQuerySet(models.QuerySet):
    def told_to_employer(self, municipalities: Collection[uuid.UUID]) -> "RequestQuerySet":
        """Wishes that came from the manager; a worker's own wish is not the employer's to know."""
        return self.filter(_of_own_workers(municipalities), source=MentorshipRequest.Source.MANAGER)

    def visible_to(self, user: User) -> "RequestQuerySet":
        """That it exists, and its dates: the worker, the consultants of the region, the
        mentor, the coordinator, and the manager who asked. Its words: `readable_by`.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(worker=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served) | Q(plan__mentor=user)
        if standing.is_manager:
            asked = Q(submitted_by=user, source=MentorshipRequest.Source.MANAGER)
            mine |= asked & _of_own_workers(standing.manages)
        return self.filter(mine)

    def readable_by(self, user: User) -> "RequestQuerySet":
        """Wishes and ratings: the worker, the region's consultants, the mentor."""
        standing = standing_of(user)
        mine = Q(worker=user)
        if standing.is_consultant:
            waiting = Q(status__in=[RequestStatus.UNCONFIRMED, RequestStatus.SUBMITTED])
            mine |= (waiting & Q(municipality__in=standing.all_served)) | Q(plan__mentor=user)
        return self.filter(mine)

    def for_lists(self) -> "RequestQuerySet":
        return self.select_related("worker", "municipality", "plan__mentor")


class MentorshipRequest(models.Model):
    """A wish for a mentor: from the worker, from their manager, or entered by a consultant."""

    class Source(models.TextChoices):
        WORKER = "worker", _("The worker")
        MANAGER = "manager", _("The manager")
        CONSULTANT = "consultant", _("A consultant, on behalf of the worker")

    id = uuid_key()
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentorship_requests")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    status = models.CharField(max_length=12, choices=RequestStatus)
    wishes = EncryptedTextField(blank=True)
    # The day of the wish: counted by the reports, may lie before it was entered.
    asked_on = models.DateField()
    submitted_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "id"]
        indexes = [
            models.Index(fields=["municipality", "status"], name="mentorship_request_region")
        ]
        constraints = [
            pair("submitted"),
            pair("withdrawn"),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(status__in=["unconfirmed", "submitted"]),
                name="mentorship_request_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.asked_on}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:request-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[RequestStatus(self.status)]


class Rating(models.Model):
    """The worker's own rating of a topic from 1 (need much help) to 5 (sure of it)."""

    id = uuid_key()
    request = models.ForeignKey(MentorshipRequest, on_delete=models.CASCADE, related_name="ratings")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["topic__block__number", "topic__position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "topic"], name="mentorship_rating_once"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="mentorship_rating_from_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.value}"


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
            mine |= _of_own_workers(standing.manages)
        return self.filter(mine)

    def told_to_employer(self, municipalities: Collection[uuid.UUID]) -> "PlanQuerySet":
        """Plans of those who work there today: since when, how often met and the end, no more."""
        return self.filter(_of_own_workers(municipalities))

    def open(self) -> "PlanQuerySet":
        return self.filter(status__in=OPEN)

    def with_contact(self) -> "PlanQuerySet":
        """Give each plan `last_contact_at`, the end of its last held meeting, else when it began;
        and `meets_again`, whether a meeting is planned.
        """
        meetings = MentoringMeeting.objects.filter(plan=OuterRef("pk")).order_by()
        held = meetings.filter(outcome=MentoringMeeting.Outcome.HELD)
        coming = meetings.filter(
            meeting__status=Meeting.Status.CONFIRMED, meeting__ends_at__gt=clock.now()
        )
        last = held.order_by("-meeting__ends_at").values("meeting__ends_at")[:1]
        return self.annotate(
            last_contact_at=Coalesce(Subquery(last), F("started_at")), meets_again=Exists(coming)
        )

    def silent_for(self, span: timedelta) -> "PlanQuerySet":
        """Running plans in which nobody met for so long, and no meeting is planned."""
        return self.with_contact().filter(
            status=PlanStatus.RUNNING, meets_again=False, last_contact_at__lte=clock.now() - span
        )


SILENT = timedelta(days=60)
"""After this long without a meeting both of the pair are reminded of each other."""
SILENT_LONG = timedelta(days=90)
"""After this long the coordinator looks at it."""


class Plan(models.Model):
    """An individual mentorship plan of one worker and one mentor (a regional consultant)."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        FORTNIGHTLY = "fortnightly", _("Every two weeks")
        MONTHLY = "monthly", _("Once a month")
        BIMONTHLY = "bimonthly", _("Every two months")
        FLEXIBLE = "flexible", _("As needed")

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
    intended_end_on = models.DateField(null=True, blank=True)
    taken_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    worker_agreed_at = models.DateTimeField(null=True)
    mentor_agreed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    summary = EncryptedTextField(blank=True)
    summary_worker_agreed_at = models.DateTimeField(null=True)
    summary_mentor_agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "id"]
        indexes = [models.Index(fields=["mentor", "status"], name="mentorship_plan_mentor")]
        constraints = [
            pair("taken"),
            models.CheckConstraint(
                condition=~Q(status__in=["running", "closing", "ended"])
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
                condition=Q(status__in=["draft", "agreeing", "running", "closing"]),
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


class MentorChangeQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> "MentorChangeQuerySet":
        """Whoever asked, and the coordinator, unless it is about themselves as a mentor."""
        mine = Q(asked_by=user)
        if standing_of(user).is_coordinator:
            mine |= ~Q(plan__mentor=user)
        return self.filter(mine)

    def open(self) -> "MentorChangeQuerySet":
        return self.filter(settled_at__isnull=True)


class MentorChange(models.Model):
    """A worker's quiet wish for another mentor: the present one learns nothing of it."""

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="mentor_changes")
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


class PlanTopic(models.Model):
    """A chosen topic of a plan: its goal in the worker's words, its place in the order."""

    class Progress(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_WORK = "in_work", _("In work")
        DONE = "done", _("Done")

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    goal = EncryptedTextField(blank=True)
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


class MentoringMeeting(models.Model):
    """A meeting of a plan: whether it was held, what both keep of it, what comes next."""

    class Outcome(models.TextChoices):
        HELD = "held", _("Took place")
        NOT_HELD = "not_held", _("Did not take place")

    class Reason(models.TextChoices):
        WORKER = "worker", _("The worker could not come")
        MENTOR = "mentor", _("The mentor could not come")
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


class Feedback(models.Model):
    """What one side thought of a mentorship. It carries no link to the person or the plan."""

    class Side(models.TextChoices):
        WORKER = "worker", _("Worker")
        MENTOR = "mentor", _("Mentor")

    id = uuid_key()
    year = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, choices=Side)
    helped = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(helped__gte=1, helped__lte=5), name="mentorship_feedback_from_1_to_5"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.side}"


class FeedbackMark(models.Model):
    """That one side of a plan has given feedback; without a time, so that nothing is joined.

    Its key is random too: numbers in a row would lie beside the answers in their order.
    """

    id = uuid_key()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="feedback_marks")
    side = models.CharField(max_length=10, choices=Feedback.Side)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "side"], name="mentorship_feedback_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.side}"
