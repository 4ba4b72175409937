"""The journal of a few rows as lines to read."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from common.templatetags.words import moment_text
from journal.models import Entry
from journal.record import sentence


@dataclass(frozen=True)
class Line:
    """One entry as the component c-timeline shows it, in the active language."""

    title: str
    when: str
    who: str
    text: str = ""
    kind: str = ""


def history_of(*subjects: models.Model) -> list[Line]:
    """Return what happened to these rows, newest first: when, who, what. One query."""
    return [
        Line(
            title=(text := sentence(entry))[:1].upper() + text[1:],
            when=moment_text(entry.at),
            who=str(entry.actor) if entry.actor else _("The system"),
        )
        for entry in Entry.objects.about(*subjects)
    ]
