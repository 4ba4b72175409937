"""A bound is below every plan, and near it where groups decide the cost."""

import contextlib
import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.planner import Unplannable
from supervision.planner.bound import Prover, easy_bound
from supervision.planner.instance import read_instance
from supervision.planner.tables import facts_of
from tests.supervision.planner.published import check_plan as judge
from tests.supervision.planner.seasons import as_given, planned, published
from tests.supervision.planner.test_any_season import seasons


def proven(data, rounds: int = 200) -> int | None:
    instance = read_instance(copy.deepcopy(data))
    prover = Prover(instance, facts_of(instance))
    prover.run(stop=lambda: False, rounds=rounds)
    return prover.value


def best_cost(data, steps: int = 25) -> int:
    """Return the cost of the best plan that some searches find."""
    return min(planned(data, steps=steps, seed=seed)["cost"]["total"] for seed in (1, 2))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seasons())
def test_no_plan_undercuts_the_bound(data):
    assert proven(data) <= best_cost(data)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seasons(),
    st.sampled_from(["none", "supervisor", "meetings", "continues", "language"]),
    st.booleans(),
    st.integers(0, 3),
)
def test_no_plan_with_given_groups_undercuts_the_bound(data, opened, joins, kept):
    first = planned(data | {"locks": {}}, steps=4)
    groups = as_given(first)[:2]
    for group in groups:
        group["members"] = group["members"][:kept]
        if opened != "none":
            group[opened] = None
    data |= {"locks": {}, "given_groups": groups, "mode": "joiners" if joins else "season"}
    with contextlib.suppress(Unplannable):
        assert proven(data) <= best_cost(data)


@pytest.mark.parametrize(
    ("name", "least"), [("example", 1638), ("tiny-12", 2795), ("ee-30", 5747), ("ee-120", 15111)]
)
def test_bound_of_a_published_instance_is_as_good_as_the_one_known(name, least):
    assert proven(published(name)) >= least


@pytest.mark.parametrize("name", ["tiny-12", "ee-30", "ee-120", "ee-250"])
def test_easy_bound_is_the_published_one(name):
    data = published(name)
    instance = read_instance(data)

    assert easy_bound(instance, facts_of(instance)) == judge.easy_bound(judge.Instance(data))


def test_proven_plan_is_called_optimal():
    plan = planned(published("tiny-12"), steps=60)

    assert (plan["status"], plan["bound"], plan["cost"]["total"]) == ("optimal", 2795, 2795)
