"""The desk of each role: its figures and cards, in as few queries as can be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from home.desks.administrator import administrator_desk
from home.desks.consultant import consultant_desk
from home.desks.coordinator import coordinator_desk
from home.desks.manager import manager_desk
from home.desks.supervisor import supervisor_desk
from home.desks.worker import worker_desk
from people.models import User
from people.standing import Standing


@dataclass(frozen=True)
class Role:
    """A role with its desk: `context_of` works out what the template shows."""

    key: str
    label: str | Promise
    holds: Callable[[Standing], bool]
    context_of: Callable[[User, Standing], dict[str, Any]]
    template: str


ROLES = [
    Role(
        "consultant",
        _("regional consultant"),
        lambda standing: standing.is_consultant,
        consultant_desk,
        "home/desks/consultant.html",
    ),
    Role(
        "coordinator",
        _("coordinator"),
        lambda standing: standing.is_coordinator,
        coordinator_desk,
        "home/desks/coordinator.html",
    ),
    Role(
        "supervisor",
        _("supervisor"),
        lambda standing: standing.is_supervisor,
        supervisor_desk,
        "home/desks/supervisor.html",
    ),
    Role(
        "worker",
        _("child protection worker"),
        lambda standing: standing.is_worker,
        worker_desk,
        "home/desks/worker.html",
    ),
    Role(
        "manager",
        _("manager"),
        lambda standing: standing.is_manager,
        manager_desk,
        "home/desks/manager.html",
    ),
    Role(
        "administrator",
        _("administrator"),
        lambda standing: standing.is_administrator,
        administrator_desk,
        "home/desks/administrator.html",
    ),
]
"""In the order in which somebody with several roles first sees them."""


def roles_of(standing: Standing) -> list[Role]:
    return [role for role in ROLES if role.holds(standing)]
