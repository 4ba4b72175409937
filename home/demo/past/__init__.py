"""The years from 2021 on: ordinary rows, in bulk; 2021 and 2022 with the published figures."""

from datetime import date, timedelta

from home.demo.chance import Chance
from home.demo.past.consultations import relive_consultations, relive_later_consultations
from home.demo.past.figures import SEASON_SETTLES, YEARS, later_years
from home.demo.past.mentorship import relive_mentorship
from home.demo.past.rows import Rows
from home.demo.past.supervision import relive_supervision
from home.demo.population import Population
from library.models import Topic


def relive(chance: Chance, population: Population, *, today: date, scale: int) -> None:
    """Write both years."""
    rows = Rows()
    topics = list(Topic.objects.all())
    seasons_until = (today - SEASON_SETTLES).year
    for year in [*YEARS, *later_years(today)]:
        # Plans that would still run are played in the present.
        latest = min(date(year.year, 12, 28), today - timedelta(days=360))
        if latest > date(year.year, 1, 3):
            relive_mentorship(rows, chance, population, year, topics, latest, scale)
        if year.year < seasons_until:
            relive_supervision(rows, chance, population, year, scale)
    relive_consultations(rows, chance, population, today, scale)
    relive_later_consultations(rows, chance, population, today, scale)
    rows.write()
