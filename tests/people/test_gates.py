"""Each gate holds alone: with the others open it still shuts the page; shut alone, it shuts it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from journal.models import Entry
from outbox.models import Message, Status
from people import actions, urls
from people.models import InvitationQuerySet, Post, User, UserQuerySet
from people.views import deeds, pages
from tests.conftest import MONDAY_MORNING
from tests.factories import people


pytestmark = pytest.mark.django_db

TODAY = MONDAY_MORNING.date()
WORD = "kanaarilind"

WITHOUT_ROLE = {
    "profile": "everybody's own data",
    "telling-change": "everybody's own choice",
    "invitation-accept": "whoever holds the link",
}
KEPT_OUT = {
    # page: who passes the login and is kept out by the role alone
    "overview": people.person,
    "person-list": people.manager,
    "person-invite": people.consultant,
    "person-add": people.consultant,
    "invitation-list": people.consultant,
    "invitation-resend": people.consultant,
    "invitation-revoke": people.consultant,
    "invitation-send": people.consultant,
    "person-detail": people.person,
    "person-change": people.manager,
    "person-history": people.person,
    "post-add": people.consultant,
    "post-end": people.consultant,
    "role-add": people.manager,
    "role-end": people.manager,
    "area-add": people.administrator,
    "area-end": people.administrator,
    "absence-list": people.person,
    "absence-add": people.person,
    "absence-remove": people.person,
    "municipality-detail": people.person,
    "message-list": people.administrator,
    "message-resend": people.administrator,
}
SIGHT = {
    "person-detail": UserQuerySet,
    "person-change": UserQuerySet,
    "person-history": UserQuerySet,
    "invitation-send": UserQuerySet,
    "post-add": UserQuerySet,
    "post-end": UserQuerySet,
    "role-add": UserQuerySet,
    "area-add": UserQuerySet,
    "absence-list": UserQuerySet,
    "absence-add": UserQuerySet,
    "absence-remove": UserQuerySet,
    "invitation-resend": InvitationQuerySet,
    "invitation-revoke": InvitationQuerySet,
}
LISTS = {
    "person-list": UserQuerySet,
    "municipality-detail": UserQuerySet,
    "invitation-list": InvitationQuerySet,
}
CHECKS = {
    "person-change": (deeds, "check_can_change_person"),
    "person-history": (pages, "check_can_see_history"),
    "invitation-send": (deeds, "check_can_send_invitation"),
    "invitation-resend": (deeds, "check_can_send_invitation"),
    "invitation-revoke": (deeds, "check_can_send_invitation"),
    "post-end": (deeds, "check_can_change_post"),
    "role-end": (deeds, "check_can_change_role"),
    "area-add": (deeds, "check_can_change_areas"),
    "area-end": (deeds, "check_can_change_areas"),
    "absence-list": (deeds, "check_can_see_absences"),
    "absence-add": (deeds, "check_can_change_absence"),
    "absence-remove": (deeds, "check_can_change_absence"),
    "message-resend": (deeds, "check_can_resend_message"),
}


@pytest.fixture
def rows() -> SimpleNamespace:
    """One of everything that pages and deeds are about."""
    coordinator = people.coordinator()
    consultant = people.consultant("Elva vald")
    invited = actions.invite_person(
        email="kutsutud@test.example",
        first_name="Kutsutud",
        last_name=WORD.capitalize(),
        municipality=people.municipality("Elva vald"),
        post_kind=Post.Kind.WORKER,
        starts_on=TODAY,
        by=coordinator,
    )
    Message.objects.update(status=Status.FAILED)
    return SimpleNamespace(
        coordinator=coordinator,
        consultant=consultant,
        invited=invited,
        invitation=invited.invitations.get(),
        post=invited.posts.get(),
        role=consultant.staff_roles.get(),
        area=consultant.service_areas.get(),
        absence=people.absence(consultant, TODAY, None),
        message=Message.objects.get(),
        municipality=people.municipality("Elva vald"),
    )


def address(name: str, rows: SimpleNamespace) -> str:
    subjects = {
        "invitation-resend": rows.invitation,
        "invitation-revoke": rows.invitation,
        "post-end": rows.post,
        "role-end": rows.role,
        "area-end": rows.area,
        "area-add": rows.consultant,
        "absence-remove": rows.absence,
        "message-resend": rows.message,
        "municipality-detail": rows.municipality,
    }
    pattern = next(each for each in urls.urlpatterns if each.name == name)
    takes_one = bool(pattern.pattern.converters)
    return reverse(
        f"people:{name}", args=[subjects.get(name, rows.invited).pk] if takes_one else []
    )


def test_every_page_has_its_role_gate_here():
    assert KEPT_OUT.keys() | WITHOUT_ROLE.keys() == {each.name for each in urls.urlpatterns}


@pytest.mark.parametrize("name", KEPT_OUT)
def test_role_gate_holds_when_all_others_are_open(name, rows, client_of, monkeypatch):
    client = client_of(KEPT_OUT[name]())
    for module in (deeds, pages):
        for check in [each for each in vars(module) if each.startswith("check_can_")]:
            monkeypatch.setattr(module, check, lambda *about: None)
    for queryset in (UserQuerySet, InvitationQuerySet):
        monkeypatch.setattr(queryset, "visible_to", lambda found, user: found)

    assert client.get(address(name, rows)).status_code == 403


@pytest.mark.parametrize("name", SIGHT)
def test_page_about_somebody_out_of_sight_is_not_there(name, rows, client_of, monkeypatch):
    client, place = client_of(rows.coordinator), address(name, rows)
    before = client.get(place).status_code

    monkeypatch.setattr(SIGHT[name], "visible_to", lambda found, user: found.none())

    assert (before, client.get(place).status_code) == (200, 404)


@pytest.mark.parametrize("name", LISTS)
def test_list_shows_only_who_is_in_sight(name, rows, client_of, monkeypatch):
    client, place = client_of(rows.coordinator), address(name, rows)
    before = client.get(place).content.decode()

    monkeypatch.setattr(LISTS[name], "visible_to", lambda found, user: found.none())

    assert WORD.capitalize() in before
    assert WORD.capitalize() not in client.get(place).content.decode()


@pytest.mark.parametrize("name", CHECKS)
def test_page_asks_its_check(name, rows, client_of, monkeypatch):
    client, place = client_of(rows.coordinator), address(name, rows)
    before = client.get(place).status_code

    def refuse(*about) -> None:
        raise PermissionDenied(WORD)

    monkeypatch.setattr(*CHECKS[name], refuse)
    answer = client.get(place)

    assert (before, answer.status_code) == (200, 403)
    assert WORD in answer.content.decode()


def test_post_end_leads_away_from_a_person_who_is_out_of_sight_now(rows, client_of):
    manager = people.manager("Elva vald")
    yesterday = TODAY - timedelta(days=1)
    Post.objects.filter(pk=rows.post.pk).update(starts_on=yesterday)

    answer = client_of(manager).post(address("post-end", rows), {"ends_on": yesterday.isoformat()})

    assert answer.url == reverse("people:overview")


NAMES = {"first_name": "Mari", "last_name": "Mets"}
DEEDS = {
    "invite_person": lambda rows, by: actions.invite_person(
        email="uus@test.example", **NAMES, municipality=rows.municipality,
        post_kind=Post.Kind.WORKER, starts_on=TODAY, by=by,
    ),
    "invite_person to a role": lambda rows, by: actions.invite_person(
        email="uus@test.example", **NAMES, role="supervisor", starts_on=TODAY, by=by
    ),
    "send_invitation": lambda rows, by: actions.send_invitation(rows.invited, by=by),
    "resend_invitation": lambda rows, by: actions.resend_invitation(rows.invitation, by=by),
    "revoke_invitation": lambda rows, by: actions.revoke_invitation(rows.invitation, by=by),
    "add_person_without_login": lambda rows, by: actions.add_person_without_login(
        **NAMES, municipality=rows.municipality, post_kind=Post.Kind.WORKER, starts_on=TODAY, by=by
    ),
    "change_person": lambda rows, by: actions.change_person(
        rows.invited, **NAMES, phone="", language="et", by=by
    ),
    "close_account": lambda rows, by: actions.close_account(rows.consultant, by=by),
    "open_account": lambda rows, by: actions.open_account(rows.consultant, by=by),
    "add_post": lambda rows, by: actions.add_post(
        rows.consultant, municipality=rows.municipality, kind=Post.Kind.WORKER, starts_on=TODAY,
        by=by,
    ),
    "end_post": lambda rows, by: actions.end_post(rows.post, ends_on=TODAY, by=by),
    "add_role": lambda rows, by: actions.add_role(
        rows.invited, role="supervisor", starts_on=TODAY, by=by
    ),
    "end_role": lambda rows, by: actions.end_role(rows.role, ends_on=TODAY, by=by),
    "add_area": lambda rows, by: actions.add_area(
        rows.consultant, municipality=people.municipality("Tartu linn"), starts_on=TODAY, by=by
    ),
    "end_area": lambda rows, by: actions.end_area(rows.area, ends_on=TODAY, by=by),
    "add_absence": lambda rows, by: actions.add_absence(rows.invited, starts_on=TODAY, by=by),
    "remove_absence": lambda rows, by: actions.remove_absence(rows.absence, by=by),
    "resend_message": lambda rows, by: actions.resend_message(rows.message, by=by),
}  # fmt: skip
OF_ADMINISTRATORS = {"close_account", "open_account"}


def test_every_deed_has_its_check_here():
    # Whoever accepts an invitation is nobody yet: the link itself is the proof.
    # How they are told is chosen by everyone for themselves: `by` is all it asks for.
    # What workers say of themselves is tested with their record.
    others = {"accept_invitation", "change_telling", "mark_of_person", "set_qualification"}

    assert {name.split()[0] for name in DEEDS} == set(actions.__all__) - others


@pytest.mark.parametrize("name", DEEDS)
def test_deed_is_denied_to_a_supervisor_and_changes_nothing(name, rows):
    may = people.administrator() if name in OF_ADMINISTRATORS else rows.coordinator
    supervisor = people.supervisor()
    before = (User.objects.count(), Entry.objects.count(), Message.objects.count())

    with pytest.raises(PermissionDenied):
        DEEDS[name](rows, supervisor)

    assert (User.objects.count(), Entry.objects.count(), Message.objects.count()) == before
    # Nothing but the person stood in the way.
    DEEDS[name](rows, may)
    assert Entry.objects.count() == before[1] + 1
