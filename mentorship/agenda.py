"""What a pair has to talk about at a meeting, out of what it wrote before."""

from collections.abc import Iterable
from dataclasses import dataclass

from mentorship.models import MentoringMeeting, Plan, PlanTopic, Task


EARLIER = 3
"""How many earlier meetings stand beside new notes."""


@dataclass(frozen=True)
class Agenda:
    """Open tasks, topics due, and what was planned last time; then the notes it rests on.

    `earlier` are the last meetings that took place, the latest first.
    """

    tasks: list[Task]
    topics: list[PlanTopic]
    earlier: list[MentoringMeeting]

    @property
    def planned(self) -> str:
        return self.earlier[0].plan_for_next if self.earlier else ""


def agenda_of(
    meeting: MentoringMeeting,
    *,
    meetings: Iterable[MentoringMeeting],
    tasks: Iterable[Task],
    topics: Iterable[PlanTopic],
) -> Agenda:
    """Return the agenda of a meeting out of all meetings, tasks and topics of its plan."""
    return Agenda(
        tasks=[task for task in tasks if task.done_at is None],
        topics=topics_due(topics),
        earlier=held_before(meeting, meetings),
    )


def topics_due(topics: Iterable[PlanTopic]) -> list[PlanTopic]:
    """Return the topics in work, then the next planned one."""
    by_progress: dict[str, list[PlanTopic]] = {}
    for row in sorted(topics, key=lambda row: row.position):
        by_progress.setdefault(row.progress, []).append(row)
    in_work = by_progress.get(PlanTopic.Progress.IN_WORK, [])
    return in_work + by_progress.get(PlanTopic.Progress.PLANNED, [])[:1]


def held_before(
    meeting: MentoringMeeting, meetings: Iterable[MentoringMeeting]
) -> list[MentoringMeeting]:
    held = [
        row
        for row in meetings
        if row.outcome == MentoringMeeting.Outcome.HELD
        and row.meeting.starts_at < meeting.meeting.starts_at
    ]
    return sorted(held, key=lambda row: row.meeting.starts_at, reverse=True)[:EARLIER]


def meetings_of(plan: Plan) -> list[MentoringMeeting]:
    """Return all meetings of a plan, the latest first, with where they are. One query."""
    return list(plan.meetings.select_related("meeting__room").order_by("-meeting__starts_at"))
