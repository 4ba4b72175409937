"""The gallery in a browser: what the script adds, and that nothing needs it."""

import pytest
from playwright.sync_api import expect

from tests.browser import looks_right
from tests.factories.people import consultant


pytestmark = pytest.mark.django_db(transaction=True)


def test_gallery_looks_right(page) -> None:
    page.goto("/ui/")

    looks_right(page)


def test_gallery_fits_the_smallest_phone(new_page) -> None:
    page = new_page(width=320)
    page.goto("/ui/")

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_error_summary_has_the_focus(page) -> None:
    page.goto("/ui/")

    expect(page.locator(".tp-errors")).to_be_focused()


def test_error_about_choices_leads_to_the_first_choice(page) -> None:
    page.goto("/ui/")

    page.locator(".tp-errors a", has_text="Aeg").click()

    expect(page.locator("input[name=failed-slot]").first).to_be_focused()


def test_notice_is_written_into_the_live_region(page) -> None:
    page.goto("/ui/")

    page.evaluate("htmx.trigger(document.body, 'notice', {value: 'Salvestatud'})")

    expect(page.locator("#notice")).to_have_text("Salvestatud")
    assert page.locator("#notice").get_attribute("aria-live") == "polite"


def test_form_is_sent_once(page) -> None:
    page.goto("/ui/")
    button = page.get_by_role("button", name="Märgi loetuks")
    # Heard after our own listener: keeps the page, so that we can look at it.
    page.evaluate("addEventListener('submit', event => event.preventDefault())")

    button.click()

    expect(button).to_be_disabled()


LIST = """
<h2 id="rows-title">Ootejärjekord</h2>
<ul id="rows" data-rows aria-labelledby="rows-title" hx-target="closest li" hx-swap="outerHTML">
  <li data-row><button hx-post="/gone/">Esimene</button></li>
  <li data-row><button hx-post="/gone/">Teine</button></li>
</ul>
"""


def show(page, html: str) -> None:
    """Put a part into the page's main content, as a server might have."""
    page.evaluate(
        "html => { main.innerHTML = html; htmx.process(main) }",
        html,
    )


def test_focus_moves_to_the_next_row_then_to_the_heading(page) -> None:
    page.goto("/ui/")
    page.route("**/gone/", lambda route: route.fulfill(body="", content_type="text/html"))
    show(page, LIST)

    page.get_by_role("button", name="Esimene").press("Enter")
    expect(page.get_by_role("button", name="Teine")).to_be_focused()

    page.get_by_role("button", name="Teine").press("Enter")
    expect(page.locator("#rows-title")).to_be_focused()


def test_focus_moves_to_the_errors_of_a_refused_part(page) -> None:
    page.goto("/ui/")
    refused = '<div class="tp-errors" tabindex="-1"><h2>Palun paranda</h2></div>'
    page.route("**/refused/", lambda route: route.fulfill(status=422, body=refused))
    show(page, '<button hx-post="/refused/" hx-target="#main">Saada</button>')

    page.get_by_role("button", name="Saada").click()

    expect(page.locator(".tp-errors")).to_be_focused()


def test_failed_request_is_said(page) -> None:
    page.goto("/ui/")
    page.route("**/lost/", lambda route: route.fulfill(status=409, body=""))
    show(page, '<button hx-post="/lost/">Saada</button>')

    page.get_by_role("button", name="Saada").click()

    expect(page.locator("#notice")).to_contain_text("See ei õnnestunud.")


def test_month_is_a_list_with_whole_dates_on_a_phone(phone) -> None:
    phone.goto("/ui/")

    busy = [text.split("\n")[0] for text in phone.locator(".tp-cal td:visible").all_inner_texts()]

    assert busy == [
        "esmaspäev, 11. jaanuar",
        "neljapäev, 14. jaanuar",
        "kolmapäev, 20. jaanuar",
    ]


def test_page_is_whole_without_scripts(page_without_scripts) -> None:
    page = page_without_scripts
    page.goto("/ui/")

    page.get_by_text("Näita andmeid tabelina").click()

    expect(page.get_by_role("row", name="okt 17 11 28")).to_be_visible()


def test_menu_opens_on_a_phone_without_scripts(new_page) -> None:
    page = new_page(consultant("Elva vald"), width=390, javascript=False)
    page.goto("/ui/")
    menu = page.get_by_role("navigation", name="Põhimenüü")
    expect(menu).to_be_hidden()

    page.locator(".tp-menu summary").click()

    expect(menu.get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("button", name="Logi välja")).to_be_visible()
