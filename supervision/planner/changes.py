"""Changing a plan by hand: what a change costs, and which rules it would break."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from supervision.planner.costs import group_cost, recount
from supervision.planner.instance import NONE, ONSITE, read_instance
from supervision.planner.planning import ids_of, written
from supervision.planner.reasons import Group, Reasons
from supervision.planner.rules import (
    covers_work,
    date_stands,
    dates_fit,
    days_fit,
    groups_of,
    places_fit,
    supervisor_fits,
)
from supervision.planner.stored import state_of
from supervision.planner.tables import facts_of


@dataclass(frozen=True)
class Choice:
    """Something that could be chosen instead: its id, what the whole plan would cost more, and
    the rules of the published problem (H3 …) that it would break.
    """

    id: str
    more: int
    rules: frozenset[str] = field(default_factory=frozenset)


class Board:
    """A plan of an instance, open for changes by hand. The data it was made from stay as they are.

    Raises ValueError when the plan does not belong to the instance.
    """

    def __init__(self, data: dict[str, Any], plan: dict[str, Any]) -> None:
        self.instance = read_instance(data)
        self.facts = facts_of(self.instance)
        self.state = state_of(self.instance, self.facts, plan)
        # In the order of the plan, so that everything keeps the name it had.
        self.ids = ids_of(self.instance, self.state, [row["id"] for row in plan["groups"]])
        self.people = {row["id"]: p for p, row in enumerate(self.instance.people)}
        self.numbers = {name: number for number, name in self.ids.items()}

    def written(self) -> dict[str, Any]:
        """Return the plan as it stands now, with its cost and everybody's reasons."""
        recount(self.facts.flat, self.state.flat)
        return written(self.instance, self.facts, self.state, None, self.ids)

    # --- a person's group ---

    def groups_for(self, person: str) -> list[Choice]:
        """Return every other group as a place for this person: what keeps the rules first, and
        the cheapest of it.
        """
        p = self.people[person]
        reasons = self._reasons()
        own = reasons.by_number.get(int(self.state.group_of[p]))
        choices = [
            Choice(
                group.id,
                self._moved_cost(p, group),
                # What binds a person to a group where they are is no obstacle by hand.
                frozenset(reasons.obstacles(p, group) - {"H20"}),
            )
            for group in reasons.groups
            if group is not own and self._has_chair(group.number)
        ]
        return sorted(choices, key=lambda choice: (bool(choice.rules), choice.more, choice.id))

    def move(self, person: str, group: str | None) -> None:
        """Put a person into another group, or into none. A group that nobody is left in goes."""
        p, state = self.people[person], self.state
        before = int(state.group_of[p])
        if before != NONE:
            seats = [int(q) for q in state.members[before, : state.size[before]] if q != p]
            state.members[before] = NONE
            state.members[before, : len(seats)] = seats
            state.size[before] = len(seats)
            state.group_of[p] = NONE
            if not seats and before >= len(self.instance.given):
                state.kind[before] = NONE
                del self.ids[before]
        if group is not None:
            number = self.numbers[group]
            state.members[number, state.size[number]] = p
            state.size[number] += 1
            state.group_of[p] = number

    # --- a group's dates and supervisor ---

    def slots_for(self, group: str, round_: int) -> list[Choice]:
        """Return the other times of a round (1–3) at the place where the group meets then."""
        number, r = self.numbers[group], round_ - 1
        F, S = self.facts.flat, self.state.flat

        def broken(slot: int) -> set[str]:
            rules = set()
            if not date_stands(F, S, number, r, slot):
                rules.add("H13")
            if not days_fit(F, S, number):
                rules.add("H18")
            if not covers_work(F, S, number, slot):
                rules.add("H11")
            return rules | self._missing(number)

        rows = [
            t
            for t in range(len(self.facts.round))
            if self.facts.round[t] == r
            and not self.facts.past[t]
            and t != self.state.slot[number, r]
        ]
        return self._choices(rows, number, self.state.slot[number], r, self.instance.slots, broken)

    def places_for(self, group: str, round_: int) -> list[Choice]:
        """Return the other places for one meeting of a group that meets on site."""
        number, r = self.numbers[group], round_ - 1
        if self.state.mode[number] != ONSITE:
            return []
        F, S = self.facts.flat, self.state.flat

        def broken(place: int) -> set[str]:
            rules = set()
            if not places_fit(F, S, number):
                rules.add("H16")
            if not supervisor_fits(F, S, number):
                rules.add("H12")
            if any(not self.facts.near[p, place] for p in self._members(number)):
                rules.add("H7")
            return rules

        rows = [t for t in range(len(self.instance.places)) if t != self.state.place[number, r]]
        return self._choices(
            rows, number, self.state.place[number], r, self.instance.places, broken
        )

    def supervisors_for(self, group: str) -> list[Choice]:
        """Return the other supervisors for a group."""
        number = self.numbers[group]
        F, S = self.facts.flat, self.state.flat

        def broken(supervisor: int) -> set[str]:
            rules = set()
            if not supervisor_fits(F, S, number):
                rules.add("H12")
            if groups_of(F, S, supervisor) > self.facts.most[supervisor]:
                rules.add("H15")
            return rules

        rows = [
            s for s in range(len(self.instance.supervisors)) if s != self.state.supervisor[number]
        ]
        return self._choices(
            rows, number, self.state.supervisor, number, self.instance.supervisors, broken
        )

    def set_slot(self, group: str, round_: int, slot: str) -> None:
        self.state.slot[self.numbers[group], round_ - 1] = _position(self.instance.slots, slot)

    def set_place(self, group: str, round_: int, place: str) -> None:
        self.state.place[self.numbers[group], round_ - 1] = _position(self.instance.places, place)

    def set_supervisor(self, group: str, supervisor: str) -> None:
        self.state.supervisor[self.numbers[group]] = _position(
            self.instance.supervisors, supervisor
        )

    # --- how it is worked out ---

    def _reasons(self) -> Reasons:
        return Reasons(self.instance, self.facts, self.state, self.ids)

    def _members(self, number: int) -> list[int]:
        return [int(p) for p in self.state.members[number, : self.state.size[number]]]

    def _has_chair(self, number: int) -> bool:
        """Whether the table has room for one more: one above what H3 allows, and no further."""
        return bool(self.state.size[number] < self.state.members.shape[1])

    def _missing(self, number: int) -> set[str]:
        """H8: whether a member would miss more meetings than may be."""
        F, S = self.facts.flat, self.state.flat
        fits = all(dates_fit(F, S, p, number) for p in self._members(number))
        return set() if fits else {"H8"}

    def _moved_cost(self, p: int, group: Group) -> int:
        """Return what the whole plan would cost more with this person in that group."""
        with self._tried():
            cost = self._total()
            self.move(self.instance.people[p]["id"], group.id)
            return self._total() - cost

    def _total(self) -> int:
        recount(self.facts.flat, self.state.flat)
        return self.state.total

    def _choices(
        self,
        rows: list[int],
        number: int,
        table: Any,
        at: int,
        named: list[dict],
        broken: Callable[[int], set[str]],
    ) -> list[Choice]:
        before = int(group_cost(self.facts.flat, self.state.flat, number))
        found = []
        for row in rows:
            with self._tried():
                table[at] = row
                more = int(group_cost(self.facts.flat, self.state.flat, number)) - before
                found.append(Choice(named[row]["id"], more, frozenset(broken(row))))
        return sorted(found, key=lambda choice: (bool(choice.rules), choice.more, choice.id))

    @contextmanager
    def _tried(self) -> Iterator[None]:
        """Put everything back afterwards."""
        kept, ids = self.state.flat.copy(), dict(self.ids)
        try:
            yield
        finally:
            self.state.flat[:], self.ids = kept, ids


def _position(rows: list[dict], name: str) -> int:
    return next(position for position, row in enumerate(rows) if row["id"] == name)
