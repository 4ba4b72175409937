"""Encrypted texts: bound to their row and field, rotated, never written blindly."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from common import crypto
from outbox.compose import compose
from outbox.models import Message
from people.drafts import save_draft
from people.models import Draft
from tests.factories import people


pytestmark = pytest.mark.django_db

WORD = "kanaarilind"


def draft(word: str = WORD) -> Draft:
    return save_draft(people.person(), "test", {"word": word})


def stored(row: Draft) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM people_draft WHERE id = %s", [_key(row)])
        return cursor.fetchone()[0]


def put(row: Draft, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_draft SET content = %s WHERE id = %s", [text, _key(row)])


def _key(row: Draft) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def test_text_stands_sealed_and_opens_again() -> None:
    row = draft()
    assert WORD not in stored(row)
    assert stored(row).startswith(f"v1:{crypto.newest_key_id()}:")
    assert Draft.objects.get(pk=row.pk).content == {"word": WORD}


def test_text_moved_to_another_row_does_not_open() -> None:
    first, second = draft(), draft("other")
    put(second, stored(first))
    moved = Draft.objects.get(pk=second.pk)
    with pytest.raises(crypto.CannotDecrypt):
        _ = moved.content


def test_text_moved_to_another_field_does_not_open() -> None:
    sealed = crypto.encrypt(WORD, bound_to="people.draft.content:1")
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(sealed, bound_to="people.draft.other:1")


@pytest.mark.parametrize("token", ["v1:aaaaaaaa:QUJD", "v1:x", "", "v1:00000000:!!"])
def test_altered_text_does_not_open(token) -> None:
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(token, bound_to="x")


def test_same_text_is_sealed_differently_each_time() -> None:
    assert crypto.encrypt(WORD, bound_to="x") != crypto.encrypt(WORD, bound_to="x")


def test_update_is_refused() -> None:
    row = draft()
    before = stored(row)
    with pytest.raises(TypeError), transaction.atomic():
        Draft.objects.filter(pk=row.pk).update(content={"word": "open"})
    assert stored(row) == before


def test_saving_another_field_leaves_the_text_as_it_is() -> None:
    row = draft()
    before = stored(row)
    again = Draft.objects.get(pk=row.pk)
    again.kind = "changed"
    again.save()
    assert stored(row) == before
    assert Draft.objects.get(pk=row.pk).content == {"word": WORD}


def test_deferred_text_opens_when_asked() -> None:
    row = draft()
    deferred = Draft.objects.defer("content").get(pk=row.pk)
    assert "content" in deferred.get_deferred_fields()
    assert deferred.content == {"word": WORD}


def test_refresh_reads_the_text_anew() -> None:
    row = draft()
    other = Draft.objects.get(pk=row.pk)
    other.content = {"word": "later"}
    other.save()
    row.refresh_from_db()
    assert row.content == {"word": "later"}


def test_bulk_create_seals() -> None:
    owner = people.person()
    rows = [Draft(owner=owner, kind="test", content={"word": f"{WORD}{n}"}) for n in range(3)]
    Draft.objects.bulk_create(rows)
    assert all(WORD not in stored(row) for row in rows)
    opened = [Draft.objects.get(pk=row.pk).content["word"] for row in rows]
    assert opened == [f"{WORD}{n}" for n in range(3)]


def test_rotation_seals_anew_with_the_first_key(settings) -> None:
    row = draft()
    message = compose("people.password_changed", to=people.person(), link="/")
    body = message.body
    old, new = crypto.newest_key_id(), crypto.new_key()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]

    for _ in range(2):
        call_command("rotate_keys", verbosity=0)

    assert crypto.newest_key_id() != old
    assert crypto.key_id_of(stored(row)) == crypto.newest_key_id()
    settings.FIELD_KEYS = [new]
    assert Draft.objects.get(pk=row.pk).content == {"word": WORD}
    assert Message.objects.get(pk=message.pk).body == body


def test_text_under_an_unknown_key_does_not_open(settings) -> None:
    row = draft()
    settings.FIELD_KEYS = [crypto.new_key()]
    with pytest.raises(crypto.CannotDecrypt):
        _ = Draft.objects.get(pk=row.pk).content
