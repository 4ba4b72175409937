"""Geometry of charts and pages of lists; only the components in templates/cotton load it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Any

from django import template
from django.core.paginator import Page


register = template.Library()

LEFT, TOP, BOTTOM = 26, 16, 186
HEIGHT = 212
NARROW, WIDE = 336, 760


@dataclass(frozen=True)
class Line:
    value: int
    y: str
    text_y: str


@dataclass(frozen=True)
class Column:
    """One column; numbers as text with a point, whatever the language."""

    label: str
    a: int
    b: int
    total: int
    x: str
    middle: str
    width: str
    a_y: str
    a_height: str
    b_y: str
    b_height: str
    value_y: str


@dataclass(frozen=True)
class Columns:
    width: int
    columns: list[Column]
    lines: list[Line]
    height: int = HEIGHT
    left: int = LEFT
    axis: int = LEFT - 8
    label_y: int = HEIGHT - 8


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    previous: int
    width: str
    previous_width: str


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]


def _point(number: float) -> str:
    return f"{number:.1f}"


def scale_step(largest: float) -> int:
    """Return the distance of the grid lines: 1, 2 or 5 times a power of ten, at most five lines."""
    if largest <= 4:
        return 1
    rough = largest / 4
    power = 10 ** int(log10(rough))
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= rough))


@register.simple_tag
def columns(rows: Sequence[Sequence[Any]], wide: object = "") -> Columns:
    """Lay out `(label, a)` or `(label, a, b)` rows as columns, `b` standing on `a`."""
    width = WIDE if wide else NARROW
    parts = [(row[0], row[1], row[2] if len(row) > 2 else 0) for row in rows]
    largest = max((a + b for _, a, b in parts), default=0)
    step = scale_step(largest)
    top = max(step * ceil(largest / step), step)
    slot = (width - LEFT) / max(len(parts), 1)
    thick = min(slot * 0.58, 44.0 if wide else 30.0)

    def height(number: float) -> float:
        return (BOTTOM - TOP) * number / top

    laid = []
    for index, (label, a, b) in enumerate(parts):
        middle = LEFT + slot * (index + 0.5)
        a_y = BOTTOM - height(a)
        b_y = a_y - height(b)
        laid.append(
            Column(
                label=str(label),
                a=a,
                b=b,
                total=a + b,
                x=_point(middle - thick / 2),
                middle=_point(middle),
                width=_point(thick),
                a_y=_point(a_y),
                a_height=_point(height(a)),
                b_y=_point(b_y),
                b_height=_point(height(b)),
                value_y=_point(b_y - 5),
            )
        )
    lines = [
        Line(value, _point(BOTTOM - height(value)), _point(BOTTOM - height(value) + 4))
        for value in range(0, top + 1, step)
    ]
    return Columns(width=width, columns=laid, lines=lines)


@register.simple_tag
def bars(rows: Sequence[Sequence[Any]]) -> Bars:
    """Lay out `(label, value)` or `(label, value, previous)` rows as percentages of the largest."""
    parts = [(row[0], row[1], row[2] if len(row) > 2 else 0) for row in rows]
    largest = max((max(value, previous) for _, value, previous in parts), default=0) or 1
    return Bars(
        [
            Bar(
                str(label),
                value,
                previous,
                _point(100 * value / largest),
                _point(100 * previous / largest),
            )
            for label, value, previous in parts
        ]
    )


@register.simple_tag(takes_context=True)
def paged(context: template.Context, number: int, param: str) -> str:
    """Return the query string of this page with another page number."""
    query = context["request"].GET.copy()
    query[param] = number
    return "?" + query.urlencode()


@register.filter
def page_numbers(page: Page) -> list[int | str]:
    """Page numbers to show, with the paginator's ellipsis for those left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def at_index(values: Sequence[Any], index: int) -> Any:
    return values[index]
