"""Forms whose words are kept on the server while somebody types them: see `people.drafts`."""

import uuid
from typing import Any

from django import forms

from common.forms import ActionForm, NarrativeField
from mentorship.versions import TextForm
from people.drafts import Tab
from people.models import Draft


KEPT = 100_000
"""Longest text that is kept while it is typed: more than may be saved, so that it can be cut."""
MOST = 1_000_000_000


def _hidden() -> forms.HiddenInput:
    # A reloaded page is another tab; a browser must not fill in what stood there before.
    return forms.HiddenInput(attrs={"autocomplete": "off"})


class TabMixin(forms.Form):
    """The page that somebody types in: which one, and what it has seen. Gives `tab`."""

    tab_key = forms.UUIDField(widget=_hidden(), required=False)
    tab_version = forms.IntegerField(
        widget=_hidden(), required=False, min_value=0, max_value=MOST, initial=0
    )
    tab_turn = forms.IntegerField(
        widget=_hidden(), required=False, min_value=0, max_value=MOST, initial=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tab_key"].initial = uuid.uuid4

    @property
    def tab(self) -> Tab:
        data = self.cleaned_data
        return Tab(
            key=str(data["tab_key"] or ""),
            version=data["tab_version"] or 0,
            turn=data["tab_turn"] or 0,
            row=data["version"] or 0,
        )


class AutosaveForm(TabMixin, ActionForm):
    """What a page sends while somebody types: the texts as they are, finished or not."""

    version = forms.IntegerField(required=False, min_value=0, max_value=MOST)

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tab_key"].required = True
        self.names = names
        for name in names:
            self.fields[name] = forms.CharField(required=False, strip=False, max_length=KEPT)

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.names}


class DraftedForm(TabMixin, TextForm):
    """A text of two people that opens with its `draft`, if there is one, in place of what is
    saved. `drafted` names the fields that are kept while they are typed.
    """

    drafted: tuple[str, ...] = ()

    def __init__(self, *args: Any, draft: Draft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = None if self.is_bound else draft
        self.saved = {name: self.initial.get(name, "") for name in self.drafted}
        if self.draft:
            self.initial |= self._typed(self.draft) | {"tab_version": self.draft.version}

    def _typed(self, draft: Draft) -> dict[str, str]:
        # An emptied text was meant; an unmade choice was not.
        return {
            name: text
            for name, text in draft.content["texts"].items()
            if text or isinstance(self.fields[name], NarrativeField)
        }

    @property
    def is_restored(self) -> bool:
        """Whether the page shows words that are not saved yet."""
        return self.draft is not None and any(
            _plain(self.initial[name]) != _plain(text) for name, text in self.saved.items()
        )

    @property
    def is_outdated(self) -> bool:
        """Whether what is saved has changed since the draft was begun."""
        return self.is_restored and self.draft.content["row"] != self.initial["version"]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
