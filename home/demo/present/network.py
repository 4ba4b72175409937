from datetime import timedelta
from decimal import Decimal

from home.demo import words
from home.demo.chance import next_working_day
from home.demo.present.stage import Stage
from meetings.actions import Guest, add_guest, answer_poll, open_poll
from meetings.models import Meeting
from meetings.services import poll_service
from people.models import User
from supervision.actions import network
from supervision.models import NetworkSupervision


class Network(Stage):
    def play(self) -> None:
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
        held_on = self.ago(40)
        for request, played, day in ((held_one, 60, held_on), (dated, 20, self.ahead(12))):
            with self.on(self.ago(played), 14):
                supervisor = User.objects.get(network_supervisions=request)
                network.date_network(
                    request,
                    **self.times(day, 18, 1.5),
                    form=Meeting.Form.ON_SITE,
                    place=request.municipality.name,
                    by=supervisor,
                )
        with self.on(next_working_day(held_on + timedelta(days=1)), 9):
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
