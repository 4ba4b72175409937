"""The ground that tests stand on can itself fail: shown here on small examples."""

import socket
import urllib.request

import pytest
from django.http import HttpResponse
from pytest_socket import SocketConnectBlockedError

from common import clock
from people.models import Municipality
from tests import htmx
from tests.clients import faults_of_markup
from tests.conftest import MONDAY_MORNING


def test_the_clock_stands_still() -> None:
    assert clock.now() == MONDAY_MORNING


def test_no_test_reaches_the_network() -> None:
    # The refusal comes with a warning, and warnings are errors here.
    with pytest.raises((SocketConnectBlockedError, UserWarning)):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>{{ name }}</p>", "template code reached the page"),
        ("<p>{% if %}</p>", "template code reached the page"),
        ('<button onclick="go()">x</button>', "inline handler onclick"),
        ('<p style="color: red">x</p>', "inline style"),
        ("<style>p {}</style>", "inline style"),
        ("<script>go()</script>", "inline script"),
        ('<a href="javascript:go()">x</a>', "script as address"),
        ('<p id="a"></p><p id="a"></p>', "id used twice"),
    ],
)
def test_careful_client_sees(html: str, fault: str) -> None:
    faults = faults_of_markup(html)

    assert [found[: len(fault)] for found in faults][:1] == [fault]


def test_careful_client_accepts_a_clean_page() -> None:
    html = '<p id="a" class="b">x</p><script src="/static/x.js"></script>'
    html += '<script type="application/json">{"a": 1}</script>'

    assert faults_of_markup(html) == []


PAGE = """
<html><body><p id="count">1</p>
<div id="list" hx-target="this" hx-swap="outerHTML">
  <form id="add" hx-post="/add/"><input name="word" value="old"></form>
  <ul><li>one</li></ul>
</div></body></html>
"""


def test_htmx_answer_is_applied_in_both_places() -> None:
    page = htmx.parsed(PAGE)
    answer = HttpResponse(
        '<div id="list"><ul><li>one</li><li>two</li></ul></div>'
        '<p id="count" hx-swap-oob="true">2</p>'
    )

    htmx.applied(page, "#add", answer)

    wanted = '<html><body><p id="count">2</p><div id="list"><ul><li>one</li><li>two</li></ul></div>'
    htmx.same(page, htmx.parsed(wanted + "</body></html>"))


def test_htmx_request_carries_the_form() -> None:
    sent = htmx.request_of(htmx.parsed(PAGE), "#add", more="new")

    assert sent == {
        "verb": "post",
        "url": "/add/",
        "data": {"word": "old", "more": "new"},
        "headers": {"HX-Request": "true", "HX-Target": "list"},
    }


def test_htmx_difference_is_seen() -> None:
    with pytest.raises(AssertionError):
        htmx.same(htmx.parsed(PAGE), htmx.parsed(PAGE.replace("one", "two")))


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_reference_data_survives_a_flush(turn: int) -> None:
    assert Municipality.objects.count() > 70
    Municipality.objects.filter(service_areas=None, posts=None).update(name=f"Changed {turn}")


def test_live_server_answers(live_server) -> None:
    with urllib.request.urlopen(f"{live_server.url}/healthz", timeout=60) as answer:
        assert answer.status == 200
