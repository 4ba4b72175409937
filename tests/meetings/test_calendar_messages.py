"""Calendar messages (iTIP over e-mail): what a person's own calendar shows after each of them."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import vobject
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from common import clock
from meetings import actions
from meetings.emails import meeting_invitations
from meetings.models import CalendarWay, Invitee, Meeting
from outbox.models import Message
from outbox.tasks import send_waiting
from people.models import User
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

REASON = {"wanted_by": "organiser", "reason": "x"}


@dataclass(frozen=True)
class Facts:
    """What a program reads of one message."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    status: str
    begins: datetime
    ends: datetime
    place: str
    attendees: tuple[str, ...]
    partstat: str


def by_icalendar(text: str) -> Facts:
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    attendees = event["attendee"] if isinstance(event["attendee"], list) else [event["attendee"]]
    return Facts(
        method=str(calendar["method"]),
        uid=str(event["uid"]),
        sequence=int(event["sequence"]),
        stamp=event["dtstamp"].dt,
        status=str(event["status"]),
        begins=event["dtstart"].dt.astimezone(UTC),
        ends=event["dtend"].dt.astimezone(UTC),
        place=str(event["location"]),
        attendees=tuple(str(each) for each in attendees),
        partstat=str(attendees[0].params["PARTSTAT"]),
    )


def by_vobject(text: str) -> Facts:
    calendar = vobject.readOne(text, validate=True)
    event = calendar.vevent
    return Facts(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        stamp=event.dtstamp.value,
        status=event.status.value,
        begins=event.dtstart.value.astimezone(UTC),
        ends=event.dtend.value.astimezone(UTC),
        place=event.location.value,
        attendees=tuple(each.value for each in event.attendee_list),
        partstat=event.attendee.params["PARTSTAT"][0],
    )


@dataclass
class Program:
    """A calendar program by RFC 5546 § 2.1.5: the higher SEQUENCE holds, then the later DTSTAMP."""

    read: Callable[[str], Facts]
    events: dict[str, Facts] = field(default_factory=dict)

    def takes(self, text: str) -> None:
        new = self.read(text)
        known = self.events.get(new.uid)
        if known is None and new.method == "CANCEL":
            # Nothing is there to be cancelled, but an older REQUEST may still be under way.
            self.events[new.uid] = new
        elif known is None or (new.sequence, new.stamp) > (known.sequence, known.stamp):
            self.events[new.uid] = new

    def shows(self) -> list[tuple[datetime, str]]:
        return [
            (each.begins, each.place) for each in self.events.values() if each.method != "CANCEL"
        ]


@pytest.fixture(params=[by_icalendar, by_vobject])
def read(request) -> Callable[[str], Facts]:
    return request.param


def messages_to(invitee: User | str) -> list[str]:
    """Return the calendar messages to somebody, as they came."""
    whose = {"address": invitee} if isinstance(invitee, str) else {"recipient": invitee}
    found = Message.objects.filter(**whose).exclude(calendar="").order_by("composed_at", "pk")
    texts = [message.calendar for message in found]
    return sorted(texts, key=lambda text: by_icalendar(text).sequence)


class Story:
    """A meeting that is made, moved twice, gets one more, loses one, is cancelled, restored."""

    steps = ("create", "move", "move again", "add", "remove", "cancel", "restore")

    def __init__(self) -> None:
        self.organiser, self.worker, self.leaver = (
            people.consultant(),
            people.worker(),
            people.worker(),
        )
        self.added = people.worker()
        self.meeting: Meeting | None = None

    def plays(self, until: str) -> None:
        for number, step in enumerate(self.steps):
            # Each step has its own minute, as in life.
            with clock.at(clock.now() + timedelta(minutes=number)):
                getattr(self, step.replace(" ", "_"))()
            if step == until:
                return

    def everyone(self) -> list[User | str]:
        """Return all who were ever sent something."""
        return [self.worker, meetings.GUEST.email, self.leaver, self.added]

    def create(self) -> None:
        self.meeting = meetings.meeting(
            self.worker, self.leaver, organiser=self.organiser, guests=(meetings.GUEST,)
        )
        meeting_invitations(self.meeting, by=self.organiser)

    def move(self) -> None:
        self._moves(timedelta(days=1))

    def move_again(self) -> None:
        self._moves(timedelta(days=7))

    def add(self) -> None:
        actions.add_person(self.meeting, self.added, by=self.organiser)

    def remove(self) -> None:
        invitee = Invitee.objects.select_related("meeting").get(user=self.leaver)
        actions.remove_invitee(invitee, by=self.organiser)

    def cancel(self) -> None:
        self.meeting = actions.cancel_meeting(self.meeting, by=self.organiser, **REASON)

    def restore(self) -> None:
        self.meeting = actions.restore_meeting(self.meeting, by=self.organiser)

    def _moves(self, by: timedelta) -> None:
        self.meeting = actions.move_meeting(
            self.meeting,
            starts_at=self.meeting.starts_at + by,
            ends_at=self.meeting.ends_at + by,
            by=self.organiser,
            **REASON,
        )


