from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from meetings.actions import add_busy_calendar, ask_busy_calendar, remove_busy_calendar
from meetings.forms import BusyCalendarForm
from meetings.models import BusyCalendar, BusyTime
from people.permissions import member_required


NEXT = 10
"""How many of the coming busy times the page shows, so that one sees whether it works."""


@member_required
def busy_calendar(request):
    form = BusyCalendarForm(posted(request))
    if form.carried_out(lambda data: add_busy_calendar(address=data["address"], by=request.user)):
        messages.success(
            request, _("The address is saved. Your calendar is read in the next minutes.")
        )
        return redirect("meetings:busy-calendar")
    return _page(request, form)


@member_required
@require_POST
def busy_calendar_ask(request):
    calendar = get_object_or_404(BusyCalendar, user=request.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: ask_busy_calendar(calendar, by=request.user)):
        messages.success(request, _("Your calendar is read in the next minutes."))
        return redirect("meetings:busy-calendar")
    return _page(request, BusyCalendarForm(), ask=form)


@member_required
def busy_calendar_remove(request):
    calendar = get_object_or_404(BusyCalendar, user=request.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: remove_busy_calendar(calendar, by=request.user)):
        messages.success(request, _("The address and its busy times have been removed."))
        return redirect("meetings:busy-calendar")
    return render_page(request, "meetings/busy_calendar_remove.html", {"form": form})


def _page(request, form, *, ask=None):
    calendar = BusyCalendar.objects.filter(user=request.user).first()
    coming = BusyTime.objects.filter(user=request.user, ends_at__gt=clock.now())
    response = render_page(
        request,
        "meetings/busy_calendar.html",
        {
            "calendar": calendar,
            "form": form,
            "ask": ask,
            "coming": coming[:NEXT] if calendar else [],
            "count": coming.count() if calendar else 0,
        },
    )
    # What was typed and refused is a secret address.
    add_never_cache_headers(response)
    return response
