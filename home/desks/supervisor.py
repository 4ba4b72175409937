"""The supervisor's desk: their groups and the next sessions."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common import clock
from home.desks.figure import DeskFigure
from home.wording import long_day
from meetings.models import Meeting
from people.models import User
from people.standing import Standing
from supervision.models import Group, Membership, Session
from supervision.workflow import GroupStatus


def supervisor_desk(user: User, standing: Standing) -> dict[str, Any]:
    """One query: the groups with their members and sessions."""
    groups = list(_groups(user))
    unrecorded = sum(group.unrecorded for group in groups)
    return {
        "meta": long_day(standing.day),
        "figures": [
            DeskFigure(label=_("My groups"), value=len(groups)),
            DeskFigure(label=_("People in them"), value=sum(group.members for group in groups)),
            DeskFigure(
                label=_("Meetings held"),
                value=sum(group.recorded for group in groups),
                of=sum(group.session_count for group in groups),
            ),
            DeskFigure(
                label=_("Attendance to be recorded"),
                value=unrecorded,
                note="" if unrecorded else _("everything is recorded"),
            ),
        ],
        "groups": groups,
    }


def _groups(user: User) -> QuerySet[Group]:
    """Published groups of running seasons; each count apart, so that joins do not multiply."""
    members = Membership.objects.filter(group=OuterRef("pk"), ends_on__isnull=True)
    sessions = Session.objects.filter(
        group=OuterRef("pk"), meeting__status=Meeting.Status.CONFIRMED
    )
    past = Q(meeting__ends_at__lte=clock.now())
    coming = sessions.exclude(past).order_by("meeting__starts_at")
    return (
        Group.objects.filter(
            supervisor=user, status=GroupStatus.PUBLISHED, season__ended_at__isnull=True
        )
        .select_related("season")
        .annotate(
            members=_number(members),
            session_count=_number(sessions),
            recorded=_number(sessions.filter(recorded_at__isnull=False)),
            unrecorded=_number(Session.objects.to_record().filter(group=OuterRef("pk"))),
            next_at=Subquery(coming.values("meeting__starts_at")[:1]),
        )
        .order_by("next_at", "name")
    )


def _number(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
