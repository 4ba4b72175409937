"""A group and its seats: who sits in them, and to whom a free one is offered."""

from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from common import clock
from common.fields import Period, pair
from people.models import Region, User, uuid_key
from people.standing import standing_of
from supervision.models.registrations import Registration
from supervision.models.seasons import Season
from supervision.models.wishes import Form, Language
from supervision.workflow import TAG_KINDS, GroupStatus, OfferStatus


class GroupQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "GroupQuerySet":
        """The coordinator: all. Its supervisor, while they hold the role: from the draft
        on, because its dates stand in their calendar. Members: when published. Consultants:
        published groups (dates, places, free seats), so that they can advise.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        member = Membership.objects.on(standing.day).filter(
            group=OuterRef("pk"), registration__user=user
        )
        published = ~Q(status=GroupStatus.DRAFT)
        if not standing.is_consultant:
            published &= Q(Exists(member))
        return self.filter(Q(supervisor=user) | published if standing.is_supervisor else published)

    def with_seats(self) -> "GroupQuerySet":
        """Annotate `members` (open memberships) and `offered` (open offers hold a seat)."""
        members = Membership.objects.filter(group=OuterRef("pk"), ends_on__isnull=True)
        offers = Offer.objects.open_at(clock.now()).filter(group=OuterRef("pk"))
        return self.annotate(members=_number(members), offered=_number(offers)).annotate(
            taken=F("members") + F("offered")
        )

    def with_free_seats(self) -> "GroupQuerySet":
        return self.with_seats().filter(taken__lt=F("capacity"))


def _number(rows: QuerySet) -> Coalesce:
    """Count rows that point to the outer group, as a subquery."""
    counted = rows.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class Group(models.Model):
    """A group of a season with its supervisor; 10 to 12 people, three sessions a year."""

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=40)
    supervisor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="supervised_groups"
    )
    status = models.CharField(max_length=10, choices=GroupStatus, default=GroupStatus.DRAFT)
    # A group meets in one way; only a person's wish may leave it open.
    form = models.CharField(max_length=10, choices=Form.choices[:2], default=Form.ON_SITE)
    language = models.CharField(max_length=5, choices=Language, default=Language.ET)
    place = models.CharField(max_length=200, blank=True)
    # Whose people it mainly serves; empty for the whole country, as online groups are.
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    capacity = models.PositiveSmallIntegerField(default=12)
    # Last season's group that goes on in this one.
    continues = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by"
    )
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["season", "name"]
        constraints = [
            pair("published"),
            models.UniqueConstraint(fields=["season", "name"], name="supervision_group_name_once"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="supervision_group_capacity"),
            models.UniqueConstraint(
                fields=["season", "continues"], name="supervision_group_continued_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False, supervisor__isnull=False),
                name="supervision_group_published_has_supervisor",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("supervision:group-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[GroupStatus(self.status)]


class Membership(Period):
    """A person's seat in a group for a time."""

    id = uuid_key()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="memberships"
    )

    class Meta(Period.Meta):
        ordering = ["registration__user__last_name", "registration__user__first_name"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(ends_on__isnull=True),
                name="supervision_membership_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration.user}: {self.group}"


class OfferQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "OfferQuerySet":
        """The person to whom the place is offered, and the coordinator."""
        if standing_of(user).is_coordinator:
            return self
        return self.filter(registration__user=user)

    def open_at(self, moment: datetime) -> "OfferQuerySet":
        """Offers that may still be answered, and so hold a seat."""
        return self.filter(status=OfferStatus.OFFERED, deadline_at__gt=moment)


class Offer(models.Model):
    """A seat in a named group, offered to somebody on the waiting list until a deadline."""

    id = uuid_key()
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="offers")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="offers")
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deadline_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            pair("offered"),
            models.CheckConstraint(
                condition=Q(deadline_at__gt=models.F("offered_at")),
                name="supervision_offer_deadline_later",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status="offered"),
                name="supervision_offer_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} {self.group}"

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[OfferStatus(self.status)]
