"""An instance as arrays, and a plan as arrays: what the search reads and changes."""

from typing import NamedTuple

import numpy as np

from supervision.planner import layout
from supervision.planner.instance import MODES, NONE, Instance


class Facts(NamedTuple):
    """What does not change. Positions as in `Instance`; lists of lists are flattened: the
    neighbours of `p` are `x[x_at[p]:x_at[p + 1]]`. `flat` is all of it as the search reads it.
    """

    flat: np.ndarray
    kind: np.ndarray  # of a person
    speaks: np.ndarray  # person × language
    accepts: np.ndarray  # person × mode
    wish: np.ndarray  # the mode wished first, or NONE
    previous: np.ndarray  # previous group of a person, or NONE
    km: np.ndarray  # person × place
    near: np.ndarray  # whether a place is within the person's limit, person × place
    free: np.ndarray  # person × slot
    apart: np.ndarray
    apart_at: np.ndarray
    cover: np.ndarray  # stand-ins
    cover_at: np.ndarray
    pin_group: np.ndarray  # the given group a person is pinned to, or NONE
    pin_name: np.ndarray  # the previous group a person is pinned to, or NONE
    ban_group: np.ndarray  # person × given group
    ban_name: np.ndarray  # person × previous group
    kept: np.ndarray  # the given group that a person is a kept member of, or NONE
    takes: np.ndarray  # supervisor × kind × language
    available: np.ndarray  # supervisor × slot
    goes: np.ndarray  # whether a supervisor travels to a place, supervisor × place
    most: np.ndarray  # groups of a supervisor
    seats: np.ndarray  # of a place
    open: np.ndarray  # place × slot
    travel: np.ndarray  # seconds of road between places, rounded up to minutes
    pause: int  # seconds between two meetings of a supervisor
    round: np.ndarray  # of a slot, from 0
    day: np.ndarray
    past: np.ndarray
    apart_seconds: np.ndarray  # from the end of the earlier slot to the other's start; < 0: overlap
    by_round: np.ndarray  # slots not past of each round, filled up with NONE
    days_between: int
    max_missed: int
    smallest: np.ndarray  # sizes by kind
    wanted: np.ndarray
    largest: np.ndarray
    name_kind: np.ndarray  # kind of a previous group
    room: int  # how many groups there can be
    given: int  # the first so many groups are given
    settled: np.ndarray  # by group: not judged again
    fixed_meetings: np.ndarray  # by group: what was given and stays
    fixed_supervisor: np.ndarray
    fixed_name: np.ndarray
    may_form: bool
    w_unplaced: int
    w_missed: int
    w_continuity: int
    w_group: int
    w_km: int
    w_fairness: int
    w_small: int
    w_other: int


class State(NamedTuple):
    """A plan in the making. A group whose `size` and `kind` are 0 and NONE does not exist.

    `flat` is all of it as the search changes it; the others are views of its parts.
    """

    flat: np.ndarray
    kind: np.ndarray
    language: np.ndarray
    mode: np.ndarray
    supervisor: np.ndarray
    name: np.ndarray  # the previous group it continues, or NONE
    slot: np.ndarray  # group × round
    place: np.ndarray  # group × round; NONE online
    size: np.ndarray
    members: np.ndarray  # group × seat
    cost: np.ndarray  # of a group
    group_of: np.ndarray  # of a person, or NONE
    used: np.ndarray  # which previous groups are continued, by which group; NONE

    @property
    def total(self) -> int:
        return int(self.flat[layout.TOTAL])


