"""Asking for files."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django_q.tasks import async_task

from common import clock
from journal.record import record
from people.models import User
from people.permissions import check_can_have_record
from reports.models import RecordFile


@transaction.atomic
def ask_record_file(*, by: User) -> RecordFile:
    """Let the worker process make one's own record as a PDF; files of before are dropped."""
    check_can_have_record(by)
    RecordFile.objects.filter(owner=by).delete()
    file = RecordFile.objects.create(
        owner=by, language=get_language() or settings.LANGUAGE_CODE, asked_at=clock.now()
    )
    record("reports.record_file_asked", by=by, subject=by)
    if settings.OUTBOX_ASYNC:
        transaction.on_commit(
            lambda: async_task("reports.tasks.make_record_file", file.pk), robust=True
        )
    return file
