"""What is typed about a meeting, kept until it is saved: whose, for how long, and side by side."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from common import clock
from journal.models import Entry
from mentorship import actions
from mentorship.models import PrivateNote
from mentorship.workflow import PlanStatus
from people.drafts import NewerDraft, Tab
from people.models import Draft
from tests.factories import mentorship as made


pytestmark = pytest.mark.django_db

ONE, OTHER = "8f3c1f52-0000-4000-8000-000000000001", "8f3c1f52-0000-4000-8000-000000000002"
"""Keys of two tabs."""
TYPED = "mustandilind"


@pytest.fixture
def plan():
    return made.plan_at(PlanStatus.RUNNING)


@pytest.fixture
def meeting(plan):
    return made.begun_meeting(plan)


def address(meeting, name: str = "meeting-record-draft") -> str:
    return reverse(f"mentorship:{name}", args=[meeting.pk])


def typing(user, text: str = TYPED, *, tab: str = ONE, version: int = 0, turn: int = 1, **more):
    """What a tab sends while somebody types."""
    known = {"tab_key": tab, "tab_version": version, "tab_turn": turn, "version": 0}
    return known | {"writer": user.pk, "shared_notes": text, "text": text} | more


def texts() -> list[str]:
    return [draft.content["texts"].get("shared_notes") for draft in Draft.objects.all()]


def shown_field(response, name: str) -> str:
    form = BeautifulSoup(response.content, "html.parser").select_one("main form.tp-form")
    field = form.select_one(f'[name="{name}"]')
    # A textarea's first line break is the markup's own.
    return field.text.removeprefix("\n").strip() if field.name == "textarea" else field["value"]


def test_what_is_typed_is_kept_and_said(client_of, meeting, plan):
    response = client_of(plan.worker).post(address(meeting), typing(plan.worker))

    assert response.status_code == 200
    assert response.json()["version"] == 1
    assert "10.00" in response.json()["said"]
    assert texts() == [TYPED]
    meeting.refresh_from_db()
    assert meeting.shared_notes == ""


def test_page_opens_with_the_draft_and_saving_for_good_ends_it(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker))

    page = client.get(address(meeting, "meeting-record"))
    assert shown_field(page, "shared_notes") == TYPED
    assert "23.11.2026 kl 10.00" in page.content.decode()
    form = {name: shown_field(page, name) for name in ("tab_key", "tab_version", "version")}
    progress = {f"progress_{row.pk}": row.progress for row in plan.topics.all()}
    saved = form | progress | {"outcome": "held", "shared_notes": "valmis"}
    assert client.post(address(meeting, "meeting-record"), saved).status_code == 302

    meeting.refresh_from_db()
    assert meeting.shared_notes == "valmis"
    assert texts() == []


def test_a_draft_is_thrown_away_for_the_saved_text(client_of, plan):
    meeting, client = made.held_meeting(plan), client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker, version=1))
    assert shown_field(client.get(address(meeting, "meeting-record")), "shared_notes") == TYPED

    response = client.post(address(meeting), {"drop": "1"}, follow=True)

    assert shown_field(response, "shared_notes") == made.NOTES
    assert texts() == []


def test_a_draft_equal_to_what_is_saved_is_not_spoken_of(client_of, plan):
    meeting, client = made.held_meeting(plan), client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker, made.NOTES, plan_for_next=made.NEXT))

    page = client.get(address(meeting, "meeting-record"))

    assert page.context["form"].draft is not None
    assert not page.context["form"].is_restored


def test_what_the_other_side_saved_since_stands_beside_the_draft(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker))
    theirs = {"shared_notes": made.NOTES, "plan_for_next": made.NEXT}
    actions.record_meeting(meeting, outcome="held", **theirs, by=plan.mentor)

    page = client.get(address(meeting, "meeting-record"))

    assert shown_field(page, "shared_notes") == TYPED
    assert made.NOTES in page.content.decode()
    # Both have been read, so saving replaces.
    assert shown_field(page, "version") == "1"


# --- tabs -----------------------------------------------------------------------------------


def test_a_tab_does_not_write_over_another_unseen(client_of, meeting, plan):
    client = client_of(plan.worker)
    with clock.at(clock.now() + timedelta(minutes=31)):
        client.post(address(meeting), typing(plan.worker, "esimene", tab=ONE))

    response = client.post(address(meeting), typing(plan.worker, "teine", tab=OTHER))

    assert response.status_code == 409
    answer = response.json()
    assert "10.31" in answer["said"]
    assert [each["text"] for each in answer["texts"]] == ["esimene"]
    assert texts() == ["esimene"]
    # Having shown it, the tab knows that version and may go on.
    known = typing(plan.worker, "teine", tab=OTHER, version=answer["version"], turn=2)
    assert client.post(address(meeting), known).json()["version"] == 2
    assert texts() == ["teine"]


def test_a_lost_answer_makes_no_tab_a_stranger_to_itself(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker, "esimene"))

    # The first answer was lost: the tab still counts from nothing.
    response = client.post(address(meeting), typing(plan.worker, "esimene ja teine", turn=2))

    assert response.status_code == 200
    assert texts() == ["esimene ja teine"]


def test_a_saving_that_comes_late_does_not_bring_old_words_back(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.post(address(meeting), typing(plan.worker, "uus", turn=2))

    response = client.post(address(meeting), typing(plan.worker, "vana", turn=1))

    assert response.status_code == 200
    assert texts() == ["uus"]


def test_saving_for_good_in_one_tab_leaves_what_another_typed_since(meeting, plan):
    def draft(text: str, tab: Tab) -> None:
        actions.draft_record(meeting, texts={"shared_notes": text}, tab=tab, by=plan.worker)

    draft("esimene", Tab(key=ONE, turn=1))
    draft("teine", Tab(key=OTHER, turn=1, version=1))

    old, seen = Tab(key=ONE, turn=1, version=1), Tab(key="uus", version=2)
    actions.record_meeting(meeting, outcome="held", tab=old, by=plan.worker)
    assert texts() == ["teine"]

    actions.record_meeting(meeting, outcome="held", tab=seen, by=plan.worker)
    assert texts() == []


def test_a_tab_left_open_goes_on_after_another_saved_for_good(meeting, plan):
    about = {"by": plan.worker}
    actions.draft_record(meeting, texts={"shared_notes": "a"}, tab=Tab(key=ONE, turn=1), **about)
    actions.record_meeting(meeting, outcome="held", tab=Tab(key=ONE), **about)

    typed = {"shared_notes": "edasi"}
    kept = actions.draft_record(
        meeting, texts=typed, tab=Tab(key=OTHER, version=1, turn=1), **about
    )

    assert (texts(), kept.version) == (["edasi"], 2)
    with pytest.raises(NewerDraft):
        actions.draft_record(
            meeting, texts={}, tab=Tab(key="kolmas", version=1, turn=1), by=plan.worker
        )


# --- whose ----------------------------------------------------------------------------------


def test_a_draft_of_private_notes_is_read_by_its_author_alone(client_of, meeting, plan):
    client_of(plan.mentor).post(address(meeting, "note-draft"), typing(plan.mentor))

    pages = ("note-keep", "meeting-record", "meeting-detail")
    seen = {
        side: " ".join(
            client_of(getattr(plan, side)).get(address(meeting, name)).content.decode()
            for name in pages
        )
        for side in ("mentor", "worker")
    }

    assert {side: TYPED in page for side, page in seen.items()} == {
        "mentor": True,
        "worker": False,
    }
    assert not admin.site.is_registered(Draft)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM people_draft")
        assert TYPED not in str(cursor.fetchall())


def test_each_side_has_a_draft_of_its_own(client_of, meeting, plan):
    for person, text in ((plan.worker, "töötaja"), (plan.mentor, "mentor")):
        assert client_of(person).post(address(meeting), typing(person, text)).status_code == 200

    assert {
        draft.owner: draft.content["texts"]["shared_notes"] for draft in Draft.objects.all()
    } == {
        plan.worker: "töötaja",
        plan.mentor: "mentor",
    }


def test_a_page_of_one_person_saves_nothing_for_another(client_of, meeting, plan):
    """On a shared machine the mentor's page stands open and the worker has logged in."""
    client = client_of(plan.worker)

    response = client.post(address(meeting, "note-draft"), typing(plan.mentor))

    assert response.status_code == 403
    assert response.json()["said"]
    assert Draft.objects.count() == 0
    asked = client.get(address(meeting, "note-draft"), {"writer": plan.mentor.pk})
    assert (asked.status_code, "token" in asked.json()) == (403, False)


