"""Which stretch of days a calendar page shows, and what stands on each day."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.templatetags.words import day_text, hour, moment_text
from common.workdays import holiday_name
from meetings.models import Change, Invitee, Meeting
from meetings.services import service_of
from people.models import User


VIEWS = {"month": _("Month"), "week": _("Week"), "list": _("List")}
LIST_DAYS = 56
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Stretch:
    """The days from `first` to `last`, both included, around the chosen `day`."""

    view: str
    day: date
    first: date
    last: date
    previous: date
    next: date

    @property
    def title(self) -> str:
        if self.view == "month":
            month = formats.date_format(self.day, "YEAR_MONTH_FORMAT")
            # Estonian writes months in lower case; Django's catalogue does not.
            return month.lower() if get_language() == "et" else month
        return f"{day_text(self.first)} – {day_text(self.last)}"

    @property
    def starts_at(self) -> datetime:
        return clock.tallinn(self.first)

    @property
    def ends_at(self) -> datetime:
        return clock.end_of(self.last)


def stretch(view: str, on: str) -> Stretch:
    """Return what the address asks for: today for a date that is none, the month for a
    view that is none.
    """
    view = view if view in VIEWS else "month"
    try:
        day = date.fromisoformat(on)
    except ValueError:
        day = clock.today()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = clock.today()
    if view == "list":
        days = timedelta(days=LIST_DAYS)
        return Stretch(view, day, day, day + days - timedelta(days=1), day - days, day + days)
    if view == "week":
        first = day - timedelta(days=day.weekday())
        week = timedelta(days=7)
        return Stretch(view, day, first, first + timedelta(days=6), first - week, first + week)
    first_of_month = day.replace(day=1)
    last_of_month = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Stretch(
        view,
        day,
        first_of_month - timedelta(days=first_of_month.weekday()),
        last_of_month + timedelta(days=6 - last_of_month.weekday()),
        (first_of_month - timedelta(days=1)).replace(day=1),
        last_of_month + timedelta(days=1),
    )


def day_cells(shown: Stretch, meetings: Iterable[Meeting], reader: User) -> list[dict]:
    """Return every day of the stretch with its meetings, as the month grid and lists read them.

    The meetings carry `own_answer`.
    """
    by_day: dict[date, list[dict]] = {}
    for meeting in meetings:
        by_day.setdefault(clock.day_of(meeting.starts_at), []).append(_event(meeting, reader))
    days = (shown.last - shown.first).days + 1
    return [
        _cell(day, shown, by_day.get(day, []))
        for day in (shown.first + timedelta(days=n) for n in range(days))
    ]


def _cell(day: date, shown: Stretch, events: list[dict]) -> dict:
    holiday = holiday_name(day) or ""
    return {
        "date": day,
        "out": shown.view == "month" and day.month != shown.day.month,
        "off": day.weekday() > 4 or bool(holiday),
        "today": day == clock.today(),
        "name": holiday,
        "events": events,
    }


def _event(meeting: Meeting, reader: User) -> dict:
    tag, tag_kind = state_of(meeting)
    return {
        "time": hour(meeting.starts_at),
        "until": hour(meeting.ends_at),
        "label": service_of(meeting).title(meeting, reader),
        "url": meeting.get_absolute_url(),
        "detail": f"{meeting.where}, {tag}" if tag and not meeting.is_cancelled else meeting.where,
        "where": meeting.where,
        "organiser": meeting.organiser.name,
        "service": meeting.service,
        "clash": False,
        "cancelled": meeting.is_cancelled,
        "tag": tag,
        "tag_kind": tag_kind,
    }


def state_of(meeting: Meeting) -> tuple[str, str]:
    """What is worth a tag: a cancellation, a missing answer, one's own absence."""
    if meeting.is_cancelled:
        return Meeting.Status.CANCELLED.label, "bad"
    if meeting.is_open and meeting.own_answer == Invitee.Answer.NEEDS_ACTION:
        return Invitee.Answer.NEEDS_ACTION.label, "warn"
    if meeting.own_answer == Invitee.Answer.DECLINED:
        return _("You do not come"), "neutral"
    return "", "neutral"


def in_history(change: Change, *, with_reason: bool) -> dict:
    """A move or cancellation as the timeline reads it. The reason may name people."""
    old, new = moment_text(change.old_starts_at), moment_text(change.new_starts_at)
    if change.kind in (Change.Kind.CANCELLED, Change.Kind.RESTORED):
        title = Change.Kind(change.kind).label
    elif (change.old_starts_at, change.old_ends_at) == (change.new_starts_at, change.new_ends_at):
        title = _("Place or form changed")
    else:
        title = _("Moved: %(old)s → %(new)s") % {"old": old, "new": new}
    text = ""
    if with_reason and change.kind != Change.Kind.RESTORED:
        text = _("%(who)s wanted it. %(reason)s") % {
            "who": change.get_wanted_by_display(),
            "reason": change.reason,
        }
    return {
        "title": title,
        "when": moment_text(change.made_at),
        "who": change.made_by.name,
        "text": text,
        "kind": "bad" if change.kind == Change.Kind.CANCELLED else "",
    }
