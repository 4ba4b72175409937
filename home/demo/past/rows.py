"""Rows written in bulk, and the meetings that every story has."""

from datetime import date, datetime, timedelta

from django.conf import settings

from consultations.models import CaseMeeting, ConsultationRequest, Contact, Spell
from home.demo import words
from home.demo.chance import Chance
from meetings.models import Invitee, Meeting
from mentorship.models import MentoringMeeting, MentorshipRequest, Plan, PlanTopic, Rating
from supervision.models import Attendance, Group, Membership, Registration, Season, Session


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


def add_meeting(
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


def month_after(start: date, number: int) -> tuple[date, date]:
    first = start + timedelta(days=30 * number + 2)
    return first, first + timedelta(days=20)
