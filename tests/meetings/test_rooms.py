"""Rooms: kept by those who book for others, taken by one meeting at a time."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from common.refusal import Refused
from meetings.actions import (
    add_room,
    answer_poll,
    cancel_meeting,
    change_room,
    close_poll,
    close_room,
    move_meeting,
    reopen_room,
    restore_meeting,
)
from meetings.availability import free_times
from meetings.best_time import best_of
from meetings.forms import SlotMeetingForm
from meetings.models import Meeting, Room
from meetings.views.polls import view_of
from mentorship.models import Plan
from mentorship.workflow import PlanStatus
from supervision.actions import date_session
from tests.factories import meetings, people
from tests.factories import mentorship as plans
from tests.factories import supervision as seasons


pytestmark = pytest.mark.django_db

TEN = meetings.TOMORROW_AT_TEN
HOUR = timedelta(hours=1)
PAGES = ["room-list", "room-add", "room-detail", "room-change", "room-close", "room-reopen"]


@pytest.fixture
def room() -> Room:
    return meetings.room()


@pytest.fixture
def plan() -> Plan:
    return plans.plan_at(PlanStatus.RUNNING)


def page(name: str, room: Room) -> str:
    return reverse(f"meetings:{name}", args=[] if name in ("room-list", "room-add") else [room.pk])


def book_page(plan: Plan, query: str = "") -> str:
    return reverse("mentorship:meeting-book", args=[plan.pk]) + query


def slots_of(response) -> list[str]:
    radios = BeautifulSoup(response.content, "html.parser").select('input[name="slot"]')
    return [each["value"] for each in radios if each["value"] != "other"]


def sent(response, **typed: str) -> dict:
    """What a browser sends of the page's form when only `typed` was touched."""
    form = BeautifulSoup(response.content, "html.parser").select_one("main form.tp-form")
    data = {}
    for field in form.select("input[name], textarea[name]"):
        chosen = field.has_attr("checked") or field.get("type") not in ("radio", "checkbox")
        if chosen:
            data[field["name"]] = field.get("value", "") if field.name == "input" else field.text
    for field in form.select("select[name]"):
        option = field.select_one("option[selected]")
        data[field["name"]] = option["value"] if option else ""
    return data | typed


# --- who keeps them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("consultant", True),
        ("coordinator", True),
        ("worker", False),
        ("manager", False),
        ("supervisor", False),
        ("administrator", False),
    ],
)
def test_rooms_are_kept_by_consultants_and_the_coordinator(role, may, client_of, room):
    person = getattr(people, role)()
    facts = {"name": "Teine", "address": "Näidise 4"}
    deeds = [
        lambda: add_room(municipality=room.municipality, **facts, by=person),
        lambda: change_room(room, name="Saal", address="Näidise 5", by=person),
        lambda: close_room(room, by=person),
        lambda: reopen_room(room, by=person),
    ]

    for deed in deeds:
        if may:
            deed()
        else:
            with pytest.raises(PermissionDenied):
                deed()
    for name in PAGES:
        assert client_of(person).get(page(name, room)).status_code == (200 if may else 403)
    room.refresh_from_db()
    assert room.address == ("Näidise 5" if may else "Näidise 9, Elva")


def test_room_add_change_close_and_reopen_on_their_pages(client_of, room):
    client = client_of(people.consultant())
    municipality = people.municipality("Võru linn")
    facts = {"name": "Nurgatuba", "address": "Näidise 2, Võru", "seats": "8", "notes": "II korrus"}

    client.post(page("room-add", room), facts | {"municipality": str(municipality.pk)})
    added = Room.objects.get(name="Nurgatuba")
    assert (added.municipality, added.seats, added.notes) == (municipality, 8, "II korrus")

    client.post(page("room-change", added), facts | {"seats": "10"})
    client.post(page("room-close", added))
    added.refresh_from_db()
    assert added.seats == 10
    assert added.closed_at is not None
    assert list(Room.objects.offered()) == [room]

    client.post(page("room-reopen", added))
    assert set(Room.objects.offered()) == {room, added}


