"""Any season gives a plan without broken rules, or says what is in its way; never a crash."""

import contextlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.planner import Unplannable
from tests.supervision.planner.seasons import as_given, faults, planned


PLACES = [(59.43, 24.75), (59.34, 24.95), (58.38, 26.72), (58.25, 22.48)]
LANGUAGES = st.lists(st.sampled_from(["et", "ru"]), max_size=2, unique=True)
DAYS = st.integers(1, 27)


def moment(month: int, day: int, hour: int) -> str:
    return f"2027-{month:02}-{day:02}T{hour:02}:00+02:00"


@st.composite
def spans(draw, most: int = 2) -> list[list[str]]:
    found = []
    for _n in range(draw(st.integers(0, most))):
        month, day = draw(st.sampled_from([2, 4, 9])), draw(DAYS)
        found.append([moment(month, day, 0), moment(month, day, draw(st.integers(1, 23)))])
    return found


@st.composite
def seasons(draw) -> dict[str, Any]:
    count = draw(st.integers(0, 14))
    names = [f"p{number}" for number in range(count)]
    previous = [
        {"id": f"y{number}", "kind": draw(st.sampled_from(["worker", "manager"]))}
        for number in range(draw(st.integers(0, 3)))
    ]
    old = st.sampled_from([None, *(row["id"] for row in previous)])
    others = st.lists(st.sampled_from(names), max_size=2, unique=True) if names else st.just([])

    def at(row: dict) -> dict:
        lat, lon = draw(st.sampled_from(PLACES))
        return row | {"lat": lat, "lon": lon}

    people = [
        at(
            {
                "id": name,
                "kind": draw(st.sampled_from(["worker", "worker", "manager"])),
                "municipality": "x",
                "languages": draw(LANGUAGES),
                "modes": draw(st.permutations(["onsite", "online"]))[: draw(st.integers(0, 2))],
                "max_km": draw(st.sampled_from([0, 30, 250])),
                "away": draw(spans()),
                "previous_group": draw(old),
                "apart_from": [each for each in draw(others) if each != name],
                "stand_ins": [each for each in draw(others) if each != name],
            }
        )
        for name in names
    ]
    supervisors = [
        at(
            {
                "id": f"s{number}",
                "languages": draw(LANGUAGES),
                "kinds": draw(st.permutations(["worker", "manager"]))[: draw(st.integers(0, 2))],
                "max_groups": draw(st.integers(0, 3)),
                "max_km": draw(st.sampled_from([None, 10, 300])),
                "available": [[moment(2, 1, 0), moment(9, 28, 0)]],
            }
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    places = [
        at({"id": f"k{n}", "municipality": "x", "capacity": draw(st.integers(0, 6)), "closed": []})
        for n in range(draw(st.integers(0, 3)))
    ]
    slots = []
    for number in range(draw(st.integers(0, 7))):
        round_ = draw(st.integers(1, 3))
        day, hour = draw(DAYS), draw(st.sampled_from([9, 10, 14]))
        month = {1: 2, 2: 4, 3: 9}[round_]
        begin, end = moment(month, day, hour), moment(month, day, hour + 3)
        slots.append({"id": f"t{number}", "round": round_, "start": begin, "end": end})
    locked = [{"person": name, "group": row["id"]} for name in names[:4] for row in previous[:1]]
    weights = st.sampled_from([0, 1, 40, 3000])
    return {
        "format": "season-instance/1",
        "id": "any",
        "settings": {
            "sizes": {
                "worker": {"min": draw(st.integers(0, 3)), "wanted": 4, "max": 5},
                "manager": {"min": 1, "wanted": 2, "max": draw(st.integers(1, 4))},
            },
            "max_missed": draw(st.integers(0, 3)),
            "min_days_between_rounds": draw(st.sampled_from([0, 42])),
            "stand_in_absence_counts": draw(st.booleans()),
            "now": draw(st.sampled_from([None, moment(3, 15, 0), moment(12, 1, 0)])),
            "weights": {
                name: draw(weights)
                for name in ("unplaced", "missed", "continuity", "group", "km", "fairness")
            },
        },
        "people": people,
        "supervisors": supervisors,
        "places": places,
        "slots": slots,
        "previous_groups": previous,
        "locks": draw(st.sampled_from([{}, {"pins": locked}, {"bans": locked}])),
    }


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seasons(), st.integers(1, 5))
def test_any_season_gives_a_plan_that_breaks_no_rule(data, seed):
    assert faults(data, planned(data, steps=4, seed=seed)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seasons(), st.sampled_from(["supervisor", "meetings", "continues"]), st.booleans())
def test_any_accepted_draft_gives_a_plan_or_says_what_cannot_be_filled(data, opened, joins):
    first = planned(data | {"locks": {}}, steps=4)
    data = data | {"locks": {}, "given_groups": as_given(first)[:2]}
    for group in data["given_groups"]:
        group["members"] = group["members"][:2]
        if not joins:
            group[opened] = None
    if joins:
        data["mode"] = "joiners"
    plan = None
    with contextlib.suppress(Unplannable):
        plan = planned(data, steps=4)
    assert plan is None or faults(data, plan) == []
