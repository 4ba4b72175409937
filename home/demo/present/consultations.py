from common import clock
from consultations import actions as consultations
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.models import Message as CaseMessage
from consultations.models import Topic as CaseTopic
from home.demo import words
from home.demo.present.stage import Stage
from meetings.models import Meeting
from people.models import Post, User


class Consultations(Stage):
    def play(self) -> None:
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
