import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from outbox.models import Message
from people import actions
from people.models import Invitation, Post, StaffRole, User
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

TODAY = MONDAY_MORNING.date()
DAY = timedelta(days=1)
PASSWORD = "kolm-punast-kuuske"


def invite(by: User, email: str = "uus@test.example", place: str = "Elva vald", **fields) -> User:
    fields = {
        "first_name": "Uus",
        "last_name": "Tulija",
        "municipality": people.municipality(place),
        "post_kind": Post.Kind.WORKER,
        "starts_on": TODAY,
    } | fields
    return actions.invite_person(email=email, by=by, **fields)


def link() -> str:
    """The address in the newest mail that holds one."""
    body = Message.objects.order_by("-composed_at", "-id").first().body
    return next(line for line in body.splitlines() if "/people/join/" in line)


def path() -> str:
    return "/people/join/" + link().rpartition("/people/join/")[2]


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_person_invite_makes_person_post_link_and_one_entry():
    manager = people.manager("Elva vald")

    person = invite(manager, "Uus@Test.example")

    assert person.email == "uus@test.example"
    assert person.has_usable_password() is False
    assert [(p.municipality.name, p.kind) for p in person.posts.all()] == [("Elva vald", "worker")]
    assert kinds() == ["people.person_invited"]
    mail = Message.objects.get()
    assert (mail.recipient, mail.kind) == (person, "people.person_invited")
    invitation = person.invitations.get()
    assert invitation.expires_at == clock.now() + timedelta(days=14)
    assert invitation.token_hash not in mail.body


@pytest.mark.parametrize(
    ("who", "place", "kind", "allowed"),
    [
        ("coordinator", "Elva vald", "worker", True),
        ("coordinator", "Elva vald", "manager", True),
        ("manager", "Elva vald", "worker", True),
        ("manager", "Elva vald", "manager", False),
        ("manager", "Tartu linn", "worker", False),
        ("worker", "Elva vald", "worker", False),
        ("consultant", "Elva vald", "worker", False),
        ("supervisor", "Elva vald", "worker", False),
        ("administrator", "Elva vald", "worker", False),
    ],
)
def test_person_invite_by(who, place, kind, allowed):
    by = getattr(people, who)()
    if allowed:
        assert invite(by, place=place, post_kind=kind).posts.count() == 1
        return
    with pytest.raises(PermissionDenied):
        invite(by, place=place, post_kind=kind)
    assert not User.objects.filter(email="uus@test.example").exists()


@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        ("coordinator", "consultant", True),
        ("coordinator", "supervisor", True),
        ("coordinator", "coordinator", False),
        ("coordinator", "administrator", False),
        ("administrator", "administrator", True),
        ("administrator", "coordinator", True),
        ("manager", "supervisor", False),
        ("consultant", "consultant", False),
    ],
)
def test_role_given_by(who, role, allowed):
    by, person = getattr(people, who)(), people.person()
    if allowed:
        actions.add_role(person, role=role, starts_on=TODAY, by=by)
        assert kinds() == ["people.role_added"]
        return
    with pytest.raises(PermissionDenied):
        actions.add_role(person, role=role, starts_on=TODAY, by=by)
    assert StaffRole.objects.filter(user=person).count() == 0


def test_person_invite_of_somebody_known_adds_the_post_alone():
    known = people.worker("Tartu linn")

    person = invite(people.coordinator(), known.email.upper())

    assert person == known
    assert known.posts.count() == 2
    assert not Invitation.objects.exists()
    assert kinds() == ["people.post_added"]
    assert [m.kind for m in Message.objects.all()] == ["people.post_added"]


def test_person_invite_of_somebody_known_without_login_sends_a_link():
    known = people.worker("Tartu linn")
    known.set_unusable_password()
    known.save()

    invite(people.coordinator(), known.email)

    assert known.invitations.count() == 1
    assert kinds() == ["people.person_invited"]


