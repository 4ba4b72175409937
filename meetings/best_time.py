"""Which time of a poll suits best: counted here, told in words by the views."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings.models import PollAnswer, PollInvitee, PollTime, Room


@dataclass
class Tally:
    """Who says what of one time."""

    time: PollTime
    yes: list[PollInvitee] = field(default_factory=list)
    maybe: list[PollInvitee] = field(default_factory=list)
    no: list[PollInvitee] = field(default_factory=list)
    room_taken: bool = False

    @property
    def can(self) -> int:
        """How many can come: those who said yes, and those who can if need be."""
        return len(self.yes) + len(self.maybe)


def tallies_of(
    times: Iterable[PollTime], invitees: Iterable[PollInvitee], room: Room | None = None
) -> list[Tally]:
    """Sort the answers by times, in the order of the times; say when the room is taken.

    Reads `invitee.answers.all()`: prefetch it.
    """
    tallies = {time.pk: Tally(time) for time in times}
    if room is not None and tallies:
        for time in room.taken_among(tally.time for tally in tallies.values()):
            tallies[time.pk].room_taken = True
    for invitee in invitees:
        for each in invitee.answers.all():
            if each.time_id in tallies:
                getattr(tallies[each.time_id], PollAnswer.Answer(each.answer).value).append(invitee)
    return list(tallies.values())


def best_of(tallies: Iterable[Tally], quorum: int | None) -> Tally | None:
    """Return the best of the times that are still to come, or None.

    Of those for which at least `quorum` people can come (one, when none is named) and
    the room is free: first the time that most can come to, then the one with most plain yeses, then
    the earliest.
    """
    enough = [
        tally
        for tally in tallies
        if tally.can >= (quorum or 1) and not tally.time.has_passed and not tally.room_taken
    ]
    return min(
        enough,
        key=lambda tally: (-tally.can, -len(tally.yes), *tally.time.span),
        default=None,
    )
