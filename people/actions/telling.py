"""How a person wants to be told of things."""

from datetime import time

from django.db import transaction

from journal.record import record
from outbox.digest import choose
from outbox.models import Preference
from people.models import User


@transaction.atomic
def change_telling(
    *,
    digest: str,
    remind: str,
    quiet_from: time | None,
    quiet_until: time | None,
    quiet_weekends: bool,
    by: User,
) -> Preference:
    """Note when mails and reminders come to the person, who alone chooses.

    Quiet hours are Tallinn wall-clock times, both or neither. News that wait for a
    summary mail follow the new choice.
    """
    preference = choose(
        by,
        digest=digest,
        remind=remind,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        quiet_weekends=quiet_weekends,
    )
    record("people.telling_changed", by=by, subject=by)
    return preference
