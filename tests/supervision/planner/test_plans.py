"""The planner's plans, judged by the published judge."""

import pytest

from supervision.planner import BadInstance, Unplannable, plan_season
from tests.supervision.planner.seasons import as_given, faults, group_of, planned, published


BASELINE = {"tiny-12": 4565, "ee-30": 20284, "ee-120": 31040, "ee-250": 45152}
"""What the simple planner published with the instances reaches."""


@pytest.mark.parametrize("name", sorted(BASELINE))
def test_published_instance_gets_a_plan_that_breaks_no_rule(name):
    data = published(name)

    plan = planned(data)

    assert faults(data, plan) == []
    assert plan["cost"]["total"] < BASELINE[name]


def test_example_is_planned_as_well_as_it_can_be():
    data = published("example")

    plan = planned(data, steps=60)

    assert faults(data, plan) == []
    assert plan["cost"]["total"] == 1638


def test_same_seed_and_steps_give_the_same_plan():
    data = published("ee-30")
    plans = [planned(data, seed=7) | {"seconds": 0} for _n in range(2)]

    assert plans[0] == plans[1]
    assert planned(data, seed=8) | {"seconds": 0} != plans[0]


def test_stopping_at_once_still_gives_a_plan_and_costs_only_fall():
    data, told = published("ee-120"), []

    plan = plan_season(data, seconds=30, stop=lambda: True, better=told.append, workers=2)

    assert faults(data, plan) == []
    assert told == sorted(told, reverse=True)
    assert told[-1] == plan["cost"]["total"]


@pytest.mark.parametrize("workers", [1, 2])
def test_whole_groups_chosen_in_time_make_a_plan_near_the_bound(workers):
    data = published("ee-30")

    plan = plan_season(data, seconds=4, workers=workers)

    assert faults(data, plan) == []
    assert plan["bound"] <= plan["cost"]["total"] < 1.1 * plan["bound"]


@pytest.mark.parametrize("without", ["people", "supervisors", "slots", "places", "previous_groups"])
def test_instance_without_something_gets_a_plan_with_reasons(without):
    data = published("ee-30") | {"locks": {}, without: []}
    if without == "previous_groups":
        data["people"] = [person | {"previous_group": None} for person in data["people"]]

    plan = planned(data)

    assert faults(data, plan) == []
    if without in ("supervisors", "slots"):
        assert plan["groups"] == []
    if without == "people":
        assert (plan["status"], plan["bound"], plan["cost"]["total"]) == ("optimal", 0, 0)


def test_empty_instance():
    data = {"format": "season-instance/1", "id": "nothing"}

    assert faults(data, planned(data)) == []


def test_person_who_accepts_nothing_is_left_out_with_a_reason():
    data = published("tiny-12")
    data["people"][0]["modes"] = []

    plan = planned(data)

    assert faults(data, plan) == []
    assert group_of(plan, data["people"][0]["id"]) is None


# --- locks ------------------------------------------------------------------------------------


def test_pins_and_bans_are_kept():
    data = published("ee-120")
    previous = [row["id"] for row in data["previous_groups"]]
    people = [row["id"] for row in data["people"] if row["kind"] == "worker"]
    data["locks"] = {
        "pins": [{"person": each, "group": previous[0]} for each in people[:3]],
        "bans": [{"person": each, "group": name} for each in people[3:20] for name in previous[:4]],
    }

    plan = planned(data, steps=40)

    assert faults(data, plan) == []


def test_locked_draft_stays_and_the_rest_is_planned_anew():
    data = published("ee-120")
    first = planned(data)
    held, *rest = as_given(first)
    data["given_groups"] = [held]

    plan = planned(data)

    assert faults(data, plan) == []
    kept = next(group for group in plan["groups"] if group["id"] == held["id"])
    assert {*held["members"]} <= {*kept["members"]}
    assert (kept["meetings"], kept["supervisor"]) == (held["meetings"], held["supervisor"])
    assert len(plan["groups"]) > 1
    assert rest


@pytest.mark.parametrize("open_field", ["supervisor", "meetings", "mode", "language", "continues"])
def test_open_field_of_a_given_group_is_decided(open_field):
    data = published("ee-120")
    groups = as_given(planned(data), **{open_field: None})
    if open_field == "mode":
        groups = [group | {"meetings": None} for group in groups]
    data["given_groups"] = groups[:3]

    plan = planned(data)

    assert faults(data, plan) == []


