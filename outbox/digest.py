"""The summary mail: what was for information only, in one mail a day or a week."""

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse

from common import clock
from outbox.compose import absolute, compose
from outbox.models import Message, Preference, Status
from outbox.quiet import loud_from, next_digest


def gather_due() -> int:
    """Compose the summary mails whose moment has come; return how many.

    Run by the worker; a second run at the same time finds nothing more to gather.
    """
    due = Message.objects.filter(status=Status.GATHERING, send_after__lte=clock.now())
    people = due.order_by().values_list("recipient", flat=True).distinct()
    return sum(_gather(person) for person in list(people))


@transaction.atomic
def _gather(person: uuid.UUID) -> bool:
    """Put everything that waits for one person into one mail, or leave all of it waiting."""
    waiting = _held(person)
    if not waiting:
        return False
    reader = waiting[0].recipient
    digest = compose(
        "outbox.digest",
        to=reader,
        once_key=f"digest:{waiting[0].pk}",
        things=[{"subject": each.subject, "link": each.link} for each in waiting],
        count=len(waiting),
        link=absolute(reverse("people:telling-change")),
    )
    keys = [each.pk for each in waiting]
    if digest is None:
        # The person's address was taken away; the mails go where they were composed for.
        Message.objects.filter(pk__in=keys).update(status=Status.WAITING)
        return False
    Message.objects.filter(pk__in=keys).update(status=Status.GATHERED, gathered_in=digest)
    return True


@transaction.atomic
def choose(user: Any, **choices: Any) -> Preference:
    """Note how a person wants to be told; what waits for them follows the new choice."""
    preference, _made = Preference.objects.update_or_create(user=user, defaults=choices)
    now = clock.now()
    gathering = Message.objects.filter(recipient=user, status=Status.GATHERING)
    if preference.digest == Preference.Digest.NONE:
        gathering.update(status=Status.WAITING, send_after=loud_from(preference, now))
    else:
        gathering.update(send_after=next_digest(preference, now))
    return preference


def _held(person: uuid.UUID) -> list[Message]:
    """Return what waits to be gathered, oldest first, and hold it until the transaction ends."""
    return list(
        Message.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .filter(recipient=person, status=Status.GATHERING)
        .exclude(expires_at__lte=clock.now())
        .order_by("composed_at", "id")
    )
