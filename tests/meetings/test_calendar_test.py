"""The calendar test: a pretended event is made, moved and cancelled; the person says what shows."""

import logging
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings import actions
from meetings.emails import meeting_invitations
from meetings.models import CalendarTest, CalendarWay, Meeting
from outbox.models import Message
from outbox.tasks import send_waiting
from people.models import User
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

PAGE, WAY = "/calendar/test/", "/calendar/way/"
START, STOP = f"{PAGE}start/", f"{PAGE}stop/"

# What a person may see, step by step, and how it ends.
RIGHT = ("seen", "at_new_time", "gone")
WALKS = {
    RIGHT: "works",
    ("not_seen",): "fails",
    ("seen", "two"): "fails",
    ("seen", "at_old_time"): "fails",
    ("seen", "at_new_time", "still_there"): "fails",
}
OPEN = [(), ("seen",), ("seen", "at_new_time")]
STEPS = ["created", "moved", "cancelled"]


def ticks(test: CalendarTest, *saws: str) -> CalendarTest:
    """Answer step after step, each in a minute of its own, as in life."""
    for saw in saws:
        with clock.at(clock.now() + timedelta(minutes=1 + STEPS.index(test.step))):
            test = actions.tick_calendar_test(test, step=test.step, saw=saw, by=test.user)
    return test


def walked(person: User, *saws: str) -> CalendarTest:
    return ticks(actions.start_calendar_test(by=person), *saws)


def kinds_to(person: User) -> list[str]:
    mails = Message.objects.filter(recipient=person)
    # All of one moment; the messages' own numbers tell their order.
    in_order = sorted(mails, key=lambda mail: re.search(r"SEQUENCE:(\d+)", mail.calendar)[0])
    return [mail.kind.removeprefix("meetings.calendar_test_") for mail in in_order]


def answer(test: CalendarTest, saw: str, step: str = "") -> dict[str, str]:
    return {"test": str(test.pk), "step": step or test.step, "saw": saw}


def journal() -> list[str]:
    return list(Entry.objects.order_by("at", "pk").values_list("kind", flat=True))


def way_of(person: User) -> str | None:
    return CalendarWay.objects.filter(user=person).values_list("way", flat=True).first()


# --- what calendar programs make of it ------------------------------------------------------


def by_icalendar(text: str) -> tuple:
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return (
        str(calendar["method"]),
        str(event["uid"]),
        int(event["sequence"]),
        event["dtstart"].dt.astimezone(UTC),
        event["dtend"].dt.astimezone(UTC),
        str(event["summary"]),
        str(event["attendee"]),
        str(event["status"]),
    )


def by_vobject(text: str) -> tuple:
    calendar = vobject.readOne(text, validate=True)
    event = calendar.vevent
    [attendee] = event.attendee_list
    return (
        calendar.method.value,
        event.uid.value,
        int(event.sequence.value),
        event.dtstart.value.astimezone(UTC),
        event.dtend.value.astimezone(UTC),
        event.summary.value,
        attendee.value,
        event.status.value,
    )


@pytest.fixture(params=[by_icalendar, by_vobject])
def read(request) -> Callable[[str], tuple]:
    return request.param


def calendar_of(person: User, read: Callable[[str], tuple]) -> dict[str, tuple]:
    """Return the events that a program shows: of each UID the highest SEQUENCE holds."""
    held: dict[str, tuple] = {}
    for message in Message.objects.filter(recipient=person).exclude(calendar=""):
        read_facts = read(message.calendar)
        uid, sequence = read_facts[1:3]
        if uid not in held or sequence > held[uid][2]:
            held[uid] = read_facts
    return {uid: facts for uid, facts in held.items() if facts[0] != "CANCEL"}


@pytest.mark.parametrize("saws", OPEN)
def test_calendar_test_shows_in_the_calendar_as_it_stands(read, saws):
    person = people.worker(first_name="Mari", email="mari@test.example")

    test = walked(person, *saws)

    shown = calendar_of(person, read)
    tuesday = date(2026, 11, 24)
    hours = {(): 12, ("seen",): 13}
    if saws in hours:
        begins = clock.tallinn(tuesday, time(hours[saws]))
        assert shown == {
            test.uid: (
                "REQUEST",
                test.uid,
                len(saws),
                begins,
                begins + timedelta(minutes=15),
                shown[test.uid][5],
                "mailto:mari@test.example",
                "CONFIRMED",
            )
        }
    else:
        assert shown == {}


