"""Forms as this product uses them: one form, one action, one clear sentence."""

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from common import clock
from common.refusal import Refused


LINE = 200
"""Longest single line that a person may type."""
TEXT = 10_000
"""Longest narrative that a person may type."""


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


# What stands between the numbers when a phone's number pad has no full stop.
_BETWEEN = re.compile(r"[\s.,/]+")


def _with_points(value: Any, pattern: str) -> Any:
    """Put full stops between the parts of a typed date or time: "22,11,26" and "221126"."""
    if not isinstance(value, str):
        return value
    typed = _BETWEEN.sub(".", value.strip()).strip(".")
    digits = re.fullmatch(pattern, typed)
    return ".".join(digits.groups()) if digits else typed


class DateField(forms.DateField):
    """A day in one text box: 22.11.2026, 22.11.26, 22,11,2026, 22112026 or 2026-11-22."""

    widget = forms.DateInput(
        format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}
    )
    default_error_messages = {"invalid": _("Enter the date like this: 22.11.2026.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(_with_points(value, r"(\d\d)(\d\d)(\d{4}|\d\d)"))
        # A slip like 22.11.0202 is no date of ours, and the last days of the
        # calendar leave no room to count on.
        if day and not 1900 <= day.year < 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class TimeField(forms.TimeField):
    """A time of day in one text box: 10.00, 10:00, 10,00, 1000 or 10."""

    widget = forms.TimeInput(format="%H.%M", attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Enter the time like this: 10.00.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H.%M", "%H:%M", "%H"], **kwargs)

    def to_python(self, value: Any) -> time | None:
        return super().to_python(_with_points(value, r"(\d?\d)(\d\d)"))


class LineField(forms.CharField):
    """One line of text, at most 200 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": LINE} | kwargs))
        # The limit is said in a sentence; a silently cut text would be lost.
        self.widget.attrs.pop("maxlength", None)


class NarrativeField(forms.CharField):
    """Several lines of text, at most 10,000 characters."""

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(**({"max_length": TEXT, "widget": widget} | kwargs))
        self.widget.attrs.pop("maxlength", None)


class ActionForm(forms.Form):
    """A form that ends in one action.

    In a view::

        form = TakeForm(request.POST or None)
        if form.carried_out(lambda data: take_request(case, by=request.user)):
            return redirect(case)
        return render_page(request, …, {"form": form})

    Whatever the action refuses appears as an error at the field it names, with
    everything the person typed kept.
    """

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        # `request.POST or None` would take a form of buttons alone for unsent.
        super().__init__(data, *args, **kwargs)
        self.result: Any = None

    def carried_out(self, action: Callable[[dict], Any]) -> bool:
        """Run `action(cleaned_data)` if the form was sent and is valid; say whether it was done.

        What the action returned is in `self.result`.
        """
        if not (self.is_bound and self.is_valid()):
            return False
        try:
            self.result = action(self.cleaned_data)
        except Refused as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, refusal.reason)
            return False
        return True


class NewObjectForm(ActionForm):
    """A form that makes a new row; a double submit finds the row it made before.

    The row's key is drawn when the form is first shown and travels with it. The
    action gets it as `pk` and returns the existing row when it is already there.
    """

    new_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_id"].initial = uuid.uuid4

    def clean_new_id(self) -> uuid.UUID:
        return self.cleaned_data["new_id"] or uuid.uuid4()


def posted(request: Any) -> Any:
    """Return the sent data of a POST, or None: the argument every form starts from."""
    return request.POST if request.method == "POST" else None


class WhenMixin(forms.Form):
    """Day, beginning and end of something that is to come; gives `starts_at`, `ends_at`.

    Past moments and an end before the start are refused at their fields. Times
    are Tallinn wall-clock times; the results are aware moments.
    """

    day = DateField(label=_("Date"), help_text=_("For example 22.11.2026"))
    begins = TimeField(label=_("Begins at"), help_text=_("For example 10.00"))
    ends = TimeField(label=_("Ends at"))

    allow_past = False

    def clean(self) -> dict:
        data = super().clean()
        day: date | None = data.get("day")
        begins: time | None = data.get("begins")
        ends: time | None = data.get("ends")
        if day and not self.allow_past and day < clock.today():
            self.add_error("day", _("This date is in the past. Choose today or a later day."))
            return data
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end must be later than the beginning."))
            return data
        if day and begins and ends:
            data["starts_at"] = self._moment("begins", day, begins)
            data["ends_at"] = self._moment("ends", day, ends)
            starts_at = data["starts_at"]
            if starts_at and not self.allow_past and starts_at <= clock.now():
                self.add_error("begins", _("This time is in the past. Choose a later time."))
        return data

    def _moment(self, field: str, day: date, at: time) -> datetime | None:
        try:
            return clock.tallinn(day, at)
        except ValueError:
            self.add_error(
                field, _("This time does not exist: the clock is turned forward that night.")
            )
            return None
