"""What holds for every request: standing, language, 422 for a refused form, nothing stored."""

from django.conf import settings
from django.forms import BaseForm
from django.utils import translation
from django.utils.cache import patch_cache_control

from people.standing import remember_standing


def standing(get_response):
    """Let `request.user` remember its standing for this one request."""

    def middleware(request):
        if request.user.is_authenticated:
            remember_standing(request.user)
        return get_response(request)

    return middleware


def language(get_response):
    """Speak the person's language; to others the one they chose, or the default.

    The browser's preference is not asked: Estonian comes first, and the switch
    stands on every page.
    """
    known = dict(settings.LANGUAGES)

    def middleware(request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if request.user.is_authenticated:
            chosen = request.user.language
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def unstored(get_response):
    """Let no browser keep a page of somebody who is logged in: machines are shared."""

    def middleware(request):
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def refused_form(get_response):
    """Answer 422 when a form of django-allauth was sent and has errors, as our own pages do."""

    def middleware(request):
        response = get_response(request)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if response.status_code == 200 and isinstance(form, BaseForm) and form.errors:
            response.status_code = 422
        return response

    return middleware
