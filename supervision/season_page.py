"""What the season's page shows: steps, figures, groups, load, dates, a month of meetings."""

import calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import clock, workdays
from common.templatetags.words import day_text, hour, weekday
from meetings.models import Meeting
from people.models import Post, User
from people.standing import standing_of
from supervision.models import (
    SESSIONS,
    Audience,
    Form,
    Group,
    Offer,
    Registration,
    Season,
    Session,
)
from supervision.workflow import GroupStatus, RegistrationStatus


FEW = 6
"""A group with fewer members than this is marked: it may not be worth holding."""


@dataclass(frozen=True)
class GroupRow:
    """One group with its dates, as lists show it."""

    group: Group
    meetings: list[Meeting]
    state: str
    kind: str
    bar: str

    @property
    def first(self) -> Meeting | None:
        return self.meetings[0] if self.meetings else None

    @property
    def weekday(self) -> str:
        """The first meeting's weekday, short: E T K N R in Estonian, Mon Tue … in English."""
        if self.first is None:
            return ""
        name = weekday(self.first.starts_at)
        return name[:1].upper() if get_language() == "et" else name[:3]

    @property
    def more(self) -> str:
        n = len(self.meetings) - 1
        if n < 1:
            return ""
        return ngettext("and %(n)s more meeting", "and %(n)s more meetings", n) % {"n": n}

    @property
    def where(self) -> str:
        parts = [self.group.place if self.group.form == Form.ON_SITE else _("online")]
        if self.group.language == "ru":
            parts.append(_("in Russian"))
        return ", ".join(filter(None, parts))

    @property
    def seats(self) -> str:
        return f"{self.group.members} / {self.group.capacity}"

    @property
    def is_free(self) -> bool:
        return self.group.taken < self.group.capacity and self.group.status != GroupStatus.ENDED


@dataclass(frozen=True)
class Numbers:
    """The season's people in numbers, of the whole country or of one's municipalities."""

    registered: int
    waiting: int
    unplaced: int
    of_all: int


@dataclass
class Day:
    """One day of the month, as the component wants it."""

    date: date
    out: bool
    off: bool
    today: bool
    name: str
    events: list[dict] = field(default_factory=list)


def group_rows(season: Season, user: User) -> list[GroupRow]:
    """Return the groups that the person may see, with seats and dates. Two queries."""
    sessions = Session.objects.select_related("meeting").order_by("number")
    groups = (
        season.groups.visible_to(user)
        .with_seats()
        .select_related("supervisor", "region")
        .prefetch_related(Prefetch("sessions", sessions))
        .order_by("name")
    )
    return [group_row(group) for group in groups]


def group_row(group: Group) -> GroupRow:
    meetings = [each.meeting for each in group.sessions.all() if not each.meeting.is_cancelled]
    meetings.sort(key=lambda meeting: meeting.starts_at)
    full = group.taken >= group.capacity
    few = group.members < FEW
    if group.status == GroupStatus.DRAFT:
        state, kind = _("Draft"), "neutral"
    elif group.status == GroupStatus.ENDED:
        state, kind = _("Ended"), "neutral"
    elif len(meetings) < SESSIONS:
        state, kind = _("A date is missing"), "bad"
    elif full:
        state, kind = _("Full"), "neutral"
    elif few:
        state, kind = _("Few members"), "warn"
    else:
        state, kind = _("Free seats"), "ok"
    bar = "full" if group.members >= group.capacity else "low" if few else ""
    return GroupRow(group, meetings, state, kind, bar)


def numbers(season: Season, user: User) -> Numbers:
    """Count the season's people; for a consultant, of what they serve. Two queries."""
    standing = standing_of(user)
    registrations = season.registrations.active()
    kind = "manager" if season.audience == Audience.MANAGERS else "worker"
    people = User.objects.managers_on if kind == "manager" else User.objects.workers_on
    everyone = people(standing.day)
    if not standing.is_coordinator:
        registrations = registrations.filter(municipality__in=standing.all_served)
        posts = Post.objects.on(standing.day).filter(
            user=OuterRef("pk"), kind=kind, municipality__in=standing.all_served
        )
        everyone = everyone.filter(Exists(posts))
    counted = registrations.aggregate(
        registered=Count("pk"),
        waiting=Count("pk", filter=Q(status=RegistrationStatus.WAITING)),
        unplaced=Count("pk", filter=Q(status=RegistrationStatus.REGISTERED)),
    )
    return Numbers(of_all=everyone.count(), **counted)


def queue(season: Season) -> list[Registration]:
    """Return the waiting list in order, each with `offered_group` and `offer_deadline`."""
    offers = Offer.objects.open_at(clock.now()).filter(registration=OuterRef("pk"))
    return list(
        season.registrations.queue()
        .select_related("user", "municipality")
        .annotate(
            offered_group=Subquery(offers.values("group__name")[:1]),
            offer_deadline=Subquery(offers.values("deadline_at")[:1]),
        )
    )


