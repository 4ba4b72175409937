import uuid
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ActionForm
from meetings.warnings import Warned, warnings_for
from people.models import User


class DespiteBox(forms.CheckboxInput):
    """A box that stands for the very warnings beside it: with others it is empty again."""

    mark = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return data.get(name, "")

    def format_value(self, value: Any) -> str:
        return self.mark

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        self.check_test = lambda sent: sent == self.mark
        return super().get_context(name, value, attrs)


class WarnedMixin(forms.Form):
    """Says what speaks against a time before it is taken; a tick takes it all the same.

    Gives `free`: the people who must have nothing else at that time when it is written
    (see `meetings.actions.book_meeting`); nobody, when a clash was seen and taken.
    """

    despite = forms.CharField(
        label=_("I know, and want this time all the same"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[User] = (),
        reader: User | None = None,
        but: uuid.UUID | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.reader, self.but = list(dict.fromkeys(people)), reader, but

    def party(self, data: dict) -> list[User]:
        """Return who is to come, as far as they have an account."""
        return list(self.people)

    @property
    def own_key(self) -> uuid.UUID | None:
        """The meeting that is in nobody's way: the one to be moved, or the very one that a
        first click has made a moment ago.
        """
        return self.but or getattr(self, "cleaned_data", {}).get("new_id")

    def clean(self) -> dict:
        data = super().clean()
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at is None or ends_at is None:
            return data
        party = self.party(data)
        found = warnings_for(party, starts_at, ends_at, reader=self.reader, but=self.own_key)
        data["free"] = party
        if found:
            self._ask(found, seen=data.get("despite", ""))
            if any(each.clash for each in found):
                data["free"] = []
        return data

    def _ask(self, found: list[Warned], *, seen: str) -> None:
        texts = [each.text for each in found]
        box = DespiteBox()
        box.mark = sha256("\n".join(texts).encode()).hexdigest()[:16]
        self.fields["despite"].widget = box
        if seen != box.mark:
            self.add_error("despite", texts)


class WarnedDeedForm(WarnedMixin, ActionForm):
    """A deed at a time that is known: warns of it as of one that is entered."""

    def __init__(self, *args: Any, times: tuple[datetime, datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = times

    def clean(self) -> dict:
        self.cleaned_data["starts_at"], self.cleaned_data["ends_at"] = self.times
        return super().clean()
