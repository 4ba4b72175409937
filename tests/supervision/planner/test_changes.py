"""Changing a plan by hand: prices and broken rules, compared with the published judge."""

import pytest

from supervision.planner import plan_season
from supervision.planner.changes import Board
from tests.supervision.planner.seasons import faults, planned, published


@pytest.fixture(scope="module")
def season():
    data = published("ee-120")
    return data, planned(data)


def broken(data, plan) -> set[str]:
    return {rule for rule, *_words in faults(data, plan)}


def choices_of(board: Board, kind: str, group: str) -> list:
    if kind == "slot":
        return board.slots_for(group, 2)
    return board.places_for(group, 2) if kind == "place" else board.supervisors_for(group)


def test_plan_read_back_costs_and_says_the_same(season):
    data, plan = season

    again = Board(data, plan).written()

    # What is proven of the instance is no matter of one plan.
    left_out = {name: plan[name] for name in ("seconds", "bound", "status")}
    assert again | left_out == plan


@pytest.mark.parametrize("nth", [0, 17, 50, 90, 119])
def test_each_group_for_a_person_is_priced_and_judged(season, nth):
    data, plan = season
    person = data["people"][nth]["id"]
    before = plan["cost"]["total"]

    for choice in Board(data, plan).groups_for(person):
        board = Board(data, plan)
        board.move(person, choice.id)
        changed = board.written()
        assert changed["people"][person]["group"] == choice.id
        assert changed["cost"]["total"] - before == choice.more
        # Whom they leave behind may be too few: that is not about the person.
        assert broken(data, changed) - {"H3", "H19"} == choice.rules - {"H3"}


def test_person_taken_out_is_told_why(season):
    data, plan = season
    board, group = Board(data, plan), plan["groups"][0]

    for person in group["members"]:
        board.move(person, None)
    changed = board.written()

    assert group["id"] not in [row["id"] for row in changed["groups"]]
    assert all(changed["people"][person]["group"] is None for person in group["members"])
    assert broken(data, changed) == set()


@pytest.mark.parametrize("kind", ["slot", "place", "supervisor"])
def test_each_other_date_place_and_supervisor_is_priced_and_judged(season, kind):
    data, plan = season
    before, free = plan["cost"]["total"], 0
    for group in plan["groups"][:4]:
        choices = choices_of(Board(data, plan), kind, group["id"])
        for choice in choices[::3]:
            other = Board(data, plan)
            if kind == "supervisor":
                other.set_supervisor(group["id"], choice.id)
            elif kind == "slot":
                other.set_slot(group["id"], 2, choice.id)
            else:
                other.set_place(group["id"], 2, choice.id)
            changed = other.written()
            assert changed["cost"]["total"] - before == choice.more
            assert bool(broken(data, changed)) == bool(choice.rules)
            free += not choice.rules
    assert free > 0 or kind == "supervisor"


def test_going_on_from_a_plan_never_makes_it_worse(season):
    data, plan = season

    better = plan_season(
        data, seconds=None, steps=40, workers=1, start=plan, cooling=(0.7, 1.0), seed=3
    )

    assert faults(data, better) == []
    assert better["cost"]["total"] <= plan["cost"]["total"]


def test_plan_of_another_instance_is_not_read(season):
    data, plan = season

    with pytest.raises(ValueError, match="does not belong"):
        Board(published("ee-30"), plan)
