"""How and where people meet."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LineField
from meetings.models import Meeting, Room


class RoomField(forms.Field):
    """One of the rooms that can be taken, by its key; "" stands for any other place.

    The rooms are read once for choosing, checking and showing.
    """

    widget = forms.Select
    default_error_messages = {
        "invalid_choice": _("This room is no longer offered. Choose another."),
    }

    def offer(self, rooms: Iterable[Room]) -> None:
        self.rooms = {str(room.pk): room for room in rooms}
        named = [(key, room.choice) for key, room in self.rooms.items()]
        self.widget.choices = [("", _("Another place")), *named]

    def prepare_value(self, value: Any) -> str:
        return str(value.pk) if isinstance(value, Room) else value

    def to_python(self, value: Any) -> Room | None:
        if value in self.empty_values:
            return None
        try:
            return self.rooms[str(self.prepare_value(value))]
        except KeyError as error:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from error


class PlaceMixin(forms.Form):
    """How and where people meet; asks for what the form of the meeting needs.

    Gives `form`, `place`, `link` and `room`: with a room its words are the place.
    """

    form = forms.ChoiceField(
        label=_("How do you meet?"),
        choices=Meeting.Form,
        initial=Meeting.Form.ON_SITE,
        widget=forms.RadioSelect,
    )
    room = RoomField(
        label=_("Room"), required=False, help_text=_("A room is taken by one meeting at a time.")
    )
    place = LineField(
        label=_("Place"),
        required=False,
        help_text=_("Needed for a meeting on site that takes no room of the list."),
    )
    link = forms.URLField(
        label=_("Video link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Can be added later."),
        error_messages={"invalid": _("Enter the whole address, beginning with https://.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].offer(Room.objects.offered())
        if not self.fields["room"].rooms:
            # Who has no rooms need not read of them.
            del self.fields["room"]
            self.fields["place"].help_text = _("Needed for a meeting on site.")

    @staticmethod
    def as_in(meeting: Meeting) -> dict:
        """Return the initial data that stand for how and where a meeting is; a room that is
        offered no more becomes a place like any other.
        """
        room = meeting.room if meeting.room and meeting.room.closed_at is None else None
        place = "" if room else meeting.place
        return {"form": meeting.form, "room": room, "place": place, "link": meeting.link}

    @property
    def chosen_room(self) -> Room | None:
        """The room that stands chosen, whether or not the form was sent."""
        if "room" not in self.fields:
            return None
        try:
            return self.fields["room"].to_python(self["room"].value())
        except forms.ValidationError:
            return None

    def clean(self) -> dict:
        data = super().clean()
        data.setdefault("room", None)
        if data.get("form") != Meeting.Form.ON_SITE:
            data["room"] = None
        elif (room := data["room"]) is None:
            if not data.get("place") and not {"place", "room"} & set(self.errors):
                self.add_error("place", _("Say where you meet."))
        elif data.get("place") and "place" in self.changed_data:
            self.add_error(
                "place", _("You chose a room and entered another place. Leave one of them.")
            )
        else:
            data["place"] = room.where
        return data
