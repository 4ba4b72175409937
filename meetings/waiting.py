"""What waits for somebody on account of a date: invitations, proposed times, date polls."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import CharField, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.templatetags.words import day_text, moment_text
from common.waiting import WaitingItem
from meetings.models import Invitee, Meeting, Poll, Proposal
from meetings.services import poll_titles, service_of
from people.models import User


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
