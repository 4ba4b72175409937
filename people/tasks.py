"""What the worker does for people. Running twice is harmless."""

from common import clock
from people import emails
from people.qualification import reminders_due


def remind_of_qualification() -> int:
    """Write to workers a year, half a year and three months before their qualification is due,
    once each; return how many mails that made.
    """
    return sum(
        emails.qualification_due(person, due_on=due_on, months=months)
        for person, due_on, months in reminders_due(clock.today())
    )
