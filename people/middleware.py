"""Two small facts about each request: the person's standing and their language."""

from django.conf import settings
from django.utils import translation

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
