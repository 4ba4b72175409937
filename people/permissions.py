"""The second gate: role decorators from today's posts and roles, and who may do what to people."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.permissions import can
from people.models import HIGH_ROLES, Municipality, Post, StaffRole, User
from people.standing import Standing, standing_of


View = Callable[..., HttpResponse]


def _gate(name: str, test: Callable[[Standing], bool], reason: Any) -> Callable[[View], View]:
    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not test(standing_of(request.user)):
                raise PermissionDenied(str(reason))
            return view(request, *args, **kwargs)

        guarded.role_gate = name  # type: ignore[attr-defined]
        return guarded

    return decorator


member_required = _gate(
    "member",
    lambda standing: standing.is_anyone,
    gettext_lazy("You have no post or role today. Your manager or the coordinator can help."),
)
worker_required = _gate(
    "worker",
    lambda standing: standing.is_worker,
    gettext_lazy("This page is for child protection workers."),
)
manager_required = _gate(
    "manager",
    lambda standing: standing.is_manager,
    gettext_lazy("This page is for managers of a municipality."),
)
municipal_required = _gate(
    "municipal",
    lambda standing: standing.is_worker or standing.is_manager,
    gettext_lazy("This page is for the people of a municipality."),
)
consultant_required = _gate(
    "consultant",
    lambda standing: standing.is_consultant,
    gettext_lazy("This page is for consultants."),
)
supervisor_required = _gate(
    "supervisor",
    lambda standing: standing.is_supervisor,
    gettext_lazy("This page is for supervisors."),
)
coordinator_required = _gate(
    "coordinator",
    lambda standing: standing.is_coordinator,
    gettext_lazy("This page is for the coordinator."),
)
board_required = _gate(
    "board",
    lambda standing: standing.is_consultant or standing.is_coordinator,
    gettext_lazy("This page is for consultants and the coordinator."),
)
administrator_required = _gate(
    "administrator",
    lambda standing: standing.is_administrator,
    gettext_lazy("This page is for administrators."),
)


inviter_required = _gate(
    "inviter",
    lambda standing: standing.is_manager or standing.is_coordinator or standing.is_administrator,
    gettext_lazy("People are invited by the coordinator and by managers of a municipality."),
)

keeper_required = _gate(
    "keeper",
    lambda standing: standing.is_coordinator or standing.is_administrator,
    gettext_lazy("This page is for the coordinator and administrators."),
)
overseer_required = _gate(
    "overseer",
    lambda standing: standing.is_board or standing.is_administrator,
    gettext_lazy("This page is for consultants, the coordinator and administrators."),
)


def check_can_invite(by: User, *, municipality: Municipality | None, post_kind: str | None) -> None:
    """A coordinator invites anyone; a manager invites workers of the own municipality."""
    standing = standing_of(by)
    if standing.is_coordinator:
        return
    if (
        municipality is not None
        and municipality.pk in standing.manages
        and post_kind == Post.Kind.WORKER
    ):
        return
    raise PermissionDenied(
        _("Only a coordinator invites anyone; a manager invites workers of the own municipality.")
    )


def check_can_change_role(by: User, role: str) -> None:
    """A coordinator names consultants and supervisors, an administrator everyone."""
    standing = standing_of(by)
    if standing.is_administrator or (standing.is_coordinator and role not in HIGH_ROLES):
        return
    raise PermissionDenied(
        _("Consultants and supervisors are named by the coordinator, others by an administrator.")
    )


def roles_given_by(user: User) -> list[str]:
    """Return the roles that this person may give and end today."""
    return [role for role in StaffRole.Role.values if can(check_can_change_role, user, role)]


def check_can_change_post(by: User, municipality: Municipality, kind: str) -> None:
    """The same people add and end posts as invite to them."""
    check_can_invite(by, municipality=municipality, post_kind=kind)


def check_can_change_areas(by: User) -> None:
    if not standing_of(by).is_coordinator:
        raise PermissionDenied(_("The coordinator says who serves which municipality."))


def check_can_change_person(by: User, person: User) -> None:
    """Everyone keeps their own data; the coordinator and administrators keep all."""
    standing = standing_of(by)
    if by.pk == person.pk or standing.is_coordinator or standing.is_administrator:
        return
    raise PermissionDenied(_("Only the person and the coordinator change these data."))


def check_can_change_address(by: User, person: User) -> None:
    """Of somebody without a login, whose address is where their link goes.

    Whoever chooses the address can let themselves in: with a high role that is for
    administrators alone.
    """
    check_can_change_person(by, person)
    if will_hold_high_role(person) and not standing_of(by).is_administrator:
        raise PermissionDenied(
            _("The address and the link of a coordinator or administrator are an administrator's.")
        )


def check_can_change_account(by: User) -> None:
    if not standing_of(by).is_administrator:
        raise PermissionDenied(_("Accounts are closed and opened by an administrator."))


def check_can_change_absence(by: User, person: User) -> None:
    """Everyone enters their own absences; the coordinator enters anyone's."""
    if by.pk != person.pk and not standing_of(by).is_coordinator:
        raise PermissionDenied(_("Absences are entered by the person or by the coordinator."))


