"""The yearly account by month, region, municipality and topic, the year before beside it.

Managers see their own municipality alone, and staff see everything in full, so no
number is hidden here; what is published beyond them passes the small-number rule.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mentorship.models import PlanTopic
from people.models import Municipality
from reports.account import Account, Counted, Scope, chosen_topics, read_accounts
from reports.months import month_name
from reports.periods import Period
from reports.results import FEWEST, results_of


@dataclass(frozen=True)
class Report:
    """The accounts of a period and of the year before, within a reader's scope."""

    period: Period
    scope: Scope

    @cached_property
    def accounts(self) -> tuple[Account, Account]:
        return read_accounts(self.period, self.scope)

    @cached_property
    def places(self) -> list[Municipality]:
        """The municipalities of the scope, by county; those that have ceased to exist too."""
        places = Municipality.objects.select_related("county", "region")
        places = places.order_by("county__name", "name")
        return list(places if self.scope is None else places.filter(pk__in=self.scope))


@dataclass(frozen=True)
class Cell:
    """A count of the period and of the year before; None for one that is not told."""

    measure: str
    value: int | None
    previous: int | None


@dataclass(frozen=True)
class Row:
    """One line: the words that name it (`iso` instead of the first, for machines), its counts."""

    words: tuple[str, ...]
    cells: tuple[Cell, ...]
    iso: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(cell.value or cell.previous for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """`words` head the columns that name a row, `measures` those that count; `note` says what
    one must know to read them.
    """

    key: str
    title: str
    words: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def filled_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_empty]

    @property
    def empty_rows(self) -> int:
        return len(self.rows) - len(self.filled_rows)


def months(report: Report) -> Table:
    """Counts by the month of submission, closing, wish and registration."""
    kinds = [
        (_("Consultation requests"), lambda account: account.requests),
        (_("Cases closed"), lambda account: account.closed),
        (_("Asked for a mentor"), lambda account: account.mentorship),
        (_("Registered for supervision"), lambda account: account.supervision),
    ]
    year, last = report.period.year, report.period.last.month
    return Table(
        key="months",
        title=_("By month"),
        words=(_("Month"),),
        measures=tuple(label for label, _rows in kinds),
        rows=tuple(
            Row(
                (capfirst(month_name(month)),),
                cells,
                iso=f"{year}-{month:02}",
            )
            for month, cells in _counted(
                report, kinds, range(1, last + 1), lambda counted: counted.day.month
            )
        ),
    )


def regions(report: Report) -> Table:
    """Counts by the region that the municipality belongs to."""
    region_of = {place.pk: place.region for place in report.places}
    every_region = sorted(set(region_of.values()), key=lambda region: region.position)
    kinds = _kinds_by_place()
    return Table(
        key="regions",
        title=_("By region"),
        words=(_("Region"),),
        measures=tuple(label for label, _rows in kinds),
        rows=tuple(
            Row((region.name if region else _("No municipality yet"),), cells)
            for region, cells in _counted(
                report,
                kinds,
                [*every_region, None],
                lambda counted: region_of.get(counted.municipality),
            )
        ),
    )


def municipalities(report: Report) -> Table:
    """Counts by municipality, those that have ceased to exist included."""
    words = {place.pk: (place.name, place.county.name) for place in report.places}
    if report.scope is None:
        words[None] = (_("No municipality yet"), "")
    kinds = _kinds_by_place()
    return Table(
        key="municipalities",
        title=_("By municipality"),
        words=(_("Municipality"), _("County")),
        measures=tuple(label for label, _rows in kinds),
        rows=tuple(
            Row(words[key], cells)
            for key, cells in _counted(report, kinds, words, lambda counted: counted.municipality)
        ),
    )


