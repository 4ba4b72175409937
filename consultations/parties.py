"""The two sides of a case: who they are, and whom to tell."""

import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations.models import ConsultationRequest
from people.models import Absence, Municipality, Post, StaffRole, User
from people.standing import consultants_serving


def staff_of(municipality: Municipality | uuid.UUID) -> QuerySet[User]:
    """Everyone with a post in the municipality today."""
    posts = Post.objects.on(clock.today()).filter(municipality=municipality, user=OuterRef("pk"))
    return User.objects.filter(Exists(posts)).in_order()


def municipality_side(request: ConsultationRequest) -> list[User]:
    """Requester and contacts of today, as far as they still work for the municipality."""
    if request.municipality_id is None:
        return []
    keys = {contact.user_id for contact in request.current_contacts} | {request.requester_id}
    return list(staff_of(request.municipality_id).filter(pk__in=keys - {None}))


def board_side(request: ConsultationRequest) -> list[User]:
    """The assigned consultant and who stands in for them today."""
    if request.consultant_id is None:
        return []
    standing_in = Absence.objects.on(clock.today()).filter(
        user=request.consultant_id, stand_in__isnull=False
    )
    keys = {request.consultant_id, *standing_in.values_list("stand_in", flat=True)}
    return list(User.objects.filter(pk__in=keys).in_order())


def region(request: ConsultationRequest) -> list[User]:
    """The consultants who serve the municipality today; none for a case without one."""
    if request.municipality_id is None:
        return []
    serving = consultants_serving(request.municipality_id, clock.today())
    return list(User.objects.filter(serving).in_order())


def consultants() -> QuerySet[User]:
    """Everyone who is a consultant today."""
    return User.objects.with_role(StaffRole.Role.CONSULTANT, clock.today()).in_order()


def check_consultant(person: User) -> None:
    """Raise Refused (field "consultant") unless the person is a consultant today."""
    if not consultants().filter(pk=person.pk).exists():
        raise Refused(
            _("%(name)s is not a consultant today.") % {"name": person.name}, field="consultant"
        )


def check_staff(people: Iterable[User], municipality: Municipality | None, *, field: str) -> None:
    """Raise Refused at `field` unless all of them work for the municipality today."""
    wanted = {person.pk: person for person in people}
    if not wanted:
        return
    known = set()
    if municipality is not None:
        known = set(staff_of(municipality).filter(pk__in=wanted).values_list("pk", flat=True))
    for key, person in wanted.items():
        if key not in known:
            raise Refused(
                _("%(name)s has no post in this municipality today.") % {"name": person.name},
                field=field,
            )