@pytest.mark.parametrize("saws", WALKS)
def test_calendar_test_leaves_no_event_behind_whatever_was_seen(read, saws):
    person = people.worker()

    test = walked(person, *saws)

    assert calendar_of(person, read) == {}
    last = Message.objects.filter(recipient=person).latest("composed_at")
    assert read(last.calendar)[0] == "CANCEL"
    assert read(last.calendar)[7] == "CANCELLED"
    assert read(last.calendar)[2] == test.sequence == min(len(saws), 2)


def test_calendar_test_message_is_the_products_and_leaves_the_time_free():
    person = people.worker(language="en")

    actions.start_calendar_test(by=person)

    mail = Message.objects.get()
    text = mail.calendar.replace("\r\n ", "")
    assert "ORGANIZER;CN=Toetuspakett:mailto:toetuspakett@127.0.0.1\r\n" in text
    assert "\r\nTRANSP:TRANSPARENT\r\n" in text
    assert "\r\nSUMMARY:Calendar test\r\n" in text
    assert "\r\nURL:http://127.0.0.1:8000/calendar/test/\r\n" in text
    assert mail.subject == "Calendar test: an invitation"
    assert "http://127.0.0.1:8000/calendar/test/\n" in mail.body


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 27, 9, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 12, 23, 9, tzinfo=UTC), date(2026, 12, 28)),
        # Ten in the evening in Greenwich is the next day in Tallinn.
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), date(2026, 11, 25)),
    ],
)
def test_calendar_test_event_is_on_the_next_working_day(now, day):
    with clock.at(now):
        test = actions.start_calendar_test(by=people.worker())

    assert test.starts_at == clock.tallinn(day, time(12))


def test_calendar_test_event_is_never_moved_into_the_past():
    test = actions.start_calendar_test(by=people.worker())

    with clock.at(clock.now() + timedelta(days=4)):  # a Friday
        test = actions.tick_calendar_test(test, step="created", saw="seen", by=test.user)

    assert test.starts_at == clock.tallinn(date(2026, 11, 30), time(13))


def test_calendar_test_is_no_meeting(client_of):
    person = people.worker()
    walked(person, "seen")

    assert Meeting.objects.count() == 0
    feed = actions.renew_feed(by=person)
    assert b"VEVENT" not in client_of(person).get(f"/calendar/feed/{feed.token}.ics").content


# --- the walk -------------------------------------------------------------------------------


@pytest.mark.parametrize(("saws", "result"), WALKS.items())
def test_calendar_test_ends_by_what_was_seen(saws, result):
    person = people.worker()

    test = walked(person, *saws)

    test.refresh_from_db()
    assert (test.step, test.result) == ("finished", result)
    assert [test.seen_at(step) for step in STEPS if test.seen_at(step)] == list(saws)
    assert way_of(person) == ("invitation" if result == "works" else None)
    moved = ["moved"] if saws[0] == "seen" else []
    assert kinds_to(person) == ["created", *moved, "cancelled"]
    ticked = ["meetings.calendar_test_ticked"] * len(saws)
    assert journal() == ["meetings.calendar_test_started", *ticked]


def test_calendar_test_that_works_takes_the_place_of_an_older_choice():
    person = people.worker()
    actions.choose_way(way="link", by=person)

    walked(person, *RIGHT)

    assert way_of(person) == "invitation"


@pytest.mark.parametrize("saws", OPEN)
def test_calendar_test_started_anew_takes_the_old_event_back(read, saws):
    person = people.worker()
    old = walked(person, *saws)

    with clock.at(clock.now() + timedelta(hours=1)):
        new = actions.start_calendar_test(by=person)

    assert list(calendar_of(person, read)) == [new.uid]
    old.refresh_from_db()
    assert (old.step, old.result, old.sequence) == ("finished", "stopped", min(len(saws) + 1, 2))
    assert kinds_to(person).count("cancelled") == 1
    assert journal().count("meetings.calendar_test_started") == 2


@pytest.mark.parametrize("saws", OPEN)
def test_calendar_test_stopped_takes_the_event_back_and_changes_no_way(read, saws):
    person = people.worker()
    actions.choose_way(way="feed", by=person)
    test = walked(person, *saws)

    with clock.at(clock.now() + timedelta(hours=1)):
        actions.stop_calendar_test(test, by=person)

    assert calendar_of(person, read) == {}
    assert kinds_to(person).count("cancelled") == 1
    assert way_of(person) == "feed"
    assert journal()[-1] == "meetings.calendar_test_stopped"
    with pytest.raises(Refused):
        actions.stop_calendar_test(test, by=person)


