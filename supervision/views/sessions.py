from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from common.spreadsheets import csv_response
from people.permissions import member_required, municipal_required, supervisor_required
from supervision.actions import (
    give_feedback,
    give_up_guest_seat,
    record_attendance,
    take_guest_seat,
)
from supervision.actions.sessions import attendance_token
from supervision.forms import AttendanceForm, ElsewhereForm, FeedbackForm
from supervision.guest_seats import other_dates
from supervision.models import FeedbackMark, Group, GuestSeat, NetworkSupervision, Season, Session
from supervision.permissions import (
    check_can_give_feedback,
    check_can_record_attendance,
    check_can_sit_elsewhere,
)
from supervision.season_page import month_name, month_start
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
            "is_guest": session.guests.filter(registration__user=request.user).exists(),
            "may_sit_elsewhere": not session.meeting.has_begun
            and not session.meeting.is_cancelled
            and can(check_can_sit_elsewhere, request.user, session),
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
        everybody="everybody" in request.GET,
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


@municipal_required
def session_elsewhere(request, pk):
    """Another group's date instead of this one, once a season; or one's own again."""
    session = _session(request, pk)
    seat = check_can_sit_elsewhere(request.user, session)
    guest = GuestSeat.objects.filter(registration=seat.registration).first()
    dates = [] if guest else other_dates(seat.registration, session)
    form = ElsewhereForm(posted(request), dates=dates)
    if guest:
        form = ActionForm(posted(request))
        if form.carried_out(lambda data: give_up_guest_seat(guest, by=request.user)):
            messages.success(request, _("You come to your own group. Answer the invitation anew."))
            return redirect(session)
    elif form.carried_out(
        lambda data: take_guest_seat(data["session"], instead_of=session, by=request.user)
    ):
        messages.success(request, _("The other date stands in your calendar."))
        return redirect(session.group)
    return render_page(
        request,
        "supervision/session_elsewhere.html",
        {
            "session": session,
            "group": session.group,
            "meeting": session.meeting,
            "form": form,
            "guest": guest,
            "dates": dates,
        },
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
    held = [each for rows in seasons.values() for row in rows for each in row["held"]]
    return render_page(
        request,
        "supervision/supervisor_hours.html",
        {"tables": tables, "networks": networks, "months": _months([*held, *networks])},
    )


@supervisor_required
def supervisor_hours_csv(request, month):
    """One month's held meetings of the supervisor, for the invoice. `month`: 2027-02."""
    try:
        first = month_start(month)
        after = (first + timedelta(days=31)).replace(day=1)
        in_month = Q(meeting__starts_at__gte=clock.tallinn(first))
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    in_month &= Q(meeting__starts_at__lt=clock.tallinn(after))
    sessions = Session.objects.filter(
        in_month, meeting__organiser=request.user, recorded_at__isnull=False
    ).select_related("meeting", "group__season")
    networks = NetworkSupervision.objects.filter(
        in_month, supervisor=request.user, status=NetworkStatus.HELD
    ).select_related("meeting", "municipality")
    rows = [(each.meeting.starts_at, each.group.name, each.hours) for each in sessions]
    words = _("Network supervision: %(place)s")
    rows += [
        (each.meeting.starts_at, words % {"place": each.municipality}, each.hours)
        for each in networks
    ]
    rows.sort()
    lines = [
        [clock.day_of(starts_at).isoformat(), what, number_format(hours)]
        for starts_at, what, hours in rows
    ]
    total = sum((hours for _at, _what, hours in rows), Decimal())
    lines.append([_("Total"), "", number_format(total)])
    return csv_response(f"{month}.csv", [_("Day"), _("What"), _("Hours")], lines)


def _months(held) -> list[tuple[str, str]]:
    """Return the months in which something was held, newest first: key and name."""
    days = {clock.day_of(each.meeting.starts_at).replace(day=1) for each in held}
    return [(f"{day:%Y-%m}", month_name(day)) for day in sorted(days, reverse=True)]


def _session(request, pk):
    return get_object_or_404(
        Session.objects.visible_to(request.user).select_related(
            "meeting", "group__season", "group__supervisor"
        ),
        pk=pk,
    )
