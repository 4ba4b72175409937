"""Which meetings go over to somebody else when a person leaves."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Exists, OuterRef, Value

from common import clock
from common.templatetags.words import moment_text
from meetings.availability import busy_of, openings_of
from meetings.models import Invitee, Meeting
from meetings.services import service_of, services
from people.models import User


@dataclass(frozen=True)
class Going:
    """A coming meeting of somebody who leaves. `matter` is the key of what they have in hand
    and give away; None when they were only asked to come, and are taken off the list.
    """

    meeting: Meeting
    title: str
    matter: uuid.UUID | None

    @property
    def text(self) -> str:
        return f"{moment_text(self.meeting.starts_at)} · {self.title}"


@dataclass(frozen=True)
class InHand:
    """Something of somebody who leaves that has no meeting to come, and goes over too."""

    service: str
    matter: uuid.UUID
    title: str


def in_hand(person: User, going: Iterable[Going]) -> list[InHand]:
    """Return what a person has in hand beside what goes over with a meeting. One query."""
    known = {each.matter for each in going}
    return [each for each in matters_of(person) if each.matter not in known]


def matters_of(person: User) -> list[InHand]:
    """Return all that a person has in hand. One query."""
    first, *others = (
        service.in_hand(person)
        .order_by()
        .annotate(of_service=Value(service.key, output_field=CharField()))
        for service in services()
    )
    rows = first.union(*others, all=True)
    by_key = {service.key: service for service in services()}
    found = [
        InHand(key, matter, by_key[key].matter_name(name, place))
        for matter, name, place, key in rows
    ]
    return sorted(found, key=lambda each: (each.service, each.title))


def going_over(person: User, from_day: date, *, reader: User) -> list[Going]:
    """Return the meetings to hand over from a day (Tallinn) on, as `reader` may see them.

    What somebody has in hand goes at once and whole, so all its meetings to come are among them;
    off the others they are taken from that day on. One query.
    """
    rows = Meeting.objects.planned().visible_to(person).filter(starts_at__gt=clock.now())
    begins = clock.tallinn(from_day)
    found = []
    for meeting in rows.with_service_rows().order_by("starts_at", "pk"):
        service = service_of(meeting)
        matter = service.matter(meeting, person)
        found.append(Going(meeting, service.title(meeting, reader), matter))
    return [each for each in found if each.matter or each.meeting.starts_at >= begins]


def not_free_for(person: User, going: Sequence[Going]) -> list[Going]:
    """Return those for which the person is away or has something else. Three queries at most."""
    meetings = [each.meeting for each in going]
    if not meetings:
        return []
    first = min(meeting.starts_at for meeting in meetings)
    last = max(meeting.ends_at for meeting in meetings)
    [opening] = openings_of([person], clock.day_of(first), clock.day_of(last)).values()
    taken = busy_of([person], first, last).get(person.pk, [])
    declined = Invitee.objects.filter(
        meeting=OuterRef("pk"), user=person, answer=Invitee.Answer.DECLINED
    )
    keys = [meeting.pk for meeting in meetings]
    own = Meeting.objects.visible_to(person).filter(~Exists(declined), pk__in=keys)
    counted = set(own.values_list("pk", flat=True))

    def in_the_way(meeting: Meeting) -> int:
        """Count what else lies across the meeting: what is taken, and the others that come.

        Those of them that count as taken already count once.
        """
        across = [other for other in meetings if _overlap(other, meeting)]
        coming = sum(other.pk != meeting.pk for other in across)
        known = sum(other.pk in counted for other in across)
        return sum(_overlap(busy, meeting) for busy in taken) - known + coming

    return [
        each
        for each in going
        if opening.is_away(clock.day_of(each.meeting.starts_at)) or in_the_way(each.meeting)
    ]


def mark_of(going: Iterable[Going], matters: Iterable[InHand] = ()) -> str:
    """Return by what a page remembers which meetings and matters it has shown."""
    keys = [each.meeting.pk.hex for each in going] + [each.matter.hex for each in matters]
    return " ".join(sorted(keys))


def _overlap(one, other) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