def test_calendar_test_is_one_at_a_time():
    person = people.worker()
    actions.start_calendar_test(by=person)

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarTest.objects.create(user=person, starts_at=clock.now())


@pytest.mark.parametrize(
    "facts", [{"step": "finished"}, {"result": "works"}, {"step": "finished", "result": "works"}]
)
def test_calendar_test_ends_with_all_that_belongs_to_it(facts):
    test = actions.start_calendar_test(by=people.worker())

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarTest.objects.filter(pk=test.pk).update(**facts)


def test_calendar_test_of_another_is_not_ticked_or_stopped():
    test = actions.start_calendar_test(by=people.worker())

    for deed in (
        lambda by: actions.tick_calendar_test(test, step="created", saw="seen", by=by),
        lambda by: actions.stop_calendar_test(test, by=by),
    ):
        with pytest.raises(PermissionDenied):
            deed(people.coordinator())
    test.refresh_from_db()
    assert (test.step, Message.objects.count()) == ("created", 1)


def test_calendar_test_needs_an_address():
    person = people.worker(email=None)

    with pytest.raises(Refused):
        actions.start_calendar_test(by=person)

    assert (CalendarTest.objects.count(), journal()) == (0, [])


@pytest.mark.parametrize("saw", ["", "gone", "no-such", "at_new_time"])
def test_calendar_test_takes_only_what_can_be_seen_at_the_step(saw):
    test = actions.start_calendar_test(by=people.worker())

    with pytest.raises(Refused) as refused:
        actions.tick_calendar_test(test, step="created", saw=saw, by=test.user)

    assert refused.value.field == "saw"


def test_calendar_test_logs_no_address_or_name(caplog):
    caplog.set_level(logging.DEBUG)
    person = people.worker(first_name="Kanaarilind", email="kanaarilind@test.example")

    walked(person, *RIGHT)
    send_waiting()

    assert "kanaarilind" not in caplog.text.lower()
    for entry in Entry.objects.all():
        assert "kanaarilind" not in str(entry.details).lower()


# --- what is remembered changes what is sent -------------------------------------------------


@pytest.mark.parametrize(
    ("saws", "then", "part"),
    [(RIGHT, None, True), (("not_seen",), "feed", False), (("not_seen",), "link", False)],
)
def test_way_remembered_after_the_test_is_how_invitations_come(client_of, saws, then, part):
    person, organiser = people.worker(), people.consultant()
    actions.choose_way(way="link" if part else "invitation", by=person)
    walked(person, *saws)
    if then:
        client_of(person).post(WAY, {"way": then})

    meeting_invitations(meetings.meeting(person, organiser=organiser), by=organiser)

    mail = Message.objects.get(kind="meetings.meeting_invitation", recipient=person)
    assert bool(mail.calendar) == part


def test_way_remembered_after_the_test_brings_own_bookings_too():
    organiser = people.consultant()
    walked(organiser, *RIGHT)

    meeting_invitations(meetings.meeting(organiser=organiser), by=organiser)

    assert Message.objects.filter(kind="meetings.calendar_copy", recipient=organiser).count() == 1


# --- pages ----------------------------------------------------------------------------------


