"""A worker with a phone asks for another time, a guest for a third; the organiser decides."""

from urllib.parse import urlsplit

import pytest

from meetings.guests import guest_url
from meetings.models import Meeting, Proposal
from tests.browser import looks_right
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db(transaction=True)


def propose(page, day: str) -> None:
    page.fill("input[name=day]", day)
    page.fill("input[name=begins]", "13.00")
    page.fill("input[name=ends]", "14.00")
    looks_right(page)
    page.click("main form.tp-form button[type=submit], main form.tp-form button:not([type])")


def test_another_time_is_asked_for_and_taken(new_page) -> None:
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))

    phone = new_page(worker, width=390, height=844)
    phone.goto(meeting.get_absolute_url())
    phone.click("a[href$='/propose/']")
    propose(phone, "26.11.2026")
    assert urlsplit(phone.url).path == meeting.get_absolute_url()
    looks_right(phone)

    guest = new_page()
    guest.goto(urlsplit(guest_url(meetings.guest_of(meeting))).path)
    guest.click("a[href$='/propose/']")
    propose(guest, "27.11.2026")
    looks_right(guest)
    assert Proposal.objects.open().count() == 2

    desk = new_page(organiser)
    desk.goto(meeting.get_absolute_url())
    looks_right(desk)
    desk.click("a[href$='/decline/'] >> nth=1")
    looks_right(desk)
    desk.click("main form.tp-form button")
    desk.click("a[href$='/take/']")
    looks_right(desk)
    desk.click("main form.tp-form button")

    assert urlsplit(desk.url).path == meeting.get_absolute_url()
    looks_right(desk)
    moved = Meeting.objects.get(pk=meeting.pk)
    assert (moved.sequence, moved.starts_at.isoformat()) == (1, "2026-11-26T11:00:00+00:00")
    statuses = Proposal.objects.order_by("starts_at").values_list("status", flat=True)
    assert list(statuses) == ["taken", "declined"]
