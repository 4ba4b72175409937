from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, pair
from meetings.models import Meeting
from people.models import Municipality, User, uuid_key
from people.standing import standing_of
from supervision.workflow import TAG_KINDS, NetworkStatus


class NetworkQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "NetworkQuerySet":
        """The requester while they work there, the accepted supervisor while they hold the
        role, the region's consultants, the coordinator.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(requester=user, municipality__in=standing.municipalities)
        if standing.is_supervisor:
            mine |= Q(supervisor=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served)
        return self.filter(mine)


class NetworkSupervision(models.Model):
    """Supervision of a whole network: for one hard case, or for developing the network."""

    class Purpose(models.TextChoices):
        CASE = "case", _("For one hard case")
        DEVELOPMENT = "development", _("For developing the network")

    id = uuid_key()
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    wish = EncryptedTextField()
    people_expected = models.PositiveSmallIntegerField(default=6)
    status = models.CharField(max_length=12, choices=NetworkStatus, default=NetworkStatus.ASKED)
    supervisor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="network_supervisions"
    )
    meeting = models.OneToOneField(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="network_supervision"
    )
    hours = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = EncryptedTextField(blank=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            pair("asked"),
            pair("decided"),
            pair("held"),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "dated", "held"])
                | Q(supervisor__isnull=False, decided_at__isnull=False),
                name="supervision_network_accepted_has_supervisor",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["dated", "held"]) | Q(meeting__isnull=False),
                name="supervision_network_dated_has_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:network-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[NetworkStatus(self.status)]
