"""Which time of a poll suits best: counted here, told in words by the views."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings.models import PollAnswer, PollInvitee, PollTime


@dataclass
class Tally:
    """Who says what of one time."""

    time: PollTime
    yes: list[PollInvitee] = field(default_factory=list)
    maybe: list[PollInvitee] = field(default_factory=list)
    no: list[PollInvitee] = field(default_factory=list)

    @property
    def can(self) -> int:
        """How many can come: those who said yes, and those who can if need be."""
        return len(self.yes) + len(self.maybe)


def tallies_of(times: Iterable[PollTime], invitees: Iterable[PollInvitee]) -> list[Tally]:
    """Sort the answers by times, in the order of the times.

    Reads `invitee.answers.all()`: prefetch it.
    """
    tallies = {time.pk: Tally(time) for time in times}
    for invitee in invitees:
        for each in invitee.answers.all():
            if each.time_id in tallies:
                getattr(tallies[each.time_id], PollAnswer.Answer(each.answer).value).append(invitee)
    return list(tallies.values())


def best_of(tallies: Iterable[Tally], quorum: int | None) -> Tally | None:
    """Return the best of the times that are still to come, or None.

    Of those for which at least `quorum` people can come (one, when none is named):
    first the time that most can come to, then the one with most plain yeses, then
    the earliest.
    """
    enough = [
        tally for tally in tallies if tally.can >= (quorum or 1) and not tally.time.has_passed
    ]
    return min(
        enough,
        key=lambda tally: (-tally.can, -len(tally.yes), *tally.time.span),
        default=None,
    )
