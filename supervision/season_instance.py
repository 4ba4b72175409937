"""A season as the planner reads it ("season-instance/1"): people, supervisors, places, times.

The keys are ours: a person is the key of their registration, a supervisor that of the person, a
place that of the room. Whoever looks at a plan finds the rows again by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from common import clock, workdays
from common.refusal import Refused
from meetings.availability import Opening, busy_of, openings_of
from meetings.models import Meeting, Room
from meetings.slots import Busy
from people.covering import covering
from people.models import Post, StaffRole, User
from supervision.models import (
    SESSIONS,
    Continuing,
    Form,
    Group,
    Hours,
    Membership,
    Offer,
    Registration,
    Season,
    SeasonSupervisor,
    Session,
)
from supervision.workflow import GroupStatus, RegistrationStatus


ROOM_SEATS = 12
"""How many fit into a room whose seats nobody has counted."""
NOON = time(12)
TALLINN = (59.4372, 24.7454)
"""Where a supervisor lives who travels anywhere; nothing is worked out from it."""
WANTS = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.PLACED)


@dataclass(frozen=True)
class Slot:
    """A time at which a group could meet, or does already."""

    id: str
    round: int
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> list[str]:
        return [_text(self.starts_at), _text(self.ends_at)]

    def inside(self, opening: Opening) -> bool:
        spans = opening.spans(clock.day_of(self.starts_at))
        return any(start <= self.starts_at and self.ends_at <= end for start, end in spans)

    def across(self, busy: Iterable[Busy]) -> bool:
        return any(self.starts_at < each.ends_at and each.starts_at < self.ends_at for each in busy)


def instance_of(
    season: Season,
    *,
    only_fill: bool = False,
    with_empty: bool = False,
    with_offered: bool = False,
) -> dict[str, Any]:
    """Return the season as it stands now; with `only_fill` no new group is to be formed.

    Groups that have their three dates and a supervisor stand as they are. Drafts without any date
    may be completed; what lies between the two is left out with its people, and so is who has
    an open offer. `with_empty`: published groups that nobody is in are among them too;
    `with_offered`: so are those with an open offer.
    The number of queries does not grow with the people. Raises Refused when the season has no
    rounds yet, or nobody is registered.
    """
    rounds = list(season.rounds.all())
    if len(rounds) < SESSIONS and not only_fill:
        raise Refused(_("Say first in which weeks the three rounds of meetings lie."))
    leaders = _leaders(season)
    standing = _groups(season)
    groups = [group for group in standing if _is_given(group, leaders, only_fill, with_empty)]
    people = _registrations(season, groups, with_offered)
    if not people:
        raise Refused(_("Nobody is registered yet."))
    to_choose = slots_of(season)
    slots = to_choose + [slot for group in groups for slot in _own_slots(group)]
    first = min(slot.starts_at for slot in slots) if slots else clock.now()
    last = max(slot.ends_at for slot in slots) if slots else clock.now()
    used = Q(meetings__supervision_session__group__in=groups)
    rooms = list(
        Room.objects.filter(Q(closed_at=None) | used).select_related("municipality").distinct()
    )
    previous = _previous(season, standing, groups)
    return {
        "format": "season-instance/1",
        "id": season.pk.hex,
        "mode": "joiners" if only_fill else "season",
        "settings": {
            "now": _text(clock.now()),
            "min_days_between_rounds": season.days_between,
        },
        "people": _people(season, people, slots, groups, previous),
        "supervisors": _supervisors(leaders, groups, season, to_choose, first, last),
        "places": [*_places(rooms, slots), *_places_without_room(groups, people, slots)],
        "slots": [
            {"id": slot.id, "round": slot.round, "start": slot.span[0], "end": slot.span[1]}
            for slot in slots
        ],
        "previous_groups": [{"id": key, "kind": season.kind} for key in previous],
        "given_groups": [_given(season, group, previous) for group in groups],
        "locks": {"pins": [], "bans": _bans(people, groups, previous, season)},
    }


def slots_of(season: Season) -> list[Slot]:
    """Return the times among which the planner looks: working days of the three rounds."""
    found = []
    for each in season.rounds.all():
        day = max(each.starts_on, clock.today())
        while day <= each.ends_on:
            if workdays.is_working_day(day):
                for begins in season.start_times:
                    starts_at = clock.tallinn(day, begins)
                    ends_at = starts_at + timedelta(minutes=season.minutes)
                    key = f"{each.number}:{day}T{begins:%H%M}"
                    if starts_at > clock.now():
                        found.append(Slot(key, each.number, starts_at, ends_at))
            day += timedelta(days=1)
    return found


def _text(moment: datetime) -> str:
    return moment.astimezone(clock.TALLINN).isoformat()


# --- people -----------------------------------------------------------------------------------


def _registrations(season: Season, groups: list[Group], with_offered: bool) -> list[Registration]:
    """Return who is to be placed, and who sits in one of these groups."""
    given = Membership.objects.filter(registration=OuterRef("pk"), ends_on=None, group__in=groups)
    seated = Membership.objects.filter(registration=OuterRef("pk"), ends_on=None)
    wanting = ~Exists(seated)
    if not with_offered:
        offers = Offer.objects.open_at(clock.now()).filter(registration=OuterRef("pk"))
        wanting &= ~Exists(offers)
    rows = season.registrations.filter(status__in=WANTS).filter(Exists(given) | wanting)
    return list(rows.select_related("user", "municipality"))


def _people(
    season: Season,
    rows: list[Registration],
    slots: list[Slot],
    groups: list[Group],
    previous: list[str],
) -> list[dict[str, Any]]:
    users = [row.user for row in rows]
    first = min((slot.starts_at for slot in slots), default=clock.now())
    last = max((slot.ends_at for slot in slots), default=clock.now())
    openings = openings_of(users, clock.day_of(first), clock.day_of(last))
    busy = _busy(users, first, last, groups)
    registered = {row.user_id: row for row in rows}
    ahead = min((s.starts_at for s in slots if s.starts_at > clock.now()), default=clock.now())
    covers = covering(users, clock.day_of(ahead))
    apart = _apart(season, rows)
    before = _groups_before(season, rows)
    return [
        {
            "id": row.pk.hex,
            "kind": season.kind,
            "municipality": row.municipality_id.hex,
            "lat": row.municipality.latitude,
            "lon": row.municipality.longitude,
            "languages": [row.language],
            "modes": {
                Form.ON_SITE: ["onsite"],
                Form.ONLINE: ["online"],
                Form.EITHER: ["onsite", "online"],
            }[Form(row.form)],
            "max_km": row.travels_up_to_km or 0,
            "away": [
                slot.span
                for slot in slots
                if not _suits(row, slot)
                or openings[row.user_id].is_away(clock.day_of(slot.starts_at))
                or slot.across(busy[row.user_id])
            ],
            # Whom it does not matter has nothing to lose by other people.
            "previous_group": key
            if (key := before.get(row.user_id)) in previous and row.continuing == Continuing.SAME
            else None,
            "apart_from": sorted(apart[row.pk]),
            "stand_ins": [
                registered[other.pk].pk.hex
                for other in covers.get(row.user_id, [])
                if other.pk in registered
            ],
        }
        for row in rows
    ]


def _bans(
    rows: list[Registration], groups: list[Group], previous: list[str], season: Season
) -> list[dict[str, str]]:
    """Keep people out of full groups, and out of last year's when they want other people."""
    members = {group.pk: _members(group) for group in groups}
    full = [group for group in groups if group.capacity <= len(members[group.pk]) + group.offered]
    bans = [
        {"person": row.pk.hex, "group": group.pk.hex}
        for group in full
        for row in rows
        if row.pk not in members[group.pk]
    ]
    before = _groups_before(season, [row for row in rows if row.continuing == Continuing.OTHER])
    return bans + [
        {"person": row.pk.hex, "group": before[row.user_id]}
        for row in rows
        if before.get(row.user_id) in previous
    ]


