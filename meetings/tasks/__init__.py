"""What the worker does for everything that has a date. Running twice is harmless."""

from meetings.tasks.mail import read_mailbox
from meetings.tasks.polls import remind_polls


__all__ = ["read_mailbox", "remind_polls"]
