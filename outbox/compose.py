"""Composing a mail: from a pair of templates to one row, in the reader's language."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from common import clock
from outbox.models import Message
from outbox.tasks import send_soon


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
    **context: Any,
) -> Message | None:
    """Write one mail into the outbox; the worker sends it after the transaction.

    `kind` is "<room>.<what_happened>" and names the templates
    `<room>/emails/<what_happened>_subject.txt` and `…_body.txt`. The reader is
    a person (`to`) or a bare `address` with its `language`. `calendar` goes beside
    the text, for calendar programs. Returns None when the person has no address,
    or when a mail with this `once_key` exists.
    """
    address = address or (to.email if to else "") or ""
    if not address:
        return None
    if once_key and Message.objects.filter(once_key=once_key).exists():
        return None
    language = language or getattr(to, "language", "") or settings.LANGUAGE_CODE
    room, name = kind.split(".")
    context |= {"reader": to, "site": settings.SITE_URL}
    with translation.override(language):
        subject = _rendered(f"{room}/emails/{name}_subject.txt", context)
        body = _rendered(f"{room}/emails/{name}_body.txt", context)
    now = clock.now()
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
        message_id=f"<{message_key}@{settings.SITE_HOST}>",
        once_key=once_key,
        composed_at=now,
        send_after=now,
    )
    if not _held.get():
        transaction.on_commit(lambda: send_soon(message.pk))
    return message


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
