"""Running the search: threads, time, and the best plan so far."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from supervision.planner.annealing import anneal, settle_down
from supervision.planner.bound import Prover, easy_bound
from supervision.planner.costs import copy_plan, recount
from supervision.planner.diving import assemble, dive
from supervision.planner.forming import fill
from supervision.planner.given import complete_given
from supervision.planner.instance import NONE, Instance
from supervision.planner.layout import RNG, TOTAL
from supervision.planner.market import TooLarge
from supervision.planner.tables import Facts, State, copy_of, empty_state, seed_of
from supervision.planner.windows import better_window


logger = logging.getLogger(__name__)

HOT, COLD = 120.0, 4.0
"""Between which differences in cost a worse plan is accepted, at the beginning and in the end."""
WARM = 30.0
"""The same at the beginning once a plan of whole groups, chosen by the programme, is the best; few
people stay hot, as cool they would never leave it."""
MOVES = 1_500
"""Small moves after each rebuilding."""
SLICE = 0.4
"""Seconds between two looks at the clock."""


PROVING, CHOOSING, IN_TIME = 0.35, 0.6, 0.2
"""Until which part of the time the last worker may prove the bound, and choose whole groups for a
plan by it, if that has begun in time; alone, half of that."""
FEW = 800
"""Of more people the bound gets less time, as it would hardly come near."""
IN_PARTS = range(100, 401)
"""With so many people the last worker of several goes on by making parts of the best plan anew;
with more, another worker that anneals does better in the same time."""
USUAL = 250
"""With more people than this there are fewer steps for each, and it begins less hot."""
TRIES = 12
"""How often supervisors and dates are looked for, for the same groups."""


@dataclass
class Limits:
    """When to stop: `seconds` of wall time, `steps` of each worker, or when `stop` says so."""

    seconds: float | None = None
    steps: int | None = None
    stop: Callable[[], bool] = lambda: False


def search(
    instance: Instance,
    facts: Facts,
    *,
    limits: Limits,
    seed: int,
    workers: int,
    better: Callable[[State], None] = lambda state: None,
    start: State | None = None,
    cooling: tuple[float, float] = (0.0, 1.0),
) -> tuple[State, int]:
    """Return the best plan found and a proven lower bound; `better` is told of each improvement.
    With one worker and a limit in steps the same seed gives the same plan and bound.

    A search may be done in parts, each from what the last one found: `start` is a plan that keeps
    all rules, and `cooling` which share of the way from hot to cold this part goes.
    Raises Unplannable when a given group cannot be completed.
    """
    if start is None:
        base = empty_state(instance, facts, seed)
        complete_given(instance, facts, base, seed)
    else:
        base = _given_of(instance, facts, start, seed)
        recount(facts.flat, start.flat)
    recount(facts.flat, base.flat)
    best = copy_of(instance, facts, start or base)
    if not len(instance.people):
        return best, best.total
    found = _Search(instance, facts, base, best, limits, better, cooling)
    return found.run(seed, workers)


def _given_of(instance: Instance, facts: Facts, start: State, seed: int) -> State:
    """Return the given groups alone, with what a plan decided of what they leave open."""
    base = empty_state(instance, facts, seed)
    for g, group in enumerate(instance.given):
        for name in ("language", "mode", "supervisor", "name", "slot", "place"):
            getattr(base, name)[g] = getattr(start, name)[g]
        if start.name[g] != NONE:
            base.used[start.name[g]] = g
        if not group.members:
            # It had to have somebody; who it is stays.
            base.members[g], base.size[g] = start.members[g], start.size[g]
            for person in start.members[g, : start.size[g]]:
                base.group_of[person] = g
    return base


class _Search:
    """Workers side by side, each with a plan of its own, and the best plan of all."""

    def __init__(self, instance, facts, base: State, best: State, limits, better, cooling) -> None:
        self.instance, self.facts, self.base, self.best = instance, facts, base, best
        self.limits, self.better, self.cooling = limits, better, cooling
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.bound = max(0, easy_bound(instance, facts))
        self.hot = max(WARM, HOT * min(1.0, USUAL / max(1, len(instance.people))))

    def run(self, seed: int, workers: int) -> tuple[State, int]:
        results: list[BaseException] = []
        first = self.best.flat.copy()

        def work(number: int) -> None:
            try:
                plan = first.copy()
                plan[RNG] = seed_of(seed + number)
                self._work(plan, proves=number == workers - 1, share=0.5 if workers == 1 else 1.0)
            except BaseException as error:  # told by the thread that waits
                results.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, workers)]
        for thread in threads:
            thread.start()
        work(0)
        for thread in threads:
            thread.join()
        if results:
            raise results[0]
        if self.limits.steps is not None:
            self._try(lambda: self._prove(self._spent, rounds=self.limits.steps))
        return self.best, self.bound

    def _share(self, own: np.ndarray) -> None:
        with self.lock:
            if own[TOTAL] < self.best.flat[TOTAL]:
                copy_plan(own, self.best.flat)
                self.better(self.best)

    def _part(self, done: int = 0) -> float:
        """Return which part of the time or the steps is over."""
        seconds, steps = self.limits.seconds, self.limits.steps
        part = (time.monotonic() - self.began) / seconds if seconds else 0.0
        return max(part, done / steps if steps else 0.0, 1.0 if steps == 0 else 0.0)

    def _spent(self) -> bool:
        """Say whether to stop: time is over, somebody says so, or nothing better can be."""
        return self.limits.stop() or self._part() >= 1 or self.best.total <= self.bound

    def _try(self, work: Callable[[], object]) -> None:
        """Do what is good to have: if it goes wrong that is logged, and costs nobody the plan."""
        try:
            work()
        except Exception:
            logger.exception("The linear programme over whole groups went wrong.")

    def _until(self, part: float) -> Callable[[], bool]:
        return lambda: self._spent() or self._part() >= part

    def _prove(self, stop: Callable[[], bool], rounds: int | None = None) -> Prover | None:
        """Better the bound; return what proved it last, if anything could."""
        last = None
        # Without dates first: that is soon done, and its prices are a good beginning with them.
        for dated in (False, True):
            try:
                prover = Prover(self.instance, self.facts, dated=dated)
            except TooLarge:
                break
            if last is not None:
                prover.best = last.best
            with self.lock:
                known = prover.columns_of(self.best)
            prover.run(stop=stop, rounds=rounds, known=known)
            self.bound = max(self.bound, prover.value or 0)
            if stop():
                return last or prover
            last = prover
        return last

    def _choose(self, prover: Prover, plan: np.ndarray, until: float) -> None:
        """Set a plan to the best one that whole groups, chosen by the programme, make."""
        since, stop = self._part(), self._until(until)
        columns = dive(prover, lambda: 1.0 if stop() else (self._part() - since) / (until - since))
        facts, found = self.facts.flat, plan.copy()
        state = copy_of(self.instance, self.facts, self.base)
        for seed in range(TRIES):
            copy_plan(self.base.flat, state.flat)
            state.flat[RNG] = seed_of(seed)
            assemble(self.instance, self.facts, prover, columns, state, seed)
            fill(facts, state.flat, 0.0)
            settle_down(facts, state.flat, 20_000)
            if state.total < found[TOTAL]:
                copy_plan(state.flat, found)
            if stop():
                break
        copy_plan(found, plan)

    def _make_parts_anew(self, luck: int) -> None:
        """Make one part of the best plan after the other cheaper, until the time is over."""
        with self.lock:
            state = copy_of(self.instance, self.facts, self.best)
        state.flat[RNG] = luck
        while not self._spent():
            with self.lock:
                if self.best.total < state.total:
                    copy_plan(self.best.flat, state.flat)
            better = better_window(self.instance, self.facts, state, self._spent)
            if better is not None:
                state, self.hot = better, WARM
                self._share(state.flat)

    def _ask_programme(self, plan: np.ndarray, own: np.ndarray, share: float) -> None:
        """Prove a bound and better the plan with the linear programme over whole groups, in a
        share of the time; alone, none of it is spent on parts.
        """
        size = len(self.instance.people)
        prover = self._prove(self._until(PROVING * share * min(1.0, FEW / size)))
        if prover is None:
            return
        if self._part() < IN_TIME * share:
            self._choose(prover, plan, CHOOSING * share)
            copy_plan(plan, own)
            if own[TOTAL] < self.best.total and size >= IN_PARTS.start:
                self.hot = WARM
            self._share(own)
        if size in IN_PARTS and share == 1.0:
            self._make_parts_anew(int(plan[RNG]))

    def _work(self, plan: np.ndarray, *, proves: bool, share: float) -> None:
        """Anneal from hot to cold until a limit, from one plan on; share what is better."""
        facts, limits = self.facts.flat, self.limits
        own, back = plan.copy(), plan.copy()
        fill(facts, plan, 20.0)
        settle_down(facts, plan, 4_000)
        copy_plan(plan, own)
        self._share(own)
        if proves and limits.steps is None:
            self._try(lambda: self._ask_programme(plan, own, share))
        done, pace = 0, 20
        while not self._spent() and (limits.steps is None or done < limits.steps):
            if self.best.total < own[TOTAL]:
                with self.lock:
                    copy_plan(self.best.flat, own)
                copy_plan(own, plan)
            begun, ends = self.cooling
            cooled = begun + (ends - begun) * min(1.0, self._part(done))
            heat = self.hot * (COLD / self.hot) ** cooled
            steps = pace if limits.steps is None else min(20, limits.steps - done)
            slice_began = time.monotonic()
            anneal(facts, plan, own, back, steps, heat, heat, MOVES)
            done += steps
            self._share(own)
            if limits.steps is None:
                took = time.monotonic() - slice_began
                left = (1 - self._part()) * limits.seconds if limits.seconds else SLICE
                pace = max(1, min(5_000, int(pace * min(SLICE, max(left, 0.01)) / max(took, 1e-3))))
        copy_plan(own, plan)
        settle_down(facts, plan, 20_000)
        copy_plan(plan, own)
        self._share(own)
