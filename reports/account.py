"""Reading what an account counts: ordinary rows of the three stories, four queries.

Everything a page, a CSV or the JSON shows is counted from the same rows in
memory, so that figures and tables cannot disagree.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from common import clock
from common.fields import CONTENT_LANGUAGES
from consultations.models import ConsultationRequest, Spell
from mentorship.models import MentorshipRequest, PlanTopic
from reports.periods import Period
from supervision.models import Audience, Registration


Scope = frozenset[uuid.UUID] | None
"""The municipalities that an account is limited to; None for the whole country."""


@dataclass(frozen=True)
class Counted:
    """One thing that counts once: a request, a case, or a person.

    `day` is the Tallinn day by which it counts, `topic` the name of its topic.
    """

    key: uuid.UUID
    municipality: uuid.UUID | None
    day: date
    topic: str = ""


@dataclass
class Account:
    """What happened in one period, by the rules that `reports.figures` tells."""

    period: Period
    requests: list[Counted] = field(default_factory=list)
    in_hand: list[Counted] = field(default_factory=list)
    in_hand_on_request: list[Counted] = field(default_factory=list)
    closed: list[Counted] = field(default_factory=list)
    mentorship: list[Counted] = field(default_factory=list)
    registered: list[Counted] = field(default_factory=list)
    joined_later: list[Counted] = field(default_factory=list)

    @property
    def supervision(self) -> list[Counted]:
        return self.registered + self.joined_later


def read_accounts(period: Period, scope: Scope) -> tuple[Account, Account]:
    """Return the period's account and that of the year before, in four queries."""
    accounts = Account(period), Account(period.year_before)
    _read_requests(accounts, scope)
    _read_cases(accounts, scope)
    _read_mentorship(accounts, scope)
    _read_supervision(accounts, scope)
    return accounts


def chosen_topics(period: Period) -> list[tuple[str, int, int]]:
    """Return name and number of mentorship topics chosen in plans taken up in the period
    and in the year before, in the library's order, for the whole country. One query.
    """
    before = period.year_before
    rows = (
        PlanTopic.objects.filter(
            _moment_in("plan__taken_at", period) | _moment_in("plan__taken_at", before)
        )
        .order_by("topic__block__number", "topic__position")
        .values_list("plan__taken_at", _name_of("topic"))
    )
    now: Counter[str] = Counter()
    earlier: Counter[str] = Counter()
    for taken_at, name in rows:
        (now if period.holds(clock.day_of(taken_at)) else earlier)[name] += 1
        # Known without a count too, so that the order stays the library's.
        now[name] += 0
    return [(name, number, earlier[name]) for name, number in now.items()]


def _read_requests(accounts: Iterable[Account], scope: Scope) -> None:
    rows = (
        _within(ConsultationRequest.objects.submitted_by_municipalities(), scope)
        .filter(_in_any("submitted_at", accounts))
        .order_by("submitted_at", "pk")
        .values_list("pk", "municipality_id", "submitted_at", _name_of("topic"))
    )
    for key, municipality, submitted_at, topic in rows:
        day = clock.day_of(submitted_at)
        for account in accounts:
            if account.period.holds(day):
                account.requests.append(Counted(key, municipality, day, topic))


def _read_cases(accounts: Iterable[Account], scope: Scope) -> None:
    """Cases by their spells: a reopened case has several and still counts once."""
    first = min(account.period.starts_at for account in accounts)
    last = max(account.period.ends_at for account in accounts)
    rows = (
        _within(Spell.objects.all(), scope, "request__municipality__in")
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=first), opened_at__lt=last)
        .order_by("opened_at", "pk")
        .values_list(
            "request_id",
            "request__municipality_id",
            "request__origin",
            "opened_at",
            "ended_at",
            "outcome",
            _name_of("request__topic"),
        )
    )
    on_request = ConsultationRequest.Origin.MUNICIPALITY
    # A day that has not come yet finds no case open.
    now = clock.now()
    spells = list(rows)
    for account in accounts:
        period = account.period
        if period.starts_at > now:
            continue
        open_cases, closed_cases = {}, {}
        for key, municipality, origin, opened_at, ended_at, outcome, topic in spells:
            if not _overlaps(opened_at, ended_at, period):
                continue
            counted = Counted(key, municipality, clock.day_of(ended_at or opened_at), topic)
            open_cases.setdefault(key, (counted, origin))
            if (
                outcome == Spell.Outcome.CLOSED
                and origin == on_request
                and period.holds(counted.day)
            ):
                closed_cases.setdefault(key, counted)
        account.in_hand = [counted for counted, _origin in open_cases.values()]
        account.in_hand_on_request = [
            counted for counted, origin in open_cases.values() if origin == on_request
        ]
        account.closed = list(closed_cases.values())


def _overlaps(opened_at: datetime, ended_at: datetime | None, period: Period) -> bool:
    return opened_at < period.ends_at and (ended_at is None or ended_at >= period.starts_at)


def _read_mentorship(accounts: Iterable[Account], scope: Scope) -> None:
    """Workers by their first wish in the period; withdrawn wishes were asked too."""
    days = Q()
    for account in accounts:
        days |= Q(asked_on__range=(account.period.first, account.period.last))
    rows = (
        _within(MentorshipRequest.objects.filter(days), scope)
        .order_by("asked_on", "pk")
        .values_list("worker_id", "municipality_id", "asked_on")
    )
    firsts: list[dict] = [{} for _account in accounts]
    for worker, municipality, asked_on in rows:
        for account, first in zip(accounts, firsts, strict=True):
            if account.period.holds(asked_on):
                first.setdefault(worker, Counted(worker, municipality, asked_on))
    for account, first in zip(accounts, firsts, strict=True):
        account.mentorship = list(first.values())


def _read_supervision(accounts: Iterable[Account], scope: Scope) -> None:
    """Workers by their first registration for the year's season.

    Who registered for a season before its year began stands in its January.
    """
    years = [account.period.year for account in accounts]
    rows = (
        _within(Registration.objects.all(), scope)
        .filter(season__audience=Audience.WORKERS, season__year__in=years)
        .order_by("registered_at", "pk")
        .values_list(
            "user_id",
            "municipality_id",
            "registered_at",
            "season__year",
            "season__registration_opens_on",
            "season__registration_closes_on",
        )
    )
    seen = set()
    by_year = {account.period.year: account for account in accounts}
    for user, municipality, registered_at, year, opens_on, closes_on in rows:
        account, day = by_year[year], clock.day_of(registered_at)
        if (year, user) in seen or day < opens_on or day > account.period.last:
            continue
        seen.add((year, user))
        counted = Counted(user, municipality, max(day, account.period.first))
        if day <= closes_on:
            account.registered.append(counted)
        else:
            account.joined_later.append(counted)


def _within(rows, scope: Scope, lookup: str = "municipality__in"):
    return rows if scope is None else rows.filter(**{lookup: scope})


def _moment_in(name: str, period: Period) -> Q:
    return Q(**{f"{name}__gte": period.starts_at, f"{name}__lt": period.ends_at})


def _in_any(name: str, accounts: Iterable[Account]) -> Q:
    found = Q()
    for account in accounts:
        found |= _moment_in(name, account.period)
    return found


def _name_of(path: str) -> Combinable:
    """The name in the active language, or in Estonian where it is missing."""
    estonian, language = F(f"{path}__name_et"), get_language()
    if language == "et" or language not in CONTENT_LANGUAGES:
        return estonian
    return Coalesce(NullIf(F(f"{path}__name_{language}"), Value("")), estonian)
