"""The years from 2021 on: ordinary rows, written in bulk; 2021 and 2022 with the published figures.

Source of the figures: the magazine Sotsiaaltöö 2/2023, and the Board's own review of
2022 (511 cases in hand, 342 on request, 190 new, 168 closed). The figure of 2021 for
mentorship is worked out from "a fifth more".
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from common import clock
from consultations.clocks import contact_due
from consultations.models import (
    CODE_ALPHABET,
    CaseMeeting,
    ConsultationRequest,
    Contact,
    Spell,
)
from consultations.workflow import Status
from home.demo import words
from home.demo.chance import Chance
from home.demo.population import Population
from library.models import Topic
from meetings.models import Invitee, Meeting
from mentorship.models import MentoringMeeting, MentorshipRequest, Plan, PlanTopic, Rating
from mentorship.workflow import PlanStatus, RequestStatus
from people.models import Post
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


Origin = ConsultationRequest.Origin

DOMESTIC_TOPICS = {
    "custody": 30,
    "behaviour": 22,
    "self-destructive": 16,
    "special-needs": 14,
    "contact": 8,
    "violence": 6,
    "separation": 4,
}
FOREIGN_TOPICS = (
    "int-custody-contact",
    "int-child-in-need",
    "int-welfare-check",
    "int-guardianship",
    "int-information",
)


@dataclass(frozen=True)
class Year:
    """What happened in one year, in numbers."""

    year: int
    mentorship: int
    requests_until_november: int
    requests_after: int
    municipalities_until_november: int
    # Of the requests of this year, how many are still in hand at its end.
    carried_on: int
    registered_at_start: int
    registered_midyear: int
    managers: int


YEARS = [
    Year(2021, 29, 128, 40, 52, 118, 158, 24, 28),
    Year(2022, 35, 146, 44, 57, 120, 174, 33, 32),
]


def later_years(today: date) -> list[Year]:
    """The years since, up to the one before the present, in plausible numbers."""
    return [
        Year(
            year, 33 + year % 5, 140 + 3 * (year % 7), 45, 58, 0, 168 + year % 9, 28 + year % 6, 32
        )
        for year in range(2023, today.year)
    ]


CARRIED_INTO_2021 = 90
"""Requests of 2020 still in hand when 2021 began; 34 of them go on into 2022."""
CARRIED_FROM_2020_INTO_2022 = 34
CLOSED_2022 = 168
SEASON_SETTLES = timedelta(days=60)
"""How far into a year its season counts as the present one."""
OTHER_CASES_2022 = 169
"""Cases in hand in 2022 that came in another way: 511 less 342."""


class Rows:
    """Rows gathered for writing in bulk, in an order that keys allow."""

    ORDER = (
        MentorshipRequest,
        Rating,
        Plan,
        PlanTopic,
        ConsultationRequest,
        Contact,
        Spell,
        Season,
        Registration,
        Group,
        Membership,
        Meeting,
        Invitee,
        MentoringMeeting,
        CaseMeeting,
        Session,
        Attendance,
    )

    def __init__(self) -> None:
        self._rows: dict[type, list] = {model: [] for model in self.ORDER}

    def add(self, row):
        self._rows[type(row)].append(row)
        return row

    def write(self) -> None:
        for model in self.ORDER:
            model.objects.bulk_create(self._rows[model], batch_size=500)


def relive(chance: Chance, population: Population, *, today: date, scale: int) -> None:
    """Write both years."""
    rows = Rows()
    topics = list(Topic.objects.all())
    seasons_until = (today - SEASON_SETTLES).year
    for year in [*YEARS, *later_years(today)]:
        # Plans that would still run are played in the present.
        latest = min(date(year.year, 12, 28), today - timedelta(days=360))
        if latest > date(year.year, 1, 3):
            _mentorship(rows, chance, population, year, topics, latest, scale)
        if year.year < seasons_until:
            _supervision(rows, chance, population, year, scale)
    _consultations(rows, chance, population, today, scale)
    _later_consultations(rows, chance, population, today, scale)
    rows.write()


def _meeting(
    rows: Rows,
    chance: Chance,
    *,
    service: str,
    starts_at: datetime,
    hours: float,
    organiser,
    people,
    place: str = "",
    form: str = Meeting.Form.ON_SITE,
) -> Meeting:
    meeting = rows.add(
        Meeting(
            id=chance.key(),
            service=service,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            form=form,
            place=place,
            link=words.VIDEO_LINK if form == Meeting.Form.VIDEO else "",
            organiser=organiser,
            uid=f"{chance.key()}@{settings.SITE_HOST}",
            created_at=starts_at - timedelta(days=14),
            changed_at=starts_at - timedelta(days=14),
        )
    )
    for person in {organiser.pk: organiser} | {person.pk: person for person in people}:
        rows.add(
            Invitee(
                id=chance.key(),
                meeting=meeting,
                user_id=person,
                answer=Invitee.Answer.ACCEPTED,
                answered_at=starts_at - timedelta(days=7),
            )
        )
    return meeting


def _mentorship(rows, chance, population, year: Year, topics, latest: date, scale: int) -> None:
    new_year, old_year = date(year.year, 1, 3), latest
    posts = chance.some(population.workers_on(new_year), year.mentorship * scale)
    for post in posts:
        asked_on = chance.day(new_year, old_year)
        asked_at = chance.office_hour(asked_on)
        mentor = population.consultant_of[post.municipality_id]
        request = rows.add(
            MentorshipRequest(
                id=chance.key(),
                worker=post.user,
                municipality=post.municipality,
                source=chance.choices(MentorshipRequest.Source.values, [6, 3, 1])[0],
                status=RequestStatus.TAKEN,
                wishes=chance.choice(words.WISHES),
                asked_on=asked_on,
                submitted_at=asked_at,
                submitted_by=post.user,
            )
        )
        for topic in topics:
            rows.add(
                Rating(id=chance.key(), request=request, topic=topic, value=chance.randint(1, 5))
            )
        started_at = asked_at + timedelta(days=chance.randint(5, 20))
        ended_at = started_at + timedelta(days=chance.randint(150, 330))
        plan = rows.add(
            Plan(
                id=chance.key(),
                request=request,
                worker=post.user,
                mentor=mentor,
                municipality=post.municipality,
                status=PlanStatus.ENDED,
                rhythm=chance.choice(Plan.Rhythm.values),
                taken_at=started_at,
                taken_by=mentor,
                worker_agreed_at=started_at,
                mentor_agreed_at=started_at,
                started_at=started_at,
                summary=chance.choice(words.SUMMARIES),
                summary_worker_agreed_at=ended_at,
                summary_mentor_agreed_at=ended_at,
                ended_at=ended_at,
            )
        )
        for position, topic in enumerate(chance.some(topics, chance.randint(3, 6)), start=1):
            rows.add(
                PlanTopic(
                    id=chance.key(),
                    plan=plan,
                    topic=topic,
                    position=position,
                    goal=chance.choice(words.GOALS),
                    progress=PlanTopic.Progress.DONE,
                    done_at=ended_at,
                    done_by=mentor,
                )
            )
        for number in range(chance.randint(3, 7)):
            day = chance.day(*_month_after(clock.day_of(started_at), number))
            meeting = _meeting(
                rows,
                chance,
                service="mentorship",
                starts_at=chance.meeting_hour(day),
                hours=1.5,
                organiser=mentor,
                people=[post.user],
                form=chance.choice(Meeting.Form.values),
                place=post.municipality.name,
            )
            rows.add(
                MentoringMeeting(
                    id=chance.key(),
                    plan=plan,
                    meeting=meeting,
                    outcome=MentoringMeeting.Outcome.HELD,
                    shared_notes=chance.choice(words.SHARED_NOTES),
                    recorded_at=meeting.ends_at,
                    recorded_by=mentor,
                )
            )


def _month_after(start: date, number: int) -> tuple[date, date]:
    first = start + timedelta(days=30 * number + 2)
    return first, first + timedelta(days=20)


def _consultations(rows, chance, population, today: date, scale: int) -> None:
    """Requests of municipalities and other cases, such that 2022 comes out as published."""
    # Requests of 2020 that were still in hand in 2021.
    for number in range(CARRIED_INTO_2021 * scale):
        goes_on = number < CARRIED_FROM_2020_INTO_2022 * scale
        end = (
            _later(chance, today)
            if goes_on
            else chance.moment(date(2021, 1, 11), date(2021, 12, 28))
        )
        _case(rows, chance, population, chance.moment(date(2020, 5, 4), date(2020, 12, 29)), end)

    in_hand_2022: list[ConsultationRequest] = []
    for year in YEARS:
        november = date(year.year, 11, 1)
        moments = [
            chance.moment(date(year.year, 1, 4), november)
            for _ in range(year.requests_until_november * scale)
        ] + [
            chance.moment(november + timedelta(days=1), date(year.year, 12, 28))
            for _ in range(year.requests_after * scale)
        ]
        places = _places(chance, population, year, len(moments), scale)
        closing = set(chance.sample(range(len(moments)), len(moments) - year.carried_on * scale))
        for number, (submitted_at, post) in enumerate(zip(moments, places, strict=True)):
            if number in closing:
                end = chance.moment(
                    min(clock.day_of(submitted_at) + timedelta(days=3), date(year.year, 12, 29)),
                    date(year.year, 12, 30),
                )
                end = max(end, submitted_at + timedelta(hours=4))
            elif year.year == 2022:
                end = _later(chance, today)
            else:
                end = None  # decided below, together with the others carried into 2022
            case = _case(
                rows, chance, population, submitted_at, end, post=post, spell=end is not None
            )
            if end is None:
                in_hand_2022.append(case)

    # What 2022 must still close so that the year's closings come to the published number.
    closed_of_2022 = sum(
        year.requests_until_november + year.requests_after - year.carried_on
        for year in YEARS
        if year.year == 2022
    )
    still_to_close = (CLOSED_2022 - closed_of_2022) * scale
    chance.shuffle(in_hand_2022)
    for number, case in enumerate(in_hand_2022):
        closed = number < still_to_close
        end = (
            chance.moment(date(2022, 1, 5), date(2022, 12, 29)) if closed else _later(chance, today)
        )
        _end(rows, chance, case, end)

    for _ in range(OTHER_CASES_2022 * scale):
        submitted_at = chance.moment(date(2021, 3, 1), date(2022, 11, 30))
        first_end = max(clock.day_of(submitted_at) + timedelta(days=20), date(2022, 1, 10))
        end = chance.moment(first_end, date(2024, 6, 28))
        _case(
            rows,
            chance,
            population,
            submitted_at,
            end,
            origin=chance.choices([Origin.FOREIGN, Origin.MINOR_NOTICE, Origin.BOARD], [5, 3, 2])[
                0
            ],
        )


def _later_consultations(rows, chance, population, today: date, scale: int) -> None:
    """Cases from 2023 until ten days ago; some of them are still in hand today."""
    last = today - timedelta(days=10)
    for year in range(2023, today.year + 1):
        first, until = date(year, 1, 4), min(date(year, 12, 28), last)
        if until <= first:
            continue
        number = round((185 + 4 * (year % 5)) * scale * (until - first).days / 360)
        for place in range(number + 40 * scale):
            submitted_at = chance.moment(first, until)
            end = clock.day_of(submitted_at) + timedelta(days=chance.randint(20, 260))
            origin = Origin.MUNICIPALITY
            if place >= number:
                origin = chance.choice([Origin.FOREIGN, Origin.MINOR_NOTICE, Origin.BOARD])
            case = _case(
                rows,
                chance,
                population,
                submitted_at,
                chance.office_hour(end) if end < last else None,
                origin=origin,
            )
            if end >= last:
                rows.add(Spell(request=case, opened_at=submitted_at))


def _later(chance: Chance, today: date) -> datetime:
    """When a long-running case ends: between 2023 and half a year ago."""
    return chance.moment(date(2023, 1, 5), min(today - timedelta(days=180), date(2025, 6, 30)))


def _places(chance, population, year: Year, number: int, scale: int) -> list[Post]:
    """Who asks: exactly so many municipalities until November, each of them at least once."""
    by_place: dict = {}
    for post in population.workers_on(date(year.year, 1, 4)):
        by_place.setdefault(post.municipality_id, []).append(post)
    chosen = chance.sample(sorted(by_place, key=str), year.municipalities_until_november)
    first = year.requests_until_november * scale
    asking = chosen + chance.choices(chosen, k=first - len(chosen))
    chance.shuffle(asking)
    asking += chance.choices(sorted(by_place, key=str), k=number - first)
    return [chance.choice(by_place[place]) for place in asking]


def _case(
    rows,
    chance,
    population,
    submitted_at: datetime,
    ended_at: datetime | None,
    *,
    post: Post | None = None,
    origin: str = Origin.MUNICIPALITY,
    spell: bool = True,
) -> ConsultationRequest:
    day = clock.day_of(submitted_at)
    post = post or chance.choice(population.workers_on(day))
    consultant = population.consultant_of[post.municipality_id]
    by_municipality = origin == Origin.MUNICIPALITY
    if origin == Origin.MINOR_NOTICE:
        kind, topic = ConsultationRequest.Kind.MINOR, "minor"
    elif origin == Origin.FOREIGN:
        kind, topic = ConsultationRequest.Kind.INTERNATIONAL, chance.choice(FOREIGN_TOPICS)
    else:
        kind = ConsultationRequest.Kind.DOMESTIC
        topic = chance.choices(list(DOMESTIC_TOPICS), list(DOMESTIC_TOPICS.values()))[0]
    contacted_at = submitted_at + timedelta(hours=chance.randint(2, 60))
    case = rows.add(
        ConsultationRequest(
            id=chance.key(),
            code=chance.code(CODE_ALPHABET),
            origin=origin,
            kind=kind,
            topic_id=topic,
            municipality=post.municipality,
            requester=post.user if by_municipality else None,
            consultant=consultant,
            status=Status.IN_PROGRESS,
            age_group=chance.choice(ConsultationRequest.AgeGroup.values),
            question=chance.choice(words.QUESTIONS),
            done_so_far=chance.choice(words.DONE),
            risk_factors=words.RISKS,
            protective_factors=words.PROTECTING,
            submitted_at=submitted_at,
            submitted_by=post.user if by_municipality else consultant,
            contact_due_at=contact_due(submitted_at),
            assigned_at=submitted_at,
            assigned_by=consultant,
            contacted_at=contacted_at,
            contacted_by=consultant,
        )
    )
    if chance.random() < 0.6:
        meeting = _meeting(
            rows,
            chance,
            service="consultation",
            starts_at=chance.meeting_hour(chance.day(*_month_after(day, 0))),
            hours=1,
            organiser=consultant,
            people=[post.user] if by_municipality else [],
            form=chance.choice(Meeting.Form.values),
            place=post.municipality.name,
        )
        rows.add(
            CaseMeeting(
                id=chance.key(),
                request=case,
                meeting=meeting,
                kind=CaseMeeting.Kind.DISCUSSION,
            )
        )
    if spell and ended_at:
        _end(rows, chance, case, ended_at)
    return case


def _end(rows, chance, case: ConsultationRequest, ended_at: datetime) -> None:
    case.status = Status.CLOSED
    case.summary = chance.choice(words.SUMMARIES)
    case.recommendations = chance.choice(words.RECOMMENDATIONS)
    case.closed_at, case.closed_by = ended_at, case.consultant
    if case.requester:
        case.summary_read_at, case.summary_read_by = ended_at + timedelta(days=2), case.requester
    # A contact may have been taken only just before the end.
    case.contacted_at = min(case.contacted_at, ended_at)
    rows.add(
        Spell(
            request=case,
            opened_at=case.submitted_at,
            ended_at=ended_at,
            outcome=Spell.Outcome.CLOSED,
        )
    )


def _supervision(rows, chance, population, year: Year, scale: int) -> None:
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
            meeting = _meeting(
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
