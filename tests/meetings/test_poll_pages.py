"""The pages of a date poll, for whoever runs it and for whoever is asked."""

import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from journal.models import Entry
from meetings.actions import (
    Guest,
    answer_poll,
    close_poll,
    remove_from_poll,
    withdraw_poll,
)
from meetings.models import Meeting, Poll, PollAnswer, PollInvitee
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

CANARY = "Kanaarilind"


@pytest.fixture
def organiser():
    return people.consultant()


@pytest.fixture
def worker():
    return people.worker()


@pytest.fixture
def poll(organiser, worker) -> Poll:
    return meetings.poll(
        worker, people.worker(last_name=CANARY), organiser=organiser, guests=(meetings.GUEST,)
    )


def page(name: str, poll: Poll, *more) -> str:
    return reverse(f"meetings:poll-{name}", args=[poll.pk, *more])


def own(poll: Poll, user) -> PollInvitee:
    return poll.invitees.get(user=user)


def say(invitee: PollInvitee, *answers: str) -> None:
    answer_poll(invitee, answers=meetings.said(invitee, *answers), by=invitee.user)


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def sent(invitee: PollInvitee, *answers: str) -> dict[str, str]:
    """The answers as the form sends them."""
    given = meetings.said(invitee, *answers)
    return {f"answer-{time.hex}": answer for time, answer in given.items()}


# --- opening --------------------------------------------------------------------------------


PARTS = ("day", "begins", "ends")


def filled(*rows: tuple[str, str, str], **other) -> dict:
    """The opening form with rows of day, begin and end."""
    data = {"rows": "5", "form": "on_site", "place": "Tartu, Näidise 1"}
    for n, row in enumerate(rows):
        for name, value in zip(PARTS, row, strict=True):
            data[f"time-{n}-{name}"] = value
    return data | {"guests": "Mari Mets, mari@kool.example, Kool"} | other


TUESDAY, WEDNESDAY = ("24.11.2026", "10.00", "11.30"), ("25.11.2026", "9", "10")


@pytest.fixture
def opening() -> str:
    return reverse("meetings:poll-open", args=["test", uuid.uuid4()])


def test_poll_open_makes_a_poll_of_the_filled_rows(client_of, organiser, opening):
    empty = ("", "", "")

    response = client_of(organiser).post(
        opening, filled(TUESDAY, empty, WEDNESDAY, answer_by="24.11.2026", quorum="1")
    )

    poll = Poll.objects.get()
    assert (response.status_code, response["Location"]) == (302, poll.get_absolute_url())
    spans = [time.span for time in poll.times.all()]
    assert spans == [meetings.span(1, 10, 1.5), meetings.span(2, 9, 1)]
    assert (poll.organiser, poll.quorum, poll.answer_by) == (organiser, 1, date(2026, 11, 24))
    assert poll.invitees.get().guest_name == "Mari Mets"


def test_poll_open_offers_the_people_of_the_story_ticked(client_of, organiser, worker, opening):
    meetings.service.people = [worker]

    shown = soup(client_of(organiser).get(opening))
    client_of(organiser).post(opening, filled(TUESDAY, WEDNESDAY, people=[worker.pk]))

    [box] = shown.select("input[name=people]")
    assert (box["value"], box.has_attr("checked")) == (str(worker.pk), True)
    assert Poll.objects.get().invitees.filter(user=worker).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time-1-day": "31.02.2027"}, "time-1-day"),
        ({"time-1-day": "22.11.2026"}, "time-1-day"),
        ({"time-1-day": ""}, "time-1-day"),
        ({"time-1-begins": "kümme"}, "time-1-begins"),
        ({"time-1-ends": ""}, "time-1-ends"),
        ({"time-1-ends": "08.00"}, "time-1-ends"),
        ({"time-1-day": "28.03.2027", "time-1-begins": "3.30"}, "time-1-begins"),
        ({"time-1-day": "24.11.2026", "time-1-begins": "10", "time-1-ends": "11.30"}, "time-1-day"),
        ({"place": ""}, "place"),
        ({"guests": "Mari Mets"}, "guests"),
        ({"guests": ""}, "guests"),
        ({"quorum": "mitu"}, "quorum"),
        ({"quorum": "0"}, "quorum"),
        ({"quorum": "5"}, "quorum"),
        ({"answer_by": "1.1.2020"}, "answer_by"),
        ({"answer_by": "1.1.2030"}, "answer_by"),
        ({"link": "javascript:alert(1)", "form": "video"}, "link"),
    ],
)
def test_poll_open_says_what_is_wrong_at_its_field(client_of, organiser, opening, wrong, field):
    response = client_of(organiser).post(opening, filled(TUESDAY, WEDNESDAY) | wrong)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    typed = soup(response).select_one("[name=time-0-day]")
    assert typed["value"] == "24.11.2026"
    assert Poll.objects.count() == 0


