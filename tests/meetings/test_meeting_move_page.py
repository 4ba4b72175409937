"""Where the list of free times begins when a meeting is moved."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from tests.factories import meetings, people


@pytest.mark.django_db
def test_list_begins_near_the_meetings_own_day_which_stands_open(client_of):
    worker, consultant = people.worker(), people.consultant()
    day = clock.now() + timedelta(days=35)
    meeting = meetings.meeting(worker, organiser=consultant, starts_at=day)

    page = reverse("meetings:meeting-move", args=[meeting.pk])
    shown = client_of(consultant).get(page).context["form"].page

    assert shown.first == clock.day_of(day) - timedelta(days=3)
    assert clock.day_of(day) in [each.day for each in shown.days if each.is_open]
