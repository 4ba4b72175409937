"""Addresses that come back from a page."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_address(request: HttpRequest, otherwise: str) -> str:
    """Return where a form wants to go when it is done (its field `next`), if that is one of our
    own pages; `otherwise` if not.
    """
    wanted = request.POST.get("next", "")
    # A word alone would be taken for the name of a view.
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}
    )
    return wanted if ours else otherwise
