"""A new worker asks for a mentor and never touches the mouse."""

from playwright.sync_api import Page, expect

from mentorship.models import MentorshipRequest
from tests.factories import people


FURTHEST = 60
"""How many Tab presses a person would put up with on one page."""


def test_a_worker_asks_for_a_mentor_by_keyboard_alone(visitor) -> None:
    people.consultant("Elva vald")
    worker = people.worker("Elva vald", first_name="Signe", last_name="Kastekell")
    signe = visitor()
    page = signe.page

    signe.open("/accounts/login/", "Logi sisse")
    reach(page, "E-post")
    page.keyboard.type(worker.email)
    reach(page, "Parool")
    page.keyboard.type("a-long-password")
    page.keyboard.press("Enter")
    signe.arrives("Tere, Signe!")

    # The first stop leads past header and menu.
    page.keyboard.press("Tab")
    assert name_of_focus(page) == "Liigu põhisisu juurde"
    page.keyboard.press("Enter")
    reach(page, "Küsi mentorit")
    page.keyboard.press("Enter")
    signe.arrives("Küsi mentorit")

    reach(page, "Jätka")
    page.keyboard.press("Enter")
    # What is missing is said where the focus goes, and a link leads to the field.
    expect(page.locator(".tp-errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert name_of_focus(page).startswith("Milles sa abi soovid?")
    page.keyboard.type("Kuidas alustada?")
    reach(page, "Jätka")
    page.keyboard.press("Enter")
    signe.arrives("Kui kindel")

    for _topic in range(13):
        next_radio(page)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
    reach(page, "Jätka")
    page.keyboard.press("Enter")
    signe.arrives("Kontrolli ja saada")
    reach(page, "Saada taotlus")
    page.keyboard.press("Enter")
    signe.arrives("saadetud")

    wish = MentorshipRequest.objects.get()
    assert wish.worker == worker
    assert sorted(rating.value for rating in wish.ratings.all()) == [2] * 13


def test_what_has_the_focus_is_seen(visitor) -> None:
    """Every stop of the desk shows a ring (WCAG 2.4.7) and is not hidden (2.4.11)."""
    consultant = people.consultant("Elva vald")
    liis = visitor(consultant)
    liis.open("/", "Tere")

    unseen = []
    for _stop in range(FURTHEST):
        liis.page.keyboard.press("Tab")
        ring, covered = liis.page.evaluate(
            """() => {
                const el = document.activeElement, style = getComputedStyle(el);
                const { x, y, width, height } = el.getBoundingClientRect();
                const top = document.elementFromPoint(x + width / 2, y + height / 2);
                const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                const covered = !!top && !el.contains(top) && !top.contains(el);
                return [ring || el === document.body, covered];
            }"""
        )
        if not ring or covered:
            unseen.append(name_of_focus(liis.page))

    assert unseen == []


def reach(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    for _press in range(FURTHEST):
        if name_of_focus(page).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name!r} on {page.url}")


def next_radio(page: Page) -> None:
    """Press Tab until the first button of the next group of choices has the focus."""
    page.keyboard.press("Tab")
    for _press in range(FURTHEST):
        if page.evaluate("document.activeElement.type") == "radio":
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no more choices on {page.url}")


def name_of_focus(page: Page) -> str:
    focused = page.locator(":focus")
    if focused.count() == 0:
        return ""
    return focused.evaluate(
        "el => (el.labels && el.labels.length ? el.labels[0] : el).textContent.trim()"
    )
