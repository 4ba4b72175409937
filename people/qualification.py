"""The two-year clock of the professional qualification (LasteKS § 19(2), see `LawReference`).

It runs from the person's first appointment as a child protection worker and does not begin
anew in another municipality.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Min, Subquery

from common import clock
from people.models import LawReference, Post, Qualification, User


LAW = "qualification"
YEARS = 2
"""When no administrator has said otherwise."""
REMIND_MONTHS = (12, 6, 3)
"""How many months before the day the worker is reminded, gently and alone."""


@dataclass(frozen=True)
class QualificationClock:
    """Since when it runs, until when, and when the qualification was obtained. Tallinn days.

    `due_on` is None for somebody who was never appointed.
    """

    first_on: date | None
    due_on: date | None
    obtained_on: date | None
    law: LawReference | None

    @property
    def is_running(self) -> bool:
        return self.due_on is not None and self.obtained_on is None

    @property
    def is_late(self) -> bool:
        return self.is_running and self.due_on < clock.today()


def clock_of(user: User) -> QualificationClock:
    """Return the worker's clock. One query, two when no law is kept."""
    posts = Post.objects.filter(user=user, kind=Post.Kind.WORKER).order_by("starts_on")
    own = Qualification.objects.filter(user=user)
    facts = {
        "began_on": Subquery(posts.values("starts_on")[:1]),
        "entered_on": Subquery(own.values("first_appointed_on")),
        "obtained_on": Subquery(own.values("obtained_on")),
    }
    law = LawReference.objects.filter(key=LAW).annotate(**facts).first()
    found = law or User.objects.annotate(**facts).get(pk=user.pk)
    first = min(filter(None, (found.began_on, found.entered_on)), default=None)
    due_on = _due(first, law) if first else None
    return QualificationClock(first, due_on, found.obtained_on, law)


def first_post_of(user: User) -> date | None:
    """Return the first day of the earliest worker's post on record."""
    posts = Post.objects.filter(user=user, kind=Post.Kind.WORKER)
    return posts.aggregate(first=Min("starts_on"))["first"]


def reminders_due(today: date) -> Iterator[tuple[User, date, int]]:
    """Yield workers of today whose day comes nearer, with that day and which of
    `REMIND_MONTHS` has been reached last. Three queries.
    """
    law = LawReference.objects.filter(key=LAW).first()
    working = Post.objects.on(today).filter(kind=Post.Kind.WORKER).values("user")
    firsts = dict(
        Post.objects.filter(kind=Post.Kind.WORKER, user__in=working)
        .order_by()
        .values_list("user")
        .annotate(first=Min("starts_on"))
    )
    people = User.objects.filter(pk__in=firsts, is_active=True).select_related("qualification")
    for person in people:
        own = getattr(person, "qualification", None)
        if own and own.obtained_on:
            continue
        entered = own.first_appointed_on if own else None
        due_on = _due(min(filter(None, (firsts[person.pk], entered))), law)
        reached = [n for n in REMIND_MONTHS if due_on - relativedelta(months=n) <= today]
        if today <= due_on and reached:
            yield person, due_on, min(reached)


def _due(first: date, law: LawReference | None) -> date:
    # Of somebody appointed on 29 February it is the 28th.
    return first + relativedelta(years=(law.years if law and law.years else YEARS))