def test_person_invite_to_a_post_already_held_is_refused_at_the_address(client_of):
    known = people.worker("Elva vald")
    client = client_of(people.manager("Elva vald"))

    answer = client.post(
        reverse("people:person-invite"),
        {
            "email": known.email,
            "first_name": "Kiri",
            "last_name": "Jääb",
            "language": "et",
            "what": "worker",
            "municipality": people.municipality().pk,
            "starts_on": "23.11.2026",
        },
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    assert 'value="Jääb"' in answer.content.decode()
    assert known.posts.count() == 1
    assert kinds() == []


def test_person_invite_twice_by_a_double_submit_makes_one(client_of):
    client = client_of(people.coordinator())
    page = client.get(reverse("people:person-invite"))
    data = {
        "new_id": page.context["form"]["new_id"].value(),
        "email": "uus@test.example",
        "first_name": "Uus",
        "last_name": "Tulija",
        "language": "et",
        "what": "supervisor",
        "starts_on": "23.11.2026",
    }

    answers = [client.post(reverse("people:person-invite"), data) for _ in range(2)]

    person = User.objects.get(email="uus@test.example")
    assert [a.url for a in answers] == [person.get_absolute_url()] * 2
    assert (StaffRole.objects.filter(user=person).count(), Message.objects.count()) == (1, 1)
    assert kinds() == ["people.person_invited"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("municipality", "11111111-1111-1111-1111-111111111111"),
        ("municipality", ""),
        ("starts_on", "31.02.2026"),
        ("starts_on", "22.11.0202"),
        ("first_name", "x" * 81),
        ("what", "king"),
    ],
)
def test_person_invite_bad_input(client_of, field, value):
    client = client_of(people.coordinator())
    data = {
        "email": "uus@test.example",
        "first_name": "Uus",
        "last_name": "Kiri jääb",
        "language": "et",
        "what": "worker",
        "municipality": people.municipality().pk,
        "starts_on": "23.11.2026",
    }

    answer = client.post(reverse("people:person-invite"), data | {field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Kiri jääb" in answer.content.decode()
    assert not User.objects.filter(email="uus@test.example").exists()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("et", "Vali omavalitsus loendist."),
        ("en", "Choose a municipality from the list."),
    ],
)
def test_person_invite_into_an_unknown_municipality_says_so(client_of, language, sentence):
    data = {
        "email": "uus@test.example",
        "first_name": "Uus",
        "last_name": "Tulija",
        "language": "et",
        "what": "worker",
        "municipality": "11111111-1111-1111-1111-111111111111",
        "starts_on": "23.11.2026",
    }
    coordinator = people.coordinator(language=language)

    answer = client_of(coordinator).post(reverse("people:person-invite"), data)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == ["municipality"]
    assert sentence in answer.content.decode()
    assert {name: form[name].value() for name in data} == data
    assert (list(User.objects.all()), kinds(), Message.objects.count()) == ([coordinator], [], 0)


def test_person_invite_into_a_merged_municipality_is_refused():
    with pytest.raises(Refused) as refusal:
        invite(people.coordinator(), place="Toila vald")
    assert refusal.value.field == "municipality"


def test_invitation_accept_sets_a_password_and_logs_in(client):
    person = invite(people.coordinator())
    page = client.get(path())
    assert person.name in page.content.decode()

    answer = client.post(path(), {"password1": PASSWORD, "password2": PASSWORD}, follow=True)

    assert answer.wsgi_request.user == person
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert kinds() == ["people.person_invited", "people.invitation_accepted"]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("lühike", "lühike", "password1"),
        ("password1234", "password1234", "password1"),
        (PASSWORD, "teine-parool-siin", "password2"),
        ("", "", "password1"),
    ],
)
def test_invitation_accept_bad_password(client, caplog, first, second, field):
    person = invite(people.coordinator())

    answer = client.post(path(), {"password1": first, "password2": second})

    assert answer.status_code == 422
    assert next(iter(answer.context["form"].errors)) == field
    person.refresh_from_db()
    assert person.has_usable_password() is False
    # The link still lets somebody in: it must not stand in the log.
    assert "/people/join/" not in caplog.text


@pytest.mark.parametrize("fault", ["used", "revoked", "expired", "closed"])
def test_invitation_accept_by_a_link_that_does_not_work(client, fault):
    person = invite(coordinator := people.coordinator())
    address, invitation = path(), person.invitations.get()
    if fault == "used":
        actions.accept_invitation(invitation, password=PASSWORD)
    elif fault == "revoked":
        actions.revoke_invitation(invitation, by=coordinator)
    elif fault == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
    before = User.objects.get(pk=person.pk).password

    with clock.process_at(MONDAY_MORNING + timedelta(days=14 if fault == "expired" else 0)):
        page = client.get(address)
        sent = client.post(address, {"password1": "teine-" + PASSWORD, "password2": "x"})

    assert (page.status_code, sent.status_code) == (410, 410)
    assert page.context["fault"] == fault
    assert User.objects.get(pk=person.pk).password == before


def test_invitation_accept_by_an_unknown_link(client):
    assert client.get("/people/join/x/").status_code == 404


def test_invitation_accept_happens_once():
    person = invite(people.coordinator())
    # Both read the page while the link still worked.
    stale = person.invitations.get()
    actions.accept_invitation(person.invitations.get(), password=PASSWORD)

    with pytest.raises(Refused):
        actions.accept_invitation(stale, password="teine-" + PASSWORD)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_invitation_works_on_the_last_second():
    person = invite(people.coordinator())
    with clock.process_at(MONDAY_MORNING + timedelta(days=14, seconds=-1)):
        actions.accept_invitation(person.invitations.get(), password=PASSWORD)
    assert kinds()[-1] == "people.invitation_accepted"


def test_invitation_resend_replaces_the_link(client):
    person = invite(coordinator := people.coordinator())
    old, first = path(), person.invitations.get()

    actions.resend_invitation(first, by=coordinator)

    assert client.get(old).status_code == 410
    assert person.invitations.open().count() == 1
    assert kinds()[-1] == "people.invitation_resent"
    with pytest.raises(Refused):
        actions.resend_invitation(first, by=coordinator)
    assert Message.objects.count() == 2


