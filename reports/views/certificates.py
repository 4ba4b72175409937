"""Certificates of participation: one's own, and the public page that verifies one by its code."""

import base64

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from reports.actions import ask_certificate
from reports.certificates import Part, read_code
from reports.forms import CertificateForm
from reports.models import Certificate
from supervision.models import Attendance, Season


def certificates(request: HttpRequest) -> HttpResponse:
    """The seasons one came to, and the papers that were made of them."""
    came = Attendance.objects.filter(user=request.user, status__in=Attendance.CAME)
    seasons = Season.objects.filter(groups__sessions__attendances__in=came).distinct()
    form = CertificateForm(posted(request), seasons=seasons)
    if form.carried_out(lambda data: ask_certificate(data["season"], by=request.user)):
        messages.success(request, _("The certificate is being made. It is here in a moment."))
        return redirect("reports:certificates")
    papers = Certificate.objects.visible_to(request.user).select_related("season").defer("content")
    context = {"seasons": seasons, "papers": papers, "form": form}
    return render_page(request, "reports/certificates.html", context)


def certificate_file(request: HttpRequest, pk) -> HttpResponse:
    papers = Certificate.objects.visible_to(request.user).filter(made_at__isnull=False)
    paper = get_object_or_404(papers, pk=pk)
    response = HttpResponse(base64.b64decode(paper.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper.code}.pdf"'
    add_never_cache_headers(response)
    return response


@login_not_required
def certificate_verify(request: HttpRequest) -> HttpResponse:
    """Say what a paper says, to whoever has its code. The code travels in the body, never in an
    address.
    """
    code = read_code(request.POST.get("code", "")[:40]) if request.method == "POST" else ""
    paper = Certificate.objects.filter(code=code).select_related("season").first() if code else None
    parts = [Part.from_json(row) for row in paper.parts] if paper else []
    response = render_page(
        request,
        "reports/certificate_verify.html",
        {
            "code": code,
            "paper": paper,
            "parts": parts,
            "hours": sum(part.hours for part in parts),
        },
    )
    add_never_cache_headers(response)
    return response