def steps(season: Season, rows: Iterable[GroupRow]) -> list[dict]:
    """Return the five steps of a season with their dates and the current one."""
    rows = list(rows)
    today = clock.today()
    days = sorted(clock.day_of(m.starts_at) for row in rows for m in row.meetings)
    first, last = (days[0], days[-1]) if days else (None, None)
    opens, closes = season.registration_opens_on, season.registration_closes_on
    published = any(row.group.status != GroupStatus.DRAFT for row in rows)
    if season.ended_at is not None:
        current = 5
    elif season.opened_at is None or today < opens:
        current = 0
    elif today <= closes:
        current = 1
    elif not published or first is None or today < first:
        current = 2
    elif today <= last:
        current = 3
    else:
        current = 4
    labels = [
        (_("Preparation"), _("until %(day)s") % {"day": day_text(opens - timedelta(days=1))}),
        (_("Registration"), _range(opens, closes)),
        (_("Groups"), _("from %(day)s") % {"day": day_text(closes + timedelta(days=1))}),
        (_("Meetings"), _range(first, last) if first else _("dates not set yet")),
        (_("Feedback"), _("after each meeting")),
    ]
    return [
        {
            "label": label,
            "detail": detail,
            "state": "done" if n < current else "current" if n == current else "ahead",
        }
        for n, (label, detail) in enumerate(labels)
    ]


def loads(rows: Iterable[GroupRow]) -> list[tuple[User, int]]:
    """Return each supervisor with their number of groups in the season, most first."""
    counted = Counter(row.group.supervisor for row in rows if row.group.supervisor)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].last_name))


def next_dates(season: Season, rows: Iterable[GroupRow], waiting: list[Registration]) -> list[dict]:
    """Return the next dated things for the coordinator, at most six."""
    today = clock.today()
    found: list[tuple[date, str]] = []
    if today <= season.registration_opens_on:
        found.append((season.registration_opens_on, _("Registration opens")))
    if today <= season.registration_closes_on:
        found.append((season.registration_closes_on, _("Registration closes")))
        after = season.registration_closes_on + timedelta(days=1)
        found.append((after, _("Put the registered people into groups")))
    for each in waiting:
        if each.offer_deadline:
            until = clock.day_of(each.offer_deadline - timedelta(microseconds=1))
            words = _("%(name)s answers the offer (group %(group)s)")
            found.append((until, words % {"name": each.user.name, "group": each.offered_group}))
    for row in rows:
        draft = row.group.status == GroupStatus.DRAFT
        coming = [m for m in row.meetings if m.starts_at > clock.now()]
        if coming and draft:
            words = _("Group %(name)s begins and is still a draft")
        elif coming:
            words = _("Group %(name)s meets")
        else:
            continue
        found.append((clock.day_of(coming[0].starts_at), words % {"name": row.group.name}))
    found.sort(key=lambda pair: pair[0])
    return [{"when": day_text(day), "text": text} for day, text in found[:6]]


def month_of(text: str, rows: Iterable[GroupRow]) -> date:
    """Read "2027-01"; else take the month of the next meeting, or of the last, or this one."""
    try:
        year, month = map(int, text.split("-"))
        if 2000 <= year <= 2100:
            return date(year, month, 1)
    except ValueError:
        pass
    days = sorted(clock.day_of(m.starts_at) for row in rows for m in row.meetings)
    coming = [day for day in days if day >= clock.today()]
    return (coming[:1] or days[-1:] or [clock.today()])[0].replace(day=1)


def month_weeks(first: date, rows: Iterable[GroupRow]) -> list[list[Day]]:
    """Lay the meetings of a month into its weeks; overlaps of one supervisor are marked."""
    rows = list(rows)
    clashing = _clashes(rows)
    by_day: dict[date, list[dict]] = {}
    for row in rows:
        for session in row.group.sessions.all():
            meeting = session.meeting
            if meeting.is_cancelled:
                continue
            by_day.setdefault(clock.day_of(meeting.starts_at), []).append(
                {
                    "time": hour(meeting.starts_at),
                    "label": row.group.name,
                    "detail": row.where,
                    "url": session.get_absolute_url(),
                    "service": "supervision",
                    "clash": meeting.pk in clashing,
                    "at": meeting.starts_at,
                }
            )
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [
        [
            Day(
                date=day,
                out=day.month != first.month,
                off=not workdays.is_working_day(day),
                today=day == clock.today(),
                name=workdays.holiday_name(day) or "",
                events=sorted(by_day.get(day, []), key=lambda event: event["at"])
                if day.month == first.month
                else [],
            )
            for day in week
        ]
        for week in weeks
    ]


def month_name(first: date) -> str:
    """Jaanuar 2027."""
    name = formats.date_format(first, "F")
    return f"{name[:1].upper()}{name[1:]} {first.year}"


def month_key(first: date, step: int) -> str:
    """Return the key of a neighbouring month, for its address."""
    months = first.year * 12 + first.month - 1 + step
    return f"{months // 12}-{months % 12 + 1:02}"


def month_start(key: str) -> date:
    year, month = map(int, key.split("-"))
    return date(year, month, 1)


def _clashes(rows: Iterable[GroupRow]) -> set:
    """Return the meetings during which their supervisor leads another group too."""
    by_supervisor: dict = {}
    for row in rows:
        by_supervisor.setdefault(row.group.supervisor_id, []).extend(row.meetings)
    found = set()
    for meetings in by_supervisor.values():
        meetings.sort(key=lambda meeting: meeting.starts_at)
        for before, after in zip(meetings, meetings[1:], strict=False):
            if after.starts_at < before.ends_at:
                found |= {before.pk, after.pk}
    return found


def _range(first: date, last: date) -> str:
    return f"{day_text(first)}–{day_text(last)}"
