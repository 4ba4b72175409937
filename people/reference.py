"""Loading counties, regions and municipalities; running it again changes nothing."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from people.models import County, LawReference, Municipality, MunicipalityCode, Region


DATA = Path(__file__).parent / "data"

REFORM = date(2017, 10, 24)
"""Since when the municipalities of the administrative reform of 2017 are taken to exist."""
MERGER = date(2025, 10, 31)
"""Last day of Toila; the exact day is to be checked (people/data/README.md)."""

REGIONS = [
    ("pohja", "Põhja piirkond", "Northern region", "Põhja"),
    ("ida", "Ida piirkond", "Eastern region", "Ida"),
    ("louna", "Lõuna piirkond", "Southern region", "Lõuna"),
    ("laane", "Lääne piirkond", "Western region", "Lääne"),
]


# Source: Lastekaitseseadus, RT I, 31.12.2024, 23 (in force 10.01.2025–30.09.2026), read on
# 22.11.2026. The act was changed on 01.10.2026: administrators keep the words up to date.
QUALIFICATION_LAW = {
    "name_et": "Lastekaitseseadus § 19 lg 2",
    "name_en": "Child Protection Act, § 19 (2)",
    "text_et": (
        "Lastekaitsetöötajal peab kahe aasta jooksul ametisse asumisest olema sotsiaaltöötaja "
        "kutse spetsialiseerumisega lastekaitsele. Tähtaeg ei alga teise omavalitsusse minnes "
        "uuesti. (Redaktsioon 10.01.2025–30.09.2026; kontrolli kehtivat teksti.)"
    ),
    "text_en": (
        "A child protection worker must have the social worker's professional qualification with "
        "specialisation in child protection within two years of taking office. The period does "
        "not begin anew in another municipality. (Wording of 10.01.2025–30.09.2026; check the "
        "text in force.)"
    ),
    "link": "https://www.riigiteataja.ee/akt/131122024023",
    "years": 2,
}


@transaction.atomic
def load() -> None:
    """Bring in what is missing. Rows that an administrator has changed stay as they are."""
    regions = {
        label: Region.objects.get_or_create(
            key=key, defaults={"name_et": name_et, "name_en": name_en, "position": position}
        )[0]
        for position, (key, name_et, name_en, label) in enumerate(REGIONS)
    }
    LawReference.objects.get_or_create(key="qualification", defaults=QUALIFICATION_LAW)
    region_of = {}
    for row in _rows("counties.csv"):
        County.objects.get_or_create(
            code=row["county_ehak"],
            defaults={"name": row["county"], "short_name": row["short_name"]},
        )
        region_of[row["county_ehak"]] = regions[row["suggested_region_INFERRED"]]

    known = {
        code.code: code.municipality
        for code in MunicipalityCode.objects.select_related("municipality")
    }
    rows = _rows("municipalities.csv")
    for row in rows:
        if row["ehak_code"] in known:
            continue
        municipality = Municipality.objects.create(
            name=row["name"],
            kind=row["type"],
            county_id=row["county_ehak"],
            region=region_of[row["county_ehak"]],
            latitude=float(row["lat"]),
            longitude=float(row["lon"]),
            starts_on=REFORM,
            ends_on=MERGER if row["status"] == "merged" else None,
        )
        MunicipalityCode.objects.create(
            municipality=municipality, code=row["ehak_code"], starts_on=REFORM
        )
        known[row["ehak_code"]] = municipality
    for row in rows:
        merged = known[row["ehak_code"]]
        if row["successor_ehak"] and merged.successor_id is None:
            merged.successor = known[row["successor_ehak"]]
            merged.save(update_fields=["successor"])


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
