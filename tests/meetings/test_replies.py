"""What becomes of a calendar reply: taken once, or one line and nothing else."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from itertools import permutations
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from common import clock
from journal.models import Entry
from meetings.actions import (
    answer_invitation,
    cancel_meeting,
    decline_proposal,
    move_meeting,
    remove_invitee,
)
from meetings.models import IncomingMail, Invitee, Meeting, Proposal
from meetings.replies import receive
from outbox.models import Message
from people.models import User
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people, replies


pytestmark = pytest.mark.django_db

MAILS = Path(__file__).parent / "mails"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def organiser() -> User:
    return people.consultant()


@pytest.fixture
def worker() -> User:
    return people.worker(email="mart.tahtsam@vald.example")


@pytest.fixture
def meeting(organiser, worker) -> Meeting:
    """Booked two hours ago, so that replies have a past."""
    with clock.at(MONDAY_MORNING - timedelta(hours=2)):
        return meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))


def answer_of(meeting: Meeting, who: User | None) -> str:
    return meeting.invitees.get(user=who).answer


def world() -> tuple:
    """Everything that a reply could change."""
    return (
        list(Invitee.objects.order_by("pk").values()),
        list(Meeting.objects.order_by("pk").values()),
        list(Proposal.objects.order_by("pk").values()),
        Entry.objects.count(),
        Message.objects.count(),
    )


def moved(meeting: Meeting, organiser: User, **changes: object) -> Meeting:
    later = {
        "starts_at": meeting.starts_at + timedelta(days=3),
        "ends_at": meeting.ends_at + timedelta(days=3),
    }
    return move_meeting(
        meeting, **(later | changes), wanted_by="organiser", reason="x", by=organiser
    )


# --- taken ----------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_reply_sets_the_answer_and_is_journalled_once(meeting, worker, organiser, answer):
    stamp = clock.now() - 30 * MINUTE
    mail = replies.mail(meeting, worker.email, answer, DTSTAMP=replies.written(stamp))

    line = receive(mail)

    invitee = meeting.invitees.get(user=worker)
    assert (line.outcome, line.meeting, line.invitee) == ("taken", meeting, invitee)
    assert (invitee.answer, invitee.answered_at) == (answer, stamp)
    assert (invitee.reply_sequence, invitee.reply_stamp) == (0, stamp)
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.invitee_answered", worker)
    told = Message.objects.filter(recipient=organiser, kind="meetings.invitation_declined")
    assert told.count() == (1 if answer == "declined" else 0)


def test_reply_of_a_guest_sets_the_answer_without_an_actor(meeting):
    line = receive(replies.mail(meeting, meetings.GUEST.email.upper(), "tentative"))

    assert line.outcome == "taken"
    assert answer_of(meeting, None) == "tentative"
    [entry] = Entry.objects.about(meeting)
    assert entry.actor is None


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("outlook_accept", "accepted"),
        ("google_decline", "declined"),
        ("apple_tentative", "tentative"),
        ("thunderbird_accept", "accepted"),
    ],
)
def test_reply_of_a_known_program_is_taken(meeting, worker, name, answer):
    Meeting.objects.filter(pk=meeting.pk).update(
        uid="c0ffee00-0000-4000-8000-000000000001@test.example", sequence=1, asked_sequence=1
    )

    line = receive((MAILS / f"{name}.eml").read_bytes())

    assert line.outcome == "taken"
    assert answer_of(meeting, worker) == answer


def test_reply_that_says_the_same_again_is_taken_and_no_deed(meeting, worker):
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)

    with clock.at(clock.now() + MINUTE):
        line = receive(replies.mail(meeting, worker.email, "accepted"))

    assert line.outcome == "taken"
    assert Entry.objects.about(meeting).count() == 1


def test_reply_from_the_future_is_from_now(meeting, worker):
    future = clock.now() + timedelta(days=400)

    line = receive(replies.mail(meeting, worker.email, "declined", DTSTAMP=replies.written(future)))
    with clock.at(clock.now() + MINUTE):
        again = receive(replies.mail(meeting, worker.email, "accepted"))

    assert [line.outcome, again.outcome] == ["taken", "taken"]
    assert answer_of(meeting, worker) == "accepted"


def test_reply_with_a_sequence_of_its_own_does_not_silence_the_next(meeting, worker, organiser):
    receive(replies.mail(meeting, worker.email, "declined", SEQUENCE="99"))
    meeting = moved(meeting, organiser)

    with clock.at(clock.now() + MINUTE):
        line = receive(replies.mail(meeting, worker.email, "accepted"))

    assert line.outcome == "taken"
    assert answer_of(meeting, worker) == "accepted"


def test_reply_after_a_change_of_the_link_alone_still_counts(meeting, worker, organiser):
    before = replies.mail(meeting, worker.email, "accepted")
    same = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    changed = moved(meeting, organiser, link="https://video.example/", **same)

    assert (changed.sequence, changed.asked_sequence) == (1, 0)
    assert receive(before).outcome == "taken"


def test_reply_by_another_program_knows_the_newer_sequence(meeting, worker, organiser):
    """RFC 5546, 2.1.5: of one person's replies the higher SEQUENCE counts, then DTSTAMP."""
    early, late = clock.now() - 20 * MINUTE, clock.now() - 10 * MINUTE
    first = replies.mail(meeting, worker.email, "accepted", DTSTAMP=replies.written(late))
    same = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    changed = moved(meeting, organiser, link="https://video.example/", **same)
    second = replies.mail(changed, worker.email, "declined", DTSTAMP=replies.written(early))

    assert [receive(first).outcome, receive(second).outcome] == ["taken", "taken"]
    assert answer_of(meeting, worker) == "declined"


