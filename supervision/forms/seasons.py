from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, DateField, NewObjectForm
from supervision.forms.shared import VersionMixin
from supervision.models import Audience, Season


class WindowMixin(forms.Form):
    registration_opens_on = DateField(label=_("Registration opens on"))
    registration_closes_on = DateField(
        label=_("Registration closes on"),
        help_text=_("Later one can still join in mid-year."),
    )

    def clean(self) -> dict:
        data = super().clean()
        opens, closes = data.get("registration_opens_on"), data.get("registration_closes_on")
        if opens and closes and closes < opens:
            self.add_error("registration_closes_on", _("The end cannot be before the start."))
        elif closes and closes < clock.today() and "registration_closes_on" in self.changed_data:
            self.add_error(
                "registration_closes_on",
                _("This date is in the past. Choose today or a later day."),
            )
        return data


class SeasonForm(WindowMixin, NewObjectForm):
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2020,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
    )
    audience = forms.ChoiceField(
        label=_("For whom?"), choices=Audience, widget=forms.RadioSelect, initial=Audience.WORKERS
    )

    field_order = ["year", "audience", "registration_opens_on", "registration_closes_on"]


class SeasonChangeForm(WindowMixin, VersionMixin, ActionForm):
    @classmethod
    def for_season(cls, data: Any, season: Season) -> "SeasonChangeForm":
        names = ("registration_opens_on", "registration_closes_on", "version")
        return cls(data, initial={name: getattr(season, name) for name in names})
