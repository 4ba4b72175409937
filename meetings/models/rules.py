from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class ChangeRule(models.Model):
    """How late and how often those who did not call a kind of meeting may move or cancel it.

    `service` is the kind, as in `Meeting.service`. Kept by the administrator.
    """

    service = models.CharField(primary_key=True, max_length=20)
    notice_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MaxValueValidator(14 * 24)]
    )
    most_moves = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )

    class Meta:
        ordering = ["service"]

    def __str__(self) -> str:
        return self.service
