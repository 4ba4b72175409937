"""A proposal of the planner as its pages show it: keys become people, rooms and names again."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.words import moment_text, weekday
from meetings.models import Room
from people.models import User
from supervision.models import Form, Group, Language, Proposal, Registration
from supervision.planner.instance import SETTINGS, SIZES, kilometres
from supervision.reason_words import help_text, reason_text


@dataclass
class Seat:
    """A person in a proposed group, or without one."""

    registration: Registration
    reasons: list[str]
    help: list[str] = field(default_factory=list)
    is_locked: bool = False
    misses: int = 0
    km: int = 0
    """To all meetings and back, by the planner's estimate."""


@dataclass
class Meeting:
    """A proposed meeting."""

    round: int
    slot: str
    starts_at: datetime
    ends_at: datetime
    room: Room | None
    where: str


@dataclass
class ProposedGroup:
    """A group as the planner proposes it."""

    id: str
    name: str
    supervisor: User
    language: str
    form: str
    meetings: list[Meeting]
    seats: list[Seat]
    existing: Group | None = None
    continues: Group | None = None
    is_locked: bool = False

    @property
    def where(self) -> str:
        places = dict.fromkeys(each.where for each in self.meetings)
        return " · ".join(places) if self.form == Form.ON_SITE else _("online")

    @property
    def dates(self) -> str:
        return " · ".join(moment_text(each.starts_at) for each in self.meetings)


