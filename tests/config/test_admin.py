"""The administration: for administrators alone, and without a word of narrative."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from common import clock
from common.fields import EncryptedTextField
from journal.models import Entry
from journal.record import record
from meetings.models import IncomingMail
from meetings.replies import receive
from outbox.compose import compose
from outbox.models import Message
from people.models import User
from tests.factories import meetings, people, replies
from tests.factories.consultations import submitted_request


# Django's own pages leave template variables undefined.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

CANARY = "kanaarilind"


@pytest.fixture
def inside() -> Client:
    """A client of an administrator; Django's pages follow their own rules of markup."""
    client = Client()
    client.force_login(people.administrator(first_name="Haldur"))
    return client


def test_admin_knows_only_what_it_may() -> None:
    registered = {model._meta.label for model in admin.site._registry}

    assert registered == {
        "people.User",
        "people.Municipality",
        "people.Region",
        "people.County",
        "people.LawReference",
        "library.Block",
        "library.Topic",
        "library.Competence",
        "consultations.Topic",
        "meetings.ChangeRule",
        "meetings.IncomingMail",
        "outbox.Message",
        "journal.Entry",
    }


def test_admin_shows_no_encrypted_field() -> None:
    shown = set()
    for model, site in admin.site._registry.items():
        names = {f.name for f in model._meta.fields if isinstance(f, EncryptedTextField)}
        offered = {*site.list_display, *site.search_fields, *(site.fields or ())}
        if site.fields is None:
            offered |= names
        shown |= {f"{model._meta.label}.{name}" for name in names & offered}
    assert shown == set()
    assert any(
        isinstance(field, EncryptedTextField)
        for model in apps.get_models()
        for field in model._meta.fields
    )


def test_admin_pages_hold_no_canary(inside) -> None:
    case = submitted_request(question=CANARY)
    record("consultations.request_taken", by=case.requester, subject=case)
    worker = people.worker()
    compose("people.password_reset_key", to=worker, link=f"http://x/{CANARY}")
    seen = 0
    for model, site in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{base}_changelist")]
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            pages.append(reverse(f"{base}_change", args=[row.pk]))
            pages.append(reverse(f"{base}_history", args=[row.pk]))
        if site.has_add_permission(_request_of(inside)):
            pages.append(reverse(f"{base}_add"))
        for page in pages:
            answer = inside.get(page)
            assert answer.status_code == 200, page
            assert CANARY not in answer.content.decode(), page
            seen += 1
    assert seen > 20
    assert CANARY in Message.objects.get(recipient=worker).body


def _request_of(client: Client):
    return client.get(reverse("admin:index")).wsgi_request


@pytest.mark.parametrize("who", ["worker", "manager", "consultant", "supervisor", "coordinator"])
def test_admin_refuses_other_roles(client_of, who) -> None:
    client = client_of(getattr(people, who)())
    for model in admin.site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(page).status_code == 302
    assert client.get(reverse("admin:login")).status_code == 403


def test_admin_sends_strangers_to_the_one_login(client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert client.post(reverse("admin:login"), {"username": "x"}).status_code == 302


def test_admin_closes_an_account_by_the_action(inside) -> None:
    user = people.worker()
    page = reverse("admin:people_user_change", args=[user.pk])

    answer = inside.post(
        page,
        {
            "first_name": "Muudetud",
            "last_name": user.last_name,
            "phone": "",
            "language": "et",
            "posts-TOTAL_FORMS": 0,
            "posts-INITIAL_FORMS": 0,
            "staff_roles-TOTAL_FORMS": 0,
            "staff_roles-INITIAL_FORMS": 0,
            "service_areas-TOTAL_FORMS": 0,
            "service_areas-INITIAL_FORMS": 0,
        },
    )

    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.is_active) == ("Muudetud", False)
    kinds = sorted(entry.kind for entry in Entry.objects.about(user))
    assert kinds == ["people.account_closed", "people.person_changed"]


@pytest.mark.parametrize("name", ["journal_entry", "outbox_message"])
def test_admin_cannot_change_the_proofs(inside, name) -> None:
    record("people.person_changed", by=None, subject=people.worker())
    compose("people.password_changed", to=people.worker(), link="/")
    row = (Entry if name == "journal_entry" else Message).objects.first()
    for deed in ("change", "delete"):
        page = reverse(f"admin:{name}_{deed}", args=[row.pk])
        assert inside.post(page, {}).status_code == 403
    assert inside.get(reverse(f"admin:{name}_add")).status_code == 403


def test_admin_shows_the_journal_as_sentences(inside) -> None:
    actor = people.worker()
    record("people.person_changed", by=actor, subject=actor)
    html = inside.get(reverse("admin:journal_entry_changelist")).content.decode()
    assert "muutis inimese andmeid" in html
    assert User.objects.filter(pk=actor.pk).exists()
    assert clock.now() is not None


def test_admin_names_models_and_fields_in_estonian() -> None:
    english = set()
    models = set(admin.site._registry)
    models |= {inline.model for each in admin.site._registry.values() for inline in each.inlines}
    for model in models:
        options = model._meta
        named = [(options.verbose_name, options.model_name)]
        named += [
            (field.verbose_name, field.name.replace("_", " "))
            for field in options.fields
            if field.name != "id"
        ]
        english |= {f"{options.label}: {raw}" for shown, raw in named if str(shown) == raw}

    assert english == set()


def test_admin_does_not_say_whose_meeting_a_mail_was_about(inside) -> None:
    worker = people.worker(last_name=CANARY.title())
    meeting = meetings.meeting(worker)
    receive(replies.mail(meeting, worker.email, "accepted"))
    line = IncomingMail.objects.get()

    pages = [
        reverse("admin:meetings_incomingmail_changelist"),
        reverse("admin:meetings_incomingmail_change", args=[line.pk]),
    ]

    for page in pages:
        text = inside.get(page).content.decode()
        assert line.message_hash in text
        assert CANARY.title() not in text
        assert str(meeting.pk) not in text
