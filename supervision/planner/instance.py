"""Reading an instance, and the arithmetic that rules, cost and reasons share.

All ids of the JSON become positions in lists here, so that tables can be arrays.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np


EARTH_KM = 6371.0088
ROUNDS = (1, 2, 3)
MODES = ("onsite", "online")
ONSITE, ONLINE = 0, 1
NONE = -1

SIZES = {
    "worker": {"min": 6, "wanted": 10, "max": 12},
    "manager": {"min": 4, "wanted": 8, "max": 12},
}
SETTINGS = {
    "sizes": SIZES,
    "max_missed": 1,
    "min_days_between_rounds": 42,
    "road_factor": 1.3,
    "turnaround_minutes": 30,
    "travel_kmh": 60,
    "stand_in_absence_counts": True,
    "now": None,
    "weights": {},
}
WEIGHTS = {
    "unplaced": 1000,
    "missed": 100,
    "continuity": 40,
    "group": 200,
    "km": 1,
    "fairness": 2,
    "small": 10,
    "other_mode": 120,
}

Span = tuple[float, float]
"""Seconds since 1970, from and (excluded) until."""


class BadInstance(ValueError):
    """The instance breaks its own format; the argument says where, in words."""


@dataclass(frozen=True)
class Given:
    """A group that exists already: what of it is decided, as positions; None is open.

    `meetings` are (slot, place) for each round, `NONE` for no place.
    """

    id: str
    kind: int
    language: int | None
    mode: int | None
    supervisor: int | None
    continues: int | None
    meetings: tuple[tuple[int, int], ...] | None
    members: tuple[int, ...]
    is_settled: bool
    """Mode, supervisor and meetings are all given: they are not judged again."""


@dataclass
class Instance:
    """A season's facts. Lists run in the order of the JSON; see `read_instance`."""

    id: str
    mode: str
    settings: dict[str, Any]
    weights: dict[str, int]
    kinds: list[str]
    languages: list[str]
    people: list[dict]
    supervisors: list[dict]
    places: list[dict]
    slots: list[dict]
    previous: list[str]
    previous_kind: list[int]
    given: list[Given]
    pins: dict[int, str]
    bans: set[tuple[int, str]]
    apart: list[set[int]]
    stand_ins: list[set[int]]
    km: np.ndarray
    """Whole kilometres one way, person × place."""
    road: np.ndarray
    """The same, place × place."""
    supervisor_km: np.ndarray
    free: np.ndarray
    """Whether a person can be called to a slot, person × slot."""
    available: np.ndarray
    """Whether a slot lies inside one interval of a supervisor, supervisor × slot."""
    open: np.ndarray
    """Whether a place is open throughout a slot, place × slot."""
    spans: list[Span]
    days: list[int]
    past: np.ndarray
    kept: dict[int, int] = field(default_factory=dict)
    """Kept members: person → given group."""

    def size(self, kind: int) -> dict[str, int]:
        return self.settings["sizes"][self.kinds[kind]]


def read_instance(data: dict[str, Any]) -> Instance:
    """Return what an instance says. Raises BadInstance when it breaks its format."""
    try:
        return _read(data)
    except BadInstance:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInstance(f"{type(error).__name__}: {error}") from error


