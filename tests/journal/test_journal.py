"""The journal: sentences for every kind, only facts inside, nothing changed afterwards."""

import ast
import uuid
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from common.catalogue import ROOMS
from journal import storage
from journal.history import history_of
from journal.models import Entry
from journal.record import known_kinds, record, sentence
from tests.factories import people
from tests.test_house_style import modules


pytestmark = pytest.mark.django_db


def recorded_kinds() -> set[str]:
    """Every kind that the code hands to record()."""
    found = set()
    for _room, _path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                room, _, name = node.value.partition(".")
                if room in ROOMS and name.isidentifier():
                    found.add(node.value)
    return found


def literal_kinds() -> set[str]:
    """Kinds written out in a call of record()."""
    return {
        node.args[0].value
        for _room, _path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "record"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_recorded_kind_has_a_sentence() -> None:
    assert literal_kinds() - known_kinds() == set()
    assert "people.person_invited" in literal_kinds()


def test_record_refuses_an_unknown_kind() -> None:
    with pytest.raises(ValueError):
        record("people.danced", by=None, subject=people.person())
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("language", ["et", "en"])
def test_every_kind_reads_as_a_sentence(language) -> None:
    subject = people.person()
    silent = []
    with translation.override(language):
        for kind in sorted(known_kinds()):
            entry = Entry(kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk)
            text = sentence(entry)
            if not text or kind in text or "." in text:
                silent.append(kind)
    assert silent == []


def test_every_kind_is_said_in_estonian() -> None:
    same = []
    for kind in sorted(known_kinds()):
        entry = Entry(kind=kind, details={})
        estonian = sentence(entry)
        with translation.override("en"):
            if sentence(entry) == estonian:
                same.append(kind)
    assert same == []


@pytest.mark.parametrize("text", ["two words", "x" * 41, ["list"], {"a": 1}, 1.5])
def test_record_refuses_free_text(text) -> None:
    with pytest.raises(TypeError):
        record("people.person_changed", by=None, subject=people.person(), note=text)
    assert Entry.objects.count() == 0


def test_record_keeps_facts() -> None:
    person, key = people.person(), uuid.uuid4()
    entry = record(
        "people.person_changed",
        by=person,
        subject=person,
        key=key,
        who=person,
        day=date(2026, 11, 23),
        code="custody",
        n=3,
        nothing=None,
    )
    entry.refresh_from_db()
    assert entry.details == {
        "key": str(key),
        "who": str(person.pk),
        "day": "2026-11-23",
        "code": "custody",
        "n": 3,
        "nothing": None,
    }


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET kind = 'x'",
        "UPDATE journal_entry SET actor_id = NULL",
        "DELETE FROM journal_entry",
    ],
)
def test_journal_is_append_only_in_the_database(sql) -> None:
    record("people.person_changed", by=None, subject=people.person())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Entry.objects.filter(kind="people.person_changed").count() == 1


def test_journal_is_append_only_through_models() -> None:
    entry = record("people.person_changed", by=None, subject=people.person())
    for deed in (entry.save, entry.delete, Entry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    assert Entry.objects.count() == 1


def test_journal_opens_for_the_retention_job_alone() -> None:
    record("people.person_changed", by=None, subject=people.person())
    with storage.unlocked():
        Entry.objects.all().delete()
    assert Entry.objects.count() == 0
    record("people.person_changed", by=None, subject=people.person())
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


def test_history_is_newest_first_in_one_query(django_assert_num_queries) -> None:
    actor, person, other = people.person("Mari", "Maasikas"), people.person(), people.person()
    for kind in ("people.post_added", "people.post_ended"):
        record(kind, by=actor, subject=person)
    record("people.role_added", by=None, subject=person)
    record("people.role_ended", by=actor, subject=other)

    with django_assert_num_queries(1):
        lines = history_of(person)

    assert [(line.who, line.title) for line in lines] == [
        ("Süsteem", "Andis rolli"),
        ("Mari Maasikas", "Lõpetas ametikoha"),
        ("Mari Maasikas", "Lisas ametikoha"),
    ]
    assert lines[0].when == "23.11.2026 kl 10.00"


def test_entries_hold_no_foreign_key_but_the_actor() -> None:
    keys = [f.name for f in apps.get_model("journal", "Entry")._meta.fields if f.is_relation]
    assert keys == ["actor"]
    assert recorded_kinds() >= literal_kinds()
