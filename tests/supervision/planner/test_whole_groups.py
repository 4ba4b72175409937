"""Plans that the linear programme over whole groups makes, of a season or a part of it."""

import pytest

from supervision.planner.bound import Prover
from supervision.planner.diving import assemble, dive
from supervision.planner.instance import read_instance
from supervision.planner.planning import written
from supervision.planner.search import Limits, search
from supervision.planner.tables import empty_state, facts_of
from supervision.planner.windows import better_window
from tests.supervision.planner.seasons import as_given, faults, planned, published


def never() -> bool:
    return False


def searched(data, steps: int = 3):
    instance = read_instance(data)
    facts = facts_of(instance)
    state, _bound = search(instance, facts, limits=Limits(steps=steps), seed=1, workers=1)
    return instance, facts, state


def test_parts_made_anew_are_cheaper_and_break_no_rule():
    data = published("ee-120")
    instance, facts, state = searched(data)
    before = state.total

    for _n in range(6):
        state = better_window(instance, facts, state, never) or state

    plan = written(instance, facts, state, 0)
    assert faults(data, plan) == []
    assert plan["cost"]["total"] == state.total < before


def test_part_made_anew_leaves_given_groups_and_pins_alone():
    data = published("ee-120")
    data["given_groups"] = as_given(planned(data))[:4]
    for group in data["given_groups"]:
        group["members"] = group["members"][:5]
    instance, facts, state = searched(data)

    for _n in range(6):
        state = better_window(instance, facts, state, never) or state

    assert faults(data, written(instance, facts, state, 0)) == []


@pytest.mark.parametrize("dated", [False, True])
def test_groups_of_the_programme_become_a_plan(dated):
    data = published("ee-30")
    instance = read_instance(data)
    facts = facts_of(instance)
    prover = Prover(instance, facts, dated=dated)
    prover.run(stop=never)

    columns = dive(prover, lambda: 0.0)
    state = empty_state(instance, facts, 1)
    assemble(instance, facts, prover, columns, state, 1)

    plan = written(instance, facts, state, 0)
    assert faults(data, plan) == []
    assert plan["cost"]["total"] == state.total
    assert sum(len(column.members) for column in columns) == len(data["people"])
