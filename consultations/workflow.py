"""The states of a consultation request and what may follow what."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow


class Status(TextChoices):
    SUBMITTED = "submitted", _("Waiting for a consultant")
    ASSIGNED = "assigned", _("Waiting for first contact")
    IN_PROGRESS = "in_progress", _("In progress")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = frozenset({Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS})

TAG_KINDS = {
    Status.SUBMITTED: "warn",
    Status.ASSIGNED: "warn",
    Status.IN_PROGRESS: "info",
    Status.CLOSED: "ok",
    Status.WITHDRAWN: "neutral",
}

REQUEST = Workflow(
    states=Status,
    transitions={
        Status.SUBMITTED: {Status.ASSIGNED, Status.WITHDRAWN},
        Status.ASSIGNED: {Status.ASSIGNED, Status.IN_PROGRESS, Status.WITHDRAWN},
        Status.IN_PROGRESS: {Status.IN_PROGRESS, Status.CLOSED, Status.WITHDRAWN},
        Status.CLOSED: {Status.IN_PROGRESS},
        Status.WITHDRAWN: {Status.SUBMITTED},
    },
    waiting_on={
        Status.SUBMITTED: "region",
        Status.ASSIGNED: "consultant",
        Status.IN_PROGRESS: "consultant",
        # Until the municipality has confirmed that it read the summary.
        Status.CLOSED: "municipality",
        Status.WITHDRAWN: None,
    },
)

WORKFLOWS = {"request": REQUEST}