# --- not taken ------------------------------------------------------------------------------


def repeated_mail(meeting, worker, organiser):
    mail = replies.mail(meeting, worker.email, "accepted", message_id="<1@x.example>")
    receive(mail)
    with clock.at(clock.now() + MINUTE):
        return replies.mail(meeting, worker.email, "declined", message_id="<1@x.example>")


def repeated_stamp(meeting, worker, organiser):
    receive(replies.mail(meeting, worker.email, "accepted"))
    return replies.mail(meeting, worker.email, "declined")


def repeated_from_the_future(meeting, worker, organiser):
    """The same words under another Message-ID, long after the web answer."""
    stamp = replies.written(clock.now() + timedelta(days=9))
    receive(replies.mail(meeting, worker.email, "declined", DTSTAMP=stamp))
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)
    return replies.mail(meeting, worker.email, "declined", DTSTAMP=stamp)


def outdated_by_the_web(meeting, worker, organiser):
    mail = replies.mail(
        meeting, worker.email, "declined", DTSTAMP=replies.written(clock.now() - MINUTE)
    )
    answer_invitation(meeting.invitees.get(user=worker), answer="accepted", by=worker)
    return mail


def outdated_by_a_move(meeting, worker, organiser):
    mail = replies.mail(meeting, worker.email, "accepted")
    moved(meeting, organiser)
    return mail


def outdated_by_another_place(meeting, worker, organiser):
    mail = replies.mail(meeting, worker.email, "accepted")
    same = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    moved(meeting, organiser, place="Mujal 2", **same)
    return mail


def unknown_meeting(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "accepted", UID="x@test.example")


def unknown_answer(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "delegated")


def unknown_method(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "accepted", METHOD="REQUEST")


def forged_sender(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "accepted", sender="muu@vald.example")


def forged_attendee(meeting, worker, organiser):
    return replies.mail(meeting, "muu@vald.example", "accepted")


def forged_second_sender(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "accepted", headers=f"From: {worker.email}\r\n")


def forged_by_one_taken_off(meeting, worker, organiser):
    mail = replies.mail(meeting, worker.email, "accepted")
    remove_invitee(meeting.invitees.get(user=worker), by=organiser)
    return mail


def unreadable_calendar(meeting, worker, organiser):
    return replies.mail(meeting, worker.email, "accepted", RRULE="FREQ=DAILY")


def unreadable_time(meeting, worker, organiser):
    return replies.counter(meeting, worker.email, days=0)


def unreadable_past(meeting, worker, organiser):
    return replies.counter(meeting, worker.email, days=-5)


def over_by_cancellation(meeting, worker, organiser):
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    return replies.mail(meeting, worker.email, "accepted", SEQUENCE="1")


