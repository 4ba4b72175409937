"""Texts that two people write: nobody's words are overwritten silently."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.forms import ActionForm
from common.refusal import Refused


class Stale(Refused):
    """The row was changed after the page was opened; `row` is the row as it is now."""

    def __init__(self, row: Any) -> None:
        super().__init__(
            _("Somebody has changed this meanwhile. Nothing was saved: compare and try again.")
        )
        self.row = row


def check_version(row: Any, version: int | None) -> None:
    """Raise Stale unless the person saw this very version. None means: not asked."""
    if version is not None and version != row.version:
        raise Stale(row)


class VersionedForm(ActionForm):
    """A form that carries the version its page showed; `stale` is the row it met instead."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stale: Any = None

    def carried_out(self, action: Callable[[dict], Any]) -> bool:
        def watched(data: dict) -> Any:
            try:
                return action(data)
            except Stale as refusal:
                self.stale = refusal.row
                raise

        return super().carried_out(watched)


class TextForm(VersionedForm):
    """A versioned form with text: what the person typed may be saved at the second try,
    when they have seen the other's words beside their own.
    """

    def carried_out(self, action: Callable[[dict], Any]) -> bool:
        done = super().carried_out(action)
        if self.stale is not None:
            self.data = self.data.copy()
            self.data[self.add_prefix("version")] = str(self.stale.version)
        return done
