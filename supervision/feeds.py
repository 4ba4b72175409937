"""The calendar feed of a group: its meetings, for its members and its supervisor."""

import uuid

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from meetings.feed_kinds import Offered, meeting_facts
from meetings.ical import EventFacts
from meetings.models import Meeting
from people.models import User
from people.standing import standing_of
from supervision.models import Group, GroupQuerySet, Membership
from supervision.workflow import GroupStatus


class GroupMeetings:
    key = "group"
    has_text = True

    def offered_to(self, user: User) -> list[Offered]:
        return [
            Offered(self.key, group.pk, _("Supervision: group %(name)s") % {"name": group.name})
            for group in _groups_of(user)
        ]

    def allows(self, user: User, about: uuid.UUID | None) -> bool:
        return about is not None and _groups_of(user).filter(pk=about).exists()

    def facts(self, user: User, about: uuid.UUID | None) -> list[EventFacts]:
        meetings = Meeting.objects.filter(supervision_session__group=about).in_feeds()
        return meeting_facts(meetings.with_answer_of(user).with_service_rows())


def _groups_of(user: User) -> GroupQuerySet:
    """The published groups that a person leads or belongs to today."""
    standing = standing_of(user)
    member = Membership.objects.on(standing.day).filter(
        group=OuterRef("pk"), registration__user=user
    )
    mine = Q(Exists(member))
    if standing.is_supervisor:
        mine |= Q(supervisor=user)
    return Group.objects.filter(mine).exclude(status=GroupStatus.DRAFT)
