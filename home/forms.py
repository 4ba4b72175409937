from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from home.consultants import find_municipality, today_s
from people.models import Municipality


class MunicipalityForm(forms.Form):
    """Finds a municipality: chosen from the list, or typed into the address by hand."""

    municipality = forms.CharField(
        label=gettext_lazy("Your municipality"), max_length=100, required=False
    )

    def __init__(self, data: Any, *, known: list[Municipality], day: date) -> None:
        super().__init__(data if data and data.get("municipality") else None)
        self.known, self.day = known, day
        self.found: Municipality | None = None
        names = [(place.name, self._label(place)) for place in known]
        self.fields["municipality"].widget = forms.Select(
            choices=[("", _("Choose a municipality")), *names]
        )

    def clean_municipality(self) -> str:
        typed = self.cleaned_data["municipality"]
        found = find_municipality(typed, self.known)
        if len(found) == 1:
            self.found = found[0]
            return found[0].name
        if found:
            raise forms.ValidationError(
                _("Several municipalities have that name: %(names)s. Choose one from the list.")
                % {"names": ", ".join(place.name for place in found)}
            )
        raise forms.ValidationError(
            _("We know no municipality by the name “%(typed)s”. Choose one from the list.")
            % {"typed": typed}
        )

    def _label(self, place: Municipality) -> str:
        now = today_s(place, self.day)
        if now == place:
            return place.name
        return _("%(name)s (now %(successor)s)") % {"name": place.name, "successor": now.name}
