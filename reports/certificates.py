"""Certificates of participation in a season of supervision: what a paper says, and its PDF.

A paper says what was so on the day it was made; the page that verifies it shows the same, and
nothing more.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from common.templatetags.words import day_text
from people.models import User
from reports.templatetags.record_words import hours_number
from supervision.models import Attendance, Season


TEMPLATE = Path(__file__).parent / "certificate.typ"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are taken for each other: 0 and O, 1 and I."""


@dataclass(frozen=True)
class Part:
    """A meeting to which somebody came."""

    day: date
    supervisor: str
    hours: Decimal

    def as_json(self) -> list[str]:
        return [self.day.isoformat(), self.supervisor, str(self.hours)]

    @classmethod
    def from_json(cls, row: list[str]) -> "Part":
        day, supervisor, hours = row
        return cls(date.fromisoformat(day), supervisor, Decimal(hours))


def parts_of(person: User, season: Season) -> list[Part]:
    """Return the meetings of a season to which somebody came, by day. One query."""
    came = Attendance.objects.filter(
        user=person, session__group__season=season, status__in=Attendance.CAME
    )
    rows = came.order_by("session__meeting__starts_at").values_list(
        "session__meeting__starts_at",
        "session__meeting__organiser__first_name",
        "session__meeting__organiser__last_name",
        "hours",
    )
    return [
        Part(clock.day_of(starts_at), f"{first} {last}", hours)
        for starts_at, first, last, hours in rows
    ]


def new_code() -> str:
    """Return twelve letters in threes that nobody guesses (60 bits)."""
    letters = [secrets.choice(LETTERS) for _n in range(12)]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, 12, 4))


def read_code(typed: str) -> str:
    """Return a typed code as it is kept: spaces, case and hyphens forgiven."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return "-".join(letters[n : n + 4] for n in range(0, min(len(letters), 12), 4))


def certificate_pdf(
    *, name: str, year: int, parts: Sequence[Part], made_on: date, code: str, address: str
) -> bytes:
    """Return the paper in the active language, tagged (PDF/UA-1)."""
    content = {
        "lang": get_language() or "et",
        "issuer": _("Social Insurance Board, support package for child protection workers"),
        "title": _("Certificate of participation"),
        "name": name,
        "lines": [
            _("took part in group supervision of child protection, season %(year)s.")
            % {"year": year},
            _("Meetings: %(n)s. Hours: %(hours)s.")
            % {
                "n": len(parts),
                "hours": hours_number(sum((part.hours for part in parts), Decimal())),
            },
        ],
        "head": [_("Day"), _("Supervisor"), _("Hours")],
        "rows": [[day_text(part.day), part.supervisor, hours_number(part.hours)] for part in parts],
        "check": [
            _("Made on %(day)s.") % {"day": day_text(made_on)},
            _("Verify it at %(address)s with the code %(code)s.")
            % {"address": address, "code": code},
        ],
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    inputs = {"paper": json.dumps(content, ensure_ascii=False)}
    return typst.compile(
        TEMPLATE.read_bytes(), font_paths=fonts, sys_inputs=inputs, pdf_standards=["ua-1"]
    )
