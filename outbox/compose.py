"""Composing a mail: from a pair of templates to one row, in the reader's language."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from common import clock
from outbox.models import Message, Preference, Status
from outbox.quiet import loud_from, next_digest
from outbox.tasks import send_soon


IN_TIME = timedelta(hours=2)
"""How long before it is needed a mail should be there, whatever the quiet hours."""


_held: ContextVar[bool] = ContextVar("outbox_held", default=False)


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """An iTIP message (RFC 5546): its METHOD, which the mail's header repeats, and its text."""

    method: str
    text: str


@contextmanager
def held() -> Iterator[None]:
    """Compose without asking the worker to send at once; the demonstration replays the past."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def compose(
    kind: str,
    *,
    to: Any = None,
    address: str = "",
    language: str = "",
    once_key: str | None = None,
    calendar: CalendarPart | None = None,
    about: uuid.UUID | None = None,
    urgent: bool = False,
    may_wait: bool = False,
    needed_by: datetime | None = None,
    expires_at: datetime | None = None,
    **context: Any,
) -> Message | None:
    """Write one mail into the outbox; the worker sends it after the transaction.

    `kind` is "<room>.<what_happened>" and names the templates
    `<room>/emails/<what_happened>_subject.txt` and `…_body.txt`. The reader is
    a person (`to`) or a bare `address` with its `language`. `calendar` goes beside
    the text, for calendar programs. Returns None when the person has no address,
    or when a mail with this `once_key` exists.

    A person's quiet hours put a mail off, unless it is `urgent` or would come too
    late for what is `needed_by` or over at `expires_at` (aware moments). One that
    `may_wait`, being for information only, goes into the summary mail of those who
    want one, but never with a calendar part, which a program reads. From `expires_at` on
    it is not sent at all. `about` is the key of the row that the mail is about: by it mails
    can be dropped (`drop_outdated`), and to one address they go in the order in which they
    were composed, so that earlier ones which wait for the morning go with one that does not.
    """
    address = address or (to.email if to else "") or ""
    if not address:
        return None
    if once_key and Message.objects.filter(once_key=once_key).exists():
        return None
    language = language or getattr(to, "language", "") or settings.LANGUAGE_CODE
    room, name = kind.split(".")
    context |= {
        "reader": to,
        "site": settings.SITE_URL,
        "urgent": urgent,
        "expires_at": expires_at,
    }
    with translation.override(language):
        subject = _rendered(f"{room}/emails/{name}_subject.txt", context)
        body = _rendered(f"{room}/emails/{name}_body.txt", context)
    now = clock.now()
    status, send_after = _when(
        to, urgent=urgent, may_wait=may_wait and calendar is None, needed_by=needed_by or expires_at
    )
    message_key = uuid.uuid4()
    message = Message.objects.create(
        id=message_key,
        kind=kind,
        recipient=to,
        address=address,
        language=language,
        subject=_cut(" ".join(subject.split())),
        body=body.strip() + "\n",
        calendar=calendar.text if calendar else "",
        calendar_method=calendar.method if calendar else "",
        link=context.get("link", "") if status == Status.GATHERING else "",
        message_id=f"<{message_key}@{settings.SITE_HOST}>",
        once_key=once_key,
        about=about,
        status=status,
        composed_at=now,
        send_after=send_after,
        expires_at=expires_at,
    )
    if about is not None and status == Status.WAITING:
        _bring_forward(message)
    if not _held.get() and (status, send_after) == (Status.WAITING, now):
        # Robust: with a broken queue the minute's sweep sends it all the same.
        transaction.on_commit(lambda: send_soon(message.pk), robust=True)
    return message


def _bring_forward(message: Message) -> None:
    """Let earlier mails about the same go no later than this one, which goes behind them."""
    Message.objects.filter(
        about=message.about,
        address=message.address,
        status=Status.WAITING,
        send_after__gt=message.send_after,
        composed_at__lt=message.composed_at,
    ).update(send_after=message.send_after)


def drop_outdated(about: uuid.UUID, *kinds: str, address: str | None = None) -> int:
    """Let mails of these kinds about a row go unsent, as far as they wait; return how many.

    Those to one `address` alone, if it is given; to "" there are none.
    """
    waiting = Message.objects.pending().filter(about=about, kind__in=kinds)
    if address is not None:
        waiting = waiting.filter(address=address)
    return waiting.update(status=Status.DROPPED, last_error="outdated")


def _when(
    to: Any, *, urgent: bool, may_wait: bool, needed_by: datetime | None
) -> tuple[Status, datetime]:
    """Return how a mail for this person begins, and from when on it may be sent."""
    now = clock.now()
    if to is None or urgent:
        return Status.WAITING, now
    preference = Preference.of(to)
    if may_wait and preference.digest != Preference.Digest.NONE:
        return Status.GATHERING, next_digest(preference, now)
    send_after = loud_from(preference, now)
    if needed_by and send_after > needed_by - IN_TIME:
        send_after = now
    return Status.WAITING, send_after


def _rendered(name: str, context: dict[str, Any]) -> str:
    # Plain text: an apostrophe in a name must not become &#x27;.
    return get_template(name).template.render(Context(context, autoescape=False))


def _cut(subject: str) -> str:
    """Names may be long; a subject that outgrows its column would lose the whole mail."""
    most = Message._meta.get_field("subject").max_length
    return subject if len(subject) <= most else subject[: most - 1] + "…"


def absolute(path: str) -> str:
    """Return the full address of a page of ours, for use in mails."""
    return f"{settings.SITE_URL}{path}"
