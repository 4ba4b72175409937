"""Where pages save what is typed in them, and where a draft is thrown away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.templatetags.words import hour
from mentorship.actions import draft_note, draft_record
from mentorship.actions.meetings import NOTE_DRAFT, RECORD_DRAFT
from mentorship.drafts import AutosaveForm
from mentorship.forms import NoteForm, RecordForm
from mentorship.models import MentoringMeeting
from mentorship.views.meetings import meeting_of_pair
from people.drafts import NewerDraft, drop_draft, open_drafts
from people.models import Draft
from people.permissions import member_required


@member_required
def meeting_record_draft(request: HttpRequest, pk) -> HttpResponse:
    meeting = meeting_of_pair(request, pk)
    return _draft(request, meeting, RECORD_DRAFT, RecordForm, draft_record, "meeting-record")


@member_required
def note_draft(request: HttpRequest, pk) -> HttpResponse:
    meeting = meeting_of_pair(request, pk)
    return _draft(request, meeting, NOTE_DRAFT, NoteForm, draft_note, "note-keep")


def _draft(
    request: HttpRequest,
    meeting: MentoringMeeting,
    kind: str,
    form_class: type[RecordForm] | type[NoteForm],
    action: Callable[..., Draft],
    page: str,
) -> HttpResponse:
    """Save what a page sends while somebody types, and answer it in words.

    A GET gives a fresh CSRF token: a login in another tab makes the page's own worthless,
    and no script reads the cookie.
    """
    if "drop" in request.POST:
        for draft in open_drafts(request.user, kind, subject_id=meeting.pk):
            drop_draft(draft)
        messages.success(request, _("The unsaved text is thrown away."))
        return redirect(f"mentorship:{page}", pk=meeting.pk)
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("writer") != str(request.user.pk):
        # Whom the page was made for: machines are shared, and notes are private.
        said = _(
            "Somebody else has signed in on this machine. Nothing typed here is saved "
            "automatically."
        )
        return _say(said, status=403)
    if request.method != "POST":
        return _say(token=get_token(request))
    form = AutosaveForm(request.POST, names=form_class.drafted)
    try:
        kept = form.carried_out(
            lambda data: action(meeting, texts=form.texts(), tab=form.tab, by=request.user)
        )
    except NewerDraft as refusal:
        return _say(_newer(refusal.draft), status=409, **_shown(refusal.draft, form_class))
    if not kept:
        reasons = [reason for errors in form.errors.values() for reason in errors]
        return _say(" ".join([_("Not saved automatically."), *reasons]), status=422)
    draft = form.result
    said = _("Saved automatically at %(time)s.") % {"time": hour(draft.updated_at)}
    return _say(said, version=draft.version)


def _newer(draft: Draft) -> str:
    return _(
        "This text is open in another tab too, where something newer was saved at %(time)s. "
        "Nothing typed here is saved automatically."
    ) % {"time": hour(draft.updated_at)}


def _shown(draft: Draft, form_class: type[RecordForm] | type[NoteForm]) -> dict[str, Any]:
    """Return the other tab's words under their labels: nobody replaces what they cannot read."""
    texts = [
        {"label": str(form_class.base_fields[name].label), "text": text}
        for name, text in draft.content["texts"].items()
        if text and not hasattr(form_class.base_fields[name], "choices")
    ]
    return {"version": draft.version, "texts": texts}


def _say(said: str = "", *, status: int = 200, **facts: Any) -> JsonResponse:
    answer = JsonResponse({"said": said} | facts, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer
