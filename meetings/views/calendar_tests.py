"""How meetings reach one's own calendar: trying it out, and choosing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, NewObjectForm, posted
from common.htmx import render_page
from common.templatetags.words import moment_text
from meetings.actions import (
    choose_way,
    start_calendar_test,
    stop_calendar_test,
    tick_calendar_test,
)
from meetings.feeds import feeds_of
from meetings.forms import CalendarTestTickForm, OtherWayForm, WayForm
from meetings.models import CalendarTest, CalendarWay
from people.models import User
from people.permissions import member_required


@member_required
def calendar_test(request: HttpRequest) -> HttpResponse:
    """Where the person's latest test stands; a POST says what they saw."""
    test = _latest(request.user)
    stale = False
    if test and request.method == "POST":
        form = CalendarTestTickForm(request.POST, test=test)
        if not form.is_stale and form.carried_out(
            lambda data: tick_calendar_test(
                test, step=data["step"], saw=data["saw"], by=request.user
            )
        ):
            return redirect("meetings:calendar-test")
        stale = form.is_stale or bool(form.non_field_errors())
        if stale:
            # The answer was to another question than the one that is open now.
            test = _latest(request.user)
    if test is None or not test.is_open:
        form = None
    elif stale or request.method != "POST":
        form = CalendarTestTickForm(test=test)
    context = {
        "test": test,
        "form": form,
        "stale": stale,
        "steps": _steps(test) if test and test.is_open else [],
        "seen": _seen(test) if test else [],
        "start_form": NewObjectForm(),
        "way": CalendarWay.objects.filter(user=request.user).first(),
        "way_form": OtherWayForm(),
        "feeds": feeds_of(request.user),
    }
    if stale:
        context["page_has_errors"] = True
    response = render_page(request, "meetings/calendar_test.html", context)
    if stale:
        response.status_code = 422
    return response


@member_required
def calendar_test_start(request: HttpRequest) -> HttpResponse:
    form = NewObjectForm(posted(request))
    if form.carried_out(lambda data: start_calendar_test(by=request.user, pk=data["new_id"])):
        return redirect("meetings:calendar-test")
    return render_page(request, "meetings/calendar_test_start.html", {"form": form})


@member_required
def calendar_test_stop(request: HttpRequest) -> HttpResponse:
    test = _latest(request.user)
    if test is None:
        return redirect("meetings:calendar-test")
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: stop_calendar_test(test, by=request.user)):
        messages.success(request, _("The test has ended. Its event is taken out of your calendar."))
        return redirect("meetings:calendar-test")
    return render_page(request, "meetings/calendar_test_stop.html", {"form": form})


@member_required
def way_choose(request: HttpRequest) -> HttpResponse:
    chosen = CalendarWay.objects.filter(user=request.user).first()
    form = WayForm(posted(request), initial={"way": chosen.way} if chosen else {})
    if form.carried_out(lambda data: choose_way(way=data["way"], by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("meetings:calendar")
    return render_page(request, "meetings/way_choose.html", {"form": form})


def _latest(user: User) -> CalendarTest | None:
    return CalendarTest.objects.filter(user=user).latest_first().first()


def _steps(test: CalendarTest) -> list[dict[str, str]]:
    steps = list(CalendarTest.Step)
    current = steps.index(CalendarTest.Step(test.step))
    return [
        {
            "label": step.label,
            "detail": moment_text(getattr(test, f"{step}_at")),
            "state": "done" if n < current else "current" if n == current else "ahead",
        }
        for n, step in enumerate(steps)
    ]


def _seen(test: CalendarTest) -> list[tuple[str, str]]:
    """Each answered step and what the person saw."""
    return [
        (step.label, CalendarTest.Saw(saw).label)
        for step in CalendarTest.CHOICES
        if (saw := test.seen_at(step))
    ]
