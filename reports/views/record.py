"""The worker's own record: for themselves alone."""

import base64

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from library.actions import add_learning, change_learning, remove_learning
from library.models import LearningEntry
from people.actions import set_qualification
from people.models import Qualification
from people.permissions import record_required
from reports.actions import ask_record_file
from reports.forms import ButtonForm, LearningForm, NewLearningForm, QualificationForm
from reports.models import RecordFile
from reports.record import as_json, record_of


@record_required
def record(request: HttpRequest) -> HttpResponse:
    return render_page(request, "reports/record.html", {"record": record_of(request.user)})


@record_required
def record_json(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(
        as_json(record_of(request.user)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="record.json"'
    add_never_cache_headers(response)
    return response


@record_required
def record_pdf(request: HttpRequest) -> HttpResponse:
    """The file that was made last; the page says how to have one made."""
    made = RecordFile.objects.visible_to(request.user).filter(made_at__isnull=False).first()
    if made is None:
        messages.info(request, _("There is no file yet. Have it made, and come back in a moment."))
        return redirect("reports:record-file-ask")
    response = HttpResponse(base64.b64decode(made.content), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="record.pdf"'
    add_never_cache_headers(response)
    return response


@record_required
def record_file_ask(request: HttpRequest) -> HttpResponse:
    """Have the file made, and fetch it when it is there."""
    form = ButtonForm(posted(request))
    if form.carried_out(lambda data: ask_record_file(by=request.user)):
        messages.success(request, _("The file is being made. Open this page again in a moment."))
        return redirect("reports:record-file-ask")
    file = RecordFile.objects.visible_to(request.user).defer("content").first()
    return render_page(request, "reports/record_file_ask.html", {"file": file})


@record_required
def who_sees(request: HttpRequest) -> HttpResponse:
    """Who can see what of the record."""
    return render_page(request, "reports/who_sees.html", {})


@record_required
def qualification_set(request: HttpRequest) -> HttpResponse:
    own = Qualification.objects.filter(user=request.user).first()
    names = ("first_appointed_on", "obtained_on")
    form = QualificationForm(
        posted(request), initial={name: getattr(own, name) for name in names} if own else None
    )
    if form.carried_out(lambda data: set_qualification(**data, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("reports:record")
    return render_page(request, "reports/qualification_set.html", {"form": form})


@record_required
def learning_add(request: HttpRequest) -> HttpResponse:
    form = NewLearningForm(posted(request))
    if form.carried_out(
        lambda data: add_learning(**form.entry(data), pk=data["new_id"], by=request.user)
    ):
        messages.success(request, _("It stands in your record now."))
        return redirect("reports:record")
    return render_page(request, "reports/learning_write.html", {"form": form})


@record_required
def learning_change(request: HttpRequest, pk) -> HttpResponse:
    entry = get_object_or_404(LearningEntry.objects.visible_to(request.user), pk=pk)
    form = LearningForm(posted(request), initial=LearningForm.shown(entry))
    if form.carried_out(lambda data: change_learning(entry, **form.entry(data), by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("reports:record")
    return render_page(request, "reports/learning_write.html", {"form": form, "entry": entry})


@record_required
def learning_remove(request: HttpRequest, pk) -> HttpResponse:
    entry = get_object_or_404(LearningEntry.objects.visible_to(request.user), pk=pk)
    form = ButtonForm(posted(request))
    if form.carried_out(lambda data: remove_learning(entry, by=request.user)):
        messages.success(request, _("It is removed from your record."))
        return redirect("reports:record")
    return render_page(request, "reports/learning_remove.html", {"form": form, "entry": entry})
