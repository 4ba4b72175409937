from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from library.actions import add_material, change_material, mark_of_material, withdraw_material
from library.files import CONTENT_TYPES
from library.forms import FilterForm, MaterialForm
from library.models import Block, Material, Topic
from library.permissions import check_can_keep_materials
from people.permissions import board_required


PAGE = 30


def overview(request):
    """Blocks and their topics, with the number of materials that the filters leave."""
    form = FilterForm(request.GET or None)
    wanted = form.wanted()
    left = Q(materials__withdrawn_at__isnull=True) & Q(
        **{f"materials__{name}": value for name, value in wanted.items()}
    )
    topics = Topic.objects.annotate(count=Count("materials", filter=left))
    blocks = Block.objects.prefetch_related(Prefetch("topics", topics))
    return render_page(
        request,
        "library/overview.html",
        {"form": form, "blocks": blocks, "query": request.GET.urlencode() if wanted else ""},
    )


def topic_detail(request, key):
    """A topic: its competences and its materials."""
    topic = get_object_or_404(
        Topic.objects.select_related("block").prefetch_related("competences"), pk=key
    )
    form = FilterForm(request.GET or None)
    materials = Material.objects.visible_to(request.user).filter(topic=topic, **form.wanted())
    page = Paginator(materials.order_by("title"), PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "library/topic_detail.html",
        {
            "topic": topic,
            "form": form,
            "page": page,
            "can_keep": can(check_can_keep_materials, request.user),
        },
    )


def material_file(request, pk):
    """A material's file, always as a download and never shown inside our own pages."""
    material = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)
    if not material.file:
        raise Http404
    kind = material.file.name.rpartition(".")[2]
    try:
        content = material.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=material.file_name,
        content_type=CONTENT_TYPES.get(kind, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private"
    return response


@board_required
def material_add(request, key):
    topic = get_object_or_404(Topic, pk=key)
    form = MaterialForm(posted(request), files=request.FILES or None)

    def add(data: dict) -> Material:
        pk = data.pop("new_id")
        data.pop("seen")
        return add_material(topic, **data, pk=pk, by=request.user)

    if form.carried_out(add):
        messages.success(request, _("The material was added."))
        return redirect("library:topic-detail", topic.pk)
    return render_page(request, "library/material_add.html", {"form": form, "topic": topic})


@board_required
def material_change(request, pk):
    material = _material(request, pk)
    shown = {name: getattr(material, name) for name in ("title", "kind", "language", "link")}
    form = MaterialForm(
        posted(request),
        files=request.FILES or None,
        keeps=bool(material.file),
        initial=shown | {"seen": mark_of_material(material)},
    )

    def change(data: dict) -> Material:
        data.pop("new_id")
        return change_material(material, **data, by=request.user)

    if form.carried_out(change):
        messages.success(request, _("The material was changed."))
        return redirect("library:topic-detail", material.topic_id)
    return render_page(
        request, "library/material_change.html", {"form": form, "material": material}
    )


@board_required
def material_withdraw(request, pk):
    material = _material(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: withdraw_material(material, by=request.user)):
        messages.success(request, _("The material was withdrawn."))
        return redirect("library:topic-detail", material.topic_id)
    return render_page(
        request, "library/material_withdraw.html", {"form": form, "material": material}
    )


def _material(request, pk) -> Material:
    return get_object_or_404(
        Material.objects.visible_to(request.user).select_related("topic"), pk=pk
    )
