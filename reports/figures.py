"""The headline figures of the yearly account and the rule by which each is counted.

Keys and rules are promised to others (docs/schemas/report.schema.json); the rules
follow the Board's own yearly reviews of the service. All days are Tallinn days.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.account import Account


@dataclass(frozen=True)
class Rule:
    """How one figure is counted, and how that is said."""

    label: str | Promise
    definition: str | Promise
    count: Callable[[Account], int]


@dataclass(frozen=True)
class Figure:
    """A figure of a period with the same figure of the year before."""

    key: str
    label: str
    definition: str
    value: int
    previous: int


RULES: dict[str, Rule] = {
    "mentorship_requests": Rule(
        _("Workers who asked for a mentor"),
        _(
            "Different workers for whom a mentor was asked for in the period, by the day of the "
            "wish. A wish that was withdrawn counts too."
        ),
        lambda account: len(account.mentorship),
    ),
    "consultation_requests": Rule(
        _("Requests for case consultation"),
        _(
            "Requests that municipalities submitted in the period, by the day of submission. "
            "A request that was withdrawn counts too."
        ),
        lambda account: len(account.requests),
    ),
    "consultation_municipalities": Rule(
        _("Municipalities that asked"),
        _("Different municipalities among the requests of the period."),
        lambda account: len({request.municipality for request in account.requests}),
    ),
    "cases_in_hand": Rule(
        _("Cases in hand"),
        _(
            "Cases that were open on any day of the period, whatever their origin. A case that "
            "was reopened counts once."
        ),
        lambda account: len(account.in_hand),
    ),
    "cases_on_request": Rule(
        _("Of these, on a municipality's request"),
        _("Cases in hand that began with a request of a municipality."),
        lambda account: len(account.in_hand_on_request),
    ),
    "consultation_closed": Rule(
        _("Cases closed"),
        _(
            "Cases on a municipality's request that were closed in the period. A case that was "
            "closed twice counts once; a withdrawn request is not a closed case."
        ),
        lambda account: len(account.closed),
    ),
    "supervision_registrations_start": Rule(
        _("Registered for group supervision in the opening window"),
        _(
            "Different workers who registered for the year's season while its registration "
            "window was open."
        ),
        lambda account: len(account.registered),
    ),
    "supervision_registrations_midyear": Rule(
        _("Joined group supervision in mid-year"),
        _("Different workers who registered for the year's season first after its window."),
        lambda account: len(account.joined_later),
    ),
}


def figures_of(accounts: tuple[Account, Account]) -> list[Figure]:
    """Return every figure of the period with that of the year before beside it."""
    present, before = accounts
    return [
        Figure(key, str(rule.label), str(rule.definition), rule.count(present), rule.count(before))
        for key, rule in RULES.items()
    ]
