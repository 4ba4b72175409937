from datetime import date

import pytest
from django.urls import reverse

from journal.models import Entry
from outbox.models import Message, Status
from people import actions
from people.models import User
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

TODAY = MONDAY_MORNING.date()
ROLES = ["worker", "manager", "consultant", "supervisor", "coordinator", "administrator"]


@pytest.mark.parametrize("who", ROLES)
def test_every_role_has_its_people_pages(client_of, who):
    user = getattr(people, who)()
    client = client_of(user)

    for name, args in [
        ("overview", []),
        ("profile", []),
        ("person-detail", [user.pk]),
        ("person-history", [user.pk]),
        ("absence-list", [user.pk]),
        ("absence-add", [user.pk]),
        ("municipality-detail", [people.municipality().pk]),
        ("municipality-detail", [people.municipality("Toila vald").pk]),
    ]:
        assert client.get(reverse(f"people:{name}", args=args)).status_code == 200, name


GATES = {
    "person-list": {"consultant", "coordinator", "administrator"},
    "person-invite": {"manager", "coordinator", "administrator"},
    "person-add": {"manager", "coordinator", "administrator"},
    "invitation-list": {"manager", "coordinator", "administrator"},
    "message-list": {"coordinator"},
}


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("who", ROLES)
def test_page_is_open_to_its_roles_alone(client_of, who, name):
    answer = client_of(getattr(people, who)()).get(reverse(f"people:{name}"))

    assert answer.status_code == (200 if who in GATES[name] else 403)


DEEDS = {
    "person-change": {"coordinator", "administrator"},
    "post-add": {"manager", "coordinator", "administrator"},
    "role-add": {"coordinator", "administrator"},
    "area-add": {"coordinator"},
    "absence-add": {"coordinator"},
    "person-history": {"coordinator", "administrator"},
    "absence-list": {"manager", "consultant", "coordinator"},
}


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("who", ROLES)
def test_deed_on_a_worker_is_open_to_its_roles_alone(client_of, who, name):
    worker = people.worker("Elva vald")

    answer = client_of(getattr(people, who)()).get(reverse(f"people:{name}", args=[worker.pk]))

    hidden = (
        404
        if who == "supervisor" and name in ("person-history", "absence-list", "absence-add")
        else 403
    )
    assert answer.status_code == (200 if who in DEEDS[name] else hidden)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("worker", {"Kolleegov", "Konsultov", "Superviisov"}),
        ("manager", {"Kolleegov", "Konsultov", "Superviisov", "Tulevov"}),
        ("supervisor", {"Konsultov", "Superviisov"}),
        ("consultant", {"Kolleegov", "Konsultov", "Superviisov", "Tulevov", "Võõrov"}),
        ("coordinator", {"Kolleegov", "Konsultov", "Superviisov", "Tulevov", "Võõrov"}),
        ("administrator", {"Kolleegov", "Konsultov", "Superviisov", "Tulevov", "Võõrov"}),
    ],
)
def test_who_sees_whom(client_of, who, sees):
    others = [
        people.worker("Elva vald", last_name="Kolleegov"),
        people.worker("Elva vald", since=TODAY.replace(year=2027), last_name="Tulevov"),
        people.consultant("Tartu linn", last_name="Konsultov"),
        people.supervisor(last_name="Superviisov"),
        people.worker("Tartu linn", last_name="Võõrov"),
    ]
    user = getattr(people, who)()
    client = client_of(user)

    visible = set(
        User.objects.visible_to(user).exclude(pk=user.pk).values_list("last_name", flat=True)
    )

    assert visible == sees
    for other in others:
        answer = client.get(other.get_absolute_url())
        assert answer.status_code == (200 if other.last_name in sees else 404)


def test_person_without_a_post_sees_only_themselves():
    people.consultant()
    user = people.person()
    assert list(User.objects.visible_to(user)) == [user]


