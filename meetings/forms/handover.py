import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, DateField
from meetings.actions.handover import Kept, NeedsLook
from meetings.forms.warned import DespiteBox
from meetings.handover import Going, InHand, mark_of
from people.models import User


class HandoverChoiceForm(ActionForm):
    """From which day, and to whom; shows what would go over and changes nothing."""

    from_day = DateField(
        label=_("From which day"),
        help_text=_(
            "What is in hand goes over at once, with all its meetings to come. From this day on "
            "the person is taken off other meetings."
        ),
    )
    to = forms.TypedChoiceField(
        label=_("To whom?"),
        help_text=_("People with the same role or post today."),
        error_messages={"invalid_choice": _("Choose a person from the list.")},
    )

    def __init__(
        self,
        *args: Any,
        candidates: Sequence[User],
        work: Mapping[uuid.UUID, int] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = {str(person.pk): person for person in candidates}
        self.fields["to"].choices = [
            ("", ""),
            *((key, _with_work(person, work)) for key, person in people.items()),
        ]
        self.fields["to"].coerce = people.__getitem__

    def clean_from_day(self) -> date:
        day = self.cleaned_data["from_day"]
        if day < clock.today():
            raise forms.ValidationError(gettext("Choose today or a later day."))
        return day


def _with_work(person: User, work: Mapping[uuid.UUID, int]) -> str:
    """The name, and how much somebody has in hand already, where that is known."""
    if person.pk not in work:
        return person.name
    return gettext("%(name)s: %(n)s in hand") % {"name": person.name, "n": work[person.pk]}


class HiddenDay(forms.DateInput):
    """Carries a day as it is typed: it comes back into a field that people see."""

    input_type = "hidden"


class HandoverForm(HandoverChoiceForm):
    """Hands over what was shown; asks for what cannot go, and for times that are taken.

    Each box stands for the very meetings that were listed at it: with others it is empty again.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    despite = forms.CharField(
        label=_("I know, and hand these over all the same"),
        required=False,
        widget=forms.HiddenInput,
    )
    leave_out = forms.CharField(
        label=_("Leave these out and hand over the others"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_day"].widget = HiddenDay(format="%d.%m.%Y")
        self.fields["to"].widget = forms.HiddenInput()
        self.now = ""

    def shows(
        self, going: Sequence[Going], clashing: Sequence[Going], matters: Sequence[InHand] = ()
    ) -> None:
        """Say what stands on the page, and offer the box for the times that are taken."""
        self.now = mark_of(going, matters)
        self.fields["seen"].initial = self.now
        if clashing:
            self._offer("despite", clashing)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("seen", "") != self.now:
            self.add_error(
                None, gettext("These meetings have changed meanwhile. Look at them once more.")
            )
            self.data = self.data.copy()
            self.data["seen"] = self.now
        return data

    def carried_out(self, action: Callable[[dict], Any]) -> bool:
        return super().carried_out(lambda data: self._asked(action, data))

    def _asked(self, action: Callable[[dict], Any], data: dict) -> Any:
        try:
            return action(data)
        except NeedsLook as look:
            if look.clashing:
                self._offer("despite", look.clashing)
            if look.kept:
                self._offer("leave_out", [each.going for each in look.kept])
            for name, texts in (
                ("despite", [_taken(each, data["to"]) for each in look.clashing]),
                ("leave_out", [_why(each) for each in look.kept]),
            ):
                if texts and not self._ticked(name, data):
                    self.add_error(name, texts)
            raise

    def _offer(self, name: str, going: Sequence[Going]) -> None:
        box = DespiteBox()
        box.mark = mark_of(going)
        self.fields[name].widget = box

    def _ticked(self, name: str, data: dict) -> bool:
        return data.get(name, "") == self.fields[name].widget.mark


def _taken(going: Going, to: User) -> str:
    reason = gettext("Not free at that time: %(name)s.") % {"name": to.name}
    return f"{going.text}: {reason}"


def _why(kept: Kept) -> str:
    return f"{kept.going.text}: {kept.reason}"
