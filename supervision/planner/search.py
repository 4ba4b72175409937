"""Running the search: threads, time, and the best plan so far."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from supervision.planner.annealing import anneal, settle_down
from supervision.planner.costs import copy_plan, recount
from supervision.planner.forming import fill
from supervision.planner.given import complete_given
from supervision.planner.instance import Instance
from supervision.planner.layout import RNG, TOTAL
from supervision.planner.tables import Facts, State, copy_of, empty_state, seed_of


HOT, COLD = 120.0, 4.0
"""Between which differences in cost a worse plan is accepted, at the beginning and in the end."""
MOVES = 1_500
"""Small moves after each rebuilding."""
SLICE = 0.4
"""Seconds between two looks at the clock."""


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
) -> State:
    """Return the best plan found; `better` is told of each improvement. With one worker and a
    limit in steps the same seed gives the same plan.

    A search may be done in parts, each from what the last one found: `start` is a plan that keeps
    all rules, and `cooling` which share of the way from hot to cold this part goes.
    Raises Unplannable when a given group cannot be completed.
    """
    began = time.monotonic()
    first = start or empty_state(instance, facts, seed)
    if start is None:
        complete_given(instance, facts, first, seed)
    recount(facts.flat, first.flat)
    best = copy_of(instance, facts, first)
    if not len(instance.people) or not (facts.given or len(facts.most)):
        return best
    lock = threading.Lock()
    results: list[BaseException] = []

    def work(number: int) -> None:
        try:
            plan = first.flat.copy()
            plan[RNG] = seed_of(seed + number)
            _work(facts.flat, plan, best, lock, limits, began, better, cooling)
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
    return best


def _work(facts, plan, best, lock, limits, began, better, cooling) -> None:
    """Anneal from hot to cold until a limit, from one plan on; share what is better."""
    own, back = plan.copy(), plan.copy()
    fill(facts, plan, 20.0)
    settle_down(facts, plan, 4_000)
    copy_plan(plan, own)

    def share() -> None:
        with lock:
            if own[TOTAL] < best.flat[TOTAL]:
                copy_plan(own, best.flat)
                better(best)

    share()
    done, pace = 0, 20
    while not limits.stop():
        spent = time.monotonic() - began
        if limits.seconds is not None and spent >= limits.seconds:
            break
        if limits.steps is not None and done >= limits.steps:
            break
        part = max(
            spent / limits.seconds if limits.seconds else 0.0,
            done / limits.steps if limits.steps else 0.0,
        )
        heat = HOT * (COLD / HOT) ** (cooling[0] + (cooling[1] - cooling[0]) * min(1.0, part))
        steps = pace if limits.steps is None else min(20, limits.steps - done)
        slice_began = time.monotonic()
        anneal(facts, plan, own, back, steps, heat, heat, MOVES)
        done += steps
        share()
        if limits.steps is None:
            took = time.monotonic() - slice_began
            left = limits.seconds - (time.monotonic() - began) if limits.seconds else SLICE
            pace = max(1, min(5_000, int(pace * min(SLICE, max(left, 0.01)) / max(took, 1e-3))))
    copy_plan(own, plan)
    settle_down(facts, plan, 20_000)
    copy_plan(plan, own)
    share()
