from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ActionForm, DateField, LineField, NarrativeField, NewObjectForm
from library.models import Competence, LearningEntry
from reports.periods import Period
from supervision.models import Season


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


class QualificationForm(ActionForm):
    """When somebody began as a child protection worker, and when they got the qualification."""

    first_appointed_on = DateField(
        label=gettext_lazy("First appointed as a child protection worker"),
        required=False,
        help_text=gettext_lazy(
            "Only if it was before the posts that stand here. For example 22.11.2025"
        ),
    )
    obtained_on = DateField(
        label=gettext_lazy("Professional qualification obtained"),
        required=False,
        help_text=gettext_lazy("Leave empty if you do not have it yet."),
    )


class LearningForm(ActionForm):
    """Something a worker learned from."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was it?"), choices=LearningEntry.Kind, widget=forms.RadioSelect
    )
    title = LineField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("No name or other data of any child or family."),
    )
    happened_on = DateField(
        label=gettext_lazy("When?"), help_text=gettext_lazy("The last day. For example 22.11.2026")
    )
    hours = forms.DecimalField(
        label=gettext_lazy("How many hours?"),
        min_value=Decimal("0.25"),
        max_value=200,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "tp-short"}),
        help_text=gettext_lazy("In quarters: 1,5 or 0,25"),
        error_messages={"invalid": gettext_lazy("Enter a number, for example 1,5.")},
    )
    competences = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Which competences did it concern?"),
        queryset=Competence.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = NarrativeField(
        label=gettext_lazy("What did you take with you?"),
        required=False,
        rows=4,
        max_length=5000,
        help_text=gettext_lazy("Only you read it."),
    )

    def clean_hours(self) -> Decimal:
        hours = self.cleaned_data["hours"]
        if hours * 4 % 1:
            raise forms.ValidationError(_("Count in quarters of an hour: 0,25, 0,5, 0,75."))
        return hours

    @staticmethod
    def shown(entry: LearningEntry) -> dict[str, Any]:
        names = ("kind", "title", "happened_on", "hours", "words")
        return {name: getattr(entry, name) for name in names} | {
            "competences": entry.competences.all()
        }

    @staticmethod
    def entry(data: dict) -> dict[str, Any]:
        """Pick what the actions take from the cleaned data."""
        names = ("kind", "title", "happened_on", "hours", "words", "competences")
        return {name: data[name] for name in names}


class NewLearningForm(LearningForm, NewObjectForm):
    """A new entry."""


class ButtonForm(ActionForm):
    """A button alone."""


class CertificateForm(ActionForm):
    """Of which season a certificate is wanted."""

    season = forms.ModelChoiceField(
        label=gettext_lazy("Of which season?"),
        queryset=Season.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, seasons: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["season"].queryset = seasons
        self.fields["season"].label_from_instance = lambda season: season.title
        if first := seasons.first():
            self.fields["season"].initial = first.pk
