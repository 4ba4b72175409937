"""The rooms that meetings can take, kept by those who book for others."""

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from meetings.actions import add_room, change_room, close_room, reopen_room
from meetings.forms import RoomChangeForm, RoomForm
from meetings.models import Room
from people.permissions import board_required


@board_required
def room_list(request: HttpRequest) -> HttpResponse:
    rooms = Room.objects.select_related("municipality").with_coming()
    return render_page(
        request,
        "meetings/room_list.html",
        {
            "offered": [room for room in rooms if room.closed_at is None],
            "closed": [room for room in rooms if room.closed_at is not None],
        },
    )


@board_required
def room_detail(request: HttpRequest, pk) -> HttpResponse:
    room = get_object_or_404(Room.objects.select_related("municipality"), pk=pk)
    return render_page(
        request,
        "meetings/room_detail.html",
        # Whose meetings these are is nobody's business here: only that the room is taken.
        {"room": room, "taken": room.meetings.upcoming().values("starts_at", "ends_at")},
    )


@board_required
def room_add(request: HttpRequest) -> HttpResponse:
    form = RoomForm(posted(request))
    if form.carried_out(lambda data: add_room(**form.facts(data), by=request.user)):
        messages.success(request, _("The room is added."))
        return redirect("meetings:room-list")
    return render_page(request, "meetings/room_add.html", {"form": form})


@board_required
def room_change(request: HttpRequest, pk) -> HttpResponse:
    room = get_object_or_404(Room.objects.select_related("municipality"), pk=pk)
    form = RoomChangeForm(posted(request), initial=model_to_dict(room))
    if form.carried_out(lambda data: change_room(room, **data, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("meetings:room-detail", room.pk)
    return render_page(request, "meetings/room_change.html", {"form": form, "room": room})


@board_required
def room_close(request: HttpRequest, pk) -> HttpResponse:
    room = get_object_or_404(Room.objects.with_coming(), pk=pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda _data: close_room(room, by=request.user)):
        messages.success(request, _("The room is no longer offered."))
        return redirect("meetings:room-list")
    return render_page(request, "meetings/room_close.html", {"form": form, "room": room})


@board_required
def room_reopen(request: HttpRequest, pk) -> HttpResponse:
    room = get_object_or_404(Room, pk=pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda _data: reopen_room(room, by=request.user)):
        messages.success(request, _("The room is offered again."))
        return redirect("meetings:room-list")
    return render_page(request, "meetings/room_reopen.html", {"form": form, "room": room})
