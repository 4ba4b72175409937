"""What calendar feeds there are, for whom, and what stands in them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.fields import PeriodQuerySet
from meetings.ical import EventFacts, facts_of
from meetings.models import Feed, Invitee, Meeting
from outbox.compose import absolute
from people.models import Municipality, Post, User
from people.standing import standing_of


@dataclass(frozen=True)
class Offered:
    """A feed that a person may have: its kind, what it is about, and its name."""

    kind: str
    about: uuid.UUID | None
    name: str


class FeedKind(Protocol):
    """One per kind of feed; a story registers its own in `AppConfig.ready()`.

    `has_text`: whether its owner chooses how much text it shows.
    """

    key: str
    has_text: bool

    def offered_to(self, user: User) -> list[Offered]:
        """The feeds of this kind that the person may have today. At most one query."""

    def allows(self, user: User, about: uuid.UUID | None) -> bool:
        """Whether the person may still see it; its address answers as long as they may."""

    def facts(self, user: User, about: uuid.UUID | None) -> list[EventFacts]:
        """Everything that stands in it, in the active language."""


_kinds: dict[str, FeedKind] = {}


def register_feed_kind(kind: FeedKind) -> None:
    _kinds[kind.key] = kind


def kind_of(key: str) -> FeedKind | None:
    return _kinds.get(key)


def may_have(user: User, key: str, about: uuid.UUID | None) -> bool:
    """Say whether there is such a feed for this person today."""
    kind = kind_of(key)
    return kind is not None and kind.allows(user, about)


def offered_to(user: User) -> list[Offered]:
    """Return every feed that a person may have today, the own meetings first."""
    return [offered for kind in _kinds.values() for offered in kind.offered_to(user)]


def meeting_facts(meetings: Iterable[Any]) -> list[EventFacts]:
    """Return meetings as a feed holds them; they carry `own_answer` and their service's rows."""
    return [facts_of(meeting, answer=meeting.own_answer) for meeting in meetings]


def as_told(facts: EventFacts, text: str) -> EventFacts:
    """Return the facts with as much text as the feed's owner wants shown."""
    if text == Feed.Text.BUSY:
        return replace(facts, title=_("Busy"), location="", url="", organiser="")
    if text == Feed.Text.TITLE:
        # The organiser's name would say what the title does not.
        return replace(facts, location="", organiser="")
    return facts


class OwnMeetings:
    """What the person organises or is invited to."""

    key = Feed.OWN
    has_text = True

    def offered_to(self, user: User) -> list[Offered]:
        return [Offered(self.key, None, _("My meetings"))]

    def allows(self, user: User, about: uuid.UUID | None) -> bool:
        return about is None

    def facts(self, user: User, about: uuid.UUID | None) -> list[EventFacts]:
        meetings = Meeting.objects.visible_to(user).in_feeds()
        return meeting_facts(meetings.with_answer_of(user).with_service_rows())


FEW = 3
"""With fewer workers than this a count of a day is as good as a name."""


class MunicipalityCounts:
    """For managers: how many of a municipality's workers are at meetings each day; no names,
    no hours, nothing of what the meetings are about, and nothing where workers are fewer than
    `FEW` or all of them are at meetings.
    """

    key = "municipality"
    has_text = False
    past = timedelta(days=30)
    ahead = timedelta(days=366)

    def offered_to(self, user: User) -> list[Offered]:
        managed = standing_of(user).manages
        if not managed:
            return []
        workers = self._workers(user).on(clock.today())
        each = workers.filter(municipality=OuterRef("pk")).order_by().values("municipality")
        number = Subquery(each.annotate(n=Count("user", distinct=True)).values("n"))
        places = Municipality.objects.filter(pk__in=managed).annotate(number=number)
        return [
            Offered(self.key, place.pk, _("Meetings of the workers: %(place)s") % {"place": place})
            for place in places.filter(number__gte=FEW)
        ]

    def allows(self, user: User, about: uuid.UUID | None) -> bool:
        return about in standing_of(user).manages

    def facts(self, user: User, about: uuid.UUID | None) -> list[EventFacts]:
        return [
            self._fact(day, len(workers), about)
            for day, workers in sorted(self._days(user, about).items())
        ]

    def _workers(self, manager: User) -> PeriodQuerySet:
        """Posts of those whose meetings the manager does not know already: not their own, nor
        those of shut accounts, which would make the others seem more.
        """
        workers = Post.objects.filter(kind=Post.Kind.WORKER, user__is_active=True)
        return workers.exclude(user=manager)

    def _days(self, manager: User, municipality: uuid.UUID | None) -> dict[date, set[uuid.UUID]]:
        """Each day with who of the municipality's workers is at a planned meeting. Two queries."""
        posts = defaultdict(list)
        for post in self._workers(manager).filter(municipality=municipality):
            posts[post.user_id].append(post)
        today = clock.today()
        coming = (
            Invitee.objects.filter(
                user__in=posts,
                meeting__status=Meeting.Status.CONFIRMED,
                meeting__starts_at__gte=clock.tallinn(today - self.past),
                meeting__starts_at__lt=clock.end_of(today + self.ahead),
            )
            .exclude(answer=Invitee.Answer.DECLINED)
            .order_by()
        )
        days: dict[date, set[uuid.UUID]] = defaultdict(set)
        for worker, starts_at in coming.values_list("user_id", "meeting__starts_at"):
            day = clock.day_of(starts_at)
            if any(post.holds_on(day) for post in posts[worker]):
                days[day].add(worker)
        return {day: workers for day, workers in days.items() if _names_nobody(day, workers, posts)}

    def _fact(self, day: date, count: int, municipality: uuid.UUID | None) -> EventFacts:
        begins = clock.tallinn(day)
        title = ngettext(
            "%(count)s worker at a meeting", "%(count)s workers at meetings", count
        ) % {"count": count}
        return EventFacts(
            uid=f"{day.isoformat()}-{municipality}@{settings.SITE_HOST}",
            # A count has no history: programs read the whole feed anew.
            sequence=0,
            cancelled=False,
            created_at=begins,
            changed_at=begins,
            starts_at=begins,
            ends_at=clock.end_of(day),
            title=title,
            location="",
            url=absolute(reverse("meetings:calendar")),
            organiser="",
            busy=False,
            all_day=True,
        )


def _names_nobody(day: date, workers: set[uuid.UUID], posts: dict[uuid.UUID, list[Post]]) -> bool:
    """Say whether a count can be told: of many who are on duty, and not of all of them."""
    on_duty = [rows for rows in posts.values() if any(post.holds_on(day) for post in rows)]
    return FEW <= len(on_duty) != len(workers)


register_feed_kind(OwnMeetings())
register_feed_kind(MunicipalityCounts())