def _read(data: dict[str, Any]) -> Instance:
    if data["format"] != "season-instance/1":
        raise BadInstance("format is not season-instance/1")
    mode = data.get("mode") or "season"
    if mode not in ("season", "joiners"):
        raise BadInstance("mode is season or joiners")
    given_settings = data.get("settings") or {}
    settings = SETTINGS | given_settings
    weights = _weights(given_settings.get("weights") or {})
    kinds = list(settings["sizes"])
    people = _unique(data.get("people"), "person")
    supervisors = _unique(data.get("supervisors"), "supervisor")
    places = _unique(data.get("places"), "place")
    slots = _unique(data.get("slots"), "slot")
    previous = _unique(data.get("previous_groups"), "previous group")
    groups = _unique(data.get("given_groups"), "given group")
    if {row["id"] for row in groups} & {row["id"] for row in previous}:
        raise BadInstance("a given and a previous group share an id")
    number = _positions(people)
    for row in people:
        if row["kind"] not in settings["sizes"]:
            raise BadInstance(f"{row['id']}: kind {row['kind']} has no sizes")
        if not {*row["modes"]} <= {*MODES}:
            raise BadInstance(f"{row['id']}: modes")
        if row.get("previous_group") is not None and row["previous_group"] not in {
            each["id"] for each in previous
        }:
            raise BadInstance(f"{row['id']}: unknown previous group")
    names = {row["id"] for row in (*groups, *previous)}
    spans, days = _times(slots)
    now = _moment(settings["now"]) if settings["now"] else None
    languages = _languages(people, supervisors, groups)
    stand_ins = _pairs(people, number, "stand_ins")
    given = [
        _given(row, kinds, languages, number, supervisors, previous, slots, places)
        for row in groups
    ]
    kept: dict[int, int] = {}
    for position, group in enumerate(given):
        for person in group.members:
            if person in kept:
                raise BadInstance(f"given group {group.id}: member {people[person]['id']}")
            kept[person] = position
    factor = settings["road_factor"]
    return Instance(
        id=data["id"],
        mode=mode,
        settings=settings,
        weights=weights,
        kinds=kinds,
        languages=languages,
        people=people,
        supervisors=supervisors,
        places=places,
        slots=slots,
        previous=[row["id"] for row in previous],
        previous_kind=[
            kinds.index(row["kind"]) if row["kind"] in kinds else NONE for row in previous
        ],
        given=given,
        pins=_pins(data, number, names),
        bans={(person, group) for person, group in _locks(data, "bans", number, names)},
        apart=_pairs(people, number, "apart_from"),
        stand_ins=stand_ins,
        km=kilometres(people, places, factor),
        road=kilometres(places, places, factor),
        supervisor_km=kilometres(supervisors, places, factor),
        free=_free(people, stand_ins, spans, counts=settings["stand_in_absence_counts"]),
        available=_inside([_intervals(row.get("available")) for row in supervisors], spans),
        open=~_touched([_intervals(row.get("closed")) for row in places], spans),
        spans=spans,
        days=days,
        past=np.array([now is not None and span[0] < now for span in spans], dtype=bool),
        kept=kept,
    )


def kilometres(those: list[dict], others: list[dict], factor: float) -> np.ndarray:
    """Return whole kilometres one way: haversine × road factor, half up."""
    found: dict[tuple, int] = {}
    table = np.zeros((len(those), len(others)), dtype=np.int64)
    for a, this in enumerate(those):
        for b, other in enumerate(others):
            key = (this["lat"], this["lon"], other["lat"], other["lon"])
            if key not in found:
                lat1, lon1, lat2, lon2 = map(math.radians, key)
                h = (
                    math.sin((lat2 - lat1) / 2) ** 2
                    + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
                )
                found[key] = math.floor(2 * EARTH_KM * math.asin(math.sqrt(h)) * factor + 0.5)
            table[a, b] = found[key]
    return table


def _weights(given: dict[str, Any]) -> dict[str, int]:
    weights = WEIGHTS | given
    whole = all(type(weight) is int and weight >= 0 for weight in weights.values())
    if not whole or {*weights} != {*WEIGHTS}:
        raise BadInstance("weights are whole numbers from 0 up, and no others than the eight")
    return weights


def _unique(rows: list[dict] | None, what: str) -> list[dict]:
    rows = list(rows or [])
    if len({row["id"] for row in rows}) != len(rows):
        raise BadInstance(f"two of one id among {what}s")
    return rows


def _positions(rows: list[dict]) -> dict[str, int]:
    return {row["id"]: position for position, row in enumerate(rows)}


def _languages(*lists: list[dict]) -> list[str]:
    people, supervisors, groups = lists
    found = {name for row in (*people, *supervisors) for name in row["languages"]}
    return sorted(found | {row["language"] for row in groups if row.get("language")})


def _moment(text: str) -> float:
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise BadInstance(f"{text}: a time needs its offset")
    return parsed.timestamp()


def _intervals(rows: Iterable | None) -> list[Span]:
    spans = [(_moment(start), _moment(end)) for start, end in rows or []]
    if any(start >= end for start, end in spans):
        raise BadInstance("an interval ends before it starts")
    return spans