def test_poll_open_with_one_time_is_refused(client_of, organiser, opening):
    response = client_of(organiser).post(opening, filled(TUESDAY))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["time-0-day"]


@pytest.mark.parametrize(("rows", "after"), [("5", 8), ("11", 12), ("99", 12), ("x", 8), ("-3", 8)])
def test_poll_open_shows_more_rows_and_keeps_what_was_typed(
    client_of, organiser, worker, opening, rows, after
):
    meetings.service.people = [worker]
    data = filled(TUESDAY, ("homme", "", ""), rows=rows, more="1", form="video")

    response = client_of(organiser).post(opening, data)

    shown = soup(response)
    assert response.status_code == 200
    assert len(shown.select("input[name$=-begins]")) == after
    assert shown.select_one("[name=time-0-ends]")["value"] == "11.30"
    assert shown.select_one("[name=time-1-day]")["value"] == "homme"
    assert shown.select_one("[name=form][checked]")["value"] == "video"
    assert not shown.select("[name=people][checked]")
    assert "mari@kool.example" in shown.select_one("[name=guests]").text
    assert Poll.objects.count() == 0


def test_poll_open_fills_rows_from_the_address(client_of, organiser, opening):
    times = "2026-11-24T10:00/2026-11-24T11:30,nonsense,2026-11-25T07:00+00:00/2026-11-25T10:00"

    shown = soup(client_of(organiser).get(opening, {"times": times}))

    rows = [
        [
            shown.select_one(f"[name=time-{n}-{name}]").get("value")
            for name in ("day", "begins", "ends")
        ]
        for n in range(3)
    ]
    assert rows == [
        ["24.11.2026", "10.00", "11.30"],
        ["25.11.2026", "09.00", "10.00"],
        [None, None, None],
    ]


def test_poll_open_while_one_runs_leads_to_it(client_of, organiser, poll):
    place = reverse("meetings:poll-open", args=["test", poll.subject_id])

    response = client_of(organiser).get(place)

    assert response["Location"] == poll.get_absolute_url()


@pytest.mark.parametrize("service", ["mentorship", "supervision", "nothing"])
def test_poll_open_of_no_service_is_404(client_of, organiser, service):
    place = reverse("meetings:poll-open", args=[service, uuid.uuid4()])

    assert client_of(organiser).get(place).status_code == 404


@pytest.mark.parametrize("service", ["network", "consultation"])
def test_poll_open_about_an_unseen_row_is_404(client_of, organiser, service):
    place = reverse("meetings:poll-open", args=[service, uuid.uuid4()])

    assert client_of(organiser).get(place).status_code == 404
    assert client_of(organiser).post(place, filled(TUESDAY, WEDNESDAY)).status_code == 404


# --- the organiser's page -------------------------------------------------------------------


def test_poll_detail_shows_the_table_and_preselects_the_best(client_of, organiser, worker, poll):
    say(own(poll, worker), "no", "yes", "maybe")
    say(poll.invitees.get(user=None), "no", "maybe", "maybe")
    best = poll.times.all()[1]

    response = client_of(organiser).get(page("detail", poll))

    shown = soup(response)
    table = shown.select_one(".tp-poll")
    [heading] = table.select("thead .is-best")
    assert "25.11.2026" in heading.text
    cells = [cell.get_text(" ", strip=True) for cell in table.select("tbody td.is-maybe")]
    assert cells == ["Vajadusel"] * 3
    assert shown.select_one("[name=time][checked]")["value"] == str(best.pk)
    assert response.context["owing"] == 1
    assert len(response.context["reason"]) == 2


def test_poll_detail_suggests_nothing_below_the_quorum(client_of, organiser, worker):
    poll = meetings.poll(worker, people.worker(), organiser=organiser, quorum=2)
    say(own(poll, worker), "yes", "yes", "yes")

    response = client_of(organiser).get(page("detail", poll))

    assert response.context["best"] is None
    assert not soup(response).select("[name=time][checked], .is-best")


