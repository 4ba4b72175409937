"""A consultant's two days: from a wish to a mentorship's end, from a request to its summary."""

from datetime import timedelta

from common import clock
from consultations.models import ConsultationRequest
from consultations.workflow import Status
from mentorship.models import MentoringMeeting, Plan
from mentorship.workflow import PlanStatus
from tests.factories import consultations as cases
from tests.factories import mentorship as plans
from tests.factories import people


def test_a_consultants_day_with_a_mentee(visitor, monday_morning) -> None:
    consultant = people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    worker = people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    plans.submitted_request(worker=worker)
    liis, mari = visitor(consultant), visitor(worker, width=390, height=844)

    liis.open("/", "Tere, Liis!")
    liis.follows("Võta mentorisoov endale", "Mentorisoov")
    liis.sees(plans.WISHES)
    liis.follows("Võta taotlus endale", "Võta taotlus endale")
    liis.presses("Võta taotlus endale", "Mentorlusplaan: Mari Tamm")
    write_the_plan(liis)
    liis.presses("Saada plaan kooskõlastamiseks", "Mentorlusplaan: Mari Tamm")
    mari.open("/", "Tere, Mari!")
    mari.follows("Nõustu mentorlusplaaniga", "Mentorlusplaan")
    mari.sees("Tunneb kooli ja perearsti nimepidi.")
    mari.presses("Nõustu plaaniga", "Mentorlusplaan")
    mari.sees("Te olete mõlemad nõustunud.")

    liis.follows("Lepi kohtumine kokku", "Lepi kohtumine kokku")
    liis.meets("24.11.2026", "10.00", "11.00", "Elva, Kesk 32")
    liis.presses("Lepi kohtumine kokku", "Mentorlusplaan")
    mari.follows("Kalender", "Kalender", inside=mari.menu)
    mari.sees("10.00")
    with clock.process_at(monday_morning + timedelta(days=1, hours=2)):
        liis.open("/", "Tere, Liis!")
        liis.follows("Pane mentorkohtumine kirja", "Pane kohtumine kirja")
        record_the_meeting(liis)
        close_the_mentorship(liis, mari)

    plan = Plan.objects.get()
    assert plan.status == PlanStatus.ENDED
    assert plan.tasks.get().done_at is not None
    assert MentoringMeeting.objects.get().outcome == MentoringMeeting.Outcome.HELD


def write_the_plan(liis) -> None:
    liis.follows("Kirjuta plaan", "Kirjuta plaan")
    liis.chooses("Võrgustikutöö")
    liis.main.get_by_text("Eesmärk ja koht järjekorras").nth(6).click()
    liis.confides("Eesmärk: Võrgustikutöö", "Tunneb kooli ja perearsti nimepidi.")
    liis.chooses("Töönõustamine")
    liis.types("Kavandatud lõpp", "31.05.2027")
    liis.presses("Salvesta plaan", "Mentorlusplaan: Mari Tamm")


def record_the_meeting(liis) -> None:
    liis.chooses("Toimus")
    liis.confides("Ühised märkmed", "Rääkisime piiridest ja puhkusest.")
    liis.confides("Kava järgmiseks kohtumiseks", "Koolivisiidi läbimäng.")
    liis.selects("Võrgustikutöö", "Tehtud")
    liis.presses("Salvesta", "Kohtumine 24.11.2026")
    liis.follows("Kirjuta isiklikke märkmeid", "Minu isiklikud märkmed")
    liis.confides("Minu isiklikud märkmed", "Küsida järgmisel korral une kohta.")
    liis.presses("Salvesta märkmed", "Kohtumine 24.11.2026")
    liis.follows("Lisa ülesanne", "Lisa ülesanne")
    liis.confides("Mida on vaja teha?", "Helistada sotsiaalpedagoogile.")
    liis.chooses("Mari Tamm")
    liis.types("Mis ajaks?", "01.12.2026")
    liis.presses("Lisa ülesanne", "Kohtumine 24.11.2026")


