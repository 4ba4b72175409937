"""The yearly account by month, region, municipality and topic, the year before beside it.

Managers see their own municipality alone, and staff see everything in full, so no
number is hidden here; what is published beyond them passes the small-number rule.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from people.models import Municipality
from reports.account import Account, Counted, Scope, chosen_topics, read_accounts
from reports.months import month_name
from reports.periods import Period


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
    """A count of the period and of the year before."""

    measure: str
    value: int
    previous: int


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
    """`words` head the columns that name a row, `measures` those that count."""

    key: str
    title: str
    words: tuple[str, ...]
    measures: tuple[str, ...]
    rows: tuple[Row, ...]

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


TABLES: dict[str, Callable[[Report], Table]] = {
    "months": months,
    "regions": regions,
    "municipalities": municipalities,
    "topics": topics,
}

Kinds = list[tuple[str, Callable[[Account], list[Counted]]]]


def _kinds_by_place() -> Kinds:
    return [
        (_("Consultation requests"), lambda account: account.requests),
        (_("Cases in hand"), lambda account: account.in_hand),
        (_("Asked for a mentor"), lambda account: account.mentorship),
        (_("Registered for supervision"), lambda account: account.supervision),
    ]


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
