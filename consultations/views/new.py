"""The way in: steps with a saved draft, and the page after sending."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from consultations.models import ConsultationRequest
from consultations.steps import CASE, ENTRY, REQUEST, STEPS, DangerForm, Submission
from people.drafts import drop_draft, open_drafts, save_draft
from people.models import Draft
from people.permissions import consultant_required, member_required, municipal_required


@municipal_required
def request_new(request):
    return _begin(request, REQUEST)


@consultant_required
def request_enter(request):
    return _begin(request, ENTRY)


@consultant_required
def case_open(request):
    return _begin(request, CASE)


@member_required
def request_step(request, pk, step):
    submission = _submission(request, pk)
    if submission is None:
        return _after_sending(request, pk)
    if step == "acted":
        return _acted(request, submission)
    wanted = submission.step(step)
    if wanted is None:
        raise Http404
    if submission.must_act and step != "danger":
        return redirect(_url(submission, "acted"))
    next_one = submission.first_open()
    if submission.steps.index(wanted) > submission.steps.index(next_one):
        return redirect(_url(submission, next_one.key))
    if wanted.form is None:
        return _check(request, submission)
    form = submission.form(wanted, posted(request))
    if form.carried_out(lambda data: _keep(submission, wanted, data)):
        return _go_on(submission)
    return _render_step(request, submission, wanted, form)


@member_required
def draft_delete(request, pk):
    submission = _submission(request, pk)
    if submission is None:
        return _after_sending(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: drop_draft(submission.draft)):
        messages.success(request, _("The draft has been deleted."))
        return redirect("consultations:overview")
    context = {"form": form, "cancel": _url(submission, submission.first_open().key)}
    return render_page(request, "consultations/draft_delete.html", context)


@member_required
def request_sent(request, pk):
    case = get_object_or_404(
        ConsultationRequest.objects.visible_to(request.user).for_lists(), pk=pk
    )
    return render_page(request, "consultations/request_sent.html", {"case": case})


def _begin(request, kind):
    """Show the first step; sending it makes the draft.

    Older drafts are offered, never gone on with silently: this may be another
    child, and whether this one is in danger is asked first of all.
    """
    submission = Submission(request.user, kind)
    form = DangerForm(posted(request))
    if form.carried_out(lambda data: _first_answer(submission, data)):
        return _go_on(submission)
    drafts = open_drafts(request.user, kind)
    return _render_step(request, submission, STEPS["danger"], form, drafts=drafts)


def _first_answer(submission, data):
    # The form's own key: sending it twice finds the draft that the first one made.
    whose = {"owner": submission.owner, "kind": submission.kind}
    key = data["new_id"]
    if ConsultationRequest.objects.filter(pk=key).exists():
        # An old page of a request that was sent long ago begins another one.
        key = uuid.uuid4()
    draft, _made = Draft.objects.get_or_create(id=key, defaults=whose)
    if draft.owner_id != submission.owner.pk:
        raise Http404
    if draft.kind != submission.kind:
        draft = Draft.objects.create(**whose)
    submission.draft = draft
    _keep(submission, STEPS["danger"], data)


def _keep(submission, step, data):
    answers = {name: value for name, value in data.items() if name != "new_id"}
    if step.key == "danger" and data["danger"] == "no":
        answers["danger_acted_at"] = None
    submission.keep(step, answers)


def _go_on(submission):
    key = "acted" if submission.must_act else submission.first_open().key
    return redirect(_url(submission, key))


def _acted(request, submission):
    """112 and 116 111, large; only having acted leads on."""
    if submission.answers.get("danger") != "yes":
        return _go_on(submission)
    form = ActionForm(posted(request))
    moment = {"danger_acted_at": clock.now().isoformat()}
    if form.carried_out(
        lambda data: save_draft(submission.owner, submission.kind, moment, draft=submission.draft)
    ):
        return _go_on(submission)
    context = {"form": form, "back": _url(submission, "danger")}
    return render_page(request, "consultations/request_acted.html", context)


def _check(request, submission):
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: submission.send()):
        return redirect("consultations:request-sent", pk=form.result.pk)
    context = {
        "form": form,
        "parts": [(step, rows, _url(submission, step.key)) for step, rows in submission.shown()],
        "kind": submission.kind,
        "draft": submission.draft,
        "municipality": submission.municipality,
        "back": _url(submission, submission.before(STEPS["check"]).key),
    }
    return render_page(request, "consultations/request_check.html", context)


def _render_step(request, submission, step, form, drafts=()):
    done = submission.answers.get("done", [])
    items = [
        {
            "label": each.label,
            "detail": "",
            "state": "current" if each is step else "done" if each.key in done else "ahead",
            "url": _url(submission, each.key) if submission.draft and each.key in done else "",
        }
        for each in submission.steps
    ]
    before = submission.before(step)
    back = _url(submission, before.key) if before else reverse("consultations:overview")
    context = {
        "form": form,
        "step": step,
        "items": items,
        "back": back,
        "draft": submission.draft,
        "drafts": drafts,
        "kind": submission.kind,
        "has_text": step.key in ("topic", "question"),
        "nobody": step.key == "who" and not submission.staff,
    }
    return render_page(request, "consultations/request_step.html", context)


def _submission(request, pk):
    """The person's own draft, or None when there is none (any more)."""
    draft = Draft.objects.filter(pk=pk, owner=request.user, kind__in=[REQUEST, ENTRY, CASE]).first()
    return Submission(request.user, draft.kind, draft) if draft else None


def _after_sending(request, pk):
    """A page of a draft that has been sent leads to what came of it."""
    mine = ConsultationRequest.objects.visible_to(request.user).filter(submitted_by=request.user)
    case = get_object_or_404(mine, pk=pk)
    return redirect("consultations:request-sent", pk=case.pk)


def _url(submission, key):
    return reverse("consultations:request-step", args=[submission.draft.pk, key])
