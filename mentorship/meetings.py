"""What meetings need to know about mentoring meetings."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from common.refusal import Refused
from meetings.actions import leave_meeting
from meetings.models import Meeting
from mentorship.actions.plans import check_open, locked
from mentorship.actions.reassignment import reassign_plan
from mentorship.models import Plan
from people.models import User


class MentoringMeetingService:
    key = "mentorship"
    related_names = ("mentoring_meeting__plan__worker", "mentoring_meeting__plan__mentor")

    def title(self, meeting: Meeting, reader: User | None) -> str:
        """Names the other side of the pair; for any other reader only the kind."""
        plan = meeting.mentoring_meeting.plan
        if reader is not None and reader.pk == plan.worker_id:
            return _("Mentoring meeting: %(name)s") % {"name": plan.mentor.name}
        if reader is not None and reader.pk == plan.mentor_id:
            return _("Mentoring meeting: %(name)s") % {"name": plan.worker.name}
        return _("Mentoring meeting")

    def url(self, meeting: Meeting, reader: User) -> str:
        return meeting.mentoring_meeting.get_absolute_url()

    def page_name(self, meeting: Meeting) -> str:
        return _("Notes of this meeting")

    def check_can_change(self, user: User, meeting: Meeting) -> None:
        plan_id = meeting.mentoring_meeting.plan_id
        if not Plan.objects.readable_by(user).filter(pk=plan_id).exists():
            raise PermissionDenied(_("Only the mentor and the worker move their meetings."))

    def moved(self, meeting: Meeting, by: User) -> None:
        pass

    def cancelled(self, meeting: Meeting, by: User) -> None:
        pass

    def restored(self, meeting: Meeting, by: User) -> None:
        """Only while the plan goes on."""
        check_open(meeting.mentoring_meeting.plan)

    def matter(self, meeting: Meeting, person: User) -> uuid.UUID | None:
        """The plan, for its mentor."""
        plan = meeting.mentoring_meeting.plan
        return plan.pk if plan.mentor_id == person.pk else None

    def hand_over(self, meeting: Meeting, person: User, to: User, by: User) -> bool:
        """The plan goes to another mentor. Raises Refused for the worker: the plan is theirs."""
        plan = locked(meeting.mentoring_meeting.plan)
        if plan.worker_id == person.pk:
            raise Refused(_("The mentorship is this worker's own. End it, or cancel the meeting."))
        if plan.mentor_id != person.pk:
            return leave_meeting(meeting, person, by=by)
        reassign_plan(plan, mentor=to, by=by)
        return True

    def in_hand(self, person: User) -> QuerySet:
        name = Concat("worker__first_name", Value(" "), "worker__last_name")
        plans = Plan.objects.open().filter(mentor=person)
        return plans.values_list("pk", name, "municipality__name")

    def matter_name(self, name: str, place: str) -> str:
        return _("Mentorship: %(name)s, %(place)s") % {"name": name, "place": place}

    def hand_over_matter(self, matter: uuid.UUID, person: User, to: User, by: User) -> bool:
        plan = Plan.objects.get(pk=matter)
        if plan.mentor_id != person.pk:
            return False
        reassign_plan(plan, mentor=to, by=by)
        return True
