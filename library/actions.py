"""What consultants do to support materials, and workers to their own record."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from library.models import Competence, LearningEntry, Material, MaterialMark, Topic
from library.permissions import check_can_change_learning, check_can_keep_materials
from people.models import User
from people.permissions import check_can_have_record


@transaction.atomic
def add_material(
    topic: Topic,
    *,
    title: str,
    description: str = "",
    kind: str,
    language: str,
    link: str = "",
    file: File | None = None,
    file_kind: str = "",
    by: User,
    pk: uuid.UUID | None = None,
) -> Material:
    """Add a link or a file to a topic. `file_kind` is the ending under which it is kept.

    The file gets a random name on disk; the name it came with is only shown.
    """
    check_can_keep_materials(by)
    # Nothing stands yet that a second sending could wait at, but the sender does.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if done := Material.objects.filter(pk=pk).first():
        return done
    _check_one_of(link, file)
    material = Material(
        id=pk or uuid.uuid4(),
        topic=topic,
        title=title,
        description=description,
        kind=kind,
        language=language,
        added_at=clock.now(),
        added_by=by,
    )
    _set_content(material, link, file, file_kind)
    material.save()
    record("library.material_added", by=by, subject=material, topic=topic.key)
    return material


@transaction.atomic
def change_material(
    material: Material,
    *,
    title: str,
    description: str = "",
    kind: str,
    language: str,
    link: str = "",
    file: File | None = None,
    file_kind: str = "",
    seen: str | None = None,
    by: User,
) -> Material:
    """Change a material; without a new file or link its content stays.

    Raises Refused for a withdrawn one, and when `seen` (`mark_of_material`) shows
    that somebody else has changed it meanwhile.
    """
    material = _locked(material)
    check_can_keep_materials(by)
    _check_not_withdrawn(material)
    if seen is not None and seen != mark_of_material(material):
        raise Refused(_("Somebody changed this material meanwhile. Look at it and try again."))
    material.title, material.description = title, description
    material.kind, material.language = kind, language
    if file or link:
        _check_one_of(link, file)
        _set_content(material, link, file, file_kind)
    material.save()
    record("library.material_changed", by=by, subject=material)
    return material


@transaction.atomic
def withdraw_material(material: Material, *, by: User) -> Material:
    """Take a material out of the library; the row and its file are kept."""
    material = _locked(material)
    check_can_keep_materials(by)
    _check_not_withdrawn(material)
    material.withdrawn_at, material.withdrawn_by = clock.now(), by
    material.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("library.material_withdrawn", by=by, subject=material)
    return material


@transaction.atomic
def mark_material(material: Material, *, kind: str, on: bool, by: User) -> None:
    """Say that a material is useful, or put it on one's own shelf; or take that back. Again is
    no deed. The journal does not say which material: who found what useful is nobody's to know.
    """
    material = _locked(material)
    _check_not_withdrawn(material)
    marks = MaterialMark.objects.filter(material=material, user=by, kind=kind)
    if on:
        MaterialMark.objects.get_or_create(material=material, user=by, kind=kind)
    else:
        marks.delete()
    record("library.material_marked", by=by, subject=by)


def mark_of_material(material: Material) -> str:
    """Return a short mark of what `change_material` changes."""
    facts = (
        material.title,
        material.description,
        material.kind,
        material.language,
        material.link,
        material.file.name,
    )
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:16]


def _locked(material: Material) -> Material:
    return Material.objects.select_for_update(of=("self",)).get(pk=material.pk)


def _check_one_of(link: str, file: File | None) -> None:
    if bool(link) == bool(file):
        raise Refused(_("Give either a link or a file."), field="link")


def _check_not_withdrawn(material: Material) -> None:
    if material.withdrawn_at:
        raise Refused(_("This material has been withdrawn."))


def _set_content(material: Material, link: str, file: File | None, file_kind: str) -> None:
    old = material.file.name
    if link != material.link:
        material.link_checked_at = material.link_failing_since = None
    material.link, material.file, material.file_name = link, "", ""
    if file:
        material.file_name = file.name
        material.file.save(f"{uuid.uuid4().hex}.{file_kind}", file, save=False)
    if old:
        storage = material._meta.get_field("file").storage
        transaction.on_commit(lambda: storage.delete(old))


@transaction.atomic
def add_learning(
    *,
    kind: str,
    title: str,
    happened_on: date,
    hours: Decimal,
    words: str = "",
    competences: Iterable[Competence] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> LearningEntry:
    """Enter something into one's own record; `hours` in quarters. Sent twice it is made once.

    Raises PermissionDenied for somebody who was never a worker; Refused for a day to come
    (field "happened_on").
    """
    check_can_have_record(by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if pk and (made := LearningEntry.objects.filter(pk=pk, owner=by).first()):
        return made
    _check_happened(happened_on)
    entry = LearningEntry.objects.create(
        id=pk or uuid.uuid4(),
        owner=by,
        kind=kind,
        title=title,
        happened_on=happened_on,
        hours=hours,
        words=words,
        added_at=clock.now(),
    )
    entry.competences.set(competences)
    record("library.learning_added", by=by, subject=entry)
    return entry


@transaction.atomic
def change_learning(
    entry: LearningEntry,
    *,
    kind: str,
    title: str,
    happened_on: date,
    hours: Decimal,
    words: str = "",
    competences: Iterable[Competence] = (),
    by: User,
) -> LearningEntry:
    """Change an entry of one's own record. Raises as `add_learning`."""
    entry = LearningEntry.objects.select_for_update().get(pk=entry.pk)
    check_can_change_learning(by, entry)
    _check_happened(happened_on)
    entry.kind, entry.title, entry.happened_on = kind, title, happened_on
    entry.hours, entry.words = hours, words
    entry.save()
    entry.competences.set(competences)
    record("library.learning_changed", by=by, subject=entry)
    return entry


@transaction.atomic
def remove_learning(entry: LearningEntry, *, by: User) -> None:
    """Take an entry out of one's own record for good; a second click finds it gone."""
    found = LearningEntry.objects.select_for_update().filter(pk=entry.pk).first()
    check_can_change_learning(by, found or entry)
    if found is not None:
        record("library.learning_removed", by=by, subject=found)
        found.delete()


def _check_happened(day: date) -> None:
    if day > clock.today():
        raise Refused(_("This day is still to come."), field="happened_on")
