"""Keeping what people type until they send it, and for half a year if they never do."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from common import clock
from people.models import Draft, User


KEPT = timedelta(days=180)
"""How long a draft that nobody touches is kept: what was never sent is nobody's record."""


def open_draft(owner: User, kind: str, *, subject_id: uuid.UUID | None = None) -> Draft | None:
    """Return the owner's newest draft of this kind, or None."""
    return open_drafts(owner, kind, subject_id=subject_id).first()


def open_drafts(owner: User, kind: str, *, subject_id: uuid.UUID | None = None) -> QuerySet[Draft]:
    """Return the owner's drafts of this kind, newest first."""
    return Draft.objects.filter(owner=owner, kind=kind, subject_id=subject_id)


def kinds_of_drafts(owner: User, subject_id: uuid.UUID) -> list[str]:
    """Return of which kinds somebody has drafts about a row."""
    return list(
        Draft.objects.filter(owner=owner, subject_id=subject_id).values_list("kind", flat=True)
    )


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


# --- texts that are saved while they are typed ----------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Tab:
    """An open page with a text: which one, the draft's version it knows, its how-manieth saving.

    `row` is the version of the row that the text began from.
    """

    key: str
    version: int = 0
    turn: int = 0
    row: int = 0


class NewerDraft(Exception):
    """Another tab saved meanwhile: `draft` is what stands there now; nothing was changed."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


def autosave(
    owner: User, kind: str, *, subject_id: uuid.UUID, texts: dict[str, str], tab: Tab
) -> Draft:
    """Keep what somebody types about a row, one draft per person, kind and row.

    Runs inside a transaction. Raises NewerDraft when another tab has saved what this one
    has not seen. A tab finds its own draft whatever version it knows: the answer to its last
    saving may have been lost on the way. A saving that comes late changes nothing.
    """
    content = {"texts": texts, "tab": tab.key, "turn": tab.turn, "row": tab.row}
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        owner=owner,
        kind=kind,
        subject_id=subject_id,
        # The last draft may be gone, saved for good in another tab; its versions do not come back.
        defaults={
            "content": content,
            "version": tab.version + 1,
            "created_at": clock.now(),
            "updated_at": clock.now(),
        },
    )
    if is_new:
        return draft
    if draft.content["tab"] == tab.key:
        if tab.turn <= draft.content["turn"]:
            return draft
    elif draft.version != tab.version:
        raise NewerDraft(draft)
    draft.content = content
    draft.version += 1
    draft.updated_at = clock.now()
    draft.save()
    return draft


def drop_seen_draft(owner: User, kind: str, *, subject_id: uuid.UUID, tab: Tab) -> None:
    """Drop the draft of a text that was saved for good; what another tab wrote since stays.

    Runs inside a transaction.
    """
    for draft in open_drafts(owner, kind, subject_id=subject_id).select_for_update():
        if tab.key == draft.content["tab"] or tab.version == draft.version:
            drop_draft(draft)
