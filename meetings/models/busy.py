"""When people are busy by calendars of their own: from–to alone, never what with."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField
from people.models import User, uuid_key


class BusyCalendarQuerySet(models.QuerySet):
    def due(self) -> "BusyCalendarQuerySet":
        """Calendars that are to be read now, those that wait longest first."""
        now = clock.now()
        return self.filter(stopped_at__isnull=True, next_at__lte=now).order_by("next_at", "pk")


class BusyCalendar(models.Model):
    """The address of a person's own calendar (ICS), which says when they are busy.

    The address is a secret, encrypted and shown in part only. `etag` and
    `last_modified` are the server's marks of the file that was read on `read_on`.
    """

    class State(models.TextChoices):
        NEW = "new", _("Not read yet")
        WORKS = "works", _("Works")
        NO_ANSWER = "no_answer", _("Does not answer")
        REFUSED = "refused", _("The address does not open")
        NOT_SAFE = "not_safe", _("The connection is not safe")
        NOT_PUBLIC = "not_public", _("The address is not on the open internet")
        NOT_CALENDAR = "not_calendar", _("Is not a calendar")
        TOO_LARGE = "too_large", _("Is too large")
        TOO_COMPLEX = "too_complex", _("Is too complicated")

    id = uuid_key()
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="busy_calendar")
    address = EncryptedTextField()
    state = models.CharField(max_length=15, choices=State, default=State.NEW)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    read_on = models.DateField(null=True)
    checked_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    skipped = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=clock.now)
    stopped_at = models.DateTimeField(null=True)

    objects = BusyCalendarQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["stopped_at", "next_at"], name="meetings_busy_due")]

    def __str__(self) -> str:
        return f"busy calendar of {self.user_id}"

    @property
    def ending(self) -> str:
        """All of the address that is ever shown."""
        return self.address[-6:]

    @property
    def works(self) -> bool:
        return self.state == self.State.WORKS

    @property
    def is_new(self) -> bool:
        return self.state == self.State.NEW

    @property
    def advice(self) -> str:
        """What the owner can do about it."""
        return ADVICE.get(self.State(self.state), "")


ADVICE = {
    BusyCalendar.State.NO_ANSWER: _("Check that the address opens in your browser."),
    BusyCalendar.State.REFUSED: _("Make a new address in your calendar and save it here."),
    BusyCalendar.State.NOT_SAFE: _("The certificate of its server is not valid."),
    BusyCalendar.State.NOT_PUBLIC: _("Use the address that your calendar gives for sharing."),
    BusyCalendar.State.NOT_CALENDAR: _("Copy the ICS address, not that of a web page."),
    BusyCalendar.State.TOO_LARGE: _("Share a calendar with fewer events or without old ones."),
    BusyCalendar.State.TOO_COMPLEX: _("Some series in it repeats far too often."),
}


class BusyTimeQuerySet(models.QuerySet):
    def between(self, start: datetime, end: datetime) -> "BusyTimeQuerySet":
        """Busy times that share a moment with the stretch from `start` to `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class BusyTime(models.Model):
    """A stretch of time in which a person is busy by their own calendar."""

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = BusyTimeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["user", "starts_at"], name="meetings_busy_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meetings_busytime_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%Y-%m-%d %H:%M}"
