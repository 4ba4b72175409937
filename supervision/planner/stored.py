"""A finished plan read back: to go on from it, to price it, and to see what a change would do."""

from typing import Any

from supervision.planner.costs import recount
from supervision.planner.instance import MODES, NONE, Instance
from supervision.planner.tables import Facts, State, empty_state


def state_of(instance: Instance, facts: Facts, plan: dict[str, Any], seed: int = 1) -> State:
    """Return a plan ("season-plan/1") of this instance as arrays. Its rules are not looked at.

    Raises ValueError for a plan that names what the instance does not hold, or has more groups
    than there can be.
    """
    state = empty_state(instance, facts, seed)
    people, supervisors, slots, places = (
        {row["id"]: position for position, row in enumerate(rows)}
        for rows in (instance.people, instance.supervisors, instance.slots, instance.places)
    )
    previous = {name: position for position, name in enumerate(instance.previous)}
    given = {group.id: position for position, group in enumerate(instance.given)}
    new = len(instance.given)
    try:
        for row in plan["groups"]:
            if row["id"] in given:
                g = given[row["id"]]
            else:
                g, new = new, new + 1
            state.kind[g] = instance.kinds.index(row["kind"])
            state.language[g] = instance.languages.index(row["language"])
            state.mode[g] = MODES.index(row["mode"])
            state.supervisor[g] = supervisors[row["supervisor"]]
            state.name[g] = NONE if row["continues"] is None else previous[row["continues"]]
            if row["continues"] is not None:
                state.used[state.name[g]] = g
            for meeting in row["meetings"]:
                r, place = meeting["round"] - 1, meeting["place"]
                state.slot[g, r] = slots[meeting["slot"]]
                state.place[g, r] = NONE if place is None else places[place]
            state.members[g] = NONE
            for seat, name in enumerate(row["members"]):
                state.members[g, seat] = people[name]
                state.group_of[people[name]] = g
            state.size[g] = len(row["members"])
    except (KeyError, IndexError) as error:
        raise ValueError(f"the plan does not belong to this instance: {error}") from error
    recount(facts.flat, state.flat)
    return state
