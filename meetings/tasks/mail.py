"""Reading what calendars answer. Run by the worker each minute; running twice is harmless."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError

from common import clock
from meetings.mailbox import MailboxError, read_imap, read_maildir
from meetings.models import IncomingMail
from meetings.replies import receive


logger = logging.getLogger(__name__)

SILENCE = "meetings.mailbox_down"
KEPT = timedelta(days=180)
"""How long the line of a mail is kept at least."""
SILENT_FOR = 60 * 60
"""Seconds until a mailbox that stays away is mentioned again."""


def read_mailbox() -> int:
    """Read the new mails of the service's mailbox; return how many."""
    try:
        if settings.IMAP_URL:
            count = read_imap(settings.IMAP_URL, handle)
        else:
            count = read_maildir(settings.MAILDIR, handle)
    except MailboxError as error:
        if cache.add(SILENCE, True, timeout=SILENT_FOR):
            logger.warning("the mailbox cannot be read: %s", error)
        return 0
    cache.delete(SILENCE)
    if count:
        forget_old_lines()
    return count


def forget_old_lines() -> int:
    """Delete lines about mails of long ago; return how many.

    A line keeps a mail from being taken twice only while its meeting can be answered.
    """
    old = IncomingMail.objects.filter(received_at__lt=clock.now() - KEPT)
    count, _kinds = old.exclude(meeting__ends_at__gt=clock.now()).delete()
    return count


def handle(mail: bytes) -> None:
    """Receive one mail. One that breaks our own code must not shut out those behind it."""
    try:
        receive(mail)
    except DatabaseError:
        raise
    except Exception as error:
        # The error's text may quote the mail: keep its kind only.
        logger.error("a mail could not be handled: %s", type(error).__name__)
