"""What waits for a person in the consultations: one query for all roles."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from common.waiting import WaitingItem
from consultations.clocks import last_day, waits_too_long
from consultations.models import ConsultationRequest, Measure, Message
from consultations.workflow import Status
from people.models import User
from people.standing import Standing, standing_of


ROOM, ICON = "consultations", "support_agent"


def waiting_for(user: User, day: date) -> list[WaitingItem]:
    """Return what this person should do in cases, at most one item for each case."""
    standing = standing_of(user, day)
    if not (standing.is_consultant or standing.is_coordinator or standing.municipalities):
        return []
    items = []
    for case in _cases(user, standing):
        item = _for_handler(case, user, standing, day) or _for_municipality(case, standing)
        items.append(
            item or _for_region(case, standing, day) or _for_coordinator(case, standing, day)
        )
    return [item for item in items if item]


def _cases(user: User, standing: Standing):
    """The rows, with no more beside them than the person's roles ask about: every page asks."""
    requests = ConsultationRequest.objects.all()
    wanted = Q(pk__in=[])
    if standing.is_consultant or standing.municipalities:
        last_message = Message.objects.filter(request=OuterRef("pk")).order_by("-written_at")
        requests = requests.annotate(last_side=Subquery(last_message.values("side")[:1]))
    if standing.municipalities:
        acted_for = ConsultationRequest.objects.acted_for_by(user).filter(pk=OuterRef("pk"))
        requests = requests.annotate(acts_for=Exists(acted_for))
        wanted |= Q(acts_for=True) & (
            Q(status=Status.CLOSED, summary_read_at__isnull=True)
            | Q(status__in=[Status.ASSIGNED, Status.IN_PROGRESS], last_side=Message.Side.BOARD)
        )
    if standing.is_consultant:
        measures = Measure.objects.filter(request=OuterRef("pk"))
        requests = requests.annotate(
            has_measures=Exists(measures),
            has_open_measures=Exists(measures.filter(done_at__isnull=True)),
        )
        mine = Q(consultant=user) | Q(consultant__in=standing.stands_in_for)
        wanted |= mine & Q(status__in=[Status.ASSIGNED, Status.IN_PROGRESS])
        wanted |= Q(status=Status.SUBMITTED) & (
            Q(municipality__in=standing.all_served) | Q(municipality__isnull=True)
        )
    if standing.is_coordinator:
        wanted |= Q(status__in=[Status.SUBMITTED, Status.ASSIGNED], contacted_at__isnull=True)
    return (
        requests.filter(wanted)
        .select_related("municipality")
        .defer(*ConsultationRequest.NARRATIVES)
        .by_clock()
    )


def _for_handler(
    case: ConsultationRequest, user: User, standing: Standing, day: date
) -> WaitingItem | None:
    mine = {user.pk, *standing.stands_in_for}
    if not standing.is_consultant or case.consultant_id not in mine:
        return None
    if case.status == Status.ASSIGNED:
        return _item(case, _("Take first contact"), day, due=last_day(case.contact_due_at))
    if case.status != Status.IN_PROGRESS:
        return None
    if case.last_side == Message.Side.MUNICIPALITY:
        return _item(case, _("Answer the municipality's message"), day, page="request-messages")
    if case.has_measures and not case.has_open_measures:
        return _item(case, _("All measures are done: close the case"), day, page="request-close")
    return None


def _for_municipality(case: ConsultationRequest, standing: Standing) -> WaitingItem | None:
    if not standing.municipalities or not case.acts_for:
        return None
    if case.status == Status.CLOSED and case.summary_read_at is None:
        return _item(case, _("Read the closing summary and confirm it"), page="request-summary")
    if case.is_open and case.last_side == Message.Side.BOARD:
        return _item(case, _("Answer the consultant's message"), page="request-messages")
    return None


def _for_region(case: ConsultationRequest, standing: Standing, day: date) -> WaitingItem | None:
    serves = case.municipality_id is None or case.municipality_id in standing.all_served
    if not standing.is_consultant or case.status != Status.SUBMITTED or not serves:
        return None
    due = last_day(case.contact_due_at)
    return _item(case, _("Take the request"), day, due=due, page="request-take")


def _for_coordinator(
    case: ConsultationRequest, standing: Standing, day: date
) -> WaitingItem | None:
    if not standing.is_coordinator:
        return None
    due = last_day(case.contact_due_at)
    if case.status == Status.SUBMITTED and waits_too_long(case.submitted_at, day):
        return _item(case, _("Give the request a consultant"), day, due=due, page="request-assign")
    if case.clock_runs and due < day:
        return _item(case, _("First contact is late: ask the consultant"), day, due=due)
    return None


def _item(
    case: ConsultationRequest,
    verb: str,
    day: date | None = None,
    *,
    due: date | None = None,
    page: str = "request-detail",
) -> WaitingItem:
    late = due is not None and day is not None and due < day
    if late:
        tag, kind = _("Late"), "bad"
    elif case.urgent:
        tag, kind = _("Urgent"), "bad"
    else:
        tag, kind = case.get_status_display(), case.tag_kind
    place = case.municipality.name if case.municipality else _("Without municipality")
    return WaitingItem(
        verb=verb,
        about=f"{place} · {case.code}",
        url=reverse(f"consultations:{page}", args=[case.pk]),
        room=ROOM,
        icon=ICON,
        due=due,
        urgent=late or (case.urgent and case.clock_runs),
        tag=tag,
        tag_kind=kind,
    )
