from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from common import clock
from common.htmx import render_page
from common.permissions import can
from people.permissions import member_required
from reports.exports import figures_csv, report_json, table_csv
from reports.figures import figures_of
from reports.forms import UntilForm
from reports.months import month_short
from reports.periods import years_with_page
from reports.permissions import check_can_read_table, scope_of
from reports.tables import TABLES, WHOLE_YEARS_ONLY, Report, months


@member_required
def overview(request: HttpRequest) -> HttpResponse:
    """The years that have an account, the newest first."""
    scope_of(request.user)
    years = sorted(years_with_page(), reverse=True)
    return render_page(
        request, "reports/overview.html", {"years": years, "present": clock.today().year}
    )


@member_required
def year(request: HttpRequest, year: int) -> HttpResponse:
    """The account of a year: figures with the year before beside them, chart and tables."""
    report, form = _asked(request, year)
    figures = {figure.key: figure for figure in figures_of(report.accounts)}
    tables = [
        table_of(report)
        for key, table_of in TABLES.items()
        if _is_told(key, report) and can(check_can_read_table, request.user, key)
    ]
    context = {
        "report": report,
        "form": form,
        "figures": figures,
        "tables": tables,
        "chart": _chart(report),
        "query": f"?until={report.period.last:%Y-%m-%d}" if not report.period.is_whole_year else "",
        "today": clock.today() if year == clock.today().year else None,
        "whose": ", ".join(place.name for place in report.places) if report.scope else "",
    }
    return render_page(request, "reports/year.html", context)


@member_required
def year_csv(request: HttpRequest, year: int) -> HttpResponse:
    """The figures as a file for spreadsheets."""
    report, form = _asked(request, year)
    return _refused(form) or figures_csv(report)


@member_required
def table(request: HttpRequest, year: int, table: str) -> HttpResponse:
    """One table of the account as a file for spreadsheets."""
    report, form = _asked(request, year)
    if table not in TABLES or not _is_told(table, report):
        raise Http404
    check_can_read_table(request.user, table)
    return _refused(form) or table_csv(TABLES[table](report), report.period)


@member_required
def year_json(request: HttpRequest, year: int) -> HttpResponse:
    """The figures for programs; a wrong day answers 422 with the sentence."""
    report, form = _asked(request, year)
    if not form.is_valid() and form.is_bound:
        return JsonResponse({"errors": form.errors}, status=422)
    return JsonResponse(report_json(report), json_dumps_params={"ensure_ascii": False})


def _asked(request: HttpRequest, year: int) -> tuple[Report, UntilForm]:
    """The report that the address asks for, within what the person may see."""
    scope = scope_of(request.user)
    if year not in years_with_page():
        raise Http404
    form = UntilForm(request.GET, year=year)
    return Report(form.period(), scope), form


def _is_told(table: str, report: Report) -> bool:
    """From one day to the next a count of results would tell of single mentorships."""
    is_over = report.period.is_whole_year and report.period.ends_at <= clock.now()
    return is_over or table not in WHOLE_YEARS_ONLY


def _refused(form: UntilForm) -> HttpResponse | None:
    if not form.is_bound or form.is_valid():
        return None
    sentence = " ".join(form.errors["until"])
    return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")


def _chart(report: Report) -> dict:
    """Consultation and mentorship by month, and the sentence that names the busiest month."""
    rows = []
    busiest, most = "", 0
    for number, row in enumerate(months(report).rows, start=1):
        consultation, mentorship = row.cells[0].value, row.cells[2].value
        rows.append((month_short(number), consultation, mentorship))
        if consultation + mentorship > most:
            busiest, most = row.words[0], consultation + mentorship
    headline = (
        _("%(month)s was the busiest month") % {"month": busiest}
        if busiest
        else _("Nobody has asked for support in this period")
    )
    return {"rows": rows, "headline": headline}
