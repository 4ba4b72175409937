"""Meetings of a plan, what is kept of them, and the tasks that come out of them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import actions as meeting_actions
from meetings.emails import meeting_invitations
from meetings.models import Change, Room
from mentorship.actions.plans import check_open, locked, set_progress
from mentorship.models import MentoringMeeting, Plan, PrivateNote, Task
from mentorship.permissions import check_can_write_plan
from mentorship.versions import check_version
from mentorship.workflow import RUNNING
from people.drafts import Tab, autosave, drop_seen_draft
from people.models import Draft, User


RECORD_DRAFT, NOTE_DRAFT = "mentorship.meeting_record", "mentorship.note"
"""Kinds of drafts: what both will read, and what its author alone reads."""


@transaction.atomic
def book_meeting(
    plan: Plan,
    *,
    starts_at: datetime,
    ends_at: datetime,
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    free: Iterable[User] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> MentoringMeeting:
    """Book a meeting of the pair for a time to come (aware moments); the other is invited.

    Already while the plan is being written: it is often written together.
    """
    plan = locked(plan)
    if pk and (known := plan.meetings.filter(pk=pk).first()):
        return known
    check_can_write_plan(by, plan)
    check_open(plan)
    booked = meeting_actions.book_meeting(
        service="mentorship",
        starts_at=starts_at,
        ends_at=ends_at,
        form=form,
        place=place,
        link=link,
        room=room,
        organiser=by,
        people=[plan.worker, plan.mentor],
        free=free,
        by=by,
        pk=pk,
    )
    meeting = MentoringMeeting.objects.create(id=booked.pk, plan=plan, meeting=booked)
    record("mentorship.meeting_booked", by=by, subject=plan, meeting=meeting)
    meeting_invitations(booked, by=by)
    return meeting


@transaction.atomic
def record_meeting(
    meeting: MentoringMeeting,
    *,
    outcome: str,
    not_held_reason: str = "",
    shared_notes: str = "",
    plan_for_next: str = "",
    progress: Mapping[uuid.UUID, str] | None = None,
    by: User,
    version: int | None = None,
    tab: Tab | None = None,
) -> MentoringMeeting:
    """Say whether a meeting took place and what both keep of it.

    `progress` moves topics of a running plan along (plan topic's key → progress).
    Either side may write again later; raises Stale when the other wrote meanwhile,
    Refused before the meeting has begun or when it was cancelled. The draft of the
    `tab` it was written in goes.
    """
    plan = locked(meeting.plan)
    check_can_write_plan(by, plan)
    meeting = _locked(meeting)
    meeting.plan = plan
    check_version(meeting, version)
    check_can_be_recorded(meeting)
    held = outcome == MentoringMeeting.Outcome.HELD
    if not held and not not_held_reason:
        raise Refused(_("Say why the meeting did not take place."), field="not_held_reason")
    meeting.outcome = outcome
    meeting.not_held_reason = "" if held else not_held_reason
    meeting.shared_notes, meeting.plan_for_next = shared_notes, plan_for_next
    if meeting.recorded_at is None:
        meeting.recorded_at, meeting.recorded_by = clock.now(), by
    meeting.version += 1
    meeting.save()
    if progress and plan.status in RUNNING:
        for row in plan.topics.filter(pk__in=progress):
            if row.progress != progress[row.pk]:
                set_progress(row, progress[row.pk], by)
    if tab is not None:
        drop_seen_draft(by, RECORD_DRAFT, subject_id=meeting.pk, tab=tab)
    record("mentorship.meeting_recorded", by=by, subject=plan, meeting=meeting, outcome=outcome)
    return meeting


@transaction.atomic
def draft_record(meeting: MentoringMeeting, *, texts: dict[str, str], tab: Tab, by: User) -> Draft:
    """Keep, for oneself, what one is typing about a meeting until it is recorded.

    Raises NewerDraft when another tab has saved meanwhile; refused like recording itself.
    """
    check_can_write_plan(by, meeting.plan)
    check_can_be_recorded(meeting)
    return autosave(by, RECORD_DRAFT, subject_id=meeting.pk, texts=texts, tab=tab)


@transaction.atomic
def keep_note(
    meeting: MentoringMeeting,
    *,
    text: str,
    by: User,
    version: int | None = None,
    tab: Tab | None = None,
) -> PrivateNote:
    """Keep one's own notes of a meeting, before or after it. Nobody else reads them.

    The draft of the `tab` they were written in goes.
    """
    check_can_write_plan(by, meeting.plan)
    _locked(meeting)
    note, _made = PrivateNote.objects.get_or_create(meeting=meeting, author=by)
    check_version(note, version)
    note.text = text
    note.version += 1
    note.save()
    if tab is not None:
        drop_seen_draft(by, NOTE_DRAFT, subject_id=meeting.pk, tab=tab)
    record("mentorship.note_kept", by=by, subject=note)
    return note


@transaction.atomic
def draft_note(meeting: MentoringMeeting, *, texts: dict[str, str], tab: Tab, by: User) -> Draft:
    """Keep the private notes that one is typing. Raises NewerDraft, see `draft_record`."""
    check_can_write_plan(by, meeting.plan)
    return autosave(by, NOTE_DRAFT, subject_id=meeting.pk, texts=texts, tab=tab)


@transaction.atomic
def add_task(
    plan: Plan,
    *,
    text: str,
    owner: str,
    due_on: date | None = None,
    meeting: MentoringMeeting | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Task:
    """Agree on a task for one side. Raises Refused for a day in the past (field "due_on")."""
    plan = locked(plan)
    if pk and (known := plan.tasks.filter(pk=pk).first()):
        return known
    check_can_write_plan(by, plan)
    check_open(plan)
    if due_on and due_on < clock.today():
        raise Refused(_("This date is in the past. Choose today or a later day."), field="due_on")
    task = Task.objects.create(
        id=pk or uuid.uuid4(),
        plan=plan,
        meeting=meeting,
        text=text,
        owner=owner,
        due_on=due_on,
        added_at=clock.now(),
        added_by=by,
    )
    record("mentorship.task_added", by=by, subject=plan, task=task)
    return task


@transaction.atomic
def mark_task_done(task: Task, *, by: User) -> Task:
    """Either side ticks a task off; a second tick changes nothing."""
    plan = locked(task.plan)
    check_can_write_plan(by, plan)
    check_open(plan)
    task = plan.tasks.select_for_update(of=("self",)).get(pk=task.pk)
    if task.done_at is None:
        task.done_at, task.done_by = clock.now(), by
        task.save()
        record("mentorship.task_done", by=by, subject=plan, task=task)
    return task


def call_off_coming(plan: Plan, *, until: date | None, by: User) -> None:
    """Cancel what the pair would not meet for; part of the actions that journal why.

    While the plan is held, so that nothing is booked beside it: plans come before meetings.
    """
    coming = plan.meetings.filter(meeting__starts_at__gt=clock.now()).select_related("meeting")
    if until:
        coming = coming.filter(meeting__starts_at__lt=clock.tallinn(until))
    for each in coming.order_by("meeting_id"):
        own = each.meeting.organiser_id == by.pk
        wanted_by = Change.WantedBy.ORGANISER if own else Change.WantedBy.INVITEE
        meeting_actions.call_off_meeting(each.meeting, wanted_by=wanted_by, by=by)


def check_can_be_recorded(meeting: MentoringMeeting) -> None:
    """Raise Refused for a meeting that was cancelled or has not begun, and, once the mentorship
    has ended, for one that was recorded: what was forgotten may still be said.
    """
    if meeting.recorded_at is not None:
        check_open(meeting.plan)
    if meeting.meeting.is_cancelled:
        raise Refused(_("This meeting has been cancelled."))
    if not meeting.meeting.has_begun:
        raise Refused(_("This meeting has not begun yet."))


def _locked(meeting: MentoringMeeting) -> MentoringMeeting:
    return (
        MentoringMeeting.objects.select_for_update(of=("self",))
        .select_related("meeting")
        .get(pk=meeting.pk)
    )
