"""A coordinator's afternoon, from registrations to published groups; and a worker who registers."""

import pytest
from django.urls import reverse

from outbox.models import Message
from supervision.models import Proposal, Registration
from tests.factories import people
from tests.factories import supervision as seasons


@pytest.fixture
def season(transactional_db):
    return seasons.planned_season()


def test_a_coordinators_afternoon(visitor, season) -> None:
    toomas = visitor(people.coordinator(first_name="Toomas", last_name="Kuu"))
    toomas.open(season.get_absolute_url(), "Supervisioonihooaeg 2027")
    toomas.follows("Planeeri grupid", "Planeerimine")
    toomas.follows("Muuda", "Hooaja voorud")
    toomas.types("või kell", "13.00")
    toomas.presses("Salvesta", "Planeerimine")
    toomas.open(reverse("supervision:season-supervisors", args=[season.pk]), "Hooaja superviisorid")
    toomas.types("Gruppe kuni", "4")
    toomas.presses("Salvesta", "Planeerimine")
    toomas.chooses("1 minut")
    toomas.presses("Paku grupid", "Ettepanek 1")
    toomas.sees("Planeerija töötab", "Piisavalt hea, peata")
    proposal = seasons.looked_for(Proposal.objects.get())

    toomas.open(proposal.get_absolute_url(), "Ettepanek 1")
    toomas.sees("Arvudes", "Miks siin", "Kõik kuupäevad sobivad.")
    toomas.presses("Lukusta", "Ettepanek 1")
    toomas.sees("Lukus", "Planeeri ülejäänu uuesti")
    person = Registration.objects.get(pk=proposal.plan["groups"][1]["members"][0])
    toomas.follows(person.user.name, "Tõsta inimene ümber")
    toomas.main.get_by_role("radio").first.check()
    toomas.presses("Tõsta sinna", "Ettepanek 1")
    toomas.sees("Oled seda ettepanekut muutnud")
    toomas.follows("Muuda", "Muuda pakutud gruppi")
    toomas.open(
        reverse("supervision:proposal-group", args=[proposal.pk, proposal.plan["groups"][1]["id"]])
        + "?what=slot-2",
        "Muuda pakutud gruppi",
    )
    toomas.main.get_by_role("radio").first.check()
    toomas.presses("Vali", "Muuda pakutud gruppi")
    toomas.open(proposal.get_absolute_url(), "Ettepanek 1")
    toomas.follows("Planeeri ülejäänu uuesti", "Otsi edasi")
    toomas.presses("Planeeri ülejäänu uuesti", "Ettepanek 2")
    anew = seasons.looked_for(Proposal.objects.get(number=2))

    toomas.open(reverse("supervision:season-planning", args=[season.pk]), "Planeerimine")
    toomas.presses("Võrdle", "Kaks ettepanekut")
    toomas.follows("Ettepanek 2", "Ettepanek 2")
    toomas.follows("Tee sellest mustandid", "Tee sellest mustandid")
    toomas.presses("Tee mustandid", "Supervisioonihooaeg 2027")
    assert not Message.objects.filter(kind="supervision.placed").exists()
    toomas.follows("Avalda kõik mustandid", "Avalda kõik mustandid")
    toomas.sees("14 inimest saavad")
    toomas.presses("Avalda kõik", "Supervisioonihooaeg 2027")

    assert Message.objects.filter(kind="supervision.placed").count() == 14
    assert season.groups.filter(status="published").count() == len(anew.plan["groups"])


