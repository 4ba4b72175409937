"""Clients that look at every page they fetch."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import Client


# Openings only: two closing braces also end the JSON of an admin page's attribute.
STRAY_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
HANDLER = re.compile(r"on[a-z]+")
DATA_BLOCKS = {"application/json", "application/ld+json"}


class _Watcher(HTMLParser):
    """Collects what no page of ours may contain.

    Not a soup: every page of every test is read, and a tree would cost half the run.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, named = self.get_starttag_text()[:80], dict(attrs)
        self.found += [
            f"inline handler {name}: {start}" for name in named if HANDLER.fullmatch(name)
        ]
        if "style" in named or tag == "style":
            self.found.append(f"inline style: {start}")
        if tag == "script" and not named.get("src") and named.get("type") not in DATA_BLOCKS:
            self.found.append(f"inline script: {start}")
        if (named.get("href") or "").strip().lower().startswith("javascript:"):
            self.found.append(f"script as address: {start}")
        if named.get("id"):
            self.ids[named["id"]] += 1


def faults_of_markup(html: str) -> list[str]:
    """Return what no page of ours may contain, each with the place."""
    found = [
        f"template code reached the page: {html[max(0, match.start() - 40) : match.end() + 40]!r}"
        for match in STRAY_TEMPLATE.finditer(html)
    ]
    watcher = _Watcher()
    watcher.feed(html)
    twice = sorted(name for name, count in watcher.ids.items() if count > 1)
    return found + watcher.found + [f"id used twice: {name}" for name in twice]


class CarefulClient(Client):
    """Django's test client; fails on markup that our pages must not contain."""

    def request(self, **request) -> HttpResponse:
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            faults = faults_of_markup(response.content.decode())
            assert not faults, f"{request.get('PATH_INFO')}:\n" + "\n".join(faults)
        return response


@pytest.fixture
def client() -> CarefulClient:
    """A visitor without an account."""
    return CarefulClient()


@pytest.fixture
def client_of() -> Callable[..., CarefulClient]:
    """Return a function: a person → a client logged in as that person."""

    def logged_in(user) -> CarefulClient:
        client = CarefulClient()
        client.force_login(user)
        return client

    return logged_in
