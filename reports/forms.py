from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import DateField
from reports.periods import Period


class UntilForm(forms.Form):
    """The day up to which the year is counted; without one, the whole year."""

    until = DateField(
        label=gettext_lazy("Until which day"),
        help_text=gettext_lazy("The day is included. For example 01.11.2022"),
        required=False,
    )

    def __init__(self, data: Any, *, year: int) -> None:
        super().__init__(data if "until" in data else None)
        self.year = year

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until and until.year != self.year:
            raise forms.ValidationError(
                _("This day is not in the year %(year)s. Choose a day of that year.")
                % {"year": self.year}
            )
        return until

    def period(self) -> Period:
        """The asked period; the whole year while the day is missing or wrong."""
        until = self.cleaned_data.get("until") if self.is_bound and self.is_valid() else None
        return Period.of_year(self.year, until)