def _suits(row: Registration, slot: Slot) -> bool:
    """Say whether the weekday and the part of the day are among what the person said."""
    begins = slot.starts_at.astimezone(clock.TALLINN)
    ends = slot.ends_at.astimezone(clock.TALLINN)
    if str(begins.isoweekday()) not in row.weekdays:
        return False
    if row.hours == Hours.MORNING:
        return begins.time() < NOON
    return row.hours != Hours.AFTERNOON or ends.time() > NOON


def _busy(users: list[User], first: datetime, last: datetime, groups: list[Group]) -> dict:
    """Return what is taken of people's time, without the meetings of the group they sit in."""
    taken = busy_of(users, first, last)
    for group in groups:
        own = {(each.meeting.starts_at, each.meeting.ends_at) for each in _sessions(group)}
        for seat in group.memberships.all():
            key = seat.registration.user_id
            if seat.ends_on is None and key in taken:
                rows = taken[key]
                taken[key] = [each for each in rows if (each.starts_at, each.ends_at) not in own]
    return taken


def _apart(season: Season, rows: list[Registration]) -> dict:
    """Return who must not be with whom: what the coordinator said, and managers and own people."""
    found: dict = {row.pk: set() for row in rows}
    for pair in season.kept_apart.all():
        if pair.one_id in found and pair.other_id in found:
            found[pair.one_id].add(pair.other_id.hex)
            found[pair.other_id].add(pair.one_id.hex)
    by_user = {row.user_id: row for row in rows}
    posts = Post.objects.on(clock.today()).filter(user__in=by_user)
    manages: dict = {}
    works: dict = {}
    for user, place, kind in posts.values_list("user", "municipality", "kind"):
        table = manages if kind == Post.Kind.MANAGER else works
        table.setdefault(place, set()).add(by_user[user].pk)
    for place, managers in manages.items():
        for manager in managers:
            for worker in works.get(place, set()) - {manager}:
                found[manager].add(worker.hex)
                found[worker].add(manager.hex)
    return found


