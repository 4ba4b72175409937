"""What a season is planned from, and what the planner proposes."""

from itertools import accumulate
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from common import clock
from common.fields import EncryptedJSONField, pair
from people.models import Municipality, User, uuid_key
from people.standing import standing_of
from supervision.models.registrations import Registration
from supervision.models.seasons import Season
from supervision.workflow import AT_WORK, TAG_KINDS, ProposalState


PARTS = (6, 20, 40)
"""Seconds of the first parts of a search, and of all others. Each ends with a plan that is kept:
whoever kills the process loses one part, and mails are sent in between.
"""


class Round(models.Model):
    """The days among which one of a season's three rounds of meetings is looked for."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["season", "number"], name="supervision_round_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=3), name="supervision_round_of_three"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="supervision_round_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.number}"


class SeasonSupervisor(models.Model):
    """A supervisor who leads groups in a season: how many, in which languages, how far away."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="supervisors")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    most_groups = models.PositiveSmallIntegerField()
    in_estonian = models.BooleanField(default=True)
    in_russian = models.BooleanField(default=False)
    # From where they travel, and how far one way; both empty: anywhere.
    home = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    travels_up_to_km = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["supervisor__last_name", "supervisor__first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["season", "supervisor"], name="supervision_seasonsupervisor_once"
            ),
            models.CheckConstraint(
                condition=Q(in_estonian=True) | Q(in_russian=True),
                name="supervision_seasonsupervisor_speaks",
            ),
            models.CheckConstraint(
                condition=Q(travels_up_to_km__isnull=True) | Q(home__isnull=False),
                name="supervision_seasonsupervisor_travels_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} {self.season}"

    @property
    def languages(self) -> list[str]:
        spoken = (("et", self.in_estonian), ("ru", self.in_russian))
        return [code for code, speaks in spoken if speaks]


class KeptApart(models.Model):
    """Two people of a season whom the coordinator does not put into one group; why is not kept."""

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="kept_apart")
    one = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["one__user__last_name", "one__user__first_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="supervision_keptapart_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="supervision_keptapart_two"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "ProposalQuerySet":
        """Nothing of it is told to anybody before the groups are published: the coordinator's."""
        return self if standing_of(user).is_coordinator else self.none()

    def without_words(self) -> "ProposalQuerySet":
        """Leave the plans undecrypted, where their figures alone are shown."""
        return self.defer("instance", "plan")


class Proposal(models.Model):
    """Groups, dates, places and supervisors that the planner proposes for a season.

    `instance` and `plan` are in the planner's published formats; people are the keys of
    their registrations. Both stay sealed: they tell who is away and who is kept apart.
    """

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=ProposalState, default=ProposalState.WAITING)
    instance = EncryptedJSONField()
    plan = EncryptedJSONField(null=True)
    # Ids of the plan's groups, and registrations, that stay where they are when the rest is
    # planned anew.
    locks = models.JSONField(default=dict)
    # How long to look, and how long it has been looked, in seconds.
    seconds = models.PositiveSmallIntegerField()
    spent = models.PositiveSmallIntegerField(default=0)
    cost = models.PositiveIntegerField(null=True)
    bound = models.PositiveIntegerField(null=True)
    placed = models.PositiveSmallIntegerField(default=0)
    unplaced = models.PositiveSmallIntegerField(default=0)
    groups = models.PositiveSmallIntegerField(default=0)
    changed_by_hand = models.BooleanField(default=False)
    # Which given group cannot be completed, when there is no plan.
    fault = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # When the part of the search that is at work began; a process that died leaves it old.
    worked_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            pair("asked"),
            pair("stopped"),
            pair("taken"),
            models.UniqueConstraint(fields=["season", "number"], name="supervision_proposal_once"),
            models.UniqueConstraint(
                fields=["season"],
                condition=Q(state__in=["waiting", "running"]),
                name="supervision_proposal_one_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:proposal-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[ProposalState(self.state)]

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_done(self) -> bool:
        return self.spent >= self.seconds or self.stopped_at is not None

    @property
    def looked(self) -> int:
        """Seconds looked so far, as the page tells them: with the part that is at work, which may
        take longer than it is meant to.
        """
        under_way = (clock.now() - self.worked_at).seconds if self.worked_at else 0
        return min(self.seconds, self.spent + min(under_way, self.next_part))

    @property
    def next_part(self) -> int:
        """How many seconds the next part of the search takes."""
        parts = zip(PARTS, accumulate(PARTS), strict=True)
        meant = next((part for part, end in parts if self.spent < end), PARTS[-1])
        return min(meant, max(1, self.seconds - self.spent))

    def keep_plan(self, plan: dict[str, Any]) -> None:
        """Take a plan over with its figures; the caller saves."""
        self.plan = plan
        self.cost, self.bound = plan["cost"]["total"], plan["bound"]
        self.groups = len(plan["groups"])
        self.placed = sum(row["group"] is not None for row in plan["people"].values())
        self.unplaced = len(plan["people"]) - self.placed
