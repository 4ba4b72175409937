"""Seasons, groups and their people for tests, brought to a state by walking the real actions."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from common import clock
from meetings.models import Room
from people.models import User
from supervision.actions import (
    Leader,
    accept_network,
    ask_network,
    ask_proposal,
    begin_part,
    date_network,
    date_session,
    keep_part,
    make_group,
    make_season,
    offer_place,
    place_member,
    publish_group,
    record_attendance,
    register,
    set_rounds,
    set_supervisors,
)
from supervision.actions import open_season as open_season_action
from supervision.models import (
    Group,
    NetworkSupervision,
    Offer,
    Proposal,
    Registration,
    Season,
    Session,
)
from supervision.planner import plan_season
from tests.factories import meetings, people


_number = count(1)
WISH = "rohevint"
"""A word that must be read only where a network's wish may be read."""


def season(*, audience: str = "workers", year: int = 2027, window: int = 30, **dates) -> Season:
    """A prepared season whose registration window holds today and `window` days more."""
    opens = dates.get("opens", clock.today() - timedelta(days=7))
    closes = dates.get("closes", clock.today() + timedelta(days=window))
    return make_season(
        year=year,
        audience=audience,
        registration_opens_on=opens,
        registration_closes_on=closes,
        by=people.coordinator(),
    )


def open_season(**facts) -> Season:
    made = season(**facts)
    return open_season_action(made, by=people.coordinator())


def after_window(season: Season) -> datetime:
    """A moment after the registration window, to be played with `clock.at`."""
    return clock.tallinn(season.registration_closes_on + timedelta(days=1), time(9))


def registered(season: Season, place: str = "Elva vald", *, user: User | None = None, **wishes):
    make = people.manager if season.audience == "managers" else people.worker
    user = user or make(place)
    facts = {
        "form": "on_site",
        "language": "et",
        "travels_up_to_km": 60,
        "weekdays": "135",
    } | wishes
    return register(season, municipality=people.municipality(place), by=user, **facts)


def draft_group(season: Season, *, supervisor: User | None = None, **facts) -> Group:
    facts = {
        "name": f"G-{next(_number)}",
        "form": "on_site",
        "language": "et",
        "capacity": 12,
        "place": "Raekoja plats 1, Tartu",
    } | facts
    return make_group(
        season, supervisor=supervisor or people.supervisor(), by=people.coordinator(), **facts
    )


def dated_group(season: Season, *, first: date | None = None, **facts) -> Group:
    """A draft with its three dates, three weeks apart from `first` (in two weeks) on."""
    group = draft_group(season, **facts)
    first = first or clock.today() + timedelta(days=14)
    for number in (1, 2, 3):
        day = first + timedelta(weeks=3 * (number - 1))
        date_session(
            group,
            number,
            starts_at=clock.tallinn(day, time(10)),
            ends_at=clock.tallinn(day, time(13)),
            form="on_site",
            place=group.place,
            by=people.coordinator(),
        )
    return group


def published_group(season: Season, *, members: int = 1, **facts) -> Group:
    group = dated_group(season, **facts)
    for _each in range(members):
        place_member(group, registered(season), by=people.coordinator())
    return publish_group(group, by=people.coordinator())


def members_of(group: Group) -> list[User]:
    return [each.registration.user for each in group.memberships.filter(ends_on=None)]


def waiting(season: Season, place: str = "Elva vald", **wishes) -> Registration:
    """Somebody who joined after the window: needs a published group in the season."""
    with clock.at(after_window(season)):
        return registered(season, place, **wishes)


def offered(registration: Registration, group: Group, *, days: int = 2) -> Offer:
    return offer_place(
        registration,
        group,
        deadline_at=clock.end_of(clock.today() + timedelta(days=days)),
        by=people.coordinator(),
    )


def first_session(group: Group) -> Session:
    return group.sessions.select_related("meeting", "group").get(number=1)


def during(session: Session) -> datetime:
    return session.meeting.starts_at + timedelta(hours=1)


def recorded(session: Session, *, absent: int = 0) -> Session:
    """Record everyone as attended, but the first `absent` ones."""
    with clock.at(during(session)):
        users = [member.registration.user_id for member in session.members()]
        attended = {user: None if n < absent else Decimal("3") for n, user in enumerate(users)}
        return record_attendance(
            session, hours=Decimal("3"), attended=attended, by=session.group.supervisor
        )


def asked_network(place: str = "Elva vald", *, requester: User | None = None) -> NetworkSupervision:
    return ask_network(
        municipality=people.municipality(place),
        purpose="case",
        wish=WISH,
        people_expected=6,
        by=requester or people.worker(place),
    )


def accepted_network(place: str = "Elva vald", **facts) -> NetworkSupervision:
    network = asked_network(place, **facts)
    return accept_network(network, supervisor=people.supervisor(), by=people.coordinator())


def dated_network(place: str = "Elva vald", **facts) -> NetworkSupervision:
    return dated(accepted_network(place, **facts))


def dated(network: NetworkSupervision) -> NetworkSupervision:
    """Give an accepted one its date, in ten days."""
    day = clock.today() + timedelta(days=10)
    return date_network(
        network,
        starts_at=clock.tallinn(day, time(10)),
        ends_at=clock.tallinn(day, time(12)),
        form="on_site",
        place="Elva vallamaja",
        by=network.supervisor,
    )


# --- planning ---------------------------------------------------------------------------------


def planned_season(people_number: int = 14, *, supervisors: int = 2, **facts) -> Season:
    """An open season that can be planned: rounds, supervisors, rooms and registered people."""
    made = open_season(**facts)
    first = made.registration_closes_on + timedelta(days=14)
    frame(made, first)
    leaders = [Leader(supervisor=people.supervisor(), most_groups=3) for _n in range(supervisors)]
    set_supervisors(made, leaders=leaders, by=people.coordinator())
    for place in ("Tartu linn", "Elva vald"):
        if not Room.objects.filter(municipality__name=place).exists():
            meetings.room(place=place)
    for number in range(people_number):
        registered(made, ("Elva vald", "Tartu linn")[number % 2], weekdays="12345")
    made.refresh_from_db()
    return made


def frame(season: Season, first: date) -> Season:
    """Three rounds of two weeks, seven weeks apart, at ten o'clock."""
    rounds = [
        (first + timedelta(weeks=7 * n), first + timedelta(weeks=7 * n, days=13)) for n in range(3)
    ]
    return set_rounds(
        season,
        rounds=rounds,
        begins_at=[time(10)],
        minutes=180,
        days_between=42,
        by=people.coordinator(),
    )


def asked_proposal(season: Season, *, seconds: int = 60, **facts) -> Proposal:
    return ask_proposal(season, seconds=seconds, by=people.coordinator(), **facts)


def proposal(season: Season | None = None, *, steps: int = 20, **facts) -> Proposal:
    """A finished proposal: few steps and one thread, so that it is always the same."""
    return looked_for(asked_proposal(season or planned_season(), **facts), steps=steps)


def looked_for(asked: Proposal, *, steps: int = 20) -> Proposal:
    """Do what the worker process does, to the end."""
    part = begin_part(asked.pk)
    plan = plan_season(part.instance, seconds=None, steps=steps, workers=1)
    return keep_part(part, plan=plan, seconds=part.seconds)


def proposal_plan(part: Proposal) -> dict:
    return plan_season(part.instance, seconds=None, steps=0, workers=1)


def busy(supervisor: User, starts_at: datetime) -> None:
    """Give somebody another meeting at this time."""
    meetings.meeting(people.worker(), organiser=supervisor, starts_at=starts_at, hours=1)
