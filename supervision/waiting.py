"""What waits for a person in supervision: one query, whatever their roles."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common import clock
from common.templatetags.words import moment_text
from common.waiting import WaitingItem
from people.models import User
from people.standing import Standing, standing_of
from supervision.models import (
    Attendance,
    Audience,
    FeedbackMark,
    Group,
    NetworkSupervision,
    Offer,
    Registration,
    Season,
    Session,
)
from supervision.workflow import GroupStatus, NetworkStatus, RegistrationStatus


ASK_FOR_FEEDBACK = timedelta(days=30)
"""How long after a meeting the desk still asks for feedback."""

NO_WORDS = Cast(Value(""), CharField(max_length=80))
NO_MOMENT = Cast(Value(None), DateTimeField())
NO_DAY = Cast(Value(None), DateField())
NO_NUMBER = Cast(Value(0), IntegerField())


class Row(NamedTuple):
    kind: str
    key: Any
    words: str
    moment: datetime | None
    day: date | None
    number: int


def waiting_for(user: User, day: date) -> list[WaitingItem]:
    """Return what this person should do in supervision on the day."""
    parts = _parts(user, standing_of(user, day), day)
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [_item(Row(*row)) for row in rows]


def _parts(user: User, standing: Standing, day: date) -> list[QuerySet]:
    parts = []
    if standing.is_worker or standing.is_manager:
        parts += [_offers(user), _feedback(user), _registration(user, standing, day)]
    if standing.is_supervisor:
        parts += [_attendance(user), _networks_of(user), _networks_past(user)]
    if standing.is_coordinator:
        parts += [_to_place(day), _to_offer(), _drafts(), _networks_asked()]
    return parts


def _facts(
    rows: QuerySet,
    kind: str,
    *,
    key: Any = "pk",
    words: Any = NO_WORDS,
    moment: Any = NO_MOMENT,
    day: Any = NO_DAY,
    number: Any = NO_NUMBER,
) -> QuerySet:
    def expression(value: Any) -> Any:
        return F(value) if isinstance(value, str) else value

    return (
        rows.order_by()
        .annotate(
            w_kind=Value(kind, output_field=CharField()),
            w_key=expression(key),
            w_words=expression(words),
            w_moment=expression(moment),
            w_day=expression(day),
            w_number=expression(number),
        )
        .values_list("w_kind", "w_key", "w_words", "w_moment", "w_day", "w_number")
    )


def _offers(user: User) -> QuerySet:
    rows = Offer.objects.open_at(clock.now()).filter(registration__user=user)
    return _facts(rows, "offer", words="group__name", moment="deadline_at")


def _feedback(user: User) -> QuerySet:
    attended = Attendance.objects.filter(
        session=OuterRef("pk"), user=user, status__in=Attendance.CAME
    )
    marks = FeedbackMark.objects.filter(session=OuterRef("pk"), user=user)
    rows = Session.objects.filter(
        Exists(attended),
        ~Exists(marks),
        recorded_at__isnull=False,
        meeting__starts_at__gt=clock.now() - ASK_FOR_FEEDBACK,
    )
    return _facts(rows, "feedback", words="group__name", moment="meeting__starts_at")


def _registration(user: User, standing: Standing, day: date) -> QuerySet:
    audiences = [Audience.WORKERS] * standing.is_worker + [Audience.MANAGERS] * standing.is_manager
    # Who withdrew has said no; the desk does not ask again.
    mine = Registration.objects.filter(season=OuterRef("pk"), user=user)
    rows = Season.objects.filter(
        ~Exists(mine),
        audience__in=audiences,
        opened_at__isnull=False,
        ended_at__isnull=True,
        registration_opens_on__lte=day,
        registration_closes_on__gte=day,
    )
    return _facts(rows, "register", day="registration_closes_on", number="year")


def _attendance(user: User) -> QuerySet:
    rows = Session.objects.to_record().filter(
        group__supervisor=user, group__status=GroupStatus.PUBLISHED
    )
    return _facts(rows, "attendance", words="group__name", moment="meeting__starts_at")


def _networks_of(user: User) -> QuerySet:
    rows = NetworkSupervision.objects.filter(supervisor=user, status=NetworkStatus.ACCEPTED)
    return _facts(rows, "network-date", words="municipality__name")


def _networks_past(user: User) -> QuerySet:
    rows = NetworkSupervision.objects.filter(
        supervisor=user, status=NetworkStatus.DATED, meeting__ends_at__lte=clock.now()
    )
    return _facts(rows, "network-held", words="municipality__name", moment="meeting__starts_at")


def _running() -> QuerySet:
    return Season.objects.filter(opened_at__isnull=False, ended_at__isnull=True)


def _to_place(day: date) -> QuerySet:
    registered = Q(registrations__status=RegistrationStatus.REGISTERED)
    rows = _running().filter(registration_closes_on__lt=day)
    rows = rows.annotate(unplaced=Count("registrations", filter=registered))
    return _facts(rows.filter(unplaced__gt=0), "place", number="unplaced")


def _to_offer() -> QuerySet:
    offers = Offer.objects.open_at(clock.now()).filter(registration=OuterRef("pk"))
    waiting = Registration.objects.queue().filter(~Exists(offers), season=OuterRef("season"))
    rows = Group.objects.filter(
        Exists(waiting), status=GroupStatus.PUBLISHED, season__ended_at__isnull=True
    ).with_free_seats()
    return _facts(rows, "offer-seat", key="season_id", words="name")


def _drafts() -> QuerySet:
    drafts = Q(groups__status=GroupStatus.DRAFT)
    rows = _running().annotate(drafts=Count("groups", filter=drafts))
    return _facts(rows.filter(drafts__gt=0), "drafts", number="drafts")


def _networks_asked() -> QuerySet:
    rows = NetworkSupervision.objects.filter(status=NetworkStatus.ASKED)
    return _facts(rows, "network-asked", words="municipality__name", moment="asked_at")


def _item(row: Row) -> WaitingItem:
    about, fields = _ITEMS[row.kind](row)
    return WaitingItem(about=about, room="supervision", icon="groups", **fields)


def _group(row: Row) -> str:
    return _("Group %(name)s") % {"name": row.words}


def _session(row: Row) -> str:
    return f"{_group(row)} · {moment_text(row.moment)}"


def _offer_item(row: Row) -> tuple[str, dict]:
    return _group(row), {
        "verb": _("Accept or decline the offered place"),
        "url": reverse("supervision:offer-answer", args=[row.key]),
        "due": clock.day_of(row.moment - timedelta(microseconds=1)),
        "urgent": True,
        "tag": _("Offered"),
        "tag_kind": "warn",
    }


def _feedback_item(row: Row) -> tuple[str, dict]:
    return _session(row), {
        "verb": _("Give feedback on the meeting"),
        "url": reverse("supervision:session-feedback", args=[row.key]),
    }


def _register_item(row: Row) -> tuple[str, dict]:
    return _("Season %(year)s") % {"year": row.number}, {
        "verb": _("Register for supervision"),
        "url": reverse("supervision:season-detail", args=[row.key]),
        "due": row.day,
    }


def _attendance_item(row: Row) -> tuple[str, dict]:
    return _session(row), {
        "verb": _("Record the attendance"),
        "url": reverse("supervision:session-attendance", args=[row.key]),
    }


def _network_item(verb: str) -> Callable[[Row], tuple[str, dict]]:
    def item(row: Row) -> tuple[str, dict]:
        about = f"{row.words} · {moment_text(row.moment)}" if row.moment else row.words
        return about, {
            "verb": _(verb),
            "url": reverse("supervision:network-detail", args=[row.key]),
        }

    return item


def _place_item(row: Row) -> tuple[str, dict]:
    about = ngettext("%(n)s person registered", "%(n)s people registered", row.number)
    return about % {"n": row.number}, {
        "verb": _("Place people into groups"),
        "url": reverse("supervision:season-detail", args=[row.key]),
    }


def _offer_seat_item(row: Row) -> tuple[str, dict]:
    return _group(row), {
        "verb": _("Offer the free place"),
        "url": reverse("supervision:waiting-list", args=[row.key]),
    }


def _drafts_item(row: Row) -> tuple[str, dict]:
    about = ngettext("%(n)s draft", "%(n)s drafts", row.number) % {"n": row.number}
    return about, {
        "verb": _("Finish and publish the groups"),
        "url": reverse("supervision:season-detail", args=[row.key]),
    }


_ITEMS: dict[str, Callable[[Row], tuple[str, dict]]] = {
    "offer": _offer_item,
    "feedback": _feedback_item,
    "register": _register_item,
    "attendance": _attendance_item,
    "network-date": _network_item(gettext_noop("Set the date of the network supervision")),
    "network-held": _network_item(gettext_noop("Record the network supervision")),
    "network-asked": _network_item(gettext_noop("Decide on the network supervision")),
    "place": _place_item,
    "offer-seat": _offer_seat_item,
    "drafts": _drafts_item,
}
