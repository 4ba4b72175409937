"""What the worker does for everything that has a date. Running twice is harmless."""

from meetings.tasks.mail import read_mailbox
from meetings.tasks.own_calendars import read_busy_calendar, read_busy_calendars
from meetings.tasks.polls import remind_polls
from meetings.tasks.reminders import remind


__all__ = ["read_busy_calendar", "read_busy_calendars", "read_mailbox", "remind", "remind_polls"]
