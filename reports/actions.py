"""Asking for files."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from common import clock
from common.refusal import Refused
from journal.record import record
from people.models import User
from people.permissions import check_can_have_record
from reports.certificates import new_code, parts_of
from reports.models import Certificate, RecordFile
from supervision.models import Season


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


@transaction.atomic
def ask_certificate(season: Season, *, by: User) -> Certificate:
    """Let the worker process make one's own certificate of a season. While nothing is new, the one
    that was made stays.

    Raises Refused for somebody who came to none of its meetings.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    parts = [part.as_json() for part in parts_of(by, season)]
    if not parts:
        raise Refused(_("There is no meeting of this season that you came to."))
    language = get_language() or settings.LANGUAGE_CODE
    same = Certificate.objects.filter(owner=by, season=season, language=language).first()
    if same is not None and same.parts == parts and same.name == by.name:
        return same
    certificate = Certificate.objects.create(
        code=new_code(),
        owner=by,
        season=season,
        name=by.name,
        parts=parts,
        language=language,
        asked_at=clock.now(),
    )
    record("reports.certificate_asked", by=by, subject=certificate)
    if settings.OUTBOX_ASYNC:
        transaction.on_commit(
            lambda: async_task("reports.tasks.make_certificate", certificate.pk), robust=True
        )
    return certificate
