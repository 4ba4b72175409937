"""Wishes for a mentor, and how sure the worker is of each topic."""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, pair
from library.models import Topic
from mentorship.workflow import TAG_KINDS, RequestStatus
from people.models import Municipality, Post, User, uuid_key
from people.standing import standing_of


def of_own_workers(municipalities: Collection[uuid.UUID]) -> Q:
    """Rows of these municipalities about people who work there today.

    Who has left is no longer the employer's worker.
    """
    posts = Post.objects.on(clock.today()).filter(
        kind=Post.Kind.WORKER, user=OuterRef("worker"), municipality=OuterRef("municipality")
    )
    return Q(Exists(posts), municipality__in=municipalities)


class RequestQuerySet(models.QuerySet):
    def told_to_employer(self, municipalities: Collection[uuid.UUID]) -> "RequestQuerySet":
        """Wishes that came from the manager; a worker's own wish is not the employer's to know."""
        return self.filter(of_own_workers(municipalities), source=MentorshipRequest.Source.MANAGER)

    def visible_to(self, user: User) -> "RequestQuerySet":
        """That it exists, and its dates: the worker, the consultants of the region, the
        mentor, the coordinator, and the manager who asked. Its words: `readable_by`.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(worker=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served) | Q(plan__mentor=user)
        if standing.is_manager:
            asked = Q(submitted_by=user, source=MentorshipRequest.Source.MANAGER)
            mine |= asked & of_own_workers(standing.manages)
        return self.filter(mine)

    def readable_by(self, user: User) -> "RequestQuerySet":
        """Wishes and ratings: the worker, the region's consultants, the mentor."""
        standing = standing_of(user)
        mine = Q(worker=user)
        if standing.is_consultant:
            waiting = Q(status__in=[RequestStatus.UNCONFIRMED, RequestStatus.SUBMITTED])
            mine |= (waiting & Q(municipality__in=standing.all_served)) | Q(plan__mentor=user)
        return self.filter(mine)

    def for_lists(self) -> "RequestQuerySet":
        return self.select_related("worker", "municipality", "plan__mentor")


class MentorshipRequest(models.Model):
    """A wish for a mentor: from the worker, from their manager, or entered by a consultant."""

    class Source(models.TextChoices):
        WORKER = "worker", _("The worker")
        MANAGER = "manager", _("The manager")
        CONSULTANT = "consultant", _("A consultant, on behalf of the worker")

    id = uuid_key()
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentorship_requests")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    status = models.CharField(max_length=12, choices=RequestStatus)
    wishes = EncryptedTextField(blank=True)
    # The day of the wish: counted by the reports, may lie before it was entered.
    asked_on = models.DateField()
    submitted_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "id"]
        indexes = [
            models.Index(fields=["municipality", "status"], name="mentorship_request_region")
        ]
        constraints = [
            pair("submitted"),
            pair("withdrawn"),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(status__in=["unconfirmed", "submitted"]),
                name="mentorship_request_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.asked_on}"

    def get_absolute_url(self) -> str:
        return reverse("mentorship:request-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[RequestStatus(self.status)]


class RatingQuerySet(models.QuerySet):
    def at(self, moment: str) -> "RatingQuerySet":
        return self.filter(moment=moment)


class Rating(models.Model):
    """The worker's own rating of a topic from 1 (need much help) to 5 (sure of it), with a
    word of why. Given with the wish, and again midway and after: growth is what changed.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before")
        MIDWAY = "midway", _("Midway")
        AFTER = "after", _("After")

    id = uuid_key()
    request = models.ForeignKey(MentorshipRequest, on_delete=models.CASCADE, related_name="ratings")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=8, choices=Moment, default=Moment.BEFORE)
    value = models.PositiveSmallIntegerField()
    why = EncryptedTextField(blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["topic__block__number", "topic__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "topic", "moment"], name="mentorship_rating_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5), name="mentorship_rating_from_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.moment} {self.value}"