def _groups_before(season: Season, rows: list[Registration]) -> dict:
    """Return, by person, the key of their last group of the season before."""
    earlier = season.before()
    if earlier is None or not rows:
        return {}
    seats = Membership.objects.filter(
        group__season=earlier, registration__user__in=[row.user_id for row in rows]
    )
    seats = seats.exclude(group__status=GroupStatus.DRAFT).order_by("starts_on")
    return {user: group.hex for user, group in seats.values_list("registration__user", "group")}


def _previous(season: Season, standing: list[Group], groups: list[Group]) -> list[str]:
    """Return last season's groups, without those that a group left out continues already."""
    earlier = season.before()
    if earlier is None:
        return []
    given = {group.pk for group in groups}
    gone = {group.continues_id for group in standing if group.pk not in given}
    ended = season.groups.filter(status=GroupStatus.ENDED).exclude(continues=None)
    gone |= set(ended.values_list("continues", flat=True))
    rows = earlier.groups.exclude(status=GroupStatus.DRAFT).order_by("name")
    return [key.hex for key in rows.values_list("pk", flat=True) if key not in gone]


# --- supervisors and places -------------------------------------------------------------------


def _leaders(season: Season) -> list[SeasonSupervisor]:
    """Return who leads groups in the season and holds the role today."""
    today = User.objects.with_role(StaffRole.Role.SUPERVISOR, clock.today())
    rows = season.supervisors.filter(supervisor__in=today)
    return list(rows.select_related("supervisor", "home"))


def _supervisors(
    rows: list[SeasonSupervisor],
    groups: list[Group],
    season: Season,
    slots: list[Slot],
    first: datetime,
    last: datetime,
) -> list[dict[str, Any]]:
    """Return who may lead groups, at the slots to choose from alone: those of a group that stands
    are that group's own.
    """
    known = {row.supervisor_id for row in rows}
    # Whoever leads a group of the season without being named for it keeps that one.
    others: dict = {}
    for group in groups:
        if group.supervisor_id and group.supervisor_id not in known:
            others.setdefault(group.supervisor_id, set()).add(group.language)
    users = [row.supervisor for row in rows]
    openings = openings_of(users, clock.day_of(first), clock.day_of(last))
    busy = busy_of(users, first, last)
    found = [
        {
            "id": row.supervisor_id.hex,
            "languages": row.languages,
            "kinds": [season.kind],
            "lat": row.home.latitude if row.home else TALLINN[0],
            "lon": row.home.longitude if row.home else TALLINN[1],
            "max_groups": row.most_groups,
            "max_km": row.travels_up_to_km,
            "available": _joined(
                slot
                for slot in slots
                if slot.inside(openings[row.supervisor_id])
                and not slot.across(busy[row.supervisor_id])
            ),
        }
        for row in rows
    ]
    return found + [
        {
            "id": key.hex,
            "languages": sorted(languages),
            "kinds": [season.kind],
            "lat": TALLINN[0],
            "lon": TALLINN[1],
            "max_groups": 0,
            "max_km": None,
            "available": [],
        }
        for key, languages in others.items()
    ]


def _joined(slots: Iterable[Slot]) -> list[list[str]]:
    """Return the slots as intervals, those that touch or overlap as one."""
    spans: list[list[datetime]] = []
    for slot in sorted(slots, key=lambda slot: slot.starts_at):
        if spans and slot.starts_at <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], slot.ends_at)
        else:
            spans.append([slot.starts_at, slot.ends_at])
    return [[_text(start), _text(end)] for start, end in spans]


