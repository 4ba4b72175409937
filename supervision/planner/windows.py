"""Some neighbouring groups made anew by the linear programme, all else as it is.

What the programme does for a whole season of some hundred people in seconds, it does for a part
of a large one.
"""

from collections.abc import Callable

import numpy as np

from supervision.planner.annealing import distance, settle_down
from supervision.planner.bound import Prover
from supervision.planner.costs import draw
from supervision.planner.diving import assemble, dive
from supervision.planner.forming import fill
from supervision.planner.instance import NONE, Instance
from supervision.planner.layout import TOTAL
from supervision.planner.market import TooLarge, Window, seats_left
from supervision.planner.rules import empty_group
from supervision.planner.tables import Facts, State, copy_of


PEOPLE = 70
"""About how many people a window has; with twice as many it takes five times as long."""
WAITING = 10
"""How many of those who wait come along."""


def better_window(
    instance: Instance, facts: Facts, state: State, stop: Callable[[], bool]
) -> State | None:
    """Make some groups near each other anew; return the plan if that makes it cheaper."""
    groups, window = _window(instance, facts, state)
    if not groups:
        return None
    try:
        prover = Prover(instance, facts, window=window)
    except TooLarge:
        return None
    waiting = int(window.people.sum()) - int(state.size[groups].sum())
    cost = int(state.cost[groups].sum()) + facts.w_unplaced * waiting
    prover.run(stop=stop, known=prover.columns_of(state, groups))
    if stop() or (prover.value is not None and prover.value >= cost):
        return None
    columns = dive(prover, lambda: 1.0 if stop() else 0.0)
    new = copy_of(instance, facts, state)
    for g in groups:
        empty_group(facts.flat, new.flat, g)
    assemble(instance, facts, prover, columns, new, int(draw(new.flat, 1 << 30)))
    fill(facts.flat, new.flat, 0.0)
    settle_down(facts.flat, new.flat, 2_000)
    state.flat[:TOTAL] = new.flat[:TOTAL]
    return new if new.total < state.total else None


def _window(instance: Instance, facts: Facts, state: State) -> tuple[list[int], Window]:
    """Choose new groups of one kind around somebody, and some who wait."""
    F, S = facts.flat, state.flat
    seed = int(draw(S, len(instance.people)))
    kind = facts.kind[seed]
    there = [int(g) for g in np.flatnonzero(state.kind == kind) if g >= len(instance.given)]
    there.sort(key=lambda g: int(distance(F, S, seed, g)) + int(draw(S, 30)))
    groups: list[int] = []
    people = np.zeros(len(instance.people), dtype=bool)
    for g in there:
        if people.sum() >= PEOPLE:
            break
        groups.append(g)
        people[state.members[g, : state.size[g]]] = True
    waiting = np.flatnonzero((state.group_of == NONE) & (facts.kind == kind) & (facts.wish != NONE))
    people[waiting[:WAITING]] = True
    names = np.isin(state.used, [NONE, *groups])
    seats = seats_left(instance, facts)
    for g in np.flatnonzero(state.kind != NONE):
        if g >= len(instance.given) and g not in groups:
            seats[state.supervisor[g]] -= 1
    return groups, Window(people, names, np.maximum(0, seats))
