import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from supervision.models import Group
from supervision.workflow import GroupStatus


def open_work(people: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """Count the running groups of each of these supervisors. One query."""
    rows = Group.objects.filter(supervisor__in=people, status=GroupStatus.PUBLISHED).order_by()
    return dict(rows.values_list("supervisor").annotate(number=Count("pk")))
