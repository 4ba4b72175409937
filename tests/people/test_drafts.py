"""How long what was never sent is kept."""

from datetime import timedelta

import pytest

from common import clock
from people.drafts import save_draft
from people.models import Draft
from people.tasks import drop_old_drafts
from tests.factories import people


@pytest.mark.django_db
def test_draft_is_dropped_half_a_year_after_it_was_last_touched() -> None:
    owner = people.worker()
    save_draft(owner, "note", {"text": "kanaarilind"})
    touched = save_draft(owner, "note", {"text": "rebane"})
    with clock.at(clock.now() + timedelta(days=1)):
        save_draft(owner, "note", {"text": "karu"}, draft=touched)

    with clock.at(clock.now() + timedelta(days=180)):
        assert drop_old_drafts() == 0
    with clock.at(clock.now() + timedelta(days=180, seconds=1)):
        assert drop_old_drafts() == 1
    assert [draft.pk for draft in Draft.objects.all()] == [touched.pk]