def test_a_fresh_token_is_given_to_the_writer(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.handler.enforce_csrf_checks = True
    assert client.post(address(meeting), typing(plan.worker)).status_code == 403

    token = client.get(address(meeting), {"writer": plan.worker.pk}).json()["token"]
    response = client.post(address(meeting), typing(plan.worker, csrfmiddlewaretoken=token))

    assert response.status_code == 200
    assert texts() == [TYPED]


# --- what is not kept -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"shared_notes": "x" * 100_001},
        {"tab_key": ""},
        {"tab_version": "-1"},
        {"tab_turn": "99999999999"},
        {"version": "kolm"},
    ],
)
def test_nonsense_is_refused_in_words(client_of, meeting, plan, changes):
    response = client_of(plan.worker).post(address(meeting), typing(plan.worker) | changes)

    assert response.status_code == 422
    assert len(response.json()["said"]) > len("Automaatselt ei salvestatud.")
    assert Draft.objects.count() == 0


def test_more_than_may_be_saved_is_still_kept(client_of, meeting, plan):
    client_of(plan.worker).post(address(meeting), typing(plan.worker, "x" * 20_000))

    assert texts() == ["x" * 20_000]


def test_nothing_is_kept_about_a_meeting_that_has_not_begun(client_of, plan):
    coming = made.booked_meeting(plan)
    client = client_of(plan.worker)

    assert client.post(address(coming), typing(plan.worker)).status_code == 422
    # Private notes are made ready beforehand.
    assert client.post(address(coming, "note-draft"), typing(plan.worker)).status_code == 200
    assert [draft.kind for draft in Draft.objects.all()] == ["mentorship.note"]


def test_saving_while_typing_leaves_no_entry(client_of, meeting, plan):
    before = Entry.objects.count()

    client_of(plan.worker).post(address(meeting), typing(plan.worker))
    client_of(plan.worker).post(address(meeting, "note-draft"), typing(plan.worker))

    assert Draft.objects.count() == 2
    assert Entry.objects.count() == before


def test_private_notes_saved_for_good_end_their_draft(client_of, meeting, plan):
    client = client_of(plan.worker)
    client.post(address(meeting, "note-draft"), typing(plan.worker))
    page = client.get(address(meeting, "note-keep"))
    assert shown_field(page, "text") == TYPED

    sent = {name: shown_field(page, name) for name in ("tab_version", "version", "text")}
    client.post(address(meeting, "note-keep"), sent)

    assert PrivateNote.objects.get().text == TYPED
    assert Draft.objects.count() == 0
