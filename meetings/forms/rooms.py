from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, LineField, NarrativeField, NewObjectForm
from people.forms import MunicipalityField
from people.models import Municipality


class RoomMixin(forms.Form):
    """What people read of a room before they take it."""

    name = LineField(
        label=_("Name of the room"), max_length=80, help_text=_("For example: meeting room 2")
    )
    address = LineField(
        label=_("Address"), max_length=110, help_text=_("Street, number and town or village")
    )
    seats = forms.IntegerField(
        label=_("How many people have a seat?"),
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "tp-short", "autocomplete": "off"}
        ),
        error_messages={"invalid": _("Enter a number.")},
    )
    notes = NarrativeField(
        label=_("How does one get in?"),
        rows=3,
        required=False,
        max_length=500,
        help_text=_("Door, floor, lift, parking, whom to ask for the key."),
    )


class RoomForm(RoomMixin, NewObjectForm):
    municipality = MunicipalityField(empty_label=_("Choose a municipality"))

    field_order = ["municipality", "name", "address", "seats", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].of(Municipality.objects.on(clock.today()))

    @staticmethod
    def facts(data: dict) -> dict:
        """Pick what `meetings.actions.add_room` takes from the cleaned data."""
        names = ("municipality", "name", "address", "seats", "notes")
        return {name: data[name] for name in names} | {"pk": data["new_id"]}


class RoomChangeForm(RoomMixin, ActionForm):
    pass
