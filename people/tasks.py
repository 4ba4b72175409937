"""What the worker does for people. Running twice is harmless."""

from common import clock
from people import emails
from people.drafts import KEPT
from people.models import Draft
from people.qualification import reminders_due


def remind_of_qualification() -> int:
    """Write to workers a year, half a year and three months before their qualification is due,
    once each; return how many mails that made.
    """
    return sum(
        emails.qualification_due(person, due_on=due_on, months=months)
        for person, due_on, months in reminders_due(clock.today())
    )


def drop_old_drafts() -> int:
    """Drop drafts that nobody has touched for half a year; return how many."""
    number, _by_model = Draft.objects.filter(updated_at__lt=clock.now() - KEPT).delete()
    return number
