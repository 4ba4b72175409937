"""Every group there can be, as the bound sees it: with places and names, and in small seasons
with dates.

What is left out of the rules here only lets more groups in, so that a bound stays a bound.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from supervision.planner.instance import NONE, ONLINE, ONSITE, Given, Instance
from supervision.planner.pricing import PARTS, Market
from supervision.planner.tables import Facts


MOST_ENTRIES = 12_000_000
"""How many pairs of offer and person there may be: some 200 MB."""
MOST_DATED = 1_000_000
"""The same with dates: more are too many to be priced again and again."""
LARGEST_NUMBER = 2**60
NOWHERE = (NONE, NONE, NONE)


class TooLarge(Exception):
    """There are too many offers, or too large numbers, to look through all of them."""


@dataclass
class Family:
    """One given group, or all new groups of one kind, language and mode (see `Market`)."""

    kind: int
    language: int | None
    mode: int | None
    smallest: int
    given: int = NONE
    named: int = NONE
    members: list[int] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.given == NONE


@dataclass
class Reach:
    """Who can come where. A spot is all places of one house: the one with most seats."""

    places: np.ndarray  # of a spot
    seats: np.ndarray  # of a spot
    km: np.ndarray  # person × spot
    near: np.ndarray  # person × spot
    goes: np.ndarray  # supervisor × spot
    missed: np.ndarray  # of a person: meetings missed whatever the dates are
    can_meet: np.ndarray  # of a person: whether H8 can be kept at all
    has_dates: bool  # whether each round has a date


class Window(NamedTuple):
    """A part of a plan that is made anew, all else as it is; no given group is in it."""

    people: np.ndarray  # whether a person is in it
    names: np.ndarray  # whether a name is free for it
    seats: np.ndarray  # by supervisor: how many groups more


def market_of(
    instance: Instance, facts: Facts, *, dated: bool = False, window: Window | None = None
) -> tuple[Market, list[Family], np.ndarray]:
    """Return what groups there can be, and the three places of each offer. With `dated` a new
    group at other dates is another offer. Raises TooLarge.
    """
    _check_size(instance, facts)
    reach = _reach_of(instance, facts)
    if window is not None:
        reach.can_meet &= window.people
    dates = _dates_of(instance, facts) if dated else None
    families: list[Family] = []
    offers = _Offers(facts, MOST_DATED if dated else MOST_ENTRIES)
    for number, group in enumerate(instance.given if window is None else ()):
        families.append(
            Family(
                group.kind,
                group.language,
                group.mode,
                smallest=0 if group.members else 1,
                given=number,
                named=NONE if group.continues is None else group.continues,
                members=[*group.members],
            )
        )
        _offer_given(instance, facts, reach, offers, len(families) - 1, group)
    if instance.mode == "season" and reach.has_dates:
        for kind in range(len(instance.kinds)):
            for language in range(len(instance.languages)):
                for mode in (ONSITE, ONLINE):
                    family = Family(kind, language, mode, max(1, int(facts.smallest[kind])))
                    families.append(family)
                    _offer_new(facts, reach, dates, offers, len(families) - 1, family)
    places = np.array(offers.places, dtype=np.int64).reshape(-1, 3)
    return _laid_out(instance, facts, families, offers, window), families, places


def seats_left(instance: Instance, facts: Facts) -> np.ndarray:
    """Return how many new groups each supervisor may have beside the given ones (H15)."""
    led = np.zeros(len(instance.supervisors), dtype=np.int64)
    for group in instance.given:
        if group.supervisor is not None:
            led[group.supervisor] += 1
    return np.maximum(0, facts.most - led)


def _check_size(instance: Instance, facts: Facts) -> None:
    """Raise TooLarge when a sum of costs might leave 64 bits."""
    far = 3 * int(facts.km.max(initial=0)) + 3
    most = sum(instance.weights.values()) + 1
    seats = max([len(instance.people), *map(abs, map(int, facts.wanted)), *facts.largest.tolist()])
    if most * far * (seats + 10) * PARTS >= LARGEST_NUMBER:
        raise TooLarge


def _reach_of(instance: Instance, facts: Facts) -> Reach:
    best: dict[tuple, int] = {}
    for place, row in enumerate(instance.places):
        where = (row["lat"], row["lon"])
        if where not in best or facts.seats[place] > facts.seats[best[where]]:
            best[where] = place
    places = np.array(sorted(best.values()), dtype=np.int64)
    led = instance.available.any(axis=0) & ~facts.past
    missed, has_dates = np.zeros(len(instance.people), dtype=np.int64), True
    for round_ in range(3):
        slots = np.flatnonzero((facts.round == round_) & led)
        has_dates = has_dates and len(slots) > 0
        missed += ~facts.free[:, slots].any(axis=1)
    return Reach(
        places=places,
        seats=facts.seats[places],
        km=facts.km[:, places],
        near=facts.near[:, places],
        goes=facts.goes[:, places],
        missed=missed,
        can_meet=3 - missed >= max(1, 3 - facts.max_missed),
        has_dates=has_dates,
    )


@dataclass
class Dates:
    """Threes of dates that new groups may have (H18), one row each."""

    missed: np.ndarray  # three × person: how many of them
    fits: np.ndarray  # three × person: whether H8 is kept
    led: np.ndarray  # three × supervisor: whether H13 is kept


def _dates_of(instance: Instance, facts: Facts) -> Dates:
    """Return all threes of dates. Raises TooLarge."""
    lists = [[int(slot) for slot in row if slot != NONE] for row in facts.by_round]
    if math.prod(map(len, lists)) * len(instance.people) > MOST_DATED:
        raise TooLarge
    slots = np.array(
        [
            (a, b, c)
            for a in lists[0]
            for b in lists[1]
            if facts.day[b] - facts.day[a] >= facts.days_between
            for c in lists[2]
            if facts.day[c] - facts.day[b] >= facts.days_between
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    missed = (~facts.free[:, slots]).sum(axis=2).T
    return Dates(
        missed=missed,
        fits=3 - missed >= max(1, 3 - facts.max_missed),
        led=facts.available[:, slots].all(axis=2).T,
    )


class _Offers:
    """Offers one after the other, while they are found."""

    def __init__(self, facts: Facts, most: int) -> None:
        self.facts, self.most = facts, most
        self.places: list[tuple[int, ...]] = []
        self.rows: list[tuple[int, int, int, int]] = []  # family, fixed, farthest, most
        self.who: list[np.ndarray] = []
        self.km: list[np.ndarray] = []
        self.own: list[np.ndarray] = []
        self.entries = 0

    def add(self, family, mode, fixed, members, most, who, km, missed, places=NOWHERE) -> None:
        """`km` and `missed` are of everybody; `fixed` is what the group and its kept members
        cost beside C3, C5–C7.
        """
        facts = self.facts
        self.entries += len(who)
        if self.entries > self.most:
            raise TooLarge
        self.places.append(tuple(places))
        farthest = int(km[members].max(initial=0))
        fixed += facts.w_km * int(km[members].sum())
        self.rows.append((family, fixed, farthest, max(0, int(most) - len(members))))
        who = who[np.argsort(km[who], kind="stable")]
        wish = facts.wish[who]
        self.who.append(who)
        self.km.append(km[who])
        self.own.append(
            facts.w_km * km[who]
            + facts.w_missed * missed[who]
            + facts.w_other * ((wish != NONE) & (wish != mode))
        )


def _threes(near: np.ndarray) -> Iterator[tuple[list[int], np.ndarray]]:
    """Yield all threes of spots to which somebody can come, and who (row of `near`) can."""
    spots = near.shape[1]
    for a in range(spots):
        if not near[:, a].any():
            continue
        for b in range(a, spots):
            both = near[:, a] & near[:, b]
            if both.any():
                for c in range(b, spots):
                    yield [a, b, c], both & near[:, c]


def _offer_given(instance, facts, reach, offers, family: int, group: Given) -> None:
    """Offer seats in a given group: kept members are there, wherever they live (H3–H8)."""
    members = np.array(group.members, dtype=np.int64)
    barred = {other for p in group.members for other in instance.apart[p] | instance.stand_ins[p]}
    number = instance.given.index(group)
    pool = np.flatnonzero(
        (facts.kept == NONE)
        & (facts.kind == group.kind)
        & ~facts.ban_group[:, number]
        & ((facts.pin_group == NONE) | (facts.pin_group == number))
    )
    pool = np.array([p for p in pool if p not in barred], dtype=np.int64)
    largest = int(facts.largest[group.kind])
    languages = range(len(instance.languages)) if group.language is None else [group.language]
    for language in languages:
        for mode in (ONSITE, ONLINE) if group.mode is None else [group.mode]:
            who = pool[facts.speaks[pool, language] & facts.accepts[pool, mode]]
            wish = facts.wish[members]
            fixed = facts.w_group + facts.w_other * int(((wish != NONE) & (wish != mode)).sum())
            if group.meetings is not None:
                ahead = [meeting for meeting in group.meetings if not facts.past[meeting[0]]]
                slots = np.array([slot for slot, _place in ahead], dtype=np.int64)
                places = np.array([place for _slot, place in ahead], dtype=np.int64)
                missed = (~facts.free[:, slots]).sum(axis=1)
                most, km = largest, np.zeros(len(facts.kind), dtype=np.int64)
                fits = len(ahead) - missed >= max(1, len(ahead) - facts.max_missed)
                who = who[fits[who]]
                if mode == ONSITE:
                    who = who[facts.near[who][:, places].all(axis=1)]
                    km = facts.km[:, places].sum(axis=1)
                    most = int(facts.seats[places].min(initial=largest))
                fixed += facts.w_missed * int(missed[members].sum())
                offers.add(family, mode, fixed, members, most, who, km, missed)
                continue
            fixed += facts.w_missed * int(reach.missed[members].sum())
            who = who[reach.can_meet[who]]
            if mode == ONLINE:
                km = np.zeros(len(facts.kind), dtype=np.int64)
                offers.add(family, mode, fixed, members, largest, who, km, reach.missed)
                continue
            # One more row, near everything, so that threes where nobody new can come count too.
            near = np.vstack([reach.near[who], np.ones((1, len(reach.places)), dtype=bool)])
            for spots, good in _threes(near):
                km = reach.km[:, spots].sum(axis=1)
                most = int(reach.seats[spots].min(initial=largest))
                come = who[good[:-1]]
                where = reach.places[spots]
                offers.add(family, mode, fixed, members, most, come, km, reach.missed, where)


def _offer_new(facts, reach, dates, offers, number: int, family: Family) -> None:
    """Offer new groups wherever, and with dates whenever, enough people and a supervisor come."""
    largest = int(facts.largest[family.kind])
    leaders = facts.takes[:, family.kind, family.language]
    who = np.flatnonzero(
        (facts.kept == NONE)
        & (facts.kind == family.kind)
        & facts.speaks[:, family.language]
        & facts.accepts[:, family.mode]
        & reach.can_meet
        & (facts.pin_group == NONE)
    )
    if not leaders.any() or len(who) < family.smallest or largest < family.smallest:
        return
    if family.mode == ONLINE:
        km = np.zeros(len(facts.kind), dtype=np.int64)
        _offer_when(facts, reach, dates, offers, number, family, largest, who, km, leaders)
        return
    for spots, good in _threes(reach.near[who]):
        most = int(reach.seats[spots].min(initial=largest))
        led = leaders & reach.goes[:, spots].all(axis=1)
        if led.any() and most >= family.smallest and good.sum() >= family.smallest:
            km, places = reach.km[:, spots].sum(axis=1), reach.places[spots]
            come = who[good]
            _offer_when(facts, reach, dates, offers, number, family, most, come, km, led, places)


def _offer_when(
    facts, reach, dates, offers, number, family, most, who, km, led, places=NOWHERE
) -> None:
    """Offer a new group once, or, with dates, at all those that are not worse for everybody."""
    nobody = np.zeros(0, dtype=np.int64)
    fixed = facts.w_group
    if dates is None:
        offers.add(number, family.mode, fixed, nobody, most, who, km, reach.missed, places)
        return
    rows = np.flatnonzero(dates.led[:, led].any(axis=1))
    # Who misses too much for H8 is as good as away for ever.
    missed = np.where(dates.fits[rows][:, who], dates.missed[rows][:, who], 9)
    _different, first = np.unique(missed, axis=0, return_index=True)
    rows, missed = rows[first], missed[first]
    for this, row in enumerate(rows):
        better = (missed <= missed[this]).all(axis=1)
        come = who[missed[this] < 9]
        if better.sum() == 1 and len(come) >= family.smallest:
            offers.add(
                number,
                family.mode,
                fixed,
                nobody,
                most,
                come,
                km,
                dates.missed[row],
                places,
            )


def _laid_out(instance, facts, families: list[Family], offers: _Offers, window) -> Market:
    names = facts.ban_name.shape[1]
    fixed_names = {group.continues for group in instance.given}
    is_open = np.array([name not in fixed_names for name in range(len(instance.previous))])
    if window is not None:
        is_open = is_open & window.names[: len(is_open)]
    kept_old = np.zeros(len(families), dtype=np.int64)
    kept_from = np.zeros((len(families), names), dtype=np.int64)
    may_take = np.zeros((len(families), names), dtype=bool)
    for number, family in enumerate(families):
        for person in family.members:
            if facts.previous[person] != NONE:
                kept_old[number] += 1
                kept_from[number, facts.previous[person]] += 1
        if family.named == NONE and len(is_open):
            may_take[number, : len(is_open)] = is_open & (facts.name_kind == family.kind)
    clique = _cliques(instance, facts)
    rows = np.array(offers.rows, dtype=np.int64).reshape(-1, 4)
    kinds = _ints(family.kind for family in families)
    return Market(
        family=rows[:, 0].copy(),
        fixed=rows[:, 1].copy(),
        farthest=rows[:, 2].copy(),
        most=rows[:, 3].copy(),
        at=np.cumsum([0, *map(len, offers.who)]).astype(np.int64),
        who=_joined(offers.who, np.int32),
        km=_joined(offers.km, np.int32),
        own=_joined(offers.own, np.int64),
        kept=_ints(len(family.members) for family in families),
        smallest=_ints(family.smallest for family in families),
        wanted=facts.wanted[kinds],
        given=_ints(family.given for family in families),
        named=_ints(family.named for family in families),
        may_take=may_take,
        kept_old=kept_old,
        kept_from=kept_from,
        previous=facts.previous,
        pinned=facts.pin_name,
        banned=facts.ban_name,
        clique=clique,
        weights=_ints([facts.w_continuity, facts.w_fairness, facts.w_small]),
    )


def _cliques(instance: Instance, facts: Facts) -> np.ndarray:
    """Return for each person which clique they are in, or NONE: people of one clique may never
    be in one group. Stand-ins first, they live near each other.
    """
    clique = np.full(len(instance.people), NONE, dtype=np.int64)
    members: list[list[int]] = []
    for table in (instance.stand_ins, instance.apart):
        for p, others in enumerate(table):
            for q in sorted(others):
                if facts.kind[p] != facts.kind[q] or NONE not in (clique[p], clique[q]):
                    continue
                if clique[p] == clique[q]:
                    clique[p] = clique[q] = len(members)
                    members.append([p, q])
                    continue
                new, old = (p, q) if clique[p] == NONE else (q, p)
                if all(
                    r in instance.apart[new] | instance.stand_ins[new] for r in members[clique[old]]
                ):
                    clique[new] = clique[old]
                    members[clique[old]].append(new)
    return clique


def _ints(values) -> np.ndarray:
    return np.array([*values], dtype=np.int64)


def _joined(rows: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([*rows, np.zeros(0)]).astype(kind)
