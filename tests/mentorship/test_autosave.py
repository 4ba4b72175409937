"""Typing notes between visits: a killed server, a dropped line, two tabs, a lost session."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from mentorship.workflow import PlanStatus
from people.models import Draft
from tests.browser import login, looks_right
from tests.conftest import MONDAY_MORNING
from tests.factories import mentorship as made


pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a-long-enough-password"
SAVED = re.compile("Automaatselt salvestatud kell 10.00")
OFFLINE = "Salvestamata: ühendust ei ole"
SIGNED_OUT = "Oled välja logitud"
OTHER_TAB = "See tekst on lahti ka teises aknas"


@pytest.fixture
def meeting():
    plan = made.plan_at(PlanStatus.RUNNING)
    plan.worker.set_password(PASSWORD)
    plan.worker.save()
    return made.begun_meeting(plan)


class Writer:
    """Somebody who writes in one tab. The browser's time stands still unless they wait."""

    def __init__(self, page, meeting, name: str = "meeting-record") -> None:
        self.page, self.meeting = page, meeting
        self.address = reverse(f"mentorship:{name}", args=[meeting.pk])
        page.goto(self.address)

    @property
    def notes(self):
        return self.page.locator("#id_shared_notes, #id_text")

    def types(self, text: str) -> None:
        self.notes.press_sequentially(text)

    def waits(self, seconds: float) -> None:
        self.page.context.clock.run_for(seconds * 1000)

    def is_told(self, words) -> None:
        expect(self.page.locator(".tp-autosave [role=status]")).to_contain_text(words)

    def looks_right(self) -> None:
        # axe waits for timers.
        self.page.context.clock.resume()
        looks_right(self.page)
        self.page.context.clock.pause_at(MONDAY_MORNING + timedelta(hours=1))

    def saves_for_good(self) -> None:
        self.page.get_by_label("Toimus", exact=True).check()
        self.page.get_by_role("button", name="Salvesta", exact=True).click()


@pytest.fixture
def timeless(new_page):
    """Return a function like `new_page`; the browser's clock has stopped."""

    def open_page(user, **facts):
        page = new_page(user, **facts)
        page.context.clock.install(time=MONDAY_MORNING)
        page.context.clock.pause_at(MONDAY_MORNING + timedelta(minutes=1))
        return page

    return open_page


@pytest.fixture
def writer(timeless, meeting):
    """The worker at their computer."""
    return Writer(timeless(meeting.plan.worker), meeting)


def drafts() -> list[str]:
    return [
        draft.content["texts"].get("shared_notes", draft.content["texts"].get("text"))
        for draft in Draft.objects.all()
    ]


def in_another_tab(writer: Writer) -> Writer:
    return Writer(writer.page.context.new_page(), writer.meeting)


def test_two_seconds_after_the_last_key_it_is_saved_and_said(writer) -> None:
    writer.types("Rääkisime")
    assert drafts() == []

    writer.waits(2.1)

    writer.is_told(SAVED)
    assert drafts() == ["Rääkisime"]
    writer.looks_right()


def test_who_types_without_a_pause_is_saved_every_fifteen_seconds(writer) -> None:
    for n in range(16):
        writer.types(str(n % 10))
        writer.waits(1)

    writer.is_told(SAVED)
    assert drafts()[0].startswith("01234567890")


def test_a_dropped_line_is_said_and_tried_again(writer) -> None:
    writer.page.route("**/draft/*", lambda route: route.abort())
    writer.types("Enne metsa")
    writer.waits(2.1)
    writer.is_told(OFFLINE)
    assert drafts() == []

    writer.page.unroute("**/draft/*")
    writer.waits(2.1)

    writer.is_told(SAVED)
    assert drafts() == ["Enne metsa"]


def test_an_answer_lost_on_the_way_is_no_other_tab(writer) -> None:
    def lose(route) -> None:
        route.fetch()
        route.abort()

    writer.page.route("**/draft/*", lose)
    writer.types("Üks")
    writer.waits(2.1)
    writer.is_told(OFFLINE)
    assert drafts() == ["Üks"]

    writer.page.unroute("**/draft/*")
    writer.types(" kaks")
    writer.waits(2.1)

    writer.is_told(SAVED)
    assert drafts() == ["Üks kaks"]


def test_a_server_killed_in_mid_text_loses_nothing(mortal_server, timeless, meeting) -> None:
    # The server goes after the page: the last page may still be asking for a part of itself.
    page = timeless(meeting.plan.worker, at=mortal_server.url)
    writer = Writer(page, meeting)
    writer.types("Enne. ")
    writer.waits(2.1)
    writer.is_told(SAVED)

    mortal_server.kill()
    writer.types("Pärast.")
    writer.waits(2.1)
    writer.is_told(OFFLINE)
    # Saving for good does not lead to the browser's own page about a dead server.
    writer.saves_for_good()
    writer.is_told(OFFLINE)
    assert writer.notes.input_value() == "Enne. Pärast."
    assert drafts() == ["Enne. "]

    mortal_server.start()
    writer.waits(10)
    writer.is_told(SAVED)
    assert drafts() == ["Enne. Pärast."]
    # Somebody opens the page anew: the text stands there.
    page.goto(writer.address)
    assert writer.notes.input_value() == "Enne. Pärast."
    writer.saves_for_good()
    expect(page.get_by_text("Kohtumine on kirja pandud.")).to_be_visible()

    meeting.refresh_from_db()
    assert (meeting.shared_notes, drafts()) == ("Enne. Pärast.", [])


