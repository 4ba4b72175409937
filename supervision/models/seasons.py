from datetime import time

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import pair
from people.models import Post, User, uuid_key
from people.standing import standing_of


class Audience(models.TextChoices):
    WORKERS = "workers", _("Workers")
    MANAGERS = "managers", _("Managers")


class SeasonQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "SeasonQuerySet":
        """Seasons are known to everyone with a post or role; drafts to the coordinator alone."""
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        if not standing.is_anyone:
            return self.none()
        return self.filter(opened_at__isnull=False)


class Season(models.Model):
    """A year of group supervision for workers or for managers.

    Who registers after the window closed joins in mid-year.
    """

    id = uuid_key()
    year = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=10, choices=Audience)
    registration_opens_on = models.DateField()
    registration_closes_on = models.DateField()
    # When meetings may begin, as Tallinn wall-clock times ("10:00,13:00"), how long they last
    # and how many days lie between two rounds at least.
    begins_at = models.CharField(max_length=40, default="10:00,13:00")
    minutes = models.PositiveSmallIntegerField(default=180)
    days_between = models.PositiveSmallIntegerField(default=42)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Since when free seats are offered to the next in line by themselves, and in whose name.
    offering_at = models.DateTimeField(null=True)
    offering_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-audience"]
        constraints = [
            pair("opened"),
            pair("ended"),
            pair("offering"),
            models.UniqueConstraint(fields=["year", "audience"], name="supervision_season_once"),
            models.CheckConstraint(
                condition=Q(registration_closes_on__gte=models.F("registration_opens_on")),
                name="supervision_season_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_audience_display()}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:season-detail", args=[self.pk])

    @property
    def title(self) -> str:
        if self.audience == Audience.MANAGERS:
            return gettext("Supervision season %(year)s: managers") % {"year": self.year}
        return gettext("Supervision season %(year)s: workers") % {"year": self.year}

    @property
    def kind(self) -> str:
        """Of which kind its people's posts are; also the planner's word for them."""
        return Post.Kind.MANAGER if self.audience == Audience.MANAGERS else Post.Kind.WORKER

    @property
    def start_times(self) -> list[time]:
        return [time.fromisoformat(word) for word in self.begins_at.split(",")]

    def before(self) -> "Season | None":
        """The season of the year before for the same people, if there was one."""
        return Season.objects.filter(year=self.year - 1, audience=self.audience).first()

    def in_window(self, day) -> bool:
        return self.registration_opens_on <= day <= self.registration_closes_on

    def takes_registrations_on(self, day) -> bool:
        """In the window, or joining in mid-year: until the season is ended."""
        opened = self.opened_at is not None and self.ended_at is None
        return opened and self.registration_opens_on <= day

    @property
    def state_word(self) -> str:
        """The season's state today, in a word or two for its tag."""
        return str(self._state_today()[0])

    @property
    def tag_kind(self) -> str:
        return self._state_today()[1]

    def _state_today(self) -> tuple:
        day = clock.today()
        if self.opened_at is None:
            return _("Draft"), "neutral"
        if self.ended_at is not None:
            return _("Season ended"), "neutral"
        if day < self.registration_opens_on:
            return _("Registration not yet open"), "info"
        if self.in_window(day):
            return _("Registration open"), "ok"
        return _("Season running"), "info"
