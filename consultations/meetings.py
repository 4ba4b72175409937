"""What meetings need to know about a case's meetings."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from consultations.actions.row import check_open
from consultations.models import ConsultationRequest
from meetings.models import Meeting
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