def topics(report: Report) -> Table:
    """Topics of consultation requests, cases in hand and mentorship plans, the most frequent first.

    Supervision has no topics: what is said in a group is not recorded. What a mentorship
    plan is about is content, which no employer sees: with one plan in a municipality the
    count would tell it by name. So plans are counted for the whole country alone.
    """
    rows = [
        *_topic_rows(_("Consultation requests"), report, lambda account: account.requests),
        *_topic_rows(_("Cases in hand"), report, lambda account: account.in_hand),
    ]
    if report.scope is None:
        rows += [
            Row((name, _("Mentorship plans")), (Cell(_("Number"), value, previous),))
            for name, value, previous in chosen_topics(report.period)
        ]
    return Table(
        key="topics",
        title=_("By topic"),
        words=(_("Topic"), _("What was counted")),
        measures=(_("Number"),),
        rows=tuple(rows),
    )


def results(report: Report) -> Table:
    """What came of the mentorships that ended in the year, for the coordinator alone."""
    now, before = results_of(report.period), results_of(report.period.year_before)
    said = [
        (_("Mentorships that ended"), "", now.ended, before.ended),
        *_said(_("Topics of the plan"), _REACHED, now.reached, before.reached),
        *_said(_("How sure the worker is of a topic"), _GROWTH, now.growth, before.growth),
        *_said(_("Three months later"), _USED, now.used, before.used),
    ]
    return Table(
        key="results",
        title=_("What came of mentorships"),
        words=(_("What was counted"), _("Result")),
        measures=(_("Number"),),
        rows=tuple(
            Row((label, result), (Cell(_("Number"), value, previous),))
            for label, result, value, previous in said
        ),
        note=_("Counted for whole years alone. What fewer than %(n)s mentorships say is not told.")
        % {"n": FEWEST},
    )


TABLES: dict[str, Callable[[Report], Table]] = {
    "months": months,
    "regions": regions,
    "municipalities": municipalities,
    "topics": topics,
    "results": results,
}

WHOLE_YEARS_ONLY = frozenset({"results"})

_REACHED = {choice.value: choice.label for choice in PlanTopic.Reached}
_GROWTH = {
    "more": gettext_lazy("Surer than before"),
    "same": gettext_lazy("As sure as before"),
    "less": gettext_lazy("Less sure than before"),
}
_USED = {
    "much": gettext_lazy("Of much use (4 or 5 of 5)"),
    "some": gettext_lazy("Of some use (3)"),
    "little": gettext_lazy("Of little use (1 or 2)"),
}

Kinds = list[tuple[str, Callable[[Account], list[Counted]]]]


def _kinds_by_place() -> Kinds:
    return [
        (_("Consultation requests"), lambda account: account.requests),
        (_("Cases in hand"), lambda account: account.in_hand),
        (_("Asked for a mentor"), lambda account: account.mentorship),
        (_("Registered for supervision"), lambda account: account.supervision),
    ]


def _said(
    label: str,
    names: dict[str, Any],
    now: dict[str, int | None],
    before: dict[str, int | None],
) -> list[tuple[str, str, int | None, int | None]]:
    return [(label, str(name), now[key], before[key]) for key, name in names.items()]


def _counted(
    report: Report,
    kinds: Kinds,
    keys: Iterable,
    key_of: Callable[[Counted], object],
) -> list[tuple]:
    """Return each key with one cell per kind."""
    counters = [
        [Counter(map(key_of, rows_of(account))) for account in report.accounts]
        for _label, rows_of in kinds
    ]
    return [
        (
            key,
            tuple(
                Cell(label, present[key], before[key])
                for (label, _rows), (present, before) in zip(kinds, counters, strict=True)
            ),
        )
        for key in keys
    ]


def _topic_rows(
    service: str, report: Report, rows_of: Callable[[Account], list[Counted]]
) -> list[Row]:
    present, before = (
        Counter(counted.topic for counted in rows_of(account)) for account in report.accounts
    )
    names = sorted({*present, *before}, key=lambda name: (-present[name], -before[name], name))
    return [
        Row((name, service), (Cell(_("Number"), present[name], before[name]),)) for name in names
    ]