KINDS = ["worker", "guest", "leaver", "added", "organiser"]
THERE = {
    # From which step on, and until which, the meeting stands in whose calendar.
    "worker": {"create", "move", "move again", "add", "remove", "restore"},
    "guest": {"create", "move", "move again", "add", "remove", "restore"},
    "leaver": {"create", "move", "move again", "add"},
    "added": {"add", "remove", "restore"},
    # Who books and changes it has the feed, and was never sent anything.
    "organiser": set(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("until", Story.steps)
def test_calendar_message_leaves_each_calendar_as_the_meeting_stands(kind, until, read):
    story = Story()

    story.plays(until)

    whose = meetings.GUEST.email if kind == "guest" else getattr(story, kind)
    program = Program(read)
    for text in messages_to(whose):
        program.takes(text)
    story.meeting.refresh_from_db()
    now = [(story.meeting.starts_at, story.meeting.place)]
    assert program.shows() == (now if until in THERE[kind] else [])
    assert set(program.events) <= {story.meeting.uid}


@pytest.mark.parametrize("kind", ["worker", "guest"])
def test_calendar_message_may_arrive_in_any_order(kind, read):
    story = Story()
    story.plays("restore")
    texts = messages_to(meetings.GUEST.email if kind == "guest" else story.worker)
    story.meeting.refresh_from_db()
    assert [read(text).method for text in texts] == ["REQUEST"] * 3 + ["CANCEL", "REQUEST"]

    for order in permutations(texts):
        program = Program(read)
        for text in order:
            program.takes(text)

        assert program.shows() == [(story.meeting.starts_at, story.meeting.place)]


def test_calendar_message_sequence_rises_with_each(read):
    story = Story()

    story.plays("restore")

    for whose in (story.worker, story.leaver, story.added, meetings.GUEST.email):
        sequences = [read(text).sequence for text in messages_to(whose)]
        assert sequences == sorted(set(sequences))


def test_calendar_message_to_somebody_asked_again_outdoes_the_removal(read):
    meeting = meetings.meeting(organiser=(organiser := people.consultant()))
    worker = people.worker()
    program = Program(read)

    for _round in range(2):
        invitee = actions.add_person(meeting, worker, by=organiser)
        actions.remove_invitee(invitee, by=organiser)
    actions.add_person(meeting, worker, by=organiser)

    for text in messages_to(worker):
        program.takes(text)
    assert len(messages_to(worker)) == 5
    assert program.shows() == [(meeting.starts_at, meeting.place)]


def test_calendar_message_of_an_added_person_goes_to_them_alone():
    organiser, worker, other = people.consultant(), people.worker(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)

    added = actions.add_person(meeting, other, by=organiser)
    actions.remove_invitee(added, by=organiser)

    assert {message.recipient for message in Message.objects.all()} == {other}


def test_calendar_message_names_its_reader_and_the_service_mailbox(read):
    organiser = people.consultant(first_name="Liis", last_name='O"Kask; Õ^')
    worker = people.worker(first_name="Mari", last_name="Tamm: 2", email="mari@test.example")
    meeting = meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))

    meeting_invitations(meeting, by=organiser)

    [text] = messages_to(worker)
    facts = read(text)
    assert facts.attendees == ("mailto:mari@test.example",)
    assert facts.partstat == "NEEDS-ACTION"
    unfolded = text.replace("\r\n ", "")
    assert 'ORGANIZER;CN="Liis O\'Kask; Õ":mailto:toetuspakett@127.0.0.1\r\n' in unfolded
    assert meetings.GUEST.email not in text
    assert 'CN="Mari Tamm: 2"' in unfolded


