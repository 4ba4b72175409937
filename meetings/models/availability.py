from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS

from common.fields import Period
from people.models import User, uuid_key


# A week's longest distances; also what the pages accept.
MINUTES_APART, MINUTES_TRAVEL, HOURS_NOTICE = 120, 480, 336
MEETING_MINUTES = (15, 480)


class OpeningHours(Period):
    """A weekday's hours in which a person can be met, for a time; several a day are allowed.

    Times are Tallinn's wall clock. Two rows of one person never overlap on a day on which
    both hold: the action sees to that, for no database knows ranges of hours.
    """

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta(Period.Meta):
        ordering = ["weekday", "begins", "starts_on"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")),
                name="meetings_openinghours_ends_after_begin",
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="meetings_openinghours_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins:%H.%M}–{self.ends:%H.%M}"


class OpeningExceptionQuerySet(models.QuerySet):
    def coming(self, today: date) -> "OpeningExceptionQuerySet":
        return self.filter(day__gte=today)


class OpeningException(models.Model):
    """Other hours on one day, in place of the usual ones; without hours the day is closed."""

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="opening_exceptions")
    day = models.DateField()
    begins = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)

    objects = OpeningExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["day", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__isnull=True, ends__isnull=True)
                # SQL lets pass what it does not know: a missing half is ruled out by name.
                | models.Q(begins__isnull=False, ends__isnull=False, ends__gt=models.F("begins")),
                name="meetings_openingexception_both_or_closed",
            ),
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=models.Q(begins__isnull=True),
                name="meetings_openingexception_closed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    @property
    def is_closed(self) -> bool:
        return self.begins is None


class BookingRules(models.Model):
    """How far apart a person wants meetings, and how many a day. Without a row: no wishes."""

    id = uuid_key()
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="booking_rules")
    minutes_before = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MINUTES_APART)]
    )
    minutes_after = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MINUTES_APART)]
    )
    travel_minutes = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MINUTES_TRAVEL)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(HOURS_NOTICE)]
    )
    most_a_day = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    meeting_minutes = models.PositiveSmallIntegerField(
        default=60,
        validators=[MinValueValidator(MEETING_MINUTES[0]), MaxValueValidator(MEETING_MINUTES[1])],
    )

    class Meta:
        verbose_name_plural = "booking rules"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(most_a_day__isnull=True) | models.Q(most_a_day__gte=1),
                name="meetings_bookingrules_one_a_day_at_least",
            ),
            models.CheckConstraint(
                condition=models.Q(meeting_minutes__gte=MEETING_MINUTES[0]),
                name="meetings_bookingrules_meeting_has_length",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
