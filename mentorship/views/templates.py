"""The templates of plans, for the coordinator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from library.models import Topic
from mentorship.actions import add_template, change_template, withdraw_template
from mentorship.contents import Contents
from mentorship.forms import DeedForm, TemplateAddForm, TemplateForm, typed_as
from mentorship.models import PlanTemplate, TemplateVersion
from mentorship.permissions import check_can_keep_templates
from people.permissions import coordinator_required


def _form(
    request: HttpRequest, kind: type[TemplateForm], shown: TemplateVersion | None = None
) -> TemplateForm:
    initial = {}
    if shown:
        initial = typed_as(Contents.from_json(shown.content)) | {
            "name_et": shown.template.name_et,
            "name_en": shown.template.name_en,
            "months": shown.months,
            "version": shown.number,
        }
    topics = Topic.objects.select_related("block")
    return kind(posted(request), initial=initial, topics=topics)


def _page(request: HttpRequest, form: TemplateForm, template: PlanTemplate | None) -> HttpResponse:
    context = {"form": form, "template": template, "rows": form.rows()}
    return render_page(request, "mentorship/template_write.html", context)


def _text(form: TemplateForm, data: dict) -> dict:
    facts = {name: data[name] for name in ("name_et", "name_en", "months")}
    return facts | {"contents": form.contents()}


@coordinator_required
def templates(request: HttpRequest) -> HttpResponse:
    check_can_keep_templates(request.user)
    rows = TemplateVersion.objects.newest_offered()
    return render_page(request, "mentorship/templates.html", {"rows": rows})


@coordinator_required
def template_add(request: HttpRequest) -> HttpResponse:
    check_can_keep_templates(request.user)
    form = _form(request, TemplateAddForm)
    if form.carried_out(
        lambda data: add_template(**_text(form, data), pk=data["new_id"], by=request.user)
    ):
        messages.success(request, _("The template is added. Plans may begin from it."))
        return redirect("mentorship:templates")
    return _page(request, form, None)


@coordinator_required
def template_change(request: HttpRequest, pk) -> HttpResponse:
    check_can_keep_templates(request.user)
    template = get_object_or_404(PlanTemplate.objects.offered(), pk=pk)
    form = _form(request, TemplateForm, template.versions.select_related("template").first())
    if form.carried_out(
        lambda data: change_template(
            template, **_text(form, data), version=data["version"], by=request.user
        )
    ):
        messages.success(
            request, _("The template is changed. Running plans begun from it are offered it.")
        )
        return redirect("mentorship:templates")
    return _page(request, form, template)


@coordinator_required
def template_withdraw(request: HttpRequest, pk) -> HttpResponse:
    check_can_keep_templates(request.user)
    template = get_object_or_404(PlanTemplate.objects.offered(), pk=pk)
    form = DeedForm(posted(request))
    if form.carried_out(lambda data: withdraw_template(template, by=request.user)):
        messages.success(request, _("The template is withdrawn. Plans begun from it stay."))
        return redirect("mentorship:templates")
    context = {"form": form, "template": template}
    return render_page(request, "mentorship/template_withdraw.html", context)