def _times(slots: list[dict]) -> tuple[list[Span], list[int]]:
    spans = [(_moment(row["start"]), _moment(row["end"])) for row in slots]
    for row, (start, end) in zip(slots, spans, strict=True):
        if row["round"] not in ROUNDS or start >= end:
            raise BadInstance(f"slot {row['id']}")
    days = [datetime.fromisoformat(row["start"]).date().toordinal() for row in slots]
    return spans, days


def _pairs(people: list[dict], number: dict[str, int], name: str) -> list[set[int]]:
    found: list[set[int]] = [set() for _row in people]
    for one, row in enumerate(people):
        for other in row.get(name) or []:
            if other not in number or number[other] == one:
                raise BadInstance(f"{row['id']}: {name} names {other}")
            found[one].add(number[other])
            found[number[other]].add(one)
    return found


def _locks(data: dict, name: str, number: dict[str, int], names: set[str]) -> list[tuple[int, str]]:
    rows = (data.get("locks") or {}).get(name) or []
    for row in rows:
        if row["person"] not in number or row["group"] not in names:
            raise BadInstance(f"lock {row}")
    return [(number[row["person"]], row["group"]) for row in rows]


def _pins(data: dict, number: dict[str, int], names: set[str]) -> dict[int, str]:
    pins: dict[int, str] = {}
    for person, group in _locks(data, "pins", number, names):
        if pins.setdefault(person, group) != group:
            raise BadInstance(f"{data['people'][person]['id']} is pinned twice")
    return pins


def _given(
    row: dict,
    kinds: list[str],
    languages: list[str],
    number: dict[str, int],
    supervisors: list[dict],
    previous: list[dict],
    slots: list[dict],
    places: list[dict],
) -> Given:
    try:
        meetings = None
        if row.get("meetings"):
            slot_of, place_of = _positions(slots), _positions(places)
            rounds = sorted(row["meetings"], key=lambda meeting: meeting["round"])
            if [meeting["round"] for meeting in rounds] != list(ROUNDS):
                raise BadInstance(f"given group {row['id']}: meetings")
            meetings = tuple(
                (
                    slot_of[meeting["slot"]],
                    NONE if meeting.get("place") is None else place_of[meeting["place"]],
                )
                for meeting in rounds
            )
        mode = MODES.index(row["mode"]) if row.get("mode") else None
        if mode is None and meetings is not None:
            mode = ONLINE if meetings[0][1] == NONE else ONSITE

        def where(name: str, table: dict[str, int]) -> int | None:
            return None if row.get(name) is None else table[row[name]]

        return Given(
            id=row["id"],
            kind=kinds.index(row["kind"]),
            language=languages.index(row["language"]) if row.get("language") else None,
            mode=mode,
            supervisor=where("supervisor", _positions(supervisors)),
            continues=where("continues", _positions(previous)),
            meetings=meetings,
            members=tuple(number[person] for person in row["members"]),
            is_settled=bool(row.get("mode") and row.get("supervisor") and row.get("meetings")),
        )
    except (KeyError, ValueError) as error:
        raise BadInstance(f"given group {row.get('id')}: {error}") from error


# --- times as tables ------------------------------------------------------------------------


def _touched(intervals: list[list[Span]], spans: list[Span]) -> np.ndarray:
    """Return whether a slot overlaps any of the intervals, row × slot."""
    table = np.zeros((len(intervals), len(spans)), dtype=bool)
    starts = np.array([start for start, _end in spans])
    ends = np.array([end for _start, end in spans])
    for position, rows in enumerate(intervals):
        for start, end in rows:
            table[position] |= (start < ends) & (starts < end)
    return table


def _inside(intervals: list[list[Span]], spans: list[Span]) -> np.ndarray:
    """Return whether a slot lies inside one of the intervals, row × slot."""
    table = np.zeros((len(intervals), len(spans)), dtype=bool)
    starts = np.array([start for start, _end in spans])
    ends = np.array([end for _start, end in spans])
    for position, rows in enumerate(intervals):
        for start, end in rows:
            table[position] |= (start <= starts) & (ends <= end)
    return table


def _free(
    people: list[dict], stand_ins: list[set[int]], spans: list[Span], *, counts: bool
) -> np.ndarray:
    away = _touched([_intervals(row.get("away")) for row in people], spans)
    free = ~away
    if counts:
        for person, others in enumerate(stand_ins):
            for other in others:
                free[person] &= ~away[other]
    return free