def test_poll_close_below_the_quorum_asks_first(client_of, organiser, worker):
    poll = meetings.poll(worker, people.worker(), organiser=organiser, quorum=2)
    say(own(poll, worker), "yes", "yes", "yes")
    poll.refresh_from_db()
    data = {"time": poll.times.first().pk, "version": poll.version}
    client = client_of(organiser)

    response = client.post(page("close", poll), data)

    assert (response.status_code, Meeting.objects.count()) == (422, 0)
    assert list(response.context["form"].errors) == ["despite"]
    assert client.post(page("close", poll), data | {"despite": "on"}).status_code == 302
    assert Meeting.objects.count() == 1


def test_open_poll_is_found_again_on_the_organisers_calendar(client_of, organiser, worker, poll):
    calendar = reverse("meetings:calendar")

    assert poll.get_absolute_url() in client_of(organiser).get(calendar).content.decode()
    assert poll.get_absolute_url() not in client_of(worker).get(calendar).content.decode()
    close_poll(poll, time=poll.times.first(), by=organiser)
    assert poll.get_absolute_url() not in client_of(organiser).get(calendar).content.decode()


def test_poll_close_books_and_leads_to_the_meeting(client_of, organiser, worker, poll):
    time = poll.times.last()

    response = client_of(organiser).post(
        page("close", poll), {"time": time.pk, "version": poll.version}, follow=True
    )

    meeting = Meeting.objects.get()
    assert meeting.starts_at == time.starts_at
    assert meeting.get_absolute_url() in response.content.decode()
    assert not soup(response).select("[name=time]")


def test_poll_close_on_a_stale_page_shows_the_table_anew(client_of, organiser, worker, poll):
    say(own(poll, worker), "yes", "no", "no")
    time = poll.times.last()
    data = {"time": time.pk, "version": poll.version}

    response = client_of(organiser).post(page("close", poll), data)

    shown = soup(response)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()
    assert shown.select_one("[name=time][checked]")["value"] == str(time.pk)
    assert Meeting.objects.count() == 0
    again = {"time": time.pk, "version": shown.select_one("[name=version]")["value"]}
    assert client_of(organiser).post(page("close", poll), again).status_code == 302


def test_poll_close_twice_says_so(client_of, organiser, poll):
    data = {"time": poll.times.first().pk, "version": poll.version}
    client = client_of(organiser)
    client.post(page("close", poll), data)

    response = client.post(page("close", poll), data)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("time", ["", "x", str(uuid.UUID(int=1))])
