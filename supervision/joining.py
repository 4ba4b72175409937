"""Where somebody can still join in mid-year: free seats, dates left, distance, what is in the way.

By the same rules and facts as the season's planner.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import clock
from supervision.models import Group, Offer, Registration, Season
from supervision.planner.changes import Board
from supervision.planner.instance import SETTINGS, kilometres
from supervision.reason_words import rule_text
from supervision.season_instance import instance_of
from supervision.workflow import GroupStatus


@dataclass(frozen=True)
class FreeSeat:
    """A published group with a free seat, as it would be for one person.

    `km` are there and back over the meetings still to come, by the planner's estimate.
    """

    group: Group
    free: int
    dates_left: int
    km: int
    rules: frozenset[str]

    @property
    def in_the_way(self) -> str:
        return "; ".join(sorted({rule_text(rule) for rule in self.rules}))


class Joining:
    """The free seats of a season. A fixed number of queries for any number of people."""

    def __init__(self, season: Season) -> None:
        self.instance = instance_of(season, only_fill=True, with_empty=True, with_offered=True)
        published = season.groups.filter(status=GroupStatus.PUBLISHED).with_free_seats()
        self.groups = {group.pk.hex: group for group in published}
        self._slots = {row["id"]: row for row in self.instance["slots"]}
        self._people = {row["id"]: row for row in self.instance["people"]}
        self._places = {row["id"]: row for row in self.instance["places"]}
        # Of one whose dates are not all set nothing can be said.
        given = [
            row for row in self.instance["given_groups"] if row["meetings"] and row["supervisor"]
        ]
        self.instance["given_groups"] = given
        self._given = {row["id"]: row for row in given}
        self._board = Board(self.instance, {"groups": given})
        # Who has an offer is looked at as if they sat there: they may well come.
        offers = Offer.objects.open_at(clock.now()).filter(group__season=season)
        for person, group in offers.values_list("registration", "group"):
            self.seat(person.hex, group.hex)

    def seat(self, person: str, group: str) -> None:
        """Take it that a person sits in a group, for those who are looked at after them."""
        if person in self._people and group in self._given:
            self._board.move(person, group)

    def seats_for(self, registration: Registration) -> list[FreeSeat]:
        """Return the free seats, the best first; those with something in the way come last."""
        key = registration.pk.hex
        if key not in self._people:
            return []
        return [
            FreeSeat(
                group=group,
                free=group.capacity - group.taken,
                dates_left=len(self._to_come(choice.id)),
                km=self._kilometres(key, choice.id),
                rules=choice.rules,
            )
            for choice in self._board.groups_for(key)
            if (group := self.groups.get(choice.id)) is not None
        ]

    def _to_come(self, group: str) -> list[dict[str, Any]]:
        return [
            each
            for each in self._given[group]["meetings"]
            if datetime.fromisoformat(self._slots[each["slot"]]["start"]) > clock.now()
        ]

    def _kilometres(self, person: str, group: str) -> int:
        places = [self._places[each["place"]] for each in self._to_come(group) if each["place"]]
        table = kilometres([self._people[person]], places, SETTINGS["road_factor"])
        return 2 * int(table.sum())


def next_in_line(season: Season) -> Iterator[tuple[Registration, Group]]:
    """Give, by the order of the waiting list, whom a free seat suits, each seat and person once.

    Nobody is offered again what they let go by.
    """
    waiting = list(season.registrations.queue().select_related("user", "municipality"))
    offers = Offer.objects.filter(registration__in=waiting).values_list(
        "registration", "group", "status", "deadline_at"
    )
    let_go = {(person, group) for person, group, _status, _deadline in offers}
    asked = {
        person
        for person, _group, status, deadline_at in offers
        if status == "offered" and deadline_at > clock.now()
    }
    if not waiting or not season.groups.filter(status=GroupStatus.PUBLISHED).exists():
        return
    joining = Joining(season)
    free = {key: group.capacity - group.taken for key, group in joining.groups.items()}
    for registration in waiting:
        if registration.pk in asked:
            continue
        for seat in joining.seats_for(registration):
            key = seat.group.pk.hex
            known = (registration.pk, seat.group.pk) in let_go
            if not seat.rules and not known and free[key] > 0 and seat.dates_left:
                free[key] -= 1
                joining.seat(registration.pk.hex, key)
                yield registration, seat.group
                break
