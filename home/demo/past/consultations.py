from datetime import date, datetime, timedelta

from common import clock
from consultations.clocks import contact_due
from consultations.models import CODE_ALPHABET, CaseMeeting, ConsultationRequest, Spell
from consultations.workflow import Status
from home.demo import words
from home.demo.chance import Chance
from home.demo.past.figures import (
    CARRIED_FROM_2020_INTO_2022,
    CARRIED_INTO_2021,
    CLOSED_2022,
    OTHER_CASES_2022,
    YEARS,
    Year,
)
from home.demo.past.rows import add_meeting, month_after
from meetings.models import Meeting
from people.models import Post


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


def relive_consultations(rows, chance, population, today: date, scale: int) -> None:
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


def relive_later_consultations(rows, chance, population, today: date, scale: int) -> None:
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
        meeting = add_meeting(
            rows,
            chance,
            service="consultation",
            starts_at=chance.meeting_hour(chance.day(*month_after(day, 0))),
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
