from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, DateField, NewObjectForm, TimeField
from meetings.models import OpeningHours
from meetings.models.availability import (
    HOURS_NOTICE,
    MEETING_MINUTES,
    MINUTES_APART,
    MINUTES_TRAVEL,
)


class RangeMixin(forms.Form):
    """From when to when on a day; the end is later."""

    begins = TimeField(label=_("Begins at"), help_text=_("For example 9.00"))
    ends = TimeField(label=_("Ends at"))

    def clean(self) -> dict:
        data = super().clean()
        begins, ends = data.get("begins"), data.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", gettext("The end must be later than the beginning."))
        return data


class HoursForm(RangeMixin, NewObjectForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which weekdays?"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one weekday."),
            "invalid_choice": _("Choose the weekdays from the list."),
        },
    )
    starts_on = DateField(label=_("From which day"), help_text=_("For example 22.11.2026"))
    ends_on = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave empty when they hold until further notice."),
    )

    field_order = ["weekdays", "begins", "ends", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = clock.today


class HoursEndForm(ActionForm):
    """The last day of some hours; none is asked of hours that only begin today or later."""

    ends_on = DateField(
        label=_("Last day"),
        help_text=_("On this day it still holds; from the next day on no more."),
    )

    def __init__(self, *args: Any, hours: OpeningHours, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = clock.today
        if hours.starts_on >= clock.today():
            del self.fields["ends_on"]


class ExceptionForm(RangeMixin, NewObjectForm):
    """One day with other hours, or closed."""

    CLOSED, OPEN = "closed", "open"

    day = DateField(label=_("Date"), help_text=_("For example 22.11.2026"))
    what = forms.ChoiceField(
        label=_("What is different on this day?"),
        choices=[
            (CLOSED, _("I meet nobody")),
            (OPEN, _("I can be met at other hours")),
        ],
        widget=forms.RadioSelect,
    )

    field_order = ["day", "what", "begins", "ends"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("begins", "ends"):
            self.fields[name].required = False
        self.fields["begins"].help_text = _("Only when you can be met at other hours.")

    def clean(self) -> dict:
        data = super().clean()
        if data.get("what") == self.OPEN:
            for name in ("begins", "ends"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Enter the time like this: 10.00."))
        elif data.get("begins") or data.get("ends"):
            self.add_error(
                "what", gettext("You entered hours. Choose “other hours” or leave them empty.")
            )
        return data


class NumberField(forms.IntegerField):
    """A whole number in one short text box; one sentence for whatever else is typed."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )
        self.low, self.high = low, high

    def clean(self, value: Any) -> int | None:
        try:
            number = super().clean(value)
        except forms.ValidationError:
            number = self.low - 1
        if number is not None and not self.low <= number <= self.high:
            raise forms.ValidationError(
                gettext("Enter a whole number from %(low)s to %(high)s.")
                % {"low": self.low, "high": self.high}
            )
        return number


class RulesForm(ActionForm):
    """How far apart meetings are, how many a day, how long as a rule."""

    meeting_minutes = NumberField(
        label=_("How long does a meeting last as a rule, in minutes?"),
        low=MEETING_MINUTES[0],
        high=MEETING_MINUTES[1],
    )
    minutes_before = NumberField(
        label=_("Free minutes before a meeting"), low=0, high=MINUTES_APART
    )
    minutes_after = NumberField(label=_("Free minutes after a meeting"), low=0, high=MINUTES_APART)
    travel_minutes = NumberField(
        label=_("Minutes of travel between meetings in different places"),
        low=0,
        high=MINUTES_TRAVEL,
    )
    notice_hours = NumberField(
        label=_("How many hours ahead must a meeting be booked at the latest?"),
        low=0,
        high=HOURS_NOTICE,
    )
    most_a_day = NumberField(
        label=_("How many meetings a day at most?"),
        low=1,
        high=20,
        required=False,
        help_text=_("Leave empty when any number is fine."),
    )
