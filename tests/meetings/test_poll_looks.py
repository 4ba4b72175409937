"""The pages of a date poll in a browser: on a narrow screen, with axe, and without scripts."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from meetings.actions import Guest, answer_poll
from meetings.guests import poll_guest_url
from meetings.models import Poll
from tests.browser import looks_right, no_sideways_scroll
from tests.factories import meetings, people
from tests.factories import supervision as season_factory


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organiser():
    return people.consultant()


@pytest.fixture
def poll(organiser) -> Poll:
    """Six times and as many people, most of whom have answered."""
    names = ("Mari Mets", "Olev Oja-Pikanimeline", "Piret Põld", "Aksel Aas", "Õnne Õun")
    guests = tuple(
        Guest(name=name, email=f"k{n}@test.example", body="Kool") for n, name in enumerate(names)
    )
    poll = meetings.poll(
        people.worker(),
        organiser=organiser,
        guests=guests,
        times=[meetings.span(day) for day in range(1, 7)],
        quorum=2,
    )
    answers = ("yes", "maybe", "no")
    for n, invitee in enumerate(poll.invitees.filter(user=None)[:4]):
        given = meetings.said(invitee, *(answers[(n + m) % 3] for m in range(6)))
        answer_poll(invitee, answers=given, by=None)
    return poll


def pages_of_the_organiser(poll: Poll) -> list[str]:
    names = ("detail", "times-change", "ask", "withdraw")
    return [
        *(reverse(f"meetings:poll-{name}", args=[poll.pk]) for name in names),
        reverse("meetings:poll-remove", args=[poll.pk, poll.invitees.first().pk]),
    ]


def test_poll_pages_of_the_organiser_look_right(new_page, organiser, poll) -> None:
    page = new_page(organiser)
    for place in pages_of_the_organiser(poll):
        page.goto(place)
        looks_right(page)


def test_poll_open_looks_right_with_errors_too(new_page) -> None:
    network = season_factory.accepted_network()
    page = new_page(network.supervisor)
    page.goto(reverse("meetings:poll-open", args=["network", network.pk]))
    looks_right(page)

    page.locator("[name=time-0-day]").fill("homme")
    page.locator("main form .tp-btn--primary").click()

    page.locator(".tp-errors").wait_for()
    looks_right(page)


def test_poll_answer_pages_look_right(new_page, poll) -> None:
    asked = poll.invitees.exclude(user=None).get().user
    guest = poll.invitees.filter(user=None).first()
    mine, theirs = new_page(asked), new_page()

    mine.goto(reverse("meetings:poll-answer", args=[poll.pk]))
    looks_right(mine)
    theirs.goto(urlsplit(poll_guest_url(guest)).path)
    looks_right(theirs)


def test_poll_is_answered_and_closed_without_scripts(new_page, organiser, poll) -> None:
    asked = new_page(poll.invitees.exclude(user=None).get().user, javascript=False)
    asked.goto(reverse("meetings:poll-answer", args=[poll.pk]))
    for field in asked.locator("fieldset").all():
        field.locator("input[value=yes]").check()
    asked.locator("main form .tp-btn--primary").click()
    asked.locator(".tp-alert--ok").wait_for()
    no_sideways_scroll(asked)

    table = new_page(organiser, javascript=False)
    table.goto(poll.get_absolute_url())
    table.locator("main form .tp-btn--primary").click()

    table.locator(".tp-alert--ok").first.wait_for()
    poll.refresh_from_db()
    assert poll.chosen == poll.times.first()
