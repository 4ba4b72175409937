"""Why each person is where the plan puts them, as codes that a page turns into words.

A reason is true of the finished plan alone, whatever the search had in mind.
"""

from collections import Counter
from dataclasses import dataclass

from supervision.planner.instance import MODES, NONE, ONLINE, ONSITE, Instance
from supervision.planner.tables import Facts, State


MUST_BE_TOLD = ("misses", "second_mode")
TOLD = 3
"""How many other reasons are told of each person: the first ones that are true."""


@dataclass(frozen=True)
class Group:
    """A group of the finished plan."""

    number: int
    id: str
    members: list[int]


class Reasons:
    """Works out reasons for one plan; `ids` are the groups' names by their number."""

    def __init__(self, instance: Instance, facts: Facts, state: State, ids: dict[int, str]) -> None:
        self.instance, self.facts, self.state = instance, facts, state
        self.groups = [
            Group(number, name, [int(p) for p in state.members[number, : state.size[number]]])
            for number, name in ids.items()
        ]
        self.by_number = {group.number: group for group in self.groups}
        self.to_come = {
            group.number: [r for r in range(3) if not facts.past[state.slot[group.number, r]]]
            for group in self.groups
        }
        self.peers = Counter(
            (row["kind"], language, mode)
            for row in instance.people
            for language in row["languages"]
            for mode in row["modes"]
        )

    def told(self, person: int) -> list[dict]:
        """Return the reasons that are told: the first few, and what must not be left out."""
        true = self.true(person)
        more = [reason for reason in true[TOLD:] if reason["code"] in MUST_BE_TOLD]
        return true[:TOLD] + more

    def true(self, person: int) -> list[dict]:
        number = int(self.state.group_of[person])
        if number == NONE:
            return self._unplaced(person)
        return self._placed(person, self.by_number[number])

    # --- what stands between a person and a group ---

    def km(self, person: int, group: Group) -> int:
        if self.state.mode[group.number] != ONSITE:
            return 0
        places = self.state.place[group.number]
        return sum(int(self.facts.km[person, places[r]]) for r in self.to_come[group.number])

    def missed(self, person: int, group: Group) -> list[int]:
        slots = self.state.slot[group.number]
        return [r + 1 for r in self.to_come[group.number] if not self.facts.free[person, slots[r]]]

    def obstacles(self, person: int, group: Group) -> set[str]:
        """Return the rules that adding this person to this group would break, all else as it is."""
        facts, state, number = self.facts, self.state, group.number
        rules = set()
        if facts.kind[person] != state.kind[number]:
            rules.add("H4")
        if not facts.speaks[person, state.language[number]]:
            rules.add("H5")
        if not facts.accepts[person, state.mode[number]]:
            rules.add("H6")
        size = len(group.members) + 1
        if size > facts.largest[state.kind[number]]:
            rules.add("H3")
        if state.mode[number] == ONSITE:
            places = [state.place[number, r] for r in self.to_come[number]]
            if any(not facts.near[person, place] for place in places):
                rules.add("H7")
            if any(size > facts.seats[place] for place in places):
                rules.add("H16")
        ahead = len(self.to_come[number])
        if ahead - len(self.missed(person, group)) < max(1, ahead - facts.max_missed):
            rules.add("H8")
        if any(state.group_of[other] == number for other in self.instance.apart[person]):
            rules.add("H9")
        for other in self.instance.stand_ins[person]:
            theirs = int(state.group_of[other])
            if theirs == number:
                rules.add("H10")
            elif theirs != NONE and self._overlap(number, theirs):
                rules.add("H11")
        if self._locked_out(person, group):
            rules.add("H20")
        return rules

    def _overlap(self, one: int, other: int) -> bool:
        slots, apart = self.state.slot, self.facts.apart_seconds
        return any(
            apart[slots[one, a], slots[other, b]] < 0
            for a in self.to_come[one]
            for b in self.to_come[other]
        )

    def _locked_out(self, person: int, group: Group) -> bool:
        instance, name = self.instance, int(self.state.name[group.number])
        names = {group.id} | ({instance.previous[name]} if name != NONE else set())
        pin = instance.pins.get(person)
        kept = instance.kept.get(person, NONE)
        return (
            (pin is not None and pin not in names)
            or any((person, each) in instance.bans for each in names)
            or kept not in (NONE, group.number)
        )

    # --- who has a place ---

    def _placed(self, person: int, own: Group) -> list[dict]:
        instance, facts, state = self.instance, self.facts, self.state
        others = [(g, self.obstacles(person, g)) for g in self.groups if g is not own]
        open_ = [group for group, rules in others if not rules]
        mode, km = int(state.mode[own.number]), self.km(person, own)
        missed, name = self.missed(person, own), int(state.name[own.number])
        found: list[dict] = []
        if instance.kept.get(person) == own.number:
            found.append({"code": "kept_member"})
        pin = instance.pins.get(person)
        if pin is not None and pin in (own.id, instance.previous[name] if name != NONE else None):
            found.append({"code": "pinned"})
        if facts.previous[person] != NONE and facts.previous[person] == name:
            found.append({"code": "continuity", "previous_group": instance.previous[name]})
        if not open_:
            found.append({"code": "only_group"})
        onsite = [group for group in open_ if state.mode[group.number] == ONSITE]
        if mode == ONSITE and all(self.km(person, group) >= km for group in onsite):
            found.append({"code": "nearest_with_room", "km": km})
        if not missed:
            if open_ and all(self.missed(person, group) for group in open_):
                found.append({"code": "only_all_dates"})
            found.append({"code": "all_dates_fit"})
        if facts.wish[person] == mode:
            found.append({"code": "wished_mode", "mode": MODES[mode]})
        if open_:
            more, group_id = min((self._more(person, own, group), group.id) for group in open_)
            found.append({"code": "next_best", "group": group_id, "more": more})
        found += self._closed(person, own, others)
        if missed:
            found.append({"code": "misses", "rounds": missed})
        if facts.wish[person] not in (NONE, mode):
            found.append({"code": "second_mode", "mode": MODES[mode]})
        return found

    def _closed(self, person: int, own: Group, others: list[tuple[Group, set[str]]]) -> list[dict]:
        found, km = [], self.km(person, own)
        onsite = self.state.mode[own.number] == ONSITE
        for group, rules in others:
            if rules == {"H9"}:
                found.append({"code": "apart_kept", "group": group.id})
            elif rules and rules <= {"H10", "H11"}:
                found.append({"code": "stand_in_kept", "group": group.id})
            elif rules and rules <= {"H3", "H16"} and onsite:
                near = self.km(person, group)
                if self.state.mode[group.number] == ONSITE and near < km:
                    found.append({"code": "nearer_full", "group": group.id, "km": near})
        return found

    def _own_cost(self, person: int, group: Group) -> int:
        facts, previous = self.facts, self.facts.previous[person]
        mode = self.state.mode[group.number]
        return (
            facts.w_missed * len(self.missed(person, group))
            + facts.w_km * self.km(person, group)
            + facts.w_continuity * (previous != NONE and previous != self.state.name[group.number])
            + facts.w_other * (facts.wish[person] not in (NONE, mode))
        )

    def _more(self, person: int, own: Group, group: Group) -> int:
        """Return what the whole plan would cost more if only this person moved to that group."""
        facts = self.facts
        change = self._own_cost(person, group) - self._own_cost(person, own)
        rest = max((self.km(p, own) for p in own.members if p != person), default=0)
        change += facts.w_fairness * (rest - max(rest, self.km(person, own)))
        there = max((self.km(p, group) for p in group.members), default=0)
        change += facts.w_fairness * max(0, self.km(person, group) - there)
        for each, before, after in (
            (own, len(own.members), len(own.members) - 1),
            (group, len(group.members), len(group.members) + 1),
        ):
            wanted = int(facts.wanted[self.state.kind[each.number]])
            change += facts.w_small * (max(0, wanted - after) - max(0, wanted - before))
        return int(change)

    # --- who has none ---

    def _unplaced(self, person: int) -> list[dict]:
        instance, facts, row = self.instance, self.facts, self.instance.people[person]
        found: list[dict] = []
        if not (facts.takes[:, facts.kind[person], :] & facts.speaks[person]).any():
            found.append({"code": "no_supervisor"})
        if not facts.accepts[person, ONLINE] and not facts.near[person].any():
            found.append({"code": "no_place_in_reach"})
        ahead = {int(facts.round[t]) for t in range(len(facts.past)) if not facts.past[t]}
        free = {
            int(facts.round[t])
            for t in range(len(facts.past))
            if not facts.past[t] and facts.free[person, t]
        }
        if len(free) < max(1, len(ahead) - facts.max_missed):
            found.append({"code": "too_few_dates"})
        least = instance.size(int(facts.kind[person]))["min"]
        if instance.mode == "season" and all(
            self.peers[row["kind"], language, mode] < least
            for language in row["languages"]
            for mode in row["modes"]
        ):
            found.append({"code": "too_few_peers"})
        others = [(group, self.obstacles(person, group)) for group in self.groups]
        if not others:
            found.append({"code": "no_groups"})
        elif all(rules for _group, rules in others):
            counts = Counter(rule for _group, rules in others for rule in rules)
            ordered = sorted(counts.items(), key=lambda each: int(each[0][1:]))
            found.append({"code": "no_group_fits", "rules": dict(ordered)})
        found += [{"code": "could_join", "group": group.id} for group, rules in others if not rules]
        return found