class ProposalView:
    """What the pages of a proposal show. A fixed number of queries."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.instance: dict[str, Any] = proposal.instance
        self.plan: dict[str, Any] = proposal.plan or {"groups": [], "people": {}, "cost": {}}
        keys = [uuid.UUID(row["id"]) for row in self.instance["people"]]
        self.registrations = {
            row.pk.hex: row
            for row in Registration.objects.filter(
                pk__in=keys, season=proposal.season
            ).select_related("user", "municipality")
        }
        self._slots = {row["id"]: row for row in self.instance["slots"]}
        self._places = {row["id"]: row for row in self.instance["places"]}

    @cached_property
    def rooms(self) -> dict[str, Room]:
        keys = [uuid.UUID(key) for key in self._places if not key.startswith("at-")]
        rooms = Room.objects.filter(pk__in=keys).select_related("municipality__region")
        return {room.pk.hex: room for room in rooms}

    @cached_property
    def supervisors(self) -> dict[str, User]:
        keys = [uuid.UUID(row["id"]) for row in self.instance["supervisors"]]
        return {user.pk.hex: user for user in User.objects.filter(pk__in=keys)}

    @cached_property
    def known_groups(self) -> dict[str, Group]:
        """Groups of this season and of the one before, by key."""
        rows = [*self.instance["previous_groups"], *self.instance["given_groups"]]
        keys = [key for row in rows if (key := _key(row["id"])) is not None]
        return {group.pk.hex: group for group in Group.objects.filter(pk__in=keys)}

    @cached_property
    def names(self) -> dict[str, str]:
        """The groups' names: their own, that of the group they continue, or after the place."""
        found: dict[str, str] = {}
        numbers: Counter[str] = Counter()
        used = set(self.proposal.season.groups.values_list("name", flat=True))
        taken = used | {group.name for group in self.known_groups.values()}
        for row in self.plan["groups"]:
            known = self.known_groups.get(row["id"]) or self.known_groups.get(
                row["continues"] or ""
            )
            own = known is not None and known.pk.hex == row["id"]
            if known is not None and (own or known.name not in {*found.values(), *used}):
                found[row["id"]] = known.name
                continue
            base = self._base(row)
            while True:
                numbers[base] += 1
                name = f"{base} {numbers[base]}"
                if name not in taken and name not in found.values():
                    break
            found[row["id"]] = name
        # Those that could be continued, for the reasons.
        earlier = {key: group.name for key, group in self.known_groups.items()}
        return earlier | found

    @cached_property
    def groups(self) -> list[ProposedGroup]:
        locks = self.proposal.locks
        return [
            ProposedGroup(
                id=row["id"],
                name=self.names[row["id"]],
                supervisor=self.supervisors[row["supervisor"]],
                language=row["language"],
                form=Form.ONLINE if row["mode"] == "online" else Form.ON_SITE,
                meetings=[self._meeting(each) for each in row["meetings"]],
                seats=sorted(
                    (self._seat(key) for key in row["members"] if key in self.registrations),
                    key=_by_name,
                ),
                existing=self.known_groups.get(row["id"]),
                continues=self.known_groups.get(row["continues"] or ""),
                is_locked=row["id"] in locks.get("groups", []),
            )
            for row in sorted(self.plan["groups"], key=lambda row: self.names[row["id"]])
        ]

    @cached_property
    def unplaced(self) -> list[Seat]:
        people = self.plan["people"].items()
        rows = [key for key, row in people if row["group"] is None and key in self.registrations]
        return sorted(map(self._seat, rows), key=_by_name)

    @cached_property
    def figures(self) -> list[tuple[str, str]]:
        """What a coordinator weighs one proposal against another by: label and value."""
        seats = [seat for group in self.groups for seat in group.seats]
        on_site = [group for group in self.groups if group.form == Form.ON_SITE]
        km = [seat.km for group in on_site for seat in group.seats]
        continuing = [row for row in self.plan["people"].values() if _continues(row)]
        sizes = [len(group.seats) for group in self.groups]
        return [
            (_("In a group"), str(len(seats))),
            (_("Without a group"), str(len(self.unplaced))),
            (_("Groups"), str(len(self.groups))),
            (_("Members of a group"), f"{min(sizes)}–{max(sizes)}" if sizes else "–"),
            (_("With last year's group"), str(len(continuing))),
            (_("Dates that somebody misses"), str(sum(seat.misses for seat in seats))),
            (
                _("Kilometres of a member in the year, on average"),
                str(round(sum(km) / len(km))) if km else "–",
            ),
            (_("Kilometres in the year, at most"), str(max(km)) if km else "–"),
            (_("Points (fewer is better)"), str(self.plan["cost"].get("total", ""))),
        ]

    def group(self, key: str) -> ProposedGroup | None:
        return next((group for group in self.groups if group.id == key), None)

    def seat_of(self, registration: Registration) -> Seat | None:
        key = registration.pk.hex
        return self._seat(key) if key in self.plan["people"] else None

    @cached_property
    def published(self) -> list[ProposedGroup]:
        """Groups that are out already and get people by this: those are told at once."""
        out = [each for each in self.groups if each.existing and each.existing.status != "draft"]
        return [each for each in out if self.newcomers(each)]

    def newcomers(self, group: ProposedGroup) -> list[Seat]:
        """Who comes into a group that stands."""
        given = next((r for r in self.instance["given_groups"] if r["id"] == group.id), None)
        known = set(given["members"]) if given else set()
        return [seat for seat in group.seats if seat.registration.pk.hex not in known]

    @property
    def fault_name(self) -> str:
        """The group for which nothing could be found, in a proposal without a plan."""
        known = self.known_groups.get(self.proposal.fault)
        return known.name if known else ""

    def _near(self, key: str) -> str:
        """Say how many could meet where somebody without a group could come, if they are too few
        for a group.
        """
        people = {row["id"]: row for row in self.instance["people"]}
        me = people[key]
        least = SIZES[me["kind"]]["min"]
        found: dict[str, int] = {}
        for place in self._places:
            if place.startswith("at-") or self._ways[key, place] > me["max_km"]:
                continue
            found[place] = sum(
                "onsite" in row["modes"]
                and set(row["languages"]) & set(me["languages"]) != set()
                and self._ways[row["id"], place] <= row["max_km"]
                for row in people.values()
            )
        if "onsite" not in me["modes"] or not found or max(found.values()) >= least:
            return ""
        best = max(found, key=lambda place: found[place])
        return _(
            "Only %(n)s people could meet at %(place)s; a group has at least %(least)s. "
            "Ask whether online would suit."
        ) % {"n": found[best], "place": self.place_name(best), "least": least}

    def _seat(self, key: str) -> Seat:
        row = self.plan["people"][key]
        reasons = row["reasons"]
        unplaced = row["group"] is None
        missed = next((each["rounds"] for each in reasons if each["code"] == "misses"), [])
        return Seat(
            registration=self.registrations[key],
            reasons=[reason_text(each, self.names) for each in reasons],
            help=self._help(key, reasons) if unplaced else [],
            is_locked=key in self.proposal.locks.get("people", []),
            misses=len(missed),
            km=self._kilometres(key, row["group"]),
        )

    def _help(self, key: str, reasons: list[dict[str, Any]]) -> list[str]:
        # Where language or reach is what is missing, that is what helps.
        missing = {"no_supervisor", "too_few_peers", "no_place_in_reach", "too_few_dates"}
        near = "" if missing & {each["code"] for each in reasons} else self._near(key)
        return [near] if near else list(dict.fromkeys(filter(None, map(help_text, reasons))))

    def _kilometres(self, key: str, group: str | None) -> int:
        meetings = self._meetings_of.get(group or "", [])
        ways = (self._ways[key, each["place"]] for each in meetings if each["place"])
        return 2 * sum(ways)

    @cached_property
    def _meetings_of(self) -> dict[str, list[dict[str, Any]]]:
        return {row["id"]: row["meetings"] for row in self.plan["groups"]}

    @cached_property
    def _ways(self) -> dict[tuple[str, str], int]:
        """Kilometres one way from each person's municipality to each place."""
        people, places = self.instance["people"], self.instance["places"]
        table = kilometres(people, places, SETTINGS["road_factor"])
        return {
            (person["id"], place["id"]): int(table[p, q])
            for p, person in enumerate(people)
            for q, place in enumerate(places)
        }

    def _meeting(self, row: dict[str, Any]) -> Meeting:
        slot = self._slots[row["slot"]]
        room = self.rooms.get(row["place"] or "")
        return Meeting(
            round=row["round"],
            slot=row["slot"],
            starts_at=datetime.fromisoformat(slot["start"]),
            ends_at=datetime.fromisoformat(slot["end"]),
            room=room,
            where=self.place_name(row["place"]),
        )

    def place_name(self, key: str | None) -> str:
        if key is None:
            return _("online")
        room = self.rooms.get(key)
        if room is not None:
            return room.where
        known = self.known_groups.get(key.removeprefix("at-"))
        return known.place if known else ""

    def slot_text(self, key: str) -> str:
        starts_at = datetime.fromisoformat(self._slots[key]["start"])
        return f"{weekday(starts_at)} {moment_text(starts_at)}"

    def _base(self, row: dict[str, Any]) -> str:
        """What a new group is called after, without its number."""
        place = row["meetings"][0]["place"]
        room = self.rooms.get(place or "")
        words = _("Online group") if room is None else room.municipality.name.rsplit(" ", 1)[0]
        if row["language"] == Language.RU:
            words = _("%(name)s (in Russian)") % {"name": words}
        return words[:34]


