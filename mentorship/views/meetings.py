from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from meetings.forms import SlotMeetingForm
from mentorship.actions import (
    add_task,
    book_meeting,
    keep_note,
    mark_task_done,
    open_plan,
    record_meeting,
)
from mentorship.actions.meetings import NOTE_DRAFT, RECORD_DRAFT
from mentorship.agenda import Agenda, agenda_of, held_before, meetings_of
from mentorship.forms import DeedForm, NextMeetingForm, NoteForm, RecordForm, TaskForm
from mentorship.models import MentoringMeeting, Plan, PrivateNote, Task
from mentorship.next_meeting import next_meeting
from mentorship.permissions import check_can_write_plan
from mentorship.views.plans import deed, plan_of_pair
from mentorship.workflow import RUNNING, PlanStatus
from people.drafts import kinds_of_drafts, open_draft
from people.models import Draft, User
from people.permissions import member_required


NOTES = 30


def _meetings_read_by(request: HttpRequest) -> QuerySet[MentoringMeeting]:
    return MentoringMeeting.objects.filter(
        plan__in=Plan.objects.readable_by(request.user)
    ).select_related("meeting", "plan__worker", "plan__mentor", "plan__municipality")


def meeting_of_pair(request: HttpRequest, pk) -> MentoringMeeting:
    meeting = get_object_or_404(_meetings_read_by(request), pk=pk)
    check_can_write_plan(request.user, meeting.plan)
    return meeting


def _as_before(plan: Plan, meetings: list[MentoringMeeting]) -> dict:
    """Return where the pair last met in its usual form."""
    last = next((row for row in meetings if row.meeting.form == plan.meeting_form), None)
    return {"form": plan.meeting_form} | (SlotMeetingForm.as_in(last.meeting) if last else {})


@member_required
def meeting_book(request: HttpRequest, pk) -> HttpResponse:
    """Choose a time: first offered is the one that the pair's rhythm and habits suggest."""
    plan = plan_of_pair(request, pk)
    meetings = meetings_of(plan)
    due = next_meeting(plan, meetings)
    form = NextMeetingForm(
        posted(request),
        people=[plan.mentor, plan.worker],
        reader=request.user,
        shown=({"from": due.first.isoformat()} if due else {}) | request.GET.dict(),
        initial=_as_before(plan, meetings),
        # Before the plan says how long they meet, the mentor's usual length holds.
        usual=timedelta(minutes=plan.meeting_minutes) if plan.started_at else None,
    )
    if form.carried_out(lambda data: book_meeting(plan, **form.booking(data), by=request.user)):
        messages.success(
            request,
            _("The meeting is booked. An invitation goes to: %(name)s.")
            % {"name": plan.other_than(request.user)},
        )
        return redirect(plan)
    return render_page(
        request,
        "mentorship/meeting_book.html",
        {
            "plan": plan,
            "form": form,
            "due": due,
            "suggested": form.suggest(due) if due and request.method == "GET" else None,
        },
        fragment="suggestion",
    )


def notes(request: HttpRequest) -> HttpResponse:
    """One's own private notes, those of mentorships that somebody else leads now among them,
    and what was typed there and never saved.
    """
    own = PrivateNote.objects.readable_by(request.user).exclude(text="")
    rows = own.select_related("meeting__meeting", "meeting__plan__worker", "meeting__plan__mentor")
    page = Paginator(rows.order_by("-meeting__meeting__starts_at", "pk"), NOTES).get_page(
        request.GET.get("page")
    )
    for note in page:
        note.is_here = bool(note.meeting.plan.side_of(request.user))
        note.about = note.meeting.plan.other_than(request.user)
    return render_page(
        request, "mentorship/notes.html", {"page": page, "unsaved": _unsaved(request.user)}
    )


def _unsaved(user: User) -> list[dict]:
    """Return the notes that somebody began and did not save, with their meetings. Two queries."""
    drafts = Draft.objects.filter(owner=user, kind=NOTE_DRAFT).order_by("-updated_at")
    typed = {each.subject_id: each.content["texts"].get("text", "") for each in drafts}
    meetings = MentoringMeeting.objects.select_related("meeting", "plan__worker", "plan__mentor")
    known = meetings.in_bulk([key for key, text in typed.items() if text.strip()])
    return [
        {
            "text": typed[key],
            "meeting": meeting,
            "about": meeting.plan.other_than(user),
            "is_here": bool(meeting.plan.side_of(user)),
        }
        for key, meeting in known.items()
    ]


@member_required
def meeting_detail(request: HttpRequest, pk) -> HttpResponse:
    """A meeting with its agenda until it is recorded, then with when to meet next."""
    meeting = get_object_or_404(_meetings_read_by(request), pk=pk)
    plan = meeting.plan
    writes = can(check_can_write_plan, request.user, plan)
    is_open = plan.status != PlanStatus.ENDED
    open_plan(plan, by=request.user, meeting=meeting)
    meetings, tasks = meetings_of(plan), list(plan.tasks.all())
    is_cancelled = meeting.meeting.is_cancelled
    lies_ahead = not meeting.outcome and not is_cancelled and is_open
    drafts = set(kinds_of_drafts(request.user, meeting.pk)) if writes else set()
    meets_again = any(row.meeting.is_open for row in meetings)
    return render_page(
        request,
        "mentorship/meeting_detail.html",
        {
            "plan": plan,
            "meeting": meeting,
            "agenda": _agenda(meeting, meetings, tasks) if lies_ahead else None,
            "earlier": held_before(meeting, meetings),
            "due": next_meeting(plan, meetings)
            if meeting.outcome and not meets_again and writes and is_open
            else None,
            "tasks": [task for task in tasks if task.meeting_id == meeting.pk],
            "note": PrivateNote.objects.readable_by(request.user).filter(meeting=meeting).first(),
            "has_record_draft": RECORD_DRAFT in drafts,
            "has_note_draft": NOTE_DRAFT in drafts,
            "can_keep_note": writes,
            "can_record": writes
            and (is_open or not meeting.outcome)
            and meeting.meeting.has_begun
            and not is_cancelled,
            "can_add_task": writes and is_open,
            "can_move": not meeting.meeting.has_begun and not is_cancelled,
        },
    )


