"""The present season: the last months up to today, played through the ordinary actions.

Every step is played at its own moment, so that journal, mails and histories are as
they would be.
"""

from datetime import date

from django.db.models import F

from home.demo.chance import Chance
from home.demo.population import Population
from home.demo.present.consultations import Consultations
from home.demo.present.habits import Habits
from home.demo.present.mentorship import Mentorship
from home.demo.present.network import Network
from home.demo.present.rooms import Rooms
from home.demo.present.stage import Stage
from home.demo.present.supervision import Supervision
from library.reference import load_demo_materials
from outbox.compose import held
from outbox.models import Message, Status


STORIES = (Rooms, Supervision, Network, Mentorship, Consultations, Habits)
"""In the order of the services; chance falls in this order too."""


def live(chance: Chance, population: Population, *, today: date) -> None:
    """Play the last months up to `today`; the mails of that time count as sent."""
    with held():
        stage = Stage(chance, population, today)
        with stage.on(stage.ago(200)):
            load_demo_materials(stage.accounts["consultant"])
        for story in STORIES:
            story(chance, population, today).play()
    Message.objects.filter(status=Status.WAITING).update(
        status=Status.SENT, sent_at=F("composed_at"), attempts=1
    )
