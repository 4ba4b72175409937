"""The page of a year, its files and its JSON: who sees what, and what a wrong day answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from common import clock
from people.models import Municipality
from tests.factories import mentorship as mentorships
from tests.factories import people
from tests.factories.reports import at, case, registration, season, wish


pytestmark = pytest.mark.django_db

YEAR = reverse("reports:year", args=[2022])
CSV = reverse("reports:year-csv", args=[2022])
JSON = reverse("reports:year-json", args=[2022])
TABLE = {
    name: f"/reports/2022/{name}.csv" for name in ("months", "regions", "municipalities", "topics")
}
ADDRESSES = [reverse("reports:overview"), YEAR, CSV, JSON, *TABLE.values()]


def lines_of(response) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    return [line.split(";") for line in text.split("\r\n")[:-1]]


# --- addresses ------------------------------------------------------------------------------


def test_addresses_are_those_promised() -> None:
    assert (YEAR, CSV, JSON) == ("/reports/2022/", "/reports/2022.csv", "/reports/2022.json")
    assert reverse("reports:table", args=[2022, "months"]) == TABLE["months"]


# --- who ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (people.coordinator, 200),
        (people.consultant, 200),
        (people.manager, 200),
        (people.worker, 403),
        (people.supervisor, 403),
        (people.administrator, 403),
        (people.person, 403),
    ],
)
@pytest.mark.parametrize("address", [YEAR, CSV, JSON, TABLE["months"], reverse("reports:overview")])
def test_reports_are_for_board_and_managers(make, status: int, address: str, client_of) -> None:
    assert client_of(make()).get(address).status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_reports_ask_for_a_login(address: str, client) -> None:
    assert client.get(address).status_code == 302


def test_a_manager_sees_the_own_municipality_alone(client_of) -> None:
    case(at("2022-05-01"), place="Elva vald", topic="behaviour")
    case(at("2022-05-01"), place="Tartu linn", topic="violence")
    case(at("2022-06-01"), place="Tartu linn", topic="violence")
    wish("2022-05-01", place="Tartu linn")
    registration(season(2022, "2022-01-03", "2022-01-31"), at("2022-01-10"), place="Tartu linn")
    client = client_of(people.manager("Elva vald"))

    page = client.get(YEAR).content.decode()
    files = "".join(
        client.get(TABLE[name]).content.decode() for name in ("months", "municipalities", "topics")
    )
    answer = client.get(JSON).json()

    assert "Elva vald" in page
    assert "Käitumisraskused" in page
    for foreign in ("Tartu linn", "Väärkohtlemine"):
        assert foreign not in page + files
    assert answer["municipalities"] == ["Elva vald"]
    assert answer["figures"]["consultation_requests"]["value"] == 1
    assert answer["figures"]["mentorship_requests"]["value"] == 0
    assert answer["figures"]["supervision_registrations_start"]["value"] == 0


def test_a_manager_gets_no_table_of_regions(client_of) -> None:
    client = client_of(people.manager())

    assert client.get(TABLE["regions"]).status_code == 403
    assert "regions" not in client.get(YEAR).content.decode()


def test_a_coordinator_sees_every_municipality(client_of) -> None:
    case(at("2022-05-01"), place="Elva vald")
    case(at("2022-05-01"), place="Tartu linn")

    answer = client_of(people.coordinator()).get(JSON).json()

    assert answer["municipalities"] is None
    assert answer["figures"]["consultation_municipalities"]["value"] == 2


# --- years and days -------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "status"), [(2015, 404), (2016, 200), (2027, 200), (2028, 404)])
def test_year_known_or_not(year: int, status: int, client_of) -> None:
    client = client_of(people.coordinator())

    for address in (f"/reports/{year}/", f"/reports/{year}.json", f"/reports/{year}.csv"):
        assert client.get(address).status_code == status


def test_unknown_table_is_not_found(client_of) -> None:
    assert client_of(people.coordinator()).get("/reports/2022/names.csv").status_code == 404


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("eile", "Sisesta kuupäev kujul 22.11.2026."),
        ("2022-02-30", "Sisesta kuupäev kujul 22.11.2026."),
        ("2023-01-01", "See päev ei ole aastas 2022. Vali päev sellest aastast."),
    ],
)
def test_until_wrong_day_is_told_at_its_field(until: str, sentence: str, client_of) -> None:
    client = client_of(people.coordinator())

    page = client.get(YEAR, {"until": until})
    assert page.status_code == 422
    field = BeautifulSoup(page.content, "html.parser").find(id="id_until")
    assert field["value"] == until
    assert field["aria-invalid"] == "true"
    assert sentence in page.content.decode()

    for address in (CSV, TABLE["months"]):
        answer = client.get(address, {"until": until})
        assert (answer.status_code, answer.content.decode()) == (422, sentence)
    answer = client.get(JSON, {"until": until})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"until": [sentence]}})


@pytest.mark.parametrize("until", ["2022-11-01", "01.11.2022"])
def test_until_cuts_page_files_and_json(until: str, client_of) -> None:
    case(at("2022-11-01", "23:59"))
    case(at("2022-11-02", "00:00"))
    client = client_of(people.coordinator())

    answer = client.get(JSON, {"until": until}).json()

    assert answer["until"] == "2022-11-01"
    assert answer["previous_period"] == {"first": "2021-01-01", "last": "2021-11-01"}
    assert answer["figures"]["consultation_requests"]["value"] == 1
    assert lines_of(client.get(TABLE["months"], {"until": until}))[-1][:2] == ["2022-11", "1"]
    assert "01.01.2022–01.11.2022" in client.get(YEAR, {"until": until}).content.decode()


def test_until_left_empty_counts_the_whole_year(client_of) -> None:
    answer = client_of(people.coordinator()).get(JSON, {"until": ""}).json()

    assert (answer["until"], answer["period"]["last"]) == (None, "2022-12-31")


# --- tables ---------------------------------------------------------------------------------


def test_months_sum_up_to_the_figures(client_of) -> None:
    worker = people.person()
    case(at("2022-01-31", "23:59"), at("2022-03-01"))
    case(at("2022-03-01"))
    wish("2022-03-01", worker=worker, status="withdrawn")
    wish("2022-04-01", worker=worker)
    spring = season(2022, "2022-01-03", "2022-01-31")
    registration(spring, at("2022-01-10"))
    registration(spring, at("2022-04-10"))
    case(at("2021-01-10"), at("2021-02-01"))

    head, *lines = lines_of(client_of(people.coordinator()).get(TABLE["months"]))

    assert head[:3] == ["Kuu", "Nõustamistaotlused 2022", "Nõustamistaotlused 2021"]
    assert [line[0] for line in lines] == [f"2022-{month:02}" for month in range(1, 13)]
    assert lines[0][1:] == ["1", "1", "0", "0", "0", "0", "1", "0"]
    assert lines[2][1:] == ["1", "0", "1", "0", "1", "0", "0", "0"]
    assert lines[3][1:] == ["0", "0", "0", "0", "0", "0", "1", "0"]
    assert [sum(int(line[column]) for line in lines) for column in (1, 3, 5, 7)] == [2, 1, 1, 2]


def test_regions_and_municipalities_name_what_has_no_place(client_of) -> None:
    case(at("2022-05-01"), place="Elva vald")
    case(at("2022-05-01"), place=None, origin="foreign")
    client = client_of(people.coordinator())

    regions = {line[0]: line[1:5] for line in lines_of(client.get(TABLE["regions"]))}
    places = {line[0]: line[1:6] for line in lines_of(client.get(TABLE["municipalities"]))}

    assert regions["Lõuna piirkond"] == ["1", "0", "1", "0"]
    assert regions["Omavalitsus ei ole veel teada"] == ["0", "0", "1", "0"]
    assert places["Elva vald"] == ["Tartu maakond", "1", "0", "1", "0"]
    assert places["Omavalitsus ei ole veel teada"] == ["", "0", "0", "1", "0"]
    # The head, the 79 municipalities and those without one.
    assert len(places) == 81


def test_topics_begin_with_the_most_frequent(client_of) -> None:
    case(at("2022-05-01"), topic="violence")
    for _n in range(2):
        case(at("2022-05-01"), topic="custody")
    case(at("2021-05-01"), at("2021-05-02"), topic="behaviour")

    lines = lines_of(client_of(people.coordinator()).get(TABLE["topics"]))

    assert [line for line in lines if line[1] == "Nõustamistaotlused"] == [
        ["Hooldusõigus", "Nõustamistaotlused", "2", "0"],
        ["Väärkohtlemine või hooletusse jätmine", "Nõustamistaotlused", "1", "0"],
        ["Käitumisraskused", "Nõustamistaotlused", "0", "1"],
    ]


def test_topics_of_mentorship_plans_are_not_for_managers(client_of) -> None:
    """With one plan in the municipality the row would tell what that worker chose."""
    year = clock.today().year
    plan = mentorships.plan_at(topics=("star",))
    name = plan.topics.get().topic.name
    addresses = [
        reverse("reports:table", args=[year, "topics"]),
        reverse("reports:year", args=[year]),
        reverse("reports:year-json", args=[year]),
    ]

    def read(user) -> str:
        client = client_of(user)
        asked = [*addresses, f"{addresses[0]}?until={clock.today():%Y-%m-%d}"]
        return " ".join(client.get(address).content.decode() for address in asked)

    assert name in read(people.coordinator())
    shown = read(people.manager("Elva vald"))
    assert (name in shown, "Mentorlusplaanid" in shown) == (False, False)


# --- files ----------------------------------------------------------------------------------


def test_csv_opens_in_a_spreadsheet(client_of) -> None:
    wish("2022-05-01")
    response = client_of(people.coordinator()).get(CSV)

    assert response.content[:3] == b"\xef\xbb\xbf"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="2022.csv"'
    head, first, *_rest = lines_of(response)
    assert head[:5] == ["Näitaja", "Väärtus", "Aasta varem", "Esimene päev", "Viimane päev"]
    assert first[1:7] == ["1", "0", "2022-01-01", "2022-12-31", "2021-01-01", "2021-12-31"]
    assert first[-1] == "mentorship_requests"


def test_csv_speaks_the_language_of_the_page(client_of) -> None:
    client = client_of(people.coordinator(language="en"))

    assert lines_of(client.get(CSV))[0][0] == "Figure"


# --- JSON -----------------------------------------------------------------------------------

SCHEMA = json.loads(
    (Path(settings.BASE_DIR) / "docs/schemas/report.schema.json").read_text(encoding="utf-8")
)
KINDS = {"string": str, "integer": int, "object": dict, "array": list, "null": type(None)}


def mismatches(value: Any, schema: dict, where: str = "") -> list[str]:
    """Check what our schema uses: $ref, type, enum, properties, required, items, minimum."""
    if "$ref" in schema:
        return mismatches(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], where)
    found = []
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(type(value) is KINDS[name] for name in types):
        return [f"{where}: {value!r} is not {types}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{where}: {value} is too small")
    if isinstance(value, dict):
        properties = schema["properties"]
        found += [f"{where}: {key} is missing" for key in schema["required"] if key not in value]
        found += [f"{where}: {key} is not described" for key in value if key not in properties]
        for key in value.keys() & properties:
            found += mismatches(value[key], properties[key], f"{where}/{key}")
    if isinstance(value, list):
        for item in value:
            found += mismatches(item, schema["items"], where)
    return found


@pytest.mark.parametrize("make", [people.coordinator, people.manager])
@pytest.mark.parametrize("query", [{}, {"until": "2022-11-01"}])
def test_json_is_as_its_schema_says(make, query: dict, client_of) -> None:
    answer = client_of(make()).get(JSON, query).json()

    assert mismatches(answer, SCHEMA) == []


def test_json_mismatch_is_seen(client_of) -> None:
    answer = client_of(people.coordinator()).get(JSON).json()
    answer["figures"]["cases_in_hand"]["value"] = "1"
    del answer["year"]

    assert len(mismatches(answer, SCHEMA)) == 2


# --- page -----------------------------------------------------------------------------------


def test_page_shows_the_year_before_beside_the_year(client_of) -> None:
    for _n in range(3):
        wish("2022-05-01")
    wish("2021-05-01")

    soup = BeautifulSoup(client_of(people.coordinator()).get(YEAR).content, "html.parser")

    row = soup.find("th", string="Mentorit soovinud töötajad").find_parent("tr")
    assert [cell.get_text(strip=True) for cell in row.find_all("td")[:2]] == ["3", "1"]


def test_page_headline_names_the_busiest_month(client_of) -> None:
    case(at("2022-03-01"))
    wish("2022-10-01")
    case(at("2022-10-01"))

    page = client_of(people.coordinator()).get(YEAR).content.decode()

    assert "Oktoober oli kõige kiirem kuu" in page


def test_page_in_english(client_of) -> None:
    case(at("2022-03-01"))
    with override("en"):
        page = client_of(people.coordinator(language="en")).get(YEAR).content.decode()

    assert "March was the busiest month" in page
    assert "Custody" in page


def test_page_costs_the_same_for_one_and_thirty_municipalities(client_of) -> None:
    client = client_of(people.consultant())
    names = list(Municipality.objects.values_list("name", flat=True)[:30])
    spring = season(2022, "2022-01-03", "2022-01-31")
    counts = []
    for places in (names[:1], names[1:]):
        for name in places:
            case(at("2022-03-01"), place=name)
            wish("2022-03-01", place=name)
            registration(spring, at("2022-01-10"), place=name)
        with CaptureQueriesContext(connection) as queries:
            client.get(YEAR)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15
