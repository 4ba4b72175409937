"""A manager's day, in a browser that runs no scripts; and in one that does, for axe to see it."""

import pytest

from consultations.models import ConsultationRequest
from consultations.workflow import Status
from mentorship.models import MentorshipRequest
from outbox.models import Message
from tests.factories import consultations as cases
from tests.factories import people


@pytest.mark.parametrize("javascript", [False, True])
def test_a_managers_day_without_scripts(javascript, visitor) -> None:
    manager = people.manager("Elva vald", first_name="Rein", last_name="Lepp")
    people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    consultant = people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    closed = cases.request_at(
        Status.CLOSED, requester=people.worker(), consultant=consultant, contacts=[manager]
    )
    rein = visitor(manager, javascript=javascript)

    rein.open("/", "Tere, Rein!")
    rein.follows("Loe kokkuvõtet ja kinnita lugemine", f"Juhtum {closed.code}")
    rein.presses("Olen kokkuvõtet lugenud", f"Juhtum {closed.code}")

    rein.open("/", "Tere, Rein!")
    rein.follows("Küsi töötajale mentorit", "Küsi töötajale mentorit")
    rein.selects("Töötaja", "Mari Tamm, Elva vald")
    rein.presses("Saada töötajale", "Mentorlus")

    rein.follows("Inimesed", "Inimesed", inside=rein.menu)
    rein.follows("Kutsu töötaja", "Kutsu inimene")
    rein.presses("Saada kutse", "Kutsu inimene")
    rein.sees("Palun paranda järgmised kohad")
    rein.types("E-posti aadress", "uus@elva.example")
    rein.types("Eesnimi", "Signe")
    rein.types("Perekonnanimi", "Kastekell")
    rein.presses("Saada kutse", "Signe Kastekell")

    ask_about_a_case(rein)
    rein.follows("Aruanded", "Aruanded", inside=rein.menu)
    rein.follows("Aasta 2026", "Aasta 2026 aruanne")
    rein.follows("Kalender", "Kalender", inside=rein.menu)

    closed.refresh_from_db()
    assert closed.summary_read_by == manager
    assert MentorshipRequest.objects.get().submitted_by == manager
    assert Message.objects.filter(recipient__email="uus@elva.example").count() == 1
    assert ConsultationRequest.objects.exclude(pk=closed.pk).get().requester == manager


def ask_about_a_case(rein) -> None:
    rein.follows("Nõustamine", "Nõustamine", inside=rein.menu)
    rein.follows("Küsi nõustamist", "Küsi nõustamist", inside=rein.main)
    rein.presses("Salvesta ja jätka", "Küsi nõustamist")
    rein.sees("Märgi, kas laps on praegu hädaohus.")
    rein.chooses("Ei")
    rein.presses("Salvesta ja jätka", "Küsi nõustamist")
    rein.chooses("Juhtum Eestis")
    rein.presses("Salvesta ja jätka", "Küsi nõustamist")
    rein.chooses("Käitumisraskused")
    rein.presses("Salvesta ja jätka", "Küsi nõustamist")
    rein.confides("Milles vajad abi?", "Kool soovib teist klassi.")
    rein.presses("Salvesta ja jätka", "Küsi nõustamist")
    rein.chooses("Mari Tamm")
    rein.presses("Salvesta ja jätka", "Kontrolli vastuseid")
    rein.presses("Saada taotlus", "saadetud")
