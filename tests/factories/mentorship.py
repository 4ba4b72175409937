"""Mentorships for tests, brought to a state by walking the real actions."""

from dataclasses import replace
from datetime import datetime, timedelta

from common import clock
from library.models import Topic
from mentorship import actions
from mentorship.contents import Choice, Contents, contents_of
from mentorship.models import (
    MentoringMeeting,
    MentorshipRequest,
    Plan,
    PlanTemplate,
    PlanVersion,
)
from mentorship.workflow import PlanStatus
from people.models import User
from tests.factories import people


WISHES = "soovilind"
GOAL = "eesmärgilind"
NOTES = "märkmelind"
NEXT = "järgmiselind"
PRIVATE = "saladuslind"
TASK = "ülesandelind"
SUMMARY = "kokkuvõttelind"
REASON = "vahetuselind"
"""Of a wish for another mentor: for the coordinator alone."""
RATED = "hinnangulind"
CHANGE = "muudatuselind"
WHY = "põhjuselind"
CANARIES = (WISHES, GOAL, NOTES, NEXT, PRIVATE, TASK, SUMMARY, RATED, CHANGE, WHY)
"""Words that stand in every text of a mentorship made here."""

IN_HALF_A_YEAR = timedelta(days=180)


def ratings(**special: int) -> dict[str, int]:
    """Rate every topic 3, or as said (`star=1`; hyphens of keys as underscores)."""
    rated = dict.fromkeys(Topic.objects.values_list("key", flat=True), 3)
    return rated | {key.replace("_", "-"): value for key, value in special.items()}


def submitted_request(
    place: str = "Elva vald", *, worker: User | None = None, wishes: str = WISHES, **special: int
) -> MentorshipRequest:
    worker = worker or people.worker(place)
    return actions.submit_request(
        municipality=people.municipality(place),
        wishes=wishes,
        ratings=ratings(**special),
        whys={"star": RATED},
        by=worker,
    )


def suggested_request(
    place: str = "Elva vald", *, worker: User | None = None, manager: User | None = None
) -> MentorshipRequest:
    return actions.suggest_request(
        worker=worker or people.worker(place),
        municipality=people.municipality(place),
        by=manager or people.manager(place),
    )


def plan_at(
    status: str = PlanStatus.RUNNING,
    place: str = "Elva vald",
    *,
    worker: User | None = None,
    mentor: User | None = None,
    topics: tuple[str, ...] = ("star", "network-work", "self-care"),
) -> Plan:
    """Bring a plan to a status. A DRAFT plan is written too."""
    wish = submitted_request(place, worker=worker)
    plan = actions.take_request(wish, by=mentor or people.consultant(place))
    plan = actions.write_plan(
        plan,
        topics=[actions.Choice(topic=key, goal=f"{GOAL} {key}") for key in topics],
        rhythm=Plan.Rhythm.MONTHLY,
        meeting_form="on_site",
        intended_end_on=clock.today() + IN_HALF_A_YEAR,
        by=plan.mentor,
    )
    steps = [
        (PlanStatus.AGREEING, lambda: actions.propose_plan(plan, by=plan.mentor)),
        (PlanStatus.RUNNING, lambda: actions.agree_plan(plan, by=plan.worker)),
        *(
            [(PlanStatus.PAUSED, lambda: actions.pause_plan(plan, reason="leave", by=plan.worker))]
            if status == PlanStatus.PAUSED
            else []
        ),
        (
            PlanStatus.CLOSING,
            lambda: actions.write_summary(
                plan,
                summary=SUMMARY,
                what_helped=SUMMARY,
                what_next=SUMMARY,
                reached={row.pk: "partly" for row in plan.topics.all()},
                by=plan.mentor,
            ),
        ),
        (PlanStatus.ENDED, lambda: actions.agree_summary(plan, by=plan.worker)),
    ]
    for reached, step in steps:
        if plan.status == status:
            break
        plan = step()
        assert plan.status == reached
    assert plan.status == status
    return plan


def booked_meeting(
    plan: Plan, starts_at: datetime | None = None, *, by: User | None = None
) -> MentoringMeeting:
    """A meeting to come: tomorrow at this hour when not said."""
    starts_at = starts_at or clock.now() + timedelta(days=1)
    return actions.book_meeting(
        plan,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        form="on_site",
        place="Elva, Kesk 32",
        by=by or plan.mentor,
    )


def begun_meeting(plan: Plan, *, days_ago: int = 1) -> MentoringMeeting:
    """A meeting that is over and not yet recorded."""
    starts_at = clock.now() - timedelta(days=days_ago)
    with clock.at(starts_at - timedelta(days=3)):
        return booked_meeting(plan, starts_at)


def held_meeting(
    plan: Plan, *, days_ago: int = 1, notes: str = NOTES, plan_for_next: str = NEXT
) -> MentoringMeeting:
    meeting = actions.record_meeting(
        begun_meeting(plan, days_ago=days_ago),
        outcome=MentoringMeeting.Outcome.HELD,
        shared_notes=notes,
        plan_for_next=plan_for_next,
        by=plan.mentor,
    )
    actions.keep_note(meeting, text=PRIVATE, by=plan.mentor)
    actions.add_task(
        plan,
        text=TASK,
        owner="worker",
        due_on=clock.today() + timedelta(days=3),
        meeting=meeting,
        by=plan.mentor,
    )
    return meeting


def proposed_change(plan: Plan, *, goal: str = CHANGE, by: User | None = None) -> PlanVersion:
    """A change of a running plan that waits: other words in the first goal, and another end."""
    now = contents_of(plan)
    first = replace(now.topics[0], goal=f"{goal} {PlanVersion.objects.count()}")
    return actions.propose_change(
        plan,
        contents=replace(now, topics=(first, *now.topics[1:])),
        why=WHY,
        by=by or plan.mentor,
    )


def template(*, goal: str = "Malli eesmärk", by: User | None = None) -> PlanTemplate:
    return actions.add_template(
        name_et="Alustava töötaja plaan",
        contents=template_text(goal),
        months=6,
        by=by or people.coordinator(),
    )


def newer_template(template: PlanTemplate, *, by: User | None = None) -> PlanTemplate:
    """The same with another goal and one more topic."""
    return actions.change_template(
        template,
        name_et=template.name_et,
        contents=template_text("Uus malli eesmärk", "self-care"),
        months=6,
        by=by or people.coordinator(),
    )


def template_text(goal: str, *more: str) -> Contents:
    topics = [Choice(topic="star", goal=goal), *(Choice(topic=key) for key in more)]
    return Contents(
        topics=tuple(topics),
        rhythm=Plan.Rhythm.MONTHLY,
        meeting_form="on_site",
        meeting_minutes=60,
        intended_end_on=None,
    )