@dataclass(frozen=True)
class Difference:
    """Somebody whom two proposals put with other people."""

    registration: Registration
    one: str
    other: str


def differences(one: ProposalView, other: ProposalView) -> list[Difference]:
    """Return who would be with mostly other people, by name: groups are numbered anew each time,
    so it is not their names that are compared.
    """
    same = _same_groups(one, other)
    found = []
    for key, registration in one.registrations.items():
        if key not in one.plan["people"] or key not in other.plan["people"]:
            continue
        here, there = (view.plan["people"][key]["group"] for view in (one, other))
        if same.get(here) == there:
            continue
        found.append(
            Difference(
                registration,
                one.names[here] if here else _("none"),
                other.names[there] if there else _("none"),
            )
        )
    return sorted(found, key=lambda each: each.registration.user.folded_name)


@dataclass(frozen=True)
class OtherwiseLed:
    """A group of one proposal that the other leads otherwise: supervisor, dates, places."""

    one: ProposedGroup
    other: ProposedGroup


def otherwise_led(one: ProposalView, other: ProposalView) -> list[OtherwiseLed]:
    """Return the groups that share their people and not their supervisor, dates or places."""
    same = _same_groups(one, other)
    pairs = [(group, other.group(same.get(group.id) or "")) for group in one.groups]
    return [
        OtherwiseLed(here, there)
        for here, there in pairs
        if there is not None
        and (here.supervisor, here.dates, here.where)
        != (there.supervisor, there.dates, there.where)
    ]


def _same_groups(one: ProposalView, other: ProposalView) -> dict[str | None, str | None]:
    """Match each group of one with that of the other that shares most members."""
    members = {row["id"]: set(row["members"]) for row in other.plan["groups"]}
    found: dict[str | None, str | None] = {None: None}
    for row in one.plan["groups"]:
        best = max(members, key=lambda key: len(members[key] & set(row["members"])), default=None)
        found[row["id"]] = best
    return found


def _continues(row: dict[str, Any]) -> bool:
    return any(reason["code"] == "continuity" for reason in row["reasons"])


def is_key(text: str) -> bool:
    """Say whether a group's id is the key of one of the season's, and not one only proposed."""
    return _key(text) is not None


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _by_name(seat: Seat) -> tuple[str, str]:
    user = seat.registration.user
    return user.last_name, user.first_name
