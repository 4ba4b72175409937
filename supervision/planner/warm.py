"""Compiling the search before anybody waits for it: `python -m supervision.planner.warm`.

The first call of compiled functions takes half a minute; what they become is kept beside
the sources, or where NUMBA_CACHE_DIR says.
"""

from typing import Any

from supervision.planner.planning import plan_season


DAY = "2027-0{month}-0{day}T{hour}:00+02:00"


def smallest_season() -> dict[str, Any]:
    """Return an instance that leads the search through everything that is compiled."""
    place = {"lat": 59.4, "lon": 24.7}
    slots = [
        {
            "id": f"{round_}-{day}",
            "round": round_,
            "start": DAY.format(month=2 * round_, day=day, hour=10),
            "end": DAY.format(month=2 * round_, day=day, hour=13),
        }
        for round_ in (1, 2, 3)
        for day in (1, 2)
    ]
    person = {
        "kind": "worker",
        "municipality": "x",
        "languages": ["et"],
        "modes": ["onsite", "online"],
        "max_km": 50,
        "previous_group": None,
        **place,
    }
    return {
        "format": "season-instance/1",
        "id": "smallest",
        "settings": {"sizes": {"worker": {"min": 1, "wanted": 2, "max": 3}}},
        "people": [person | {"id": f"p{number}"} for number in range(5)],
        "supervisors": [
            {
                "id": "s",
                "languages": ["et"],
                "kinds": ["worker"],
                "max_groups": 3,
                "max_km": None,
                "available": [["2027-01-01T00:00+02:00", "2028-01-01T00:00+02:00"]],
                **place,
            }
        ],
        "places": [{"id": "k", "municipality": "x", "capacity": 9, "closed": [], **place}],
        "slots": slots,
        "given_groups": [{"id": "given", "kind": "worker", "members": ["p0"]}],
    }


if __name__ == "__main__":
    plan_season(smallest_season(), seconds=None, steps=3, workers=1)
