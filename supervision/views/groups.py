from django.contrib import messages
from django.db.models import Prefetch, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from people.permissions import coordinator_required, member_required
from people.standing import standing_of
from supervision.actions import change_group, date_session, end_group, make_group, publish_group
from supervision.forms import GroupChangeForm, GroupForm, SessionDateForm
from supervision.models import (
    SESSIONS,
    Attendance,
    FeedbackMark,
    Group,
    Membership,
    Season,
    Session,
)
from supervision.permissions import leads as is_led_by
from supervision.season_page import group_row


@member_required
def group_detail(request, pk):
    """The group: its dates for all who see it; its members for those who belong to it."""
    sessions = Session.objects.select_related("meeting").order_by("number")
    group = get_object_or_404(
        Group.objects.visible_to(request.user)
        .with_seats()
        .select_related("season", "supervisor", "region")
        .prefetch_related(Prefetch("sessions", sessions)),
        pk=pk,
    )
    standing = standing_of(request.user)
    leads = is_led_by(request.user, group)
    runs = standing.is_coordinator
    members = list(
        Membership.objects.filter(group=group, ends_on__isnull=True).select_related(
            "registration__user", "registration__municipality"
        )
    )
    mine = next((m for m in members if m.registration.user_id == request.user.pk), None)
    own, marked = {}, set()
    if mine:
        own = {
            each.session_id: each
            for each in Attendance.objects.filter(session__group=group, user=request.user)
        }
        marked = set(
            FeedbackMark.objects.filter(session__group=group, user=request.user).values_list(
                "session_id", flat=True
            )
        )
    context = {
        "group": group,
        "row": group_row(group),
        "runs": runs,
        "leads": leads,
        "mine": mine,
        "members": members if runs or leads or mine else [],
        "sees_members": bool(runs or leads or mine),
        "sessions": [session_line(number, group, own, marked) for number in range(1, SESSIONS + 1)],
        "hours": Session.objects.filter(group=group).aggregate(sum=Sum("hours"))["sum"] or 0
        if runs or leads
        else 0,
        "can_publish": runs and group.status == "draft",
        "can_end": runs and group.status == "published",
    }
    return render_page(request, "supervision/group_detail.html", context)


def session_line(number: int, group: Group, own: dict, marked: set) -> dict:
    """One of the three meetings as the group's page lists it, dated or not yet."""
    session = next((each for each in group.sessions.all() if each.number == number), None)
    meeting = session.meeting if session else None
    attendance = own.get(session.pk) if session else None
    return {
        "number": number,
        "session": session,
        "meeting": meeting,
        "cancelled": bool(meeting and meeting.is_cancelled),
        "past": bool(meeting and not meeting.is_cancelled and meeting.starts_at <= clock.now()),
        "attendance": attendance,
        "gives_feedback": bool(attendance and attendance.came and session.pk not in marked),
    }


@coordinator_required
def group_new(request, pk):
    season = get_object_or_404(Season.objects.visible_to(request.user), pk=pk)
    form = GroupForm(posted(request))
    if form.carried_out(
        lambda data: make_group(season, **form.facts(data), pk=data["new_id"], by=request.user)
    ):
        messages.success(request, _("The group is made. Now set its dates and members."))
        return redirect(form.result)
    return render_page(request, "supervision/group_new.html", {"season": season, "form": form})


@coordinator_required
def group_change(request, pk):
    group = _group(request, pk)
    form = GroupChangeForm.for_group(posted(request), group)
    if form.carried_out(
        lambda data: change_group(
            group, **form.facts(data), version=data["version"], by=request.user
        )
    ):
        messages.success(request, _("The group is changed."))
        return redirect(group)
    return render_page(request, "supervision/group_change.html", {"group": group, "form": form})


@coordinator_required
def group_publish(request, pk):
    group = _group(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: publish_group(group, by=request.user)):
        messages.success(request, _("The group is published. Its members were told by mail."))
        return redirect(group)
    context = {
        "group": group,
        "form": form,
        "sessions": group.sessions.select_related("meeting").order_by("number"),
        "members": group.memberships.filter(ends_on=None).count(),
    }
    return render_page(request, "supervision/group_publish.html", context)


@coordinator_required
def group_end(request, pk):
    group = _group(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: end_group(group, by=request.user)):
        messages.success(request, _("The group has ended."))
        return redirect(group)
    return render_page(request, "supervision/group_end.html", {"group": group, "form": form})


@coordinator_required
def session_date(request, pk, number):
    group = _group(request, pk)
    if not 1 <= number <= SESSIONS:
        raise Http404
    session = group.sessions.select_related("meeting").filter(number=number).first()
    form = SessionDateForm.for_session(
        posted(request), group, session, reader=request.user, shown=request.GET
    )
    if form.carried_out(
        lambda data: date_session(group, number, **form.facts(data), by=request.user)
    ):
        messages.success(request, _("The date is set."))
        return redirect(group)
    return render_page(
        request,
        "supervision/session_date.html",
        {"group": group, "number": number, "form": form},
    )


def _group(request, pk):
    rows = Group.objects.visible_to(request.user).select_related("season", "supervisor")
    return get_object_or_404(rows, pk=pk)
