"""A season: the coordinator makes it, a supervisor leads a group, a member comes and answers."""

from common import clock
from supervision.models import Group, Season, SessionFeedback
from tests.factories import people
from tests.factories import supervision as seasons


DATES = ("12.01.2027", "13.04.2027", "12.10.2027")


def test_a_coordinators_day_and_a_supervisors(visitor, monday_morning) -> None:
    coordinator = people.coordinator(first_name="Toomas", last_name="Kuu")
    supervisor = people.supervisor(first_name="Anne", last_name="Hommik")
    worker = people.worker("Elva vald", first_name="Mari", last_name="Tamm")
    toomas = visitor(coordinator)

    toomas.open("/", "Tere, Toomas!")
    toomas.follows("Supervisioon", "Supervisioon", inside=toomas.menu)
    toomas.follows("Valmista hooaeg ette", "Valmista hooaeg ette")
    toomas.types("Aasta", "2027")
    toomas.types("Registreerimise esimene päev", "23.11.2026")
    toomas.types("Registreerimise viimane päev", "31.12.2026")
    toomas.presses("Valmista hooaeg ette", "Supervisioonihooaeg 2027: töötajad")
    toomas.follows("Ava hooaeg", "Ava hooaeg")
    toomas.presses("Ava hooaeg", "Supervisioonihooaeg 2027: töötajad")
    seasons.registered(Season.objects.get(), user=worker)
    make_the_group(toomas)

    with clock.process_at(monday_morning.replace(year=2027, month=1, day=12, hour=13)):
        anne, mari = visitor(supervisor), visitor(worker, width=390, height=844)
        anne.open("/", "Tere, Anne!")
        anne.follows("Märgi", "Osalemine")
        anne.chooses("Osales")
        anne.presses("Salvesta osalemine", "T-1")
        anne.follows("Kalender", "Kalender", inside=anne.menu)
    with clock.process_at(monday_morning.replace(year=2027, month=1, day=13)):
        mari.open("/", "Tere, Mari!")
        mari.follows("Anna", "Anna tagasisidet")
        mari.chooses("4 – pigem jah", within="Kas kohtumine oli sinu tööle kasulik?")
        mari.chooses("5 – väga palju", within="Kas tundsid end rääkides turvaliselt?")
        mari.confides("Mida soovid lisada?", "Sain öelda, mis vaevab.")
        mari.presses("Saada tagasiside", "T-1")

    group = Group.objects.get()
    assert [session.recorded_at is not None for session in group.sessions.order_by("number")] == [
        True,
        False,
        False,
    ]
    assert SessionFeedback.objects.count() == 1


def make_the_group(toomas) -> None:
    toomas.follows("Lisa grupp", "Loo grupp")
    toomas.types("Grupi nimi", "T-1")
    toomas.selects("Superviisor", "Anne Hommik")
    toomas.types("Koht", "Tartu, Lai 1")
    toomas.presses("Loo grupp", "Grupp T-1")
    for day in DATES:
        toomas.follows("Määra kuupäev", "Määra kuupäev")
        toomas.meets(day, "10.00", "13.00", "Tartu, Lai 1")
        toomas.presses("Määra kuupäev", "Grupp T-1")
    toomas.follows("Pane inimesi gruppi", "Pane inimesi gruppi")
    toomas.main.get_by_role("checkbox", name="Mari Tamm").check()
    toomas.presses("Pane gruppi", "Grupp T-1")
    toomas.follows("Avalda", "Avalda grupp")
    toomas.presses("Avalda", "Grupp T-1")
