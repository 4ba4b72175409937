"""How a person is told of things: the choice, what it does to what waits, and the page."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from journal.models import Entry
from outbox.compose import compose
from outbox.models import Attempt, Message, Preference, Status
from people.actions import change_telling
from tests.browser import looks_right
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

PAGE = reverse("people:telling-change")
CHOICE = {
    "digest": "daily",
    "remind": "both",
    "quiet_from": "21.30",
    "quiet_until": "6.30",
    "quiet_weekends": "on",
}
OLD = {"quiet_from": None, "quiet_until": None, "quiet_weekends": False}


def choose(person, **choices) -> Preference:
    """Choose for a person; whatever is not said is off."""
    return change_telling(**({"digest": "none", "remind": "none"} | OLD | choices), by=person)


def news(person, subject: str = "") -> Message:
    message = compose("people.password_changed", to=person, may_wait=True, link="http://x/")
    if subject:
        Message.objects.filter(pk=message.pk).update(subject=subject)
    return message


def test_telling_of_whoever_chose_nothing():
    preference = Preference.of(people.worker())
    assert (preference.digest, preference.remind) == ("none", "day")
    assert (preference.quiet_from, preference.quiet_until) == (time(20), time(7))
    assert preference.quiet_weekends is True


@pytest.mark.parametrize("who", [people.worker, people.person])
def test_telling_change_saves_the_choice_and_journals_it_once(client_of, who):
    person = who()
    client = client_of(person)
    assert client.get(PAGE).status_code == 200

    answer = client.post(PAGE, CHOICE)

    assert (answer.status_code, answer.url) == (302, PAGE)
    preference = Preference.objects.get(user=person)
    assert (preference.digest, preference.remind) == ("daily", "both")
    assert (preference.quiet_from, preference.quiet_until) == (time(21, 30), time(6, 30))
    assert [entry.kind for entry in Entry.objects.about(person)] == ["people.telling_changed"]
    form = client.get(PAGE).context["form"]
    assert form["quiet_from"].value() == time(21, 30)


def test_telling_change_without_quiet_hours(client_of):
    person = people.worker()
    client = client_of(person)

    client.post(PAGE, CHOICE | {"quiet_from": "", "quiet_until": "", "quiet_weekends": ""})

    preference = Preference.objects.get(user=person)
    assert (preference.quiet_from, preference.quiet_until) == (None, None)
    assert preference.quiet_weekends is False
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digest", "hourly"),
        ("remind", ""),
        ("quiet_from", ""),
        ("quiet_from", "25.00"),
        ("quiet_until", ""),
        ("quiet_until", "21.30"),
    ],
)
def test_telling_change_bad_input(client_of, field, value):
    person = people.worker()

    answer = client_of(person).post(PAGE, CHOICE | {field: value})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Preference.objects.exists()


def test_quiet_hours_need_both_ends():
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(user=people.person(), quiet_from=None)


def test_telling_change_lets_go_of_what_waited_to_be_gathered():
    person = people.worker()
    choose(person, digest="weekly")
    message = news(person)
    assert message.status == Status.GATHERING

    choose(person)

    message.refresh_from_db()
    assert (message.status, message.send_after) == (Status.WAITING, clock.now())


def test_telling_change_moves_what_waits_to_be_gathered():
    person = people.worker()
    choose(person, digest="weekly")
    message = news(person)

    choose(person, digest="daily")

    message.refresh_from_db()
    assert message.status == Status.GATHERING
    assert message.send_after == datetime(2026, 11, 24, 8, tzinfo=clock.TALLINN)


def test_telling_change_leaves_others_alone():
    person, other = people.worker(), people.worker()
    for each in (person, other):
        choose(each, digest="weekly")
    message = news(other)

    choose(person)

    message.refresh_from_db()
    assert message.status == Status.GATHERING


def test_telling_page_shows_what_is_still_to_come_and_only_ones_own(client_of):
    person, other = people.worker(), people.worker()
    for each in (person, other):
        choose(each, digest="daily")
    news(person, "Minu uudis")
    news(other, "Võõras kanaarilind")

    answer = client_of(person).get(PAGE)

    [coming] = answer.context["coming"]
    assert coming["subject"] == "Minu uudis"
    assert coming["at"] == answer.context["digest_at"]
    assert "kanaarilind" not in answer.content.decode()


def test_telling_page_says_when_a_quiet_summary_mail_really_comes(client_of):
    person = people.worker()
    choose(person, digest="daily", quiet_from=time(20), quiet_until=time(9))
    news(person)

    context = client_of(person).get(PAGE).context

    nine = datetime(2026, 11, 24, 9, tzinfo=clock.TALLINN)
    assert [context["digest_at"], context["coming"][0]["at"]] == [nine, nine]


def test_telling_page_says_that_it_is_quiet_now(client_of):
    client = client_of(people.worker())
    assert client.get(PAGE).context["quiet_now_until"] is None
    with clock.process_at(MONDAY_MORNING + timedelta(hours=12)):
        until = client.get(PAGE).context["quiet_now_until"]
    assert until == datetime(2026, 11, 24, 7, tzinfo=clock.TALLINN)


def test_telling_page_costs_the_same_for_1_and_30(client_of):
    person = people.worker()
    choose(person, digest="daily")
    client = client_of(person)
    counted = []
    for more in (1, 29):
        for _n in range(more):
            news(person)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counted.append(len(queries))
    assert counted == [11, 11]


# --- the coordinator's list -------------------------------------------------------------------


def test_message_list_shows_attempts_results_and_the_next_one(client_of):
    coordinator, person = people.coordinator(), people.worker()
    message = compose("people.password_changed", to=person, link="/")
    for minutes in (9, 1):
        Attempt.objects.create(
            message=message,
            begun_at=clock.now() - timedelta(minutes=minutes),
            result="put_off",
            error="SMTPRecipientsRefused 450",
        )
    again = clock.now() + timedelta(minutes=4)
    Message.objects.filter(pk=message.pk).update(attempts=2, send_after=again)

    client = client_of(coordinator)
    listed = client.get(reverse("people:message-list")).content.decode()
    asked = client.get(reverse("people:message-resend", args=[message.pk]))

    assert listed.count("SMTPRecipientsRefused 450") == 2
    assert "T10:04+02:00" in listed
    assert [each.begun_at.minute for each in asked.context["tries"]] == [51, 59]
    assert "T10:04+02:00" in asked.content.decode()


def test_message_resend_ends_a_pause(client_of):
    coordinator = people.coordinator()
    message = compose("people.password_changed", to=people.worker(), link="/")
    again = clock.now() + timedelta(hours=4)
    Message.objects.filter(pk=message.pk).update(attempts=5, send_after=again)
    page = reverse("people:message-resend", args=[message.pk])

    assert client_of(coordinator).post(page).status_code == 302

    message.refresh_from_db()
    assert (message.attempts, message.send_after) == (0, clock.now())


def test_message_resend_does_not_revive_what_comes_too_late(client_of):
    message = compose("people.password_changed", to=people.worker(), link="/")
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED, expires_at=clock.now())
    page = reverse("people:message-resend", args=[message.pk])

    assert client_of(people.coordinator()).post(page).status_code == 422

    assert Message.objects.get(pk=message.pk).status == Status.FAILED


def test_message_list_names_the_summary_mail_that_told_it(client_of):
    digest = compose("people.password_changed", to=people.worker(), link="/")
    Message.objects.filter(pk=digest.pk).update(subject="Kokkuvõte")
    told = compose("people.password_changed", to=people.worker(), link="/")
    Message.objects.filter(pk=told.pk).update(status=Status.GATHERED, gathered_in=digest)

    page = client_of(people.coordinator()).get(reverse("people:message-list") + "?status=gathered")

    assert page.content.decode().count("Kokkuvõte") == 1


def test_message_list_costs_the_same_with_many_attempts(client_of):
    client = client_of(people.coordinator())
    counted = []
    for more in (1, 29):
        for _n in range(more):
            message = compose("people.password_changed", to=people.worker(), link="/")
            Attempt.objects.create(message=message, begun_at=clock.now(), result="put_off")
            Attempt.objects.create(message=message, begun_at=clock.now(), result="accepted")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("people:message-list"))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 15


# --- how the pages look ------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1200, 390])
def test_telling_and_mail_pages_look_right(live_server, new_page, width):
    person = people.worker()
    choose(person, digest="daily", quiet_from=time(20), quiet_until=time(7))
    message = news(person)
    Message.objects.filter(pk=message.pk).update(last_error="SMTPRecipientsRefused 450")
    for _n in range(3):
        Attempt.objects.create(message=message, begun_at=clock.now(), result="put_off")

    for user, address in ((person, PAGE), (people.coordinator(), reverse("people:message-list"))):
        page = new_page(user)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url + address)
        for details in page.locator("details").all():
            details.evaluate("each => each.open = true")
        looks_right(page)
