"""Files made in the background. Running twice is harmless."""

import base64
import uuid
from datetime import timedelta

from django.urls import reverse
from django.utils import translation

from common import clock
from outbox.compose import absolute
from reports.certificates import Part, certificate_pdf
from reports.models import Certificate, RecordFile
from reports.record import record_of
from reports.record_pdf import record_pdf


KEPT = timedelta(days=1)
"""How long a file waits to be fetched."""


def make_record_file(key: uuid.UUID) -> bool:
    """Make a file that was asked for; say whether this call made it."""
    file = RecordFile.objects.filter(pk=key, made_at__isnull=True).select_related("owner").first()
    if file is None:
        return False
    with translation.override(file.language):
        pdf = record_pdf(record_of(file.owner))
    file.content, file.made_at = base64.b64encode(pdf).decode(), clock.now()
    file.save(update_fields=["content", "made_at"])
    return True


def make_certificate(key: uuid.UUID) -> bool:
    """Make a certificate that was asked for; say whether this call made it."""
    paper = (
        Certificate.objects.filter(pk=key, made_at__isnull=True).select_related("season").first()
    )
    if paper is None:
        return False
    with translation.override(paper.language):
        pdf = certificate_pdf(
            name=paper.name,
            year=paper.season.year,
            parts=[Part.from_json(row) for row in paper.parts],
            made_on=clock.day_of(paper.asked_at),
            code=paper.code,
            address=absolute(reverse("reports:certificate-verify")),
        )
    paper.content, paper.made_at = base64.b64encode(pdf).decode(), clock.now()
    paper.save(update_fields=["content", "made_at"])
    return True


def make_certificates() -> int:
    """Make what waits, should a task have been lost; return how many."""
    waiting = Certificate.objects.filter(made_at__isnull=True).values_list("pk", flat=True)
    return sum(map(make_certificate, list(waiting)))


def make_record_files() -> int:
    """Make what waits, should a task have been lost, and drop what is old; return how many."""
    RecordFile.objects.filter(asked_at__lt=clock.now() - KEPT).delete()
    waiting = RecordFile.objects.filter(made_at__isnull=True).values_list("pk", flat=True)
    return sum(map(make_record_file, list(waiting)))
