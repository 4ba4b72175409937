"""Date polls: times among which people say what suits them, until one is chosen."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import pair
from meetings.models.invited import Invited
from meetings.models.meetings import Meeting
from meetings.models.rooms import Room
from people.models import User, uuid_key


MOST_TIMES = 12


class PollQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "PollQuerySet":
        """Polls that the person organises or is asked in."""
        asked = PollInvitee.objects.filter(poll=models.OuterRef("pk"), user=user)
        return self.filter(models.Q(organiser=user) | models.Exists(asked))

    def running(self) -> "PollQuerySet":
        return self.filter(closed_at__isnull=True, withdrawn_at__isnull=True)

    def about(self, service: str, subject_id) -> "PollQuerySet":
        """Polls of one row of a story."""
        return self.filter(service=service, subject_id=subject_id)

    def to_answer_by(self, user: User) -> "PollQuerySet":
        """Running polls in which the person has an answer to give."""
        owing = PollInvitee.objects.owing().filter(poll=models.OuterRef("pk"), user=user)
        return self.running().filter(models.Exists(owing))

    def to_close(self, day) -> "PollQuerySet":
        """Running polls in which everybody has answered, or whose last day has passed."""
        owing = PollInvitee.objects.owing().filter(poll=models.OuterRef("pk"))
        return self.running().filter(models.Q(answer_by__lt=day) | ~models.Exists(owing))


class Poll(models.Model):
    """Finds the time of one meeting to be, for a row of a story.

    `quorum` is how many must be able to come, or None; `answer_by` the last day
    that the mails name: answers are taken until the poll is closed. `version` rises
    with everything that the table shows, so that a stale page is recognised.
    """

    id = uuid_key()
    service = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    organiser = models.ForeignKey(User, on_delete=models.PROTECT, related_name="organised_polls")
    form = models.CharField(max_length=10, choices=Meeting.Form, default=Meeting.Form.ON_SITE)
    place = models.CharField(max_length=200, blank=True)
    # Nobody's until the poll is closed: only the meeting takes it.
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.PROTECT, related_name="polls"
    )
    link = models.URLField(max_length=500, blank=True)
    quorum = models.PositiveSmallIntegerField(null=True)
    answer_by = models.DateField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # RESTRICT, not PROTECT: the poll and its times go together.
    chosen = models.ForeignKey("PollTime", null=True, on_delete=models.RESTRICT, related_name="+")
    meeting = models.OneToOneField(
        Meeting, null=True, on_delete=models.SET_NULL, related_name="poll"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = PollQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            pair("closed"),
            pair("withdrawn"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, chosen__isnull=True)
                | models.Q(closed_at__isnull=False, chosen__isnull=False),
                name="meetings_poll_closed_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(room__isnull=True) | models.Q(form="on_site"),
                name="meetings_poll_room_is_on_site",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="meetings_poll_ends_once",
            ),
            models.UniqueConstraint(
                fields=["service", "subject_id"],
                condition=models.Q(closed_at__isnull=True, withdrawn_at__isnull=True),
                name="meetings_poll_runs_once",
            ),
        ]

    def __str__(self) -> str:
        return f"poll {self.service} {self.opened_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:poll-detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.closed_at is None and self.withdrawn_at is None


class PollTimeQuerySet(models.QuerySet):
    def coming(self) -> "PollTimeQuerySet":
        """Times that can still be chosen."""
        return self.filter(starts_at__gt=clock.now())


class PollTime(models.Model):
    """One of the times to choose from; at most 12 in a poll (held by the actions)."""

    id = uuid_key()
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = PollTimeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "ends_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "starts_at", "ends_at"], name="meetings_polltime_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meetings_polltime_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def has_passed(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.ends_at


class PollInviteeQuerySet(models.QuerySet):
    def owing(self) -> "PollInviteeQuerySet":
        """Those who have an answer to give: to a time that is still to come."""
        given = PollAnswer.objects.filter(
            time=models.OuterRef("pk"), invitee=models.OuterRef(models.OuterRef("pk"))
        )
        open_times = PollTime.objects.coming().filter(poll=models.OuterRef("poll"))
        return self.filter(models.Exists(open_times.filter(~models.Exists(given))))

    def with_yes_to(self, time: PollTime) -> "PollInviteeQuerySet":
        """Give each `said_yes`: whether they come at this time for certain."""
        yes = PollAnswer.objects.filter(
            time=time, invitee=models.OuterRef("pk"), answer=PollAnswer.Answer.YES
        )
        return self.annotate(said_yes=models.Exists(yes))


class PollInvitee(Invited):
    """Somebody whose answer is asked: a person, or a guest without account."""

    id = uuid_key()
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="invitees")
    user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="invitations_to_polls"
    )
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)

    objects = PollInviteeQuerySet.as_manager()

    class Meta(Invited.Meta):
        constraints = [
            *Invited.Meta.constraints,
            models.UniqueConstraint(fields=["poll", "user"], name="meetings_pollinvitee_once"),
            models.UniqueConstraint(
                fields=["poll", "guest_email"],
                condition=models.Q(user__isnull=True),
                name="meetings_pollguest_once",
            ),
        ]


class PollAnswer(models.Model):
    """What one person says of one time."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("If needed")
        NO = "no", _("No")

    id = uuid_key()
    invitee = models.ForeignKey(PollInvitee, on_delete=models.CASCADE, related_name="answers")
    time = models.ForeignKey(PollTime, on_delete=models.CASCADE, related_name="answers")
    answer = models.CharField(max_length=5, choices=Answer)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitee", "time"], name="meetings_pollanswer_once")
        ]

    def __str__(self) -> str:
        return f"{self.invitee_id} {self.answer}"
