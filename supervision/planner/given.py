"""Filling in what is open of given groups, before anybody else is placed."""

import random

from supervision.planner.costs import copy_plan, own_cost
from supervision.planner.forming import choose_dates
from supervision.planner.instance import MODES, NONE, ONLINE, Instance
from supervision.planner.rules import groups_of, may_join, put_in, seats_of, stands
from supervision.planner.tables import Facts, State


TRIES = 60
PLACES = 8
"""How many places are tried for each meeting, the nearest first."""


class Unplannable(Exception):
    """A given group has an open field that cannot be filled; says which group and field."""

    def __init__(self, group: str, field: str) -> None:
        super().__init__(f"given group {group}: no {field} can be found that keeps every rule")
        self.group = group
        self.field = field


def complete_given(instance: Instance, facts: Facts, state: State, seed: int) -> None:
    """Decide mode, language, supervisor and meetings where given groups leave them open, and a
    first member where they have none. Raises Unplannable.
    """
    open_groups = [
        number
        for number, group in enumerate(instance.given)
        if not group.is_settled or group.language is None
    ]
    empty = [number for number, group in enumerate(instance.given) if not group.members]
    if not open_groups and not empty:
        return
    luck = random.Random(seed)
    start, stuck, field = state.flat.copy(), 0, ""
    order = open_groups
    for _try in range(TRIES if open_groups else 1):
        copy_plan(start, state.flat)
        for number in order:
            if not _complete(instance, facts, state, number, luck):
                stuck, field = number, _field(instance.given[number])
                # Who found nothing chooses first next time.
                others = [each for each in order if each != stuck]
                order = [stuck, *luck.sample(others, len(others))]
                break
        else:
            unseated = _seat_somebody(instance, facts, state, empty, luck)
            if unseated == NONE:
                return
            stuck, field = unseated, "members"
    raise Unplannable(instance.given[stuck].id, field)


def _seat_somebody(instance, facts, state, empty: list[int], luck: random.Random) -> int:
    """Give a first member to each given group that has kept none, as no group may be empty (H1).
    Return a group nobody can join, or NONE.
    """
    may = {
        number: [
            person
            for person in range(len(instance.people))
            if state.group_of[person] == NONE
            and seats_of(facts.flat, state.flat, number) > 0
            and may_join(facts.flat, state.flat, person, number)
        ]
        for number in empty
    }
    for number in sorted(empty, key=lambda each: len(may[each])):
        ranked = sorted(
            (own_cost(facts.flat, state.flat, person, number), luck.random(), person)
            for person in may[number]
            if state.group_of[person] == NONE and may_join(facts.flat, state.flat, person, number)
        )
        if not ranked:
            return number
        put_in(facts.flat, state.flat, ranked[0][2], number)
    return NONE


def _field(group) -> str:
    for name in ("language", "mode", "supervisor", "meetings"):
        if getattr(group, name) is None:
            return name
    return "supervisor"


def _complete(
    instance: Instance, facts: Facts, state: State, number: int, luck: random.Random
) -> bool:
    group = instance.given[number]
    members = group.members
    languages = _ranked(
        range(len(instance.languages)) if group.language is None else [group.language],
        lambda language: sum(bool(facts.speaks[p, language]) for p in members),
    )
    modes = _ranked(
        range(len(MODES)) if group.mode is None else [group.mode],
        lambda mode: sum(facts.wish[p] == mode for p in members),
    )
    for language in languages:
        for mode in modes:
            for supervisor in _supervisors(instance, facts, state, number, language, luck):
                state.language[number], state.mode[number] = language, mode
                state.supervisor[number] = supervisor
                if group.meetings is not None:
                    if group.is_settled or stands(facts.flat, state.flat, number):
                        return True
                elif _dates(instance, facts, state, number, luck):
                    return True
    state.supervisor[number] = NONE
    return False


def _supervisors(instance, facts, state, number, language, luck) -> list[int]:
    group = instance.given[number]
    if group.supervisor is not None:
        return [group.supervisor]
    rows = [
        supervisor
        for supervisor in range(len(instance.supervisors))
        if facts.takes[supervisor, group.kind, language]
        and groups_of(facts.flat, state.flat, supervisor) < facts.most[supervisor]
    ]
    return luck.sample(rows, len(rows))


def _dates(instance, facts, state, number, luck) -> bool:
    """Choose places and dates; the members are kept, so near places are a kindness, not a rule."""
    members = instance.given[number].members
    for place in _places(instance, facts, state, number, luck):
        for round_ in range(3):
            state.place[number, round_] = place
            state.slot[number, round_] = NONE
        likely = facts.kind[:0] if not members else state.members[number, : len(members)].copy()
        for _try in range(4):
            if choose_dates(facts.flat, state.flat, number, likely, len(members)) and stands(
                facts.flat, state.flat, number
            ):
                return True
    for round_ in range(3):
        state.slot[number, round_] = state.place[number, round_] = NONE
    return False


def _places(instance, facts, state, number, luck) -> list[int]:
    if state.mode[number] == ONLINE:
        return [NONE]
    members = instance.given[number].members
    supervisor = state.supervisor[number]
    rows = [
        place
        for place in range(len(instance.places))
        if facts.goes[supervisor, place] and facts.seats[place] >= len(members)
    ]
    rows.sort(key=lambda place: (sum(int(facts.km[p, place]) for p in members), luck.random()))
    return rows[:PLACES]


def _ranked(rows, score) -> list[int]:
    return sorted(rows, key=score, reverse=True)
