"""What an employer sees of the own workers, by the functions that the managers' pages use.

By name: that a mentorship runs, since when, how often met and its end, and what the
manager asked for; registered and placed for supervision, how many meetings attended;
absences; that a case exists, and its dates. Never content, the worker's wishes,
ratings or feedback (architecture: what an employer sees).
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from consultations.models import ConsultationRequest
from mentorship.boards import with_facts
from mentorship.models import MentorshipRequest, Plan
from mentorship.workflow import RUNNING
from people.models import Absence, User
from supervision.models import Audience, Season
from supervision.own_people import OwnPerson, attendance_of_workers


@dataclass(frozen=True)
class EmployerFacts:
    """One worker as the employer sees them."""

    supervision: OwnPerson
    plans: list[Plan]

    @property
    def name(self) -> str:
        return self.supervision.name

    @property
    def running(self) -> Plan | None:
        """The mentorship that runs, with `started_at` and `held_count`."""
        return next((plan for plan in self.plans if plan.status in RUNNING), None)


def season_of_workers() -> Season | None:
    """The season that the managers' page shows: the newest that has been opened."""
    return Season.objects.filter(audience=Audience.WORKERS, opened_at__isnull=False).first()


def facts_of_workers(
    municipalities: Collection[uuid.UUID], season: Season | None, *, only: User | None = None
) -> list[EmployerFacts]:
    """Return the workers of these municipalities today, or `only` this one. Two queries."""
    people = attendance_of_workers(municipalities, season, only=only)
    plans = with_facts(Plan.objects.told_to_employer(municipalities))
    if only is not None:
        plans = plans.filter(worker=only)
    of_worker: dict[uuid.UUID, list[Plan]] = {}
    for plan in plans.without_words():
        of_worker.setdefault(plan.worker_id, []).append(plan)
    return [EmployerFacts(person, of_worker.get(person.key, [])) for person in people]


def wishes_of_manager(
    municipalities: Collection[uuid.UUID], worker: User
) -> QuerySet[MentorshipRequest]:
    """Return the wishes for a mentor that a manager entered for this worker."""
    wishes = MentorshipRequest.objects.told_to_employer(municipalities).filter(worker=worker)
    return wishes.only("asked_on", "status")


def cases_of_worker(
    municipalities: Collection[uuid.UUID], worker: User
) -> QuerySet[ConsultationRequest]:
    """Return the cases in which the worker acts for these municipalities: by asking, or as a
    contact today.
    """
    cases = ConsultationRequest.objects.acted_for_by(worker)
    return cases.filter(municipality__in=municipalities).only(
        "code", "status", "submitted_at", "closed_at"
    )


def absences_of_worker(worker: User) -> QuerySet[Absence]:
    """Return the absences as the manager sees them: days, kind and stand-in, the last first."""
    return worker.absences.select_related("stand_in").order_by("-starts_on")