def test_poll_close_without_a_time_of_the_poll_is_refused(client_of, organiser, poll, time):
    response = client_of(organiser).post(
        page("close", poll), {"time": time, "version": poll.version}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["time"]
    assert Poll.objects.get().is_running


def test_poll_close_with_a_time_that_passed_meanwhile_is_refused(client_of, organiser, poll):
    time = poll.times.first()

    with clock.process_at(time.starts_at):
        shown = client_of(organiser).get(page("detail", poll))
        response = client_of(organiser).post(
            page("close", poll), {"time": time.pk, "version": poll.version}
        )

    assert len(soup(shown).select("[name=time]")) == 2
    assert response.status_code == 422
    assert "time" in response.context["form"].errors


def test_poll_times_change_adds_and_takes_out(client_of, organiser, poll):
    gone = poll.times.first()
    data = {
        "version": poll.version,
        "rows": "3",
        "remove": [gone.pk],
        "time-0-day": "30.11.2026",
        "time-0-begins": "10",
        "time-0-ends": "11",
    }

    response = client_of(organiser).post(page("times-change", poll), data)

    assert response.status_code == 302
    starts = [time.starts_at for time in poll.times.all()]
    assert starts == [meetings.span(n)[0] for n in (2, 3, 7)]


def test_poll_times_change_with_bad_input_changes_nothing(client_of, organiser, poll):
    data = {"version": poll.version, "rows": "3", "remove": [poll.times.first().pk]}
    client = client_of(organiser)
    for wrong in (
        {"time-0-day": "homme"},
        {"remove": [uuid.uuid4()]},
        {"remove": []},
        {"remove": [time.pk for time in poll.times.all()]},
        {"version": "7"},
    ):
        assert client.post(page("times-change", poll), data | wrong).status_code == 422

    more = client.post(page("times-change", poll), data | {"more": "1"})

    assert more.status_code == 200
    assert len(soup(more).select("[name=remove][checked]")) == 1
    assert poll.times.count() == 3


def test_poll_ask_adds_a_guest(client_of, organiser, poll):
    client = client_of(organiser)

    wrong = client.post(page("ask", poll), {"guests": "Olev"})
    known = client.post(page("ask", poll), {"guests": f"X, {meetings.GUEST.email}"})
    right = client.post(page("ask", poll), {"guests": "Olev, olev@test.example"})

    assert [each.status_code for each in (wrong, known, right)] == [422, 422, 302]
    assert poll.invitees.count() == 4


def test_poll_remove_asks_first(client_of, organiser, worker, poll):
    place = page("remove", poll, own(poll, worker).pk)
    client = client_of(organiser)

    asked = client.get(place)
    assert (asked.status_code, poll.invitees.count()) == (200, 3)

    client.post(place)
    assert poll.invitees.count() == 2
    assert client.get(place).status_code == 404


def test_poll_remove_of_somebody_in_another_poll_is_404(client_of, organiser, worker, poll):
    other = meetings.poll(worker, organiser=organiser)

    response = client_of(organiser).post(page("remove", poll, own(other, worker).pk))

    assert (response.status_code, other.invitees.count()) == (404, 1)


def test_poll_remind_and_withdraw_from_the_page(client_of, organiser, poll):
    client = client_of(organiser)

    twice = [client.post(page("remind", poll)).status_code for _n in range(2)]
    client.post(page("withdraw", poll))
    late = client.post(page("remind", poll), follow=True)

    assert twice == [302, 302]
    assert late.status_code == 200
    assert not Poll.objects.get().is_running
    kinds = [entry.kind for entry in Entry.objects.about(poll)]
    assert kinds.count("meetings.poll_reminded") == 1


@pytest.mark.parametrize("name", ["times-change", "ask", "withdraw"])
def test_deeds_of_an_ended_poll_lead_back_to_it(client_of, organiser, poll, name):
    withdraw_poll(poll, by=organiser)
    client = client_of(organiser)

    assert client.get(page(name, poll))["Location"] == poll.get_absolute_url()
    assert client.post(page(name, poll), {"guests": "X, x@test.example"}).status_code == 422


# --- the answerer's page --------------------------------------------------------------------


def test_poll_answer_notes_the_answers_and_shows_them_again(client_of, worker, poll):
    client = client_of(worker)
    invitee = own(poll, worker)

    response = client.post(page("answer", poll), sent(invitee, "yes", "maybe", "no"))

    assert response["Location"] == page("answer", poll)
    shown = soup(client.get(page("answer", poll)))
    chosen = [radio["value"] for radio in shown.select("input[type=radio][checked]")]
    assert chosen == ["yes", "maybe", "no"]
    assert len(shown.select("fieldset > legend")) == 3


def test_poll_answer_shows_totals_and_no_name(client_of, worker, poll):
    say(poll.invitees.get(user=None), "yes", "yes", "yes")

    text = client_of(worker).get(page("answer", poll)).content.decode()

    assert meetings.TITLE_FOR_PEOPLE in text
    assert poll.organiser.name in text
    assert CANARY not in text
    assert meetings.GUEST.name not in text


@pytest.mark.parametrize("answers", [("yes", "maybe", ""), ("yes", "maybe", "perhaps")])
def test_poll_answer_that_is_incomplete_keeps_what_was_chosen(client_of, worker, poll, answers):
    response = client_of(worker).post(page("answer", poll), sent(own(poll, worker), *answers))

    assert response.status_code == 422
    chosen = [radio["value"] for radio in soup(response).select("[checked]")]
    assert chosen == ["yes", "maybe"]
    assert PollAnswer.objects.count() == 0


def test_poll_answer_leaves_out_times_that_passed(client_of, worker, poll):
    with clock.process_at(poll.times.first().starts_at):
        shown = soup(client_of(worker).get(page("answer", poll)))

    assert len(shown.select("fieldset > legend")) == 2


@pytest.mark.parametrize("end", ["closed", "withdrawn", "passed"])
def test_poll_answer_after_the_end_says_so(client_of, worker, organiser, poll, end):
    moment = clock.now()
    answers = sent(own(poll, worker), "yes", "yes", "yes")
    if end == "closed":
        close_poll(poll, time=poll.times.first(), by=organiser)
    elif end == "withdrawn":
        withdraw_poll(poll, by=organiser)
    else:
        moment = poll.times.last().starts_at

    with clock.process_at(moment):
        shown = client_of(worker).get(page("answer", poll))
        sent_late = client_of(worker).post(page("answer", poll), answers)

    assert shown.status_code == 200
    assert not soup(shown).select("input[type=radio]")
    assert sent_late.status_code == (302 if end == "passed" else 422)
    assert PollAnswer.objects.count() == 0


def test_poll_is_404_for_others_and_the_table_403_for_the_invited(client_of, worker, poll):
    stranger, asked = client_of(people.worker()), client_of(worker)
    invitee = own(poll, worker)

    assert asked.get(page("detail", poll))["Location"] == page("answer", poll)
    for name in ("times-change", "ask", "withdraw"):
        assert stranger.get(page(name, poll)).status_code == 404
        assert asked.get(page(name, poll)).status_code == 403
    for name in ("close", "remind"):
        assert stranger.post(page(name, poll)).status_code == 404
        assert asked.post(page(name, poll)).status_code == 403
    assert asked.get(page("remove", poll, invitee.pk)).status_code == 403
    for name in ("detail", "answer"):
        assert stranger.get(page(name, poll)).status_code == 404


def test_poll_of_the_removed_is_404(client_of, organiser, worker, poll):
    remove_from_poll(own(poll, worker), by=organiser)

    assert client_of(worker).get(page("answer", poll)).status_code == 404


def test_organiser_who_is_not_asked_is_led_to_the_table(client_of, organiser, poll):
    assert client_of(organiser).get(page("answer", poll))["Location"] == poll.get_absolute_url()


# --- waiting and cost -----------------------------------------------------------------------


def guests(number: int) -> tuple[Guest, ...]:
    return tuple(Guest(name=f"Külaline {n}", email=f"k{n}@test.example") for n in range(number))


@pytest.mark.parametrize(("name", "cost"), [("detail", 11), ("answer", 13)])
def test_poll_pages_cost_the_same_for_1_and_30(client_of, organiser, worker, name, cost):
    counted = []
    for number in (1, 30):
        poll = meetings.poll(worker, organiser=organiser, guests=guests(number))
        for invitee in poll.invitees.filter(user=None):
            say(invitee, "yes", "no", "maybe")
        client = client_of(organiser if name == "detail" else worker)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page(name, poll)).status_code == 200
        counted.append(len(queries))
        withdraw_poll(poll, by=organiser)

    assert counted == [cost, cost]


