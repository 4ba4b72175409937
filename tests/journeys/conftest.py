"""People in front of a browser: what they do, and what must hold of every page they see."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Locator, Page, expect

from outbox.tasks import send_waiting
from tests.browser import looks_right, no_sideways_scroll


TYPED = pytest.StashKey[list[str]]()


class Visitor:
    """One person at one browser. Every page they arrive at is looked over."""

    def __init__(self, page: Page, typed: list[str], *, scripts: bool = True) -> None:
        self.page, self._typed, self._scripts = page, typed, scripts

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def menu(self) -> Locator:
        """The main menu; on a phone it is opened first."""
        menu = self.page.get_by_role("navigation", name="Põhimenüü")
        if not menu.is_visible():
            self.page.get_by_text("Menüü", exact=True).click()
        return menu

    def open(self, address: str, heading: str) -> None:
        self.page.goto(address)
        self.arrives(heading)

    def arrives(self, heading: str) -> None:
        """Expect the page of this heading; axe and the narrow screen find nothing on it."""
        shown = self.page.get_by_role("heading", level=1)
        expect(shown, self._what_stands_there()).to_have_text(re.compile(heading))
        if self._scripts:
            looks_right(self.page)
        else:
            # axe waits for timers, which never fire without scripts.
            no_sideways_scroll(self.page)

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.main, self._what_stands_there()).to_contain_text(each)

    def follows(self, link: str, heading: str, *, inside: Locator | None = None) -> None:
        self._clicks((inside or self.page).get_by_role("link", name=link).first)
        self.arrives(heading)

    def presses(self, button: str, heading: str) -> None:
        # Readers of the screen also hear what it belongs to: "Märgi tehtuks : …".
        name = re.compile(rf"^{re.escape(button)}\s*(:|$)")
        self._clicks(self.main.get_by_role("button", name=name).first)
        self.arrives(heading)

    def types(self, label: str, text: str) -> None:
        self._field(label).fill(text)

    def confides(self, label: str, text: str) -> None:
        """Type a narrative: not a word of it may be found anywhere afterwards."""
        self.types(label, text)
        self._typed.append(text)

    def meets(self, day: str, begins: str, ends: str, place: str) -> None:
        """Fill in when and where, by hand where free times are offered too."""
        by_hand = self.main.locator("details:not([open])", has=self.page.locator("#id_day"))
        if by_hand.count():
            by_hand.locator("summary").click()
        self.types("Kuupäev", day)
        self.types("Algab kell", begins)
        self.types("Lõpeb kell", ends)
        self.types("Koht", place)

    def chooses(self, label: str, *, within: str = "") -> None:
        """Choose a radio button or a box; `within` names its group."""
        place: Page | Locator = self.main
        if within:
            # A block of topics may bear the name of one of them; the inner one is meant.
            place = self.main.get_by_role("group", name=within, exact=True).last
        place.get_by_label(label, exact=True).check()

    def selects(self, label: str, option: str) -> None:
        self._field(label).select_option(label=option)

    def _clicks(self, target: Locator) -> None:
        expect(target, self._what_stands_there()).to_be_visible()
        target.click()

    def _field(self, label: str) -> Locator:
        # The label also says "(ei ole kohustuslik)" where nothing must be typed.
        return self.main.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def _what_stands_there(self) -> str:
        shown = self.main.aria_snapshot().splitlines()
        return "\n".join([self.page.url, *(line for line in shown if "option " not in line), ""])


@pytest.fixture
def visitor(new_page, request) -> Callable[..., Visitor]:
    """Return a function: a person → that person at a browser of their own."""
    typed = request.node.stash.setdefault(TYPED, [])

    def sit_down(user=None, *, javascript: bool = True, **window) -> Visitor:
        page = new_page(user, javascript=javascript, **window)
        return Visitor(page, typed, scripts=javascript)

    return sit_down


@pytest.fixture(autouse=True)
def nothing_is_given_away(request, live_server, caplog) -> Iterator[None]:
    """After a journey no narrative is found in database, drafts, journal, mails or logs."""
    typed = request.node.stash.setdefault(TYPED, [])
    caplog.set_level(logging.INFO)
    yield
    send_waiting()
    kept = everything_kept()
    kept["logs"] = "\n".join(each.getMessage() for each in caplog.get_records("call"))
    # What is not secret is found, so the search can find something.
    assert "Elva vald" in kept["database"]
    assert [(text, place) for text in typed for place in kept if text in kept[place]] == []


def everything_kept() -> dict[str, str]:
    """Return all that a journey left behind, as text, by place."""
    return {"database": _database(), "mails": _files(Path(settings.EMAIL_FILE_PATH))}


def _database() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Path(connection.settings_dict["NAME"]).read_bytes().decode(errors="replace")
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
        return "\n".join(rows)


def _files(folder: Path) -> str:
    return "\n".join(file.read_text(errors="replace") for file in folder.glob("*"))
