"""One's own hours: when others find a free time with this person."""

from itertools import groupby

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from meetings.actions import (
    add_exception,
    add_hours,
    change_rules,
    end_hours,
    remove_exception,
)
from meetings.availability import USUAL_DAYS, USUAL_HOURS, rules_of
from meetings.forms import ExceptionForm, HoursEndForm, HoursForm, RulesForm
from meetings.models import OpeningException, OpeningHours
from people.permissions import member_required


@member_required
def hours(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    entered = list(OpeningHours.objects.filter(user=request.user))
    holding = [row for row in entered if row.ends_on is None or row.ends_on >= today]
    return render_page(
        request,
        "meetings/hours.html",
        {
            "today": today,
            "weekdays": [
                (WEEKDAYS[number], list(rows))
                for number, rows in groupby(holding, key=lambda row: row.weekday)
            ],
            "usual": all(today < row.starts_on for row in entered),
            "usual_begins": USUAL_HOURS[0],
            "usual_ends": USUAL_HOURS[1],
            "exceptions": OpeningException.objects.filter(user=request.user).coming(today),
            "rules": rules_of([request.user])[request.user.pk],
        },
    )


@member_required
def hours_add(request: HttpRequest) -> HttpResponse:
    is_first = not OpeningHours.objects.filter(user=request.user).exists()
    usual = {"weekdays": list(USUAL_DAYS), "begins": USUAL_HOURS[0], "ends": USUAL_HOURS[1]}
    form = HoursForm(posted(request), initial=usual if is_first else {})
    if form.carried_out(
        lambda data: add_hours(
            weekdays=data["weekdays"],
            begins=data["begins"],
            ends=data["ends"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(request, _("The hours are added."))
        return redirect("meetings:hours")
    return render_page(request, "meetings/hours_add.html", {"form": form, "is_first": is_first})


@member_required
def hours_end(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(OpeningHours, pk=pk, user=request.user)
    form = HoursEndForm(posted(request), hours=row)
    if form.carried_out(lambda data: end_hours(row, ends_on=data.get("ends_on"), by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("meetings:hours")
    return render_page(
        request,
        "meetings/hours_end.html",
        {"form": form, "hours": row, "begun": row.starts_on < clock.today()},
    )


@member_required
def exception_add(request: HttpRequest) -> HttpResponse:
    form = ExceptionForm(posted(request))
    if form.carried_out(
        lambda data: add_exception(
            day=data["day"],
            begins=data["begins"],
            ends=data["ends"],
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(request, _("Saved."))
        return redirect("meetings:hours")
    return render_page(request, "meetings/exception_add.html", {"form": form})


@member_required
def exception_remove(request: HttpRequest, pk) -> HttpResponse:
    exception = get_object_or_404(OpeningException, pk=pk, user=request.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: remove_exception(exception, by=request.user)):
        messages.success(request, _("Your usual hours hold on that day again."))
        return redirect("meetings:hours")
    return render_page(
        request, "meetings/exception_remove.html", {"form": form, "exception": exception}
    )


@member_required
def rules_change(request: HttpRequest) -> HttpResponse:
    rules = rules_of([request.user])[request.user.pk]
    form = RulesForm(posted(request), initial=model_to_dict(rules))
    if form.carried_out(lambda data: change_rules(**data, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("meetings:hours")
    return render_page(request, "meetings/rules_change.html", {"form": form})
