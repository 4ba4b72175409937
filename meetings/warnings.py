"""What somebody should know before a meeting is booked or moved to a time.

Nothing here forbids: two meetings at once, or one on a holiday, may be meant.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.templatetags.words import day_text, hour
from common.workdays import holiday_name
from meetings.availability import busy_of, openings_of
from people.covering import covering
from people.models import User


EARLY, LATE = time(7), time(20)
LONG = timedelta(hours=8)


@dataclass(frozen=True)
class Warned:
    """A sentence; `clash` says that somebody has something else at that time."""

    text: str
    clash: bool = False


def warnings_for(
    people: Sequence[User],
    starts_at: datetime,
    ends_at: datetime,
    *,
    reader: User | None,
    but: uuid.UUID | None = None,
) -> list[Warned]:
    """Return what speaks against this time (aware) for these people. Four queries.

    `but` is the key of the meeting that is to be moved. Of others `reader` learns that they are not
    free, never why.
    """
    day = clock.day_of(starts_at)
    found = [Warned(text) for text in _about_the_time(starts_at, ends_at)]
    cover = covering(people, day)
    concerned = {person.pk: person for person in people}
    others = {each.pk: each for partners in cover.values() for each in partners} | concerned
    taken = busy_of(others.values(), starts_at, ends_at, but=but)
    openings = openings_of(others.values(), day, day)
    away = {
        key
        for key in others
        if openings[key].is_away(day)
        or any(busy.starts_at < ends_at and starts_at < busy.ends_at for busy in taken.get(key, []))
    }
    for person in people:
        if person.pk in away:
            found.append(Warned(_not_free(person, reader), clash=True))
    for person in people:
        for partner in cover.get(person.pk, []):
            if partner.pk in concerned:
                # Said once for the two of them.
                if str(person.pk) < str(partner.pk):
                    found.append(Warned(_both(person, partner)))
            elif partner.pk in away:
                found.append(Warned(_both(person, partner)))
    return found


def _about_the_time(starts_at: datetime, ends_at: datetime) -> list[str]:
    day = clock.day_of(starts_at)
    begins, ends = (at.astimezone(clock.TALLINN).time() for at in (starts_at, ends_at))
    texts = []
    if name := holiday_name(day):
        texts.append(
            _("%(day)s is a public holiday: %(name)s.") % {"day": day_text(day), "name": name}
        )
    elif day.weekday() > 4:
        texts.append(_("%(day)s is not a working day.") % {"day": day_text(day)})
    if begins < EARLY or ends > LATE or clock.day_of(ends_at) != day:
        texts.append(
            _("The time is early or late: %(begins)s–%(ends)s.")
            % {"begins": hour(starts_at), "ends": hour(ends_at)}
        )
    if ends_at - starts_at > LONG:
        texts.append(_("The meeting would last more than eight hours."))
    return texts


def _not_free(person: User, reader: User | None) -> str:
    if reader is not None and person.pk == reader.pk:
        return _("You have something else at that time, or are away.")
    return _("Not free at that time: %(name)s.") % {"name": person.name}


def _both(person: User, partner: User) -> str:
    return _("Two who cover for each other would be away at once: %(one)s, %(other)s.") % {
        "one": person.name,
        "other": partner.name,
    }
