"""What an employer sees of the own people: that they take part; never wishes or feedback."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common import clock
from meetings.models import Meeting
from people.models import User
from people.standing import standing_of
from supervision.models import Attendance, Registration, Season, Session
from supervision.workflow import GroupStatus, RegistrationStatus


@dataclass(frozen=True, kw_only=True)
class OwnPerson:
    """One worker's part in a season, as the own manager may see it."""

    key: uuid.UUID
    name: str
    municipality: str
    registered: bool
    placed: bool
    attended: int
    held: int

    @property
    def state(self) -> str:
        if self.placed:
            return _("In a group")
        return _("Registered") if self.registered else _("Not registered")

    @property
    def kind(self) -> str:
        return "ok" if self.placed else "info" if self.registered else "neutral"

    @property
    def attendance(self) -> str:
        """ "2 of 3 attended", of the meetings that have been held; empty before the first."""
        if not self.held:
            return ""
        return _("%(attended)s of %(held)s attended") % {
            "attended": self.attended,
            "held": self.held,
        }


def attendance_of_own_people(user: User, season: Season) -> list[OwnPerson]:
    """Return the workers of the municipalities that `user` manages today. One query."""
    return attendance_of_workers(standing_of(user).manages, season)


def attendance_of_workers(
    managed: Collection[uuid.UUID], season: Season | None, *, only: User | None = None
) -> list[OwnPerson]:
    """Return the workers of these municipalities today, or `only` this one. One query.

    What managers see and what each worker is told that they see come from here.
    """
    today = clock.today()
    mine = Registration.objects.active().filter(season=season, user=OuterRef("pk"))
    group = mine.filter(
        memberships__ends_on__isnull=True, memberships__group__status__in=_SHOWN
    ).values("memberships__group")
    attended = Attendance.objects.filter(
        user=OuterRef("pk"),
        session__group__season=season,
        status__in=Attendance.CAME,
    )
    recorded = Attendance.objects.filter(user=OuterRef("pk"), session__group__season=season)
    posts = Q(posts__kind="worker", posts__municipality__in=managed) & Q(
        posts__starts_on__lte=today
    )
    posts &= Q(posts__ends_on__isnull=True) | Q(posts__ends_on__gte=today)
    workers = User.objects.filter(posts) if only is None else User.objects.filter(posts, pk=only.pk)
    people = (
        workers.annotate(
            place=Subquery(mine.values("municipality__name")[:1]),
            works_in=Subquery(
                User.objects.filter(pk=OuterRef("pk"))
                .filter(posts)
                .values("posts__municipality__name")[:1]
            ),
            state=Subquery(mine.values("status")[:1]),
            group=Subquery(group[:1]),
            attended=_count(attended),
            held=_count(recorded),
        )
        .in_order()
        .distinct()
    )
    return [
        OwnPerson(
            key=person.pk,
            name=person.name,
            municipality=person.place or person.works_in,
            registered=person.state is not None,
            placed=person.group is not None,
            attended=person.attended,
            held=person.held,
        )
        for person in people
    ]


_SHOWN = (GroupStatus.PUBLISHED, GroupStatus.ENDED)


def _count(rows) -> Coalesce:
    counted = rows.order_by().values("user").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def shown_status(registration: Registration) -> str:
    """The registration's state in words, as the person sees it: a draft is nobody's business."""
    if registration.status == RegistrationStatus.PLACED and not has_published_place(registration):
        return RegistrationStatus.REGISTERED.label
    return registration.get_status_display()


def has_published_place(registration: Registration) -> bool:
    """Say so from `memberships` with their groups, which the caller has prefetched."""
    return any(
        seat.ends_on is None and seat.group.status != GroupStatus.DRAFT
        for seat in registration.memberships.all()
    )


def next_session(group) -> Session | None:
    """The group's next planned session, from prefetched sessions and meetings."""
    coming = [
        each
        for each in group.sessions.all()
        if each.meeting.status == Meeting.Status.CONFIRMED and each.meeting.ends_at > clock.now()
    ]
    return min(coming, key=lambda each: each.meeting.starts_at, default=None)
