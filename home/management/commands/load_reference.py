from django.core.management.base import BaseCommand
from django_q.models import Schedule

from consultations import reference as consultations_reference
from library import reference as library_reference
from meetings import reference as meetings_reference
from people import reference as people_reference


TIMETABLE = {
    "outbox sweep": ("outbox.tasks.send_waiting", 1),
    "outbox digest": ("outbox.digest.gather_due", 10),
    "mailbox": ("meetings.tasks.read_mailbox", 1),
    "silent mentorships": ("mentorship.tasks.nudge_silent_plans", 240),
    "qualifications": ("people.tasks.remind_of_qualification", 720),
    "old drafts": ("people.tasks.drop_old_drafts", 1440),
    "certificates": ("reports.tasks.make_certificates", 10),
    "record files": ("reports.tasks.make_record_files", 10),
    "what stayed of mentorships": ("mentorship.tasks.ask_follow_ups", 240),
    "library links": ("library.tasks.check_links", 30),
    "supervision offers": ("supervision.tasks.expire_offers", 10),
    "supervision reminders": ("supervision.tasks.remind_to_register", 720),
    "supervision next in line": ("supervision.tasks.offer_next", 10),
    "season proposals": ("supervision.tasks.plan_waiting", 2),
    "busy calendars": ("meetings.tasks.read_busy_calendars", 15),
    "meeting reminders": ("meetings.tasks.remind", 10),
    "meetings poll reminders": ("meetings.tasks.remind_polls", 60),
}
"""Name → what the worker does, and every how many minutes."""


class Command(BaseCommand):
    help = (
        "Load municipalities, topics and the worker's timetable. Running it again changes nothing."
    )

    def handle(self, *args, **options) -> None:
        people_reference.load()
        library_reference.load()
        meetings_reference.load()
        consultations_reference.load()
        for name, (function, minutes) in TIMETABLE.items():
            Schedule.objects.get_or_create(
                name=name,
                defaults={
                    "func": function,
                    "schedule_type": Schedule.MINUTES,
                    "minutes": minutes,
                },
            )
