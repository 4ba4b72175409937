"""The desk of every role: what it shows, what it costs, what it never shows."""

from datetime import datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from home.desks import ROLES
from meetings.models import Invitee, Meeting
from people.models import Municipality, Post, ServiceArea, StaffRole
from supervision.models import Group, Membership, Registration, Session
from tests.conftest import MONDAY_MORNING
from tests.factories import people
from tests.factories.consultations import submitted_request
from tests.factories.mentorship import plan_at
from tests.factories.reports import at, case, registration, season, wish


pytestmark = pytest.mark.django_db

DESK = reverse("home:desk")
TODAY = MONDAY_MORNING.date()


def soup_of(client, address: str = DESK, **query) -> BeautifulSoup:
    response = client.get(address, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def figures(soup: BeautifulSoup) -> dict[str, str]:
    return {
        each.dt.get_text(strip=True): each.dd.get_text(" ", strip=True)
        for each in soup.select(".tp-fig")
    }


@pytest.mark.parametrize(
    "make",
    [
        people.worker,
        people.manager,
        people.consultant,
        people.supervisor,
        people.coordinator,
        people.administrator,
    ],
)
def test_desk_greets_every_role(make, client_of) -> None:
    soup = soup_of(client_of(make(first_name="Liis")))

    assert soup.h1.get_text() == "Tere, Liis!"
    assert len(soup.select(".tp-fig")) >= 3
    assert soup.find("h2", id="waiting").get_text() == "Vajab sinu tegevust"


def test_desk_without_a_role_says_why_it_is_empty(client_of) -> None:
    soup = soup_of(client_of(people.person()))

    assert "Sul ei ole täna ametikohta ega rolli" in soup.get_text()
    assert soup.select(".tp-fig") == []


def test_desk_of_several_roles_is_chosen(client_of) -> None:
    user = people.worker("Elva vald")
    Post.objects.create(
        user=user,
        municipality=people.municipality("Elva vald"),
        kind=Post.Kind.MANAGER,
        starts_on=people.LONG_AGO,
    )
    client = client_of(user)

    assert "Minu konsultant" in soup_of(client).get_text()
    assert "Minu inimesed" in soup_of(client, **{"as": "manager"}).get_text()
    # A role that the person does not hold changes nothing.
    assert "Minu konsultant" in soup_of(client, **{"as": "coordinator"}).get_text()


# --- consultant -----------------------------------------------------------------------------


def test_consultant_head_names_day_counties_and_people(client_of) -> None:
    people.worker("Elva vald")
    people.worker("Elva vald")
    people.worker("Põlva vald")
    client = client_of(people.consultant("Elva vald", "Põlva vald"))

    meta = soup_of(client).find(class_="tp-head__meta").get_text()

    assert meta == (
        "Esmaspäev, 23. november 2026 · Tartumaa ja Põlvamaa · "
        "2 omavalitsust, 3 lastekaitsetöötajat"
    )


def tile_of(client, name: str) -> tuple[str, str]:
    """The state and the reason of a municipality, from the table."""
    heads = soup_of(client, tiles="table").select("th[scope=row]")
    row = next(head.parent for head in heads if head.a and head.a.get_text() == name)
    cells = [cell.get_text(strip=True) for cell in row.find_all("td")]
    return cells[1], cells[2]


def contacted(place: str, day: str) -> None:
    done = case(at(day), at(day, "13:00"), place=place)
    done.contacted_at, done.contacted_by = at(day), done.submitted_by
    done.save()


def test_tile_late_contact_needs_action(client_of) -> None:
    case(at("2026-11-16"), place="Elva vald")

    assert tile_of(client_of(people.consultant()), "Elva vald") == (
        "vajab tegevust",
        "Esimene kontakt hilineb",
    )


def test_tile_urgent_request_needs_action(client_of) -> None:
    contacted("Elva vald", "2026-11-10")
    waiting = submitted_request("Elva vald")
    waiting.urgent = True
    waiting.save()

    assert tile_of(client_of(people.consultant()), "Elva vald") == (
        "vajab tegevust",
        "Kiire taotlus ootab",
    )


def test_tile_new_request_is_kept_an_eye_on(client_of) -> None:
    contacted("Elva vald", "2026-11-10")
    submitted_request("Elva vald")

    assert tile_of(client_of(people.consultant()), "Elva vald") == (
        "hoia silma peal",
        "Uus taotlus ootab",
    )


def test_tile_wish_for_a_mentor_is_kept_an_eye_on(client_of) -> None:
    contacted("Elva vald", "2026-11-10")
    wish("2026-11-20")

    assert tile_of(client_of(people.consultant()), "Elva vald") == (
        "hoia silma peal",
        "Mentorluse soov ootab",
    )


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-08-24", ("hoia silma peal", "91 päeva kontaktita")),
        ("2026-08-25", ("korras", "Viimati 25.08.2026")),
    ],
)
def test_tile_days_without_contact(day: str, found: tuple, client_of) -> None:
    contacted("Elva vald", day)

    assert tile_of(client_of(people.consultant()), "Elva vald") == found


