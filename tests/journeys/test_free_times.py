"""Booking at a free time as people do it: by mouse, by keyboard, without scripts, on a phone."""

from datetime import date, time

from django.urls import reverse

from common import clock
from meetings.actions import add_exception, add_hours
from mentorship.workflow import PlanStatus
from tests.browser import looks_right
from tests.factories import mentorship as made


def a_plan():
    plan = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(plan)
    return plan


def address(plan) -> str:
    return reverse("mentorship:meeting-book", args=[plan.pk])


def test_free_times_look_right_and_two_clicks_book(new_page, transactional_db) -> None:
    plan = a_plan()
    page = new_page(plan.worker)
    page.goto(address(plan))
    looks_right(page)

    page.locator('label[for="id_slot_20261124T0800Z"]').click()
    page.locator("main form.tp-form button[type=submit]").click()
    page.wait_for_url(f"**{plan.get_absolute_url()}")

    assert plan.meetings.filter(meeting__starts_at=made_at_ten()).count() == 1


def test_free_times_without_scripts(page_without_scripts, transactional_db) -> None:
    from tests.browser import login

    plan = a_plan()
    page = page_without_scripts
    login(page, plan.worker)
    page.goto(address(plan) + "?length=30")
    page.locator('a[href^="?from=2026-12-07"]').first.click()
    page.locator("#id_slot_20261208T0800Z").check()
    page.locator("main form.tp-form button[type=submit]").click()
    page.wait_for_url(f"**{plan.get_absolute_url()}")

    meeting = plan.meetings.latest("meeting__starts_at").meeting
    assert (meeting.ends_at - meeting.starts_at).total_seconds() == 30 * 60


def test_free_times_by_keyboard(new_page, transactional_db) -> None:
    plan = a_plan()
    page = new_page(plan.worker)
    page.goto(address(plan))

    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "slot":
            break
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.querySelector('[name=slot]:checked').value")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{plan.get_absolute_url()}")

    # The first free time of all has the focus; the arrow goes on to the second.
    assert chosen == "20261123T0830Z"


def test_own_hours_look_right(new_page, transactional_db) -> None:
    plan = a_plan()
    page = new_page(plan.mentor)
    for name in ("hours", "hours-add", "exception-add", "rules-change", "calendar"):
        page.goto(reverse(f"meetings:{name}"))
        looks_right(page)
    [hours] = add_hours(
        weekdays=[0], begins=time(9), ends=time(12), starts_on=clock.today(), by=plan.mentor
    )
    exception = add_exception(day=date(2026, 12, 24), by=plan.mentor)
    page.goto(reverse("meetings:hours"))
    looks_right(page)
    for name, row in (("hours-end", hours), ("exception-remove", exception)):
        page.goto(reverse(f"meetings:{name}", args=[row.pk]))
        looks_right(page)


def made_at_ten():
    return clock.tallinn(date(2026, 11, 24), time(10))
