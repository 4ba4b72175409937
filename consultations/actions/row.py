"""What all actions do with the row of the case."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from consultations.models import ConsultationRequest, Spell, Turn
from meetings.actions import replace_person
from meetings.models import Meeting
from people.models import User


def locked(request: ConsultationRequest) -> ConsultationRequest:
    """Read the row anew and hold it until the transaction ends."""
    return ConsultationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def save(request: ConsultationRequest) -> None:
    request.version += 1
    request.save()


def check_version(request: ConsultationRequest, version: int | None) -> None:
    """Raise Refused when the person worked on a page older than the row. None means not asked."""
    if version is not None and version != request.version:
        raise Refused(
            _(
                "Somebody changed this case meanwhile. Your text is kept below: compare it "
                "with the case as it is now and send it again."
            )
        )


def check_open(request: ConsultationRequest) -> None:
    """Raise Refused when the case has ended."""
    if not request.is_open:
        raise Refused(
            _("This case has ended: “%(state)s”. Reopen it first.")
            % {"state": request.get_status_display()}
        )


def check_has_consultant(request: ConsultationRequest) -> None:
    if request.consultant_id is None:
        raise Refused(_("This request has no consultant yet."))


def begin_spell(request: ConsultationRequest) -> None:
    Spell.objects.create(request=request, opened_at=clock.now())


def end_spell(request: ConsultationRequest, outcome: str) -> None:
    request.spells.filter(ended_at__isnull=True).update(ended_at=clock.now(), outcome=outcome)


def coming_meetings(request: ConsultationRequest) -> QuerySet[Meeting]:
    return Meeting.objects.upcoming().filter(case_meeting__request=request)


def leave_meetings(
    request: ConsultationRequest, person: User, other: User | None = None, *, by: User
) -> None:
    """Take one who acts in the case no more off its coming meetings; the `other` goes instead."""
    for meeting in coming_meetings(request):
        replace_person(meeting, person, other, by=by)


def turn(request: ConsultationRequest, kind: str, *, reason: str, by: User) -> Turn:
    return Turn.objects.create(
        request=request, kind=kind, reason=reason, made_at=clock.now(), made_by=by
    )