def test_planning_on_a_phone_and_by_no_script(visitor, season) -> None:
    proposal = seasons.proposal(season)
    toomas = visitor(people.coordinator(), width=390, height=844, javascript=False)
    for name, key in (
        ("season-planning", season.pk),
        ("season-rounds", season.pk),
        ("season-supervisors", season.pk),
        ("season-apart", season.pk),
        ("season-publish", season.pk),
        ("proposal-detail", proposal.pk),
        ("proposal-take", proposal.pk),
        ("proposal-further", proposal.pk),
        ("proposal-stop", proposal.pk),
    ):
        toomas.open(reverse(f"supervision:{name}", args=[key]), ".")
    toomas.open(reverse("supervision:season-apart", args=[season.pk]), "Keda hoitakse lahus")
    one, other = season.registrations.select_related("user", "municipality")[:2]
    for label, row in (("Üks", one), ("Teine", other)):
        toomas.selects(
            label, f"{row.user.last_name}, {row.user.first_name} ({row.municipality.name})"
        )
    toomas.presses("Hoia lahus", "Keda hoitakse lahus")
    toomas.follows("Luba olla koos", "Luba olla koos")
    toomas.presses("Jah, koos", "Keda hoitakse lahus")
    assert not season.kept_apart.exists()


def test_a_worker_registers_on_a_phone(visitor, season) -> None:
    worker = people.worker("Elva vald")
    mari = visitor(worker, width=390, height=844)
    mari.open(season.get_absolute_url(), "Supervisioonihooaeg 2027")
    mari.follows("Registreeru", "Registreeru supervisioonile")
    mari.chooses("Mõlemad sobivad")
    mari.types("Kui kaugele", "40")
    mari.chooses("Ainult hommikupoolikud")
    mari.confides("Kellega sa pigem ei oleks koos", "Naabriga, sosinalind")
    mari.presses("Registreeru", "Supervisioonihooaeg 2027")
    mari.sees("Ainult hommikupoolikud")

    mine = season.registrations.get(user=worker)
    assert (mine.form, mine.hours, mine.travels_up_to_km) == ("either", "morning", 40)


def test_continuing_as_last_year_is_one_click(visitor, transactional_db) -> None:
    earlier = seasons.open_season(year=2026)
    before = seasons.registered(earlier, "Elva vald", weekdays="24", hours="morning")
    season = seasons.open_season(year=2027)
    mari = visitor(before.user, width=390, height=844)
    mari.open(season.get_absolute_url(), "Supervisioonihooaeg 2027")
    mari.sees("Eelmisel aastal ütlesid")

    mari.presses("Jätka nagu eelmisel aastal", "Supervisioonihooaeg 2027")

    mine = season.registrations.get(user=before.user)
    assert (mine.weekdays, mine.hours, mine.continuing) == ("24", "morning", "same")


def test_the_years_pages_on_a_phone(visitor, transactional_db) -> None:
    group = seasons.published_group(seasons.open_season(), members=2)
    parallel = seasons.published_group(group.season)
    session = seasons.recorded(seasons.first_session(group))
    second = group.sessions.get(number=2)
    member = seasons.members_of(group)[0]
    phone = {"width": 390, "height": 844}

    mari = visitor(member, **phone)
    mari.open(second.get_absolute_url(), ".")
    mari.follows("Ma ei saa tulla", "Teise grupi kohtumine")
    mari.main.get_by_role("radio").first.check()
    mari.presses("Vali see kohtumine", ".")
    assert parallel.sessions.get(number=2).guests.count() == 1
    mari.open(reverse("supervision:session-elsewhere", args=[second.pk]), "Teise grupi kohtumine")
    mari.open(reverse("reports:certificates"), "Supervisiooni tõendid")
    mari.presses("Koosta tõend", "Supervisiooni tõendid")

    anne = visitor(group.supervisor, **phone)
    anne.open(reverse("supervision:session-sheet", args=[session.pk]), "Allkirjaleht")
    anne.open(reverse("supervision:session-attendance", args=[session.pk]), "Osalemine")

    toomas = visitor(people.coordinator(), **phone)
    toomas.open(reverse("supervision:promise"), "Supervisiooni lubadus")
    toomas.follows("Määra omavalitsusele", "Määra omavalitsusele")
    toomas.open(reverse("supervision:offering-set", args=[group.season.pk]), "Vabade kohtade")

    anybody = visitor(None, **phone)
    anybody.open(reverse("reports:certificate-verify"), "Kontrolli tõendit")
    anybody.types("Tõendi kood", member.certificates.get().code)
    anybody.presses("Kontrolli", "Kontrolli tõendit")
    anybody.sees("Tõend on ehtne", member.name)
