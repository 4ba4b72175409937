from django.core.management.base import BaseCommand
from django_q.models import Schedule

from consultations import reference as consultations_reference
from library import reference as library_reference
from meetings import reference as meetings_reference
from people import reference as people_reference


class Command(BaseCommand):
    help = (
        "Load municipalities, topics and the worker's timetable. Running it again changes nothing."
    )

    def handle(self, *args, **options) -> None:
        people_reference.load()
        library_reference.load()
        meetings_reference.load()
        consultations_reference.load()
        Schedule.objects.get_or_create(
            name="outbox sweep",
            defaults={
                "func": "outbox.tasks.send_waiting",
                "schedule_type": Schedule.MINUTES,
                "minutes": 1,
            },
        )
        Schedule.objects.get_or_create(
            name="mailbox",
            defaults={
                "func": "meetings.tasks.read_mailbox",
                "schedule_type": Schedule.MINUTES,
                "minutes": 1,
            },
        )
        Schedule.objects.get_or_create(
            name="supervision offers",
            defaults={
                "func": "supervision.tasks.expire_offers",
                "schedule_type": Schedule.MINUTES,
                "minutes": 10,
            },
        )
        Schedule.objects.get_or_create(
            name="meetings poll reminders",
            defaults={
                "func": "meetings.tasks.remind_polls",
                "schedule_type": Schedule.HOURLY,
            },
        )