def test_poll_open_is_filled_with_times_at_which_all_are_free(client_of):
    organiser, asked = people.consultant(), people.worker()
    meetings.service.people = [asked]
    wednesday = meetings.TOMORROW_AT_TEN + timedelta(days=1)
    meetings.meeting(asked, starts_at=wednesday.replace(hour=9), hours=1)
    meetings.meeting(organiser=organiser, starts_at=wednesday + timedelta(days=1), hours=6)
    place = reverse("meetings:poll-open", args=["test", uuid.uuid4()])
    typed = filled(TUESDAY, people=[asked.pk], place="Valga", free="1")

    form = client_of(organiser).post(place, typed).context["form"]

    shown = [
        tuple(str(form[f"time-{n}-{name}"].value()) for name in ("day", "begins", "ends"))
        for n in range(5)
    ]
    assert shown == [
        ("2026-11-25", "10:00:00", "11:30:00"),
        ("2026-11-27", "09:00:00", "10:30:00"),
        ("2026-11-30", "09:00:00", "10:30:00"),
        ("2026-12-01", "09:00:00", "10:30:00"),
        ("2026-12-02", "09:00:00", "10:30:00"),
    ]
    assert form["place"].value() == "Valga"
    assert not Poll.objects.exists()


def test_poll_open_fills_in_times_at_which_the_room_is_free(client_of):
    organiser, room = people.consultant(), meetings.room()
    wednesday = meetings.TOMORROW_AT_TEN + timedelta(days=1)
    meetings.meeting(starts_at=wednesday.replace(hour=9), hours=3, room=room)
    place = reverse("meetings:poll-open", args=["test", uuid.uuid4()])
    typed = filled(place="", room=room.pk, free="1")

    form = client_of(organiser).post(place, typed).context["form"]

    first = tuple(str(form[f"time-0-{name}"].value()) for name in ("day", "begins", "ends"))
    assert first == ("2026-11-25", "12:00:00", "13:30:00")
