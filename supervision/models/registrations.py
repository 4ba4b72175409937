from django.db import models
from django.db.models import Q

from common.fields import EncryptedTextField, pair
from people.models import Municipality, User, uuid_key
from people.standing import standing_of
from supervision.models.seasons import Season
from supervision.models.wishes import WEEKDAYS, Continuing, Form, Hours, Language
from supervision.workflow import TAG_KINDS, RegistrationStatus


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "RegistrationQuerySet":
        """The person's own; the coordinator; consultants for the municipalities they serve.

        A manager sees own people's state through `attendance_of_own_people`, never wishes.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(user=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served)
        return self.filter(mine)

    def active(self) -> "RegistrationQuerySet":
        return self.exclude(status=RegistrationStatus.WITHDRAWN)

    def last_year_of(self, user: User, season: Season) -> "Registration | None":
        """How somebody took part in the season of the year before. One query."""
        earlier = self.active().filter(
            user=user, season__year=season.year - 1, season__audience=season.audience
        )
        return earlier.first()

    def queue(self) -> "RegistrationQuerySet":
        """The waiting list in its order."""
        return self.filter(status=RegistrationStatus.WAITING).order_by("waiting_since", "id")


class Registration(models.Model):
    """One person's wish to take part in a season's group supervision."""

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="registrations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="registrations")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED
    )
    form = models.CharField(max_length=10, choices=Form, default=Form.ON_SITE)
    language = models.CharField(max_length=5, choices=Language, default=Language.ET)
    # Kilometres one way; empty for online only.
    travels_up_to_km = models.PositiveSmallIntegerField(null=True, blank=True)
    # Weekdays that suit, as digits: 1 is Monday, 5 is Friday.
    weekdays = models.CharField(max_length=5, default="12345")
    hours = models.CharField(max_length=10, choices=Hours, default=Hours.ANY)
    continuing = models.CharField(max_length=6, choices=Continuing, default=Continuing.ANY)
    # With whom the person would rather not be: in their words, read by the coordinator alone.
    not_with = EncryptedTextField(blank=True)
    # Also decides between the opening window and joining in mid-year.
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    waiting_since = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "id"]
        indexes = [models.Index(fields=["season", "status"], name="supervision_registrations")]
        constraints = [
            pair("registered"),
            pair("withdrawn"),
            models.UniqueConstraint(
                fields=["season", "user"],
                condition=~Q(status="withdrawn"),
                name="supervision_registration_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(waiting_since__isnull=False),
                name="supervision_waiting_has_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.season}"

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[RegistrationStatus(self.status)]

    def place_in_queue(self) -> int:
        """The place on the season's waiting list, from 1. One query."""
        before = Q(waiting_since__lt=self.waiting_since)
        before |= Q(waiting_since=self.waiting_since, id__lt=self.id)
        return Registration.objects.queue().filter(before, season=self.season_id).count() + 1

    @property
    def weekday_names(self) -> str:
        return ", ".join(str(WEEKDAYS[int(digit)]) for digit in self.weekdays)
