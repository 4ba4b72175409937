"""Posts, roles, service areas and absences: what holds on which day."""

import uuid
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from outbox.models import Message
from people import actions
from people.models import Absence, Post, ServiceArea, StaffRole
from people.serving import serving_on
from people.standing import standing_of
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

TODAY = MONDAY_MORNING.date()
DAY = timedelta(days=1)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_post_holds_from_its_first_to_its_last_day():
    user = people.person()
    Post.objects.create(
        user=user,
        municipality=people.municipality(),
        kind="worker",
        starts_on=TODAY,
        ends_on=TODAY + DAY,
    )
    days = [TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY]

    assert [standing_of(user, day).is_worker for day in days] == [False, True, True, False]


@pytest.mark.parametrize("role", StaffRole.Role.values)
def test_role_holds_from_its_first_to_its_last_day(role):
    user = people.person()
    StaffRole.objects.create(user=user, role=role, starts_on=TODAY, ends_on=TODAY + DAY)
    days = [TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY]

    held = [standing_of(user, day).roles for day in days]

    assert held == [frozenset(), {role}, {role}, frozenset()]


def test_post_end_takes_the_access_away_at_once(client_of):
    worker = people.worker("Elva vald")
    client = client_of(worker)
    assert client.get(reverse("people:overview")).status_code == 200

    actions.end_post(worker.posts.get(), ends_on=TODAY - DAY, by=people.manager("Elva vald"))

    assert client.get(reverse("people:overview")).status_code == 403
    assert client.get(reverse("library:overview")).status_code == 200
    assert client.get(reverse("people:profile")).status_code == 200
    assert kinds() == ["people.post_ended"]


def test_post_end_before_its_start_or_twice_is_refused():
    worker, coordinator = people.worker(since=date(2026, 3, 1)), people.coordinator()
    post = worker.posts.get()
    with pytest.raises(Refused) as refusal:
        actions.end_post(post, ends_on=date(2026, 2, 28), by=coordinator)
    assert refusal.value.field == "ends_on"

    actions.end_post(post, ends_on=TODAY - DAY, by=coordinator)
    with pytest.raises(Refused):
        actions.end_post(post, ends_on=TODAY, by=coordinator)

    post.refresh_from_db()
    assert post.ends_on == TODAY - DAY
    assert kinds() == ["people.post_ended"]


def test_post_end_bad_date_keeps_what_was_typed(client_of):
    worker = people.worker()
    address = reverse("people:post-end", args=[worker.posts.get().pk])

    answer = client_of(people.coordinator()).post(address, {"ends_on": "32.13.2026"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_on"]
    assert "32.13.2026" in answer.content.decode()
    assert worker.posts.get().ends_on is None


def test_post_end_by_a_foreign_manager_is_out_of_sight(client_of):
    worker = people.worker("Elva vald")
    stranger = client_of(people.manager("Tartu linn"))

    answer = stranger.post(
        reverse("people:post-end", args=[worker.posts.get().pk]), {"ends_on": "23.11.2026"}
    )

    assert answer.status_code == 404
    assert worker.posts.get().ends_on is None


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "overlaps"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2026, 6, 30), None, True),
        (date(2026, 7, 1), None, False),
        (date(2025, 1, 1), None, True),
    ],
)
def test_post_add_does_not_overlap_the_same_post(starts_on, ends_on, overlaps):
    user = people.person()
    place = people.municipality()
    Post.objects.create(
        user=user,
        municipality=place,
        kind="worker",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 6, 30),
    )

    def add():
        actions.add_post(
            user,
            municipality=place,
            kind="worker",
            starts_on=starts_on,
            ends_on=ends_on,
            by=people.coordinator(),
        )

    if overlaps:
        with pytest.raises(Refused):
            add()
        assert user.posts.count() == 1
    else:
        add()
        assert user.posts.count() == 2


def test_role_end_keeps_one_administrator():
    first = people.administrator()
    role = first.staff_roles.get()
    with pytest.raises(Refused) as refusal:
        actions.end_role(role, ends_on=TODAY, by=first)
    assert refusal.value.field == "ends_on"

    people.administrator()
    actions.end_role(role, ends_on=TODAY, by=first)
    assert kinds() == ["people.role_ended"]


def test_area_passes_from_one_consultant_to_another_by_days():
    coordinator = people.coordinator()
    old, new = people.consultant("Elva vald"), people.consultant("Tartu linn")
    place = people.municipality("Elva vald")

    actions.end_area(old.service_areas.get(), ends_on=TODAY, by=coordinator)
    actions.add_area(new, municipality=place, starts_on=TODAY + DAY, by=coordinator)

    def serving(day):
        return [one.consultant for one in serving_on(day, [place.pk]).get(place.pk, [])]

    assert serving(TODAY) == [old]
    assert serving(TODAY + DAY) == [new]
    assert place.pk in standing_of(old, TODAY).all_served
    assert place.pk not in standing_of(old, TODAY + DAY).all_served
    assert place.pk in standing_of(new, TODAY + DAY).all_served
    assert kinds() == ["people.area_ended", "people.area_added"]