def test_overview_of_a_worker_shows_no_one_of_another_municipality(client_of):
    people.worker("Tartu linn", last_name="Kanaarilind")
    people.worker("Elva vald", last_name="Kolleeg")
    people.consultant("Elva vald", last_name="Abistaja")

    html = client_of(people.worker("Elva vald")).get(reverse("people:overview")).content.decode()

    assert "Kanaarilind" not in html
    assert "Kolleeg" in html
    assert "Abistaja" in html


def test_overview_of_a_manager_shows_leave_and_later_start(client_of):
    away = people.worker("Elva vald", last_name="Puhkaja")
    actions.add_absence(away, starts_on=TODAY, kind="leave", by=away)
    people.worker("Elva vald", since=TODAY.replace(month=12), last_name="Hiljem")

    html = client_of(people.manager("Elva vald")).get(reverse("people:overview")).content.decode()

    assert "Pikk puhkus" in html
    assert "Alustab hiljem" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=toomas+oun", {"Õun"}),
        ("name=ÕUN", {"Õun"}),
        ("name=šmidt", {"Smidt"}),
        ("name=puudub", set()),
        ("role=supervisor", {"Smidt"}),
        ("role=none", {"Kodune"}),
        ("role=worker&name=õun", {"Õun"}),
        ("role=supervisor&name=õun", set()),
    ],
)
def test_person_list_search_and_filters(client_of, query, found):
    people.worker("Elva vald", first_name="Toomas", last_name="Õun")
    people.supervisor(first_name="Anna", last_name="Smidt")
    people.person(first_name="Mari", last_name="Kodune")
    client = client_of(people.coordinator(last_name="Kes"))

    answer = client.get(f"/people/all/?{query}")

    assert {person.last_name for person in answer.context["page"]} == found


def test_person_list_by_municipality(client_of):
    people.worker("Elva vald", last_name="Siin")
    people.worker("Tartu linn", last_name="Seal")
    people.consultant("Elva vald", last_name="Teenib")

    answer = client_of(people.coordinator()).get(
        f"/people/all/?municipality={people.municipality('Elva vald').pk}"
    )

    assert [person.last_name for person in answer.context["page"]] == ["Siin", "Teenib"]


def test_person_list_stands_in_estonian_order(client_of):
    for name in ("Zirk", "Šokk", "Sepp", "Tamm", "Õun", "Ämm", "Öpik", "Ütt", "Vaher", "Xu"):
        people.worker("Elva vald", last_name=name)

    answer = client_of(people.coordinator(last_name="Aas")).get("/people/all/")

    assert [p.last_name for p in answer.context["page"]] == [
        "Aas",
        "Sepp",
        "Šokk",
        "Zirk",
        "Tamm",
        "Vaher",
        "Õun",
        "Ämm",
        "Öpik",
        "Ütt",
        "Xu",
    ]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", ["overview", "person-list", "invitation-list", "message-list"])
def test_list_costs_the_same_for_1_and_30(client_of, django_assert_max_num_queries, who, name):
    client = client_of(getattr(people, who)(last_name="Aaa"))
    coordinator = people.coordinator()
    address = reverse(f"people:{name}")
    if client.get(address).status_code == 403:
        return

    def more(count):
        for n in range(count):
            worker = people.worker("Elva vald")
            actions.add_absence(worker, starts_on=TODAY, by=worker)
            actions.invite_person(
                email=f"kutsutud{n}.{count}@test.example",
                first_name="K",
                last_name="K",
                municipality=people.municipality(),
                post_kind="worker",
                starts_on=TODAY,
                by=coordinator,
            )

    def cost() -> int:
        with django_assert_max_num_queries(15) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    more(1)
    one = cost()
    more(29)
    assert cost() == one


def test_detail_pages_stay_within_fifteen_queries(client_of, django_assert_max_num_queries):
    consultant = people.consultant("Elva vald", "Tartu linn")
    stand_in = people.consultant("Haapsalu linn")
    actions.add_absence(consultant, starts_on=TODAY, stand_in=stand_in, by=consultant)
    client = client_of(people.coordinator())
    for address in (
        consultant.get_absolute_url(),
        people.municipality().get_absolute_url(),
        people.municipality("Jõhvi vald").get_absolute_url(),
        reverse("people:person-history", args=[consultant.pk]),
        reverse("people:absence-list", args=[consultant.pk]),
    ):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


