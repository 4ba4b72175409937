"""The record as a tagged PDF (PDF/UA-1), set by typst from our own template."""

import json
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from common.templatetags.words import day_text
from reports.record import Record
from reports.templatetags.record_words import hours_number


TEMPLATE = Path(__file__).parent / "record.typ"


def record_pdf(record: Record) -> bytes:
    """Return the file in the active language. No file or font of the machine is read."""
    inputs = {"record": json.dumps(_content(record), ensure_ascii=False)}
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.compile(
        TEMPLATE.read_bytes(), font_paths=fonts, sys_inputs=inputs, pdf_standards=["ua-1"]
    )


def _content(record: Record) -> dict[str, Any]:
    """Return words alone: the template knows nothing of the record but where they stand."""
    return {
        "lang": get_language() or "et",
        "title": _("My record"),
        "name": record.owner.name,
        "made": _("As of %(day)s") % {"day": day_text(clock.today())},
        "note": _("Made by the worker themselves out of Toetuspakett. Only they send it on."),
        "sections": [
            {"title": _("Professional qualification"), "lines": _qualification(record)},
            {
                "title": _("Mentorship"),
                "head": [_("Mentor"), _("Time"), _("Meetings"), _("Hours")],
                "rows": [
                    [
                        each.mentor,
                        _span(each.began_on, each.ended_on),
                        str(each.meetings),
                        hours_number(each.hours),
                    ]
                    for each in record.mentorships
                ],
            },
            {
                "title": _("Supervision"),
                "head": [_("Kind"), _("Day"), _("Hours")],
                "rows": [
                    [each.label, day_text(each.held_on), hours_number(each.hours)]
                    for each in record.supervision
                ],
            },
            {
                "title": _("Learning"),
                "head": [_("What"), _("Kind"), _("Day"), _("Hours")],
                "rows": [
                    [
                        each.title,
                        str(each.get_kind_display()),
                        day_text(each.happened_on),
                        hours_number(each.hours),
                    ]
                    for each in record.learning
                ],
            },
            {
                "title": _("Competences"),
                "head": [_("Competence"), _("Topics of mentorship"), _("Learning, hours")],
                "rows": [
                    [
                        f"{each.competence.printed_code} {each.competence}",
                        ", ".join(each.topics),
                        hours_number(each.hours),
                    ]
                    for each in record.competences
                ],
            },
        ],
        "nothing": _("Nothing yet."),
        "page": _("Page"),
    }


def _qualification(record: Record) -> list[str]:
    own = record.qualification
    lines = []
    if own.first_on:
        lines.append(_("First appointed: %(day)s") % {"day": day_text(own.first_on)})
    if own.obtained_on:
        lines.append(_("Qualification obtained: %(day)s") % {"day": day_text(own.obtained_on)})
    elif own.due_on:
        law = f" ({own.law})" if own.law else ""
        lines.append(_("Qualification due: %(day)s") % {"day": day_text(own.due_on)} + law)
    return lines


def _span(first, last) -> str:
    return f"{day_text(first)}–{day_text(last) if last else ''}"
