"""Rooms that meetings take: one meeting at a time in each."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from common import clock
from common.fields import pair
from common.text import COLLATION
from people.models import Municipality, User, uuid_key


class RoomQuerySet(models.QuerySet):
    def with_coming(self) -> "RoomQuerySet":
        """Give each room `coming`: how many planned meetings still have it."""
        coming = models.Q(meetings__status="confirmed", meetings__ends_at__gt=clock.now())
        # Counting drops the rows' own order.
        counted = self.annotate(coming=models.Count("meetings", filter=coming))
        return counted.order_by(*self.model._meta.ordering)

    def offered(self) -> "RoomQuerySet":
        """Rooms that a new meeting may take, by municipality and name."""
        return self.filter(closed_at__isnull=True).select_related("municipality")


class Room(models.Model):
    """A room of the Board or of a municipality; two rooms of a house are two rows.

    Whatever else is a place (somebody's office, a café, a school) stays a line of text at
    its meeting. A closed room is offered no more; meetings that have it keep it.
    """

    id = uuid_key()
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80, db_collation=COLLATION)
    address = models.CharField(max_length=110)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    notes = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["municipality__name", "name", "id"]
        constraints = [
            pair("closed"),
            models.UniqueConstraint(fields=["municipality", "name"], name="meetings_room_once"),
            models.CheckConstraint(
                condition=models.Q(seats__isnull=True) | models.Q(seats__gte=1),
                name="meetings_room_has_seats",
            ),
        ]

    def __str__(self) -> str:
        return self.where

    @property
    def where(self) -> str:
        """The line that meetings, mails and calendars show as their place."""
        return f"{self.address}, {self.name}"

    def taken_among(self, times: Iterable) -> list:
        """Return those of `times` (rows with `starts_at` and `ends_at`, at least one) at which
        a planned meeting has the room. One query.
        """
        times = list(times)
        first, last = min(each.starts_at for each in times), max(each.ends_at for each in times)
        taken = list(
            self.meetings.planned().between(first, last).values_list("starts_at", "ends_at")
        )
        return [
            each
            for each in times
            if any(start < each.ends_at and each.starts_at < end for start, end in taken)
        ]

    @property
    def choice(self) -> str:
        """The room in a list to choose from."""
        if self.seats is None:
            return self.where
        return _("%(room)s (seats: %(n)s)") % {"room": self.where, "n": self.seats}
