"""Dates and deadlines as the desk says them."""

from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.templatetags.words import day_text, in_words
from common.waiting import WaitingItem
from common.workdays import working_days_between


def long_day(day: date) -> str:
    """Esmaspäev, 23. november 2026; Monday, 23 November 2026."""
    pattern = "l, j. F Y" if get_language() == "et" else "l, j F Y"
    return capfirst(formats.date_format(day, pattern))


def short_weekday(day: date) -> str:
    """E T K N R L P; Mon Tue Wed …"""
    if get_language() == "et":
        return "ETKNRLP"[day.weekday()]
    return formats.date_format(day, "D")


def agenda_title(day: date) -> str:
    """Täna, E 23.11.2026; a day further off without the first word."""
    plain = f"{short_weekday(day)} {day_text(day)}"
    near = in_words(day)
    return plain if near == day_text(day) else f"{capfirst(near)}, {plain}"


@dataclass(frozen=True)
class Due:
    """How urgent a task is, in words: a tag with its kind, the last day, and whether it is late."""

    tag: str
    kind: str
    day: str
    late: bool


def due_of(item: WaitingItem, today: date) -> Due:
    """Put an item's deadline into words: late ones say by how much, today's say so.

    Otherwise the tag that the story gave stands.
    """
    day = in_words(item.due)
    if item.late(today):
        days = working_days_between(item.due, today)
        tag = (
            ngettext("Late by %(n)s working day", "Late by %(n)s working days", days) % {"n": days}
            if days
            else _("Past its day")
        )
        return Due(tag, "bad", day, True)
    if item.tag:
        return Due(str(item.tag), item.tag_kind, day, item.urgent)
    if item.due == today:
        return Due(_("Today"), "warn", day, item.urgent)
    if item.urgent:
        return Due(_("Urgent"), "bad", day, True)
    return Due("", "neutral", day, False)