REFUSED: dict[str, list[Callable[..., bytes]]] = {
    "repeated": [repeated_mail, repeated_stamp, repeated_from_the_future],
    "outdated": [outdated_by_the_web, outdated_by_a_move, outdated_by_another_place],
    "unknown": [unknown_meeting, unknown_answer, unknown_method],
    "forged": [
        forged_sender,
        forged_attendee,
        forged_second_sender,
        forged_by_one_taken_off,
    ],
    "unreadable": [unreadable_calendar, unreadable_time, unreadable_past],
    "over": [over_by_cancellation],
}


@pytest.mark.parametrize(
    ("outcome", "make"), [(outcome, make) for outcome, all_ in REFUSED.items() for make in all_]
)
def test_reply_that_is_not_taken_leaves_one_line(meeting, worker, organiser, outcome, make):
    mail = make(meeting, worker, organiser)
    before, lines = world(), IncomingMail.objects.count()

    with clock.at(clock.now() + 2 * MINUTE):
        first = receive(mail)
        second = receive(mail)

    assert first.outcome == outcome
    assert second == first
    assert world() == before
    assert IncomingMail.objects.count() == lines + 1


def test_reply_when_it_is_over_is_not_taken(meeting, worker):
    with clock.at(meeting.ends_at):
        mail = replies.mail(meeting, worker.email, "accepted")
        before = world()

        assert receive(mail).outcome == "over"
        assert world() == before


def test_reply_again_is_repeated(meeting, worker):
    mail = replies.mail(meeting, worker.email, "declined")
    receive(mail)
    before = world()

    outcomes = [receive(mail).outcome for _n in range(3)]

    assert outcomes == ["repeated"] * 3
    assert world() == before
    assert sorted(IncomingMail.objects.values_list("outcome", flat=True)) == ["repeated", "taken"]


@pytest.mark.parametrize("name", ["exchange_absence", "postfix_bounce"])
def test_mail_without_a_calendar_leaves_nothing(name):
    assert receive((MAILS / f"{name}.eml").read_bytes()) is None
    assert not IncomingMail.objects.exists()


def test_reply_must_be_proven_where_the_server_can(meeting, worker, settings):
    settings.MAIL_AUTHSERV_ID = "mx.example"
    good = "Authentication-Results: mx.example; dkim=pass header.d=vald.example\r\n"

    unproven = receive(replies.mail(meeting, worker.email, "accepted"))
    assert (unproven.outcome, answer_of(meeting, worker)) == ("forged", "needs-action")

    proven = receive(replies.mail(meeting, worker.email, "accepted", headers=good))
    assert (proven.outcome, answer_of(meeting, worker)) == ("taken", "accepted")


def test_line_of_a_mail_holds_no_address_and_no_text(meeting, worker, caplog):
    with caplog.at_level(logging.DEBUG):
        receive(replies.mail(meeting, worker.email, "accepted", COMMENT="kanaarilind"))
        receive(replies.mail(meeting, "kanaarilind@x.example", "accepted", COMMENT="kanaarilind"))

    columns = repr(list(IncomingMail.objects.values()))
    assert IncomingMail.objects.count() == 2
    for word in ("kanaarilind", worker.email):
        assert word not in columns
        assert word not in repr(list(Proposal.objects.values()))
        assert word not in caplog.text
        assert word not in repr(list(Entry.objects.values("details")))


# --- other times ----------------------------------------------------------------------------


def test_counter_becomes_a_proposal_that_the_organiser_is_told_of(meeting, worker, organiser):
    line = receive(replies.counter(meeting, worker.email))

    assert line.outcome == "taken"
    [proposal] = Proposal.objects.all()
    assert proposal.invitee.user == worker
    assert proposal.starts_at == meeting.starts_at + timedelta(days=1)
    assert (proposal.sequence, proposal.status) == (0, "open")
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.proposal_made", worker)
    assert Message.objects.filter(recipient=organiser, kind="meetings.proposal_made").count() == 1
    assert answer_of(meeting, worker) == "needs-action"


def test_counter_that_is_newer_replaces_the_open_one(meeting, worker):
    receive(replies.counter(meeting, worker.email, days=1, stamp=clock.now() - MINUTE))
    receive(replies.counter(meeting, worker.email, days=2))

    statuses = Proposal.objects.order_by("starts_at").values_list("status", flat=True)
    assert list(statuses) == ["replaced", "open"]


