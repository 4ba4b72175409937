"""What the forms of several stories have in common."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Municipality


class HoursField(forms.DecimalField):
    """Hours with a decimal comma or point, at most twelve."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "tp-short"})
    default_error_messages = {"invalid": _("Enter the hours like this: 2 or 1,5.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_value=Decimal("12"), decimal_places=2, **kwargs)
        self.localize = False

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {}


class VersionMixin(forms.Form):
    """Carries the version of the row that the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PostMixin(forms.Form):
    """Asks for the municipality only when the person has posts in several."""

    def set_posts(self, municipalities: list[Municipality]) -> None:
        self.by_key = {str(each.pk): each for each in municipalities}
        if len(municipalities) > 1:
            choices = [(key, each.name) for key, each in self.by_key.items()]
            self.fields["municipality"] = forms.ChoiceField(
                label=_("For which municipality?"), choices=choices, widget=forms.RadioSelect
            )
            self.order_fields(["municipality"])

    def municipality(self) -> Municipality:
        if "municipality" in self.fields:
            return self.by_key[self.cleaned_data["municipality"]]
        return next(iter(self.by_key.values()))
