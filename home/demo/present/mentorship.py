from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from common import clock
from home.demo import words
from home.demo.population import HOME
from home.demo.present.stage import Stage
from library.actions import add_learning
from library.models import Competence, Topic
from meetings.actions import answer_invitation
from meetings.models import Invitee, Meeting, Room
from mentorship import actions as mentorship
from mentorship.contents import contents_of
from mentorship.models import MentoringMeeting, Plan, PlanTopic, Task
from people.models import Post, User


REACHED = [PlanTopic.Reached.YES, PlanTopic.Reached.YES, PlanTopic.Reached.PARTLY]


class Mentorship(Stage):
    @cached_property
    def topics(self) -> list[Topic]:
        return list(Topic.objects.all())

    def play(self) -> None:
        """Ten mentees of the consultant with an account, a few of the others', some waiting."""
        consultant = self.accounts["consultant"]
        self._template()
        self._record()
        with self.on(self.ago(190), 10):
            mentorship.change_profile(topics=self.topics[:3], languages=["et", "ru"], by=consultant)
        # One of the manager's people is left for the manager's own wish.
        wished = next(
            post for post in self.long_serving(self.ago(240)) if post.municipality.name == HOME
        )
        mine = [
            post
            for post in self.long_serving(self.ago(240))
            if post != wished and self.population.consultant_of[post.municipality_id] == consultant
        ]
        self.chance.shuffle(mine)
        running = [self.post_of("worker"), *mine[:6]]
        for number, post in enumerate(running):
            plan = self._plan(post, consultant, started=100 + 12 * number)
            self._agree(plan, days=96 + 12 * number)
            self._meetings(plan, number)
            if number in (0, 3):
                self._rate(plan)
            if number == 4:
                self._propose_change(plan)
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
                Plan.objects.get(pk=plan.pk),
                summary=words.SUMMARIES[0],
                reached={row.pk: self.chance.choice(REACHED) for row in plan.topics.all()},
                by=plan.worker,
            )
        for post, days in zip(waiting, (5, 1), strict=True):
            self._ask(post, days)

        for other in self.population.consultants[1:]:
            theirs = [
                post
                for post in self.long_serving(self.ago(240))
                if post != wished and self.population.consultant_of[post.municipality_id] == other
            ]
            for number, post in enumerate(self.chance.some(theirs, 4)):
                if number == 0:
                    self._ask(post, self.chance.randint(1, 12))
                    continue
                started = self.chance.randint(60, 200)
                plan = self._plan(post, other, started=started)
                self._agree(plan, days=started - 4)
                self._meetings(plan, 20 + number)
        self._asked_by_manager(wished)

    def _ask(self, post: Post, days: int):
        with self.on(self.ago(days), self.chance.randint(8, 16)):
            return mentorship.submit_request(
                municipality=post.municipality,
                wishes=self.chance.choice(words.WISHES),
                ratings={topic.key: self.chance.randint(1, 5) for topic in self.topics},
                whys={topic.key: self.chance.choice(words.WHYS) for topic in self.topics[:3]},
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
                    mentorship.Choice(
                        topic=topic.key,
                        goal=self.chance.choice(words.GOALS),
                        sign=self.chance.choice(words.SIGNS),
                    )
                    for topic in self.chance.some(self.topics, 5)
                ],
                rhythm=Plan.Rhythm.MONTHLY,
                meeting_form=Meeting.Form.ON_SITE,
                intended_end_on=self.today + timedelta(days=self.chance.randint(25, 150)),
                by=mentor,
            )

    def _rate(self, plan: Plan) -> None:
        """The worker's own rating midway: somewhat surer than before."""
        before = dict(plan.request.ratings.order_by().values_list("topic", "value"))
        with self.on(self.ago(20), 16):
            mentorship.rate_plan(
                plan,
                ratings={
                    key: min(5, value + self.chance.randint(0, 2)) for key, value in before.items()
                },
                by=plan.worker,
            )

    def _propose_change(self, plan: Plan) -> None:
        """The worker wishes for more time; the mentor has not answered yet."""
        plan = Plan.objects.get(pk=plan.pk)
        later = plan.intended_end_on + timedelta(days=60)
        with self.on(self.ago(1), 9):
            mentorship.propose_change(
                plan, contents=contents_of(plan).until(later), why=words.WHYS[0], by=plan.worker
            )

    def _template(self) -> None:
        with self.on(self.ago(200), 10):
            mentorship.add_template(
                name_et="Alustava töötaja plaan",
                name_en="Plan for a newcomer",
                contents=mentorship.Contents(
                    topics=tuple(
                        mentorship.Choice(topic=topic.key, goal=goal, sign=sign)
                        for topic, goal, sign in zip(
                            self.topics[:4], words.GOALS, words.SIGNS, strict=False
                        )
                    ),
                    rhythm=Plan.Rhythm.FORTNIGHTLY,
                    meeting_form=Meeting.Form.ON_SITE,
                    meeting_minutes=60,
                    intended_end_on=None,
                ),
                months=6,
                by=self.accounts["coordinator"],
            )

    def _record(self) -> None:
        """What the worker with an account has entered into their own record."""
        worker = self.accounts["worker"]
        for days, kind, title, hours in words.LEARNING:
            with self.on(self.ago(days), 17):
                add_learning(
                    kind=kind,
                    title=title,
                    happened_on=self.ago(days),
                    hours=Decimal(hours),
                    competences=Competence.objects.filter(key__in=["network", "child-protection"]),
                    by=worker,
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
        on_site = form == Meeting.Form.ON_SITE
        at_home = on_site and plan.mentor == self.accounts["consultant"]
        room = Room.objects.last() if at_home else None
        place = room.where if room else plan.municipality.name
        return mentorship.book_meeting(
            plan,
            **self.times(day, self.free_hour(plan.mentor, day, hour), 1),
            form=form,
            place=place if on_site else "",
            link="" if on_site else words.VIDEO_LINK,
            room=room,
            by=plan.mentor,
        )

    def _asked_by_manager(self, worker: Post) -> None:
        manager = self.post_of("manager")
        with self.on(self.ago(3), 9):
            mentorship.suggest_request(
                worker=worker.user, municipality=manager.municipality, by=manager.user
            )