def test_room_of_a_known_name_is_refused_at_the_name(client_of, room):
    client = client_of(people.coordinator())
    typed = {"municipality": str(room.municipality_id), "name": "SAAL", "address": "Näidise 1"}

    response = client.post(page("room-add", room), typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assert response.context["form"]["address"].value() == "Näidise 1"
    assert Room.objects.count() == 1


def test_room_detail_says_when_it_is_taken_and_not_by_whom(client_of, room):
    meeting = meetings.meeting(people.worker(), organiser=people.consultant(), room=room)

    text = client_of(people.consultant()).get(page("room-detail", room)).content.decode()

    assert "10.00" in text
    for hidden in (meetings.TITLE_FOR_PEOPLE, meetings.NEUTRAL_TITLE, str(meeting.organiser)):
        assert hidden not in text


# --- one meeting at a time ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shift", "free"), [(-1, True), (-0.5, False), (0, False), (0.5, False), (1, True)]
)
def test_taken_room_is_refused_while_the_meeting_lasts(shift, free, room):
    meetings.meeting(organiser=people.consultant(), room=room)
    starts_at = TEN + shift * HOUR

    if free:
        meetings.meeting(organiser=people.consultant(), starts_at=starts_at, room=room)
    else:
        with pytest.raises(Refused) as refusal:
            meetings.meeting(organiser=people.consultant(), starts_at=starts_at, room=room)
        assert refusal.value.field == "room"
    assert Meeting.objects.count() == 1 + free


def test_cancelled_meeting_gives_its_room_back_and_may_come_too_late(room):
    organiser = people.consultant()
    first = meetings.meeting(organiser=organiser, room=room)
    cancel_meeting(first, wanted_by="organiser", reason="x", by=organiser)
    meetings.meeting(organiser=people.consultant(), room=room)

    with pytest.raises(Refused) as refusal:
        restore_meeting(first, by=organiser)

    assert refusal.value.field == "room"
    first.refresh_from_db()
    assert first.is_cancelled


def test_meeting_moves_within_its_room_and_not_into_anothers_time(room):
    organiser = people.consultant()
    meetings.meeting(organiser=people.consultant(), starts_at=TEN + 3 * HOUR, room=room)
    meeting = meetings.meeting(organiser=organiser, room=room)
    why = {"wanted_by": "organiser", "reason": "x", "by": organiser}

    moved = move_meeting(meeting, starts_at=TEN + HOUR / 2, ends_at=TEN + 2 * HOUR, **why)
    assert moved.room == room

    with pytest.raises(Refused) as refusal:
        move_meeting(meeting, starts_at=TEN + 2 * HOUR, ends_at=TEN + 4 * HOUR, **why)
    assert refusal.value.field == "room"


def test_meeting_that_leaves_its_room_gives_it_back(room):
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser, room=room, place=room.where)
    end = TEN + HOUR

    move_meeting(
        meeting,
        starts_at=TEN,
        ends_at=end,
        form="phone",
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )

    meeting.refresh_from_db()
    assert (meeting.room, meeting.sequence) == (None, 1)
    meetings.meeting(organiser=people.consultant(), room=room)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_database_refuses_two_meetings_in_one_room(room):
    meeting = meetings.meeting(organiser=people.consultant(), room=room)
    other = meetings.meeting(organiser=people.consultant(), place="Mujal")

    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=other.pk).update(room=room)

    Meeting.objects.filter(pk=meeting.pk).update(status="cancelled")
    assert Meeting.objects.filter(pk=other.pk).update(room=room) == 1


def test_session_of_a_draft_is_not_redated_into_a_taken_room(room):
    group = seasons.dated_group(seasons.open_season())
    meeting = group.sessions.get(number=1).meeting
    at = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    meetings.meeting(organiser=people.consultant(), starts_at=meeting.starts_at, room=room)

    with pytest.raises(Refused) as refusal:
        date_session(group, 1, **at, form="on_site", room=room, by=people.coordinator())

    assert refusal.value.field == "room"


# --- choosing one ---------------------------------------------------------------------------


def test_without_rooms_the_form_does_not_speak_of_them(client_of, plan):
    form = client_of(plan.worker).get(book_page(plan)).context["form"]

    assert "room" not in form.fields
    assert not form.can_refresh


