"""The case in tabs. Showing text writes one journal entry; facts alone write none."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from consultations import permissions as allowed
from consultations.actions import add_note, read_summary, send_message
from consultations.forms import MessageForm, NoteForm
from consultations.models import ConsultationRequest, Message
from consultations.permissions import sides_of
from consultations.steps import country_name
from consultations.workflow import Status
from journal.models import Entry
from journal.record import record, sentence
from meetings.models import Meeting, Poll
from people.permissions import member_required


PER_PAGE = 30


def visible_case(request, pk) -> ConsultationRequest:
    """The case if the person may know of it, with what they may know on it; else 404."""
    rows = ConsultationRequest.objects.visible_to(request.user).with_knowledge(request.user)
    return get_object_or_404(rows.for_page(), pk=pk)


def readable_case(request, pk) -> ConsultationRequest:
    """The case if the person may read its text; else 404. Show it by `render_text`."""
    rows = ConsultationRequest.objects.readable_by(request.user).with_knowledge(request.user)
    return get_object_or_404(rows.for_page(), pk=pk)


def render_text(request, template, context):
    """Render a page with the text of `context["case"]` and note that it was opened.

    Also a form that comes back with its errors shows the text.
    """
    record("consultations.request_opened", by=request.user, subject=context["case"])
    return render_page(request, template, context)


@member_required
def request_detail(request, pk):
    case = visible_case(request, pk)
    can_contacts = case.takes_contacts and can(allowed.check_can_add_contact, request.user, case)
    context = case_context(request, case, "request-detail") | {
        "country": country_name(case.country),
        "deeds": _deeds(request.user, case),
        "can_contacts": can_contacts,
        # Who may name contacts sees who is one already.
        "people_shown": case.facts_known or can_contacts,
        "turns": list(case.turns.select_related("made_by")) if case.readable else [],
    }
    render = render_text if case.readable else render_page
    return render(request, "consultations/request_detail.html", context)


@member_required
def request_messages(request, pk):
    case = readable_case(request, pk)
    form = MessageForm(posted(request))
    if form.carried_out(
        lambda data: send_message(case, text=data["text"], pk=data["new_id"], by=request.user)
    ):
        return redirect("consultations:request-messages", pk=case.pk)
    sides = sides_of(request.user, case)
    mine = Message.Side.BOARD if sides.handles else Message.Side.MUNICIPALITY
    context = case_context(request, case, "request-messages") | {
        "form": form,
        "thread": case.messages.select_related("written_by"),
        "mine": mine,
        "can_send": case.is_open and can(allowed.check_can_send_message, request.user, case),
    }
    return render_text(request, "consultations/request_messages.html", context)


@member_required
def request_meetings(request, pk):
    case = readable_case(request, pk)
    user = request.user
    can_book = case.is_open and can(allowed.check_can_book_meeting, user, case)
    context = case_context(request, case, "request-meetings") | {
        "meetings": case.meetings.select_related("meeting").prefetch_related(
            "meeting__invitees__user"
        ),
        "measures": case.measures.select_related("agreed_by", "done_by"),
        "can_book": can_book,
        "poll": Poll.objects.running().about("consultation", case.pk).first() if can_book else None,
        "can_agree": case.is_open
        and case.consultant_id is not None
        and can(allowed.check_can_agree_measure, user, case),
        "can_finish": case.is_open and can(allowed.check_can_finish_measure, user, case),
    }
    return render_text(request, "consultations/request_meetings.html", context)


@member_required
def request_notes(request, pk):
    case = readable_case(request, pk)
    allowed.check_can_read_notes(request.user, case)
    form = NoteForm(posted(request))
    if form.carried_out(
        lambda data: add_note(case, text=data["text"], pk=data["new_id"], by=request.user)
    ):
        return redirect("consultations:request-notes", pk=case.pk)
    context = case_context(request, case, "request-notes") | {
        "form": form,
        "notes": case.notes.select_related("written_by"),
    }
    return render_text(request, "consultations/request_notes.html", context)


@member_required
def request_history(request, pk):
    case = visible_case(request, pk)
    if not case.facts_known:
        raise Http404
    meetings = Meeting.objects.filter(case_meeting__request=case)
    entries = Entry.objects.about(case, *meetings)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = case_context(request, case, "request-history") | {
        "page": page,
        "entries": [(entry, sentence(entry)) for entry in page],
    }
    return render_page(request, "consultations/request_history.html", context)


@member_required
def request_summary(request, pk):
    case = readable_case(request, pk)
    if not case.closed_at:
        raise Http404
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: read_summary(case, by=request.user)):
        return redirect("consultations:request-summary", pk=case.pk)
    context = case_context(request, case, "request-summary") | {
        "form": form,
        "can_confirm": case.status == Status.CLOSED
        and case.summary_read_at is None
        and can(allowed.check_can_read_summary, request.user, case),
        "read_by": case.summary_read_by if case.summary_read_at else None,
        "measures": case.measures.all(),
    }
    return render_text(request, "consultations/request_summary.html", context)


def case_context(request, case, current) -> dict:
    """What every page of the case shows: the row, and the tabs that the person may open."""
    pages = [("request-detail", _("Overview"))]
    if case.readable:
        pages.append(("request-messages", _("Messages")))
        pages.append(("request-meetings", _("Meetings and measures")))
        if can(allowed.check_can_read_notes, request.user, case):
            pages.append(("request-notes", _("Internal notes")))
        if case.closed_at:
            pages.append(("request-summary", _("Summary")))
    if case.facts_known:
        pages.append(("request-history", _("History")))
    tabs = [
        (reverse(f"consultations:{name}", args=[case.pk]), label, name == current)
        for name, label in pages
    ]
    return {"case": case, "tabs": tabs}


def _deeds(user, case) -> list[tuple[str, str, str, str]]:
    """What this person can do now: address, words, kind of button, icon."""
    found = []
    waits, is_open = case.status == Status.SUBMITTED, case.is_open
    working, nowhere = case.status == Status.IN_PROGRESS, case.municipality_id is None
    assigned = case.status == Status.ASSIGNED
    for check, name, label, icon, when in [
        (
            allowed.check_can_take_request,
            "request-take",
            _("Take the request"),
            "assignment",
            waits,
        ),
        (
            allowed.check_can_contact_request,
            "request-contact",
            _("Record first contact"),
            "call",
            assigned,
        ),
        (
            allowed.check_can_assign_request,
            "request-assign",
            _("Give it to a consultant"),
            "person_add",
            waits,
        ),
        (
            allowed.check_can_set_municipality,
            "municipality-set",
            _("Set the municipality"),
            "location_on",
            nowhere and is_open,
        ),
        (
            allowed.check_can_close_request,
            "request-close",
            _("Close with a summary"),
            "task_alt",
            working,
        ),
        (
            allowed.check_can_reassign_request,
            "request-reassign",
            _("Give it to another consultant"),
            "person",
            is_open and not waits,
        ),
        (allowed.check_can_withdraw_request, "request-withdraw", _("Withdraw"), "undo", is_open),
        (allowed.check_can_reopen_request, "request-reopen", _("Reopen"), "undo", not is_open),
    ]:
        if when and can(check, user, case):
            url = reverse(f"consultations:{name}", args=[case.pk])
            kind = "primary" if name in ("request-take", "request-contact") else "secondary"
            found.append((url, label, kind, icon))
    return found