def test_tile_new_worker(client_of) -> None:
    contacted("Elva vald", "2026-11-10")
    people.worker("Elva vald", since=TODAY - timedelta(days=7))

    assert tile_of(client_of(people.consultant()), "Elva vald") == (
        "hoia silma peal",
        "Uus töötaja",
    )


def test_tiles_say_their_state_in_words(client_of) -> None:
    case(at("2026-11-16"), place="Elva vald")

    tile = soup_of(client_of(people.consultant())).select_one(".tp-tile")

    assert "vajab tegevust" in tile.get_text()
    assert tile["href"] == reverse(
        "people:municipality-detail", args=[people.municipality("Elva vald").pk]
    )


def test_consultant_chart_counts_the_last_six_months_of_the_area(client_of) -> None:
    case(at("2026-06-01", "00:00"))
    case(at("2026-10-05"))
    wish("2026-10-06")
    case(at("2026-05-31", "23:59"))
    case(at("2026-10-05"), place="Tartu linn")
    case(at("2026-10-05"), origin="board")

    soup = soup_of(client_of(people.consultant("Elva vald")))

    assert soup.find("h2", id="chart").get_text() == "Oktoober oli kõige kiirem kuu"
    rows = soup.find(class_="tp-chart").find_next("tbody").find_all("tr")
    assert [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows] == [
        ["juuni", "1", "0", "1"],
        ["juuli", "0", "0", "0"],
        ["aug", "0", "0", "0"],
        ["sept", "0", "0", "0"],
        ["okt", "1", "1", "2"],
        ["nov", "0", "0", "0"],
    ]


def test_consultant_sees_nothing_of_another_area(client_of) -> None:
    case(at("2026-11-16"), place="Tartu linn")
    people.worker("Tartu linn", first_name="Kanaarilind")

    page = client_of(people.consultant("Elva vald")).get(DESK).content.decode()

    assert "Tartu linn" not in page
    assert "Kanaarilind" not in page


# --- the others -----------------------------------------------------------------------------


def test_worker_sees_three_services_and_the_consultant(client_of) -> None:
    consultant = people.consultant("Elva vald", first_name="Liis", phone="5555 0001")
    worker = people.worker("Elva vald")
    spring = season(2026, "2026-01-05", "2026-01-31")
    registration(spring, at("2026-01-10"), user=worker)
    submitted_request("Elva vald", requester=worker)

    soup = soup_of(client_of(worker))
    text = soup.get_text(" ", strip=True)

    assert "Küsi mentorit" in text
    assert "Koordinaator koostab hooaja 2026 gruppe." in text
    assert "konsultant võtab ühendust hiljemalt 26.11.2026" in text
    assert consultant.name in text
    assert "5555 0001" in text


def test_manager_sees_that_people_take_part_and_nothing_else(client_of) -> None:
    plan = plan_at(place="Elva vald")
    foreign = people.worker("Tartu linn", first_name="Kanaarilind")

    soup = soup_of(client_of(people.manager("Elva vald")))
    row = soup.find("th", string=plan.worker.name).find_parent("tr").get_text(" ", strip=True)

    assert "käib alates" in row
    assert figures(soup)["Mentorluses"] == "1 / 1"
    assert foreign.first_name not in soup.get_text()


def test_coordinator_sees_late_ones_and_load(client_of) -> None:
    late = case(at("2026-11-16"))
    submitted_request("Elva vald")
    plan = plan_at(place="Elva vald")

    soup = soup_of(client_of(people.coordinator()))

    assert figures(soup)["Töös olnud juhtumid"] == "2"
    assert figures(soup)["Esimene kontakt hilineb"] == "1"
    assert late.code in soup.find("h2", id="late").find_parent("section").get_text()
    row = soup.find("a", string=plan.mentor.name).find_parent("tr")
    assert [cell.get_text() for cell in row.find_all("td")] == ["0", "1"]


def test_supervisor_sees_groups_and_what_is_to_be_recorded(client_of) -> None:
    supervisor = people.supervisor()
    group_of(supervisor, "T-1", datetime(2026, 11, 20, 10, tzinfo=clock.TALLINN))

    soup = soup_of(client_of(supervisor))

    assert figures(soup)["Osalus märkimata"] == "1"
    assert "T-1" in soup.find("h2", id="groups").find_parent("section").get_text()


# --- the day --------------------------------------------------------------------------------


def meeting(user, starts_at: datetime, guest=None) -> Meeting:
    """A meeting of a case, so that it has a title."""
    held = Meeting.objects.create(
        service="consultation",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        organiser=user,
    )
    owner = submitted_request("Elva vald")
    owner.meetings.create(meeting=held, kind="discussion")
    if guest:
        Invitee.objects.create(meeting=held, user=guest)
    return held


def group_of(supervisor, name: str, starts_at: datetime, members: int = 0) -> Group:
    spring = season(2026, "2026-01-05", "2026-01-31") if not Group.objects.exists() else None
    spring = spring or Group.objects.first().season
    group = Group.objects.create(
        season=spring,
        name=name,
        supervisor=supervisor,
        status="published",
        published_at=MONDAY_MORNING,
        published_by=supervisor,
    )
    session = Meeting.objects.create(
        service="supervision",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        organiser=supervisor,
    )
    Session.objects.create(group=group, meeting=session, number=1)
    for _n in range(members):
        member = registration(spring, at("2026-01-10"), status="placed")
        Membership.objects.create(
            group=group, registration=member, starts_on=TODAY - timedelta(days=100)
        )
    return group


