"""Sending what waits in the outbox. Run by the worker; running twice is harmless."""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django_q.tasks import async_task

from common import clock
from outbox.models import Message, Status


logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
PAUSE = timedelta(minutes=5)
LOST_AFTER = timedelta(minutes=10)
"""Longer than any sending takes: the worker ends a task after 90 seconds."""


def send_soon(message_id: uuid.UUID) -> None:
    """Ask the worker to send a message. The minute's sweep finds it if this is lost."""
    if settings.OUTBOX_ASYNC:
        async_task("outbox.tasks.send", message_id)


def send_waiting() -> int:
    """Send every message that is due; return how many were sent."""
    give_up_lost()
    return sum(send(pk) for pk in Message.objects.due(clock.now()).values_list("pk", flat=True))


def give_up_lost() -> int:
    """Mark as failed what a worker that died was sending; return how many.

    Nobody knows whether such a mail left the house, so it is not sent again by itself:
    the administrator sees it and decides.
    """
    lost = Message.objects.filter(
        status=Status.SENDING, claimed_at__lt=clock.now() - LOST_AFTER
    ).update(status=Status.FAILED, last_error="interrupted")
    if lost:
        logger.warning("%s messages were interrupted while being sent", lost)
    return lost


def put_back(message_id: uuid.UUID) -> bool:
    """Let a failed message wait again with all its attempts; say whether it had failed."""
    put = Message.objects.filter(pk=message_id, status=Status.FAILED).update(
        status=Status.WAITING, attempts=0, send_after=clock.now()
    )
    if put:
        transaction.on_commit(lambda: send_soon(message_id))
    return bool(put)


def send(message_id: uuid.UUID) -> bool:
    """Send one message if it is still waiting; say whether this call sent it.

    The row is claimed first, in a transaction of its own, so that of two workers
    one sends. A refusal by the mail server puts it back with a pause.
    """
    with transaction.atomic():
        claimed = Message.objects.filter(pk=message_id, status=Status.WAITING).update(
            status=Status.SENDING, claimed_at=clock.now()
        )
    if not claimed:
        return False
    message = Message.objects.get(pk=message_id)
    message.attempts += 1
    try:
        letter(message).send()
    except Exception as error:  # whatever it is, no mail may stay "being sent" for ever
        # The error's text may quote an address: keep the kind only.
        message.last_error = type(error).__name__
        if message.attempts >= MAX_ATTEMPTS:
            message.status = Status.FAILED
        else:
            message.status = Status.WAITING
            message.send_after = clock.now() + PAUSE * message.attempts
        message.save(update_fields=["status", "attempts", "last_error", "send_after"])
        logger.warning("message %s not sent: %s", message.pk, message.last_error)
        return False
    message.status = Status.SENT
    message.sent_at = clock.now()
    message.save(update_fields=["status", "attempts", "sent_at"])
    return True


def letter(message: Message) -> EmailMultiAlternatives:
    """Return the mail as it goes out: text, and beside it the calendar part (RFC 6047 § 2.4)."""
    mail = EmailMultiAlternatives(
        message.subject,
        message.body,
        settings.DEFAULT_FROM_EMAIL,
        [message.address],
        headers={"Message-ID": message.message_id},
    )
    if message.calendar:
        # Lines end as the mail's own do: the mail is written with CRLF when it is sent.
        text = message.calendar.replace("\r\n", "\n")
        mail.attach_alternative(text, f"text/calendar; method={message.calendar_method}")
    return mail
