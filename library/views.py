from datetime import date

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.addresses import next_address
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from library.actions import (
    add_material,
    change_material,
    mark_material,
    mark_of_material,
    withdraw_material,
)
from library.files import CONTENT_TYPES
from library.forms import FilterForm, LibraryForm, MarkForm, MaterialForm
from library.models import Block, Material, Topic
from library.permissions import check_can_keep_materials
from people.permissions import board_required


PAGE = 30
SEEN = "library-seen"
"""A cookie with the days of the last visit and of the one before it: no read writes a row."""


def overview(request):
    """Blocks and their topics, with the number of materials that the filters leave; what was
    searched for; what is new since the last visit.
    """
    form, since = LibraryForm(request.GET or None), _last_visit(request)
    visible = Material.objects.visible_to(request.user).with_marks_of(request.user)
    wanted = form.wanted()
    found = new = None
    if form.words:
        rows = visible.containing(form.words).filter(**wanted).select_related("topic")
        found = _page(request, rows.order_by("-useful_count", "title"))
    elif since:
        new = visible.filter(added_at__gte=clock.tallinn(since)).select_related("topic")[:10]
    left = Q(materials__withdrawn_at__isnull=True) & Q(
        **{f"materials__{name}": value for name, value in wanted.items()}
    )
    topics = Topic.objects.annotate(count=Count("materials", filter=left))
    context = {
        "form": form,
        "found": found,
        "new": new,
        "blocks": Block.objects.prefetch_related(Prefetch("topics", topics)),
        "query": urlencode(wanted),
        "can_keep": can(check_can_keep_materials, request.user),
    }
    response = render_page(request, "library/overview.html", context)
    today = clock.today().isoformat()
    if request.COOKIES.get(SEEN, "").partition("/")[0] != today:
        before = request.COOKIES.get(SEEN, "").partition("/")[0] or today
        response.set_cookie(
            SEEN,
            f"{today}/{before}",
            max_age=365 * 86400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def _last_visit(request) -> date | None:
    """Return the day of the visit before today's, by the browser's own cookie."""
    newest, _slash, before = request.COOKIES.get(SEEN, "").partition("/")
    try:
        day = date.fromisoformat(before if newest == clock.today().isoformat() else newest)
    except ValueError:
        return None
    return day if day <= clock.today() else None


def shelf(request):
    """What the person has put aside; a withdrawn material is named, and no more."""
    own = Material.objects.on_shelf_of(request.user).with_marks_of(request.user)
    page = _page(request, own.select_related("topic").order_by("title"))
    return render_page(request, "library/shelf.html", {"page": page})


@board_required
def broken_links(request):
    """Materials whose link does not answer, for those who keep them."""
    rows = Material.objects.visible_to(request.user).with_broken_link()
    rows = rows.with_marks_of(request.user).select_related("topic")
    page = _page(request, rows.order_by("link_failing_since"))
    return render_page(request, "library/broken_links.html", {"page": page})


@require_POST
def material_mark(request, pk):
    """The button of a material: useful, or on the shelf; and back."""
    material = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)
    form = MarkForm(request.POST)
    if form.carried_out(lambda data: mark_material(material, **data, by=request.user)):
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("This material cannot be marked."))
    return redirect(
        next_address(request, reverse("library:topic-detail", args=[material.topic_id]))
    )


def topic_detail(request, key):
    """A topic: its competences and its materials."""
    topic = get_object_or_404(
        Topic.objects.select_related("block").prefetch_related("competences"), pk=key
    )
    form = FilterForm(request.GET or None)
    materials = Material.objects.visible_to(request.user).filter(topic=topic, **form.wanted())
    materials = materials.with_marks_of(request.user)
    page = _page(request, materials.order_by("title"))
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
    names = ("title", "description", "kind", "language", "link")
    shown = {name: getattr(material, name) for name in names}
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


def _page(request, rows) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
