"""The states of a mentorship request and of a plan, and what may follow what."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow


class RequestStatus(TextChoices):
    UNCONFIRMED = "unconfirmed", _("Waiting for the worker")
    SUBMITTED = "submitted", _("Waiting for a mentor")
    TAKEN = "taken", _("Has a mentor")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST = Workflow(
    states=RequestStatus,
    transitions={
        RequestStatus.UNCONFIRMED: {RequestStatus.SUBMITTED, RequestStatus.WITHDRAWN},
        RequestStatus.SUBMITTED: {RequestStatus.TAKEN, RequestStatus.WITHDRAWN},
        RequestStatus.TAKEN: set(),
        RequestStatus.WITHDRAWN: set(),
    },
    waiting_on={
        RequestStatus.UNCONFIRMED: "worker",
        RequestStatus.SUBMITTED: "region",
        RequestStatus.TAKEN: None,
        RequestStatus.WITHDRAWN: None,
    },
)


class PlanStatus(TextChoices):
    DRAFT = "draft", _("Being written")
    AGREEING = "agreeing", _("Waiting for agreement")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    CLOSING = "closing", _("Being summed up")
    ENDED = "ended", _("Ended")


PLAN = Workflow(
    states=PlanStatus,
    transitions={
        PlanStatus.DRAFT: {PlanStatus.AGREEING, PlanStatus.ENDED},
        # Whoever changes a plan under agreement takes it back to writing.
        PlanStatus.AGREEING: {PlanStatus.RUNNING, PlanStatus.DRAFT, PlanStatus.ENDED},
        PlanStatus.RUNNING: {PlanStatus.CLOSING, PlanStatus.PAUSED, PlanStatus.ENDED},
        PlanStatus.PAUSED: {PlanStatus.RUNNING, PlanStatus.ENDED},
        PlanStatus.CLOSING: {PlanStatus.ENDED, PlanStatus.RUNNING},
        PlanStatus.ENDED: set(),
    },
    waiting_on={
        PlanStatus.DRAFT: "mentor",
        PlanStatus.AGREEING: "other side",
        PlanStatus.RUNNING: None,
        PlanStatus.PAUSED: None,
        PlanStatus.CLOSING: "other side",
        PlanStatus.ENDED: None,
    },
)

RUNNING = frozenset({PlanStatus.RUNNING, PlanStatus.PAUSED, PlanStatus.CLOSING})
CHANGEABLE = frozenset({PlanStatus.RUNNING, PlanStatus.PAUSED})
"""In which one side proposes another text, and the other answers."""
OPEN = frozenset({PlanStatus.DRAFT, PlanStatus.AGREEING, *RUNNING})

TAG_KINDS = {
    RequestStatus.UNCONFIRMED: "warn",
    RequestStatus.SUBMITTED: "warn",
    RequestStatus.TAKEN: "ok",
    RequestStatus.WITHDRAWN: "neutral",
    PlanStatus.DRAFT: "neutral",
    PlanStatus.AGREEING: "warn",
    PlanStatus.RUNNING: "ok",
    PlanStatus.PAUSED: "neutral",
    PlanStatus.CLOSING: "info",
    PlanStatus.ENDED: "neutral",
}

WORKFLOWS = {"request": REQUEST, "plan": PLAN}
