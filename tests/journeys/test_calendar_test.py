"""The calendar test as people walk it: on a desk, on a phone, without scripts."""

import pytest

from meetings.models import CalendarTest, CalendarWay
from tests.browser import looks_right
from tests.factories import people


PAGE = "/calendar/test/"
SEND = "main form.tp-form button[type=submit]"


def look(page) -> None:
    """Look a page over once its styles are there; a button's click does not wait for them."""
    page.wait_for_load_state()
    looks_right(page)


def sees(page, saw: str) -> None:
    page.locator(f'input[name="saw"][value="{saw}"]').check()
    page.locator(SEND).click()


@pytest.mark.parametrize("width", [1440, 390])
def test_calendar_test_looks_right_at_each_step(new_page, width, transactional_db) -> None:
    page = new_page(person := people.worker(), width=width)
    page.goto("/calendar/")
    look(page)
    page.locator(f'main a[href="{PAGE}"]').click()
    page.wait_for_url(f"**{PAGE}")
    look(page)
    page.locator(SEND).click()

    for step, saw in (("created", "seen"), ("moved", "at_new_time"), ("cancelled", "gone")):
        page.locator(f'input[name="step"][value="{step}"]').wait_for(state="attached")
        look(page)
        sees(page, saw)

    page.locator(".tp-alert--ok").wait_for()
    look(page)
    assert CalendarWay.objects.get(user=person).way == "invitation"


@pytest.mark.parametrize("javascript", [True, False])
def test_calendar_test_that_fails_ends_with_a_choice(
    new_page, javascript, transactional_db
) -> None:
    page = new_page(person := people.worker(), javascript=javascript)
    page.goto(PAGE)
    page.locator(SEND).click()
    page.locator('input[name="saw"]').first.wait_for()
    page.locator(SEND).click()
    page.locator(".tp-field--error").wait_for()
    if javascript:  # axe is a script itself
        look(page)

    sees(page, "not_seen")
    page.locator('input[name="way"][value="feed"]').wait_for()
    if javascript:
        look(page)
    page.locator('input[name="way"][value="feed"]').check()
    page.locator('form[action="/calendar/way/"] button[type=submit]').click()
    page.wait_for_url("**/calendar/")

    assert CalendarTest.objects.get(user=person).result == "fails"
    assert CalendarWay.objects.get(user=person).way == "feed"


def test_calendar_test_is_asked_about_before_it_begins_anew_or_stops(
    new_page, transactional_db
) -> None:
    page = new_page(people.worker())
    page.goto(PAGE)
    page.locator(SEND).click()

    for way in ("start", "stop"):
        page.locator(f'main a[href="{PAGE}{way}/"]').click()
        page.wait_for_url(f"**{PAGE}{way}/")
        look(page)
        page.locator(SEND).click()
        page.wait_for_url(f"**{PAGE}")
    page.goto("/calendar/way/")
    look(page)

    assert set(CalendarTest.objects.values_list("result", flat=True)) == {"stopped"}
    assert CalendarTest.objects.count() == 2
