from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, DateField, NewObjectForm
from supervision.forms.groups import ChooseGroupForm


class OfferForm(ChooseGroupForm, NewObjectForm):
    deadline = DateField(
        label=_("Answer by"), help_text=_("The place is held until the end of this day.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["group", "deadline"])

    def clean_deadline(self) -> date:
        day = self.cleaned_data["deadline"]
        if day < clock.today():
            raise forms.ValidationError(_("This date is in the past. Choose today or a later day."))
        return day

    def deadline_at(self) -> datetime:
        return clock.end_of(self.cleaned_data["deadline"])


class AnswerForm(ActionForm):
    """Two buttons answer an offer; without one of them nothing happens."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("Accept the place")), ("decline", _("Decline the place"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose whether you accept or decline the place.")},
    )