def test_area_add_needs_a_consultant_and_no_overlap():
    coordinator, place = people.coordinator(), people.municipality("Elva vald")
    with pytest.raises(Refused) as refusal:
        actions.add_area(people.worker(), municipality=place, starts_on=TODAY, by=coordinator)
    assert refusal.value.field == "starts_on"
    consultant = people.consultant("Elva vald")
    with pytest.raises(Refused) as refusal:
        actions.add_area(consultant, municipality=place, starts_on=TODAY, by=coordinator)
    assert refusal.value.field == "municipality"
    assert ServiceArea.objects.count() == 1


@pytest.mark.parametrize("who", ["worker", "manager", "consultant", "supervisor", "administrator"])
def test_area_add_is_the_coordinators(who):
    with pytest.raises(PermissionDenied):
        actions.add_area(
            people.consultant("Tartu linn"),
            municipality=people.municipality(),
            starts_on=TODAY,
            by=getattr(people, who)(),
        )


def test_absence_lets_the_stand_in_serve_and_tells_them():
    away, stand_in = people.consultant("Elva vald"), people.consultant("Tartu linn")
    place = people.municipality("Elva vald")

    absence = actions.add_absence(
        away, starts_on=TODAY, ends_on=TODAY + DAY, stand_in=stand_in, by=away
    )

    assert place.pk in standing_of(stand_in, TODAY + DAY).all_served
    assert place.pk not in standing_of(stand_in, TODAY + 2 * DAY).all_served
    assert serving_on(TODAY, [place.pk])[place.pk][0].stand_in == stand_in
    assert kinds() == ["people.absence_added"]
    mail = Message.objects.get()
    assert mail.recipient == stand_in
    assert "23.11.2026" in mail.body
    assert "24.11.2026" in mail.body
    assert str(absence) == f"{away} 2026-11-23"


@pytest.mark.parametrize(
    ("who", "places", "fits"),
    [
        ("consultant", ["Tartu linn"], True),
        ("worker", ["Elva vald"], False),
        ("supervisor", [], False),
        ("coordinator", [], False),
    ],
)
def test_absence_stand_in_of_a_consultant(who, places, fits):
    away, other = people.consultant("Elva vald"), getattr(people, who)(*places)
    if fits:
        actions.add_absence(away, starts_on=TODAY, stand_in=other, by=away)
        assert away.absences.get().stand_in == other
        return
    with pytest.raises(Refused) as refusal:
        actions.add_absence(away, starts_on=TODAY, stand_in=other, by=away)
    assert refusal.value.field == "stand_in"


@pytest.mark.parametrize(("place", "fits"), [("Elva vald", True), ("Tartu linn", False)])
def test_absence_stand_in_of_a_worker_is_from_the_same_municipality(place, fits):
    away, other = people.worker("Elva vald"), people.worker(place)
    if fits:
        actions.add_absence(away, starts_on=TODAY, stand_in=other, by=away)
        assert away.absences.get().stand_in == other
        return
    with pytest.raises(Refused):
        actions.add_absence(away, starts_on=TODAY, stand_in=other, by=away)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY, TODAY - DAY, "ends_on"),
        (TODAY - 9 * DAY, TODAY - DAY, "ends_on"),
        (TODAY + 5 * DAY, TODAY + 6 * DAY, "starts_on"),
        (TODAY + 6 * DAY, None, "starts_on"),
        (TODAY, None, "starts_on"),
    ],
)
def test_absence_add_refused(first, last, field):
    away = people.worker()
    people.absence(away, TODAY + 5 * DAY, TODAY + 7 * DAY)
    with pytest.raises(Refused) as refusal:
        actions.add_absence(away, starts_on=first, ends_on=last, by=away)
    assert refusal.value.field == field
    assert (Absence.objects.count(), kinds()) == (1, [])


def test_absence_of_oneself_as_stand_in_is_refused():
    away = people.worker()
    with pytest.raises(Refused) as refusal:
        actions.add_absence(away, starts_on=TODAY, stand_in=away, by=away)
    assert refusal.value.field == "stand_in"


@pytest.mark.parametrize("who", ["worker", "manager", "consultant", "administrator"])
def test_absence_of_another_is_the_coordinators(who):
    away = people.worker()
    with pytest.raises(PermissionDenied):
        actions.add_absence(away, starts_on=TODAY, by=getattr(people, who)())
    actions.add_absence(away, starts_on=TODAY, by=people.coordinator())
    assert away.absences.count() == 1