def check_can_see_absences(user: User, person: User) -> None:
    """Dates and stand-ins are for the person, the Board and the person's manager."""
    standing = standing_of(user)
    if user.pk == person.pk or standing.is_board or manages(user, person):
        return
    raise PermissionDenied(_("You may not see this person's absences."))


def check_can_see_history(user: User, person: User) -> None:
    """Who changed a person's posts and roles: for the person and for those who keep them."""
    standing = standing_of(user)
    if user.pk == person.pk or standing.is_coordinator or standing.is_administrator:
        return
    raise PermissionDenied(_("Only the person and the coordinator see what was changed."))


def check_can_send_invitation(by: User, person: User) -> None:
    """Those who may invite this person to all of their posts and roles send them links."""
    standing = standing_of(by)
    if will_hold_high_role(person) and not standing.is_administrator:
        raise PermissionDenied(
            _("The address and the link of a coordinator or administrator are an administrator's.")
        )
    if standing.is_coordinator or standing.is_administrator or manages(by, person):
        return
    raise PermissionDenied(
        _("Only a coordinator invites anyone; a manager invites workers of the own municipality.")
    )


def check_can_resend_message(by: User) -> None:
    if not standing_of(by).is_coordinator:
        raise PermissionDenied(_("This page is for the coordinator."))


def manages(user: User, person: User) -> bool:
    """Say whether `person` is or will be a worker in a municipality that `user` manages."""
    managed = standing_of(user).manages
    day = standing_of(user).day
    return bool(managed) and any(
        post.kind == Post.Kind.WORKER
        and post.municipality_id in managed
        and (post.ends_on is None or post.ends_on >= day)
        for post in person.posts.all()
    )


def will_hold_high_role(person: User) -> bool:
    """Say whether the person has, today or from a later day on, a role of `HIGH_ROLES`."""
    day = clock.today()
    return any(
        given.role in HIGH_ROLES and (given.ends_on is None or given.ends_on >= day)
        for given in person.staff_roles.all()
    )


def check_can_have_record(user: User) -> None:
    """Whoever is or was a child protection worker has a record of their own."""
    works = standing_of(user).is_worker
    if not works and not user.posts.filter(kind=Post.Kind.WORKER).exists():
        raise PermissionDenied(_("A record is kept for child protection workers."))


def record_required(view: View) -> View:
    """Let in whoever has a record of their own, with or without a post today."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Whoever has not logged in is sent away before this.
        check_can_have_record(cast(User, request.user))
        return view(request, *args, **kwargs)

    guarded.role_gate = "record"  # type: ignore[attr-defined]
    return guarded


def check_can_set_qualification(user: User) -> None:
    """Everyone for themselves."""
    check_can_have_record(user)