def test_person_detail_shows_a_colleague_only_that_one_is_away(client_of):
    reader, colleague = people.worker("Elva vald"), people.worker("Elva vald")
    stand_in = people.worker("Elva vald", last_name="Kanarbik")
    people.absence(colleague, TODAY, date(2027, 2, 13), stand_in=stand_in)

    page = client_of(reader).get(colleague.get_absolute_url())

    assert page.context["is_away"] is True
    assert page.context["absences"] == []
    text = page.content.decode()
    assert "Kanarbik" not in text
    assert "13.02.2027" not in text
    assert "13. veebruar" not in text
    assert ">Ära<" in text


def test_person_detail_shows_a_municipality_the_stand_in_of_a_consultant(client_of):
    consultant, stand_in = people.consultant("Elva vald"), people.consultant("Elva vald")
    today = people.absence(consultant, TODAY, TODAY, stand_in=stand_in)
    people.absence(consultant, date(2027, 2, 1), date(2027, 2, 13))

    page = client_of(people.worker("Elva vald")).get(consultant.get_absolute_url())

    assert page.context["absences"] == [today]


def test_municipality_that_merged_names_its_successor(client_of):
    html = (
        client_of(people.worker())
        .get(people.municipality("Toila vald").get_absolute_url())
        .content.decode()
    )

    assert people.municipality("Jõhvi vald").get_absolute_url() in html
    assert "30.10.2025" in html or "31.10.2025" in html


def test_municipality_hides_the_people_of_others(client_of):
    people.worker("Tartu linn", last_name="Kanaarilind")
    page = people.municipality("Tartu linn").get_absolute_url()

    assert "Kanaarilind" not in client_of(people.worker("Elva vald")).get(page).content.decode()
    assert "Kanaarilind" in client_of(people.worker("Tartu linn")).get(page).content.decode()


def test_message_list_shows_no_text_and_resend_works_once(client_of):
    coordinator = people.coordinator()
    actions.invite_person(
        email="uus@test.example",
        first_name="A",
        last_name="B",
        role="supervisor",
        starts_on=TODAY,
        by=coordinator,
    )
    message = Message.objects.get()
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED, attempts=5)
    client = client_of(coordinator)

    assert "/people/join/" not in client.get(reverse("people:message-list")).content.decode()
    address = reverse("people:message-resend", args=[message.pk])
    assert client.get(address).status_code == 200
    answers = [client.post(address).status_code for _ in range(2)]

    assert answers == [302, 422]
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.WAITING, 0)
    kinds = list(Entry.objects.values_list("kind", flat=True))
    assert kinds.count("people.message_resent") == 1


def test_profile_change_is_journalled_once_and_changes_the_language(client_of):
    user = people.worker()
    client = client_of(user)
    seen = client.get(reverse("people:profile")).context["form"]["seen"].value()

    answer = client.post(
        reverse("people:profile"),
        {"first_name": "Uus", "last_name": "Öö", "phone": "+372 5", "language": "en", "seen": seen},
    )

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.phone, user.language, user.folded_name) == (
        "Uus Öö",
        "+372 5",
        "en",
        "uus oo",
    )
    assert [e.kind for e in Entry.objects.about(user)] == ["people.person_changed"]


@pytest.mark.parametrize(
    ("field", "value"), [("first_name", ""), ("last_name", "x" * 81), ("language", "xx")]
)
def test_profile_bad_input(client_of, field, value):
    user = people.worker(first_name="Vana")
    client = client_of(user)
    seen = client.get(reverse("people:profile")).context["form"]["seen"].value()
    data = {"first_name": "Uus", "last_name": "Nimi", "phone": "kiri jääb", "language": "et"}

    answer = client.post(reverse("people:profile"), data | {"seen": seen, field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "kiri jääb" in answer.content.decode()
    user.refresh_from_db()
    assert user.first_name == "Vana"
