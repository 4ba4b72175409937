"""From an instance to a plan: the planner's one entrance."""

import time
from collections.abc import Callable, Sequence
from itertools import chain, count
from typing import Any

from supervision.planner.costs import missed_of, travel_of
from supervision.planner.given import Unplannable
from supervision.planner.instance import MODES, NONE, ONSITE, Instance, read_instance
from supervision.planner.reasons import Reasons
from supervision.planner.search import Limits, search
from supervision.planner.stored import state_of
from supervision.planner.tables import Facts, State, facts_of


__all__ = ["Unplannable", "plan_season"]

TERMS = (
    "unplaced",
    "missed",
    "continuity",
    "group",
    "km",
    "fairness",
    "small",
    "other_mode",
)


def plan_season(
    data: dict[str, Any],
    *,
    seconds: float | None = 60.0,
    steps: int | None = None,
    seed: int = 1,
    workers: int = 2,
    stop: Callable[[], bool] = lambda: False,
    better: Callable[[int], None] = lambda cost: None,
    start: dict[str, Any] | None = None,
    cooling: tuple[float, float] = (0.0, 1.0),
) -> dict[str, Any]:
    """Return a plan ("season-plan/1") for an instance ("season-instance/1").

    It takes about `seconds` of wall time, or `steps` of each worker, or until `stop` says so:
    the best plan so far is what is returned. `better` is told the cost of each improvement.
    With one worker and a limit in steps alone, the same seed gives the same plan. `start` is an
    earlier plan of the same instance from which to go on; `cooling` which share of the way from
    bold to careful search this run goes, when it is one part of several.

    Raises BadInstance for an instance that breaks its format, and Unplannable when an open field
    of a given group cannot be filled.
    """
    began = time.monotonic()
    instance = read_instance(data)
    facts = facts_of(instance)
    # What follows the search is short, but it counts too.
    spare = 0.4 + 0.002 * len(instance.people)
    limits = Limits(
        seconds=None if seconds is None else max(0.1, seconds - spare), steps=steps, stop=stop
    )
    state, bound = search(
        instance,
        facts,
        limits=limits,
        seed=seed,
        workers=workers,
        better=lambda best: better(best.total),
        start=None if start is None else state_of(instance, facts, start, seed),
        cooling=cooling,
    )
    plan = written(instance, facts, state, bound)
    plan["seconds"] = round(time.monotonic() - began, 2)
    return plan


def written(
    instance: Instance,
    facts: Facts,
    state: State,
    bound: int | None,
    ids: dict[int, str] | None = None,
) -> dict[str, Any]:
    """Return a plan as it goes out, with its cost, its bound and everybody's reasons. `ids` name
    the groups by their number; without them they are named anew.
    """
    ids = ids_of(instance, state) if ids is None else ids
    reasons = Reasons(instance, facts, state, ids)
    cost = _cost(instance, facts, state)
    if bound is not None and bound > cost["total"]:
        # The plan disproves it: rather none than a wrong one.
        bound = None
    return {
        "format": "season-plan/1",
        "instance": instance.id,
        "status": "optimal" if bound == cost["total"] else "feasible",
        "cost": cost,
        "bound": bound,
        "seconds": 0.0,
        "groups": [_group(instance, state, number, name) for number, name in ids.items()],
        "people": {
            row["id"]: {
                "group": ids.get(int(state.group_of[person])),
                "reasons": reasons.told(person),
            }
            for person, row in enumerate(instance.people)
        },
    }


def ids_of(instance: Instance, state: State, names: Sequence[str] = ()) -> dict[int, str]:
    """Name the groups: given ones by their ids, new ones by `names` in their order, and then
    g001, g002, … that nobody has.
    """
    given = {group.id for group in instance.given}
    own = [name for name in names if name not in given]
    taken = given | {*own}
    new = chain(own, (name for n in count(1) if (name := f"g{n:03}") not in taken))
    standing = [g for g in range(len(state.kind)) if state.kind[g] != NONE]
    return {g: instance.given[g].id if g < len(given) else next(new) for g in standing}


def _group(instance: Instance, state: State, number: int, name: str) -> dict[str, Any]:
    continued = int(state.name[number])
    return {
        "id": name,
        "kind": instance.kinds[state.kind[number]],
        "language": instance.languages[state.language[number]],
        "mode": MODES[state.mode[number]],
        "supervisor": instance.supervisors[state.supervisor[number]]["id"],
        "continues": None if continued == NONE else instance.previous[continued],
        "members": [
            instance.people[p]["id"]
            for p in sorted(int(p) for p in state.members[number, : state.size[number]])
        ],
        "meetings": [
            {
                "round": r + 1,
                "slot": instance.slots[state.slot[number, r]]["id"],
                "place": None
                if state.place[number, r] == NONE
                else instance.places[state.place[number, r]]["id"],
            }
            for r in range(3)
        ],
    }


def _cost(instance: Instance, facts: Facts, state: State) -> dict[str, int]:
    cost = dict.fromkeys(TERMS, 0)
    cost["unplaced"] = facts.w_unplaced * int((state.group_of == NONE).sum())
    for g in range(len(state.kind)):
        if state.kind[g] == NONE:
            continue
        size, mode = int(state.size[g]), int(state.mode[g])
        cost["group"] += facts.w_group
        cost["small"] += facts.w_small * max(0, int(facts.wanted[state.kind[g]]) - size)
        farthest = 0
        for p in state.members[g, :size]:
            km = int(travel_of(facts.flat, state.flat, p, g)) if mode == ONSITE else 0
            farthest = max(farthest, km)
            cost["km"] += facts.w_km * km
            cost["missed"] += facts.w_missed * int(missed_of(facts.flat, state.flat, p, g))
            previous = facts.previous[p]
            cost["continuity"] += facts.w_continuity * int(
                previous != NONE and previous != state.name[g]
            )
            cost["other_mode"] += facts.w_other * int(facts.wish[p] not in (NONE, mode))
        cost["fairness"] += facts.w_fairness * farthest
    cost = {name: int(amount) for name, amount in cost.items()}
    return cost | {"total": sum(cost.values())}
