"""Links that are tried in the background, and who learns that one does not answer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock, fetch
from common.fetch import is_there
from library import actions, tasks
from library.models import Material, Topic
from outbox.models import Message
from people.models import StaffRole
from tests.factories import people
from tests.outside import NAME, reply, to


ADDRESS = f"https://{NAME}/juhend"


# --- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        ("200 OK", True),
        ("204 X", True),
        ("401 X", True),
        ("403 X", True),
        ("404 X", False),
        ("405 X", True),
        ("410 X", False),
        ("429 X", True),
        ("500 X", False),
        ("503 X", False),
    ],
)
def test_page_is_there_unless_it_is_gone_or_fails(server, answer, there):
    server.answers = [to("/uus"), reply(status=answer)]

    assert is_there(ADDRESS) is there
    assert server.asked[1].startswith(b"GET /uus ")


@pytest.mark.parametrize(
    "address",
    ["https://192.168.1.1/", "https://example.org:8443/", "ftp://example.org/", "https://a@b.ee/"],
)
def test_address_that_we_do_not_ask_says_nothing(address):
    assert is_there(address) is None


def test_name_that_nobody_knows_is_not_there(monkeypatch):
    monkeypatch.setattr(fetch, "resolve", lambda _host, _seconds: [])

    assert (is_there("https://kadunud.example/"), is_there("http://kadunud.example/")) == (
        False,
        None,
    )


def test_only_the_head_of_a_page_is_read(server):
    server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"]

    assert is_there(ADDRESS) is True


# --- noting -----------------------------------------------------------------------------------


pytestmark = pytest.mark.django_db


class Web:
    """Which links answer; keeps which were asked."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.asked: list[str] = []

    def is_there(self, address: str) -> bool:
        self.asked.append(address)
        return address not in self.gone


@pytest.fixture
def web(monkeypatch, settings) -> Web:
    settings.LINK_CHECKS = True
    there = Web()
    monkeypatch.setattr(tasks, "is_there", there.is_there)
    return there


def material(title: str) -> Material:
    return actions.add_material(
        Topic.objects.get(pk="star"),
        title=title,
        kind="guide",
        language="et",
        link=f"https://{title}.example/",
        by=people.consultant(),
    )


def on_day(number: int) -> int:
    with clock.at(clock.now() + timedelta(days=number)):
        return tasks.check_links()


def test_link_is_broken_when_it_has_not_answered_for_two_days(web):
    row, well = material("katki"), material("terve")
    web.gone = {row.link}

    assert on_day(0) == 2
    assert list(Material.objects.with_broken_link()) == []
    on_day(1)
    assert list(Material.objects.with_broken_link()) == []
    on_day(2)

    assert list(Material.objects.with_broken_link()) == [row]
    row.refresh_from_db()
    well.refresh_from_db()
    assert (row.link_is_broken, well.link_is_broken) == (True, False)
    assert row.link_failing_since == clock.now()


def test_link_that_answers_again_is_whole(web):
    row, _well = material("katki"), material("terve")
    web.gone = {row.link}
    on_day(0)
    on_day(3)
    web.gone = set()
    on_day(4)

    row.refresh_from_db()
    assert (row.link_is_broken, row.link_failing_since) == (False, None)


def test_link_is_asked_once_in_a_day_and_a_withdrawn_one_never(web):
    row, gone = material("esimene"), material("teine")
    actions.withdraw_material(gone, by=people.consultant())
    on_day(0)
    on_day(0)

    assert web.asked == [row.link]


def test_no_answer_at_all_says_nothing_of_the_links(web):
    rows = [material("esimene"), material("teine")]
    web.gone = {row.link for row in rows}

    assert [on_day(number) for number in range(4)] == [0, 0, 0, 0]
    assert not Material.objects.filter(link_failing_since__isnull=False).exists()


def test_new_link_starts_afresh(web):
    row, _well = material("katki"), material("terve")
    web.gone = {row.link}
    on_day(0)
    on_day(2)

    row.refresh_from_db()
    facts = {"title": row.title, "kind": "guide", "language": "et", "by": people.consultant()}
    actions.change_material(row, **facts, link="https://uus.example/")
    assert list(Material.objects.with_broken_link()) == []


def test_answer_for_a_link_that_was_changed_meanwhile_is_not_noted(web, monkeypatch):
    row = material("vana")

    def meanwhile(address: str) -> bool:
        Material.objects.update(link="https://uus.example/")
        return False

    monkeypatch.setattr(tasks, "is_there", meanwhile)
    assert tasks.check_links() == 0
    row.refresh_from_db()
    assert row.link_failing_since is None


def test_demonstration_asks_nobody(web, settings):
    settings.LINK_CHECKS = False
    material("esimene")

    assert (tasks.check_links(), web.asked) == (0, [])


# --- telling ----------------------------------------------------------------------------------


@pytest.fixture
def broken(web) -> Material:
    row, _well = material("katki"), material("terve")
    web.gone = {row.link}
    on_day(-3)
    on_day(0)
    return row


def test_who_added_it_is_told_once(broken):
    on_day(1)

    [mail] = Message.objects.filter(kind="library.link_broken")
    assert mail.recipient == broken.added_by
    assert mail.subject == "Raamatukogu link ei vasta"
    assert "„katki“ ei avane alates 20.11.2026." in mail.body
    assert reverse("library:material-change", args=[broken.pk]) in mail.body


def test_coordinator_is_told_when_the_keeper_has_left(web):
    coordinator, row, _well = people.coordinator(), material("katki"), material("terve")
    StaffRole.objects.filter(user=row.added_by).update(ends_on=clock.today() - timedelta(days=1))
    web.gone = {row.link}
    on_day(0)
    on_day(2)

    [mail] = Message.objects.filter(kind="library.link_broken")
    assert mail.recipient == coordinator


def test_list_of_broken_links_leads_to_mending(client_of, broken):
    page = client_of(people.consultant()).get(reverse("library:broken-links"))

    assert list(page.context["page"]) == [broken]
    text = page.content.decode()
    assert "Alates: 20.11.2026" in text
    assert reverse("library:material-change", args=[broken.pk]) in text


def test_reader_sees_that_a_link_does_not_answer(client_of, broken):
    topic = reverse("library:topic-detail", args=["star"])
    text = client_of(people.worker()).get(topic).content.decode()

    assert text.count("Link ei vasta") == 1