def test_open_field_that_cannot_be_filled_is_said():
    data = published("ee-30")
    [group, *_rest] = as_given(planned(data), supervisor=None, meetings=None)
    data["given_groups"], data["slots"] = [group], []

    with pytest.raises(Unplannable) as trouble:
        planned(data)

    assert (trouble.value.group, trouble.value.field) == (group["id"], "supervisor")


def test_given_group_that_has_lost_everybody_gets_a_first_member():
    data = published("tiny-12")
    [group, *_rest] = as_given(planned(data), members=[])
    data["given_groups"] = [group]

    plan = planned(data)

    assert faults(data, plan) == []


def test_given_group_that_nobody_can_join_is_said():
    data = published("tiny-12")
    [group, *_rest] = as_given(planned(data), members=[])
    data["given_groups"] = [group]
    data["locks"] = {
        "bans": [{"person": row["id"], "group": group["id"]} for row in data["people"]]
    }

    with pytest.raises(Unplannable) as trouble:
        planned(data)

    assert (trouble.value.group, trouble.value.field) == (group["id"], "members")


# --- joiners ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_joiners_find_seats_in_groups_that_run(after):
    data = published("ee-120")
    first = planned(data)
    groups = as_given(first)
    # Half of one group come anew, and whoever had no place.
    newcomers = {*groups[0]["members"][:3], *groups[1]["members"][:3]}
    for group in groups:
        group["members"] = [each for each in group["members"] if each not in newcomers]
    ends = {"1": "2027-03-20", "2": "2027-06-15", "3": "2027-12-01"}
    now = f"{ends[str(after)]}T12:00+02:00" if after else "2027-01-05T12:00+02:00"
    data |= {"mode": "joiners", "given_groups": groups}
    data["settings"] = data.get("settings", {}) | {"now": now}

    plan = planned(data)

    assert faults(data, plan) == []
    assert [group["id"] for group in plan["groups"]] == [group["id"] for group in groups]
    placed = [each for each in newcomers if group_of(plan, each)]
    assert bool(placed) is (after < 3)


# --- instances that are none ------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"format": "season-instance/2"},
        {"mode": "winter"},
        {"settings": {"weights": {"km": 1.5}}},
        {"settings": {"weights": {"km": -1}}},
        {"settings": {"weights": {"miles": 1}}},
        {"settings": {"now": "2027-02-01T10:00"}},
        {"locks": {"pins": [{"person": "nobody", "group": "y1"}]}},
        {"locks": {"bans": [{"person": "mari", "group": "nowhere"}]}},
        {"given_groups": [{"id": "y1", "kind": "worker", "members": []}]},
        {"given_groups": [{"id": "g", "kind": "worker", "members": ["nobody"]}]},
        {"given_groups": [{"id": "g", "kind": "worker", "members": [], "supervisor": "nobody"}]},
        {
            "slots": [
                {"id": "a", "round": 4, "start": "2027-02-09T10:00Z", "end": "2027-02-09T11:00Z"}
            ]
        },
        {
            "slots": [
                {"id": "a", "round": 1, "start": "2027-02-09T10:00Z", "end": "2027-02-09T09:00Z"}
            ]
        },
        {
            "slots": [
                {"id": "a", "round": 1, "start": "2027-02-09T10:00", "end": "2027-02-09T11:00"}
            ]
        },
        {"people": [{"id": "mari"}]},
        {"people": "mari"},
    ],
)
def test_instance_that_breaks_its_format_is_refused_in_words(broken):
    with pytest.raises(BadInstance) as trouble:
        planned(published("example") | broken)

    assert str(trouble.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "boss"),
        ("modes", ["by post"]),
        ("previous_group", "unknown"),
        ("apart_from", ["nobody"]),
        ("stand_ins", ["mari"]),
        ("away", [["2027-02-09T10:00+02:00", "2027-02-09T09:00+02:00"]]),
    ],
)
def test_person_that_breaks_the_format_is_refused(name, value):
    data = published("example")
    data["people"][0][name] = value

    with pytest.raises(BadInstance):
        planned(data)
