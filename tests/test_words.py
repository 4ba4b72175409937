"""No English word on an Estonian page or in an Estonian mail, and the other way round.

Every address is asked as each role of one world, in which they see full pages; forms are
sent empty, so that their complaints are read too. What a person wrote is never in question:
the world's own texts are canaries. Words of another language stand in an element that says
so with `lang`.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from common import catalogue, clock
from consultations.workflow import Status
from mentorship.workflow import PlanStatus
from outbox.models import Message
from tests.factories import consultations as case_factory
from tests.factories import mentorship as plan_factory
from tests.factories import people
from tests.factories import supervision as season_factory
from tests.world import World, addresses, one_of_everything


pytestmark = pytest.mark.django_db

PLACE = "Haapsalu linn"

FUNCTION_WORDS = re.compile(
    r"(?<![\w’-])(?:the|and|of|with|your|you|are|is|this|that|please|from|for|to|by|or|not|has|have|been"
    r"|was|were|will|which|be|it|an|at|in|we|our|they|their|cannot|does|if|as)(?![\w-])",
    re.IGNORECASE,
)
"""English words that bind sentences and are no Estonian words ("on", "see", "must" are)."""

FORMAL = re.compile(r"\b(?!kolleege\b)\w{3,}[aeiu]ge\b", re.IGNORECASE)
"""Imperatives for somebody addressed as "teie", as Django says them: "sisestage", "valige"."""
TO_BOTH = {"Plaanis ei ole veel teemasid. Valige need koos."}
"""Said to two people at once."""

SPOKEN = {
    "title", "alt", "aria-label", "aria-description", "placeholder", "data-label",
    "data-failed",
}  # fmt: skip
"""Attributes whose value is seen or read out."""
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


class Words(HTMLParser):
    """Collect the texts that a reader of `language` meets: nodes and spoken attributes."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        ours = not self.open or self.open[-1][1]
        if "lang" in known:
            ours = known["lang"] == self.language
        if tag in ("script", "style"):
            ours = False
        if tag not in VOID:
            self.open.append((tag, ours))
        if ours:
            said = [known[name] for name in SPOKEN & known.keys()]
            if tag == "input" and known.get("type") in ("submit", "button", "reset"):
                said.append(known.get("value"))
            self.found += [" ".join(text.split()) for text in said if text]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1][1]:
            self.found.append(" ".join(data.split()))


def words_of(response: HttpResponse, language: str) -> set[str]:
    """Return what the answer says: texts of a page, lines and cells of anything else."""
    body = response.content.decode()
    if response["Content-Type"].startswith("text/html"):
        words = Words(language)
        words.feed(body)
        return set(words.found)
    if response["Content-Type"].startswith(("text/plain", "text/csv")):
        return {part.strip() for part in re.split(r'[;\n"]', body)}
    return set()


OWN_NAMES = set(dict(settings.LANGUAGES).values())
"""Each language is called by its own name, wherever it is chosen."""


class ForeignWords:
    """Say which texts are of the wrong language, by the catalogue and by function words."""

    def __init__(self, language: str) -> None:
        pairs = [
            (msgid, string)
            for message in catalogue.stored("et")
            if message.id
            for msgid, string in zip(forms(message.id), forms(message.string), strict=True)
        ]
        english = {msgid for msgid, _string in pairs}
        estonian = {string for _msgid, string in pairs}
        foreign = english - estonian if language == "et" else estonian - english
        self.language = language
        self.whole = {plain(text) for text in foreign}
        self.patterns = [pattern for text in foreign if (pattern := filled(text))]

    def among(self, texts: set[str]) -> list[str]:
        return sorted(text for text in texts if self.holds(text))

    def holds(self, text: str) -> bool:
        if text in OWN_NAMES:
            return False
        if text in self.whole or any(pattern.fullmatch(text) for pattern in self.patterns):
            return True
        return self.language == "et" and (bool(FUNCTION_WORDS.search(text)) or is_formal(text))


def is_formal(text: str) -> bool:
    return bool(FORMAL.search(text)) and text not in TO_BOTH


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def plain(text: str) -> str:
    return " ".join(text.replace("%%", "%").split())


GAP = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def filled(text: str) -> re.Pattern | None:
    """Return a pattern for a text with gaps; None without gaps or without words beside them."""
    parts = GAP.split(plain(text))
    if len(parts) == 1 or not any(re.search(r"[^\W\d]{3}", part) for part in parts):
        return None
    return re.compile(".+".join(re.escape(part) for part in parts))


@pytest.fixture
def refusals_in_words(monkeypatch) -> None:
    """Answer 403 with its reason alone; the page around it is looked at once."""
    urls = "config.urls"
    monkeypatch.setattr(
        f"{urls}.handler403",
        lambda request, exception: HttpResponse(
            str(exception), status=403, content_type="text/plain"
        ),
        raising=False,
    )
    monkeypatch.setattr(
        f"{urls}.handler404", lambda request, exception: HttpResponse(status=404), raising=False
    )


