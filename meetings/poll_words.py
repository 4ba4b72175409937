"""A poll as its pages tell it: table, totals, the suggestion and its reason."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from meetings.best_time import Tally
from meetings.forms.polls import plain_span, time_label
from meetings.models import Poll, PollInvitee


def state_of_poll(poll: Poll) -> tuple[str, str]:
    """The state in words, and the kind of its tag."""
    if poll.withdrawn_at is not None:
        return _("Withdrawn"), "neutral"
    if poll.closed_at is not None:
        return _("Closed"), "ok"
    return _("Running"), "info"


def poll_table(
    tallies: Sequence[Tally], invitees: Sequence[PollInvitee], best: Tally | None
) -> dict:
    """What the component `poll_table` takes."""
    rows = []
    for invitee in invitees:
        given = {each.time_id: each.answer for each in invitee.answers.all()}
        rows.append(
            {"name": invitee.name, "answers": [given.get(tally.time.pk, "") for tally in tallies]}
        )
    return {
        "options": [{"label": plain_span(tally.time), "best": tally is best} for tally in tallies],
        "rows": rows,
        "totals": [total_words(tally) for tally in tallies],
    }


def total_words(tally: Tally) -> str:
    """How many can come, and how many of them only if need be."""
    words = _("%(n)s can come") % {"n": tally.can}
    if tally.maybe:
        words += ", " + _("of them if needed: %(n)s") % {"n": len(tally.maybe)}
    if tally.room_taken:
        words += ", " + _("the room is taken")
    return words


def choice_words(tally: Tally) -> str:
    return f"{time_label(tally.time)} · {total_words(tally)}"


def reason_of(tally: Tally, asked: int) -> list[str]:
    """Why this time is suggested, for the organiser: sentences with names."""
    sentences = [_("Can come: %(n)s of %(asked)s.") % {"n": tally.can, "asked": asked}]
    if tally.maybe:
        sentences.append(_("If needed: %(names)s.") % {"names": _names(tally.maybe)})
    if tally.no:
        sentences.append(_("Cannot: %(names)s.") % {"names": _names(tally.no)})
    return sentences


def _names(invitees: Sequence[PollInvitee]) -> str:
    return ", ".join(invitee.name for invitee in invitees)
