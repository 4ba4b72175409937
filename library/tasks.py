"""What the worker does for the library. Running twice is harmless."""

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from common import clock
from common.fetch import is_there
from library import emails
from library.models import Material


AT_ONCE = 5
"""How many links one call asks: each may take ten seconds, and a task has 90."""


def check_links() -> int:
    """Ask some of the library's links whether they still answer, each once in a day, and note
    since when one does not; return how many were noted. Who keeps a material is told when its
    link is broken.

    When of several none answers, it is our own line that is down, and nothing is noted.
    """
    if not settings.LINK_CHECKS:
        return 0
    # Not the longest unasked first: were those all broken, they would look like our line for good.
    due = list(Material.objects.links_due().order_by("?")[:AT_ONCE])
    there = [(material, is_there(material.link)) for material in due]
    if len(due) > 1 and all(answer is False for _material, answer in there):
        return 0
    noted = sum(_note(material, answers=answer is not False) for material, answer in there)
    asked = [material.pk for material, _answer in there]
    broken = Material.objects.with_broken_link().filter(pk__in=asked)
    for material in broken.select_related("added_by"):
        emails.link_broken(material)
    return noted


def _note(material: Material, *, answers: bool) -> int:
    now = clock.now()
    since = None if answers else Coalesce(F("link_failing_since"), Value(now))
    # Whoever changed the link meanwhile has another one to be asked.
    row = Material.objects.filter(pk=material.pk, link=material.link)
    return row.update(link_checked_at=now, link_failing_since=since)
