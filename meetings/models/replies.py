"""What comes back from calendars: the mails that were read, and other times people propose."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import pair
from meetings.models.meetings import Invitee, Meeting
from people.models import User, uuid_key


class IncomingMail(models.Model):
    """One line for each outcome of a mail: neither its text nor an address is kept."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Taken")
        REPEATED = "repeated", _("Seen before")
        OUTDATED = "outdated", _("About an earlier time, or older than the last answer")
        UNKNOWN = "unknown", _("About no meeting of ours, or no answer that we know")
        FORGED = "forged", _("Not proven to be from the person invited")
        UNREADABLE = "unreadable", _("Could not be read")
        OVER = "over", _("The meeting is cancelled or over")

    id = uuid_key()
    message_hash = models.CharField(max_length=64)
    # The same answer sent on under another Message-ID is no new one.
    reply_hash = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="+")
    invitee = models.ForeignKey(Invitee, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            # No mail is taken twice, and one that is read every minute fills no table.
            models.UniqueConstraint(
                fields=["message_hash", "outcome"], name="meetings_mail_outcome_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.received_at:%Y-%m-%d %H:%M}"


class ProposalQuerySet(models.QuerySet):
    def open(self) -> "ProposalQuerySet":
        """Times still to come that somebody may take or decline."""
        now = clock.now()
        return self.filter(
            status=Proposal.Status.OPEN,
            starts_at__gt=now,
            meeting__status=Meeting.Status.CONFIRMED,
            meeting__ends_at__gt=now,
        )


class Proposal(models.Model):
    """Another time that somebody invited would like (RFC 5546's COUNTER, or the form)."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waits for a decision")
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Turned down")
        REPLACED = "replaced", _("Replaced by a newer one")
        CLOSED = "closed", _("The meeting was moved or cancelled")

    id = uuid_key()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="proposals")
    invitee = models.ForeignKey(Invitee, on_delete=models.CASCADE, related_name="proposals")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The meeting's SEQUENCE that the person saw.
    sequence = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    # Whether a calendar program asked (COUNTER), which then waits for an answer.
    by_calendar = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meetings_proposal_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["invitee"],
                condition=models.Q(status="open"),
                name="meetings_proposal_one_open",
            ),
            pair("decided"),
            models.CheckConstraint(
                condition=models.Q(status__in=("taken", "declined"), decided_at__isnull=False)
                | (~models.Q(status__in=("taken", "declined")) & models.Q(decided_at__isnull=True)),
                name="meetings_proposal_decided_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN
