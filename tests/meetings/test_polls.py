"""Date polls: what happens to them, and who is told."""

import uuid
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.actions import (
    Guest,
    answer_poll,
    ask_in_poll,
    change_poll_times,
    close_poll,
    open_poll,
    remind_poll,
    remove_from_poll,
    withdraw_poll,
)
from meetings.actions.polls import drop_poll
from meetings.models import Meeting, Poll, PollAnswer, PollInvitee, PollTime
from meetings.tasks import remind_polls
from outbox.models import Message, Status
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

OTHER = Guest(name="Olev Oodatu", email="olev@test.example", language="en")


@pytest.fixture
def organiser():
    return people.consultant()


@pytest.fixture
def poll(organiser) -> Poll:
    """Three times, two people and a guest."""
    return meetings.poll(
        people.worker(last_name="Aasa"),
        people.worker(last_name="Braun"),
        organiser=organiser,
        guests=(meetings.GUEST,),
        answer_by=date(2026, 11, 25),
    )


def invitees(poll: Poll) -> list[PollInvitee]:
    """The two people, then the guest."""
    return [*poll.invitees.exclude(user=None), poll.invitees.get(user=None)]


def say(invitee: PollInvitee, *answers: str) -> PollInvitee:
    return answer_poll(invitee, answers=meetings.said(invitee, *answers), by=invitee.user)


def everybody_says(poll: Poll, *answers: str) -> None:
    for invitee in invitees(poll):
        say(invitee, *answers)


def fresh(poll: Poll) -> Poll:
    return Poll.objects.get(pk=poll.pk)


def mails(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=f"meetings.{kind}").values_list("address", flat=True))


def kinds(poll: Poll) -> list[str]:
    return sorted(entry.kind.removeprefix("meetings.") for entry in Entry.objects.about(poll))


def facts(**other) -> dict:
    return {"times": [meetings.span(1), meetings.span(2)], "form": "video"} | other


def new_poll(**other) -> Poll:
    given = facts(guests=[meetings.GUEST]) | other
    given.setdefault("by", people.consultant())
    return open_poll(meetings.service, uuid.uuid4(), **given)


# --- opening --------------------------------------------------------------------------------


def test_open_poll_asks_everyone_with_one_mail(poll, organiser):
    asked = sorted(invitee.email for invitee in invitees(poll))

    assert mails("poll_opened") == asked
    assert organiser.email not in asked
    assert poll.times.count() == 3
    assert kinds(poll) == ["poll_opened"]


def test_open_poll_again_with_the_same_key_finds_the_poll(organiser):
    key, subject = uuid.uuid4(), uuid.uuid4()
    given = facts(guests=[meetings.GUEST], by=organiser, pk=key)

    first = open_poll(meetings.service, subject, **given)
    again = open_poll(meetings.service, subject, **given)

    assert (first, Poll.objects.count()) == (again, 1)
    assert len(mails("poll_opened")) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"times": [meetings.span(1)]}, "time-0-day"),
        ({"times": [meetings.span(1), meetings.span(1)]}, "time-0-day"),
        ({"times": [meetings.span(n) for n in range(1, 14)]}, "time-0-day"),
        ({"times": [meetings.span(0, hour=9), meetings.span(1)]}, "begins"),
        ({"times": [meetings.span(1)[::-1], meetings.span(2)]}, "ends"),
        ({"guests": []}, "guests"),
        ({"guests": [meetings.GUEST, meetings.GUEST]}, "guests"),
        ({"quorum": 2}, "quorum"),
        ({"answer_by": date(2026, 11, 26)}, "answer_by"),
    ],
)
def test_open_poll_refuses_what_cannot_be(wrong, field):
    with pytest.raises(Refused) as refused:
        new_poll(**wrong)

    assert refused.value.field == field
    assert (Poll.objects.count(), Message.objects.count()) == (0, 0)


def test_open_poll_asks_only_the_people_of_the_story():
    with pytest.raises(Refused) as refused:
        new_poll(people=[people.worker()])

    assert refused.value.field == "people"


def test_open_poll_refuses_a_second_one_about_the_same_row(poll, organiser):
    given = facts(guests=[meetings.GUEST], by=organiser)
    with pytest.raises(Refused):
        open_poll(meetings.service, poll.subject_id, **given)

    withdraw_poll(poll, by=organiser)
    second = open_poll(meetings.service, poll.subject_id, **given)

    assert list(Poll.objects.running()) == [second]


def test_poll_of_twelve_times_is_full(organiser):
    poll = meetings.poll(
        people.worker(),
        organiser=organiser,
        times=[meetings.span(n) for n in range(1, 13)],
    )
    with pytest.raises(Refused):
        change_poll_times(poll, add=[meetings.span(20)], by=organiser)

    change_poll_times(poll, add=[meetings.span(20)], remove=[poll.times.first()], by=organiser)

    assert poll.times.count() == 12


# --- answering ------------------------------------------------------------------------------


def test_answer_poll_notes_one_answer_a_time_and_may_be_done_again(poll):
    invitee = invitees(poll)[0]

    say(invitee, "yes", "maybe", "no")
    say(invitee, "yes", "no", "no")

    given = invitee.answers.order_by("time__starts_at").values_list("answer", flat=True)
    assert list(given) == ["yes", "no", "no"]
    assert kinds(poll) == ["poll_answered", "poll_answered", "poll_opened"]


def test_answer_poll_with_the_same_answers_is_no_deed(poll):
    invitee = invitees(poll)[0]
    say(invitee, "yes", "maybe", "no")
    version = fresh(poll).version

    say(invitee, "yes", "maybe", "no")

    assert fresh(poll).version == version
    assert kinds(poll) == ["poll_answered", "poll_opened"]


def test_answer_poll_is_for_oneself_alone(poll):
    first, second, guest = invitees(poll)
    for by, whose in ((second.user, first), (None, first), (first.user, guest)):
        with pytest.raises(PermissionDenied):
            answer_poll(whose, answers=meetings.said(whose, "yes", "yes", "yes"), by=by)

    assert PollAnswer.objects.count() == 0


def test_answer_poll_refuses_times_of_another_poll_and_times_that_passed(poll):
    invitee = invitees(poll)[0]
    other = invitees(meetings.poll(people.worker(), guests=(meetings.GUEST,)))[0]
    with pytest.raises(Refused):
        answer_poll(invitee, answers=meetings.said(other, "yes", "yes", "yes"), by=invitee.user)

    with clock.at(meetings.span(1)[0]), pytest.raises(Refused):
        say(invitee, "yes", "yes", "yes")
    with clock.at(meetings.span(1)[0]):
        say(invitee, "", "yes", "no")

    assert invitee.answers.count() == 2


def test_answer_poll_when_taken_out_meanwhile_is_refused(poll, organiser):
    invitee = invitees(poll)[0]
    answers = meetings.said(invitee, "yes", "yes", "yes")
    remove_from_poll(invitee, by=organiser)

    with pytest.raises(Refused):
        answer_poll(invitee, answers=answers, by=invitee.user)


def test_organiser_is_told_once_when_everybody_has_answered(poll, organiser):
    first, second, guest = invitees(poll)
    say(first, "yes", "yes", "yes")
    say(second, "yes", "yes", "yes")
    assert mails("poll_answered") == []

    say(guest, "no", "no", "no")
    say(guest, "yes", "no", "no")

    assert mails("poll_answered") == [organiser.email]


def test_organiser_is_not_told_while_a_time_lacks_an_answer(poll):
    first, second, guest = invitees(poll)
    say(first, "yes", "yes", "yes")
    say(second, "yes", "yes", "yes")

    say(guest, "yes", "no", "")

    assert mails("poll_answered") == []
    assert list(poll.invitees.owing()) == [guest]


def test_a_time_that_passed_unanswered_is_owed_by_nobody(poll):
    for invitee in invitees(poll):
        say(invitee, "", "yes", "no")
    assert poll.invitees.owing().count() == 3

    with clock.at(meetings.span(1)[0]):
        assert poll.invitees.owing().count() == 0


# --- changing -------------------------------------------------------------------------------


def test_change_poll_times_with_a_new_one_asks_everyone_anew(poll, organiser):
    everybody_says(poll, "yes", "no", "no")
    asked = sorted(invitee.email for invitee in invitees(poll))

    change_poll_times(poll, add=[meetings.span(4)], by=organiser)

    assert mails("poll_times_added") == asked
    assert poll.invitees.owing().count() == 3
    assert PollAnswer.objects.count() == 9


def test_change_poll_times_that_takes_one_out_drops_its_answers_and_tells_nobody(poll, organiser):
    everybody_says(poll, "yes", "no", "no")
    gone = poll.times.first()

    change_poll_times(poll, remove=[gone], by=organiser)

    assert not PollTime.objects.filter(pk=gone.pk).exists()
    assert PollAnswer.objects.count() == 6
    assert mails("poll_times_added") == []


