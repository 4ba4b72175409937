"""What waits for somebody on account of a date: invitations, proposed times, date polls, and
meetings that wait for other hands.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.templatetags.words import day_text, moment_text
from common.waiting import WaitingItem
from meetings.models import Invitee, Meeting, Poll, Proposal
from meetings.services import poll_titles, service_of
from people.leaving import last_day_of, leaving_by
from people.load import total_open_work
from people.models import StaffRole, User
from people.standing import standing_of


AHEAD = timedelta(days=14)
KINDS = [
    ("invitation", gettext_lazy("Answer the invitation"), "event"),
    ("proposal", gettext_lazy("Decide on the proposed time"), "schedule"),
]


def waiting_for(user: User, day: date) -> list[WaitingItem]:
    """Invitations to meetings of the next 14 days that the person has not answered, meetings
    of theirs for which somebody proposes another time, polls that they have to answer, and
    own polls that can be closed: everybody has answered, or the last day has passed.

    One small query on most days, for every page asks; more when something waits.
    """
    proposed = Proposal.objects.open().filter(meeting__organiser=user)
    found = _keys("invitation", _unanswered(user, day), "meeting").union(
        _keys("proposal", proposed, "meeting"),
        _keys("answer", Poll.objects.to_answer_by(user)),
        _keys("close", Poll.objects.to_close(day).filter(organiser=user)),
        all=True,
    )
    keys = defaultdict(set)
    for kind, key in found:
        keys[kind].add(key)
    return [
        *_meetings(user, keys["invitation"], keys["proposal"]),
        *_polls(user, keys["answer"], keys["close"]),
    ]


def _keys(kind: str, rows: QuerySet, key: str = "pk") -> QuerySet:
    named = rows.order_by().annotate(kind=Value(kind, output_field=CharField()))
    return named.values_list("kind", key)


def _unanswered(user: User, day: date) -> QuerySet[Invitee]:
    return Invitee.objects.filter(
        user=user,
        answer=Invitee.Answer.NEEDS_ACTION,
        meeting__status=Meeting.Status.CONFIRMED,
        meeting__starts_at__gt=clock.now(),
        meeting__starts_at__lt=clock.end_of(day + AHEAD),
    )


def _meetings(user: User, unanswered: Iterable, proposed: Iterable) -> list[WaitingItem]:
    keys = {(key, "invitation") for key in unanswered} | {(key, "proposal") for key in proposed}
    if not keys:
        return []
    # The titles need the rows of all stories.
    meetings = Meeting.objects.filter(pk__in={key for key, _kind in keys}).with_service_rows()
    return [
        WaitingItem(
            verb=verb,
            about=f"{moment_text(meeting.starts_at)} · {service_of(meeting).title(meeting, user)}",
            url=meeting.get_absolute_url(),
            room="calendar",
            icon=icon,
            due=clock.day_of(meeting.starts_at),
        )
        for meeting in meetings
        for kind, verb, icon in KINDS
        if (meeting.pk, kind) in keys
    ]


def _polls(user: User, to_answer: set, to_close: set) -> list[WaitingItem]:
    if not to_answer and not to_close:
        return []
    polls = list(Poll.objects.filter(pk__in=to_answer | to_close).select_related("organiser"))
    titles = poll_titles(polls, user)
    items = []
    for poll in polls:
        title = titles[poll.pk]
        if poll.pk in to_answer:
            about = f"{title} · {_('Organiser')}: {poll.organiser.name}"
            if poll.answer_by:
                about += f" · {_('Answer by')}: {day_text(poll.answer_by)}"
            page = reverse("meetings:poll-answer", args=[poll.pk])
            verb = gettext_lazy("Answer the date poll")
            items.append(_poll_item(verb, about, page, due=poll.answer_by))
        if poll.pk in to_close:
            verb = gettext_lazy("Close the date poll")
            items.append(_poll_item(verb, title, poll.get_absolute_url(), due=poll.answer_by))
    return items


def _poll_item(verb, about: str, url: str, *, due: date | None) -> WaitingItem:
    return WaitingItem(verb=verb, about=about, url=url, room="calendar", icon="event", due=due)


def handovers_waiting(user: User, day: date) -> list[WaitingItem]:
    """People who have no post or role after the next 14 days, and work in hand or meetings
    after their last one: the coordinator hands them over.

    One small query when there is nobody like that, seven when there is somebody.
    """
    if not standing_of(user).is_coordinator:
        return []
    coming = Meeting.objects.planned().filter(starts_at__gt=clock.now())
    asked = Invitee.objects.filter(
        meeting__status=Meeting.Status.CONFIRMED, meeting__starts_at__gt=clock.now()
    )
    ending = StaffRole.objects.filter(
        user=OuterRef("pk"), ends_on__range=(day - AHEAD, day + AHEAD)
    )
    leaving = leaving_by(day + AHEAD).filter(
        Exists(coming.filter(organiser=OuterRef("pk")))
        | Exists(asked.filter(user=OuterRef("pk")))
        | Exists(ending)
    )
    people = list(leaving.in_order().prefetch_related("posts", "staff_roles"))
    if not people:
        return []
    last = {person.pk: clock.end_of(last_day_of(person)) for person in people}
    rows = coming.filter(organiser__in=people).order_by().values_list("organiser", "starts_at")
    lists = asked.filter(user__in=people).order_by().values_list("user", "meeting__starts_at")
    rows = rows.union(lists, all=True)
    work = total_open_work(last, day)
    first: dict[uuid.UUID, date] = {}
    for person in people:
        if work[person.pk]:
            first[person.pk] = last_day_of(person)
    for key, starts_at in rows:
        if starts_at >= last[key]:
            day_of = clock.day_of(starts_at)
            first[key] = min(day_of, first.get(key, day_of))
    return [
        WaitingItem(
            verb=gettext_lazy("Hand over all work"),
            about=person.name,
            url=reverse("meetings:handover", args=[person.pk]),
            room="calendar",
            icon="event",
            due=first[person.pk],
        )
        for person in people
        if person.pk in first
    ]
