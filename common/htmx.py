"""Answering htmx: the same view and address, only less is redrawn."""

import json

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest,
    template: str,
    context: dict | None = None,
    *,
    fragment: str | None = None,
    notice: str = "",
) -> HttpResponse:
    """Render a page, or its named partial when htmx asked for a part of it.

    The view names the fragment, never the client. Answers 422 when a form in
    the context was sent and has errors. `notice` is read out by screen readers
    after an htmx swap.
    """
    context = dict(context or {})
    failed = any(
        isinstance(form, BaseForm) and form.is_bound and form.errors for form in context.values()
    )
    context.setdefault("page_has_errors", failed)
    htmx = request.htmx
    if fragment and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{fragment}"
    response = render(request, template, context, status=422 if failed else 200)
    if htmx and notice:
        response["HX-Trigger"] = json.dumps({"notice": notice})
    patch_vary_headers(response, ("HX-Request",))
    return response
