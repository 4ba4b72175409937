"""Certificates of supervision: made once, one's own, verified by whoever has the paper."""

import re

import pytest
from django.urls import reverse

from common.refusal import Refused
from people.models import User
from reports import actions, tasks
from reports.certificates import new_code, read_code
from reports.models import Certificate
from tests.factories import people
from tests.factories import supervision as made


pytestmark = pytest.mark.django_db

PAGE, VERIFY = reverse("reports:certificates"), reverse("reports:certificate-verify")


@pytest.fixture
def member() -> User:
    session = made.recorded(made.first_session(made.published_group(made.open_season())))
    return made.members_of(session.group)[0]


def paper_of(member: User) -> Certificate:
    season = member.registrations.get().season
    paper = actions.ask_certificate(season, by=member)
    tasks.make_certificate(paper.pk)
    paper.refresh_from_db()
    return paper


def test_certificate_is_asked_for_made_and_fetched(client_of, member):
    client = client_of(member)
    season = member.registrations.get().season

    client.post(PAGE, {"season": season.pk})
    assert tasks.make_certificates() == 1

    paper = Certificate.objects.get()
    assert paper.parts == [[str(paper.parts[0][0]), paper.parts[0][1], "3.00"]]
    page = client.get(PAGE).content.decode()
    assert paper.code in page
    response = client.get(reverse("reports:certificate-file", args=[paper.pk]))
    assert response.content.startswith(b"%PDF")
    assert b"/Marked true" in response.content or b"MarkInfo" in response.content
    client.post(PAGE, {"season": season.pk})
    assert Certificate.objects.count() == 1


def test_nobody_else_fetches_it(client_of, member):
    paper = paper_of(member)

    for other in (people.worker(), people.manager(), people.coordinator(), people.administrator()):
        client = client_of(other)
        assert client.get(reverse("reports:certificate-file", args=[paper.pk])).status_code == 404
        assert paper.code not in client.get(PAGE).content.decode()


def test_who_came_to_nothing_gets_none():
    season = made.open_season()
    group = made.published_group(season, members=1)
    made.recorded(made.first_session(group), absent=1)

    with pytest.raises(Refused):
        actions.ask_certificate(season, by=made.members_of(group)[0])


def test_anyone_verifies_the_code_and_reads_what_the_paper_says(client, member):
    paper = paper_of(member)

    page = client.post(VERIFY, {"code": f" {paper.code.lower().replace('-', ' ')} "})

    text = page.content.decode()
    assert "on ehtne" in text
    assert member.name in text
    assert "3 h" in text
    # Nothing that the paper does not say.
    municipality = member.registrations.get().municipality.name
    group = member.registrations.get().memberships.get().group.name
    for hidden in (municipality, group, member.email):
        assert hidden not in text


@pytest.mark.parametrize("code", ["", "ABCD", "ABCD-EFGH-2345", "<b>x</b>", "ž" * 40])
def test_wrong_code_tells_nothing(client, member, code):
    paper_of(member)

    page = client.post(VERIFY, {"code": code})

    assert page.status_code == 200
    assert member.name not in page.content.decode()
    assert client.get(f"{VERIFY}?code={Certificate.objects.get().code}").context["paper"] is None


def test_codes_are_long_random_and_easy_to_type():
    codes = {new_code() for _n in range(200)}

    assert len(codes) == 200
    assert all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    assert all(read_code(code.lower()) == code for code in codes)


def test_paper_stays_as_it_was_and_a_new_one_is_made_of_more(member):
    first = paper_of(member)
    group = member.registrations.get().memberships.get().group
    made.recorded(group.sessions.get(number=2))

    second = paper_of(member)

    assert (len(first.parts), len(second.parts)) == (1, 2)
    assert first.code != second.code
