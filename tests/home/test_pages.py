"""The pages around the desk: start, consultants, tasks, the employer's view, language, health."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from common.waiting import WaitingItem
from consultations.actions import take_request
from home.wording import Due, due_of
from people.models import Municipality, ServiceArea
from tests.factories import people
from tests.factories.consultations import submitted_request
from tests.factories.mentorship import CANARIES, plan_at, suggested_request
from tests.factories.mentorship import submitted_request as submitted_wish


pytestmark = pytest.mark.django_db

FIND = reverse("home:consultants")
MY_DATA = reverse("home:employer-view")


def text_of(response) -> str:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


# --- start and help -------------------------------------------------------------------------


def test_consultants_of_a_municipality_that_ended_without_a_successor(client) -> None:
    Municipality.objects.filter(name="Elva vald").update(ends_on=date(2025, 1, 1))

    page = client.get(FIND, {"municipality": "Elva vald"})

    assert page.status_code == 200
    assert "Elva vald" in text_of(page)


def test_desk_before_the_first_day_says_when_the_post_begins(client_of) -> None:
    user = people.worker("Elva vald", since=date(2026, 11, 24))

    page = text_of(client_of(user).get("/"))

    assert "Sinu töö algab 24.11.2026: Elva vald" in page
    assert "ametikohta ega rolli" not in page


def test_text_beyond_all_limits_is_refused_in_words(client, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    page = client.post(reverse("account_login"), {"login": "x" * 200})

    assert page.status_code == 400
    assert "Saadetut ei saanud vastu võtta" in page.content.decode()


def test_pages_of_the_logged_in_are_kept_by_no_browser(client, client_of) -> None:
    mine, public = client_of(people.worker()).get("/"), client.get("/")

    assert mine["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in public


@pytest.mark.parametrize("name", ["desk", "consultants", "help", "accessibility", "privacy"])
@pytest.mark.parametrize("language", ["et", "en"])
def test_public_page_needs_no_login(name: str, language: str, client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse(f"home:{name}"))

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()


def test_start_leads_to_login_consultant_and_demo(client) -> None:
    soup = BeautifulSoup(client.get("/").content, "html.parser")

    targets = {link["href"] for link in soup.find_all("a", href=True)}
    assert {reverse("account_login"), FIND, "/demo/mail/"} <= targets
    form = soup.find("form", action=FIND)
    assert form["method"] == "get"
    assert len(form.find_all("option")) == 80
    assert len(soup.select(".tp-service")) == 3


# --- consultants ----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Elva vald", "elva  VALD", "elva"])
def test_consultants_finds_who_serves_today(typed: str, client) -> None:
    people.consultant("Elva vald", first_name="Liis", last_name="Kask", phone="5555 0001")

    found = BeautifulSoup(client.get(FIND, {"municipality": typed}).content, "html.parser")

    card = found.find("h2", id="found").find_parent("section").get_text(" ", strip=True)
    assert "Elva vald Liis Kask 5555 0001" in card


def test_consultants_of_the_past_are_not_named(client) -> None:
    gone = people.consultant("Elva vald", first_name="Kanaarilind")
    ServiceArea.objects.filter(consultant=gone).update(ends_on=date(2026, 11, 22))

    assert "Kanaarilind" not in text_of(client.get(FIND, {"municipality": "Elva vald"}))


def test_consultants_names_the_stand_in_of_who_is_away(client) -> None:
    consultant, other = people.consultant("Elva vald"), people.consultant("Tartu linn")
    people.absence(consultant, date(2026, 11, 23), date(2026, 11, 23), stand_in=other)

    assert f"Asendaja: {other.name}" in text_of(client.get(FIND, {"municipality": "Elva vald"}))


def test_consultants_merged_municipality_leads_to_its_successor(client) -> None:
    consultant = people.consultant("Jõhvi vald")

    text = text_of(client.get(FIND, {"municipality": "Toila vald"}))

    assert "Toila vald lõpetas tegevuse 31.10.2025." in text
    assert "Praegu kuulub see omavalitsusse: Jõhvi vald." in text
    assert consultant.name in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Atlantis", "Me ei tunne omavalitsust nimega „Atlantis“. Vali üks loendist."),
        ("tartu", "Selle nimega on mitu omavalitsust: Tartu linn, Tartu vald. Vali üks loendist."),
    ],
)
def test_consultants_unclear_name_is_told_at_its_field(typed: str, sentence: str, client) -> None:
    response = client.get(FIND, {"municipality": typed})

    assert response.status_code == 422
    soup = BeautifulSoup(response.content, "html.parser")
    assert sentence in soup.find(id="id_municipality").find_parent(class_="tp-field").get_text()


def test_consultants_tell_nothing_of_other_people(client) -> None:
    people.worker("Elva vald", first_name="Kanaarilind")
    people.manager("Elva vald", first_name="Kanaarilind")
    people.coordinator(first_name="Kanaarilind")

    assert "Kanaarilind" not in text_of(client.get(FIND, {"municipality": "Elva vald"}))


def test_consultants_cost_the_same_for_1_and_30(client) -> None:
    names = list(Municipality.objects.filter(ends_on=None).values_list("name", flat=True)[:30])
    counts = []
    for places in (names[:1], names[1:]):
        for name in places:
            people.consultant(name)
        with CaptureQueriesContext(connection) as queries:
            client.get(FIND)
        counts.append(len(queries))

    assert counts == [3, 3]


# --- tasks ----------------------------------------------------------------------------------

MONDAY = date(2026, 11, 23)


def item(**fields) -> WaitingItem:
    return WaitingItem(verb="x", about="y", url="/", room="mentorship", icon="task_alt", **fields)


@pytest.mark.parametrize(
    ("waiting", "due"),
    [
        (item(), Due("", "neutral", "", False)),
        (item(due=date(2026, 11, 18)), Due("3 tööpäeva üle tähtaja", "bad", "18.11.2026", True)),
        (item(due=date(2026, 11, 20)), Due("1 tööpäev üle tähtaja", "bad", "20.11.2026", True)),
        (item(due=MONDAY), Due("Täna", "warn", "täna", False)),
        (item(due=date(2026, 11, 24)), Due("", "neutral", "homme", False)),
        (item(due=MONDAY, tag="Uus", tag_kind="info"), Due("Uus", "info", "täna", False)),
        (item(urgent=True), Due("Kiire", "bad", "", True)),
    ],
)
def test_due_in_words(waiting: WaitingItem, due: Due) -> None:
    assert due_of(waiting, MONDAY) == due


def test_due_that_passed_on_a_weekend() -> None:
    assert due_of(item(due=date(2026, 11, 21)), date(2026, 11, 22)).tag == "Päev on möödas"


def test_waiting_shows_eight_on_the_desk_and_all_on_its_page(client_of) -> None:
    client = client_of(people.consultant("Elva vald"))
    for _n in range(10):
        submitted_request("Elva vald")

    desk = BeautifulSoup(client.get("/").content, "html.parser")
    page = BeautifulSoup(client.get(reverse("home:waiting")).content, "html.parser")

    assert (len(desk.select(".tp-task")), len(page.select(".tp-task"))) == (8, 10)
    assert "10 asja" in desk.find("h2", id="waiting").parent.get_text()


def test_waiting_counts_stand_in_the_navigation(client_of) -> None:
    submitted_request("Elva vald")
    soup = BeautifulSoup(client_of(people.consultant("Elva vald")).get("/").content, "html.parser")

    counts = {
        link["href"]: link.select_one(".tp-nav__n").contents[0]
        for link in soup.select(".tp-nav a")
        if link.select_one(".tp-nav__n")
    }
    assert counts == {"/consultations/": "1"}
    assert [link["href"] for link in soup.select('.tp-nav a[aria-current="page"]')] == ["/"]


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
def test_navigation_has_no_dead_link(make, client_of) -> None:
    client = client_of(make())
    soup = BeautifulSoup(client.get("/").content, "html.parser")

    links = [link["href"] for link in soup.select(".tp-nav a, .tp-footer a")]
    answers = {link: client.get(link).status_code for link in links}
    assert len(links) >= 7
    assert answers == dict.fromkeys(links, 200)


@pytest.mark.parametrize("name", ["waiting", "day-plan", "employer-view"])
def test_page_of_a_person_asks_for_login_and_post(name: str, client, client_of) -> None:
    assert client.get(reverse(f"home:{name}")).status_code == 302
    assert client_of(people.person()).get(reverse(f"home:{name}")).status_code == 403


# --- the employer's view --------------------------------------------------------------------


def test_my_data_tells_what_the_managers_desk_tells(client_of) -> None:
    plan = plan_at(place="Elva vald")
    own = submitted_request("Elva vald", requester=plan.worker)
    take_request(own, by=people.consultant("Elva vald"))
    foreign = submitted_request("Elva vald")

    mine = text_of(client_of(plan.worker).get(MY_DATA))
    managers = text_of(client_of(people.manager("Elva vald")).get("/"))

    started = plan.started_at.strftime("%d.%m.%Y")
    assert f"{_('Running since')} {started}" in mine
    assert f"käib alates {started}" in managers
    assert own.code in mine
    assert foreign.code not in mine
    for canary in (*CANARIES, "kanaarilind"):
        assert canary not in mine + managers


def card_of(soup, part: str):
    return soup.select_one(f".tp-card:has(#{part})")


def values_under(soup, part: str) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in card_of(soup, part).select("dd, td")]


def test_my_data_equals_what_the_manager_sees_of_a_mentorship(client_of) -> None:
    worker, manager = people.worker("Elva vald"), people.manager("Elva vald")
    mentor = people.consultant("Elva vald", last_name="Mentorlind")
    plan = plan_at(place="Elva vald", worker=worker, mentor=mentor)
    client = client_of(manager)

    mine = BeautifulSoup(client_of(worker).get(MY_DATA).content, "html.parser")
    overview = client.get(reverse("mentorship:overview"))
    row = BeautifulSoup(overview.content, "html.parser").find("th", string=worker.name)
    facts = client.get(plan.get_absolute_url())

    cells = [cell.get_text(" ", strip=True) for cell in row.find_parent("tr").find_all("td")]
    assert cells == values_under(mine, "mentorship")
    assert cells == [plan.started_at.strftime("%d.%m.%Y"), "0", "–"]
    intended = plan.intended_end_on.strftime("%d.%m.%Y")
    for page in (overview, facts):
        assert "Mentorlind" not in text_of(page)
        assert intended not in text_of(page)


def test_my_data_names_the_managers_wish_and_the_manager_sees_no_other(client_of) -> None:
    own, asked = submitted_wish("Elva vald"), suggested_request("Elva vald")
    colleague = people.manager("Elva vald")

    def seen(user, wish) -> tuple[bool, int]:
        client = client_of(user)
        overview = client.get(reverse("mentorship:overview")).content.decode()
        return wish.worker.name in overview, client.get(wish.get_absolute_url()).status_code

    assert seen(asked.submitted_by, asked) == (True, 200)
    assert [seen(asked.submitted_by, own), seen(colleague, asked)] == [(False, 404)] * 2
    told = _("Your manager asked for a mentor")
    assert told in text_of(client_of(asked.worker).get(MY_DATA))
    assert told not in text_of(client_of(own.worker).get(MY_DATA))


def test_my_data_shows_cases_as_contact_and_absences(client_of) -> None:
    worker, stand_in = people.worker("Elva vald"), people.worker("Elva vald")
    case = submitted_request("Elva vald", contacts=[worker])
    people.absence(worker, date(2026, 12, 1), date(2026, 12, 4), stand_in=stand_in)

    soup = BeautifulSoup(client_of(worker).get(MY_DATA).content, "html.parser")
    client = client_of(people.manager("Elva vald"))
    managers = client.get(reverse("people:absence-list", args=[worker.pk]))

    assert card_of(soup, "consultations").tbody.th.get_text(strip=True) == case.code
    row = BeautifulSoup(managers.content, "html.parser").select("main tbody tr")[0]
    cells = [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])][:3]
    mine = card_of(soup, "absences").tbody.tr.find_all(["th", "td"])
    assert [cell.get_text(strip=True) for cell in mine] == cells
    assert cells == ["01.12.2026–04.12.2026", "Ära", stand_in.name]


def test_my_data_is_for_workers(client_of) -> None:
    for make in (people.manager, people.consultant, people.coordinator, people.supervisor):
        assert client_of(make()).get(MY_DATA).status_code == 403


# --- language and health --------------------------------------------------------------------


def test_language_is_switched_and_remembered(client_of) -> None:
    worker = people.worker()
    client = client_of(worker)

    response = client.post(reverse("home:language"), {"language": "en", "next": "/help/"})

    worker.refresh_from_db()
    assert (response.status_code, response["Location"], worker.language) == (302, "/help/", "en")
    assert "Help and guides" in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    ("sent", "location"),
    [
        ({"language": "xx", "next": "/help/"}, "/help/"),
        ({"language": "en", "next": "https://elsewhere.example/"}, "/"),
        ({}, "/"),
    ],
)
def test_language_bad_input_changes_nothing(sent: dict, location: str, client) -> None:
    response = client.post(reverse("home:language"), sent)

    assert (response.status_code, response["Location"]) == (302, location)
    known = sent.get("language") == "en"
    assert (settings.LANGUAGE_COOKIE_NAME in response.cookies) == known


def test_language_is_a_deed_not_a_link(client) -> None:
    assert client.get(reverse("home:language")).status_code == 405


def test_health_and_readiness_answer_machines(client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").content == b"ready"