def test_calendar_message_to_a_guest_holds_no_address_that_asks_for_a_login():
    meeting = meetings.meeting(organiser=people.consultant(), guests=(meetings.GUEST,))

    [text] = messages_to(meetings.GUEST.email)

    assert "\r\nURL" not in text
    assert str(meeting.pk) not in text


def test_calendar_message_holds_no_title_for_people():
    worker = people.worker()
    meeting = meetings.meeting(worker, organiser=people.consultant())

    meeting_invitations(meeting, by=meeting.organiser)

    message = Message.objects.get(recipient=worker)
    assert meetings.TITLE_FOR_PEOPLE not in message.calendar + message.body + message.subject
    assert f"SUMMARY:{meetings.NEUTRAL_TITLE}\r\n" in message.calendar


def test_calendar_message_goes_out_beside_the_text():
    worker = people.worker()
    meeting = meetings.meeting(worker, organiser=people.consultant(), place="Põlva, Näidise 1")
    meeting_invitations(meeting, by=meeting.organiser)

    send_waiting()

    sent = email.message_from_bytes(
        mail.outbox[0].message().as_bytes(linesep="\r\n"), policy=email.policy.default
    )
    assert sent.get_content_type() == "multipart/alternative"
    text, calendar = sent.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert calendar.get_content_type() == "text/calendar"
    assert dict(calendar["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar.get_payload(decode=True).decode() == Message.objects.get().calendar
    assert by_icalendar(calendar.get_content()).place == "Põlva, Näidise 1"


def test_calendar_message_is_sealed_in_the_database():
    meeting = meetings.meeting(people.worker(), link="https://video.example/kanaarilind")
    meeting_invitations(meeting, by=meeting.organiser)

    [stored] = Message.objects.extra(select={"raw": "calendar"}).values_list("raw", flat=True)

    assert stored.startswith("v1:")


# --- who gets one ---------------------------------------------------------------------------


def prefers(person: User, way: str) -> None:
    CalendarWay.objects.create(user=person, way=way, chosen_at=clock.now())


@pytest.mark.parametrize("way", ["feed", "link"])
def test_calendar_message_is_spared_those_who_take_none(way):
    organiser, worker = people.consultant(), people.worker()
    prefers(worker, way)
    meeting = meetings.meeting(worker, organiser=organiser)

    meeting_invitations(meeting, by=organiser)
    actions.cancel_meeting(meeting, by=organiser, **REASON)

    mails = Message.objects.filter(recipient=worker).order_by("composed_at", "kind")
    assert sorted(message.kind for message in mails) == [
        "meetings.meeting_cancelled",
        "meetings.meeting_invitation",
    ]
    assert {message.calendar for message in mails} == {""}


def test_calendar_message_follows_who_was_once_sent_one_whatever_they_choose_later():
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    meeting_invitations(meeting, by=organiser)
    prefers(worker, "feed")

    actions.cancel_meeting(meeting, by=organiser, **REASON)

    assert Message.objects.get(kind="meetings.meeting_cancelled").calendar_method == "CANCEL"


def test_calendar_message_follows_the_own_deed_of_who_was_sent_one():
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    meeting_invitations(meeting, by=organiser)
    meetings.service.also = worker

    actions.cancel_meeting(meeting, by=worker, **REASON)

    copy = Message.objects.get(recipient=worker, kind="meetings.calendar_copy")
    assert copy.calendar_method == "CANCEL"
    # The organiser booked it and was never sent anything that could be cancelled.
    assert Message.objects.get(recipient=organiser).calendar == ""


@pytest.mark.parametrize(("way", "copies"), [("invitation", 1), ("feed", 0), (None, 0)])
def test_calendar_message_of_the_own_booking_comes_to_who_chose_so(way, copies):
    organiser = people.consultant()
    if way:
        prefers(organiser, way)

    meeting_invitations(meetings.meeting(organiser=organiser), by=organiser)

    assert Message.objects.filter(recipient=organiser).count() == copies


def test_calendar_message_costs_three_queries_for_each_reader():
    organiser = people.consultant()
    few = meetings.meeting(people.worker(), organiser=organiser)
    many = meetings.meeting(*[people.worker() for _ in range(9)], organiser=organiser)

    def queries(meeting: Meeting) -> int:
        with CaptureQueriesContext(connection) as caught:
            meeting_invitations(meeting, by=organiser)
        return len(caught)

    # Each mail is looked for and written, and earlier ones go with it; nothing else grows.
    assert queries(many) - queries(few) == 8 * 3
