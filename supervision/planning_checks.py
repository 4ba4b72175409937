"""What a season can be planned from, looked at before the planner is asked."""

from dataclasses import dataclass

from django.db.models import Count, Q

from meetings.models import Room
from supervision.models import SESSIONS, Round, Season
from supervision.workflow import GroupStatus, RegistrationStatus


@dataclass(frozen=True)
class PlanningChecks:
    """What the planner would find. What is missing is looked after before it is asked."""

    registered: int
    to_place: int
    rounds: list[Round]
    supervisors: int
    most_groups: int
    rooms: int
    groups: int
    apart: int
    wishes: int

    @property
    def seats(self) -> int:
        """How many people the supervisors' groups hold, ten in each."""
        return self.most_groups * 10

    @property
    def is_short(self) -> bool:
        return self.seats < self.to_place

    @property
    def can_plan(self) -> bool:
        ready = len(self.rounds) == SESSIONS and self.registered > 0
        return ready and (self.supervisors > 0 or self.groups > 0)


def planning_checks(season: Season) -> PlanningChecks:
    """Count what a season is planned from. Five queries."""
    counted = season.registrations.aggregate(
        registered=Count("pk", filter=~Q(status=RegistrationStatus.WITHDRAWN)),
        to_place=Count(
            "pk", filter=Q(status__in=[RegistrationStatus.REGISTERED, RegistrationStatus.WAITING])
        ),
        wishes=Count("pk", filter=~Q(status=RegistrationStatus.WITHDRAWN) & ~Q(not_with="")),
    )
    standing = Count("groups", filter=~Q(groups__status=GroupStatus.ENDED), distinct=True)
    rows = Season.objects.filter(pk=season.pk)
    counted |= rows.aggregate(groups=standing, apart=Count("kept_apart", distinct=True))
    leaders = list(season.supervisors.values_list("most_groups", flat=True))
    return PlanningChecks(
        rounds=list(season.rounds.all()),
        supervisors=len(leaders),
        most_groups=sum(leaders),
        rooms=Room.objects.offered().count(),
        **counted,
    )