def test_my_day_lists_the_next_meetings_by_day(client_of) -> None:
    consultant = people.consultant()
    meeting(consultant, MONDAY_MORNING + timedelta(hours=3))
    meeting(consultant, MONDAY_MORNING + timedelta(days=1))
    meeting(consultant, MONDAY_MORNING - timedelta(hours=3))
    stranger = meeting(people.consultant(), MONDAY_MORNING + timedelta(hours=1))

    soup = soup_of(client_of(consultant))
    days = [each.get_text(" ", strip=True) for each in soup.select(".tp-day__h")]

    assert days == ["Täna, E 23.11.2026 1 kohtumine", "Homme, T 24.11.2026 1 kohtumine"]
    assert stranger.case_meeting.request.code not in soup.select_one(".tp-day").get_text()


def test_day_plan_holds_the_whole_day_and_nobody_else_s(client_of) -> None:
    consultant, other = people.consultant(), people.consultant()
    early = meeting(consultant, datetime.combine(TODAY, time(8), tzinfo=clock.TALLINN))
    invited = meeting(other, MONDAY_MORNING + timedelta(hours=5), guest=consultant)
    meeting(consultant, MONDAY_MORNING + timedelta(days=1))
    foreign = meeting(other, MONDAY_MORNING + timedelta(hours=4))

    page = soup_of(client_of(consultant), reverse("home:day-plan")).get_text(" ", strip=True)

    assert "2 kohtumist" in page
    assert early.case_meeting.request.code in page
    assert invited.case_meeting.request.code in page
    assert foreign.case_meeting.request.code not in page


# --- queries --------------------------------------------------------------------------------


ROLE_MAKERS = {
    "consultant": people.consultant,
    "coordinator": people.coordinator,
    "supervisor": people.supervisor,
    "worker": people.worker,
    "manager": people.manager,
    "administrator": people.administrator,
}


def enrich(user, key: str, number: int, start: int) -> None:
    """Give the person themselves `number` more of everything their desk lists."""
    names = list(Municipality.objects.exclude(ends_on__lt=TODAY).values_list("name", flat=True))
    for n in range(start, start + number):
        moment = MONDAY_MORNING + timedelta(hours=n + 1)
        meeting(user, moment)
        if key == "consultant":
            place = people.municipality(names[n])
            ServiceArea.objects.get_or_create(
                consultant=user, municipality=place, defaults={"starts_on": people.LONG_AGO}
            )
            submitted_request(names[n])
            wish("2026-11-16", place=names[n])
            people.worker(names[n])
        if key == "coordinator":
            case(at("2026-11-16"), place=names[n])
            people.consultant(names[n])
        if key == "supervisor":
            group_of(user, f"T-{n}", MONDAY_MORNING - timedelta(days=n + 1), members=2)
        if key == "worker":
            submitted_request("Elva vald", requester=user)
        if key == "manager":
            plan_at(place="Elva vald")
            submitted_request("Elva vald")


@pytest.mark.parametrize("key", ROLE_MAKERS)
def test_desk_costs_the_same_with_1_and_30_rows(key: str, client_of) -> None:
    user = ROLE_MAKERS[key]()
    client = client_of(user)
    counts = []
    for number, start in ((1, 0), (29, 1)):
        enrich(user, key, number, start)
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK)
        counts.append(len(queries))

    assert counts[0] == counts[1], counts
    assert counts[1] <= 15, counts


def test_desk_of_somebody_with_every_role_stays_within_its_budget(client_of) -> None:
    user = people.worker("Elva vald")
    Post.objects.create(
        user=user,
        municipality=people.municipality("Elva vald"),
        kind=Post.Kind.MANAGER,
        starts_on=people.LONG_AGO,
    )
    for role in StaffRole.Role.values:
        StaffRole.objects.create(user=user, role=role, starts_on=people.LONG_AGO)
    client = client_of(user)

    for role in ROLES:
        with CaptureQueriesContext(connection) as queries:
            client.get(DESK, {"as": role.key})
        assert len(queries) <= 15, (role.key, len(queries))


def test_registrations_of_the_area_are_counted_once_each(client_of) -> None:
    spring = season(2026, "2026-01-05", "2026-01-31")
    registration(spring, at("2026-01-10"), place="Elva vald")
    registration(spring, at("2026-01-10"), place="Tartu linn")
    gone = people.person()
    registration(
        spring, at("2026-01-10"), user=gone, place="Elva vald",
        status="withdrawn", withdrawn_at=at("2026-01-11"), withdrawn_by=gone,
    )  # fmt: skip
    people.worker("Elva vald")
    people.worker("Elva vald")

    shown = figures(soup_of(client_of(people.consultant("Elva vald"))))

    assert Registration.objects.count() == 3
    assert shown["Registreerus supervisioonile"] == "1 / 2"
