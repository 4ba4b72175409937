"""The demonstration: ordinary rows that the ordinary reports count."""

from datetime import date, time

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from common import clock
from consultations.models import ConsultationRequest
from home.demo.chance import Chance
from home.demo.past import relive
from home.demo.population import ACCOUNTS, populate
from meetings.models import Meeting
from people.models import User


pytestmark = pytest.mark.django_db

PUBLISHED_2022 = {
    "mentorship_requests": (35, 29),
    "consultation_requests": (190, 168),
    "cases_in_hand": (511, None),
    "cases_on_request": (342, None),
    "consultation_closed": (168, None),
    "supervision_registrations_start": (174, 158),
    "supervision_registrations_midyear": (33, 24),
}


@pytest.fixture
def country():
    """The demonstration's people and its past; the present takes longer and adds nothing here."""
    chance = Chance("toetuspakett test")
    population = populate(chance, clock.today(), 1)
    relive(chance, population, today=clock.today(), scale=1)
    return population


def test_demo_past_has_the_published_figures_and_counts_them_from_rows(country, client_of):
    visitor = client_of(country.accounts["coordinator"])
    address = reverse("reports:year-json", args=[2022])

    figures = visitor.get(address).json()["figures"]
    until_november = visitor.get(address, {"until": "2022-11-01"}).json()["figures"]

    for key, (value, previous) in PUBLISHED_2022.items():
        assert figures[key]["value"] == value, key
        if previous is not None:
            assert figures[key]["previous"] == previous, key
    assert until_november["consultation_requests"]["value"] == 146
    assert until_november["consultation_municipalities"]["value"] == 57

    one = ConsultationRequest.objects.filter(
        origin="municipality", submitted_at__year=2022, meetings=None
    ).first()
    one.delete()
    fewer = visitor.get(address).json()["figures"]
    assert fewer["consultation_requests"]["value"] == 189
    assert fewer["cases_in_hand"]["value"] == 510


def test_demo_accounts_can_log_in_and_nobody_else(country):
    usable = {user.email for user in User.objects.all() if user.has_usable_password()}

    assert usable == {email for email, _first, _last in ACCOUNTS.values()}


def test_demo_refuses_outside_the_demonstration(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("demo")


@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2026, 12, 27), date(2027, 3, 28)])
def test_demo_can_be_made_on_any_day(settings, day):
    """Weekends, holidays and a change of the clock push days together that were apart."""
    settings.DEMO = True
    with clock.process_at(clock.tallinn(day, time(8, 5))):
        call_command("demo")

        accounts = User.objects.filter(email__in=[email for email, *_rest in ACCOUNTS.values()])
        assert accounts.count() == len(ACCOUNTS)
        for meeting in Meeting.objects.upcoming():
            others = Meeting.objects.planned().filter(organiser=meeting.organiser)
            assert others.between(meeting.starts_at, meeting.ends_at).count() == 1


def test_demo_again_adds_nothing(country):
    before = User.objects.count()

    call_command("demo", verbosity=0)

    assert User.objects.count() == before
