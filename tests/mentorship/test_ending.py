"""What is left when a mentorship ends or goes to another mentor."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.refusal import Refused
from meetings.models import Meeting
from mentorship import actions
from mentorship.actions import course
from mentorship.models import PlanVersion
from mentorship.workflow import PlanStatus
from people.drafts import Tab
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db


def test_agreeing_to_the_summary_cancels_coming_meetings(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    coming = made.booked_meeting(plan)
    plan = actions.write_summary(plan, summary="Kokkuvõte", by=plan.worker)
    page = client_of(plan.mentor).get(plan.get_absolute_url()).content.decode()
    assert "Kui nõustud, jäävad need kohtumised ära" in page

    actions.agree_summary(plan, by=plan.mentor)

    assert Meeting.objects.get(pk=coming.pk).is_cancelled


def test_summary_lets_a_proposed_change_give_way(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    made.proposed_change(plan, by=plan.worker)
    page = client_of(plan.mentor).get(reverse("mentorship:summary-write", args=[plan.pk]))
    assert "muudatusettepanek ootab vastust" in page.content.decode()

    plan.refresh_from_db()
    actions.write_summary(plan, summary="Kokkuvõte", by=plan.mentor)

    assert not plan.versions.filter(state=PlanVersion.State.PROPOSED).exists()


def test_forgotten_meeting_is_recorded_after_the_end_once(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.begun_meeting(plan)
    plan = actions.end_plan(plan, reason="other", by=plan.mentor)
    client = client_of(plan.mentor)
    record = reverse("mentorship:meeting-record", args=[meeting.pk])
    assert record in client.get(meeting.get_absolute_url()).content.decode()

    meeting = actions.record_meeting(meeting, outcome="held", by=plan.mentor)

    assert record not in client.get(meeting.get_absolute_url()).content.decode()
    with pytest.raises(Refused):
        actions.record_meeting(meeting, outcome="held", shared_notes="Muu", by=plan.worker)


def test_notes_stay_their_writers_after_the_mentorship_went_over(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting, first = made.begun_meeting(plan), plan.mentor
    actions.keep_note(meeting, text="kanaarilind", by=first)
    actions.keep_note(meeting, text="rebane", by=plan.worker)
    second, coordinator = people.consultant("Elva vald"), people.coordinator()
    actions.reassign_plan(plan, mentor=second, by=coordinator)

    notes = reverse("mentorship:notes")
    text = client_of(first).get(notes).content.decode()
    assert "kanaarilind" in text
    assert "rebane" not in text
    # The page of the meeting is the new mentor's now.
    assert meeting.get_absolute_url() not in text
    assert client_of(first).get(meeting.get_absolute_url()).status_code == 404
    for other in (second, coordinator, people.administrator()):
        response = client_of(other).get(notes)
        assert "kanaarilind" not in response.content.decode()
    own = client_of(plan.worker).get(notes).content.decode()
    assert "rebane" in own
    assert meeting.get_absolute_url() in own


def test_notes_never_saved_are_read_by_a_former_mentor(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting, first = made.begun_meeting(plan), plan.mentor
    actions.draft_note(meeting, texts={"text": "kanaarilind"}, tab=Tab(key="x"), by=first)
    actions.draft_note(meeting, texts={"text": "  "}, tab=Tab(key="y"), by=plan.worker)
    second = people.consultant("Elva vald")
    actions.reassign_plan(plan, mentor=second, by=people.coordinator())

    address = reverse("mentorship:notes")
    text = client_of(first).get(address).content.decode()
    assert "kanaarilind" in text
    assert reverse("mentorship:note-keep", args=[meeting.pk]) not in text
    for other in (plan.worker, second, people.administrator()):
        page = client_of(other).get(address)
        assert page.context["unsaved"] == []
        assert "kanaarilind" not in page.content.decode()


def test_record_and_notes_stay_open_to_who_has_left(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    actions.keep_note(made.begun_meeting(plan), text="rebane", by=plan.worker)
    plan.worker.posts.update(ends_on=clock.today() - timedelta(days=1))
    client = client_of(plan.worker)

    assert "rebane" in client.get(reverse("mentorship:notes")).content.decode()
    assert client.get(reverse("reports:record-json")).json()
    mine = client.get(reverse("people:profile")).content.decode()
    assert reverse("reports:record") in mine
    assert client_of(people.supervisor()).get(reverse("reports:record")).status_code == 403


def test_recording_moves_only_the_topics_that_were_touched(client_of):
    """The other side moved a topic since the page was opened: it stays moved."""
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.begun_meeting(plan)
    first, second, third = plan.topics.all()
    client, address = (
        client_of(plan.mentor),
        reverse("mentorship:meeting-record", args=[meeting.pk]),
    )
    form = client.get(address).context["form"]
    shown = {f"initial-progress_{row.pk}": row.progress for row in form.plan_topics}
    shown |= {f"progress_{row.pk}": row.progress for row in form.plan_topics}
    assert f'name="initial-progress_{first.pk}"' in str(form["progress_" + str(first.pk)])
    actions.move_topic(first, progress="done", by=plan.worker)

    typed = {"outcome": "held", f"progress_{second.pk}": "in_work"}
    client.post(address, shown | typed | {"version": meeting.version})

    assert [row.progress for row in plan.topics.all()] == ["done", "in_work", "planned"]


def test_ending_leaves_no_meeting_that_was_booked_meanwhile(monkeypatch):
    """Another transaction may book until the plan is held."""
    plan = made.plan_at(PlanStatus.RUNNING)
    held = course.locked

    def booked_before(row):
        monkeypatch.setattr(course, "locked", held)
        made.booked_meeting(plan)
        return held(row)

    monkeypatch.setattr(course, "locked", booked_before)
    actions.end_plan(plan, reason="other", by=plan.mentor)

    assert not plan.meetings.filter(meeting__status="confirmed").exists()


def test_next_meeting_of_a_paused_plan_is_after_the_pause(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    made.begun_meeting(plan)
    back = clock.today() + timedelta(days=60)
    plan = actions.pause_plan(plan, reason="leave", expected_until=back, by=plan.worker)

    page = client_of(plan.mentor).get(reverse("mentorship:meeting-book", args=[plan.pk]))

    assert page.context["due"].due_on == back
    assert clock.day_of(page.context["suggested"].starts_at) >= back
    board = client_of(plan.mentor).get(reverse("mentorship:overview")).content.decode()
    assert reverse("mentorship:meeting-book", args=[plan.pk]) not in board


def test_unrecorded_meeting_waits_for_the_mentor_on_the_board(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.begun_meeting(plan)
    with clock.at(meeting.meeting.ends_at):
        [row] = client_of(plan.mentor).get(reverse("mentorship:overview")).context["mentees"]
        assert row.waits_for == "sina"
        actions.record_meeting(meeting, outcome="held", by=plan.mentor)
        [row] = client_of(plan.mentor).get(reverse("mentorship:overview")).context["mentees"]
        assert row.waits_for == ""


def test_template_is_put_under_what_was_typed(client_of):
    template = made.template(goal="Malli eesmärk")
    wish = made.submitted_request()
    plan = actions.take_request(wish, by=people.consultant("Elva vald"))
    client, page = client_of(plan.mentor), reverse("mentorship:plan-write", args=[plan.pk])
    typed = {"chosen_roles": "on", "goal_roles": "Minu siht", "rhythm": "weekly", "begin": "1"}

    # Withdrawn meanwhile: nothing is saved that nobody asked to save.
    form = client.post(f"{page}?template=0", typed).context["form"]
    assert form["goal_roles"].value() == "Minu siht"
    pk = template.versions.first().pk
    assert f'formaction="?template={pk}"' in client.get(page).content.decode()
    shown = client.post(f"{page}?template={pk}", typed)

    assert shown.status_code == 200
    form = shown.context["form"]
    assert (form["goal_roles"].value(), form["rhythm"].value()) == ("Minu siht", "weekly")
    chosen = [row for row in form.rows() if row["chosen"].value()]
    assert "Malli eesmärk" in [row["goal"].value() for row in chosen]
    assert not plan.topics.exists()
