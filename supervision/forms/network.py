from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, LineField, NarrativeField, NewObjectForm
from meetings.forms import SlotMeetingForm
from people.models import User
from supervision.forms.shared import HoursField, PostMixin, VersionMixin
from supervision.models import NetworkSupervision


class ExpectedMixin(forms.Form):
    people_expected = forms.IntegerField(
        label=_("How many people do you expect?"),
        min_value=2,
        max_value=100,
        initial=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
    )


class NetworkAskForm(PostMixin, ExpectedMixin, NewObjectForm):
    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=NetworkSupervision.Purpose, widget=forms.RadioSelect
    )
    wish = NarrativeField(
        label=_("What do you wish for?"),
        help_text=_(
            "Write no names of children or families: the coordinator and the supervisor read this."
        ),
    )

    field_order = ["purpose", "people_expected", "wish"]


class NetworkAcceptForm(VersionMixin, ActionForm):
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"), queryset=User.objects.none(), empty_label=_("Choose a supervisor")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = User.objects.with_role("supervisor", clock.today())


class NetworkDeclineForm(VersionMixin, ActionForm):
    reason = NarrativeField(
        label=_("Why is it declined?"),
        rows=4,
        max_length=2000,
        help_text=_("The requester reads this. No names of children or families."),
    )


class NetworkDateForm(SlotMeetingForm):
    pass


class NetworkHoldForm(VersionMixin, ActionForm):
    hours = HoursField(
        label=_("How long did the meeting last, in hours?"), min_value=Decimal("0.25")
    )


class GuestForm(ActionForm):
    name = LineField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={"invalid": _("Enter the address like this: name@example.ee.")},
    )
    body = LineField(
        label=_("Institution"),
        required=False,
        max_length=120,
        help_text=_("For example school, police, clinic"),
    )