def test_invitation_of_others_is_out_of_sight(client_of):
    invitation = invite(people.coordinator()).invitations.get()
    stranger = client_of(people.manager("Tartu linn"))

    for name in ("invitation-resend", "invitation-revoke"):
        assert stranger.post(reverse(f"people:{name}", args=[invitation.pk])).status_code == 404
    assert "Tulija" not in stranger.get(reverse("people:invitation-list")).content.decode()
    own = client_of(people.manager("Elva vald"))
    assert "Tulija" in own.get(reverse("people:invitation-list")).content.decode()


def test_person_add_without_login_sends_nothing_and_can_be_invited_later():
    coordinator = people.coordinator()
    person = actions.add_person_without_login(
        first_name="Kontota",
        last_name="Inimene",
        municipality=people.municipality(),
        post_kind="manager",
        starts_on=date(2026, 1, 1),
        by=coordinator,
    )
    assert (kinds(), Message.objects.count()) == (["people.person_added"], 0)
    with pytest.raises(Refused):
        actions.send_invitation(person, by=coordinator)

    actions.change_person(
        person,
        first_name="Kontota",
        last_name="Inimene",
        phone="",
        language="et",
        email="kontota@test.example",
        by=coordinator,
    )
    actions.send_invitation(person, by=coordinator)

    assert Message.objects.get().address == "kontota@test.example"
    assert kinds()[1:] == ["people.person_changed", "people.person_invited"]


def test_person_add_with_a_known_address_is_refused():
    known = people.worker()
    with pytest.raises(Refused) as refusal:
        actions.add_person_without_login(
            first_name="A",
            last_name="B",
            email=known.email,
            municipality=people.municipality(),
            post_kind="worker",
            starts_on=TODAY,
            by=people.coordinator(),
        )
    assert refusal.value.field == "email"
    assert kinds() == []


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_invitation_and_address_of_a_high_role_are_an_administrators(client_of, role):
    by, coordinator = people.administrator(), people.coordinator()
    facts = {"municipality": None, "post_kind": None, "role": role, "starts_on": TODAY + DAY}
    person = invite(by, "tulevane@test.example", **facts)
    invitation = person.invitations.get()
    names = {"first_name": "Uus", "last_name": "Nimi", "phone": "", "language": "et"}

    with pytest.raises(PermissionDenied):
        actions.change_person(person, **names, email="minu@test.example", by=coordinator)
    for deed in (actions.resend_invitation, actions.revoke_invitation):
        with pytest.raises(PermissionDenied):
            deed(invitation, by=coordinator)
    with pytest.raises(PermissionDenied):
        actions.send_invitation(person, by=coordinator)
    with pytest.raises(Refused) as refusal:
        invite(coordinator, "tulevane@test.example")

    assert refusal.value.field == "email"
    client = client_of(coordinator)
    page = client.get(reverse("people:person-change", args=[person.pk]))
    assert "email" not in page.context["form"].fields
    assert list(client.get(reverse("people:invitation-list")).context["page"]) == []
    person.refresh_from_db()
    assert person.email == "tulevane@test.example"
    assert list(person.invitations.open()) == [invitation]
    # The name is the coordinator's to keep, the address the administrator's.
    actions.change_person(person, **names, by=coordinator)
    actions.change_person(person, **names, email="tema@test.example", by=by)
    actions.send_invitation(person, by=by)


def test_invitation_of_a_manager_is_not_sent_to_a_worker_who_will_be_administrator():
    person = people.worker(email="k@test.example")
    person.set_unusable_password()
    person.save()
    StaffRole.objects.create(user=person, role="administrator", starts_on=TODAY + DAY)

    with pytest.raises(PermissionDenied):
        actions.send_invitation(person, by=people.manager())


def test_person_invite_with_the_key_of_another_post_is_refused():
    manager, key = people.manager("Elva vald"), uuid.uuid4()
    Post.objects.create(
        id=key,
        user=people.person(),
        municipality=people.municipality("Haapsalu linn"),
        kind="worker",
        starts_on=TODAY,
    )

    with pytest.raises(Refused):
        invite(manager, pk=key)
    with pytest.raises(Refused):
        actions.add_person_without_login(
            first_name="Uus",
            last_name="Tulija",
            municipality=people.municipality("Elva vald"),
            post_kind="worker",
            starts_on=TODAY,
            by=manager,
            pk=key,
        )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_person_invite_holds_the_sender_before_it_looks_for_an_earlier_sending():
    by, key = people.manager("Elva vald"), uuid.uuid4()

    with CaptureQueriesContext(connection) as asked:
        invite(by, pk=key)

    asked = [each["sql"] for each in asked]
    held = next(n for n, sql in enumerate(asked) if "FOR NO KEY UPDATE" in sql)
    looked = next(
        n for n, sql in enumerate(asked) if key.hex in sql.replace("-", "") and "SELECT" in sql
    )
    assert held < looked
