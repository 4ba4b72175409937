from datetime import date, time, timedelta
from decimal import Decimal

from common import clock
from home.demo import words
from home.demo.past.figures import Year
from home.demo.past.rows import add_meeting
from supervision.models import (
    Attendance,
    Audience,
    Group,
    Membership,
    Registration,
    Season,
    Session,
)
from supervision.workflow import GroupStatus, RegistrationStatus


def relive_supervision(rows, chance, population, year: Year, scale: int) -> None:
    coordinator = population.accounts["coordinator"]
    opens, closes = date(year.year, 1, 3), date(year.year, 1, 31)
    workers = chance.some(
        population.workers_on(closes), (year.registered_at_start + year.registered_midyear) * scale
    )
    managers = chance.some(population.managers_on(closes), year.managers)
    for audience, posts, at_start in (
        (Audience.WORKERS, workers, year.registered_at_start * scale),
        (Audience.MANAGERS, managers, len(managers)),
    ):
        season = rows.add(
            Season(
                id=chance.key(),
                year=year.year,
                audience=audience,
                registration_opens_on=opens,
                registration_closes_on=closes,
                opened_at=chance.office_hour(opens),
                opened_by=coordinator,
                ended_at=chance.office_hour(date(year.year, 12, 20)),
                ended_by=coordinator,
            )
        )
        registrations = []
        for number, post in enumerate(posts):
            window = (
                (opens, closes)
                if number < at_start
                else (date(year.year, 5, 2), date(year.year, 9, 30))
            )
            registrations.append(
                rows.add(
                    Registration(
                        id=chance.key(),
                        season=season,
                        user=post.user,
                        municipality=post.municipality,
                        status=RegistrationStatus.PLACED,
                        travels_up_to_km=chance.choice([30, 60, 100]),
                        registered_at=chance.moment(*window),
                        registered_by=post.user,
                    )
                )
            )
        _groups(rows, chance, population, season, posts, registrations)


def _groups(rows, chance, population, season: Season, posts, registrations) -> None:
    """Groups of eleven neighbours or so, with three recorded sessions each."""
    pairs = sorted(
        zip(posts, registrations, strict=True),
        key=lambda pair: (pair[0].municipality.county.name, str(pair[1].pk)),
    )
    size = 11
    for number, start in enumerate(range(0, len(pairs), size), start=1):
        members = pairs[start : start + size]
        county = members[0][0].municipality.county
        supervisor = population.supervisors[number % len(population.supervisors)]
        published_at = chance.office_hour(date(season.year, 2, 14))
        group = rows.add(
            Group(
                id=chance.key(),
                season=season,
                name=f"{county.short_name} {number}",
                supervisor=supervisor,
                status=GroupStatus.ENDED,
                place=words.PLACES[county.name],
                published_at=published_at,
                published_by=season.opened_by,
            )
        )
        for _post, registration in members:
            rows.add(
                Membership(
                    id=chance.key(),
                    group=group,
                    registration=registration,
                    starts_on=max(
                        date(season.year, 2, 14), clock.day_of(registration.registered_at)
                    ),
                    ends_on=date(season.year, 12, 20),
                )
            )
        for session_number, month in enumerate((3, 6, 10), start=1):
            day = chance.day(date(season.year, month, 1), date(season.year, month, 28))
            present = [
                (post, registration)
                for post, registration in members
                if clock.day_of(registration.registered_at) < day
            ]
            meeting = add_meeting(
                rows,
                chance,
                service="supervision",
                starts_at=clock.tallinn(day, time(chance.choice([10, 13]))),
                hours=3,
                organiser=supervisor,
                people=[post.user for post, _ in present],
                place=words.PLACES[county.name],
            )
            session = rows.add(
                Session(
                    id=chance.key(),
                    group=group,
                    meeting=meeting,
                    number=session_number,
                    recorded_at=meeting.ends_at + timedelta(hours=1),
                    recorded_by=supervisor,
                )
            )
            for post, _registration in present:
                came = chance.random() < 0.86
                rows.add(
                    Attendance(
                        session=session,
                        user=post.user,
                        municipality=post.municipality,
                        status=Attendance.Status.ATTENDED if came else Attendance.Status.ABSENT,
                        hours=Decimal(3) if came else Decimal(0),
                    )
                )
