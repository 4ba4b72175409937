"""The worker's timetable."""

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule


@pytest.mark.django_db
def test_timetable_names_what_there_is() -> None:
    functions = dict(Schedule.objects.values_list("func", "minutes"))

    assert functions == {
        "library.tasks.check_links": 30,
        "mentorship.tasks.ask_follow_ups": 240,
        "mentorship.tasks.nudge_silent_plans": 240,
        "meetings.tasks.read_busy_calendars": 15,
        "meetings.tasks.read_mailbox": 1,
        "meetings.tasks.remind": 10,
        "meetings.tasks.remind_polls": 60,
        "outbox.digest.gather_due": 10,
        "outbox.tasks.send_waiting": 1,
        "people.tasks.drop_old_drafts": 1440,
        "people.tasks.remind_of_qualification": 720,
        "reports.tasks.make_record_files": 10,
        "supervision.tasks.expire_offers": 10,
        "supervision.tasks.plan_waiting": 2,
        "supervision.tasks.remind_to_register": 720,
        "supervision.tasks.offer_next": 10,
        "reports.tasks.make_certificates": 10,
    }
    assert all(callable(import_string(name)) for name in functions)
