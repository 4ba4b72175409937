"""Moving and cancelling: the pages, the actions, what can go wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.actions import (
    add_guest,
    add_person,
    answer_invitation,
    cancel_meeting,
    move_meeting,
    remove_invitee,
)
from meetings.models import Change, Meeting
from outbox.models import Message
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

NEW_START = datetime(2026, 11, 25, 14, 30, tzinfo=clock.TALLINN)
REASON = "Kanaarilind haigestus."


def moved_form(meeting: Meeting, **changes) -> dict:
    return {
        "day": "25.11.2026",
        "begins": "14.30",
        "ends": "16.00",
        "form": "on_site",
        "place": "Võru, Näidise 2",
        "link": "",
        "wanted_by": "invitee",
        "reason": REASON,
        "sequence": str(meeting.sequence),
        **changes,
    }


def cancelled_form(meeting: Meeting, **changes) -> dict:
    return {"wanted_by": "invitee", "reason": REASON, "sequence": str(meeting.sequence), **changes}


def address(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:meeting-{name}", args=[meeting.pk])


def state_of(meeting: Meeting) -> tuple:
    """Everything that a refused deed must leave as it was."""
    return (
        Meeting.objects.filter(pk=meeting.pk).values().get(),
        list(meeting.invitees.order_by("id").values()),
        Change.objects.count(),
        Entry.objects.count(),
        Message.objects.count(),
    )


# --- moving ---------------------------------------------------------------------------------


def test_meeting_in_the_hour_that_comes_twice_stays_when_its_place_changes(client_of):
    """On 31.10.2027 it is 3.30 twice in Tallinn; the page names both alike."""
    organiser = people.consultant()
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    meeting = meetings.meeting(organiser=organiser, starts_at=second)
    assert second.astimezone(clock.TALLINN).fold == 1
    typed = moved_form(meeting, day="31.10.2027", begins="3.30", ends="4.30", slot="other")

    client = client_of(organiser)
    # It is Sunday night: that is asked about first.
    asks = client.post(address("move", meeting), typed).context["form"].fields["despite"]
    client.post(address("move", meeting), typed | {"despite": asks.widget.mark})

    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.place) == (second, "Võru, Näidise 2")


def test_meeting_move_changes_time_and_place_and_asks_everyone_again(client_of):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)
    before = Entry.objects.count()
    told = Message.objects.count()

    response = client_of(organiser).post(address("move", meeting), moved_form(meeting))

    assert response["Location"] == meeting.get_absolute_url()
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.ends_at) == (NEW_START, NEW_START + timedelta(minutes=90))
    assert (meeting.place, meeting.sequence, meeting.status) == ("Võru, Näidise 2", 1, "confirmed")
    assert sorted(i.answer for i in meeting.invitees.all()) == [
        "accepted",
        "needs-action",
        "needs-action",
    ]
    [change] = meeting.changes.all()
    assert (change.kind, change.wanted_by, change.reason) == ("moved", "invitee", REASON)
    assert (change.old_starts_at, change.new_starts_at) == (meetings.TOMORROW_AT_TEN, NEW_START)
    assert change.made_by == organiser
    assert Entry.objects.count() == before + 1
    assert Entry.objects.about(meeting)[0].kind == "meetings.meeting_moved"
    assert Message.objects.count() == told + 2
    mails = Message.objects.filter(kind="meetings.meeting_moved").order_by("address")
    assert [mail.address for mail in mails] == sorted([worker.email, meetings.GUEST.email])
    assert meetings.service.told == [("moved", meeting)]


def test_meeting_move_shows_the_present_values(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser, link="https://video.example/tuba")

    form = client_of(organiser).get(address("move", meeting)).context["form"]

    shown = {name: str(form[name].value()) for name in form.fields}
    assert shown == {
        "slot": "None",
        "shown": "from=2026-11-23&length=60",
        "day": "2026-11-24",
        "begins": "10:00:00",
        "ends": "11:00:00",
        "form": "on_site",
        "place": "Tartu, Näidise 1",
        "link": "https://video.example/tuba",
        "wanted_by": "None",
        "reason": "None",
        "despite": "None",
        "sequence": "0",
    }
    assert 'value="24.11.2026"' in str(form["day"])
    assert 'value="10.00"' in str(form["begins"])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"day": "22.11.2026"}, "day", "möödas"),
        ({"day": "23.11.2026", "begins": "9.00", "ends": "11.00"}, "begins", "möödas"),
        ({"begins": "16.00", "ends": "15.00"}, "ends", "hiljem kui algus"),
        ({"begins": "16.00", "ends": "16.00"}, "ends", "hiljem kui algus"),
        ({"day": "homme"}, "day", "22.11.2026"),
        ({"day": ""}, "day", "Täida see väli"),
        ({"begins": "25.99"}, "begins", "10.00"),
        (
            {"day": "28.03.2027", "begins": "3.30", "ends": "5.00"},
            "begins",
            "Sellist kellaaega ei ole",
        ),
        ({"form": "tuvipost"}, "form", "tuvipost"),
        ({"place": ""}, "place", "kus te kohtute"),
        ({"place": "x" * 201}, "place", "200"),
        ({"link": "javascript:alert(1)"}, "link", "https://"),
        ({"link": "https://video.example/" + "x" * 500}, "link", "500"),
        ({"wanted_by": ""}, "wanted_by", "Täida see väli"),
        ({"wanted_by": "x"}, "wanted_by", ""),
        ({"reason": ""}, "reason", "Täida see väli"),
        ({"reason": "x" * 10_001}, "reason", "10"),
        ({"reason": "a\x00b"}, "reason", ""),
    ],
)
def test_meeting_move_with_bad_input_changes_nothing(client_of, changes, field, words):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    before = state_of(meeting)
    sent = moved_form(meeting, **changes)

    response = client_of(organiser).post(address("move", meeting), sent)

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert words in " ".join(form.errors[field])
    assert {name: form[name].value() for name in sent} == sent
    assert state_of(meeting) == before


def test_meeting_move_on_a_stale_page_is_refused_and_keeps_what_was_typed(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    sent = moved_form(meeting)
    move_meeting(
        meeting,
        starts_at=meeting.starts_at + timedelta(days=7),
        ends_at=meeting.ends_at + timedelta(days=7),
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )
    before = state_of(meeting)
    client = client_of(organiser)

    response = client.post(address("move", meeting), sent)

    assert response.status_code == 422
    assert state_of(meeting) == before
    text = response.content.decode()
    assert "Keegi muutis vahepeal seda kohtumist." in text
    assert "01.12.2026 kl 10.00–11.00" in text
    form = response.context["form"]
    assert form["reason"].value() == REASON
    # Having seen the present time, the person may send it again.
    again = client.post(address("move", meeting), sent | {"sequence": form["sequence"].value()})
    assert again.status_code == 302


@pytest.mark.parametrize("sequence", ["", "7", "x", "-1"])
@pytest.mark.parametrize("name", ["move", "cancel"])
def test_meeting_change_with_a_forged_sequence_is_refused(client_of, name, sequence):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    before = state_of(meeting)
    sent = {"move": moved_form, "cancel": cancelled_form}[name](meeting, sequence=sequence)

    response = client_of(organiser).post(address(name, meeting), sent)

    assert response.status_code == 422
    assert "Keegi muutis vahepeal" in response.content.decode()
    assert state_of(meeting) == before


def test_meeting_move_stale_between_page_and_deed_is_refused_by_the_action():
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser)
    Meeting.objects.filter(pk=meeting.pk).update(sequence=4)

    with pytest.raises(Refused, match="vahepeal"):
        move_meeting(
            meeting,
            starts_at=NEW_START,
            ends_at=NEW_START + timedelta(hours=1),
            wanted_by="organiser",
            reason="x",
            by=organiser,
            sequence=0,
        )


def test_meeting_move_that_moves_nothing_is_refused(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    before = state_of(meeting)
    sent = moved_form(
        meeting, day="24.11.2026", begins="10.00", ends="11.00", place="Tartu, Näidise 1"
    )

    response = client_of(organiser).post(address("move", meeting), sent)

    assert response.status_code == 422
    assert "Midagi ei ole veel muutunud" in response.context["form"].errors["day"][0]
    assert state_of(meeting) == before


@pytest.mark.parametrize(
    ("change", "answer"), [({"link": "https://video.example/x"}, "accepted"),
                           ({"place": "Võru"}, "needs-action")]
)  # fmt: skip
def test_meeting_move_of_the_place_alone_is_told_as_a_change(change, answer):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)

    meeting = move_meeting(
        meeting,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        wanted_by="organiser",
        reason="x",
        by=organiser,
        **change,
    )

    assert meeting.sequence == 1
    assert meeting.invitees.get(user=worker).answer == answer
    assert Entry.objects.about(meeting)[0].kind == "meetings.meeting_changed"
    assert [mail.kind for mail in Message.objects.all()] == ["meetings.meeting_changed"]


# --- cancelling -----------------------------------------------------------------------------


def test_meeting_cancel_tells_everyone_and_stays_in_the_calendar(client_of):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))
    before = Entry.objects.count()

    response = client_of(organiser).post(address("cancel", meeting), cancelled_form(meeting))

    assert response["Location"] == meeting.get_absolute_url()
    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence) == ("cancelled", 1)
    [change] = meeting.changes.all()
    assert (change.kind, change.reason, change.new_starts_at) == ("cancelled", REASON, None)
    assert Entry.objects.count() == before + 1
    mails = Message.objects.filter(kind="meetings.meeting_cancelled").order_by("address")
    assert [mail.address for mail in mails] == sorted([worker.email, meetings.GUEST.email])
    assert meetings.service.told == [("cancelled", meeting)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted_by": ""}, "wanted_by"),
        ({"wanted_by": "keegi"}, "wanted_by"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 10_001}, "reason"),
    ],
)
def test_meeting_cancel_with_bad_input_changes_nothing(client_of, changes, field):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    before = state_of(meeting)
    sent = cancelled_form(meeting, **changes)

    response = client_of(organiser).post(address("cancel", meeting), sent)

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in sent} == sent
    assert state_of(meeting) == before


def test_meeting_cancel_sent_twice_cancels_once_and_says_so(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    sent = cancelled_form(meeting)
    client = client_of(organiser)
    client.post(address("cancel", meeting), sent)
    before = state_of(meeting)

    response = client.post(address("cancel", meeting), sent)

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["See kohtumine on tühistatud."]
    assert state_of(meeting) == before


# --- what cannot be any more ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["move", "cancel"])
@pytest.mark.parametrize(
    ("ended", "words"), [("cancelled", "on tühistatud"), ("over", "juba möödas")]
)
def test_meeting_that_is_closed_cannot_be_changed(client_of, name, ended, words):
    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser)
    now = clock.now()
    if ended == "cancelled":
        meeting = cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    else:
        now = meeting.ends_at
    before = state_of(meeting)
    client = client_of(organiser)
    sent = {"move": moved_form, "cancel": cancelled_form}[name](meeting)

    with clock.process_at(now):
        shown = client.get(address(name, meeting), follow=True)
        refused = client.post(address(name, meeting), sent)

    assert shown.redirect_chain == [(meeting.get_absolute_url(), 302)]
    assert words in shown.content.decode()
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert REASON in refused.content.decode()
    assert state_of(meeting) == before


def test_meeting_change_by_somebody_else_is_denied_in_the_actions():
    worker = people.worker()
    meeting = meetings.meeting(worker)
    before = state_of(meeting)

    with pytest.raises(PermissionDenied):
        cancel_meeting(meeting, wanted_by="invitee", reason="x", by=worker)
    with pytest.raises(PermissionDenied):
        move_meeting(
            meeting,
            starts_at=NEW_START,
            ends_at=NEW_START + timedelta(hours=1),
            wanted_by="invitee",
            reason="x",
            by=worker,
        )
    with pytest.raises(PermissionDenied):
        add_guest(meeting, meetings.GUEST, by=worker)
    with pytest.raises(PermissionDenied):
        add_person(meeting, people.worker(), by=worker)
    with pytest.raises(PermissionDenied):
        remove_invitee(meeting.invitees.get(user=worker), by=worker)
    assert state_of(meeting) == before


def test_meeting_reason_stands_encrypted_and_in_no_mail_or_journal():
    from django.db import connection

    organiser = people.consultant()
    meeting = meetings.meeting(people.worker(), organiser=organiser, guests=(meetings.GUEST,))

    cancel_meeting(meeting, wanted_by="organiser", reason="kanaarilind", by=organiser)

    with connection.cursor() as cursor:
        for table in ("meetings_change", "journal_entry"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "kanaarilind" not in str(cursor.fetchall())
    assert not [m for m in Message.objects.all() if "kanaarilind" in m.subject + m.body]
