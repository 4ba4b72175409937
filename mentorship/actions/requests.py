"""From a wish for a mentor to a mentor."""

import uuid
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from library.models import Topic
from mentorship import emails
from mentorship.models import MentorshipRequest, Plan, Rating
from mentorship.permissions import (
    check_can_answer_request,
    check_can_assign_request,
    check_can_enter_request,
    check_can_submit_request,
    check_can_suggest_request,
    check_can_take_request,
    check_can_withdraw_request,
)
from mentorship.versions import check_version
from mentorship.workflow import REQUEST, RequestStatus
from people.drafts import drop_draft
from people.models import Draft, Municipality, User
from people.standing import standing_of


Ratings = Mapping[str, int]
"""Topic key → the worker's own rating from 1 to 5."""
Whys = Mapping[str, str]
"""Topic key → a word of why."""
NO_WORDS: Whys = MappingProxyType({})


@transaction.atomic
def submit_request(
    *,
    municipality: Municipality,
    wishes: str,
    ratings: Ratings,
    whys: Whys = NO_WORDS,
    by: User,
    pk: uuid.UUID | None = None,
    draft: Draft | None = None,
) -> MentorshipRequest:
    """Ask for a mentor for oneself; the draft it was written in goes.

    Raises Refused when a request of the worker already waits, or a mentorship is open.
    """
    if known := _already(pk, by, by=by):
        return known
    check_can_submit_request(by, municipality)
    check_rated(ratings)
    request = _create(
        pk=pk,
        worker=by,
        municipality=municipality,
        source=MentorshipRequest.Source.WORKER,
        status=RequestStatus.SUBMITTED,
        wishes=wishes,
        asked_on=clock.today(),
        by=by,
    )
    rate(request, Rating.Moment.BEFORE, ratings, whys)
    if draft is not None:
        drop_draft(draft)
    record("mentorship.request_submitted", by=by, subject=request)
    emails.request_submitted(request)
    return request