def test_change_poll_times_of_only_known_times_is_refused(poll, organiser):
    with pytest.raises(Refused):
        change_poll_times(poll, add=[meetings.span(1)], by=organiser)
    with pytest.raises(Refused):
        change_poll_times(poll, by=organiser)


def test_change_poll_times_leaves_at_least_one(poll, organiser):
    with pytest.raises(Refused) as refused:
        change_poll_times(poll, remove=poll.times.all(), by=organiser)

    assert refused.value.field == "remove"
    assert poll.times.count() == 3


def test_change_poll_times_refuses_a_stale_page(poll, organiser):
    say(invitees(poll)[0], "yes", "no", "no")

    with pytest.raises(Refused):
        change_poll_times(poll, remove=[poll.times.first()], version=poll.version, by=organiser)


def test_ask_in_poll_writes_to_the_new_ones_alone(poll, organiser):
    meetings.service.people.append(person := people.worker())

    asked = ask_in_poll(poll, people=[person], guests=[OTHER], by=organiser)

    assert [invitee.email for invitee in asked] == [person.email, OTHER.email]
    assert len(mails("poll_opened")) == 5
    assert kinds(poll) == ["poll_asked", "poll_opened"]


def test_ask_in_poll_passes_over_people_and_refuses_addresses_that_are_asked(poll, organiser):
    known = invitees(poll)[0].user
    twice = Guest(name="Sama", email=meetings.GUEST.email.upper())
    for more in ({"people": [known]}, {"guests": [twice]}, {}):
        with pytest.raises(Refused) as refused:
            ask_in_poll(poll, **more, by=organiser)
        assert refused.value.field == "guests"

    assert poll.invitees.count() == 3


def test_remove_from_poll_tells_the_removed_alone(poll, organiser):
    invitee = invitees(poll)[0]
    say(invitee, "yes", "yes", "yes")

    remove_from_poll(invitee, by=organiser)

    assert mails("poll_uninvited") == [invitee.email]
    assert (poll.invitees.count(), PollAnswer.objects.count()) == (2, 0)


def test_remove_from_poll_twice_is_refused(poll, organiser):
    invitee = invitees(poll)[0]
    again = PollInvitee.objects.select_related("poll", "user").get(pk=invitee.pk)
    remove_from_poll(invitee, by=organiser)

    with pytest.raises(Refused):
        remove_from_poll(again, by=organiser)


# --- reminding ------------------------------------------------------------------------------


def test_remind_poll_writes_to_those_without_an_answer_once_a_day(poll, organiser):
    first, second, guest = invitees(poll)
    say(first, "yes", "no", "no")

    assert remind_poll(poll, by=organiser) == 2
    with pytest.raises(Refused):
        remind_poll(poll, by=organiser)
    assert mails("poll_reminder") == sorted([second.email, guest.email])

    with clock.at(clock.now() + timedelta(hours=14)):
        assert remind_poll(poll, by=organiser) == 2


def test_worker_reminds_two_days_before_the_last_day_and_once(organiser):
    poll = meetings.poll(
        people.worker(),
        people.worker(),
        organiser=organiser,
        times=[meetings.span(8), meetings.span(9)],
        answer_by=date(2026, 11, 30),
    )
    say(poll.invitees.first(), "yes", "yes")
    late = poll.invitees.last()

    def on(day: int, hour: int) -> int:
        with clock.at(clock.tallinn(date(2026, 11, day), time(hour))):
            return remind_polls()

    assert [on(27, 12), on(28, 7), on(28, 8), on(28, 9), on(29, 9), on(30, 9)] == [0, 0, 1, 0, 0, 0]
    assert mails("poll_reminder") == [late.email]
    [entry] = Entry.objects.about(poll).filter(kind="meetings.poll_reminded")
    assert entry.actor is None


def test_worker_leaves_those_alone_who_were_asked_within_the_two_days(poll):
    assert remind_polls() == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert remind_polls() == 0


def test_worker_reminds_of_no_ended_poll(poll, organiser):
    with clock.at(clock.now() - timedelta(days=5)):
        other = meetings.poll(people.worker(), organiser=organiser, answer_by=date(2026, 11, 24))
    withdraw_poll(other, by=organiser)

    assert remind_polls() == 0
    assert remind_poll(other, by=None) == 0
    assert mails("poll_reminder") == []


