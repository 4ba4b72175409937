"""The list of cases, narrowed by role, list and filter."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.htmx import render_page
from consultations.forms import FilterForm
from consultations.models import ConsultationRequest
from consultations.workflow import OPEN, Status
from people.permissions import member_required
from people.standing import standing_of


PER_PAGE = 30


@member_required
def overview(request):
    standing = standing_of(request.user)
    lists = _lists(request.user, standing)
    which = request.GET.get("which", "")
    current = which if which in lists else next(iter(lists), "")
    # A manager knows of a case that it exists, and not what it is about.
    by_topic = current != "municipality"
    form = FilterForm(request.GET, standing=standing, by_topic=by_topic)
    rows = ConsultationRequest.objects.visible_to(request.user)
    if current:
        rows = rows.filter(lists[current][1])
    rows = _filtered(rows, form).with_knowledge(request.user).for_lists().by_clock()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = page.paginator.count
    count = ngettext("%(n)s case", "%(n)s cases", shown) % {"n": shown}
    context = {
        "form": form,
        "lists": [(key, label, key == current) for key, (label, _rows) in lists.items()],
        "current": current,
        "by_topic": by_topic,
        "page": page,
        "count": count,
        "can_submit": bool(standing.municipalities),
        "can_enter": standing.is_consultant,
        "narrowed": any(request.GET.get(name) for name in form.fields if name != "which"),
    }
    template = "consultations/overview.html"
    return render_page(request, template, context, fragment="cases", notice=count)


def _lists(user, standing):
    """The lists that the person's roles give them: key → name and rows."""
    lists = {}
    open_ones = Q(status__in=OPEN)
    if standing.is_consultant:
        mine = Q(consultant=user) | Q(consultant__in=standing.stands_in_for)
        served = Q(municipality__in=standing.all_served) | Q(municipality__isnull=True)
        lists["inbox"] = (_("Waiting for a consultant"), served & Q(status=Status.SUBMITTED))
        lists["mine"] = (_("My cases"), mine & open_ones)
        lists["region"] = (_("My municipalities"), served | mine)
    if standing.is_coordinator:
        lists["unassigned"] = (_("Without a consultant"), Q(status=Status.SUBMITTED))
        lists["open"] = (_("Open cases"), open_ones)
        lists["all"] = (_("All cases"), Q())
    if standing.municipalities:
        own = ConsultationRequest.objects.acted_for_by(user)
        lists["own"] = (_("My requests"), Q(pk__in=own.values("pk")))
    if standing.is_manager:
        lists["municipality"] = (_("My municipality"), Q(municipality__in=standing.manages))
    return lists


def _filtered(rows, form):
    if not form.is_valid():
        return rows.none()
    data = form.cleaned_data
    for name in ("status", "municipality", "topic"):
        if data.get(name):
            rows = rows.filter(**{name: data[name]})
    if data["code"]:
        rows = rows.filter(code__icontains=data["code"].strip())
    return rows
