"""Browser journeys: Playwright on the system's Chromium, against the live server."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = Path(__file__).parent.parent / "var" / "failures"
_outcome = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_outcome] = report.failed
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """One browser for the whole run."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, live_server, request) -> Iterator[Callable]:
    """Return a function that opens a page of a person of their own.

    `user` logs them in; `width` and `height` are in CSS pixels; `javascript=False`
    is a browser without scripts; `at` is the address of another server of ours.
    Afterwards the test fails if a page met a script error, a broken resource, a refusal
    by the security policy, or another server.
    """
    contexts, complaints = [], []

    def open_page(
        user=None,
        *,
        width: int = 1440,
        height: int = 900,
        javascript: bool = True,
        language="et-EE",
        at: str = "",
    ):
        address = at or live_server.url
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale=language,
            timezone_id="Europe/Tallinn",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        home = urlsplit(address).netloc

        def guard(route) -> None:
            if urlsplit(route.request.url).netloc == home:
                route.continue_()
            else:
                complaints.append(f"asked another server: {route.request.url}")
                route.abort()

        context.route(re.compile("^https?:"), guard)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda message: _listen(message, complaints))
        page.on("response", lambda answer: _look(answer, complaints))
        if user is not None:
            login(page, user)
        return page

    yield open_page
    if request.node.stash.get(_outcome, False):
        _take_pictures(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page):
    """A visitor at a desk: 1440 px."""
    return new_page()


@pytest.fixture
def phone(new_page):
    """A visitor with a phone: 390 px."""
    return new_page(width=390, height=844)


@pytest.fixture
def page_without_scripts(new_page):
    """A visitor whose browser runs no scripts."""
    return new_page(javascript=False)


def login(page, user) -> None:
    """Log the person in by a session cookie, without the login page."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": cookie,
                "domain": "localhost",
                "path": "/",
            }
        ]
    )


def axe(page) -> None:
    """Fail with a readable list if axe finds anything on the page as it stands.

    Needs a page with scripts: axe waits for timers, which never fire without.
    """
    from axe_playwright_python.sync_playwright import Axe

    # A page that was reached by a click shows its words before its styles have come.
    page.wait_for_load_state("load")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    lines = [
        f"{violation['id']}: {violation['help']}\n    {node['html'][:200]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)


def no_sideways_scroll(page) -> None:
    """Fail if the page is wider than its window at 390 px, or with text at 200 %."""
    page.wait_for_load_state("load")
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    _fits(page, "at 390 px")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    _fits(page, "with text at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(before)


def looks_right(page) -> None:
    """Both checks that every page of a journey must pass."""
    axe(page)
    no_sideways_scroll(page)


def _fits(page, when: str) -> None:
    wide = page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const culprits = [...document.body.querySelectorAll("*")]
                .filter(el => el.getBoundingClientRect().right > room + 1)
                .map(el => el.outerHTML.slice(0, 120));
            return culprits.length ? culprits : ["(no single element)"];
        }"""
    )
    assert not wide, f"{page.url} scrolls sideways {when}:\n" + "\n".join(wide[-8:])


def _listen(message, complaints: list[str]) -> None:
    # A refused form answers 422, which Chromium and htmx report as errors; _look judges answers.
    reported = message.text.startswith(("Failed to load resource", "Response Status Error Code"))
    if message.type == "error" and not reported:
        complaints.append(f"console: {message.text}")


def _look(answer, complaints: list[str]) -> None:
    is_page = answer.request.resource_type in ("document", "xhr", "fetch")
    if answer.status >= 500 or (answer.status >= 400 and not is_page):
        complaints.append(f"{answer.status} {answer.url}")


def _take_pictures(name: str, contexts: list) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        file = re.sub(r"\W+", "-", name)
        page.screenshot(path=PICTURES / f"{file}-{number}.png", full_page=True)
