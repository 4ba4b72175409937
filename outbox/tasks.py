"""Sending what waits in the outbox. Run by the worker; running twice is harmless.

A mail is claimed before the mail server is asked, and what came of it is noted after. Of a
worker that is killed in between nobody knows whether the mail left the house: it is sent again
with the same Message-ID, so that a mailbox shows one.
"""

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django_q.tasks import async_task

from common import clock
from outbox.models import Attempt, Message, Status


logger = logging.getLogger(__name__)

PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
]
"""Between one attempt and the next: two days and 17 hours in all. Then a mail has failed."""
LOST_AFTER = timedelta(minutes=10)
"""Longer than any sending takes: the worker ends a task after 90 seconds."""
LEAVES = 421
"""What a mail server answers to anything before it hangs up (RFC 5321, section 4.2.3)."""
SWEEP = 45
"""Seconds after which a sweep leaves the rest to the next one."""


def send_soon(message_id: uuid.UUID) -> None:
    """Ask the worker to send a message. The minute's sweep finds it if this is lost."""
    if settings.OUTBOX_ASYNC:
        async_task("outbox.tasks.send", message_id)


def send_waiting() -> int:
    """Send every message that is due, over one connection; return how many were sent.

    A mail server that cannot be reached ends the sweep: the rest need not find out too.
    """
    take_back_lost()
    drop_late()
    sent, ends = 0, time.monotonic() + SWEEP
    with _connected() as connection:
        for pk in list(Message.objects.due(clock.now()).values_list("pk", flat=True)):
            if time.monotonic() > ends:
                break
            try:
                sent += send(pk, connection=connection)
            except Unreachable:
                break
    return sent


def take_back_lost() -> int:
    """Let what a worker that died was sending wait again; return how many."""
    lost = Message.objects.filter(
        status=Status.SENDING, claimed_at__lt=clock.now() - LOST_AFTER
    ).values_list("pk", flat=True)
    return sum(map(_take_back, list(lost)))


@transaction.atomic
def _take_back(message_id: uuid.UUID) -> bool:
    # Read again: another worker may have taken it back and sent it meanwhile.
    message = (
        Message.objects.select_for_update(of=("self",))
        .filter(pk=message_id, status=Status.SENDING, claimed_at__lt=clock.now() - LOST_AFTER)
        .first()
    )
    if message is None:
        return False
    message.tries.filter(result=Attempt.Result.RUNNING).update(result=Attempt.Result.INTERRUPTED)
    _wait_again(message, "interrupted")
    logger.warning("message %s was interrupted while being sent", message.pk)
    return True


def drop_late() -> int:
    """Let go what would come too late; return how many."""
    late = Message.objects.pending().filter(expires_at__lte=clock.now())
    return late.update(status=Status.DROPPED, last_error="too late")


@transaction.atomic
def put_back(message_id: uuid.UUID) -> bool:
    """Let a message that failed, or pauses before its next attempt, wait with all its
    attempts and be tried now; say whether it was such a one.
    """
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if not message.can_be_resent:
        return False
    message.status, message.attempts, message.send_after = Status.WAITING, 0, clock.now()
    message.save(update_fields=["status", "attempts", "send_after"])
    transaction.on_commit(lambda: send_soon(message_id), robust=True)
    return True


class Unreachable(Exception):
    """The mail server cannot be talked to at all."""


def send(message_id: uuid.UUID, *, connection: BaseEmailBackend | None = None) -> bool:
    """Send one message if it is still due; say whether this call sent it.

    The row is claimed first, in a transaction of its own, so that of two workers
    one sends. A refusal by the mail server puts it back with a pause; a refused
    address is final. Over a sweep's `connection` raises Unreachable when the mail
    server cannot be talked to.
    """
    attempt = _claim(message_id)
    if attempt is None:
        return False
    message = attempt.message
    try:
        if connection is not None:
            # Opened by hand, for one that opens by itself closes after each mail.
            connection.open()
        letter(message, connection).send()
    except Exception as error:  # whatever it is, no mail may stay "being sent" for ever
        _note_failure(attempt, error)
        if connection is not None and _is_unreachable(error):
            raise Unreachable from error
        return False
    message.status = Status.SENT
    message.sent_at = clock.now()
    message.last_error = ""
    attempt.result = Attempt.Result.ACCEPTED
    with transaction.atomic():
        message.save(update_fields=["status", "sent_at", "last_error"])
        attempt.save(update_fields=["result"])
    return True


def letter(message: Message, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Return the mail as it goes out: text, and beside it the calendar part (RFC 6047 § 2.4)."""
    mail = EmailMultiAlternatives(
        message.subject,
        message.body,
        settings.DEFAULT_FROM_EMAIL,
        [message.address],
        headers={"Message-ID": message.message_id},
        connection=connection,
    )
    if message.calendar:
        # Lines end as the mail's own do: the mail is written with CRLF when it is sent.
        text = message.calendar.replace("\r\n", "\n")
        mail.attach_alternative(text, f"text/calendar; method={message.calendar_method}")
    return mail


@contextmanager
def _connected() -> Iterator[BaseEmailBackend]:
    """Give a connection for many mails; the first one opens it."""
    connection = get_connection()
    try:
        yield connection
    finally:
        try:
            connection.close()
        except OSError:  # which all of smtplib's errors are
            logger.warning("the mail server hung up before we did")


@transaction.atomic
def _claim(message_id: uuid.UUID) -> Attempt | None:
    now = clock.now()
    due = Message.objects.due(now).in_turn().order_by().filter(pk=message_id)
    if not due.update(status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1):
        return None
    message = Message.objects.get(pk=message_id)
    return Attempt.objects.create(message=message, begun_at=now)


@transaction.atomic
def _note_failure(attempt: Attempt, error: Exception) -> None:
    # The error's text may quote an address: keep its kind and the server's code only.
    code = _code(error)
    attempt.error = f"{type(error).__name__} {code or ''}".strip()
    message = attempt.message
    if isinstance(error, SMTPRecipientsRefused) and code and code >= 500:
        attempt.result = Attempt.Result.REFUSED
        message.status, message.last_error = Status.FAILED, attempt.error
        message.save(update_fields=["status", "last_error"])
    else:
        attempt.result = Attempt.Result.PUT_OFF
        _wait_again(message, attempt.error)
    attempt.save(update_fields=["result", "error"])
    logger.warning("message %s not sent: %s", message.pk, attempt.error)


def _wait_again(message: Message, why: str) -> None:
    """Let a message wait for its next attempt, or fail after the last."""
    message.last_error = why
    if message.attempts > len(PAUSES):
        message.status = Status.FAILED
    else:
        message.status = Status.WAITING
        message.send_after = clock.now() + PAUSES[message.attempts - 1]
    message.save(update_fields=["status", "last_error", "send_after"])


def _code(error: Exception) -> int | None:
    """Return the mail server's answer (RFC 5321, section 4.2), if it gave one."""
    if isinstance(error, SMTPRecipientsRefused):
        return next((code for code, _text in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, SMTPResponseException) else None


def _is_unreachable(error: Exception) -> bool:
    """Say whether the fault lies with the server and not with one mail."""
    about_one = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError, SMTPNotSupportedError)
    leaves = _code(error) == LEAVES
    return leaves or (isinstance(error, OSError) and not isinstance(error, about_one))
