"""What municipalities promise their child protection workers: supervision or covision each year."""

from django.db import models

from people.models import Municipality


TIMES = 2
"""Twice a year at least, as municipal job descriptions say (Jõgeva 2014, see facts/domain)."""


class Promise(models.Model):
    """How many times a year a municipality promises it, where it says otherwise, and its source."""

    municipality = models.OneToOneField(
        Municipality, primary_key=True, on_delete=models.CASCADE, related_name="supervision_promise"
    )
    times = models.PositiveSmallIntegerField(default=TIMES)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["municipality__name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(times__lte=24), name="supervision_promise_times"
            )
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.times}"
