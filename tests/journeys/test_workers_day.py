"""A worker's day: she asks for a mentor, registers for a group and asks about a case."""

import re

from playwright.sync_api import expect

from consultations.models import ConsultationRequest
from library.models import Topic
from mentorship.models import MentorshipRequest
from supervision.models import Registration
from tests.factories import people
from tests.factories import supervision as seasons


def test_a_workers_day(visitor) -> None:
    people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    worker = people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    seasons.open_season()
    mari = visitor()

    mari.open("/", "Tugi lastekaitsetöötajale")
    mari.follows("Logi sisse", "Logi sisse")
    mari.types("E-post", worker.email)
    mari.types("Parool", "a-long-password")
    mari.presses("Logi sisse", "Tere")

    ask_for_a_mentor(mari)
    register_for_a_group(mari)
    ask_about_a_case(mari)
    mari.follows("Kalender", "Kalender")
    mari.presses("Loo aadress", "Kalender")
    mari.follows("Töölaud", "Tere")

    assert MentorshipRequest.objects.get().worker == worker
    assert Registration.objects.get().user == worker
    case = ConsultationRequest.objects.get()
    assert (case.requester, case.topic_id) == (worker, "custody")
    assert case.danger_acted_at is not None


def ask_for_a_mentor(mari) -> None:
    mari.follows("Mentorlus", "Mentorlus")
    mari.follows("Küsi mentorit", "Küsi mentorit")
    mari.confides("Milles sa abi soovid?", "Üksinda on raske alustada.")
    mari.presses("Jätka", "Kui kindel")
    for topic in Topic.objects.all():
        mari.chooses("3", within=topic.name)
    mari.presses("Jätka", "Kontrolli ja saada")
    mari.sees("Üksinda on raske alustada.")
    mari.presses("Saada taotlus", "saadetud")
    mari.sees("Liis Kask")


def register_for_a_group(mari) -> None:
    mari.follows("Supervisioon", "Supervisioon")
    mari.follows("Vaata hooaega ja registreeru", "Supervisioonihooaeg 2027: töötajad")
    mari.follows("Registreeru", "Registreeru", inside=mari.main)
    mari.chooses("Mõlemad sobivad")
    mari.types("Kui kaugele saad sõita", "40")
    mari.presses("Registreeru", "Supervisioonihooaeg 2027: töötajad")
    mari.sees("Sinu registreering")


def ask_about_a_case(mari) -> None:
    mari.follows("Nõustamine", "Nõustamine")
    mari.follows("Küsi nõustamist", "Küsi nõustamist", inside=mari.main)
    mari.chooses("Jah")
    mari.presses("Salvesta ja jätka", "Laps on hädaohus: tegutse kohe")
    emergency = mari.main.get_by_role("link", name="Helista 112")
    expect(emergency).to_have_attribute("href", "tel:112")
    # Nothing but the button leads on: the address of a later step leads back here.
    mari.open(re.sub("acted/$", "question/", mari.page.url), "Laps on hädaohus: tegutse kohe")
    mari.presses("Olen tegutsenud, jätkan", "Küsi nõustamist")
    mari.chooses("Juhtum Eestis")
    mari.presses("Salvesta ja jätka", "Küsi nõustamist")
    mari.chooses("Hooldusõigus")
    mari.confides("Mis on seni tehtud?", "Kaks kodukülastust sügisel.")
    mari.presses("Salvesta ja jätka", "Küsi nõustamist")
    mari.confides("Milles vajad abi?", "Kuidas hinnata vanemate koostööd?")
    mari.confides("Riskitegurid", "Vanemad ei räägi omavahel.")
    mari.confides("STAR-i viide", "STAR-viide-4711")
    mari.presses("Salvesta ja jätka", "Küsi nõustamist")
    mari.presses("Salvesta ja jätka", "Kontrolli vastuseid")
    mari.sees("Kuidas hinnata vanemate koostööd?", "STAR-viide-4711")
    mari.presses("Saada taotlus", "saadetud")
    mari.sees("26.11.2026")