@transaction.atomic
def suggest_request(
    *,
    worker: User,
    municipality: Municipality,
    asked_on: date | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> MentorshipRequest:
    """Ask, as a manager, for a worker, who then confirms, or not.

    `asked_on` is the day of the wish (today when not given).
    """
    if known := _already(pk, worker, by=by):
        return known
    check_can_suggest_request(by, worker, municipality)
    request = _create(
        pk=pk,
        worker=worker,
        municipality=municipality,
        source=MentorshipRequest.Source.MANAGER,
        status=RequestStatus.UNCONFIRMED,
        wishes="",
        asked_on=asked_on or clock.today(),
        by=by,
    )
    record("mentorship.request_suggested", by=by, subject=request)
    emails.request_suggested(request)
    return request


@transaction.atomic
def enter_request(
    *,
    worker: User,
    municipality: Municipality,
    wishes: str,
    asked_on: date,
    by: User,
    pk: uuid.UUID | None = None,
) -> MentorshipRequest:
    """Enter a wish that came to a consultant by mail or phone; the worker is told."""
    if known := _already(pk, worker, by=by):
        return known
    check_can_enter_request(by, worker, municipality)
    request = _create(
        pk=pk,
        worker=worker,
        municipality=municipality,
        source=MentorshipRequest.Source.CONSULTANT,
        status=RequestStatus.SUBMITTED,
        wishes=wishes,
        asked_on=asked_on,
        by=by,
    )
    record("mentorship.request_entered", by=by, subject=request)
    emails.request_entered(request)
    return request


@transaction.atomic
def confirm_request(
    request: MentorshipRequest,
    *,
    wishes: str,
    ratings: Ratings,
    whys: Whys = NO_WORDS,
    by: User,
    version: int | None = None,
) -> MentorshipRequest:
    """Let the worker make the manager's wish their own, with words and ratings."""
    request = _locked(request)
    check_can_answer_request(by, request)
    check_version(request, version)
    check_rated(ratings)
    REQUEST.check(request.status, RequestStatus.SUBMITTED)
    request.status = RequestStatus.SUBMITTED
    request.wishes = wishes
    _save(request)
    rate(request, Rating.Moment.BEFORE, ratings, whys)
    record("mentorship.request_confirmed", by=by, subject=request)
    emails.request_submitted(request)
    return request


@transaction.atomic
def correct_request(
    request: MentorshipRequest,
    *,
    wishes: str,
    ratings: Ratings,
    whys: Whys = NO_WORDS,
    by: User,
    version: int | None = None,
) -> MentorshipRequest:
    """Let the worker change words and ratings for as long as nobody has taken the request."""
    request = _locked(request)
    check_can_answer_request(by, request)
    check_version(request, version)
    check_rated(ratings)
    if request.status != RequestStatus.SUBMITTED:
        raise Refused(_("This wish can no longer be changed."))
    request.wishes = wishes
    _save(request)
    rate(request, Rating.Moment.BEFORE, ratings, whys)
    record("mentorship.request_corrected", by=by, subject=request)
    return request


@transaction.atomic
def withdraw_request(request: MentorshipRequest, *, by: User) -> MentorshipRequest:
    request = _locked(request)
    check_can_withdraw_request(by, request)
    REQUEST.check(request.status, RequestStatus.WITHDRAWN)
    request.status = RequestStatus.WITHDRAWN
    request.withdrawn_at, request.withdrawn_by = clock.now(), by
    _save(request)
    record("mentorship.request_withdrawn", by=by, subject=request)
    return request


def open_request(request: MentorshipRequest, *, by: User) -> None:
    """Note that somebody reads the wishes: the one write that a read makes."""
    record("mentorship.request_opened", by=by, subject=request)


@transaction.atomic
def take_request(request: MentorshipRequest, *, by: User) -> Plan:
    """Let a consultant become the mentor; makes the empty plan.

    Raises Refused when somebody else was quicker.
    """
    request = _locked(request)
    check_can_take_request(by, request)
    plan = _make_plan(request, mentor=by, by=by)
    record("mentorship.request_taken", by=by, subject=request, plan=plan)
    emails.request_taken(plan)
    return plan


@transaction.atomic
def assign_request(request: MentorshipRequest, *, mentor: User, by: User) -> Plan:
    """Let the coordinator name the mentor: any consultant of today.

    Raises Refused (field "mentor") for somebody who is none, and when the
    request has a mentor already.
    """
    request = _locked(request)
    check_can_assign_request(by)
    if not standing_of(mentor).is_consultant:
        raise Refused(_("%(name)s is not a consultant today.") % {"name": mentor}, field="mentor")
    plan = _make_plan(request, mentor=mentor, by=by)
    record("mentorship.request_assigned", by=by, subject=request, plan=plan, mentor=mentor)
    emails.request_assigned(plan)
    return plan


def _make_plan(request: MentorshipRequest, *, mentor: User, by: User) -> Plan:
    if request.status == RequestStatus.TAKEN:
        raise Refused(
            _("This request already has a mentor: %(name)s.") % {"name": request.plan.mentor}
        )
    REQUEST.check(request.status, RequestStatus.TAKEN)
    if Plan.objects.open().filter(worker=request.worker_id).exists():
        raise Refused(_("This worker has a mentor: %(name)s.") % {"name": request.worker})
    if mentor.pk == request.worker_id:
        raise Refused(_("Nobody is their own mentor."), field="mentor")
    request.status = RequestStatus.TAKEN
    _save(request)
    return Plan.objects.create(
        request=request,
        worker=request.worker,
        mentor=mentor,
        municipality=request.municipality,
        taken_at=clock.now(),
        taken_by=by,
    )


def _already(pk: uuid.UUID | None, worker: User, *, by: User) -> MentorshipRequest | None:
    """Hold the worker, and find what a first click of the same person on the button has made.

    Raises Refused when the key is somebody else's: it came from no page of ours.
    """
    # Of two such requests at one moment the second waits here and finds the first.
    User.objects.select_for_update(no_key=True).get(pk=worker.pk)
    known = MentorshipRequest.objects.filter(pk=pk).first() if pk else None
    if known and (known.submitted_by_id, known.worker_id) != (by.pk, worker.pk):
        raise Refused(_("This form has been used already. Open the page anew."))
    return known


def check_nothing_open(
    worker: User, *, source: str = MentorshipRequest.Source.WORKER, by: User
) -> None:
    """Raise Refused when a wish of the worker waits, or a mentorship of theirs is open."""
    waiting = (RequestStatus.UNCONFIRMED, RequestStatus.SUBMITTED)
    if MentorshipRequest.objects.filter(worker=worker, status__in=waiting).exists():
        if worker == by:
            raise Refused(_("Your wish for a mentor is already waiting."))
        if source == MentorshipRequest.Source.MANAGER:
            # A worker's own wish is not the employer's to know.
            raise Refused(
                _("No mentor can be asked for this worker now: %(name)s.") % {"name": worker},
                field="worker",
            )
        raise Refused(
            _("A wish for a mentor already waits: %(name)s.") % {"name": worker}, field="worker"
        )
    if Plan.objects.open().filter(worker=worker).exists():
        if worker == by:
            raise Refused(_("You have a mentor. Ask again when this mentorship has ended."))
        raise Refused(_("This worker has a mentor: %(name)s.") % {"name": worker}, field="worker")


def _create(
    *,
    pk: uuid.UUID | None,
    worker: User,
    municipality: Municipality,
    source: str,
    status: str,
    wishes: str,
    asked_on: date,
    by: User,
) -> MentorshipRequest:
    if asked_on > clock.today():
        raise Refused(_("This day is still to come. Enter the day of the wish."), field="asked_on")
    check_nothing_open(worker, source=source, by=by)
    return MentorshipRequest.objects.create(
        id=pk or uuid.uuid4(),
        worker=worker,
        municipality=municipality,
        source=source,
        status=status,
        wishes=wishes,
        asked_on=asked_on,
        submitted_at=clock.now(),
        submitted_by=by,
    )


def check_rated(ratings: Ratings) -> None:
    topics = set(Topic.objects.values_list("key", flat=True))
    if set(ratings) != topics or not all(1 <= value <= 5 for value in ratings.values()):
        raise Refused(_("Rate every topic from 1 to 5."))


def rate(request: MentorshipRequest, moment: str, ratings: Ratings, whys: Whys) -> None:
    """Write the ratings of one moment anew."""
    request.ratings.at(moment).delete()
    Rating.objects.bulk_create(
        Rating(
            id=uuid.uuid4(),
            request=request,
            topic_id=topic,
            moment=moment,
            value=value,
            why=whys.get(topic, ""),
        )
        for topic, value in ratings.items()
    )


def _locked(request: MentorshipRequest) -> MentorshipRequest:
    """Read the row anew and hold it until the transaction ends."""
    return MentorshipRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _save(request: MentorshipRequest) -> None:
    request.version += 1
    request.save()
