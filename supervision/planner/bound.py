"""A proven lower bound on the cost of every plan: column generation over whole groups.

A linear programme chooses among groups (sets of people with a name, at three places or online,
dates left out); its duals say what placing each person is worth. For *any* such worth, all groups
priced exactly give a bound (`Prover.bound_of`), so that it is proven whatever rounding or an early
end did to the programme: that only chooses good prices.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from supervision.planner.instance import NONE, Instance
from supervision.planner.market import NOWHERE, Window, market_of, seats_left
from supervision.planner.pricing import NEVER, PARTS, Found, Prices, price_offers
from supervision.planner.tables import Facts, State


REPAIRS = 12
"""How often prices that promise too much are lowered before the programme is asked again."""
INERTIA = 0.7
"""How much of the best prices so far is in the next ones; the rest is what the programme says."""
ENOUGH = 0.3
"""A bound so near to the programme's value is not worth another round."""
ROUGHLY = 0.002
"""A bound within this share of its value is good enough for the looser programme."""
PAIRS_AT_A_TIME = 1_000_000
"""How many pairs of offer and person are priced between two looks at the clock."""


class Column(NamedTuple):
    """A group as the programme sees it: `family` and `name` are positions, `name` NONE for none
    that other groups might want; of `places` any room of the same houses is meant.
    """

    family: int
    name: int
    members: tuple[int, ...]
    cost: int
    places: tuple[int, ...] = NOWHERE


class Worth(NamedTuple):
    """Duals of the programme: of people, names, crews (see `Prover`) and given groups."""

    people: np.ndarray
    names: np.ndarray
    crews: np.ndarray
    given: np.ndarray

    def mixed(self, other: "Worth", share: float) -> "Worth":
        return Worth(*(share * a + (1 - share) * b for a, b in zip(self, other, strict=True)))


