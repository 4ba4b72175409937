from django.db import models

from common import clock
from common.fields import pair
from people.models import User, uuid_key
from supervision.models.registrations import Registration
from supervision.models.sessions import Session


class GuestSeat(models.Model):
    """A place at one meeting of a parallel group, instead of one's own that one must miss. Once a
    season.
    """

    id = uuid_key()
    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, related_name="guest_seat"
    )
    instead_of = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="away")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="guests")
    taken_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["registration__user__last_name", "registration__user__first_name"]
        constraints = [
            pair("taken"),
            models.CheckConstraint(
                condition=~models.Q(session=models.F("instead_of")),
                name="supervision_guestseat_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} {self.session}"
