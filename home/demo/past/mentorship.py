from datetime import date, timedelta

from common import clock
from home.demo import words
from home.demo.past.figures import Year
from home.demo.past.rows import add_meeting, month_after
from meetings.models import Meeting
from mentorship.models import MentoringMeeting, MentorshipRequest, Plan, PlanTopic, Rating
from mentorship.workflow import PlanStatus, RequestStatus


def relive_mentorship(
    rows, chance, population, year: Year, topics, latest: date, scale: int
) -> None:
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
            day = chance.day(*month_after(clock.day_of(started_at), number))
            meeting = add_meeting(
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
