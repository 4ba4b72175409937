"""Who serves which municipality today: open to everybody."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from common.text import fold
from people.models import County, Municipality
from people.serving import Serving, serving_on


@dataclass(frozen=True)
class ServedMunicipality:
    municipality: Municipality
    serving: list[Serving]


@dataclass(frozen=True)
class ServedCounty:
    county: County
    municipalities: list[ServedMunicipality]


def known_municipalities() -> list[Municipality]:
    """Every municipality of ours, those that have merged into another one too. One query."""
    return list(Municipality.objects.select_related("county", "successor").order_by("name"))


def find_municipality(typed: str, known: list[Municipality]) -> list[Municipality]:
    """Return what was meant: the one of that name, or all whose name begins so.

    Case and õ/o, š/s are not told apart; "Tartu" finds the city and the rural municipality.
    """
    wanted = fold(" ".join(typed.split()))
    if not wanted:
        return []
    exact = [place for place in known if fold(place.name) == wanted]
    return exact or [place for place in known if fold(place.name).startswith(wanted)]


def today_s(place: Municipality, day: date) -> Municipality:
    """Follow a merged municipality to the one that exists on the day."""
    while not place.holds_on(day) and place.successor:
        place = place.successor
    return place


def by_county(known: list[Municipality], day: date) -> list[ServedCounty]:
    """Return the municipalities of the day with their consultants, by county. Two queries."""
    present = [place for place in known if place.holds_on(day)]
    serving = serving_on(day, [place.pk for place in present])
    present.sort(key=lambda place: (place.county_id, place.pk not in serving))
    counties = {place.county_id: place.county for place in known}
    found = []
    for code, places in groupby(present, key=lambda place: place.county_id):
        rows = [ServedMunicipality(place, serving.get(place.pk, [])) for place in places]
        found.append(ServedCounty(counties[code], rows))
    return found
