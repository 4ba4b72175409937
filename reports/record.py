"""A worker's own record: what they took part in and learned, gathered for themselves alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Prefetch,
    Q,
    Sum,
    Value,
)
from django.utils.translation import gettext as _

from common import clock
from library.models import Competence, LearningEntry
from mentorship.models import MentoringMeeting, Plan, PlanTopic
from people.models import User
from people.qualification import QualificationClock, clock_of
from supervision.models import Attendance, NetworkSupervision
from supervision.workflow import NetworkStatus


FORMAT = "toetuspakett-record-1"
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Mentorship:
    """A mentorship of the worker: when, with whom, how often they met."""

    mentor: str
    municipality: str
    began_on: date
    ended_on: date | None
    meetings: int
    hours: Decimal
    topics: list[PlanTopic]


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """A meeting of a group, or a network supervision that the worker asked for."""

    kind: str
    name: str
    held_on: date
    hours: Decimal

    @property
    def label(self) -> str:
        if self.kind == "network":
            return _("Network supervision")
        return _("Group supervision: %(name)s") % {"name": self.name}


@dataclass
class Covered:
    """What touched a competence: topics of mentorships, entries of learning, their hours."""

    competence: Competence
    topics: list[str] = field(default_factory=list)
    entries: int = 0
    hours: Decimal = NOTHING


@dataclass(frozen=True, kw_only=True)
class Record:
    """Everything, as it stands today. Hours are clock hours."""

    owner: User
    mentorships: list[Mentorship]
    supervision: list[Supervision]
    learning: list[LearningEntry]
    competences: list[Covered]
    qualification: QualificationClock

    @property
    def hours(self) -> dict[str, Decimal]:
        return {
            "mentorship": sum((each.hours for each in self.mentorships), NOTHING),
            "supervision": sum((each.hours for each in self.supervision), NOTHING),
            "learning": sum((each.hours for each in self.learning), NOTHING),
        }


def record_of(user: User) -> Record:
    """Gather the record of a worker. The same number of queries whatever is in it."""
    held = Q(meetings__outcome=MentoringMeeting.Outcome.HELD)
    length = F("meetings__meeting__ends_at") - F("meetings__meeting__starts_at")
    topics = PlanTopic.objects.select_related("topic").prefetch_related("topic__competences")
    plans = list(
        Plan.objects.filter(worker=user, started_at__isnull=False)
        .annotate(
            held_count=Count("meetings", filter=held),
            held_time=Sum(ExpressionWrapper(length, DurationField()), filter=held),
        )
        .select_related("mentor", "municipality")
        .prefetch_related(Prefetch("topics", topics))
        .without_words()
        .order_by("started_at")
    )
    learning = list(LearningEntry.objects.visible_to(user).prefetch_related("competences"))
    return Record(
        owner=user,
        mentorships=_mentorships(plans),
        supervision=_supervision(user),
        learning=learning,
        competences=_competences(plans, learning),
        qualification=clock_of(user),
    )


def _mentorships(plans: list[Plan]) -> list[Mentorship]:
    return [
        Mentorship(
            mentor=plan.mentor.name,
            municipality=plan.municipality.name,
            began_on=clock.day_of(plan.started_at),
            ended_on=clock.day_of(plan.ended_at) if plan.ended_at else None,
            meetings=plan.held_count,
            hours=_hours(plan.held_time) if plan.held_time else NOTHING,
            topics=list(plan.topics.all()),
        )
        for plan in plans
    ]


def _supervision(user: User) -> list[Supervision]:
    """Group meetings that they came to, and network supervisions that they asked for."""
    came = (
        Attendance.objects.filter(user=user, status__in=Attendance.CAME)
        .order_by()
        .values_list(_word("group"), "session__group__name", "session__meeting__starts_at", "hours")
    )
    asked = (
        NetworkSupervision.objects.filter(requester=user, status=NetworkStatus.HELD)
        .order_by()
        .values_list(_word("network"), _word(""), "meeting__starts_at", "hours")
    )
    found = [
        Supervision(kind=kind, name=name, held_on=clock.day_of(starts_at), hours=hours or NOTHING)
        for kind, name, starts_at, hours in came.union(asked, all=True)
    ]
    return sorted(found, key=lambda each: each.held_on, reverse=True)


def _word(word: str) -> Value:
    return Value(word, output_field=CharField())


def _competences(plans: Iterable[Plan], learning: Iterable[LearningEntry]) -> list[Covered]:
    found: dict[str, Covered] = {}

    def of(competence: Competence) -> Covered:
        return found.setdefault(competence.key, Covered(competence))

    for plan in plans:
        for row in plan.topics.all():
            if row.progress == PlanTopic.Progress.DONE:
                for competence in row.topic.competences.all():
                    covered = of(competence)
                    if str(row.topic) not in covered.topics:
                        covered.topics.append(str(row.topic))
    for entry in learning:
        for competence in entry.competences.all():
            covered = of(competence)
            covered.entries += 1
            covered.hours += entry.hours
    return sorted(found.values(), key=lambda each: each.competence.position)


def _hours(span: timedelta) -> Decimal:
    """Return a stretch of time in hours, to the quarter."""
    return Decimal(round(span.total_seconds() / 900)) / 4


def as_json(record: Record) -> dict[str, Any]:
    """Return the record for programs, as `docs/schemas/record.schema.json` describes it."""
    qualification = record.qualification
    return {
        "format": FORMAT,
        "made_on": clock.today().isoformat(),
        "name": record.owner.name,
        "qualification_deadline": _iso(qualification.due_on),
        "qualification": {
            "first_appointed_on": _iso(qualification.first_on),
            "obtained_on": _iso(qualification.obtained_on),
            "law": str(qualification.law) if qualification.law else "",
        },
        "hours": {name: float(hours) for name, hours in record.hours.items()},
        "mentorship": [
            {
                "mentor": each.mentor,
                "municipality": each.municipality,
                "began_on": _iso(each.began_on),
                "ended_on": _iso(each.ended_on),
                "meetings": each.meetings,
                "hours": float(each.hours),
                "topics": [
                    {
                        "key": row.topic_id,
                        "name": str(row.topic),
                        "progress": row.progress,
                        "reached": row.reached,
                    }
                    for row in each.topics
                ],
            }
            for each in record.mentorships
        ],
        "supervision": [
            {
                "kind": each.kind,
                "name": each.name,
                "held_on": _iso(each.held_on),
                "hours": float(each.hours),
            }
            for each in record.supervision
        ],
        "learning": [
            {
                "kind": each.kind,
                "title": each.title,
                "happened_on": _iso(each.happened_on),
                "hours": float(each.hours),
                "words": each.words,
                "competences": [competence.key for competence in each.competences.all()],
            }
            for each in record.learning
        ],
        "competences": [
            {
                "key": each.competence.key,
                "code": each.competence.printed_code,
                "standard": each.competence.standard_id,
                "name": str(each.competence),
                "topics": each.topics,
                "learning_entries": each.entries,
                "learning_hours": float(each.hours),
            }
            for each in record.competences
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