def test_chosen_room_is_the_place(client_of, plan, room):
    client = client_of(plan.worker)
    response = client.get(book_page(plan))

    answer = client.post(
        book_page(plan),
        sent(response, slot=slots_of(response)[-1], form="on_site", room=str(room.pk), place=""),
    )

    assert answer.status_code == 302
    meeting = plan.meetings.get().meeting
    assert (meeting.room, meeting.place) == (room, "Näidise 9, Elva, Saal")


@pytest.mark.parametrize("form", ["video", "phone"])
def test_who_meets_elsewhere_takes_no_room(client_of, plan, room, form):
    client = client_of(plan.worker)
    response = client.get(book_page(plan))

    client.post(
        book_page(plan), sent(response, slot=slots_of(response)[-1], form=form, room=str(room.pk))
    )

    assert plan.meetings.get().meeting.room is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"room": "", "place": ""}, "place"),
        ({"place": "Näidise 77"}, "place"),
        ({"room": "00000000-0000-0000-0000-000000000000"}, "room"),
        ({"room": "saal"}, "room"),
    ],
)
def test_unclear_place_is_asked_about_at_its_field(client_of, plan, room, typed, field):
    client = client_of(plan.worker)
    response = client.get(book_page(plan))
    chosen = {"slot": slots_of(response)[-1], "form": "on_site", "room": str(room.pk)}

    answer = client.post(book_page(plan), sent(response, **(chosen | typed)))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not plan.meetings.exists()


def test_closed_room_is_not_offered_and_stays_as_words_where_it_was(client_of, room):
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser, room=room, place=room.where)
    other = meetings.room("Teine")
    close_room(room, by=organiser)

    page = reverse("meetings:meeting-move", args=[meeting.pk])
    form = client_of(organiser).get(page).context["form"]

    assert list(form.fields["room"].rooms.values()) == [other]
    assert (form["room"].value(), form["place"].value()) == (None, "Näidise 9, Elva, Saal")


def test_free_times_are_those_of_the_room_too(room):
    person = people.consultant()
    meetings.meeting(organiser=people.consultant(), room=room, hours=2)
    day = TEN.date()
    asked = {"first": day, "last": day, "length": HOUR}

    alone = free_times([person], **asked).starts
    inside = free_times([person], **asked, room=room).starts

    # From nine to four o'clock; taken from ten to twelve.
    assert [start - TEN for start in set(alone) - set(inside)] != []
    assert {(start - TEN) / HOUR for start in set(alone) - set(inside)} == {-0.5, 0, 0.5, 1, 1.5}
    assert {(start - TEN) / HOUR for start in inside} == {-1, 2, 2.5, 3, 3.5, 4, 4.5, 5}


def test_meeting_that_is_moved_does_not_keep_its_own_room_busy(room):
    person = people.consultant()
    meeting = meetings.meeting(organiser=person, room=room)
    day = TEN.date()

    free = free_times([person], first=day, last=day, length=HOUR, room=room, but=meeting.pk)

    assert TEN in free.starts


# --- other days without losing a word -------------------------------------------------------


def test_other_weeks_keep_what_was_typed_and_book_nothing(client_of, plan, room):
    client = client_of(plan.worker)
    first = client.get(book_page(plan, "?length=30"))
    typed = {"form": "on_site", "room": str(room.pk), "place": "", "link": "video.example/x"}

    answer = client.post(
        book_page(plan), sent(first, show="from=2026-12-07&length=30", slot="other", **typed)
    )

    form = answer.context["form"]
    assert answer.status_code == 200
    assert not plan.meetings.exists()
    assert (form.page.first.isoformat(), form.minutes) == ("2026-12-07", 30)
    assert not BeautifulSoup(answer.content, "html.parser").select(".tp-error")
    shown = sent(answer)
    assert {name: shown[name] for name in typed} == typed
    assert shown["new_id"] == sent(first)["new_id"]

    # Sent in earnest from there, the length and the weeks hold although the address knows none.
    client.post(book_page(plan), sent(answer, slot=slots_of(answer)[-1], link=""))
    meeting = plan.meetings.get().meeting
    assert meeting.ends_at - meeting.starts_at == HOUR / 2
    assert meeting.room == room


