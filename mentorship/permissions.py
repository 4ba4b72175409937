"""Who may do what in mentorship: each check says why not; `common.permissions.can` only whether."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from mentorship.models import MentorChange, MentorshipRequest, Plan
from mentorship.workflow import RequestStatus
from people.models import Municipality, User
from people.standing import standing_of


def check_can_submit_request(user: User, municipality: Municipality) -> None:
    """A worker asks as a worker of a municipality where they work today."""
    if municipality.pk not in standing_of(user).works_in:
        raise PermissionDenied(_("Only a child protection worker asks for a mentor."))


def check_can_suggest_request(user: User, worker: User, municipality: Municipality) -> None:
    """A manager asks for those who work today in the municipality they manage."""
    if municipality.pk not in standing_of(user).manages:
        raise PermissionDenied(_("A manager asks for workers of the own municipality."))
    _check_works_in(worker, municipality)


def check_can_enter_request(user: User, worker: User, municipality: Municipality) -> None:
    """A consultant enters wishes from the municipalities they serve today."""
    if municipality.pk not in standing_of(user).all_served:
        raise PermissionDenied(_("A consultant enters wishes from the municipalities they serve."))
    _check_works_in(worker, municipality)


def check_can_answer_request(user: User, request: MentorshipRequest) -> None:
    """Words and ratings of a wish are the worker's: only they confirm and correct them."""
    if user.pk != request.worker_id:
        raise PermissionDenied(_("Only the worker confirms and corrects their wish."))


def check_can_withdraw_request(user: User, request: MentorshipRequest) -> None:
    """The worker; the manager who asked, for as long as the worker has not confirmed."""
    if user.pk == request.worker_id:
        return
    own = user.pk == request.submitted_by_id and request.source == request.Source.MANAGER
    if own and request.status == RequestStatus.UNCONFIRMED:
        return
    raise PermissionDenied(
        _("Only the worker withdraws a wish; a manager theirs, until the worker has confirmed it.")
    )


def check_can_take_request(user: User, request: MentorshipRequest) -> None:
    """A consultant takes requests of the municipalities they serve today."""
    if request.municipality_id not in standing_of(user).all_served:
        raise PermissionDenied(
            _("Requests are taken by the consultants who serve the municipality.")
        )


def check_can_assign_request(user: User) -> None:
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Only the coordinator assigns a mentor."))


def check_can_reassign_plan(user: User) -> None:
    """Who leaves cannot always do it, and a worker does not choose: the coordinator does."""
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("Only the coordinator gives a mentorship to another mentor."))


def check_can_ask_mentor_change(user: User, plan: Plan) -> None:
    """The worker, quietly; a mentor who cannot go on speaks with the coordinator."""
    if user.pk != plan.worker_id:
        raise PermissionDenied(_("Only the worker asks for another mentor."))


def check_can_settle_mentor_change(user: User, change: MentorChange) -> None:
    """The coordinator, unless they are or were the mentor."""
    is_mentor = user.pk in (change.mentor_id, change.plan.mentor_id)
    if not standing_of(user).is_coordinator or is_mentor:
        raise PermissionDenied(_("Only the coordinator sees wishes for another mentor."))


def check_can_change_profile(user: User) -> None:
    """Consultants say for themselves what they know best."""
    if not standing_of(user).is_consultant:
        raise PermissionDenied(_("Consultants say for themselves what they know best."))


def check_can_keep_templates(user: User) -> None:
    """What plans begin from is the same for the whole country."""
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("The coordinator keeps the templates of plans."))


def check_can_rate_plan(user: User, plan: Plan) -> None:
    """Ratings are the worker's own."""
    if user.pk != plan.worker_id:
        raise PermissionDenied(_("Only the worker rates the topics."))


def check_can_write_plan(user: User, plan: Plan) -> None:
    """Everything in a plan is done by the pair; a stand-in reads, and moves meetings."""
    if not plan.side_of(user):
        raise PermissionDenied(_("Only the worker and their mentor write the plan."))


def _check_works_in(worker: User, municipality: Municipality) -> None:
    if municipality.pk not in standing_of(worker).works_in:
        raise PermissionDenied(_("This person does not work in that municipality today."))
