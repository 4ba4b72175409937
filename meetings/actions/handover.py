"""Handing over all that somebody who leaves has before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.handover import Going, going_over, in_hand, not_free_for
from meetings.permissions import check_can_hand_over
from meetings.services import service_of, services
from people.leaving import successors_of
from people.models import User


@dataclass(frozen=True)
class Kept:
    """A meeting that cannot be handed over, and why."""

    going: Going
    reason: str


@dataclass(frozen=True)
class HandedOver:
    """What was done: how many meetings went over or were left, which stay, and how much went
    over that has no meeting.
    """

    number: int
    kept: Sequence[Kept]
    matters: int = 0


class NeedsLook(Refused):
    """The coordinator has not yet seen what stays, or what the other has no free time for."""

    def __init__(self, kept: Sequence[Kept], clashing: Sequence[Going]) -> None:
        super().__init__(_("Nothing has been handed over yet. Look at what is asked below."))
        self.kept, self.clashing = kept, clashing


@transaction.atomic
def hand_over_meetings(
    person: User,
    *,
    to: User,
    from_day: date,
    leave_out: str = "",
    despite: str = "",
    by: User,
) -> HandedOver:
    """Give to another what the person's meetings from a day (Tallinn) on belong to, and all
    that they have in hand without a meeting; where they were only asked to come they are
    taken off the list.

    All or nothing: raises NeedsLook when something cannot go over, or when `to` is not free.
    `leave_out` and `despite` are the marks (`mark_of`) of those that the coordinator
    has seen and wants left out, and given all the same. Raises PermissionDenied; Refused for
    somebody without such a role today (field "to"), and when there is nothing left.
    """
    check_can_hand_over(by)
    if not successors_of(person, clock.today()).filter(pk=to.pk).exists():
        raise Refused(
            _("No such role or post today: %(name)s.") % {"name": to.name},
            field="to",
        )
    number = 0
    given: list[Going] = []
    kept: list[Kept] = []
    # In the order of their keys, so that two who do this at once do not wait for each other.
    found = sorted(going_over(person, from_day, reader=by), key=_key_of)
    for _matter, together in groupby(found, key=_key_of):
        going = list(together)
        meeting = going[0].meeting
        try:
            with transaction.atomic():
                done = service_of(meeting).hand_over(meeting, person, to, by)
        except Refused as refusal:
            kept += [Kept(each, refusal.reason) for each in going]
            continue
        if done:
            number += len(going)
            given += [each for each in going if each.matter]
    matters = _hand_over_rest(person, to, found, by=by)
    if not number and not kept and not matters:
        raise Refused(_("There is nothing left to hand over."))
    # Held, so that nothing else is booked for them beside this.
    User.objects.select_for_update(no_key=True).get(pk=to.pk)
    clashing = not_free_for(to, given)
    if _unseen([each.going for each in kept], leave_out) or _unseen(clashing, despite):
        raise NeedsLook(sorted(kept, key=lambda each: each.going.meeting.starts_at), clashing)
    if not number and not matters:
        raise Refused(_("None of these meetings can be handed over."))
    record(
        "meetings.meetings_handed_over",
        by=by,
        subject=person,
        to=to,
        from_day=from_day,
        number=number,
        kept=len(kept),
        matters=matters,
    )
    return HandedOver(number, kept, matters)


def _hand_over_rest(person: User, to: User, found: Sequence[Going], *, by: User) -> int:
    """Give what has no meeting to come; return how much. Raises Refused, which names it."""
    number = 0
    for each in in_hand(person, found):
        service = next(service for service in services() if service.key == each.service)
        try:
            number += service.hand_over_matter(each.matter, person, to, by)
        except Refused as refusal:
            raise Refused(f"{each.title}: {refusal.reason}") from refusal
    return number


def _key_of(going: Going) -> tuple[str, str]:
    return going.meeting.service, str(going.matter or going.meeting.pk)


def _unseen(going: Sequence[Going], mark: str) -> bool:
    return bool({each.meeting.pk.hex for each in going} - set(mark.split()))
