from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from common.permissions import can
from people.permissions import member_required, supervisor_required
from supervision.actions import give_feedback, record_attendance
from supervision.actions.sessions import attendance_token
from supervision.forms import AttendanceForm, FeedbackForm
from supervision.models import FeedbackMark, Group, NetworkSupervision, Season, Session
from supervision.permissions import check_can_give_feedback, check_can_record_attendance
from supervision.workflow import NetworkStatus


@member_required
def session_detail(request, pk):
    """One meeting of a group; its attendance for those who record it, one's own for a member."""
    session = _session(request, pk)
    records = can(check_can_record_attendance, request.user, session)
    attendances = session.attendances.select_related("user", "municipality")
    own = None
    if not records:
        own = attendances.filter(user=request.user).first()
    marked = FeedbackMark.objects.filter(session=session, user=request.user).exists()
    return render_page(
        request,
        "supervision/session_detail.html",
        {
            "session": session,
            "group": session.group,
            "meeting": session.meeting,
            "records": records,
            "attendances": attendances if records else [],
            "own": own,
            "gives_feedback": not marked and can(check_can_give_feedback, request.user, session),
        },
    )


@member_required
def session_attendance(request, pk):
    session = _session(request, pk)
    check_can_record_attendance(request.user, session)
    form = AttendanceForm(
        posted(request),
        session=session,
        members=session.members(),
        recorded={each.user_id: each for each in session.attendances.all()},
        seen=attendance_token(session),
    )
    if form.carried_out(
        lambda data: record_attendance(
            session,
            hours=data["hours"],
            attended=form.attended(data),
            statuses=form.statuses(data),
            seen=data["seen"] or None,
            by=request.user,
        )
    ):
        messages.success(request, _("The attendance is recorded."))
        return redirect(session)
    return render_page(
        request,
        "supervision/session_attendance.html",
        {"session": session, "group": session.group, "meeting": session.meeting, "form": form},
    )


@member_required
def session_sheet(request, pk):
    """The list to be signed, for printing."""
    session = _session(request, pk)
    check_can_record_attendance(request.user, session)
    return render_page(
        request,
        "supervision/session_sheet.html",
        {
            "session": session,
            "group": session.group,
            "meeting": session.meeting,
            "members": session.members(),
        },
    )


@member_required
def session_feedback(request, pk):
    session = _session(request, pk)
    check_can_give_feedback(request.user, session)
    form = FeedbackForm(posted(request))
    if form.carried_out(lambda data: give_feedback(session, **data, by=request.user)):
        messages.success(request, _("Thank you! Your feedback was kept without your name."))
        return redirect(session)
    return render_page(
        request,
        "supervision/session_feedback.html",
        {"session": session, "group": session.group, "meeting": session.meeting, "form": form},
    )


@supervisor_required
def supervisor_hours(request):
    """The supervisor's held meetings and hours per group, to print for the invoice."""
    sessions = Prefetch(
        "sessions",
        Session.objects.filter(recorded_at__isnull=False)
        .select_related("meeting")
        .order_by("number"),
    )
    groups = (
        Group.objects.visible_to(request.user)
        .filter(supervisor=request.user)
        .select_related("season")
        .prefetch_related(sessions)
        .order_by("-season__year", "name")
    )
    seasons: dict[Season, list] = {}
    for group in groups:
        held = [each for each in group.sessions.all() if each.hours is not None]
        row = {"group": group, "held": held, "hours": sum(each.hours for each in held)}
        seasons.setdefault(group.season, []).append(row)
    tables = [
        {"season": season, "rows": rows, "hours": sum(row["hours"] for row in rows)}
        for season, rows in seasons.items()
    ]
    networks = NetworkSupervision.objects.filter(
        supervisor=request.user, status=NetworkStatus.HELD
    ).select_related("municipality", "meeting")
    return render_page(
        request, "supervision/supervisor_hours.html", {"tables": tables, "networks": networks}
    )


def _session(request, pk):
    return get_object_or_404(
        Session.objects.visible_to(request.user).select_related(
            "meeting", "group__season", "group__supervisor"
        ),
        pk=pk,
    )
