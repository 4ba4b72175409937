"""Booking at a free time as people do it: by mouse, by keyboard, without scripts, on a phone."""

from datetime import date, time, timedelta

from django.urls import reverse

from common import clock
from meetings.actions import add_exception, add_hours
from mentorship.workflow import PlanStatus
from tests.browser import login, looks_right
from tests.factories import meetings, people
from tests.factories import mentorship as made


SEND = "main form.tp-form .tp-form__buttons button"


def a_plan():
    plan = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(plan)
    return plan


def address(plan) -> str:
    """The page from today on, not from the day that the pair's rhythm says."""
    return reverse("mentorship:meeting-book", args=[plan.pk]) + "?from=2026-11-23"


def test_free_times_look_right_and_two_clicks_book(new_page, transactional_db) -> None:
    plan = a_plan()
    page = new_page(plan.worker)
    page.goto(address(plan))
    looks_right(page)

    page.locator('label[for="id_slot_20261124T0800Z"]').click()
    page.locator(SEND).click()
    page.wait_for_url(f"**{plan.get_absolute_url()}")

    assert plan.meetings.filter(meeting__starts_at=made_at_ten()).count() == 1


def test_free_times_without_scripts(page_without_scripts, transactional_db) -> None:
    plan = a_plan()
    page = page_without_scripts
    login(page, plan.worker)
    page.goto(address(plan))
    page.locator("#id_link").fill("https://video.example/tuba")
    page.get_by_role("button", name="30 min").click()
    page.get_by_role("button", name="Hilisemad ajad").first.click()
    page.wait_for_url("**#id_slot")
    # The page shows other weeks from their beginning on, and forgets nothing.
    assert page.locator("#id_link").input_value() == "https://video.example/tuba"
    page.locator("#id_slot_20261208T0800Z").check()
    page.locator(SEND).click()
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

    # The first time still to come has the focus; the arrow goes on to the second.
    assert chosen == "20261123T0900Z"


def test_enter_in_a_field_books_and_does_not_turn_the_page(new_page, transactional_db) -> None:
    plan = a_plan()
    page = new_page(plan.worker)
    page.goto(address(plan))
    page.locator("#id_slot_20261124T0800Z").check()

    page.locator("#id_place").press("Enter")

    page.wait_for_url(f"**{plan.get_absolute_url()}")
    assert plan.meetings.filter(meeting__starts_at=made_at_ten()).count() == 1


def test_meeting_moves_to_a_free_time_and_into_a_room(new_page, phone, transactional_db) -> None:
    plan, room = a_plan(), meetings.room()
    meeting = made.booked_meeting(plan, made_at_ten()).meeting
    login(phone, plan.worker)
    phone.goto(reverse("meetings:meeting-move", args=[meeting.pk]))
    looks_right(phone)

    phone.get_by_label("Ruum").select_option(str(room.pk))
    phone.get_by_label("Kohapeal").check()
    phone.get_by_role("button", name="Uuenda vabu aegu").click()
    phone.locator("#id_slot_20261125T0800Z").check()
    phone.get_by_label("Osaleja", exact=True).check()
    phone.get_by_label("Miks?").fill("Koolitus")
    phone.locator(SEND).click()
    phone.wait_for_url(f"**{meeting.get_absolute_url()}")
    looks_right(phone)

    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.room) == (made_at_ten() + timedelta(days=1), room)


def test_rooms_look_right(new_page, transactional_db) -> None:
    page = new_page(people.consultant())
    page.goto(reverse("meetings:room-list"))
    looks_right(page)
    room = meetings.room()
    meetings.meeting(organiser=people.consultant(), room=room)
    for name in ("room-add", "room-list"):
        page.goto(reverse(f"meetings:{name}"))
        looks_right(page)
    for name in ("room-detail", "room-change", "room-close", "room-reopen"):
        page.goto(reverse(f"meetings:{name}", args=[room.pk]))
        looks_right(page)


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
