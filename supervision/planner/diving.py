"""From the linear programme over whole groups to a plan.

Diving: the groups that the programme is surest of are taken for certain, it is solved anew with
new groups for whoever is left, and so on. Then each group gets a supervisor, rooms and dates.
"""

import itertools
import random
from collections.abc import Callable

from supervision.planner.bound import Column, Prover, Worth
from supervision.planner.costs import missed_of, recount
from supervision.planner.forming import free_group
from supervision.planner.instance import NONE, ONSITE, Instance
from supervision.planner.replanning import retime
from supervision.planner.rules import (
    empty_group,
    groups_of,
    is_apart,
    keeps_name,
    may_join,
    put_in,
    seats_of,
    stands,
)
from supervision.planner.tables import Facts, State


SURE = 0.95
"""Groups with at least this share are taken together; of the others one at a time."""
LIKELY = 0.8
"""The others have at least this part of the surest one's share."""
STEPS = 30
"""In about so many steps all groups are taken."""
PROMISING = 5
"""How many groups to begin with, for each person."""
ROUNDS, REPAIRS = 20, 3
"""How often new groups are looked for between two steps, and prices lowered for it."""
NOT_AGAIN = 2.0**40
"""A price at which nobody is placed twice, and no name taken twice."""
ENOUGH = 60
"""How many ways to hold a group's meetings are compared."""


def dive(prover: Prover, part: Callable[[], float]) -> list[Column]:
    """Return groups that hardly cost more than the programme says. `part` tells how much of the
    time for it is over, from 0 to 1: the less time there is, the more are taken at once.
    """
    taken: list[Column] = []
    step = 0
    prover.start_anew(PROMISING * max(100, len(prover.free)))
    solved = prover.programme.solved()
    while solved is not None and part() < 1:
        step += 1
        for _round in range(ROUNDS):
            left = _without(solved[1], taken)
            if not prover.improve(left, left, stop=lambda: part() >= 1, repairs=REPAIRS):
                break
            solved = prover.programme.solved()
            if solved is None or part() > step / STEPS:
                break
        shares = [row for row in prover.programme.shares if row[1] not in taken]
        if solved is None or not shares:
            break
        number = max(1, len(shares) // STEPS)
        fresh: list[Column] = []
        for share, column in shares:
            if share < SURE and (number <= 0 or share < LIKELY * shares[0][0]):
                break
            if not any(_clash(column, other) for other in taken):
                prover.programme.fix(column)
                taken.append(column)
                fresh.append(column)
                number -= 1
        if not fresh:
            break
        solved = prover.programme.solved()
        while solved is None and fresh:
            # There are no supervisors for all of them.
            prover.programme.forbid(fresh[-1])
            taken.remove(fresh.pop())
            solved = prover.programme.solved()
    return taken


def _clash(one: Column, other: Column) -> bool:
    return bool({*one.members} & {*other.members}) or one.name == other.name != NONE


def _without(duals: Worth, taken: list[Column]) -> Worth:
    """Return prices at which nobody already in a group, and no name, is wanted again."""
    people, names, given = duals.people.copy(), duals.names.copy(), duals.given.copy()
    for column in taken:
        people[[*column.members]] = -NOT_AGAIN
        given[column.family] = -NOT_AGAIN
        if column.name != NONE:
            names[column.name] = NOT_AGAIN
    return Worth(people, names, duals.crews, given)


def assemble(
    instance: Instance, facts: Facts, prover: Prover, columns: list[Column], state: State, seed: int
) -> None:
    """Make groups of columns in a plan where only given groups stand; who cannot come is left
    out. A group that finds no supervisor or date is not made.
    """
    luck = random.Random(seed)

    def leaders(column: Column) -> int:
        family = prover.families[column.family]
        return int(facts.takes[:, family.kind, family.language].sum()) if family.is_new else 0

    # Who can be led by few comes first, and is led by whoever can lead little else.
    for column in sorted(luck.sample(columns, len(columns)), key=leaders):
        family = prover.families[column.family]
        if family.is_new:
            _make(instance, facts, prover.families[column.family], column, state, luck)
            continue
        for person in column.members:
            room = state.size[family.given] < seats_of(facts.flat, state.flat, family.given)
            if room and may_join(facts.flat, state.flat, person, family.given):
                put_in(facts.flat, state.flat, person, family.given)
    recount(facts.flat, state.flat)


def _make(instance, facts, family, column: Column, state: State, luck: random.Random) -> None:
    F, S = facts.flat, state.flat
    g = free_group(F, S)
    if g == NONE or (column.name != NONE and state.used[column.name] != NONE):
        return
    state.kind[g], state.language[g], state.mode[g] = family.kind, family.language, family.mode
    state.name[g], state.supervisor[g], state.size[g] = column.name, NONE, 0
    state.slot[g], state.place[g] = NONE, NONE
    if column.name != NONE:
        state.used[column.name] = g
    for person in column.members:
        if state.group_of[person] == NONE and not is_apart(F, S, person, g):
            put_in(F, S, person, g)
    if state.size[g] < family.smallest or not keeps_name(F, S, g):
        empty_group(F, S, g)
        return
    best = None
    for supervisor, places in _ways(instance, facts, column, state, g, luck):
        state.supervisor[g], state.place[g] = supervisor, places
        if not retime(F, S, g) or not stands(F, S, g):
            state.supervisor[g] = NONE
            continue
        missed = sum(int(missed_of(F, S, p, g)) for p in state.members[g, : state.size[g]])
        if best is None or missed < best[0]:
            best = missed, supervisor, places, state.slot[g].copy()
        state.supervisor[g] = NONE
        if best[0] == 0:
            break
    if best is None:
        empty_group(F, S, g)
        return
    _missed, state.supervisor[g], state.place[g], state.slot[g] = best


def _ways(instance, facts, column, state, g: int, luck: random.Random):
    """Yield supervisors with places, some of all there are: of the rooms of a house any that is
    large enough.
    """
    able = facts.takes.sum(axis=(1, 2))
    supervisors = [
        s
        for s in range(len(instance.supervisors))
        if facts.takes[s, state.kind[g], state.language[g]]
        and groups_of(facts.flat, state.flat, s) < facts.most[s]
    ]
    if state.mode[g] != ONSITE:
        luck.shuffle(supervisors)
        yield from ((s, (NONE, NONE, NONE)) for s in sorted(supervisors, key=lambda s: able[s]))
        return
    spots = column.places
    rooms = {
        spot: [
            place
            for place, row in enumerate(instance.places)
            if (row["lat"], row["lon"])
            == (instance.places[spot]["lat"], instance.places[spot]["lon"])
            and facts.seats[place] >= state.size[g]
        ]
        for spot in spots
    }
    ways = [
        (supervisor, places)
        for order in sorted(set(itertools.permutations(spots)))
        for places in itertools.product(*(rooms[spot] for spot in order))
        for supervisor in supervisors
        if facts.goes[supervisor, list(places)].all()
    ]
    luck.shuffle(ways)
    yield from sorted(ways, key=lambda way: able[way[0]])[:ENOUGH]