def facts_of(instance: Instance) -> Facts:
    people, names, room = instance.people, instance.previous, _room(instance)
    settings, weights = instance.settings, instance.weights
    number = {name: position for position, name in enumerate(names)}
    groups = {group.id: position for position, group in enumerate(instance.given)}
    count = len(people)
    apart, apart_at = _flat(instance.apart)
    cover, cover_at = _flat(instance.stand_ins)
    pins = instance.pins
    ban_group = np.zeros((count, max(1, len(groups))), dtype=bool)
    ban_name = np.zeros((count, max(1, len(names))), dtype=bool)
    for person, name in instance.bans:
        if name in groups:
            ban_group[person, groups[name]] = True
        else:
            ban_name[person, number[name]] = True
    starts = np.array([start for start, _end in instance.spans])
    ends = np.array([end for _start, end in instance.spans])
    between = np.maximum(starts[None, :] - ends[:, None], starts[:, None] - ends[None, :])
    rounds = np.array([row["round"] - 1 for row in instance.slots], dtype=np.int64)
    limits = np.array([row["max_km"] for row in people], dtype=np.float64)
    facts = Facts(
        flat=np.zeros(0, dtype=np.int64),
        kind=_ints([instance.kinds.index(row["kind"]) for row in people]),
        speaks=_table(people, instance.languages, "languages"),
        accepts=_table(people, MODES, "modes"),
        wish=_ints([MODES.index(row["modes"][0]) if row["modes"] else NONE for row in people]),
        previous=_ints([number.get(row.get("previous_group"), NONE) for row in people]),
        km=instance.km,
        near=instance.km <= limits[:, None],
        free=instance.free,
        apart=apart,
        apart_at=apart_at,
        cover=cover,
        cover_at=cover_at,
        pin_group=_ints([groups.get(pins.get(p, ""), NONE) for p in range(count)]),
        pin_name=_ints([number.get(pins.get(p, ""), NONE) for p in range(count)]),
        ban_group=ban_group,
        ban_name=ban_name,
        kept=_ints([instance.kept.get(p, NONE) for p in range(count)]),
        takes=_takes(instance),
        available=instance.available,
        goes=_goes(instance),
        most=_ints([row["max_groups"] for row in instance.supervisors]),
        seats=_ints([row["capacity"] for row in instance.places]),
        open=instance.open,
        travel=60 * -(-instance.road * 60 // settings["travel_kmh"]).astype(np.int64),
        pause=60 * settings["turnaround_minutes"],
        round=rounds,
        day=_ints(instance.days),
        past=instance.past,
        apart_seconds=between.reshape(len(starts), len(starts)),
        by_round=_by_round(rounds, instance.past),
        days_between=settings["min_days_between_rounds"],
        max_missed=settings["max_missed"],
        smallest=_ints([instance.size(kind)["min"] for kind in range(len(instance.kinds))]),
        wanted=_ints([instance.size(kind)["wanted"] for kind in range(len(instance.kinds))]),
        largest=_ints([instance.size(kind)["max"] for kind in range(len(instance.kinds))]),
        name_kind=_ints(instance.previous_kind),
        room=room,
        given=len(instance.given),
        settled=_flags(room, [group.is_settled for group in instance.given]),
        fixed_meetings=_flags(room, [group.meetings is not None for group in instance.given]),
        fixed_supervisor=_flags(room, [group.supervisor is not None for group in instance.given]),
        fixed_name=_flags(room, [group.continues is not None for group in instance.given]),
        may_form=instance.mode == "season",
        w_unplaced=weights["unplaced"],
        w_missed=weights["missed"],
        w_continuity=weights["continuity"],
        w_group=weights["group"],
        w_km=weights["km"],
        w_fairness=weights["fairness"],
        w_small=weights["small"],
        w_other=weights["other_mode"],
    )
    return facts._replace(flat=_flat_facts(instance, facts))


def _flat_facts(instance: Instance, facts: Facts) -> np.ndarray:
    """Lay the facts one after the other, as `layout` names them."""
    tables = {
        layout.PERSON_KIND: facts.kind,
        layout.SPEAKS: facts.speaks,
        layout.ACCEPTS: facts.accepts,
        layout.WISH: facts.wish,
        layout.PREVIOUS_OF: facts.previous,
        layout.KM: facts.km,
        layout.IS_NEAR: facts.near,
        layout.IS_FREE: facts.free,
        layout.APART_ENTRY: facts.apart,
        layout.APART_AT: facts.apart_at,
        layout.COVER_ENTRY: facts.cover,
        layout.COVER_AT: facts.cover_at,
        layout.PIN_GROUP: facts.pin_group,
        layout.PIN_NAME: facts.pin_name,
        layout.BAN_GROUP: facts.ban_group,
        layout.BAN_NAME: facts.ban_name,
        layout.KEPT_IN: facts.kept,
        layout.TAKES: facts.takes,
        layout.IS_AVAILABLE: facts.available,
        layout.GOES_TO: facts.goes,
        layout.MOST_GROUPS: facts.most,
        layout.PLACE_SEATS: facts.seats,
        layout.IS_OPEN: facts.open,
        layout.TRAVEL: facts.travel,
        layout.IS_PAST: facts.past,
        layout.GAP: np.floor(facts.apart_seconds),
        layout.SLOT_OF_ROUND: facts.by_round,
        layout.DAY_OF: facts.day,
        layout.SMALLEST: facts.smallest,
        layout.WANTED_SIZE: facts.wanted,
        layout.LARGEST: facts.largest,
        layout.NAME_KIND: facts.name_kind,
        layout.IS_SETTLED: facts.settled,
        layout.HAS_FIXED_MEETINGS: facts.fixed_meetings,
        layout.HAS_FIXED_SUPERVISOR: facts.fixed_supervisor,
        layout.HAS_FIXED_NAME: facts.fixed_name,
    }
    head = np.zeros(layout.HEAD, dtype=np.int64)
    for place, number in {
        layout.PEOPLE: len(instance.people),
        layout.PLACES: len(instance.places),
        layout.SLOTS: len(instance.slots),
        layout.SUPERVISORS: len(instance.supervisors),
        layout.LANGUAGES: len(instance.languages),
        layout.KINDS: len(instance.kinds),
        layout.NAMES: facts.ban_name.shape[1],
        layout.ROOM: facts.room,
        layout.SEATS: _seats(instance, facts),
        layout.GIVEN: facts.ban_group.shape[1],
        layout.FIRST_NEW: facts.given,
        layout.MAY_FORM: facts.may_form,
        layout.MOST_SLOTS: facts.by_round.shape[1],
        layout.PAUSE: facts.pause,
        layout.DAYS_BETWEEN: facts.days_between,
        layout.MAX_MISSED: facts.max_missed,
        layout.W_UNPLACED: facts.w_unplaced,
        layout.W_MISSED: facts.w_missed,
        layout.W_CONTINUITY: facts.w_continuity,
        layout.W_GROUP: facts.w_group,
        layout.W_KM: facts.w_km,
        layout.W_FAIRNESS: facts.w_fairness,
        layout.W_SMALL: facts.w_small,
        layout.W_OTHER: facts.w_other,
    }.items():
        head[place] = number
    at = layout.HEAD
    for place, table in tables.items():
        head[place] = at
        at += table.size
    at = layout.PLAN_HEAD
    for place, (_name, shape) in _plan_tables(instance, facts).items():
        head[place] = at
        at += int(np.prod(shape))
    return np.concatenate([head, *(table.ravel().astype(np.int64) for table in tables.values())])


def _seats(instance: Instance, facts: Facts) -> int:
    """How many members there is room for in a group: one more than may be."""
    largest = max([*map(int, facts.largest), *(len(group.members) for group in instance.given), 1])
    return min(largest, max(1, len(instance.people))) + 1


def _plan_tables(instance: Instance, facts: Facts) -> dict[int, tuple[str, tuple[int, ...]]]:
    room = facts.room
    return {
        layout.KIND: ("kind", (room,)),
        layout.LANGUAGE: ("language", (room,)),
        layout.MODE: ("mode", (room,)),
        layout.SUPERVISOR: ("supervisor", (room,)),
        layout.NAME: ("name", (room,)),
        layout.SIZE: ("size", (room,)),
        layout.COST: ("cost", (room,)),
        layout.SLOT: ("slot", (room, 3)),
        layout.PLACE: ("place", (room, 3)),
        layout.MEMBERS: ("members", (room, _seats(instance, facts))),
        layout.GROUP_OF: ("group_of", (len(instance.people),)),
        layout.CONTINUED_BY: ("used", (facts.ban_name.shape[1],)),
    }


def _views(instance: Instance, facts: Facts, flat: np.ndarray) -> State:
    views = {
        name: flat[facts.flat[place] : facts.flat[place] + int(np.prod(shape))].reshape(shape)
        for place, (name, shape) in _plan_tables(instance, facts).items()
    }
    return State(flat=flat, **views)


def empty_state(instance: Instance, facts: Facts, seed: int) -> State:
    """Return the plan in which the given groups stand with their kept members, and nobody else
    is placed. What is open of a given group is NONE.
    """
    tables = _plan_tables(instance, facts)
    length = layout.PLAN_HEAD + sum(int(np.prod(shape)) for _name, shape in tables.values())
    state = _views(instance, facts, np.full(length, NONE, dtype=np.int64))
    state.flat[layout.RNG] = seed_of(seed)
    state.flat[layout.TOTAL] = 0
    state.size[:] = 0
    state.cost[:] = 0
    for position, group in enumerate(instance.given):
        state.kind[position] = group.kind
        for array, value in (
            (state.language, group.language),
            (state.mode, group.mode),
            (state.supervisor, group.supervisor),
            (state.name, group.continues),
        ):
            array[position] = NONE if value is None else value
        for round_, (slot, place) in enumerate(group.meetings or ()):
            state.slot[position, round_], state.place[position, round_] = slot, place
        if group.continues is not None:
            state.used[group.continues] = position
        for seat, person in enumerate(group.members):
            state.members[position, seat] = person
            state.group_of[person] = position
        state.size[position] = len(group.members)
    return state


def seed_of(seed: int) -> int:
    """Return a first state of the random numbers: never 0, and far apart for neighbours."""
    return (seed * 2_654_435_761 + 88_172_645_463_325_252) % 2**62 or 1


def copy_of(instance: Instance, facts: Facts, state: State) -> State:
    return _views(instance, facts, state.flat.copy())


def _room(instance: Instance) -> int:
    """No more groups than supervisors lead, nor than there are people to fill them."""
    new = 0
    if instance.mode == "season":
        least = min(
            (max(1, instance.size(kind)["min"]) for kind in range(len(instance.kinds))), default=1
        )
        seats = sum(max(0, row["max_groups"]) for row in instance.supervisors)
        new = min(seats, len(instance.people) // least)
    return max(1, len(instance.given) + new)


def _flags(room: int, values: list[bool]) -> np.ndarray:
    return np.array([*values, *[False] * (room - len(values))], dtype=bool)


def _ints(values: list) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _flat(lists: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    ends = np.cumsum([0, *map(len, lists)])
    return _ints([value for row in lists for value in sorted(row)]), _ints(list(ends))


def _table(rows: list[dict], words: list | tuple, name: str) -> np.ndarray:
    return np.array([[word in row[name] for word in words] for row in rows], dtype=bool).reshape(
        len(rows), len(words)
    )


def _takes(instance: Instance) -> np.ndarray:
    return np.array(
        [
            [
                [
                    kind in row["kinds"] and language in row["languages"]
                    for language in instance.languages
                ]
                for kind in instance.kinds
            ]
            for row in instance.supervisors
        ],
        dtype=bool,
    ).reshape(len(instance.supervisors), len(instance.kinds), len(instance.languages))


def _goes(instance: Instance) -> np.ndarray:
    limits = [row.get("max_km") for row in instance.supervisors]
    far = np.array([np.inf if limit is None else limit for limit in limits], dtype=np.float64)
    return instance.supervisor_km <= far[:, None]


def _by_round(rounds: np.ndarray, past: np.ndarray) -> np.ndarray:
    lists = [
        [slot for slot in range(len(rounds)) if rounds[slot] == r and not past[slot]]
        for r in range(3)
    ]
    table = np.full((3, max(1, *map(len, lists))), NONE)
    for row, slots in zip(table, lists, strict=True):
        row[: len(slots)] = slots
    return table
