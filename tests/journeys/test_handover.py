"""Handing over what somebody who leaves has before them: at a desk, on a phone, without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings.models import Meeting
from people.models import User
from tests.browser import looks_right
from tests.factories import meetings, people


@pytest.fixture
def leaver(transactional_db) -> User:
    """A consultant with a meeting of their own at a time that is taken for the next, and one
    more, and one to which they were only asked.
    """
    leaver, worker = people.consultant(), people.worker()
    meetings.meeting(worker, organiser=leaver)
    later = meetings.TOMORROW_AT_TEN + timedelta(days=1)
    meetings.meeting(worker, organiser=leaver, starts_at=later)
    meetings.meeting(leaver, organiser=worker, starts_at=later + timedelta(hours=3))
    return leaver


@pytest.mark.parametrize(
    "browser",
    [{}, {"width": 390, "height": 844}, {"javascript": False}],
    ids=["desk", "phone", "without scripts"],
)
def test_handover_asks_and_hands_over(browser, leaver, new_page) -> None:
    to = people.consultant()
    meetings.meeting(to)
    page = new_page(people.coordinator(), **browser)
    look = looks_right if browser.get("javascript", True) else lambda _page: None
    page.goto(leaver.get_absolute_url())
    page.locator(f'a[href="{reverse("meetings:handover", args=[leaver.pk])}"]').click()
    page.wait_for_url("**/handover/**")
    look(page)

    page.locator("#id_to").select_option(str(to.pk))
    page.locator("main form[method=get] button[type=submit]").click()
    page.wait_for_url("**to=**")
    look(page)
    page.locator("main form[method=post] button[type=submit]").click()
    page.locator(".tp-errors").wait_for()
    look(page)
    assert Meeting.objects.visible_to(leaver).count() == 3

    page.locator("#confirm_despite").check()
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(f"**{leaver.get_absolute_url()}")

    assert Meeting.objects.visible_to(leaver).count() == 0
    assert Meeting.objects.visible_to(to).count() == 3