def soup_of(response, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status
    return BeautifulSoup(response.content.decode(), "html.parser")


def choices(page: BeautifulSoup, name: str = "saw") -> list[str]:
    return [each["value"] for each in page.select(f'main input[type="radio"][name="{name}"]')]


def new_id(page: BeautifulSoup) -> str:
    [key] = page.select('main input[name="new_id"]')
    assert key.find_parent("form").get("action") in (START, None)
    return key["value"]


def test_calendar_test_page_leads_through_the_whole_test(client_of):
    person = people.worker()
    client = client_of(person)
    key = new_id(soup_of(client.get(PAGE)))

    response = client.post(START, {"new_id": key}, follow=True)

    for number, saw in enumerate(RIGHT):
        page = soup_of(response)
        test = CalendarTest.objects.get(pk=key)
        assert len(page.select(".tp-step--done")) == number
        assert len(page.select('.tp-step[aria-current="step"]')) == 1
        assert choices(page) == [each.value for each in CalendarTest.CHOICES[test.step]]
        assert not page.select('main input[type="radio"][checked]')
        fields = {each["name"]: each["value"] for each in page.select('main [type="hidden"]')}
        response = client.post(PAGE, fields | {"saw": saw}, follow=True)
    page = soup_of(response)
    assert page.select(".tp-alert--ok")
    assert choices(page) == choices(page, "way") == []
    assert way_of(person) == "invitation"
    assert new_id(page) != key


@pytest.mark.parametrize("saws", [saws for saws, result in WALKS.items() if result == "fails"])
def test_calendar_test_page_offers_what_is_left(client_of, saws):
    person = people.worker()
    feed = actions.renew_feed(by=person)
    walked(person, *saws)

    response = client_of(person).get(PAGE)

    page = soup_of(response)
    assert choices(page, "way") == ["feed", "link"]
    assert page.select_one('input[name="way"]').find_parent("form")["action"] == WAY
    assert feed.token in page.select_one("#feed-address")["value"]
    assert len(page.select("main details")) == 4
    assert "no-store" in response["Cache-Control"]


def test_calendar_test_page_shows_the_feed_only_when_invitations_fail(client_of):
    person = people.worker()
    feed = actions.renew_feed(by=person)
    client = client_of(person)

    texts = [client.get(PAGE).content.decode()]
    test = actions.start_calendar_test(by=person)
    texts.append(client.get(PAGE).content.decode())
    ticks(test, *RIGHT)
    texts.append(client.get(PAGE).content.decode())

    assert [feed.token in text for text in texts] == [False] * 3


@pytest.mark.parametrize("number", range(3))
def test_calendar_test_sent_twice_counts_once(client_of, number):
    person = people.worker()
    test = walked(person, *RIGHT[:number])
    client, sent = client_of(person), answer(test, RIGHT[number])

    first, second = client.post(PAGE, sent), client.post(PAGE, sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert journal().count("meetings.calendar_test_ticked") == number + 1
    assert len(kinds_to(person)) == min(number + 2, 3)


def test_calendar_test_start_sent_twice_starts_once(client_of):
    person = people.worker()
    client, key = client_of(person), str(uuid.uuid4())

    for _time in range(2):
        assert client.post(START, {"new_id": key}).status_code == 302

    assert (CalendarTest.objects.count(), kinds_to(person)) == (1, ["created"])
    assert journal() == ["meetings.calendar_test_started"]


@pytest.mark.parametrize(
    ("saws", "step", "saw"),
    [
        (("seen",), "created", "not_seen"),
        (("seen", "at_new_time"), "moved", "two"),
        (RIGHT, "cancelled", "still_there"),
        (("not_seen",), "created", "seen"),
        ((), "moved", "at_new_time"),
        ((), "finished", "seen"),
        ((), "no-such", "seen"),
        ((), "", "seen"),
    ],
)
def test_calendar_test_page_grown_old_changes_nothing(client_of, saws, step, saw):
    person = people.worker()
    test = walked(person, *saws)
    before, told = CalendarTest.objects.values().get(), kinds_to(person)

    response = client_of(person).post(PAGE, {"test": str(test.pk), "step": step, "saw": saw})

    page = soup_of(response, 422)
    assert page.select(".tp-alert--bad")
    assert CalendarTest.objects.values().get() == before
    assert kinds_to(person) == told
    # The page asks what is open now.
    now = CalendarTest.CHOICES.get(test.step, ())
    assert choices(page) == [each.value for each in now]


def test_calendar_test_page_asks_what_is_open_when_two_answer_at_once(client_of, monkeypatch):
    test = actions.start_calendar_test(by=people.worker())

    def beaten(test: CalendarTest, **answered: str) -> CalendarTest:
        """The other window's answer comes first, after this view has read the test."""
        actions.tick_calendar_test(test, **answered | {"saw": "seen"})
        return actions.tick_calendar_test(test, **answered)

    monkeypatch.setattr("meetings.views.calendar_tests.tick_calendar_test", beaten)
    page = soup_of(client_of(test.user).post(PAGE, answer(test, "not_seen")), 422)

    assert choices(page) == ["at_new_time", "two", "at_old_time"]
    assert kinds_to(test.user) == ["created", "moved"]


def test_calendar_test_page_shows_the_last_test(client_of):
    person = people.worker()
    walked(person, *RIGHT)
    with clock.at(clock.now() + timedelta(days=1)):
        walked(person, "not_seen")

    assert choices(soup_of(client_of(person).get(PAGE)), "way") == ["feed", "link"]

    test = actions.start_calendar_test(by=person)
    fields = soup_of(client_of(person).get(PAGE)).select('main input[name="test"]')
    assert [each["value"] for each in fields] == [str(test.pk)]


def test_calendar_test_page_of_an_older_test_changes_nothing(client_of):
    person = people.worker()
    old = actions.start_calendar_test(by=person)
    new = actions.start_calendar_test(by=person)

    for key in (str(old.pk), str(uuid.uuid4()), "x", ""):
        sent = {"test": key, "step": "created", "saw": "seen"}
        soup_of(client_of(person).post(PAGE, sent), 422)

    new.refresh_from_db()
    assert (new.step, new.saw_created) == ("created", "")


@pytest.mark.parametrize("saw", ["", "gone", "no-such", None])
def test_calendar_test_answer_that_is_none_says_so_at_its_field(client_of, saw):
    test = actions.start_calendar_test(by=people.worker())
    sent = answer(test, saw) if saw is not None else {"test": str(test.pk), "step": "created"}

    page = soup_of(client_of(test.user).post(PAGE, sent), 422)

    assert page.select(".tp-field--error")
    assert choices(page) == ["seen", "not_seen"]
    assert journal() == ["meetings.calendar_test_started"]


def test_calendar_test_page_without_a_test_takes_no_answer(client_of):
    response = client_of(people.worker()).post(PAGE, {"step": "created", "saw": "seen"})

    assert response.status_code == 200
    assert (CalendarTest.objects.count(), Message.objects.count()) == (0, 0)


def test_calendar_test_stop_asks_first_and_then_takes_the_event_back(client_of):
    person = people.worker()
    actions.start_calendar_test(by=person)
    client = client_of(person)

    assert client.get(STOP).status_code == 200
    assert kinds_to(person) == ["created"]
    assert client.post(STOP).status_code == 302

    assert kinds_to(person) == ["created", "cancelled"]
    assert client.post(STOP).status_code == 422
    assert journal().count("meetings.calendar_test_stopped") == 1


def test_calendar_test_stop_without_a_test_leads_back(client_of):
    client = client_of(people.worker())

    assert [client.get(STOP).url, client.post(STOP).url] == [PAGE, PAGE]


def test_calendar_test_page_costs_few_queries(client_of):
    person = people.worker()
    actions.renew_feed(by=person)
    for _time in range(5):
        walked(person, "not_seen")
    client = client_of(person)

    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)

    assert len(queries) <= 15


@pytest.mark.parametrize("way", CalendarWay.Way.values)
def test_way_choose_is_remembered(client_of, way):
    person = people.worker()
    client = client_of(person)
    assert choices(soup_of(client.get(WAY)), "way") == ["invitation", "feed", "link"]

    for _time in range(2):
        assert client.post(WAY, {"way": way}).status_code == 302

    assert way_of(person) == way
    assert journal() == ["meetings.way_chosen"]
    assert Entry.objects.get().details == {"way": way}
    [checked] = soup_of(client.get(WAY)).select('input[name="way"][checked]')
    assert checked["value"] == way


@pytest.mark.parametrize("sent", [{}, {"way": ""}, {"way": "pigeon"}])
def test_way_choose_takes_one_of_three(client_of, sent):
    person = people.worker()
    actions.choose_way(way="feed", by=person)

    page = soup_of(client_of(person).post(WAY, sent), 422)

    assert page.select(".tp-field--error")
    assert way_of(person) == "feed"
    with pytest.raises(Refused) as refused:
        actions.choose_way(way=sent.get("way", ""), by=person)
    assert refused.value.field == "way"


def test_way_stands_on_the_calendar_page(client_of):
    person = people.worker()
    client = client_of(person)

    def card() -> BeautifulSoup:
        [link] = soup_of(client.get("/calendar/")).select(f'main a[href="{WAY}"]')
        return link.find_parent("section")

    with_none = card().get_text()
    actions.choose_way(way="feed", by=person)
    with_feed = card()

    assert str(CalendarWay.Way.INVITATION.label) in with_none
    assert str(CalendarWay.Way.FEED.label) in with_feed.get_text()
    assert with_feed.select(f'a[href="{PAGE}"]')


def test_calendar_test_is_sent_in_quiet_hours_too():
    person = people.worker()
    night = datetime(2026, 11, 28, 23, 0, tzinfo=clock.TALLINN)

    with clock.process_at(night):
        actions.start_calendar_test(by=person)

        assert Message.objects.get(recipient=person).send_after == night
