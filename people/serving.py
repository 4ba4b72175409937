"""Who serves which municipality on a day, with stand-ins of those who are away."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from people.models import Absence, ServiceArea, StaffRole, User


@dataclass(frozen=True)
class Serving:
    """A consultant of a municipality on a day. `absence` is set while they are away."""

    consultant: User
    absence: Absence | None = None

    @property
    def stand_in(self) -> User | None:
        return self.absence.stand_in if self.absence else None


def serving_on(day: date, municipalities: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Serving]]:
    """Return the consultants of each municipality on the day, by its key. Two queries."""
    role = StaffRole.objects.on(day).filter(
        role=StaffRole.Role.CONSULTANT, user=OuterRef("consultant")
    )
    areas = list(
        ServiceArea.objects.on(day)
        .filter(Exists(role), municipality__in=list(municipalities))
        .select_related("consultant")
        .order_by("consultant__last_name", "consultant__first_name")
    )
    away = {
        absence.user_id: absence
        for absence in Absence.objects.on(day)
        .filter(user__in={area.consultant_id for area in areas})
        .select_related("stand_in")
    }
    found: dict[uuid.UUID, list[Serving]] = {}
    for area in areas:
        serving = Serving(area.consultant, away.get(area.consultant_id))
        found.setdefault(area.municipality_id, []).append(serving)
    return found
