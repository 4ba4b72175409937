"""Handing over all future meetings of somebody who leaves."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext

from common import clock
from common.forms import posted
from common.htmx import render_page
from meetings.actions import hand_over_meetings
from meetings.actions.handover import HandedOver
from meetings.forms.handover import HandoverChoiceForm, HandoverForm
from meetings.handover import going_over, matters_of, not_free_for
from meetings.permissions import check_can_hand_over
from people.leaving import last_day_of, successors_of
from people.load import total_open_work
from people.models import User
from people.permissions import coordinator_required


@coordinator_required
def handover(request: HttpRequest, pk) -> HttpResponse:
    """First the choice (by GET), with the meetings that it means; then the deed (by POST)."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    check_can_hand_over(request.user)
    candidates = list(successors_of(person, clock.today()))
    sent = posted(request)
    chosen = request.GET if sent is None else sent
    is_chosen = sent is not None or bool({"from_day", "to"} & chosen.keys())
    # How much each has in hand is for choosing; afterwards it would cost too many queries.
    work = {} if is_chosen else total_open_work([each.pk for each in candidates], clock.today())
    choice = HandoverChoiceForm(chosen if is_chosen else None, candidates=candidates, work=work)
    to = choice.cleaned_data["to"] if choice.is_valid() else None
    first_day = choice.cleaned_data.get("from_day") if is_chosen else None
    if first_day is None:
        first_day = choice.fields["from_day"].initial = _first_day(person)
    going = going_over(person, first_day, reader=request.user)
    all_matters = matters_of(person)
    names = {each.matter: each.title for each in all_matters}
    matters = [each for each in all_matters if each.matter not in {row.matter for row in going}]
    clashing = not_free_for(to, [each for each in going if each.matter]) if to else []
    confirm = None
    if to is not None:
        initial = {"from_day": first_day, "to": to.pk}
        confirm = HandoverForm(sent, candidates=candidates, initial=initial, auto_id="confirm_%s")
        confirm.shows(going, clashing, matters)
        if confirm.carried_out(
            lambda data: hand_over_meetings(
                person,
                to=data["to"],
                from_day=data["from_day"],
                leave_out=data["leave_out"],
                despite=data["despite"],
                by=request.user,
            )
        ):
            _say(request, confirm.result)
            return redirect(person)
    return render_page(
        request,
        "meetings/handover.html",
        {
            "person": person,
            "to": to,
            "first_day": first_day,
            "choice": choice,
            "confirm": confirm,
            "matters": matters,
            "rows": [
                {"going": each, "clashes": each in clashing, "name": names.get(each.matter, "")}
                for each in going
            ],
        },
    )


def _say(request: HttpRequest, done: HandedOver) -> None:
    text = ngettext(
        "%(n)s meeting has been handed over. Those concerned get a mail.",
        "%(n)s meetings have been handed over. Those concerned get a mail.",
        done.number,
    )
    if done.number:
        messages.success(request, text % {"n": done.number})
    if done.matters:
        text = ngettext(
            "%(n)s thing without a meeting has been handed over.",
            "%(n)s things without a meeting have been handed over.",
            done.matters,
        )
        messages.success(request, text % {"n": done.matters})
    if done.kept:
        text = ngettext(
            "%(n)s meeting was left out.", "%(n)s meetings were left out.", len(done.kept)
        )
        messages.warning(request, text % {"n": len(done.kept)})


def _first_day(person: User) -> date:
    """Return the day after the person's last one, today when they stay or are gone."""
    last = last_day_of(person)
    return max(clock.today(), last + timedelta(days=1)) if last else clock.today()
