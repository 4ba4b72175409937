"""What meetings need to know about a case's meetings."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.actions.assignment import reassign_request
from consultations.actions.row import check_open, locked
from consultations.actions.work import book_case_meeting
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.parties import municipality_side
from consultations.permissions import check_can_book_meeting
from meetings.actions import Guest, leave_meeting
from meetings.actions.polls import hold_poll
from meetings.models import Meeting, Poll, PollTime
from people.models import User


class CaseMeetingService:
    key = "consultation"
    related_names = ("case_meeting__request__municipality",)

    def title(self, meeting: Meeting, reader: User | None) -> str:
        """The kind and the case code; the municipality only for people with an account."""
        case_meeting = meeting.case_meeting
        if reader is None:
            return _("Meeting")
        return f"{_('Meeting')} {case_meeting.request.code}"

    def url(self, meeting: Meeting, reader: User) -> str:
        return meeting.case_meeting.request.get_absolute_url()

    def page_name(self, meeting: Meeting) -> str:
        return _("Case %(code)s") % {"code": meeting.case_meeting.request.code}

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        request_id = meeting.case_meeting.request_id
        if not ConsultationRequest.objects.readable_by(user).filter(pk=request_id).exists():
            raise PermissionDenied(_("Only the two sides of the case move its meetings."))

    def moved(self, meeting: Meeting, by: User) -> None:
        pass

    def cancelled(self, meeting: Meeting, by: User) -> None:
        pass

    def restored(self, meeting: Meeting, by: User) -> None:
        """Only while the case is open."""
        check_open(meeting.case_meeting.request)

    def poll_titles(
        self, subject_ids: Iterable[uuid.UUID], reader: User | None
    ) -> dict[uuid.UUID, str]:
        if reader is None:
            return dict.fromkeys(subject_ids, _("Network meeting"))
        codes = ConsultationRequest.objects.filter(pk__in=subject_ids).values_list("pk", "code")
        return {pk: f"{_('Network meeting')} {code}" for pk, code in codes}

    def poll_url(self, subject_id: uuid.UUID, reader: User) -> str:
        case = ConsultationRequest.objects.readable_by(reader).filter(pk=subject_id).first()
        return reverse("consultations:request-meetings", args=[case.pk]) if case else ""

    def poll_people(self, subject_id: uuid.UUID) -> list[User]:
        """The municipality's side of today; other professionals are guests."""
        return municipality_side(ConsultationRequest.objects.get(pk=subject_id))

    def check_can_open_poll(self, user: User, subject_id: uuid.UUID) -> None:
        case = ConsultationRequest.objects.visible_to(user).get(pk=subject_id)
        check_can_book_meeting(user, case)
        check_open(case)

    def check_can_change_poll(self, user: User, poll: Poll) -> None:
        """Whoever books the case's meetings: its consultant of today and their stand-in."""
        check_can_book_meeting(user, ConsultationRequest.objects.get(pk=poll.subject_id))

    def poll_closed(self, poll: Poll, time: PollTime, by: User) -> Meeting:
        """Book a network meeting. People who left the case meanwhile are not invited."""
        case = ConsultationRequest.objects.get(pk=poll.subject_id)
        asked = list(poll.invitees.with_yes_to(time).select_related("user"))
        party = municipality_side(case)
        return book_case_meeting(
            case,
            kind=CaseMeeting.Kind.NETWORK,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            form=poll.form,
            place=poll.place,
            link=poll.link,
            room=poll.room,
            people=[invitee.user for invitee in asked if invitee.user in party],
            guests=[Guest.like(each, comes=each.said_yes) for each in asked if each.user is None],
            coming=[invitee.user for invitee in asked if invitee.user and invitee.said_yes],
            # Whoever closes the poll sees no calendar: the consultant is looked after here.
            free=[case.consultant],
            by=by,
        ).meeting

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        """The case, for its consultant."""
        request = meeting.case_meeting.request
        return request.pk if request.consultant_id == person.pk else None

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        """The case goes to another consultant; contacts are replaced by the municipality."""
        hold_poll(self.key, meeting.case_meeting.request_id)
        request = locked(meeting.case_meeting.request)
        if request.consultant_id != person.pk:
            return leave_meeting(meeting, person, by=by)
        return _reassign(request, to, by=by)

    def in_hand(self, person: User) -> QuerySet:
        cases = ConsultationRequest.objects.open().filter(consultant=person)
        return cases.values_list("pk", "code", "municipality__name")

    def matter_name(self, name: str, place: str) -> str:
        return _("Case %(code)s") % {"code": name}

    def hand_over_matter(self, matter: uuid.UUID, person: User, to: User, by: User) -> bool:
        hold_poll(self.key, matter)
        request = locked(ConsultationRequest.objects.get(pk=matter))
        return request.consultant_id == person.pk and _reassign(request, to, by=by)


def _reassign(request: ConsultationRequest, to: User, *, by: User) -> bool:
    reason = _("The consultant leaves; the coordinator handed over all their work.")
    reassign_request(request, consultant=to, reason=reason, version=None, by=by)
    return True
