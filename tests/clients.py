"""Clients that look at every page they fetch."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client


# Openings only: two closing braces also end the JSON of an admin page's attribute.
STRAY_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
HANDLER = re.compile(r"on[a-z]+")
DATA_BLOCKS = {"application/json", "application/ld+json"}


def faults_of_markup(html: str) -> list[str]:
    """Return what no page of ours may contain, each with the place."""
    found = [
        f"template code reached the page: {html[max(0, match.start() - 40) : match.end() + 40]!r}"
        for match in STRAY_TEMPLATE.finditer(html)
    ]
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        start = str(tag)[:80]
        found += [
            f"inline handler {name}: {start}" for name in tag.attrs if HANDLER.fullmatch(name)
        ]
        if "style" in tag.attrs or tag.name == "style":
            found.append(f"inline style: {start}")
        if tag.name == "script" and not tag.get("src") and tag.get("type") not in DATA_BLOCKS:
            found.append(f"inline script: {start}")
        if str(tag.get("href", "")).strip().lower().startswith("javascript:"):
            found.append(f"script as address: {start}")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    found += [f"id used twice: {name}" for name in sorted({i for i in ids if ids.count(i) > 1})]
    return found


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
