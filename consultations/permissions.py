"""Who may do what to a consultation request.

Each check says why not; `common.permissions.can` only whether.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from consultations.models import ConsultationRequest
from consultations.workflow import Status
from people.models import Municipality, User
from people.standing import standing_of


@dataclass(frozen=True)
class Sides:
    """What a person is to a case today.

    `handles`: the assigned consultant or their stand-in. `acts_for`: requester or
    contact who works for the municipality. `serves`: a consultant of the region, of
    all regions while there is no municipality. `manages`: manager of the municipality.
    """

    handles: bool
    acts_for: bool
    serves: bool
    manages: bool
    coordinates: bool


def sides_of(user: User, request: ConsultationRequest) -> Sides:
    """Work out what `user` is to the case, by the rules of `visible_to` and `readable_by`."""
    standing = standing_of(user)
    works_there = request.municipality_id in standing.municipalities
    named = user.pk == request.requester_id or (
        works_there and user.pk in {contact.user_id for contact in request.current_contacts}
    )
    mine = {user.pk, *standing.stands_in_for}
    return Sides(
        handles=standing.is_consultant and request.consultant_id in mine,
        acts_for=works_there and named,
        serves=standing.is_consultant
        and (request.municipality_id is None or request.municipality_id in standing.all_served),
        manages=request.municipality_id in standing.manages,
        coordinates=standing.is_coordinator,
    )


def check_can_submit_request(user: User, municipality: Municipality) -> None:
    """Workers and managers submit for a municipality in which they have a post today."""
    if municipality.pk not in standing_of(user).municipalities:
        raise PermissionDenied(_("You can submit a request for your own municipality only."))


def check_can_enter_request(user: User, municipality: Municipality) -> None:
    """A consultant enters requests of the municipalities they serve, also as stand-in."""
    if municipality.pk not in standing_of(user).all_served:
        raise PermissionDenied(_("You can enter requests of the municipalities that you serve."))


def check_can_open_case(user: User, municipality: Municipality | None) -> None:
    """A consultant opens cases of another origin: of the own municipalities, or without one yet."""
    standing = standing_of(user)
    if not standing.is_consultant:
        raise PermissionDenied(_("Cases of another origin are opened by consultants."))
    if municipality is not None and municipality.pk not in standing.all_served:
        raise PermissionDenied(
            _("You can open cases of the municipalities that you serve, or without one.")
        )


def check_can_take_request(user: User, request: ConsultationRequest) -> None:
    """A consultant takes requests of the municipalities they serve today, or without one yet."""
    standing = standing_of(user)
    if standing.is_consultant and (
        request.municipality_id is None or request.municipality_id in standing.all_served
    ):
        return
    raise PermissionDenied(_("Requests are taken by the consultants who serve the municipality."))


def check_can_assign_request(user: User, request: ConsultationRequest) -> None:
    """The coordinator assigns, or a consultant of the region."""
    sides = sides_of(user, request)
    if not (sides.coordinates or sides.serves):
        raise PermissionDenied(
            _("Requests are assigned by the coordinator or a consultant of the region.")
        )


def check_can_reassign_request(user: User, request: ConsultationRequest) -> None:
    """The assigned consultant, their stand-in or the coordinator gives a case to another."""
    sides = sides_of(user, request)
    if not (sides.coordinates or sides.handles):
        raise PermissionDenied(
            _("A case is given to another by its consultant, their stand-in or the coordinator.")
        )


def check_can_contact_request(user: User, request: ConsultationRequest) -> None:
    _check_handles(user, request)


def check_can_book_meeting(user: User, request: ConsultationRequest) -> None:
    _check_handles(user, request)


def check_can_read_notes(user: User, request: ConsultationRequest) -> None:
    """Internal notes are for the assigned consultant and their stand-in alone."""
    _check_handles(user, request)


def check_can_add_note(user: User, request: ConsultationRequest) -> None:
    _check_handles(user, request)


def check_can_close_request(user: User, request: ConsultationRequest) -> None:
    _check_handles(user, request)


def check_can_send_message(user: User, request: ConsultationRequest) -> None:
    _check_either_side(user, request)


def check_can_change_factors(user: User, request: ConsultationRequest) -> None:
    _check_either_side(user, request)


def check_can_agree_measure(user: User, request: ConsultationRequest) -> None:
    _check_either_side(user, request)


def check_can_finish_measure(user: User, request: ConsultationRequest) -> None:
    _check_either_side(user, request)


def check_can_add_contact(user: User, request: ConsultationRequest) -> None:
    _check_contacts(user, request)


def check_can_replace_contact(user: User, request: ConsultationRequest) -> None:
    _check_contacts(user, request)


def check_can_set_municipality(user: User, request: ConsultationRequest) -> None:
    """The assigned consultant or stand-in; until there is one, any consultant who could take it."""
    sides = sides_of(user, request)
    if not (sides.handles or (sides.serves and _waits(request))):
        raise PermissionDenied(_("The municipality is set by the consultant of the case."))


def check_can_read_summary(user: User, request: ConsultationRequest) -> None:
    """Confirming that the summary was read is for those who act for the municipality."""
    if not sides_of(user, request).acts_for:
        raise PermissionDenied(
            _("The summary is confirmed by the requester or a contact of the municipality.")
        )


def check_can_withdraw_request(user: User, request: ConsultationRequest) -> None:
    """Both sides; without consultant, a case of another origin also by those who could take it."""
    sides = sides_of(user, request)
    own = (
        request.origin != ConsultationRequest.Origin.MUNICIPALITY
        and sides.serves
        and _waits(request)
    )
    if not (sides.handles or sides.acts_for or own):
        raise PermissionDenied(_("Only the two sides of the case can withdraw it."))


def check_can_reopen_request(user: User, request: ConsultationRequest) -> None:
    """Both sides, and the coordinator, who does not read it."""
    sides = sides_of(user, request)
    if not (sides.handles or sides.acts_for or sides.coordinates):
        raise PermissionDenied(_("Only the two sides of the case or the coordinator reopen it."))


def _waits(request: ConsultationRequest) -> bool:
    return request.status == Status.SUBMITTED and request.consultant_id is None


def _check_handles(user: User, request: ConsultationRequest) -> None:
    if not sides_of(user, request).handles:
        raise PermissionDenied(_("This is for the assigned consultant and their stand-in."))


def _check_either_side(user: User, request: ConsultationRequest) -> None:
    sides = sides_of(user, request)
    if not (sides.handles or sides.acts_for):
        raise PermissionDenied(_("This is for the two sides of the case."))


def _check_contacts(user: User, request: ConsultationRequest) -> None:
    """The municipality owns the request, so its manager may name contacts without reading."""
    sides = sides_of(user, request)
    if not (sides.handles or sides.acts_for or sides.manages):
        raise PermissionDenied(
            _("Contacts are named by the two sides of the case or the manager of the municipality.")
        )
