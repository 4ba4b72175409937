"""Loading counties, regions and municipalities; running it again changes nothing."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from people.models import County, Municipality, MunicipalityCode, Region


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


@transaction.atomic
def load() -> None:
    """Bring in what is missing. Rows that an administrator has changed stay as they are."""
    regions = {
        label: Region.objects.get_or_create(
            key=key, defaults={"name_et": name_et, "name_en": name_en, "position": position}
        )[0]
        for position, (key, name_et, name_en, label) in enumerate(REGIONS)
    }
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
