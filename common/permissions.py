"""One half of every permission pair."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied


def can(check: Callable[..., None], *args: Any, **facts: Any) -> bool:
    """Say whether a check passes: `can(check_can_take_request, user, request)`.

    Views draw buttons by it and actions call the check itself, so that button and
    guard cannot disagree.
    """
    try:
        check(*args, **facts)
    except PermissionDenied:
        return False
    return True
