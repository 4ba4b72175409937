import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from meetings.models.invited import Invited
from meetings.models.rooms import Room
from people.models import User, uuid_key


FEED_PAST = timedelta(days=90)
"""How long a meeting that is over stays in the feeds."""
FEED_CANCELLED = timedelta(days=60)
"""How long a cancelled meeting stays in the feeds, so that every program learns of it."""


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "MeetingQuerySet":
        """Meetings that the person organises or is invited to."""
        invited = Invitee.objects.filter(meeting=models.OuterRef("pk"), user=user)
        return self.filter(models.Q(organiser=user) | models.Exists(invited))

    def planned(self) -> "MeetingQuerySet":
        return self.filter(status=Meeting.Status.CONFIRMED)

    def between(self, start, end) -> "MeetingQuerySet":
        """Meetings that share a moment with the stretch from `start` to `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def upcoming(self) -> "MeetingQuerySet":
        return self.planned().filter(ends_at__gt=clock.now()).order_by("starts_at")

    def in_feeds(self) -> "MeetingQuerySet":
        """What calendar feeds hold: the last 90 days and everything to come; what was
        cancelled for 60 days from then on.
        """
        now = clock.now()
        return self.filter(ends_at__gte=now - FEED_PAST).exclude(
            status=Meeting.Status.CANCELLED, changed_at__lt=now - FEED_CANCELLED
        )

    def with_answer_of(self, user: User) -> "MeetingQuerySet":
        """Give each meeting `own_answer`: the person's answer, None when not invited."""
        own = Invitee.objects.filter(meeting=models.OuterRef("pk"), user=user)
        return self.annotate(own_answer=models.Subquery(own.values("answer")[:1]))

    def with_service_rows(self) -> "MeetingQuerySet":
        """Join what the stories need for a meeting's title, so that lists cost one query.

        Titles hold no narratives, so that none is read for them.
        """
        from meetings.services import related_names, related_narratives

        return self.select_related("organiser", *related_names()).defer(*related_narratives())


class Meeting(models.Model):
    """One meeting is one calendar event (RFC 5545 VEVENT) of its own; no recurring series.

    `uid` is stored whole when the meeting is made and never changes; `sequence`
    rises with every change of time, place or status.
    """

    class Form(models.TextChoices):
        ON_SITE = "on_site", _("On site")
        VIDEO = "video", _("By video")
        PHONE = "phone", _("By telephone")

    class Status(models.TextChoices):
        # The values are RFC 5545's STATUS in lower case.
        CONFIRMED = "confirmed", _("Planned")
        CANCELLED = "cancelled", _("Cancelled")

    id = uuid_key()
    service = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    form = models.CharField(max_length=10, choices=Form, default=Form.ON_SITE)
    place = models.CharField(max_length=200, blank=True)
    # Taken by this meeting alone while it is planned; its words stand in `place` as well.
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings"
    )
    link = models.URLField(max_length=500, blank=True)
    organiser = models.ForeignKey(User, on_delete=models.PROTECT, related_name="organised_meetings")
    status = models.CharField(max_length=10, choices=Status, default=Status.CONFIRMED)
    uid = models.CharField(max_length=255, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    # Answers to an earlier time or place count no more (RFC 5546, 2.1.5).
    asked_sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="meetings_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meetings_meeting_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(room__isnull=True) | models.Q(form="on_site"),
                name="meetings_meeting_room_is_on_site",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.starts_at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs) -> None:
        if not self.uid:
            self.uid = f"{uuid.uuid4()}@{settings.SITE_HOST}"
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting-detail", args=[self.pk])

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def is_open(self) -> bool:
        """Whether it can still be moved, cancelled and answered."""
        return not self.is_cancelled and not self.is_over

    @property
    def can_be_restored(self) -> bool:
        return self.is_cancelled and not self.has_begun

    def coming(self) -> list[User]:
        """Those with an account who have not said that they do not come. One query."""
        asked = self.invitees.filter(user__isnull=False).select_related("user")
        return [each.user for each in asked if each.answer != Invitee.Answer.DECLINED]

    @property
    def where(self) -> str:
        """The place on site, else how people meet; never the link."""
        if self.form == self.Form.ON_SITE and self.place:
            return self.place
        return self.get_form_display()


class Invitee(Invited):
    """Somebody who is asked to come: a person, or a guest without account."""

    class Answer(models.TextChoices):
        # The values are RFC 5545's PARTSTAT in lower case.
        NEEDS_ACTION = "needs-action", _("No answer yet")
        ACCEPTED = "accepted", _("Comes")
        TENTATIVE = "tentative", _("Perhaps")
        DECLINED = "declined", _("Does not come")

    id = uuid_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitees")
    user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations_to_meetings",
    )
    answer = models.CharField(max_length=15, choices=Answer, default=Answer.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True)
    # The SEQUENCE of the last calendar message to them; None before the first.
    told_sequence = models.PositiveIntegerField(null=True, editable=False)
    # SEQUENCE and DTSTAMP of the last calendar reply that was taken from this person.
    reply_sequence = models.PositiveIntegerField(null=True)
    reply_stamp = models.DateTimeField(null=True)

    class Meta(Invited.Meta):
        constraints = [
            *Invited.Meta.constraints,
            models.UniqueConstraint(fields=["meeting", "user"], name="meetings_invitee_once"),
            models.UniqueConstraint(
                fields=["meeting", "guest_email"],
                condition=models.Q(user__isnull=True),
                name="meetings_guest_once",
            ),
        ]

    @property
    def is_owing(self) -> bool:
        return self.answer == self.Answer.NEEDS_ACTION

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[self.Answer(self.answer)]


TAG_KINDS = {
    Invitee.Answer.NEEDS_ACTION: "neutral",
    Invitee.Answer.ACCEPTED: "ok",
    Invitee.Answer.TENTATIVE: "warn",
    Invitee.Answer.DECLINED: "bad",
}


class Change(models.Model):
    """One move or cancellation: who wanted it and why. Kept for good."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Takes place after all")

    class WantedBy(models.TextChoices):
        ORGANISER = "organiser", _("The organiser")
        INVITEE = "invitee", _("A participant")
        OTHER = "other", _("Somebody else")

    id = uuid_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    wanted_by = models.CharField(max_length=10, choices=WantedBy)
    reason = EncryptedTextField(blank=True)
    old_starts_at = models.DateTimeField()
    old_ends_at = models.DateTimeField()
    new_starts_at = models.DateTimeField(null=True)
    new_ends_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at"]
        constraints = [pair("made")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d}"
