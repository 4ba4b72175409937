"""The present season: the last months up to today, played through the ordinary actions.

Every step is played at its own moment, so that journal, mails and histories are as
they would be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F

from common import clock
from common.workdays import is_working_day
from consultations import actions as consultations
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.models import Message as CaseMessage
from consultations.models import Topic as CaseTopic
from home.demo import words
from home.demo.chance import Chance, next_working_day
from home.demo.population import HOME, Population
from library.models import Topic
from library.reference import load_demo_materials
from meetings.actions import (
    Guest,
    add_exception,
    add_guest,
    add_hours,
    answer_invitation,
    answer_poll,
    change_rules,
    open_poll,
)
from meetings.models import Invitee, Meeting
from meetings.services import poll_service
from mentorship import actions as mentorship
from mentorship.models import MentoringMeeting, Plan, PlanTopic, Task
from outbox.compose import held
from outbox.models import Message, Preference, Status
from people.actions import change_telling
from people.models import Absence, Post, User
from supervision.actions import (
    groups,
    network,
    registrations,
    seasons,
    sessions,
    waiting_list,
)
from supervision.models import Audience, Form, Group, Language, NetworkSupervision, Registration


def live(chance: Chance, population: Population, *, today: date) -> None:
    """Play the last months up to `today`; the mails of that time count as sent."""
    with held():
        Present(chance, population, today).play()
    Message.objects.filter(status=Status.WAITING).update(
        status=Status.SENT, sent_at=F("composed_at"), attempts=1
    )


class Present:
    """The present, in the order of the services."""

    def __init__(self, chance: Chance, population: Population, today: date) -> None:
        self.chance = chance
        self.population = population
        self.today = today
        self.accounts = population.accounts
        self.coordinator = self.accounts["coordinator"]
        self.topics = list(Topic.objects.all())

    def play(self) -> None:
        with self.on(self.ago(200)):
            load_demo_materials(self.accounts["consultant"])
        self.supervision()
        self.next_season()
        self.network_supervision()
        self.mentorship()
        self.consultations()
        self.absence()
        self.availability()
        self.telling()

    # --- time -------------------------------------------------------------------------------

    def ago(self, days: int) -> date:
        """A working day about so many days ago."""
        day = self.today - timedelta(days=days)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def ahead(self, days: int) -> date:
        return next_working_day(self.today + timedelta(days=days))

    @contextmanager
    def on(self, day: date, hour: int = 9) -> Iterator[datetime]:
        """Play the enclosed steps on a day; never later than now."""
        moment = min(clock.tallinn(day, time(hour, self.chance.randint(0, 59))), clock.now())
        with clock.at(moment):
            yield moment

    @staticmethod
    def times(day: date, hour: int, hours: float) -> dict[str, datetime]:
        starts_at = clock.tallinn(day, time(hour))
        return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}

    # --- people -----------------------------------------------------------------------------

    def long_serving(self, since: date) -> list[Post]:
        """Workers who were there on `since` and still are, the accounts left out."""
        accounts = {user.pk for user in self.accounts.values()}
        return [
            post
            for post in self.population.workers_on(since)
            if post.holds_on(self.today) and post.user_id not in accounts
        ]

    def post_of(self, account: str) -> Post:
        user = self.accounts[account]
        return next(
            post
            for post in self.population.posts
            if post.user_id == user.pk and post.holds_on(self.today)
        )

    # --- supervision ------------------------------------------------------------------------

    def supervision(self) -> None:
        """This year's two seasons: registered, placed, two sessions held, the third around now."""
        year = (self.today - timedelta(days=60)).year
        opens, closes = date(year, 1, 5), date(year, 1, 30)
        published_on = next_working_day(date(year, 2, 15))
        workers = self.long_serving(opens)
        self.chance.shuffle(workers)
        workers = [self.post_of("worker"), *workers[:190]]
        managers = self.population.managers_on(opens)
        managers = [post for post in managers if post.holds_on(self.today)][:33]
        for audience, posts in ((Audience.WORKERS, workers), (Audience.MANAGERS, managers)):
            season = self._season(year, audience, opens, closes, opened_on=opens)
            registered = []
            for post in posts:
                with self.on(self.chance.day(opens, closes), self.chance.randint(8, 16)):
                    registered.append((post, self._register(season, post)))
            self._groups(season, registered, published_on)
            if audience == Audience.WORKERS:
                self._joiners(season, {post.user_id for post in posts}, published_on)

    def _season(self, year, audience, opens, closes, *, opened_on: date):
        with self.on(opened_on, 8):
            season = seasons.make_season(
                year=year,
                audience=audience,
                registration_opens_on=opens,
                registration_closes_on=closes,
                by=self.coordinator,
            )
            return seasons.open_season(season, by=self.coordinator)

    def _register(self, season, post: Post) -> Registration:
        form = self.chance.choices([Form.ON_SITE, Form.EITHER, Form.ONLINE], [7, 2, 1])[0]
        return registrations.register(
            season,
            municipality=post.municipality,
            form=form,
            language=Language.RU
            if post.municipality.name in ("Narva linn", "Sillamäe linn")
            else Language.ET,
            travels_up_to_km=None if form == Form.ONLINE else self.chance.choice([30, 60, 100]),
            weekdays=self.chance.choice(["12345", "234", "1234", "24", "12345"]),
            by=post.user,
        )

    def _groups(self, season, registered: list, published_on: date) -> None:
        worker = self.accounts["worker"]
        # Neighbours together; the worker's county first, with the supervisor who has an account.
        home = self.post_of("worker").municipality.county_id
        registered.sort(
            key=lambda pair: (
                pair[0].municipality.county_id != home,
                pair[0].user_id != worker.pk,
                pair[0].municipality.county_id,
                str(pair[1].pk),
            )
        )
        six = 6 if season.audience == Audience.WORKERS else 0
        for number, start in enumerate(range(0, len(registered), 11)):
            members = registered[start : start + 11]
            if number < six:
                supervisor = self.population.supervisors[0]
            else:
                supervisor = self.population.supervisors[1 + number % 4]
            with self.on(published_on, 9):
                group = self._group(season, number, members, supervisor, published_on)
            self._sessions_held(group, published_on)

    def _group(self, season, number: int, members: list, supervisor, published_on: date) -> Group:
        municipality = members[0][0].municipality
        prefix = municipality.county.short_name.removesuffix("maa")
        if season.audience == Audience.MANAGERS:
            prefix = "Juhid"
        group = groups.make_group(
            season,
            name=f"{prefix} {number + 1}",
            form=Form.ON_SITE,
            language=members[0][1].language,
            capacity=12,
            place=words.PLACES[municipality.county.name],
            region=municipality.region,
            supervisor=supervisor,
            by=self.coordinator,
        )
        span = (self.today - published_on).days
        # A day apart each, so that no supervisor is in two places.
        shift = timedelta(days=2 * number)
        firsts = [
            published_on + timedelta(days=max(3, int(span * 0.2))) + shift,
            published_on + timedelta(days=max(9, int(span * 0.55))) + shift,
            self.today + timedelta(days=3 if number == 0 else -2 if number == 1 else 2 * number),
        ]
        for session_number, first in enumerate(firsts, start=1):
            groups.date_session(
                group,
                session_number,
                **self.times(next_working_day(first), 10 if number % 2 == 0 else 14, 3),
                form=Meeting.Form.ON_SITE,
                place=group.place,
                by=self.coordinator,
            )
        for _post, registration in members:
            groups.place_member(group, registration, by=self.coordinator)
        return groups.publish_group(group, by=self.coordinator)

    def _sessions_held(self, group: Group, published_on: date) -> None:
        for session in group.sessions.select_related("meeting"):
            day = clock.day_of(session.meeting.ends_at)
            # What ended within three days is still to be recorded.
            if day > self.today - timedelta(days=4):
                continue
            with clock.at(session.meeting.ends_at + timedelta(minutes=20)):
                attended = {
                    member.registration.user_id: Decimal(3) if self.chance.random() < 0.88 else None
                    for member in session.members()
                }
                worker = self.accounts["worker"].pk
                if worker in attended:
                    attended[worker] = Decimal(3)
                sessions.record_attendance(
                    session, hours=Decimal(3), attended=attended, by=group.supervisor
                )
            if group.supervisor_id != self.accounts["supervisor"].pk:
                continue
            with clock.at(min(session.meeting.ends_at + timedelta(days=2), clock.now())):
                for user in User.objects.filter(
                    pk__in=[key for key, hours in attended.items() if hours]
                ).exclude(pk=worker):
                    if self.chance.random() < 0.6:
                        sessions.give_feedback(
                            session,
                            useful=self.chance.choice([3, 4, 4, 5, 5]),
                            safe=self.chance.choice([4, 5, 5]),
                            by=user,
                        )

    def _joiners(self, season, known: set, published_on: date) -> None:
        """Who joins in mid-year: some have got a place, some wait, one has an open offer."""
        first = published_on + timedelta(days=20)
        posts = [post for post in self.long_serving(first) if post.user_id not in known][:26]
        joined = []
        for post in posts:
            with self.on(self.chance.day(first, self.ago(8)), self.chance.randint(8, 15)):
                joined.append((post, self._register(season, post)))
        joined.sort(key=lambda pair: pair[1].waiting_since)
        published = list(season.groups.all())
        for number, (post, registration) in enumerate(joined[:-5]):
            if number >= len(published):
                break
            with self.on(self.ago(6), 10):
                offer = waiting_list.offer_place(
                    registration,
                    published[number],
                    deadline_at=clock.end_of(self.ahead(4)),
                    by=self.coordinator,
                )
            if number > 0:
                with self.on(self.ago(5), 11):
                    waiting_list.accept_offer(offer, by=post.user)

    def next_season(self) -> None:
        """Registration for the coming year is open right now."""
        opens, closes = self.ago(13), self.today + timedelta(days=19)
        year = (self.today - timedelta(days=60)).year + 1
        for audience in Audience:
            season = self._season(year, audience, opens, closes, opened_on=self.ago(14))
            if audience == Audience.WORKERS:
                posts = self.chance.some(self.long_serving(self.ago(30)), 38)
            else:
                posts = self.chance.some(self.population.managers_on(self.today), 9)
                manager = self.accounts["manager"].pk
                posts = [post for post in posts if post.user_id != manager]
            for post in posts:
                with self.on(self.chance.day(opens, self.ago(1)), self.chance.randint(8, 16)):
                    self._register(season, post)

    def network_supervision(self) -> None:
        """One held, one dated with guests, one waiting for a date, one just asked for."""
        posts = self.chance.some(self.long_serving(self.ago(90)), 4)
        asked = []
        for post, days in zip(posts, (70, 30, 12, 2), strict=True):
            with self.on(self.ago(days), 12):
                asked.append(
                    network.ask_network(
                        municipality=post.municipality,
                        purpose=self.chance.choice(NetworkSupervision.Purpose.values),
                        wish=self.chance.choice(words.NETWORK_WISHES),
                        people_expected=self.chance.randint(5, 9),
                        by=post.user,
                    )
                )
        supervisors = self.population.supervisors
        for request, days, supervisor in zip(
            asked, (66, 27, 10), (supervisors[3], supervisors[4], supervisors[2]), strict=False
        ):
            with self.on(self.ago(days), 13):
                network.accept_network(request, supervisor=supervisor, by=self.coordinator)
        held_one, dated = asked[0], asked[1]
        for request, played, day in ((held_one, 60, self.ago(40)), (dated, 20, self.ahead(12))):
            with self.on(self.ago(played), 14):
                supervisor = User.objects.get(network_supervisions=request)
                network.date_network(
                    request,
                    **self.times(day, 18, 1.5),
                    form=Meeting.Form.ON_SITE,
                    place=request.municipality.name,
                    by=supervisor,
                )
        with self.on(self.ago(39), 9):
            network.hold_network(
                held_one, hours=Decimal("1.5"), by=User.objects.get(network_supervisions=held_one)
            )
        with self.on(self.ago(19), 9):
            meeting = Meeting.objects.get(network_supervision=dated)
            for name, body in (
                ("Sotsiaalpedagoog Näidis", "kool"),
                ("Noorsoopolitseinik Näidis", "politsei"),
                ("Perearst Näidis", "tervishoid"),
            ):
                guest = Guest(
                    name=name, email=f"{body}.kulaline@demo.example", body=body.capitalize()
                )
                add_guest(meeting, guest, by=meeting.organiser)
        self._poll(asked[2])

    def _poll(self, request: NetworkSupervision) -> None:
        """Look for its date among four: two guests have answered, the others not yet."""
        supervisor = User.objects.get(network_supervisions=request)
        bodies = (
            ("Klassijuhataja Näidis", "kool"),
            ("Lastearst Näidis", "tervishoid"),
            ("Piirkonnapolitseinik Näidis", "politsei"),
        )
        spans = [
            self.times(self.ahead(days), hour, 1.5).values()
            for days, hour in ((9, 10), (10, 14), (12, 9), (13, 13))
        ]
        with self.on(self.ago(3), 10):
            poll = open_poll(
                poll_service("network"),
                request.pk,
                times=[tuple(span) for span in spans],
                form=Meeting.Form.ON_SITE,
                place=request.municipality.name,
                quorum=3,
                answer_by=self.ahead(4),
                people=[request.requester],
                guests=[
                    Guest(name=name, email=f"{body}.kysitlus@demo.example", body=body.capitalize())
                    for name, body in bodies
                ],
                by=supervisor,
            )
        for invitee, said in zip(
            poll.invitees.filter(user=None), ("yes yes no maybe", "maybe yes no no"), strict=False
        ):
            answers = zip(poll.times.values_list("pk", flat=True), said.split(), strict=True)
            with self.on(self.ago(2), 11):
                answer_poll(invitee, answers=dict(answers), by=None)

    # --- mentorship -------------------------------------------------------------------------

    def mentorship(self) -> None:
        """Ten mentees of the consultant with an account, a few of the others', some waiting."""
        consultant = self.accounts["consultant"]
        mine = [
            post
            for post in self.long_serving(self.ago(240))
            if self.population.consultant_of[post.municipality_id] == consultant
        ]
        self.chance.shuffle(mine)
        running = [self.post_of("worker"), *mine[:6]]
        for number, post in enumerate(running):
            plan = self._plan(post, consultant, started=100 + 12 * number)
            self._agree(plan, days=96 + 12 * number)
            self._meetings(plan, number)
        draft, proposed, closing, *waiting = mine[6:11]
        self._plan(draft, consultant, started=6)
        plan = self._plan(proposed, consultant, started=15)
        with self.on(self.ago(3), 15):
            mentorship.propose_plan(plan, by=plan.worker)
        plan = self._plan(closing, consultant, started=210)
        self._agree(plan, days=200)
        self._meetings(plan, 7, coming=False)
        with self.on(self.ago(2), 10):
            mentorship.write_summary(
                Plan.objects.get(pk=plan.pk), summary=words.SUMMARIES[0], by=plan.worker
            )
        for post, days in zip(waiting, (5, 1), strict=True):
            self._ask(post, days)

        for other in self.population.consultants[1:]:
            theirs = [
                post
                for post in self.long_serving(self.ago(240))
                if self.population.consultant_of[post.municipality_id] == other
            ]
            for number, post in enumerate(self.chance.some(theirs, 4)):
                if number == 0:
                    self._ask(post, self.chance.randint(1, 12))
                    continue
                started = self.chance.randint(60, 200)
                plan = self._plan(post, other, started=started)
                self._agree(plan, days=started - 4)
                self._meetings(plan, 20 + number)
        self._asked_by_manager()

    def _ask(self, post: Post, days: int):
        with self.on(self.ago(days), self.chance.randint(8, 16)):
            return mentorship.submit_request(
                municipality=post.municipality,
                wishes=self.chance.choice(words.WISHES),
                ratings={topic.key: self.chance.randint(1, 5) for topic in self.topics},
                by=post.user,
            )

    def _plan(self, post: Post, mentor: User, *, started: int) -> Plan:
        request = self._ask(post, started + 10)
        with self.on(self.ago(started + 4), 11):
            plan = mentorship.take_request(request, by=mentor)
        if started <= 6:
            return plan
        with self.on(self.ago(started), 12):
            return mentorship.write_plan(
                plan,
                topics=[
                    mentorship.Choice(topic=topic.key, goal=self.chance.choice(words.GOALS))
                    for topic in self.chance.some(self.topics, 5)
                ],
                rhythm=Plan.Rhythm.MONTHLY,
                meeting_form=Meeting.Form.ON_SITE,
                intended_end_on=self.today + timedelta(days=self.chance.randint(25, 150)),
                by=mentor,
            )

    def _agree(self, plan: Plan, *, days: int) -> None:
        with self.on(self.ago(days + 1), 13):
            mentorship.propose_plan(plan, by=plan.mentor)
        with self.on(self.ago(days), 14):
            mentorship.agree_plan(plan, by=plan.worker)

    def _meetings(self, plan: Plan, number: int, *, coming: bool = True) -> None:
        """Monthly meetings since the plan began, one to come; one is still to be recorded."""
        started = (self.today - clock.day_of(Plan.objects.get(pk=plan.pk).started_at)).days
        hour = 9 + number % 6
        plan_topics = list(plan.topics.all())
        task = None
        for place, days in enumerate(range(started - 8, 9, -30)):
            with self.on(self.ago(days + 7), 10):
                meeting = self._book(plan, self.ago(days), hour)
                if task:
                    mentorship.mark_task_done(task, by=plan.worker)
            with clock.at(meeting.meeting.ends_at + timedelta(minutes=30)):
                mentorship.record_meeting(
                    meeting,
                    outcome=MentoringMeeting.Outcome.HELD,
                    shared_notes=self.chance.choice(words.SHARED_NOTES),
                    plan_for_next=self.chance.choice(words.PLANS_FOR_NEXT),
                    progress={
                        topic.pk: PlanTopic.Progress.DONE
                        for topic in plan_topics[place : place + 1]
                    },
                    by=plan.mentor,
                )
                task = mentorship.add_task(
                    plan,
                    text=self.chance.choice(words.TASKS),
                    owner=Task.Owner.WORKER,
                    due_on=clock.today() + timedelta(days=40),
                    meeting=meeting,
                    by=plan.mentor,
                )
        if number == 2:
            with self.on(self.ago(12), 10):
                self._book(plan, self.ago(4), hour)
        elif coming:
            with self.on(self.ago(5), 10):
                meeting = self._book(plan, self.ahead(number % 9), hour)
            if number % 2 == 0:
                with self.on(self.ago(4), 11):
                    invitee = Invitee.objects.select_related("meeting").get(
                        meeting=meeting.meeting, user=plan.worker
                    )
                    answer_invitation(invitee, answer=Invitee.Answer.ACCEPTED, by=plan.worker)

    def _book(self, plan: Plan, day: date, hour: int) -> MentoringMeeting:
        form = self.chance.choice([Meeting.Form.ON_SITE, Meeting.Form.VIDEO])
        return mentorship.book_meeting(
            plan,
            **self.times(day, hour, 1),
            form=form,
            place=plan.municipality.name if form == Meeting.Form.ON_SITE else "",
            link=words.VIDEO_LINK if form == Meeting.Form.VIDEO else "",
            by=plan.mentor,
        )

    def _asked_by_manager(self) -> None:
        manager = self.post_of("manager")
        worker = next(
            post
            for post in self.long_serving(self.ago(100))
            if post.municipality.name == HOME
            and not post.user.mentorship_requests.filter(status="submitted").exists()
            and not post.user.mentorship_plans.open().exists()
        )
        with self.on(self.ago(3), 9):
            mentorship.suggest_request(
                worker=worker.user, municipality=manager.municipality, by=manager.user
            )

    # --- consultations ----------------------------------------------------------------------

    def consultations(self) -> None:
        """Requests in every state around the consultant with an account, some with the others."""
        consultant = self.accounts["consultant"]
        home = self.post_of("worker")
        mine = [
            post
            for post in self.long_serving(self.ago(60))
            if self.population.consultant_of[post.municipality_id] == consultant
        ]
        self.chance.shuffle(mine)
        # Waiting for a consultant: fresh ones, and an urgent one.
        self._submit(mine[0], "behaviour", days=2)
        self._submit(mine[1], "special-needs", days=1)
        self._submit(mine[2], "self-destructive", days=1, danger=True)
        # Taken, contact still to be made.
        request = self._submit(mine[3], "custody", days=4)
        with self.on(self.ago(3), 13):
            consultations.take_request(request, by=consultant)
        # In progress, with the worker who has an account: a question waits for her.
        request = self._in_progress(home, consultant, "custody", days=21)
        with self.on(self.ago(6), 10):
            consultations.send_message(request, text=words.MESSAGES[0], by=consultant)
        with self.on(self.ago(5), 15):
            consultations.send_message(request, text=words.MESSAGES[1], by=home.user)
        with self.on(self.ago(1), 9):
            consultations.send_message(request, text=words.MESSAGES[2], by=consultant)
        with self.on(self.ago(4), 9):
            consultations.add_note(request, text=words.INTERNAL_NOTES[0], by=consultant)
            consultations.agree_measure(
                request,
                text=words.MEASURES[1],
                owner=CaseMessage.Side.MUNICIPALITY,
                due_on=self.ahead(9),
                by=consultant,
            )
            consultations.book_case_meeting(
                request,
                kind=CaseMeeting.Kind.DISCUSSION,
                **self.times(self.ahead(1), 15, 1),
                form=Meeting.Form.VIDEO,
                link=words.VIDEO_LINK,
                people=[home.user],
                by=consultant,
            )
        for post in mine[4:7]:
            request = self._in_progress(
                post, consultant, self.chance.choice(["behaviour", "contact", "violence"]), days=30
            )
            with self.on(self.ago(3), 12):
                consultations.send_message(request, text=words.MESSAGES[1], by=post.user)
        # Closed two days ago; the manager has not confirmed the summary yet.
        manager = self.post_of("manager")
        request = self._in_progress(manager, consultant, "special-needs", days=50)
        with self.on(self.ago(2), 16):
            request = ConsultationRequest.objects.get(pk=request.pk)
            consultations.close_request(
                request,
                summary=words.SUMMARIES[1],
                recommendations=words.RECOMMENDATIONS[0],
                version=request.version,
                by=consultant,
            )
        with self.on(self.ago(1), 11):
            consultations.open_case(
                self._application("int-welfare-check", kind=ConsultationRequest.Kind.INTERNATIONAL),
                origin=ConsultationRequest.Origin.FOREIGN,
                by=consultant,
            )
        for other in self.population.consultants[1:]:
            theirs = [
                post
                for post in self.long_serving(self.ago(60))
                if self.population.consultant_of[post.municipality_id] == other
            ]
            for number, post in enumerate(self.chance.some(theirs, 4)):
                request = self._submit(
                    post,
                    self.chance.choice(["custody", "behaviour", "contact"]),
                    days=1 + 3 * number,
                )
                if number:
                    with self.on(self.ago(3 * number), 13):
                        consultations.take_request(request, by=other)
                if number > 1:
                    with self.on(self.ago(2), 15) as moment:
                        consultations.contact_request(request, contacted_at=moment, by=other)

    def _application(self, topic: str, *, danger: bool = False, kind: str = "domestic"):
        return consultations.Application(
            topic=CaseTopic.objects.get(pk=topic),
            question=self.chance.choice(words.QUESTIONS),
            done_so_far=self.chance.choice(words.DONE),
            risk_factors=words.RISKS,
            protective_factors=words.PROTECTING,
            age_group=self.chance.choice(ConsultationRequest.AgeGroup.values[1:]),
            kind=kind,
            country="FI" if kind == ConsultationRequest.Kind.INTERNATIONAL else "",
            danger=danger,
            danger_acted_at=clock.now() if danger else None,
        )

    def _submit(self, post: Post, topic: str, *, days: int, danger: bool = False):
        with self.on(self.ago(days), self.chance.randint(8, 10)):
            return consultations.submit_request(
                self._application(topic, danger=danger),
                municipality=post.municipality,
                by=post.user,
            )

    def _in_progress(self, post: Post, consultant: User, topic: str, *, days: int):
        request = self._submit(post, topic, days=days)
        with self.on(self.ago(days - 5), 10) as moment:
            consultations.take_request(request, by=consultant)
            return consultations.contact_request(request, contacted_at=moment, by=consultant)

    # --- absence ----------------------------------------------------------------------------

    def absence(self) -> None:
        """A consultant is away next week; another stands in."""
        first = self.today + timedelta(days=7)
        Absence.objects.create(
            user=self.population.consultants[2],
            starts_on=first,
            ends_on=first + timedelta(days=9),
            stand_in=self.population.consultants[3],
        )

    # --- availability -----------------------------------------------------------------------

    def availability(self) -> None:
        """The consultant and the worker of the demonstration have said when they can be met."""
        consultant, worker = self.accounts["consultant"], self.accounts["worker"]
        with self.on(self.ago(60)) as moment:
            since = moment.date()
            for begins, ends in ((time(9), time(12)), (time(13), time(16))):
                add_hours(
                    weekdays=range(4), begins=begins, ends=ends, starts_on=since, by=consultant
                )
            add_hours(weekdays=[4], begins=time(9), ends=time(12), starts_on=since, by=consultant)
            add_hours(weekdays=range(5), begins=time(8), ends=time(16), starts_on=since, by=worker)
            change_rules(
                minutes_before=10,
                minutes_after=10,
                travel_minutes=60,
                notice_hours=24,
                most_a_day=4,
                meeting_minutes=60,
                by=consultant,
            )
        add_exception(day=self.ahead(17), by=consultant)

    def telling(self) -> None:
        """A worker wants one summary mail a day and two reminders; everyone else chose nothing."""
        change_telling(
            digest=Preference.Digest.DAILY,
            remind=Preference.Remind.BOTH,
            quiet_from=time(18),
            quiet_until=time(7),
            quiet_weekends=True,
            by=self.accounts["worker"],
        )
