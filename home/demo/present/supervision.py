from datetime import date, time, timedelta
from decimal import Decimal

from common import clock
from home.demo import words
from home.demo.chance import next_working_day
from home.demo.present.stage import Stage
from meetings.models import Meeting
from people.models import Post, User
from supervision.actions import groups, planning, registrations, seasons, sessions, waiting_list
from supervision.models import Audience, Form, Group, Language, Registration


class Supervision(Stage):
    def play(self) -> None:
        self.this_year()
        self.next_season()

    def this_year(self) -> None:
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
        # A day apart each: the groups of one supervisor do not all meet in one week.
        shift = timedelta(days=2 * number)
        hour, day = (10 if number % 2 == 0 else 14), published_on
        firsts = [
            published_on + timedelta(days=max(3, int(span * 0.2))) + shift,
            published_on + timedelta(days=max(9, int(span * 0.55))) + shift,
            self.today + timedelta(days=3 if number == 0 else -2 if number == 1 else 2 * number),
        ]
        for session_number, first in enumerate(firsts, start=1):
            # The three of a group follow each other, whatever the calendar does.
            day = self.free_day(supervisor, max(first, day + timedelta(days=1)), hour, 3)
            groups.date_session(
                group,
                session_number,
                **self.times(day, hour, 3),
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
        if first > self.ago(8):
            # The season is too young.
            return
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
            if audience == Audience.WORKERS:
                self._prepared(season, closes)

    def _prepared(self, season, closes: date) -> None:
        """The workers' season can be planned at once; the managers' is still to be prepared."""
        first = closes + timedelta(days=21)
        rounds = [
            (begins, begins + timedelta(days=25))
            for begins in (first, first + timedelta(days=70), first + timedelta(days=210))
        ]
        planning.set_rounds(
            season,
            rounds=rounds,
            begins_at=[time(10), time(13)],
            minutes=180,
            days_between=42,
            by=self.coordinator,
        )
        leaders = [
            planning.Leader(supervisor=person, most_groups=6, in_russian=n == 1)
            for n, person in enumerate(self.population.supervisors)
        ]
        planning.set_supervisors(season, leaders=leaders, by=self.coordinator)