def _agenda(
    meeting: MentoringMeeting, meetings: list[MentoringMeeting], tasks: Iterable[Task]
) -> Agenda:
    return agenda_of(
        meeting,
        meetings=meetings,
        tasks=tasks,
        topics=meeting.plan.topics.select_related("topic"),
    )


@member_required
def meeting_record(request: HttpRequest, pk) -> HttpResponse:
    """Write what both keep of a meeting, beside what was planned for it."""
    meeting = meeting_of_pair(request, pk)
    plan = meeting.plan
    topics = list(plan.topics.select_related("topic"))
    form = RecordForm(
        posted(request),
        initial={
            "outcome": meeting.outcome,
            "not_held_reason": meeting.not_held_reason,
            "shared_notes": meeting.shared_notes,
            "plan_for_next": meeting.plan_for_next,
            "version": meeting.version,
        },
        draft=open_draft(request.user, RECORD_DRAFT, subject_id=meeting.pk),
        plan_topics=topics if plan.status in RUNNING else [],
    )
    if form.carried_out(
        lambda data: record_meeting(
            meeting,
            outcome=data["outcome"],
            not_held_reason=data["not_held_reason"],
            shared_notes=data["shared_notes"],
            plan_for_next=data["plan_for_next"],
            progress=form.progress(),
            version=data["version"],
            tab=form.tab,
            by=request.user,
        )
    ):
        messages.success(request, _("The meeting is recorded."))
        return redirect(meeting)
    open_plan(plan, by=request.user, meeting=meeting)
    return render_page(
        request,
        "mentorship/meeting_record.html",
        {
            "plan": plan,
            "meeting": meeting,
            "form": form,
            "agenda": agenda_of(
                meeting, meetings=meetings_of(plan), tasks=plan.tasks.all(), topics=topics
            ),
            "theirs": form.stale or (meeting if form.is_outdated else None),
        },
    )


@member_required
def note_keep(request: HttpRequest, pk) -> HttpResponse:
    meeting = meeting_of_pair(request, pk)
    note = PrivateNote.objects.readable_by(request.user).filter(meeting=meeting).first()
    form = NoteForm(
        posted(request),
        initial={"text": note.text if note else "", "version": note.version if note else 0},
        draft=open_draft(request.user, NOTE_DRAFT, subject_id=meeting.pk),
    )
    if form.carried_out(
        lambda data: keep_note(
            meeting, text=data["text"], version=data["version"], tab=form.tab, by=request.user
        )
    ):
        messages.success(request, _("Your notes are kept. Only you read them."))
        return redirect(meeting)
    return render_page(
        request,
        "mentorship/note_keep.html",
        {
            "plan": meeting.plan,
            "meeting": meeting,
            "form": form,
            "theirs": form.stale or (note if form.is_outdated else None),
        },
    )


@member_required
def task_add(request: HttpRequest, pk) -> HttpResponse:
    plan = plan_of_pair(request, pk)
    return _add_task(request, plan, None, back=plan.get_absolute_url())


@member_required
def meeting_task_add(request: HttpRequest, pk) -> HttpResponse:
    meeting = meeting_of_pair(request, pk)
    return _add_task(request, meeting.plan, meeting, back=meeting.get_absolute_url())


def _add_task(
    request: HttpRequest, plan: Plan, meeting: MentoringMeeting | None, *, back: str
) -> HttpResponse:
    form = TaskForm(posted(request), plan=plan)
    if form.carried_out(
        lambda data: add_task(
            plan,
            text=data["text"],
            owner=data["owner"],
            due_on=data["due_on"],
            meeting=meeting,
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(request, _("The task is added."))
        return redirect(back)
    return render_page(
        request, "mentorship/task_add.html", {"plan": plan, "form": form, "back": back}
    )


@member_required
def task_done(request: HttpRequest, pk) -> HttpResponse:
    task = get_object_or_404(
        Task.objects.filter(plan__in=Plan.objects.readable_by(request.user)).select_related(
            "plan__worker", "plan__mentor"
        ),
        pk=pk,
    )
    check_can_write_plan(request.user, task.plan)
    form = DeedForm(posted(request))
    if form.carried_out(lambda data: mark_task_done(task, by=request.user)):
        messages.success(request, _("The task is done."))
        return redirect(reverse("mentorship:plan-detail", args=[task.plan_id]) + "#tasks")
    return deed(
        request,
        task.plan,
        form,
        title=_("Mark the task as done"),
        text=_("The task moves to those that are done."),
        submit=_("Mark as done"),
    )