# --- closing --------------------------------------------------------------------------------


def test_close_poll_books_the_meeting_and_invites_everyone(poll, organiser):
    everybody_says(poll, "no", "yes", "no")
    chosen = poll.times.all()[1]

    closed = close_poll(poll, time=chosen, by=organiser)

    meeting = Meeting.objects.get()
    assert (closed.meeting, closed.chosen, closed.closed_by) == (meeting, chosen, organiser)
    assert (meeting.starts_at, meeting.ends_at) == chosen.span
    assert (meeting.form, meeting.place) == (poll.form, poll.place)
    asked = {invitee.email for invitee in invitees(poll)} | {organiser.email}
    assert {invitee.email for invitee in meeting.invitees.all()} == asked
    assert kinds(poll) == ["poll_answered"] * 3 + ["poll_closed", "poll_opened"]


def test_close_poll_carries_a_yes_over_and_asks_the_others(poll, organiser):
    first, second, guest = invitees(poll)
    say(first, "maybe", "no", "no")
    say(guest, "yes", "no", "no")

    meeting = close_poll(poll, time=poll.times.first(), by=organiser).meeting

    answers = {invitee.email: invitee.answer for invitee in meeting.invitees.all()}
    assert answers == {
        organiser.email: "accepted",
        guest.email: "accepted",
        first.email: "needs-action",
        second.email: "needs-action",
    }


def test_close_poll_locks_it(poll, organiser):
    invitee = invitees(poll)[0]
    answers = meetings.said(invitee, "yes", "yes", "yes")
    close_poll(poll, time=poll.times.first(), by=organiser)
    composed = Message.objects.count()

    for deed in (
        lambda: close_poll(poll, time=poll.times.first(), by=organiser),
        lambda: answer_poll(invitee, answers=answers, by=invitee.user),
        lambda: change_poll_times(poll, add=[meetings.span(5)], by=organiser),
        lambda: ask_in_poll(poll, guests=[OTHER], by=organiser),
        lambda: remove_from_poll(invitee, by=organiser),
        lambda: remind_poll(poll, by=organiser),
        lambda: withdraw_poll(poll, by=organiser),
    ):
        with pytest.raises(Refused):
            deed()
    assert (Meeting.objects.count(), Message.objects.count()) == (1, composed)


def test_close_poll_refuses_a_stale_page(poll, organiser):
    seen = poll.version
    say(invitees(poll)[0], "no", "no", "no")

    with pytest.raises(Refused):
        close_poll(poll, time=poll.times.first(), version=seen, by=organiser)

    assert fresh(poll).is_running
    close_poll(poll, time=poll.times.first(), version=fresh(poll).version, by=organiser)


def test_close_poll_refuses_a_time_that_went_or_passed(poll, organiser):
    gone, other = poll.times.all()[:2]
    change_poll_times(poll, remove=[gone], by=organiser)
    foreign = meetings.poll(people.worker()).times.first()
    for time_, moment in ((gone, clock.now()), (foreign, clock.now()), (other, other.starts_at)):
        with clock.at(moment), pytest.raises(Refused) as refused:
            close_poll(poll, time=time_, by=organiser)
        assert refused.value.field == "time"

    assert fresh(poll).is_running
    assert Meeting.objects.count() == 0


def test_withdraw_poll_tells_everyone_and_ends_it(poll, organiser):
    withdraw_poll(poll, by=organiser)

    assert mails("poll_withdrawn") == sorted(invitee.email for invitee in invitees(poll))
    with pytest.raises(Refused):
        close_poll(poll, time=poll.times.first(), by=organiser)


def test_drop_poll_withdraws_the_running_one_only(poll, organiser):
    drop_poll("test", uuid.uuid4(), by=organiser)
    assert fresh(poll).is_running

    drop_poll("test", poll.subject_id, by=organiser)
    drop_poll("test", poll.subject_id, by=organiser)

    assert fresh(poll).withdrawn_by == organiser
    assert kinds(poll) == ["poll_opened", "poll_withdrawn"]


def test_only_the_story_says_who_changes_a_poll(poll):
    stranger, invitee = people.consultant(), invitees(poll)[0]
    for by in (stranger, invitee.user):
        for deed in (
            lambda by=by: close_poll(poll, time=poll.times.first(), by=by),
            lambda by=by: change_poll_times(poll, remove=[poll.times.first()], by=by),
            lambda by=by: ask_in_poll(poll, guests=[OTHER], by=by),
            lambda by=by: remove_from_poll(invitee, by=by),
            lambda by=by: remind_poll(poll, by=by),
            lambda by=by: withdraw_poll(poll, by=by),
        ):
            with pytest.raises(PermissionDenied):
                deed()

    assert fresh(poll).version == poll.version


