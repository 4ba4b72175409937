from django.utils.cache import add_never_cache_headers

from common.htmx import render_page
from common.permissions import can
from meetings.agenda import VIEWS, day_cells, stretch
from meetings.feeds import feeds_of
from meetings.models import BusyCalendar, CalendarWay, Meeting, Poll
from meetings.permissions import check_can_change_rooms
from meetings.services import poll_titles
from people.permissions import member_required


@member_required
def calendar(request):
    shown = stretch(request.GET.get("view", ""), request.GET.get("date", ""))
    meetings = (
        Meeting.objects.visible_to(request.user)
        .filter(starts_at__gte=shown.starts_at, starts_at__lt=shown.ends_at)
        .with_answer_of(request.user)
        .with_service_rows()
    )
    days = day_cells(shown, meetings, request.user)
    in_view = [day for day in days if not day["out"]]
    polls = list(Poll.objects.running().filter(organiser=request.user))
    titles = poll_titles(polls, request.user)
    response = render_page(
        request,
        "meetings/calendar.html",
        {
            "shown": shown,
            "views": VIEWS.items(),
            "heading": shown.title[:1].upper() + shown.title[1:],
            "days": days,
            "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
            "busy_days": [day for day in in_view if day["events"]],
            "busy_calendar": BusyCalendar.objects.filter(user=request.user).first(),
            "polls": [{"poll": poll, "title": titles[poll.pk]} for poll in polls],
            "feeds": feeds_of(request.user),
            "keeps_rooms": can(check_can_change_rooms, request.user),
            "way": CalendarWay.objects.filter(user=request.user).first(),
        },
    )
    # The page holds the feeds' secret addresses.
    add_never_cache_headers(response)
    return response
