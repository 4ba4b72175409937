from django.conf import settings
from django.utils.functional import SimpleLazyObject

from home.navigation import desk_of


def desk(request) -> dict:
    """What the layout shows on every page; nothing personal without login."""
    return {
        # Worked out where the layout asks for it: a fragment redraws no menu.
        "desk": SimpleLazyObject(lambda: desk_of(request))
        if request.user.is_authenticated
        else None,
        "languages": settings.LANGUAGES,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "demo": settings.DEMO,
        "page_has_errors": False,
    }
