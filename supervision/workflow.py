"""The states of registrations, groups, offers and network supervisions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import Workflow


class RegistrationStatus(TextChoices):
    REGISTERED = "registered", _("Registered")
    WAITING = "waiting", _("On the waiting list")
    PLACED = "placed", _("In a group")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REGISTRATION = Workflow(
    states=RegistrationStatus,
    transitions={
        RegistrationStatus.REGISTERED: {
            RegistrationStatus.PLACED,
            RegistrationStatus.WAITING,
            RegistrationStatus.WITHDRAWN,
        },
        RegistrationStatus.WAITING: {RegistrationStatus.PLACED, RegistrationStatus.WITHDRAWN},
        RegistrationStatus.PLACED: {
            RegistrationStatus.PLACED,
            RegistrationStatus.REGISTERED,
            RegistrationStatus.WAITING,
            RegistrationStatus.WITHDRAWN,
        },
        RegistrationStatus.WITHDRAWN: {RegistrationStatus.REGISTERED, RegistrationStatus.WAITING},
    },
    waiting_on={
        RegistrationStatus.REGISTERED: "coordinator",
        RegistrationStatus.WAITING: "coordinator",
        RegistrationStatus.PLACED: None,
        RegistrationStatus.WITHDRAWN: None,
    },
)


class GroupStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ENDED = "ended", _("Ended")


GROUP = Workflow(
    states=GroupStatus,
    transitions={
        GroupStatus.DRAFT: {GroupStatus.PUBLISHED},
        GroupStatus.PUBLISHED: {GroupStatus.ENDED},
        GroupStatus.ENDED: {GroupStatus.PUBLISHED},
    },
    waiting_on={
        GroupStatus.DRAFT: "coordinator",
        GroupStatus.PUBLISHED: "supervisor",
        GroupStatus.ENDED: None,
    },
)


class OfferStatus(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


OFFER = Workflow(
    states=OfferStatus,
    transitions={
        OfferStatus.OFFERED: {OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED},
        OfferStatus.ACCEPTED: set(),
        OfferStatus.DECLINED: set(),
        OfferStatus.EXPIRED: set(),
    },
    waiting_on={
        OfferStatus.OFFERED: "worker",
        OfferStatus.ACCEPTED: None,
        OfferStatus.DECLINED: None,
        OfferStatus.EXPIRED: None,
    },
)


class NetworkStatus(TextChoices):
    ASKED = "asked", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Waiting for a date")
    DATED = "dated", _("Has a date")
    HELD = "held", _("Took place")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NETWORK = Workflow(
    states=NetworkStatus,
    transitions={
        NetworkStatus.ASKED: {
            NetworkStatus.ACCEPTED,
            NetworkStatus.DECLINED,
            NetworkStatus.WITHDRAWN,
        },
        NetworkStatus.ACCEPTED: {NetworkStatus.DATED, NetworkStatus.WITHDRAWN},
        # A cancelled date leads back to looking for one.
        NetworkStatus.DATED: {
            NetworkStatus.HELD,
            NetworkStatus.ACCEPTED,
            NetworkStatus.WITHDRAWN,
        },
        NetworkStatus.HELD: set(),
        NetworkStatus.DECLINED: set(),
        NetworkStatus.WITHDRAWN: set(),
    },
    waiting_on={
        NetworkStatus.ASKED: "coordinator",
        NetworkStatus.ACCEPTED: "supervisor",
        NetworkStatus.DATED: "supervisor",
        NetworkStatus.HELD: None,
        NetworkStatus.DECLINED: None,
        NetworkStatus.WITHDRAWN: None,
    },
)


class ProposalState(TextChoices):
    WAITING = "waiting", _("Waiting to be planned")
    RUNNING = "running", _("Being planned")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Without a plan")
    TAKEN = "taken", _("Taken over")


AT_WORK = (ProposalState.WAITING, ProposalState.RUNNING)
"""While the planner looks; a season has one such proposal at most."""

PROPOSAL = Workflow(
    states=ProposalState,
    transitions={
        ProposalState.WAITING: {
            ProposalState.RUNNING,
            ProposalState.READY,
            ProposalState.FAILED,
        },
        ProposalState.RUNNING: {
            ProposalState.RUNNING,
            ProposalState.READY,
            ProposalState.FAILED,
        },
        # It is looked for something better.
        ProposalState.READY: {ProposalState.WAITING, ProposalState.TAKEN},
        ProposalState.FAILED: set(),
        ProposalState.TAKEN: set(),
    },
    waiting_on={
        ProposalState.WAITING: None,
        ProposalState.RUNNING: None,
        ProposalState.READY: "coordinator",
        ProposalState.FAILED: "coordinator",
        ProposalState.TAKEN: None,
    },
)

TAG_KINDS = {
    RegistrationStatus.REGISTERED: "info",
    RegistrationStatus.WAITING: "warn",
    RegistrationStatus.PLACED: "ok",
    RegistrationStatus.WITHDRAWN: "neutral",
    GroupStatus.DRAFT: "neutral",
    GroupStatus.PUBLISHED: "ok",
    GroupStatus.ENDED: "neutral",
    OfferStatus.OFFERED: "warn",
    OfferStatus.ACCEPTED: "ok",
    OfferStatus.DECLINED: "neutral",
    OfferStatus.EXPIRED: "neutral",
    ProposalState.WAITING: "info",
    ProposalState.RUNNING: "info",
    ProposalState.READY: "ok",
    ProposalState.FAILED: "bad",
    ProposalState.TAKEN: "neutral",
    NetworkStatus.ASKED: "warn",
    NetworkStatus.ACCEPTED: "info",
    NetworkStatus.DATED: "ok",
    NetworkStatus.HELD: "ok",
    NetworkStatus.DECLINED: "neutral",
    NetworkStatus.WITHDRAWN: "neutral",
}

WORKFLOWS = {
    "registration": REGISTRATION,
    "group": GROUP,
    "offer": OFFER,
    "proposal": PROPOSAL,
    "network supervision": NETWORK,
}