# --- rows -----------------------------------------------------------------------------------


def test_poll_is_visible_to_organiser_and_invited(poll, organiser):
    seen = [
        list(Poll.objects.visible_to(user))
        for user in (organiser, invitees(poll)[0].user, people.coordinator(), people.worker())
    ]

    assert seen == [[poll], [poll], [], []]


def test_database_refuses_half_ended_polls(poll):
    time_ = poll.times.first()
    now, user = clock.now(), poll.organiser
    for wrong in (
        {"chosen": time_},
        {"closed_at": now, "closed_by": user},
        {"closed_at": now, "closed_by": user, "chosen": time_, "withdrawn_at": now,
         "withdrawn_by": user},
        {"withdrawn_at": now},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Poll.objects.filter(pk=poll.pk).update(**wrong)


def test_poll_goes_with_its_times(poll, organiser):
    close_poll(poll, time=poll.times.first(), by=organiser)

    Poll.objects.get().delete()

    assert (PollTime.objects.count(), PollInvitee.objects.count()) == (0, 0)


# --- mails ----------------------------------------------------------------------------------


def test_mails_of_a_poll_name_no_title_and_no_other_name(poll, organiser):
    first, second, guest = invitees(poll)
    everybody_says(poll, "yes", "no", "no")
    change_poll_times(poll, add=[meetings.span(4)], by=organiser)
    with clock.at(clock.now() + timedelta(hours=1)):
        remind_poll(poll, by=organiser)
    remove_from_poll(second, by=organiser)
    withdraw_poll(poll, by=organiser)

    for mail in Message.objects.filter(kind__startswith="meetings.poll"):
        text = mail.subject + mail.body
        names = {first.name, second.name, guest.name, meetings.TITLE_FOR_PEOPLE}
        own = {each.name for each in (first, second, guest) if each.email == mail.address}
        assert [name for name in names - own if name in text] == []


def test_mails_of_a_poll_speak_the_language_of_the_guest(organiser):
    meetings.poll(people.worker(), organiser=organiser, guests=(OTHER,))

    mail = Message.objects.get(address=OTHER.email)

    assert mail.language == "en"
    assert "Hello, Olev Oodatu!" in mail.body
    assert "24 November 2026, 10:00" in mail.body


def test_close_poll_lets_questions_that_wait_go_unsent(poll, organiser):
    asked = Message.objects.filter(kind="meetings.poll_opened", about=poll.pk)
    assert set(asked.values_list("status", flat=True)) == {Status.WAITING}

    close_poll(poll, time=poll.times.first(), by=organiser)

    assert set(asked.values_list("status", flat=True)) == {Status.DROPPED}


def test_withdraw_poll_lets_questions_that_wait_go_unsent(poll, organiser):
    withdraw_poll(poll, by=organiser)

    asked = Message.objects.filter(kind="meetings.poll_opened", about=poll.pk)
    assert set(asked.values_list("status", flat=True)) == {Status.DROPPED}


def test_organiser_is_told_again_when_everybody_has_answered_about_a_new_time(poll, organiser):
    everybody_says(poll, "yes", "no", "no")
    change_poll_times(poll, add=[meetings.span(9)], by=organiser)
    poll.refresh_from_db()

    for invitee in invitees(poll):
        say(invitee, "yes", "no", "no", "yes")

    assert mails("poll_answered") == [organiser.email] * 2


def test_poll_asks_nobody_twice_as_person_and_as_guest(poll, organiser):
    person = invitees(poll)[0].user
    same = Guest(name="Sama", email=person.email.upper())

    with pytest.raises(Refused) as refused:
        ask_in_poll(poll, guests=[same], by=organiser)

    assert refused.value.field == "guests"
    assert not poll.invitees.filter(guest_name="Sama").exists()


def test_poll_asks_no_crowd(poll, organiser):
    many = [Guest(name="Külaline", email=f"kylaline{n}@test.example") for n in range(48)]

    with pytest.raises(Refused, match="50"):
        ask_in_poll(poll, guests=many, by=organiser)

    assert len(ask_in_poll(poll, guests=many[:47], by=organiser)) == 47