def test_counter_after_a_move_is_outdated(meeting, worker, organiser):
    mail = replies.counter(meeting, worker.email, days=1)
    moved(meeting, organiser)

    assert receive(mail).outcome == "outdated"
    assert not Proposal.objects.exists()


def test_counter_that_was_declined_can_be_sent_anew(meeting, worker, organiser):
    receive(replies.counter(meeting, worker.email, stamp=clock.now() - MINUTE))
    decline_proposal(Proposal.objects.get(), by=organiser)

    receive(replies.counter(meeting, worker.email))

    assert sorted(Proposal.objects.values_list("status", flat=True)) == ["declined", "open"]


# --- in every order -------------------------------------------------------------------------

STEPS = {
    "accept at first": ("accepted", 0, 10),
    "decline later": ("declined", 0, 20),
    "accept last": ("accepted", 0, 30),
    "decline the new time": ("declined", 1, 40),
    "accept the new time": ("accepted", 1, 50),
    "move": None,
}


@pytest.mark.parametrize("order", list(permutations(STEPS, 4)), ids="/".join)
def test_replies_in_every_order_end_the_same(meeting, worker, organiser, order):
    """The newest reply about the present time counts, however late the others arrive."""
    counts: tuple[str, int] | None = None
    has_moved = False
    for n, name in enumerate(order):
        with clock.at(MONDAY_MORNING + (n + 1) * timedelta(hours=1)):
            if STEPS[name] is None:
                moved(meeting, organiser)
                has_moved, counts = True, None
                continue
            answer, sequence, minute = STEPS[name]
            stamp = MONDAY_MORNING - timedelta(hours=1) + minute * MINUTE
            line = receive(
                replies.mail(
                    meeting,
                    worker.email,
                    answer,
                    SEQUENCE=str(sequence),
                    DTSTAMP=replies.written(stamp),
                )
            )
            newest = counts is None or minute > counts[1]
            if sequence < has_moved:
                assert line.outcome == "outdated"
            elif newest:
                counts = (answer, minute)
                assert line.outcome == "taken"
            else:
                assert line.outcome == "repeated"

    assert answer_of(meeting, worker) == (counts[0] if counts else "needs-action")


# --- enemies --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@tries(deadline=None, max_examples=150, database=None)
@given(data=st.data())
def test_mutated_reply_changes_nothing_unless_taken(data):
    meeting = Meeting.objects.first()
    if meeting is None:
        worker = people.worker(email="mart.tahtsam@vald.example")
        meeting = meetings.meeting(worker, guests=(meetings.GUEST,))
    source = data.draw(
        st.sampled_from(
            [
                replies.mail(meeting, "mart.tahtsam@vald.example", "accepted"),
                replies.mail(meeting, meetings.GUEST.email, "declined"),
                replies.counter(meeting, "mart.tahtsam@vald.example"),
            ]
        )
    )
    mail = bytearray(source)
    for _n in range(data.draw(st.integers(1, 4))):
        # Drawn apart from the mail's length, which grows with the numbers in it.
        place = data.draw(st.integers(0, 9_999)) % (len(mail) + 1)
        length = data.draw(st.integers(0, 6))
        mail[place : place + length] = data.draw(st.binary(max_size=6))
    before = world()

    line = receive(bytes(mail))

    if line is None or line.outcome != "taken":
        assert world() == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_mail_take_it_once(settings):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    for n in range(3):
        mail = replies.mail(
            meeting,
            worker.email,
            ["declined", "accepted"][n % 2],
            DTSTAMP=(clock.now() - (9 - n) * MINUTE).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
        )
        before = Entry.objects.about(meeting).count()
        together = Barrier(2)

        def work(mail: bytes = mail, together: Barrier = together) -> str:
            try:
                together.wait(timeout=10)
                return receive(mail).outcome
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(each.result() for each in [pool.submit(work), pool.submit(work)])

        assert outcomes == ["repeated", "taken"]
        assert Entry.objects.about(meeting).count() == before + 1
    assert Message.objects.filter(kind="meetings.invitation_declined").count() == 1


def test_guest_with_the_address_of_a_person_stands_back(meeting, worker, organiser):
    meeting.invitees.create(guest_name="Topelt", guest_email=worker.email)

    receive(replies.mail(meeting, worker.email, "accepted"))

    assert answer_of(meeting, worker) == "accepted"
    assert meeting.invitees.get(guest_name="Topelt").answer == "needs-action"
