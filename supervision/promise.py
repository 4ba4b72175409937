"""The promise kept: how often somebody had supervision or covision this year, and who had none."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Value
from django.utils.translation import gettext as _

from common import clock
from library.models import LearningEntry
from people.models import Post, User
from people.standing import standing_of
from supervision.models import Attendance, NetworkSupervision, Promise, Registration
from supervision.models.promises import TIMES
from supervision.workflow import NetworkStatus, RegistrationStatus


@dataclass(frozen=True)
class Kept:
    """How often somebody had it this year, of how often it is promised, and by what."""

    had: int
    times: int
    source: str

    @property
    def text(self) -> str:
        return _("%(had)s of %(times)s") % {"had": self.had, "times": self.times}

    @property
    def is_kept(self) -> bool:
        return self.had >= self.times


def promise_to(user: User) -> Kept:
    """Return a worker's or manager's own count: group meetings they came to, network supervisions
    they asked for, and what they entered themselves. Two queries.

    For themselves alone: own entries are nobody else's to count.
    """
    first, last = _year_of(clock.today())
    came = Attendance.objects.filter(
        user=user,
        status__in=Attendance.CAME,
        session__meeting__starts_at__gte=first,
        session__meeting__starts_at__lt=last,
    )
    networks = NetworkSupervision.objects.filter(
        requester=user,
        status=NetworkStatus.HELD,
        meeting__starts_at__gte=first,
        meeting__starts_at__lt=last,
    )
    own = LearningEntry.objects.visible_to(user).filter(
        kind__in=(LearningEntry.Kind.COVISION, LearningEntry.Kind.SUPERVISION),
        happened_on__year=clock.today().year,
    )
    places = standing_of(user).municipalities
    promised = list(Promise.objects.filter(municipality__in=places).order_by("-times"))
    # Where nothing else is said the usual holds, and of several places what promises most.
    row = next((each for each in promised if len(promised) == len(places)), None)
    row = row or next((each for each in promised if each.times > TIMES), None)
    return Kept(
        had=len(_once(came).union(_once(networks), _once(own), all=True)),
        times=row.times if row else TIMES,
        source=row.source if row else "",
    )


def _once(rows: QuerySet) -> QuerySet:
    """Return a 1 for each row, so that rows of several tables are counted in one query."""
    return rows.order_by().values_list(Value(1, output_field=IntegerField()))


@dataclass(frozen=True)
class Without:
    """A worker who came to no supervision of ours this year."""

    key: uuid.UUID
    name: str
    municipality: str
    region: str
    state: str


def without_any(day: date) -> list[Without]:
    """Return the workers of a day who came to no group meeting of that year, by region and name,
    with how they stand in the running seasons. One query.
    """
    first, last = _year_of(day)
    came = Attendance.objects.filter(
        user=OuterRef("user"),
        status__in=Attendance.CAME,
        session__meeting__starts_at__gte=first,
        session__meeting__starts_at__lt=last,
    )
    mine = Registration.objects.active().filter(
        user=OuterRef("user"), season__ended_at=None, season__opened_at__isnull=False
    )
    posts = (
        Post.objects.on(day)
        .filter(~Exists(came), kind=Post.Kind.WORKER)
        .annotate(
            placed=Exists(mine.filter(status=RegistrationStatus.PLACED)),
            registered=Exists(mine),
        )
        .select_related("user", "municipality__region")
        .order_by("municipality__region__position", "user__last_name", "user__first_name", "pk")
    )
    found: dict[uuid.UUID, Without] = {}
    for post in posts:
        state = _("In a group") if post.placed else _("Not registered")
        if post.registered and not post.placed:
            state = _("Registered")
        found.setdefault(
            post.user_id,
            Without(
                key=post.user_id,
                name=post.user.name,
                municipality=post.municipality.name,
                region=post.municipality.region.name,
                state=state,
            ),
        )
    return list(found.values())


def _year_of(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day's year, and the first that is not in it."""
    return clock.tallinn(date(day.year, 1, 1)), clock.tallinn(date(day.year + 1, 1, 1))
