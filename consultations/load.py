import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from consultations.models import ConsultationRequest


def open_work(people: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """Count the open requests assigned to each of these consultants. One query."""
    rows = ConsultationRequest.objects.open().filter(consultant__in=people).order_by()
    return dict(rows.values_list("consultant").annotate(number=Count("pk")))
