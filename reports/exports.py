"""The account for programs: CSV that a spreadsheet opens at once, and JSON with English keys."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.spreadsheets import csv_response
from reports.figures import Figure, figures_of
from reports.periods import Period
from reports.tables import Report, Table


def figures_csv(report: Report) -> HttpResponse:
    """One line per figure, with its period and rule."""
    period, before = report.period, report.period.year_before
    head = [
        _("Figure"),
        _("Value"),
        _("Year before"),
        _("First day"),
        _("Last day"),
        _("First day a year before"),
        _("Last day a year before"),
        _("How it is counted"),
        _("Key"),
    ]
    days = [day.isoformat() for day in (period.first, period.last, before.first, before.last)]
    lines = [
        [figure.label, figure.value, figure.previous, *days, figure.definition, figure.key]
        for figure in figures_of(report.accounts)
    ]
    return csv_response(_file_name(period), head, lines)


def table_csv(table: Table, period: Period) -> HttpResponse:
    """One line per row; each measure in two columns, the year and the year before."""
    head = list(table.words)
    for measure in table.measures:
        head += [f"{measure} {period.year}", f"{measure} {period.year - 1}"]
    lines = []
    for row in table.rows:
        words = [row.iso, *row.words[1:]] if row.iso else list(row.words)
        counts = [number for cell in row.cells for number in (cell.value, cell.previous)]
        lines.append([*words, *counts])
    return csv_response(_file_name(period, table.key), head, lines)


def report_json(report: Report) -> dict[str, Any]:
    """The account as docs/schemas/report.schema.json describes it."""
    period = report.period
    return {
        "year": period.year,
        "until": None if period.is_whole_year else period.last.isoformat(),
        "period": _days(period),
        "previous_period": _days(period.year_before),
        "language": get_language(),
        "municipalities": (
            None if report.scope is None else [place.name for place in report.places]
        ),
        "figures": {figure.key: _figure(figure) for figure in figures_of(report.accounts)},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "label": figure.label,
        "value": figure.value,
        "previous": figure.previous,
        "definition": figure.definition,
    }


def _days(period: Period) -> dict[str, str]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _file_name(period: Period, table: str = "") -> str:
    parts = [str(period.year), table, "" if period.is_whole_year else period.last.isoformat()]
    return "-".join(filter(None, parts)) + ".csv"