def test_two_tabs_lose_nobodys_text(writer) -> None:
    other = in_another_tab(writer)
    other.types("Teises aknas")
    other.waits(2.1)
    other.is_told(SAVED)

    writer.types("Esimeses aknas")
    writer.waits(2.1)
    writer.is_told(OTHER_TAB)
    writer.types(" ja edasi")
    writer.waits(30)
    assert drafts() == ["Teises aknas"]
    # What would be replaced can be read first.
    writer.page.get_by_text("Mis teises aknas salvestati").click()
    expect(writer.page.locator(".tp-autosave dd")).to_have_text("Teises aknas")
    writer.looks_right()

    writer.page.get_by_role("button", name="Salvesta siiski siinne tekst").click()
    writer.is_told(SAVED)
    assert drafts() == ["Esimeses aknas ja edasi"]
    # Now it is the other tab that stops.
    other.types(" ka")
    other.waits(2.1)
    other.is_told(OTHER_TAB)
    assert drafts() == ["Esimeses aknas ja edasi"]


def test_saving_for_good_beside_a_newer_tab_keeps_that_tabs_text(writer, meeting) -> None:
    other = in_another_tab(writer)
    other.types("Teises aknas")
    other.waits(2.1)
    other.is_told(SAVED)

    writer.types("Esimeses aknas")
    writer.saves_for_good()
    expect(writer.page.get_by_text("Kohtumine on kirja pandud.")).to_be_visible()

    meeting.refresh_from_db()
    assert (meeting.shared_notes, drafts()) == ("Esimeses aknas", ["Teises aknas"])
    writer.page.goto(writer.address)
    assert writer.notes.input_value() == "Teises aknas"
    expect(writer.page.get_by_text("Esimeses aknas")).to_be_visible()


def test_a_session_lost_in_mid_text_is_got_back_in_another_tab(writer, meeting) -> None:
    writer.types("Enne. ")
    writer.waits(2.1)
    writer.is_told(SAVED)

    Session.objects.all().delete()
    writer.types("Pärast.")
    writer.waits(2.1)
    writer.is_told(SIGNED_OUT)
    # Saved for good now, the text would end at the login page.
    writer.saves_for_good()
    writer.is_told(SIGNED_OUT)
    assert writer.notes.input_value() == "Enne. Pärast."

    logs_in(writer.page.context.new_page(), meeting.plan.worker)
    writer.waits(10)
    writer.is_told(SAVED)
    assert drafts() == ["Enne. Pärast."]


def test_the_old_page_is_saved_for_good_after_a_login_in_another_tab(writer, meeting) -> None:
    """The login gave the browser another CSRF token than the page has."""
    Session.objects.all().delete()
    logs_in(writer.page.context.new_page(), meeting.plan.worker)

    writer.types("Kirjutatud vahepeal")
    writer.saves_for_good()

    expect(writer.page.get_by_text("Kohtumine on kirja pandud.")).to_be_visible()
    meeting.refresh_from_db()
    assert (meeting.shared_notes, drafts()) == ("Kirjutatud vahepeal", [])


def test_private_notes_are_not_saved_for_whoever_logged_in_since(timeless, meeting) -> None:
    page = timeless(meeting.plan.mentor)
    writer = Writer(page, meeting, "note-keep")
    writer.types("Minu oma")
    login(page, meeting.plan.worker)

    writer.waits(2.1)
    writer.is_told("Siin masinas on sisse loginud keegi teine")
    page.get_by_role("button", name="Salvesta märkmed").click()
    writer.is_told("Siin masinas on sisse loginud keegi teine")

    assert drafts() == []
    assert meeting.private_notes.count() == 0
    assert writer.notes.input_value() == "Minu oma"


def test_who_leaves_is_warned_only_while_something_is_unsaved(writer) -> None:
    asked = []

    def leave(dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    writer.page.on("dialog", leave)
    writer.types("Salvestatud")
    writer.waits(2.1)
    writer.is_told(SAVED)
    writer.page.goto("/")
    assert asked == []

    writer.page.goto(writer.address)
    writer.types(" ja pooleli")
    writer.page.goto("/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    "leaving",
    [
        "window.dispatchEvent(new PageTransitionEvent('pagehide'))",
        "Object.defineProperty(document, 'hidden', { value: true });"
        "document.dispatchEvent(new Event('visibilitychange'))",
    ],
    ids=["closed", "hidden"],
)
def test_a_page_on_its_way_out_saves_at_once(writer, leaving) -> None:
    writer.types("Telefon taskusse")

    writer.page.evaluate(leaving)

    writer.is_told(SAVED)
    assert drafts() == ["Telefon taskusse"]


def test_without_scripts_the_draft_stands_there_and_is_saved(new_page, writer, meeting) -> None:
    writer.types("Arvutis")
    writer.waits(2.1)
    writer.is_told(SAVED)

    page = new_page(meeting.plan.worker, javascript=False)
    page.goto(writer.address)
    assert page.locator("#id_shared_notes").input_value() == "Arvutis"
    page.get_by_label("Toimus", exact=True).check()
    page.get_by_role("button", name="Salvesta", exact=True).click()
    expect(page.get_by_text("Kohtumine on kirja pandud.")).to_be_visible()

    assert drafts() == []


def logs_in(page, user) -> None:
    page.goto(reverse("account_login"))
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Logi sisse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tere")