def _places(rooms: list[Room], slots: list[Slot]) -> list[dict[str, Any]]:
    taken = Meeting.objects.planned().filter(room__in=rooms, ends_at__gt=clock.now())
    by_room: dict = {room.pk: [] for room in rooms}
    for room, starts_at, ends_at in taken.values_list("room", "starts_at", "ends_at"):
        by_room[room].append(Busy(starts_at, ends_at))
    return [
        {
            "id": room.pk.hex,
            "municipality": room.municipality_id.hex,
            "lat": room.municipality.latitude,
            "lon": room.municipality.longitude,
            # One chair is the supervisor's.
            "capacity": (room.seats or ROOM_SEATS + 1) - 1,
            # A room that is closed by now serves nobody but the group that has it.
            "closed": [
                slot.span
                for slot in slots
                if room.closed_at is not None or slot.across(by_room[room.pk])
            ],
        }
        for room in rooms
    ]


# --- groups that the season has ---------------------------------------------------------------


def _groups(season: Season) -> list[Group]:
    """Return the season's groups that have not ended, with seats, dates and people loaded."""
    groups = season.groups.exclude(status=GroupStatus.ENDED).with_seats()
    return list(
        groups.prefetch_related(
            "sessions__meeting__room__municipality", "memberships__registration__municipality"
        ).order_by("name")
    )


def _is_given(
    group: Group, leaders: list[SeasonSupervisor], only_fill: bool, with_empty: bool
) -> bool:
    if not _members(group) and not (with_empty and group.status == GroupStatus.PUBLISHED):
        return False
    if len(_sessions(group)) == SESSIONS and group.supervisor_id:
        return True
    named = {row.supervisor_id for row in leaders} | {None}
    return not only_fill and not _sessions(group) and group.supervisor_id in named


def _members(group: Group) -> set:
    """Return the registrations that sit in it."""
    return {seat.registration_id for seat in group.memberships.all() if seat.ends_on is None}


def _sessions(group: Group) -> list[Session]:
    return [each for each in group.sessions.all() if not each.meeting.is_cancelled]


def _own_slots(group: Group) -> list[Slot]:
    if len(_sessions(group)) < SESSIONS:
        return []
    return [
        Slot(each.pk.hex, each.number, each.meeting.starts_at, each.meeting.ends_at)
        for each in _sessions(group)
    ]


def _given(season: Season, group: Group, previous: list[str]) -> dict[str, Any]:
    sessions = _sessions(group)
    continued = group.continues_id.hex if group.continues_id else None
    dated = len(sessions) == SESSIONS
    return {
        "id": group.pk.hex,
        "kind": season.kind,
        "language": group.language,
        "mode": "online" if group.form == Form.ONLINE else "onsite",
        "supervisor": group.supervisor_id.hex if group.supervisor_id else None,
        "continues": continued if continued in previous else None,
        "meetings": [
            {"round": each.number, "slot": each.pk.hex, "place": _place_of(group, each)}
            for each in sessions
        ]
        if dated
        else None,
        "members": sorted(key.hex for key in _members(group)),
    }


def _place_of(group: Group, session: Session) -> str | None:
    if group.form == Form.ONLINE:
        return None
    room = session.meeting.room_id
    return room.hex if room else _own_place(group)


def _own_place(group: Group) -> str:
    return f"at-{group.pk.hex}"


def _places_without_room(
    groups: list[Group], people: list[Registration], slots: list[Slot]
) -> list[dict[str, Any]]:
    """Return, for groups that meet in no room of ours, a place amidst their members, closed to
    everybody else.

    Where a line of text lies nobody knows; the middle of those who chose it is a fair guess.
    """
    where = {row.pk: row.municipality for row in people}
    found = []
    for group in groups:
        places = [where[key] for key in _members(group) if key in where]
        rooms = all(each.meeting.room_id for each in _sessions(group))
        if group.form == Form.ONLINE or rooms or not places:
            continue
        found.append(
            {
                "id": _own_place(group),
                "municipality": places[0].pk.hex,
                "lat": sum(place.latitude for place in places) / len(places),
                "lon": sum(place.longitude for place in places) / len(places),
                "capacity": group.capacity,
                "closed": [slot.span for slot in slots],
            }
        )
    return found
