"""Bad input: a sentence at the right field, what was typed stays, nothing changes, 422."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.templatetags.words import day_text
from journal.models import Entry
from outbox.models import Message
from supervision.actions import end_season
from supervision.models import (
    Attendance,
    Group,
    NetworkSupervision,
    Offer,
    Registration,
    Season,
    Session,
    SessionFeedback,
)
from tests.factories import people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db

WISHES = {
    "form": "on_site",
    "language": "et",
    "travels_up_to_km": "50",
    "weekdays": ["1", "3"],
    "hours": "any",
    "continuing": "any",
}
GROUP = {"name": "T-1", "form": "on_site", "language": "et", "place": "Tartu", "capacity": "12"}


def refused(client, url: str, data: dict, field: str, *, kept: str = "") -> str:
    """Send a bad form; return the error at the field, after the rules for all forms held."""
    counted = [
        model.objects.count()
        for model in (
            Season,
            Registration,
            Group,
            Session,
            Offer,
            NetworkSupervision,
            Attendance,
            SessionFeedback,
            Entry,
            Message,
        )
    ]
    response = client.post(url, data)
    form = response.context["form"]
    after = [
        model.objects.count()
        for model in (
            Season,
            Registration,
            Group,
            Session,
            Offer,
            NetworkSupervision,
            Attendance,
            SessionFeedback,
            Entry,
            Message,
        )
    ]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert after == counted
    assert kept in response.content.decode()
    return " ".join(form.errors[field])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"year": ""}, "year"),
        ({"year": "kaks tuhat"}, "year"),
        ({"year": "1999"}, "year"),
        ({"registration_opens_on": "31.02.2027"}, "registration_opens_on"),
        ({"registration_closes_on": "01.12.2026"}, "registration_closes_on"),
        ({"audience": "everyone"}, "audience"),
    ],
)
def test_season_new_bad_input(client_of, change, field):
    data = {
        "year": "2027",
        "audience": "workers",
        "registration_opens_on": "07.12.2026",
        "registration_closes_on": "15.01.2027",
    }

    refused(
        client_of(people.coordinator()), reverse("supervision:season-new"), data | change, field
    )


def test_season_change_past_end(client_of):
    season = make.open_season()
    data = {
        "registration_opens_on": "01.11.2026",
        "registration_closes_on": "20.11.2026",
        "version": str(season.version),
    }

    refused(
        client_of(people.coordinator()),
        reverse("supervision:season-change", args=[season.pk]),
        data,
        "registration_closes_on",
        kept="20.11.2026",
    )


def test_season_change_stale_version_keeps_the_text(client_of):
    season = make.open_season()
    data = {
        "registration_opens_on": "01.11.2026",
        "registration_closes_on": "20.12.2026",
        "version": "99",
    }

    refused(
        client_of(people.coordinator()),
        reverse("supervision:season-change", args=[season.pk]),
        data,
        "__all__",
        kept="20.12.2026",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"form": "fax"}, "form"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"travels_up_to_km": ""}, "travels_up_to_km"),
        ({"travels_up_to_km": "-5"}, "travels_up_to_km"),
        ({"travels_up_to_km": "99999"}, "travels_up_to_km"),
        ({"language": "xx"}, "language"),
    ],
)
def test_season_register_bad_input(client_of, change, field):
    season = make.open_season()
    url = reverse("supervision:season-register", args=[season.pk])

    refused(client_of(people.worker()), url, WISHES | change, field)


def test_season_register_sent_twice_makes_one_row(client_of):
    season = make.open_season()
    client = client_of(people.worker())
    url = reverse("supervision:season-register", args=[season.pk])
    data = WISHES | {"new_id": str(uuid.uuid4())}
    before = Entry.objects.count()

    answers = [client.post(url, data).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert Registration.objects.count() == 1
    assert Entry.objects.count() == before + 1


def test_season_register_after_the_end_says_so(client_of):

    season = end_season(make.open_season(), by=people.coordinator())

    error = refused(
        client_of(people.worker()),
        reverse("supervision:season-register", args=[season.pk]),
        WISHES,
        "__all__",
        kept="50",
    )

    assert error == "Hooaeg on lõppenud. Saad registreeruda järgmisele."


def test_registration_enter_sent_twice_makes_one_row_and_one_mail(client_of):
    season = make.open_season()
    post = people.worker().posts.get()
    client = client_of(people.consultant())
    url = reverse("supervision:registration-enter", args=[season.pk])
    data = WISHES | {"new_id": str(uuid.uuid4()), "post": str(post.pk)}

    answers = [client.post(url, data).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert (Registration.objects.count(), Message.objects.count()) == (1, 1)


def test_registration_enter_of_a_foreign_person(client_of):
    season = make.open_season()
    post = people.worker("Haapsalu linn").posts.get()

    refused(
        client_of(people.consultant("Elva vald")),
        reverse("supervision:registration-enter", args=[season.pk]),
        WISHES | {"post": str(post.pk)},
        "post",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "31"}, "capacity"),
        ({"place": ""}, "place"),
        ({"place": "x" * 201}, "place"),
        ({"region": "atlantis"}, "region"),
        ({"supervisor": str(uuid.uuid4())}, "supervisor"),
    ],
)
def test_group_new_bad_input(client_of, change, field):
    season = make.open_season()

    refused(
        client_of(people.coordinator()),
        reverse("supervision:group-new", args=[season.pk]),
        GROUP | change,
        field,
    )


def test_group_new_sent_twice_makes_one_row(client_of):
    season = make.open_season()
    client = client_of(people.coordinator())
    url = reverse("supervision:group-new", args=[season.pk])
    data = GROUP | {"new_id": str(uuid.uuid4())}

    answers = [client.post(url, data).status_code for _time in range(2)]

    assert (answers, Group.objects.count()) == ([302, 302], 1)


def test_group_new_of_a_taken_name(client_of):
    season = make.open_season()
    make.draft_group(season, name="T-1")

    refused(
        client_of(people.coordinator()),
        reverse("supervision:group-new", args=[season.pk]),
        GROUP,
        "name",
        kept="T-1",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": "22.11.2026"}, "day"),
        ({"day": "homme"}, "day"),
        ({"ends": "09.00"}, "ends"),
        ({"begins": "25.00"}, "begins"),
        ({"place": ""}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_session_date_bad_input(client_of, change, field):
    group = make.draft_group(make.open_season())
    data = {
        "day": "14.12.2026",
        "begins": "10.00",
        "ends": "13.00",
        "form": "on_site",
        "place": "Tartu",
        "link": "",
    }

    refused(
        client_of(people.coordinator()),
        reverse("supervision:session-date", args=[group.pk, 1]),
        data | change,
        field,
    )


def test_members_place_into_a_full_group_says_so(client_of):
    season = make.open_season()
    group = make.published_group(season, capacity=1)
    registration = make.registered(season)

    error = refused(
        client_of(people.coordinator()),
        reverse("supervision:members-place", args=[group.pk]),
        {"registrations": [str(registration.pk)]},
        "__all__",
        kept="checked",
    )

    assert error == "Grupp on täis."


def test_place_offer_with_a_past_deadline(client_of):
    season = make.open_season(window=3)
    group = make.published_group(season)
    registration = make.waiting(season)
    yesterday = day_text(clock.today() - timedelta(days=1))

    refused(
        client_of(people.coordinator()),
        reverse("supervision:place-offer", args=[registration.pk]),
        {"group": str(group.pk), "deadline": yesterday},
        "deadline",
        kept=yesterday,
    )


def test_offer_answer_after_the_deadline_says_so(client_of):
    season = make.open_season(window=3)
    group = make.published_group(season)
    registration = make.waiting(season)
    offer = make.offered(registration, group)
    client = client_of(registration.user)
    url = reverse("supervision:offer-answer", args=[offer.pk])

    with clock.at(offer.deadline_at):
        refused(client, url, {"answer": "accept"}, "__all__")
        refused(client, url, {}, "answer")


def test_session_attendance_bad_input(client_of):
    group = make.published_group(make.open_season())
    session = make.first_session(group)
    member = make.members_of(group)[0]
    url = reverse("supervision:session-attendance", args=[session.pk])
    client = client_of(group.supervisor)
    came, hours = f"came-{member.pk.hex}", f"hours-{member.pk.hex}"
    good = {"hours": "3", came: "attended", hours: "", "seen": "-"}

    with clock.at(make.during(session)):
        refused(client, url, good | {came: ""}, came)
        refused(client, url, good | {"hours": "13"}, "hours")
        refused(client, url, good | {"hours": "palju"}, "hours", kept="palju")
        refused(client, url, good | {hours: "4"}, hours)
        refused(client, url, good | {"seen": "2020-01-01"}, "__all__")
        answer = client.post(url, good | {hours: "1,5"})
    with clock.at(session.meeting.starts_at - timedelta(hours=1)):
        refused(client, url, good | {"seen": ""}, "__all__")

    assert answer.status_code == 302
    assert str(Attendance.objects.get().hours) == "1.50"


def test_session_feedback_bad_input(client_of):
    group = make.published_group(make.open_season())
    session = make.recorded(make.first_session(group))
    client = client_of(make.members_of(group)[0])
    url = reverse("supervision:session-feedback", args=[session.pk])

    with clock.at(make.during(session)):
        refused(client, url, {"useful": "6", "safe": "5"}, "useful")
        refused(client, url, {"useful": "5", "safe": ""}, "safe")
        refused(
            client,
            url,
            {"useful": "5", "safe": "5", "words": "sinilill" * 300},
            "words",
            kept="sinilill",
        )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wish": ""}, "wish"),
        ({"wish": "x" * 10_001}, "wish"),
        ({"people_expected": "1"}, "people_expected"),
        ({"purpose": "fun"}, "purpose"),
    ],
)
def test_network_ask_bad_input(client_of, change, field):
    data = {"purpose": "case", "wish": make.WISH, "people_expected": "6"}

    refused(client_of(people.worker()), reverse("supervision:network-ask"), data | change, field)


def test_network_ask_sent_twice_makes_one_row(client_of):
    client = client_of(people.worker())
    data = {
        "purpose": "case",
        "wish": make.WISH,
        "people_expected": "6",
        "new_id": str(uuid.uuid4()),
    }

    answers = [client.post(reverse("supervision:network-ask"), data).status_code for _ in "ab"]

    assert (answers, NetworkSupervision.objects.count()) == ([302, 302], 1)


def test_network_date_and_guest_bad_input(client_of):
    network = make.dated_network()
    client = client_of(network.supervisor)
    guests = reverse("supervision:network-guest", args=[network.pk])

    refused(client, guests, {"name": "Külaline", "email": "ei ole"}, "email", kept="ei ole")
    good = client.post(guests, {"name": "Külaline", "email": "kylaline@test.example"})
    refused(client, guests, {"name": "Teine", "email": "KYLALINE@test.example"}, "email")

    assert good.status_code == 302


def test_network_guest_by_a_consultant_is_denied(client_of):
    network = make.dated_network("Elva vald")
    url = reverse("supervision:network-guest", args=[network.pk])
    client = client_of(people.consultant("Elva vald"))

    answers = [client.get(url).status_code, client.post(url, {"name": "x"}).status_code]

    assert answers == [403, 403]


def test_season_groups_csv(client_of):
    season = make.open_season()
    group = make.published_group(season, members=2, name="=T;1")

    response = client_of(people.coordinator()).get(
        reverse("supervision:season-groups-csv", args=[season.pk])
    )

    lines = response.content.decode("utf-8").splitlines()
    assert response.content.startswith(b"\xef\xbb\xbfGrupp;")
    assert lines[1].startswith(f'"\'=T;1";Avaldatud;{group.supervisor};')
    assert ";12;2;0;2026-12-07 10:00;" in lines[1]


def test_place_offer_lists_groups_with_room_alone(client_of):
    season = make.open_season()
    make.published_group(season, capacity=1, name="Täis")
    make.published_group(season, capacity=2, name="Ruumi on")
    registration = make.waiting(season)

    page = client_of(people.coordinator()).get(
        reverse("supervision:place-offer", args=[registration.pk])
    )

    assert "Ruumi on" in page.content.decode()
    assert "Täis" not in page.content.decode()


def test_everybody_is_shown_as_attended_when_asked(client_of):
    group = make.published_group(make.open_season(), members=3)
    session = make.first_session(group)
    with clock.at(make.during(session)):
        client = client_of(group.supervisor)
        page = reverse("supervision:session-attendance", args=[session.pk])
        for address, shown in ((f"{page}?everybody", "attended"), (page, None)):
            rows = client.get(address).context["form"].rows()
            assert [row["came"].value() for row in rows] == [shown] * 3
    assert not session.attendances.exists()