def close_the_mentorship(liis, mari) -> None:
    liis.follows("Plaan", "Mentorlusplaan", inside=liis.main)
    liis.follows("Tee kokkuvõte ja lõpeta mentorlus", "Ühine kokkuvõte")
    for topic in liis.main.get_by_label("Saavutatud", exact=True).all():
        topic.check()
    liis.confides("Ühine kokkuvõte", "Võrgustik on koos ja töö edeneb.")
    liis.confides("Mis aitas?", "Kindel aeg ja üks juhtum korraga.")
    liis.presses("Salvesta ja saada kinnitamiseks", "Mentorlusplaan")
    mari.open("/", "Tere, Mari!")
    mari.follows("Tee kokku lepitud ülesanne", "Mentorlusplaan")
    mari.presses("Märgi tehtuks", "Mentorlusplaan")
    mari.presses("Nõustu ja lõpeta", "Anna tagasisidet")
    mari.chooses("4")
    mari.confides("Mis aitas ja mis võiks olla teisiti?", "Aitas kindel aeg.")
    mari.presses("Saada tagasiside", "Mentorlus")


def test_a_consultants_day_with_a_case(visitor, monday_morning) -> None:
    consultant = people.consultant("Elva vald", first_name="Liis", last_name="Kask")
    cases.submitted_request("Elva vald")
    liis = visitor(consultant)

    liis.open("/", "Tere, Liis!")
    liis.follows("Võta taotlus endale", "Võta vastu taotlus")
    liis.presses("Võta taotlus endale", "Juhtum")
    liis.sees("Esimene ühendus hiljemalt 26.11.2026", cases.CANARY)
    liis.follows("Märgi esimene ühendusevõtt", "Esimene ühendusevõtt")
    liis.presses("Märgi esimene ühendusevõtt", "Juhtum")
    liis.follows("Sõnumid", "Juhtum", inside=liis.main)
    liis.confides("Sõnum", "Kas saame homme helistada?")
    liis.presses("Saada sõnum", "Juhtum")
    liis.follows("Sisemärkmed", "Juhtum", inside=liis.main)
    liis.confides("Uus sisemärge", "Arutada kovisioonis.")
    liis.presses("Lisa märge", "Juhtum")

    liis.follows("Kohtumised ja meetmed", "Juhtum", inside=liis.main)
    liis.follows("Lepi kohtumine kokku", "Lepi kokku kohtumine")
    liis.chooses("Võrgustikukohtumine")
    liis.meets("25.11.2026", "10.00", "11.00", "Elva, Kesk 32")
    liis.types("Külalised", "Mari Mets, mari@kool.example, Elva Gümnaasium")
    liis.presses("Lepi kokku ja kutsu", "Juhtum")
    liis.follows("Lisa meede", "Lisa kokkulepitud meede")
    liis.confides("Milles lepiti kokku?", "Pereteraapia kaks korda kuus.")
    liis.chooses("Omavalitsus")
    liis.presses("Lisa meede", "Juhtum")
    with clock.process_at(monday_morning + timedelta(days=3)):
        liis.follows("Märgi tehtuks", "Märgi meede tehtuks")
        liis.presses("Märgi tehtuks", "Juhtum")
        liis.follows("Ülevaade", "Juhtum", inside=liis.main)
        liis.follows("Lõpeta kokkuvõttega", "Lõpeta juhtum")
        liis.confides("Kokkuvõte", "Olukord on rahunenud.")
        liis.confides("Soovitused omavalitsusele", "Hoida koolil kätt õlal.")
        liis.presses("Lõpeta juhtum", "Juhtum")
        liis.sees("Hoida koolil kätt õlal.")
        liis.follows("Ajalugu", "Juhtum", inside=liis.main)

    assert ConsultationRequest.objects.get().status == Status.CLOSED