def test_absence_remove_keeps_the_days_that_were():
    away, other = people.consultant("Elva vald"), people.consultant("Tartu linn")
    begun = people.absence(away, TODAY - 2 * DAY, TODAY + DAY, stand_in=other)
    coming = people.absence(away, TODAY + 5 * DAY, None)
    over = people.absence(away, TODAY - 9 * DAY, TODAY - 8 * DAY)

    actions.remove_absence(begun, by=away)
    actions.remove_absence(coming, by=away)
    with pytest.raises(Refused):
        actions.remove_absence(over, by=away)

    assert list(away.absences.values_list("starts_on", "ends_on")) == [
        (TODAY - 9 * DAY, TODAY - 8 * DAY),
        (TODAY - 2 * DAY, TODAY - DAY),
    ]
    assert kinds() == ["people.absence_removed"] * 2
    assert [m.recipient for m in Message.objects.all()] == [other]


def test_absence_add_bad_input_keeps_what_was_typed(client_of):
    away = people.worker()
    answer = client_of(away).post(
        reverse("people:absence-add", args=[away.pk]),
        {"starts_on": "24.11.2026", "ends_on": "20.11.2026", "kind": "short"},
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_on"]
    assert "24.11.2026" in answer.content.decode()
    assert away.absences.count() == 0


def test_absence_add_twice_by_a_double_submit_makes_one(client_of):
    away = people.worker()
    client, address = client_of(away), reverse("people:absence-add", args=[away.pk])
    new_id = client.get(address).context["form"]["new_id"].value()
    data = {"new_id": new_id, "starts_on": "24.11.2026", "kind": "short"}

    answers = [client.post(address, data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert (away.absences.count(), kinds()) == (1, ["people.absence_added"])


def test_person_change_by_a_stale_page_changes_nothing(client_of):
    user = people.worker(first_name="Vana")
    client = client_of(user)
    seen = client.get(reverse("people:profile")).context["form"]["seen"].value()
    actions.change_person(
        user, first_name="Uus", last_name="Nimi", phone="", language="et", by=user
    )

    answer = client.post(
        reverse("people:profile"),
        {
            "first_name": "Kolmas",
            "last_name": "Kanaari",
            "phone": "5",
            "language": "et",
            "seen": seen,
        },
    )

    assert answer.status_code == 422
    assert "Kanaari" in answer.content.decode()
    user.refresh_from_db()
    assert user.name == "Uus Nimi"


def test_close_account_keeps_the_person_out(client_of, client):
    user = people.worker()
    inside = client_of(user)
    actions.close_account(user, by=people.administrator())

    assert inside.get(reverse("people:overview")).status_code == 302
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": "a-long-password"}
    )
    assert answer.wsgi_request.user.is_authenticated is False
    assert kinds() == ["people.account_closed"]


def test_clock_stands_still_in_these_tests():
    assert clock.today() == TODAY


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite cannot exclude overlaps")
@pytest.mark.parametrize("model", [Post, StaffRole, ServiceArea, Absence])
def test_periods_that_overlap_are_refused_by_the_database(model):
    user, place = people.person(), people.municipality()
    facts = {
        Post: {"user": user, "municipality": place, "kind": "worker"},
        StaffRole: {"user": user, "role": "supervisor"},
        ServiceArea: {"consultant": user, "municipality": place},
        Absence: {"user": user},
    }[model]
    model.objects.create(**facts, starts_on=TODAY, ends_on=TODAY + DAY)
    model.objects.create(**facts, starts_on=TODAY + 2 * DAY)

    for first, last in [(TODAY + DAY, TODAY + DAY), (TODAY - DAY, None)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**facts, starts_on=first, ends_on=last)

    assert model.objects.filter(**facts).count() == 2


@pytest.mark.parametrize("what", ["post", "role", "area", "absence"])
def test_period_add_with_the_key_of_somebody_elses_row_is_refused(what):
    """The key comes from the form: it must not hand out another person's row."""
    by, place = people.coordinator(), people.municipality()
    one, other = people.consultant("Haapsalu linn"), people.consultant("Haapsalu linn")
    key = uuid.uuid4()
    add = {
        "post": partial(actions.add_post, municipality=place, kind="worker"),
        "role": partial(actions.add_role, role="supervisor"),
        "area": partial(actions.add_area, municipality=place),
        "absence": actions.add_absence,
    }[what]

    made = add(one, starts_on=TODAY, by=by, pk=key)

    assert add(one, starts_on=TODAY, by=by, pk=key) == made
    with pytest.raises(Refused):
        add(other, starts_on=TODAY, by=by, pk=key)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_role_end_of_an_administrator_holds_all_administrators():
    by, other = people.administrator(), people.administrator()

    with CaptureQueriesContext(connection) as asked:
        actions.end_role(other.staff_roles.get(), ends_on=TODAY, by=by)

    held = [each["sql"] for each in asked if "FOR UPDATE" in each["sql"]]
    assert len(held) == 2
    assert "'administrator'" in held[0]
