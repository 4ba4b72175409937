"""Keeping what people type until they send it."""

import uuid
from typing import Any

from django.db.models import QuerySet

from common import clock
from people.models import Draft, User


def open_draft(owner: User, kind: str, *, subject_id: uuid.UUID | None = None) -> Draft | None:
    """Return the owner's newest draft of this kind, or None."""
    return open_drafts(owner, kind, subject_id=subject_id).first()


def open_drafts(owner: User, kind: str, *, subject_id: uuid.UUID | None = None) -> QuerySet[Draft]:
    """Return the owner's drafts of this kind, newest first."""
    return Draft.objects.filter(owner=owner, kind=kind, subject_id=subject_id)


def save_draft(
    owner: User,
    kind: str,
    content: dict[str, Any],
    *,
    draft: Draft | None = None,
    subject_id: uuid.UUID | None = None,
) -> Draft:
    """Keep `content` (JSON values); whole answers of other steps stay as they were."""
    draft = draft or Draft(owner=owner, kind=kind, subject_id=subject_id, content={})
    draft.content = draft.content | content
    draft.updated_at = clock.now()
    draft.save()
    return draft


def drop_draft(draft: Draft) -> None:
    draft.delete()