def easy_bound(instance: Instance, facts: Facts) -> int:
    """Return a bound from each person alone, as the published judge counts it: weak but free."""
    largest = facts.largest
    if instance.given or instance.settings["now"] or (largest < 1).any():
        return 0
    total = 0
    for person, row in enumerate(instance.people):
        ways = [PARTS * facts.w_unplaced]
        for mode in row["modes"]:
            reach = facts.km[person][facts.near[person]]
            if mode == "onsite" and not len(reach):
                continue
            km = 3 * int(reach.min()) if mode == "onsite" else 0
            own = facts.w_km * km + facts.w_other * (mode != row["modes"][0])
            shared = facts.w_group + facts.w_fairness * km
            ways.append(PARTS * own + PARTS * shared // int(largest[facts.kind[person]]))
        total += min(ways)
    return -(-total // PARTS)


class Prover:
    """Proves a bound, better and better; `value` is the best one so far, in whole costs."""

    def __init__(
        self,
        instance: Instance,
        facts: Facts,
        *,
        dated: bool = False,
        window: Window | None = None,
    ) -> None:
        """With `dated` new groups have dates; with `window` the bound is of that part alone.
        Raises TooLarge where groups are too many.
        """
        self.instance, self.facts = instance, facts
        self.market, self.families, self.places = market_of(
            instance, facts, dated=dated, window=window
        )
        self.free = np.flatnonzero((facts.kept == NONE) & (window is None or window.people))
        self.supply = seats_left(instance, facts) if window is None else window.seats
        self.given = [f for f, family in enumerate(self.families) if not family.is_new]
        self.new = [f for f, family in enumerate(self.families) if family.is_new]
        # A crew is what one supervisor may need: a kind in a language.
        self.crews = sorted({self.crew_of(f) for f in self.new})
        self.seats: dict[tuple[int, ...], int] = defaultdict(int)
        self.most_new: dict[int, int] = {}
        self._count_seats()
        self.parts: int | None = None
        self.best = Worth(
            self._easy_worth(),
            np.zeros(self.market.kept_from.shape[1]),
            np.zeros(len(self.crews)),
            np.zeros(len(self.families)),
        )
        self.programme = Programme(self)

    @property
    def value(self) -> int | None:
        return None if self.parts is None else -(-self.parts // PARTS)

    def crew_of(self, family: int) -> tuple[int, int]:
        return self.families[family].kind, self.families[family].language

    def _count_seats(self) -> None:
        """Count supervisors' seats by the crews they may serve, and how many new groups of a kind
        there can be: no more than seats, nor than people to fill them (H2, H3, H15).
        """
        facts, seats = self.facts, self.supply
        for supervisor, number in enumerate(seats):
            serves = tuple(
                n for n, crew in enumerate(self.crews) if facts.takes[supervisor, crew[0], crew[1]]
            )
            if serves and number:
                self.seats[serves] += int(number)
        for kind in {kind for kind, _language in self.crews}:
            people = int((facts.kind[self.free] == kind).sum())
            led = int(seats[facts.takes[:, kind].any(axis=1)].sum())
            self.most_new[kind] = min(people // max(1, int(facts.smallest[kind])), led)

    def _easy_worth(self) -> np.ndarray:
        """Return what each person costs at least with an equal share in the fullest group."""
        market, facts = self.market, self.facts
        worth = np.full(len(facts.kind), float(facts.w_unplaced))
        for o, family in enumerate(market.family):
            if self.families[family].is_new:
                them = slice(market.at[o], market.at[o + 1])
                shared = (market.fixed[o] + facts.w_fairness * market.km[them]) / market.most[o]
                np.minimum.at(worth, market.who[them], market.own[them] + shared)
        return worth

    # --- what is proven ---

    def bound_of(self, prices: Prices, crews: np.ndarray, found: Found) -> int:
        """Return the bound, in parts, that prices prove (Lagrange): every person is worth at most
        what leaving them out costs, and no group that a plan may have beyond these sums costs
        less than its members are worth, but by what is taken off here.

        `crews` are the prices of supervisors' seats, in parts, none below 0.
        """
        total = int(prices.people[self.free].sum()) - int(prices.names.sum())
        # A name is taken once, so a group that is too cheap with it counts once.
        total += sum(min(0, int(rest)) for rest in found.by_name)
        for serves, number in self.seats.items():
            total -= number * max(int(crews[n]) for n in serves)
        for kind, most in self.most_new.items():
            rest = (found.unnamed[f] for f in self.new if self.families[f].kind == kind)
            total += most * min(0, *map(int, rest))
        for f in self.given:
            # A given group is there for certain. One that nobody can join cannot be, so that
            # there is no plan to bound; 0 is never wrong.
            least = 0 if found.unnamed[f] == NEVER else int(found.unnamed[f])
            total += least - int(prices.families[f])
        return total

    def _in_parts(self, worth: Worth) -> tuple[Prices, np.ndarray]:
        """Round prices to whole parts, none of them where it would prove nothing."""
        top = self.facts.w_unplaced * PARTS
        # Sums of them all stay within 64 bits.
        most = 2.0**59 // (len(worth.people) + len(worth.names) + len(self.families) + 12)
        people = np.clip(np.floor(worth.people * PARTS), -most, top).astype(np.int64)
        names = np.clip(np.ceil(worth.names * PARTS), 0, most).astype(np.int64)
        crews = np.clip(np.ceil(worth.crews * PARTS), 0, most).astype(np.int64)
        families = np.zeros(len(self.families), dtype=np.int64)
        for f in self.new:
            families[f] = crews[self.crews.index(self.crew_of(f))]
        for f in self.given:
            families[f] = -int(np.clip(math.floor(worth.given[f] * PARTS), -most, most))
        return Prices(people, names, families), crews

    def _priced(self, prices: Prices, stop: Callable[[], bool]) -> Found | None:
        """Return the cheapest groups of all there can be; None when stopped before the end."""
        market, people = self.market, len(self.facts.kind)
        found = Found(
            unnamed=np.full(len(self.families), NEVER),
            by_name=np.full(len(prices.names), NEVER),
            of_person=np.zeros(people, dtype=np.int64),
            offer=np.full(people, NONE, dtype=np.int64),
            name=np.full(people, NONE, dtype=np.int64),
            number=np.zeros(people, dtype=np.int64),
            joining=np.zeros((people, max([1, *market.most.tolist()])), dtype=np.int64),
        )
        offers = len(market.family)
        pace = max(1, PAIRS_AT_A_TIME * offers // max(1, len(market.who)))
        for first in range(0, offers, pace):
            if stop():
                return None
            price_offers(market, first, min(offers, first + pace), prices, found)
        return found

    # --- the programme ---

    def run(
        self,
        *,
        stop: Callable[[], bool],
        rounds: int | None = None,
        known: Iterable[Column] = (),
    ) -> None:
        """Better the bound until it is as good as it can be, `rounds` are over, or `stop` says so.
        `known` are groups of plans, which help the programme along.
        """
        programme = self.programme
        for column in known:
            programme.add(column)
        duals, inertia, round_ = self.best, 1.0, 0
        while rounds is None or round_ < rounds:
            worth = self.best.mixed(duals, inertia)
            new = self.improve(worth, None if round_ == 0 else duals, stop=stop)
            round_ += 1
            if new is None:
                return
            if not new and round_ > 1:
                # At the programme's own prices nothing is too cheap: this is its value.
                if inertia == 0 and not programme.tighten():
                    return
                inertia = 0.0 if inertia < INERTIA / 2 else inertia / 2
                if inertia:
                    continue
            solved = programme.solved()
            if solved is None:
                return
            value, duals = solved
            gap = value - self.parts / PARTS
            if gap < ROUGHLY * value and programme.tighten():
                solved = programme.solved()
                if solved is None:
                    return
                value, duals = solved
            elif gap < ENOUGH:
                return
            if new:
                inertia = INERTIA

    def improve(
        self, worth: Worth, duals: Worth | None, *, stop: Callable[[], bool], repairs: int = REPAIRS
    ) -> int | None:
        """Price all groups, and lower prices that promise too much, some times; give groups that
        are too cheap for `duals` (or, None, for the prices) to the programme. Return how many;
        None when stopped.
        """
        new, last = 0, None
        limits = None if duals is None else self._in_parts(duals)[0]
        for _turn in range(repairs):
            prices, crews = self._in_parts(worth)
            found = self._priced(prices, stop)
            if found is None:
                return None
            bound = self.bound_of(prices, crews, found)
            if self.parts is None or bound > self.parts:
                self.parts, self.best = bound, worth
            for column in self._columns(prices, found):
                if limits is None or self._rest(limits, column) < 0:
                    new += self.programme.add(column)
            cheap = found.of_person < 0
            if not cheap.any() or (last is not None and bound < last):
                break
            last = bound
            less = np.where(cheap, found.of_person / np.maximum(1, found.number) / PARTS, 0.0)
            worth = worth._replace(people=worth.people + less)
        return new

    def _columns(self, prices: Prices, found: Found) -> list[Column]:
        columns = {}
        for person in np.flatnonzero(found.of_person < 0):
            offer, name = int(found.offer[person]), int(found.name[person])
            members = tuple(sorted(found.joining[person, : found.number[person]].tolist()))
            family = int(self.market.family[offer])
            name = NONE if self.market.named[family] != NONE else name
            places = tuple(self.places[offer].tolist())
            column = Column(family, name, members, 0, places)
            parts = int(found.of_person[person]) - self._rest(prices, column)
            columns[column._replace(cost=parts // PARTS)] = None
        return [*columns]

    def _rest(self, prices: Prices, column: Column) -> int:
        """Return what a group costs beyond the worth of its members, in parts."""
        paid = int(prices.families[column.family])
        if column.name != NONE:
            paid += int(prices.names[column.name])
        return PARTS * column.cost + paid - int(prices.people[list(column.members)].sum())

    def start_anew(self, number: int) -> None:
        """Go on with a programme of the most promising groups alone, which is solved faster."""
        prices = self._in_parts(self.best)[0]
        ranked = sorted(self.programme.columns, key=lambda column: self._rest(prices, column))
        self.programme = Programme(self)
        for column in ranked[:number]:
            self.programme.add(column)
        self.programme.tighten()

    def columns_of(self, state: State, groups: Iterable[int] | None = None) -> list[Column]:
        """Return the groups of a plan, or some of them, as the programme sees them."""
        where = {
            (family.kind, family.language, family.mode): f
            for f, family in enumerate(self.families)
            if family.is_new
        }
        columns = []
        for g in np.flatnonzero(state.kind != NONE) if groups is None else groups:
            key = (int(state.kind[g]), int(state.language[g]), int(state.mode[g]))
            family = int(g) if g < len(self.given) else where[key]
            members = (int(p) for p in state.members[g, : state.size[g]])
            joined = tuple(sorted(p for p in members if self.facts.kept[p] == NONE))
            name = int(state.name[g]) if self.market.named[family] == NONE else NONE
            places = tuple(state.place[g].tolist())
            columns.append(Column(family, name, joined, int(state.cost[g]), places))
        return columns


class Programme:
    """The linear programme over the groups found so far."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self.columns: dict[Column, pywraplp.Variable] = {}
        self.shares: list[tuple[float, Column]] = []  # as last solved, the surest first
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        # Solved again and again with some more groups: it goes on from where it was.
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        self.goal = self.solver.Objective()
        self.goal.SetMinimization()
        least = -self.solver.infinity()
        facts = prover.facts
        # At first somebody may be placed twice, which solves much faster and is nearly the same.
        self.is_loose = True
        self.people = {int(p): self.solver.Constraint(1, -least) for p in prover.free}
        self.names = [self.solver.Constraint(least, 1) for _name in prover.best.names]
        self.crews = [self.solver.Constraint(least, 0) for _crew in prover.crews]
        self.given = {f: self.solver.Constraint(1, 1) for f in prover.given}
        for row in self.people.values():
            self._variable(facts.w_unplaced, [row])
        for serves, number in prover.seats.items():
            seats = self.solver.Constraint(least, number)
            for n in serves:
                variable = self._variable(0, [seats])
                self.crews[n].SetCoefficient(variable, -1)
        # Until somebody is known to join a given group, it stands for a price nobody pays.
        for row in self.given.values():
            self._variable(10 * (facts.w_unplaced + 1) * (len(facts.kind) + 1), [row])

    def _variable(self, cost: int, rows: list) -> pywraplp.Variable:
        variable = self.solver.NumVar(0, self.solver.infinity(), "")
        self.goal.SetCoefficient(variable, cost)
        for row in rows:
            row.SetCoefficient(variable, 1)
        return variable

    def add(self, column: Column) -> bool:
        """Take a group in; return False if it is there already."""
        prover = self.prover
        if column in self.columns:
            return False
        rows = [self.people[p] for p in column.members]
        if prover.families[column.family].is_new:
            rows.append(self.crews[prover.crews.index(prover.crew_of(column.family))])
        else:
            rows.append(self.given[column.family])
        if column.name != NONE:
            rows.append(self.names[column.name])
        self.columns[column] = self._variable(column.cost, rows)
        return True

    def tighten(self) -> bool:
        """Let nobody be placed twice from now on; return whether that is new."""
        was_loose, self.is_loose = self.is_loose, False
        if was_loose:
            for row in self.people.values():
                row.SetBounds(1, 1)
        return was_loose

    def forbid(self, column: Column) -> None:
        """Do without a group from now on."""
        self.columns[column].SetBounds(0, 0)

    def fix(self, column: Column) -> None:
        """Take a group for certain."""
        self.columns[column].SetLb(1)
        # What is left is small; but where it went on from last time is gone.
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing: true")

    def solved(self) -> tuple[float, Worth] | None:
        """Return the programme's value and its duals; None when it has no solution, or when
        rounding hides it.
        """
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            # Going on from last time can lose its way in rounding: once more from the beginning.
            self.solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
            anew = pywraplp.MPSolverParameters()
            anew.SetIntegerParam(anew.INCREMENTALITY, anew.INCREMENTALITY_OFF)
            if self.solver.Solve(anew) != pywraplp.Solver.OPTIMAL:
                return None
        variables = ((column, each.solution_value()) for column, each in self.columns.items())
        self.shares = sorted(((share, c) for c, share in variables if share > 1e-6), reverse=True)
        people = np.zeros(len(self.prover.facts.kind))
        for person, row in self.people.items():
            people[person] = row.dual_value()
        given = np.zeros(len(self.prover.families))
        for family, row in self.given.items():
            given[family] = row.dual_value()
        names = np.array([-row.dual_value() for row in self.names])
        crews = np.array([-row.dual_value() for row in self.crews])
        return self.goal.Value(), Worth(people, names, crews, given)
