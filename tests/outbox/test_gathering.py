"""What comes at once, what waits for the end of the quiet hours, what is told in one mail."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import translation

from common import clock
from consultations import actions as consultations
from outbox import digest as digests
from outbox.compose import compose, drop_outdated
from outbox.digest import choose, gather_due
from outbox.models import Message, Preference, Status
from outbox.tasks import send_waiting
from tests.conftest import MONDAY_MORNING
from tests.factories import consultations as case_factory
from tests.factories import people
from tests.world import one_of_everything


pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=clock.TALLINN)
TUESDAY_SEVEN = datetime(2026, 11, 24, 7, 0, tzinfo=clock.TALLINN)
TUESDAY_EIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=clock.TALLINN)
HOUR = timedelta(hours=1)


def written(to, **fields) -> Message:
    return compose("people.password_changed", to=to, link="http://x/y/", **fields)


def reader(**choices):
    """A person who reads English and has chosen this, beside no quiet hours."""
    person = people.worker(language="en")
    quiet = {"quiet_from": None, "quiet_until": None, "quiet_weekends": False}
    choose(person, **(quiet | choices))
    return person


# --- quiet hours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "send_after"),
    [
        ({}, TUESDAY_SEVEN),
        ({"may_wait": True}, TUESDAY_SEVEN),
        ({"urgent": True}, EVENING),
        ({"needed_by": TUESDAY_SEVEN + 2 * HOUR}, TUESDAY_SEVEN),
        ({"needed_by": TUESDAY_SEVEN + HOUR}, EVENING),
        ({"expires_at": TUESDAY_SEVEN + HOUR}, EVENING),
        ({"expires_at": TUESDAY_SEVEN + 3 * HOUR}, TUESDAY_SEVEN),
    ],
)
def test_quiet_hours_put_off_what_can_wait_until_morning(fields, send_after):
    with clock.process_at(EVENING):
        message = written(people.worker(), **fields)
    assert (message.status, message.send_after) == (Status.WAITING, send_after)


def test_quiet_hours_are_ones_own_and_a_guest_has_none():
    with clock.process_at(EVENING):
        message = written(reader(quiet_from=time(8), quiet_until=time(16)))
        guests = compose("people.password_changed", address="k@test.example", link="/")
    assert [message.send_after, guests.send_after] == [EVENING, EVENING]


def test_mail_put_off_by_quiet_hours_comes_after_them_and_asks_no_queue(monkeypatch):
    asked = []
    monkeypatch.setattr("outbox.compose.send_soon", asked.append)
    with clock.process_at(EVENING):
        written(people.worker())
        assert send_waiting() == 0
    with clock.process_at(TUESDAY_SEVEN):
        assert send_waiting() == 1
    assert asked == []


@pytest.mark.parametrize("danger", [True, False])
def test_urgent_request_wakes_the_region_and_its_later_mails_wake_nobody(danger):
    consultant = people.consultant("Elva vald")
    with clock.process_at(EVENING):
        acted_at = clock.now() if danger else None
        case = case_factory.submitted_request(danger=danger, danger_acted_at=acted_at)
        told = Message.objects.get(recipient=consultant, kind="consultations.request_submitted")
        case = consultations.take_request(case, by=consultant)
        case = consultations.contact_request(case, contacted_at=clock.now(), by=consultant)
        consultations.send_message(case, text="x", by=consultant)
        later = Message.objects.get(kind="consultations.message_sent")
    assert told.send_after == (EVENING if danger else TUESDAY_SEVEN)
    assert later.send_after == TUESDAY_SEVEN


# --- what is dropped --------------------------------------------------------------------------


def test_drop_outdated_drops_what_waits_about_the_row_of_these_kinds_alone():
    person, other = people.worker(), people.worker()
    about, kind = people.worker().pk, "people.password_changed"
    wanted = [written(person, about=about), written(other, about=about)]
    kept = [
        written(person, about=other.pk),
        compose("people.password_reset_key", to=person, link="/", about=about),
    ]
    sent = written(person, about=about)
    Message.objects.filter(pk=sent.pk).update(status=Status.SENT, sent_at=clock.now())

    assert drop_outdated(about, kind, address=other.email) == 1
    assert drop_outdated(about, kind) == 1

    status = dict(Message.objects.values_list("pk", "status"))
    assert {status[each.pk] for each in wanted} == {Status.DROPPED}
    assert {status[each.pk] for each in kept} == {Status.WAITING}
    assert status[sent.pk] == Status.SENT


# --- the summary mail -------------------------------------------------------------------------


def test_only_what_may_wait_waits_and_only_for_those_who_want_it():
    wants = reader(digest="daily")

    waits = written(wants, may_wait=True)

    assert (waits.status, waits.send_after) == (Status.GATHERING, TUESDAY_EIGHT)
    assert written(wants).status == Status.WAITING
    assert written(wants, may_wait=True, urgent=True).status == Status.WAITING
    assert written(reader(), may_wait=True).status == Status.WAITING


def test_digest_tells_all_in_one_mail_with_subject_and_link():
    person = reader(digest="daily")
    first = written(person, may_wait=True)
    with clock.at(clock.now() + HOUR):
        second = compose("people.password_reset_key", to=person, may_wait=True, link="http://x/z/")
    assert [gather_due(), send_waiting()] == [0, 0]

    with clock.process_at(TUESDAY_EIGHT):
        assert [gather_due(), send_waiting(), gather_due()] == [1, 1, 0]

    [told] = mail.outbox
    with translation.override("en"):
        assert told.subject == "2 things to know"
    lines = told.body.splitlines()
    assert lines[:5] == [first.subject, "http://x/y/", "", second.subject, "http://x/z/"]
    assert lines[-1] == "http://127.0.0.1:8000/people/profile/telling/"
    digest = Message.objects.get(kind="outbox.digest")
    gathered = Message.objects.filter(status=Status.GATHERED, gathered_in=digest)
    assert set(gathered) == {first, second}


def test_digest_is_not_written_when_there_is_nothing():
    reader(digest="daily")
    with clock.process_at(TUESDAY_EIGHT):
        assert gather_due() == 0
    assert not Message.objects.exists()


def test_digest_comes_once_a_week_to_those_who_want_that():
    person = reader(digest="weekly")
    written(person, may_wait=True)
    with clock.process_at(TUESDAY_EIGHT):
        assert gather_due() == 0
    with clock.process_at(MONDAY_MORNING + timedelta(days=7) - 2 * HOUR):
        assert gather_due() == 1


def test_digest_keeps_to_the_quiet_hours():
    person = reader(digest="daily", quiet_from=time(20), quiet_until=time(9))
    written(person, may_wait=True)
    with clock.process_at(TUESDAY_EIGHT):
        assert [gather_due(), send_waiting()] == [1, 0]
    with clock.process_at(TUESDAY_EIGHT + HOUR):
        assert send_waiting() == 1


def test_digest_of_one_person_says_nothing_of_another():
    one, other = reader(digest="daily"), reader(digest="daily")
    Message.objects.filter(pk=written(one, may_wait=True).pk).update(subject="Kanaarilind")
    written(other, may_wait=True)
    with clock.process_at(TUESDAY_EIGHT):
        assert gather_due() == 2
    bodies = {
        message.recipient_id: message.body
        for message in Message.objects.filter(kind="outbox.digest")
    }
    assert ["Kanaarilind" in bodies[one.pk], "Kanaarilind" in bodies[other.pk]] == [True, False]


def test_digest_leaves_out_what_comes_too_late():
    person = reader(digest="daily")
    late = written(person, may_wait=True, expires_at=TUESDAY_EIGHT)
    with clock.process_at(TUESDAY_EIGHT):
        assert gather_due() == 0
        send_waiting()
    late.refresh_from_db()
    assert late.status == Status.DROPPED


def test_digest_that_breaks_half_way_loses_nothing_and_comes_once(monkeypatch):
    person = reader(digest="daily")
    written(person, may_wait=True)
    written(person, may_wait=True)

    def burst(*args, **kwargs):
        compose(*args, **kwargs)
        raise KeyboardInterrupt

    with clock.process_at(TUESDAY_EIGHT):
        monkeypatch.setattr(digests, "compose", burst)
        with pytest.raises(KeyboardInterrupt):
            gather_due()
        monkeypatch.undo()
        assert set(Message.objects.values_list("status", flat=True)) == {Status.GATHERING}

        assert [gather_due(), gather_due()] == [1, 0]

    assert Message.objects.filter(kind="outbox.digest").count() == 1


def test_digest_without_an_address_lets_the_mails_go_alone():
    person = reader(digest="daily")
    message = written(person, may_wait=True)
    person.email = None
    person.save()
    with clock.process_at(TUESDAY_EIGHT):
        assert [gather_due(), send_waiting()] == [0, 1]
    assert mail.outbox[0].to == [message.address]


def test_digest_of_many_costs_as_many_queries_as_of_one(django_assert_num_queries):
    counted = []
    for number in (1, 30):
        person = reader(digest="daily")
        for _n in range(number):
            written(person, may_wait=True)
        with clock.process_at(TUESDAY_EIGHT), django_assert_num_queries(8) as queries:
            gather_due()
        counted.append(len(queries))
    assert counted == [8, 8]


# --- which mails may wait ---------------------------------------------------------------------

MAY_WAIT = {
    "consultations.contact_named",
    "consultations.measure_agreed",
    "consultations.request_received",
    "consultations.request_taken",
    "mentorship.plan_agreed",
    "mentorship.request_taken",
}
"""What the world's people are told for their information only."""


def test_what_asks_for_something_is_never_gathered(monkeypatch):
    monkeypatch.setattr(Preference, "of", lambda user: Preference(digest="daily"))

    one_of_everything("Elva vald")

    kinds = {
        status: set(Message.objects.filter(status=status).values_list("kind", flat=True))
        for status in (Status.WAITING, Status.GATHERING)
    }
    assert kinds[Status.GATHERING] == MAY_WAIT
    assert kinds[Status.WAITING] >= {
        "consultations.message_sent",
        "consultations.request_submitted",
        "meetings.meeting_invitation",
        "mentorship.plan_proposed",
        "people.person_invited",
        "supervision.place_offered",
        "supervision.placed",
    }
    assert not kinds[Status.WAITING] & MAY_WAIT