def test_room_chosen_and_times_shown_again_are_those_of_the_room(client_of, plan, room):
    meetings.meeting(organiser=people.consultant(), room=room)
    client = client_of(plan.worker)
    first = client.get(book_page(plan))
    ten = "20261124T0800Z"
    assert ten in slots_of(first)

    refresh = {"show": sent(first)["shown"], "form": "on_site", "room": str(room.pk)}
    again = client.post(book_page(plan), sent(first, **refresh))

    assert ten not in slots_of(again)
    assert len(slots_of(again)) < len(slots_of(first))


def test_time_by_hand_stands_open_where_it_is_meant_and_stays_so(client_of):
    organiser = people.consultant()
    meeting = meetings.meeting(organiser=organiser)
    client, page = client_of(organiser), reverse("meetings:meeting-move", args=[meeting.pk])

    def opens(response) -> bool:
        details = BeautifulSoup(response.content, "html.parser").select_one("details.tp-more")
        return details.has_attr("open")

    first = client.get(page)
    assert not opens(first)
    weeks = {"show": "from=2026-12-07&length=60"}
    assert not opens(client.post(page, sent(first, **weeks)))
    assert opens(client.post(page, sent(first, day="25.11.2026", **weeks)))
    assert opens(client.post(page, sent(first, slot="other", **weeks)))
    assert opens(client.post(page, sent(first, wanted_by="")))


def test_first_button_of_the_form_sends_it(client_of, plan):
    """Enter in a field presses it."""
    form = BeautifulSoup(client_of(plan.worker).get(book_page(plan)).content, "html.parser")

    button = form.select_one("main form.tp-form button")

    assert not button.has_attr("name")


def test_page_with_a_room_costs_as_many_queries_as_without(
    client_of, plan, room, django_assert_max_num_queries
):
    client = client_of(plan.worker)
    first = client.get(book_page(plan))
    chosen = sent(first, show=sent(first)["shown"], form="on_site", room=str(room.pk))

    with django_assert_max_num_queries(15):
        client.post(book_page(plan), chosen)


def test_meeting_moves_to_a_time_of_the_list(client_of, room):
    organiser, worker = people.consultant(), people.worker()
    meeting = meetings.meeting(worker, organiser=organiser)
    meetings.meeting(worker, starts_at=TEN + 2 * HOUR)
    client = client_of(organiser)
    page = reverse("meetings:meeting-move", args=[meeting.pk])
    first = client.get(page)
    noon, later = "20261124T1000Z", "20261124T1130Z"
    assert noon not in slots_of(first)

    client.post(page, sent(first, slot=later, wanted_by="organiser", reason="x"))

    meeting.refresh_from_db()
    assert meeting.starts_at == TEN + 3.5 * HOUR


def test_forms_that_book_take_what_they_show(plan):
    """`form`, `room`, `place` and `link` come from one place: a new form forgets none."""
    form = SlotMeetingForm(people=[plan.worker], reader=plan.worker, shown={})

    assert set(form.fields) >= {"form", "place", "link", "slot", "shown", "new_id"}


# --- polls ----------------------------------------------------------------------------------


def test_time_at_which_the_room_is_taken_is_not_the_best_and_not_booked(client_of, room):
    organiser, worker = people.consultant(), people.worker()
    poll = meetings.poll(
        worker, organiser=organiser, times=[meetings.span(1), meetings.span(2)], room=room
    )
    invitee = poll.invitees.get()
    answer_poll(invitee, answers=meetings.said(invitee, "yes", "maybe"), by=worker)
    taken, other = poll.times.all()
    assert view_of(poll).best.time == taken

    meetings.meeting(organiser=people.consultant(), room=room)

    poll.refresh_from_db()
    view = view_of(poll)
    assert best_of(view.tallies, None).time == other
    text = client_of(organiser).get(poll.get_absolute_url()).content.decode()
    assert "ruum on hõivatud" in text
    with pytest.raises(Refused):
        close_poll(poll, time=taken, by=organiser)
    poll.refresh_from_db()
    assert poll.is_running
    assert close_poll(poll, time=other, by=organiser).meeting.room == room
