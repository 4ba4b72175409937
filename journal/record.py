"""Writing the journal, and turning its entries into sentences."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common import clock
from journal.models import Entry


Sentence = Callable[[Entry], str]
_sentences: dict[str, str | Promise | Sentence] = {}


def register_sentences(sentences: dict[str, str | Promise | Sentence]) -> None:
    """Say how entries read: kind → a sentence without its subject ("took the request"),
    or a function from the entry. Called by each room when it starts.
    """
    _sentences.update(sentences)


def known_kinds() -> set[str]:
    return set(_sentences)


def record(kind: str, *, by: Any, subject: models.Model, **details: Any) -> Entry:
    """Write one entry. `details` may hold ids, codes, days and numbers only.

    Raises TypeError for free text, so that no narrative slips in.
    """
    if kind not in _sentences:
        raise ValueError(f"no sentence is registered for journal kind {kind}")
    return Entry.objects.create(
        kind=kind,
        actor=by,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        details={name: _fact(value) for name, value in details.items()},
        at=clock.now(),
    )


def sentence(entry: Entry) -> str:
    """Return the entry as a sentence part that follows the actor's name."""
    text = _sentences.get(entry.kind, _("did something (%(kind)s)") % {"kind": entry.kind})
    return str(text(entry)) if callable(text) and not isinstance(text, Promise) else str(text)


def _fact(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str) and len(value) <= 40 and " " not in value:
        return value
    raise TypeError("journal details hold ids, codes, days and numbers, not text")