@pytest.fixture
def full_world(monkeypatch):
    """Return a function: a language → a world whose people read it, and all its addresses."""

    def make(language: str) -> tuple[World, list[str]]:
        person = people.person
        monkeypatch.setattr(
            people, "person", lambda **fields: person(**{"language": language, **fields})
        )
        world = one_of_everything(PLACE)
        actors = world.people
        worker, consultant = actors["worker"], actors["consultant"]
        cases = [
            case_factory.request_at(status, PLACE, requester=worker, consultant=consultant)
            for status in (Status.SUBMITTED, Status.CLOSED)
        ]
        asked = plan_factory.submitted_request(PLACE, worker=actors["joiner"])
        plan = plan_factory.plan_at(PlanStatus.CLOSING, PLACE, mentor=consultant)
        case_factory.opened_case(consultant)
        group = season_factory.dated_group(
            season_factory.open_season(year=2028),
            supervisor=actors["supervisor"],
            first=clock.today() + timedelta(days=90),
        )
        asked_network = season_factory.asked_network(PLACE, requester=worker)
        rows = [*cases, asked, plan, group, asked_network]
        places = [place for place in addresses(world) if not place.startswith(("/demo/", "/ui/"))]
        queries = [
            reverse("meetings:calendar") + "?view=week",
            reverse("meetings:calendar") + "?view=list",
            "/?tiles=table",
        ]
        own = [row.get_absolute_url() for row in rows]
        return world, [*places, *queries, *own]

    return make


def client_for(user, language: str) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if user:
        client.force_login(user)
    return client


FORM = re.compile(rb'<form class="tp-form[^>]*method="post"')


def answers(
    client: Client, places: list[str], *, posted: set[str] | None = None
) -> Iterator[tuple[str, HttpResponse]]:
    """Ask for every place; send a form that it shows empty, unless it is in `posted`.

    With None nothing is sent. No deed leaves a trace.
    """
    for place in places:
        with transaction.atomic():
            response = client.get(place)
            if not response.streaming:
                yield f"GET {place}", response
                shows_form = response.status_code == 200 and FORM.search(response.content)
                if posted is not None and shows_form and place not in posted:
                    posted.add(place)
                    yield f"POST {place}", client.post(place)
            transaction.set_rollback(True)


def said(answered: Iterator[tuple[str, HttpResponse]], language: str) -> list[str]:
    """Return what is said in the wrong language, each text with the first place of it."""
    foreign, places = ForeignWords(language), {}
    for place, response in answered:
        assert response.status_code < 500, place
        for text in words_of(response, language):
            places.setdefault(text, place)
    return [f"{places[text]}: {text}" for text in foreign.among(set(places))]


ONLY = {
    "joiner": ("/supervision/",),
    "supervisor": ("/supervision/", "/calendar/"),
    "administrator": ("/people/",),
}
"""Rooms of those who see nothing of their own in the others; the test is slow enough."""


def own(role: str, places: list[str]) -> list[str]:
    rooms = ONLY.get(role, ("/",))
    return [place for place in places if place == "/" or place.startswith(rooms)]


PUBLIC = [
    "home:desk", "home:consultants", "home:help", "home:accessibility", "home:privacy",
    "account_login", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key_done",
    "account_email_verification_sent",
]  # fmt: skip
OWN = [
    "account_logout", "account_reauthenticate", "account_email", "account_change_password",
]  # fmt: skip


def around(language: str) -> Iterator[tuple[str, HttpResponse]]:
    """The pages of nobody and of the account, and the refusals in full."""
    stranger = client_for(None, language)
    broken = ["/nowhere/", "/people/join/nowhere/", "/calendar/guest/nowhere/"]
    unknown = [
        "/consultants/?municipality=Nowhere",
        reverse("account_confirm_email", args=["nowhere"]),
        reverse("account_reset_password_from_key", args=["x", "y-z"]),
    ]
    public = [reverse(name) for name in PUBLIC]
    yield from answers(stranger, [*public, *broken, *unknown], posted=set())
    login = {"login": "nobody@test.example", "password": "wrong"}
    yield "POST login", stranger.post(reverse("account_login"), login)
    worker = client_for(people.person(language=language), language)
    yield from answers(worker, [*map(reverse, OWN), "/reports/2026/"], posted=set())
    simple = {"password": "x", "oldpassword": "a-long-password", "password1": "a", "password2": "b"}
    for name in OWN[1:]:
        yield f"POST {name}", worker.post(reverse(name), simple | {"email": "no address"})


@pytest.mark.usefixtures("refusals_in_words")
def test_estonian_pages_hold_no_english_word(full_world):
    world, places = full_world("et")
    posted = set()

    answered = (
        each
        for role, user in world.people.items()
        for each in answers(client_for(user, "et"), own(role, places), posted=posted)
    )

    assert said(answered, "et") == []
    assert len(posted) > 60


@pytest.mark.usefixtures("refusals_in_words")
def test_english_pages_hold_no_estonian_word(full_world):
    world, places = full_world("en")

    # These two see most of the pages.
    answered = (
        each
        for role in ("worker", "consultant")
        for each in answers(client_for(world.people[role], "en"), places)
    )

    assert said(answered, "en") == []


@pytest.mark.parametrize("language", ["et", "en"])
def test_pages_of_nobody_and_of_the_account_speak_the_language(language):
    assert said(around(language), language) == []


@pytest.mark.parametrize("language", ["et", "en"])
def test_mails_speak_the_language_of_their_reader(full_world, language):
    full_world(language)
    mails = Message.objects.filter(language=language)

    texts = {line.strip() for mail in mails for line in [mail.subject, *mail.body.splitlines()]}

    assert len(set(mails.values_list("kind", flat=True))) > 10
    assert ForeignWords(language).among(texts) == []


def test_estonian_says_sina():
    said_formally = [
        string
        for message in catalogue.stored("et")
        if message.id
        for string in forms(message.string)
        if is_formal(string)
    ]

    assert said_formally == []


def test_every_word_is_translated():
    assert catalogue.check() == []
