"""Logging in, new passwords and addresses, by django-allauth with our mails."""

import re

import pytest
from django.urls import reverse

from journal.models import Entry
from outbox.models import Message
from people.models import User
from tests.factories import people


pytestmark = pytest.mark.django_db

NEW = "kolm-punast-kuuske"


def log_in(client, user, password: str = "a-long-password"):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("composed_at", "kind").values_list("kind", "address"))


def link() -> str:
    body = Message.objects.order_by("-composed_at").first().body
    return re.search(r"http://127.0.0.1:8000(/\S+)", body).group(1)


def test_login_lets_the_right_password_in(client):
    user = people.worker()
    assert log_in(client, user).status_code == 302
    assert client.get(reverse("people:profile")).status_code == 200


def test_login_refuses_in_plain_estonian(client):
    answer = log_in(client, people.worker(), "wrong")
    assert "E-posti aadress või parool on vale." in answer.content.decode()


def test_login_refused_keeps_the_address_and_answers_422(client):
    user = people.worker()

    answer = log_in(client, user, "wrong")

    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors == {"__all__": ["E-posti aadress või parool on vale."]}
    assert form["login"].value() == user.email
    assert answer.wsgi_request.user.is_authenticated is False


@pytest.mark.parametrize(
    ("name", "sent", "field", "sentence"),
    [
        ("account_login", {"login": "mari@test.example"}, "password", "Täida see väli."),
        (
            "account_reset_password",
            {"email": "mari at kool"},
            "email",
            "Sisesta e-posti aadress nii: nimi@asutus.ee.",
        ),
        (
            "account_email",
            {"email": "mari at kool", "action_add": "1"},
            "email",
            "Sisesta e-posti aadress nii: nimi@asutus.ee.",
        ),
        (
            "account_change_password",
            {"oldpassword": "wrong", "password1": NEW, "password2": NEW},
            "oldpassword",
            "See ei ole sinu praegune parool.",
        ),
    ],
)
def test_account_form_bad_input_is_told_at_its_field(client, name, sent, field, sentence):
    user = people.worker()
    if name in ("account_email", "account_change_password"):
        log_in(client, user)
    before = User.objects.filter(pk=user.pk).values().get()

    answer = client.post(reverse(name), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert sent.get("email", "") in answer.content.decode()
    assert User.objects.filter(pk=user.pk).values().get() == before
    assert (mails(), Entry.objects.count()) == ([], 0)


def test_login_of_an_invited_person_without_password_is_refused(client):
    user = people.worker()
    user.set_unusable_password()
    user.save()
    assert log_in(client, user, "").wsgi_request.user.is_authenticated is False


def test_login_lists_the_demo_accounts(client):
    assert "koordinaator@demo.example" in client.get(reverse("account_login")).content.decode()


@pytest.mark.ignore_template_errors
def test_login_attempts_are_limited_by_a_page(client):
    user = people.worker()
    for _ in range(7):
        answer = log_in(client, user, "wrong")
    assert "Liiga palju ebaõnnestunud katseid" in answer.content.decode()
    assert log_in(client, user).wsgi_request.user.is_authenticated is False


@pytest.mark.ignore_template_errors
def test_reset_attempts_are_limited_by_a_page(client):
    for n in range(25):
        answer = client.post(reverse("account_reset_password"), {"email": f"x{n}@test.example"})
        assert answer.status_code in (302, 429)
    assert answer.status_code == 429
    assert "Liiga palju katseid" in answer.content.decode()


def test_password_reset_by_one_mail(client):
    user = people.worker()
    client.post(reverse("account_reset_password"), {"email": user.email.upper()})
    assert mails() == [("people.password_reset_key", user.email.upper())] or mails() == [
        ("people.password_reset_key", user.email)
    ]

    page = client.get(link(), follow=True)
    address = page.redirect_chain[-1][0]
    client.post(address, {"password1": NEW, "password2": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert [kind for kind, _ in mails()] == [
        "people.password_changed",
        "people.password_reset_key",
    ] or [kind for kind, _ in mails()] == ["people.password_reset_key", "people.password_changed"]
    assert [e.kind for e in Entry.objects.about(user)] == ["people.password_set"]


def test_password_reset_of_an_unknown_address_says_the_same_and_sends_nothing(client):
    known = people.worker()
    answers = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (known.email, "keegi@test.example")
    ]
    pages = [
        re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", a.content.decode()) for a in answers
    ]
    assert pages[0] == pages[1]
    assert len(mails()) == 1


def test_password_reset_is_not_for_those_who_were_only_invited(client):
    user = people.worker()
    user.set_unusable_password()
    user.save()
    client.post(reverse("account_reset_password"), {"email": user.email})
    assert mails() == []


def test_password_change_tells_the_person(client):
    user = people.worker()
    log_in(client, user)
    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": "a-long-password", "password1": NEW, "password2": NEW},
    )
    assert answer.status_code == 302
    assert mails() == [("people.password_changed", user.email)]
    assert [e.kind for e in Entry.objects.about(user)] == ["people.password_set"]


def test_email_change_by_one_mail_to_the_new_address(client):
    user = people.worker()
    old = user.email
    log_in(client, user)
    assert old in client.get(reverse("account_email")).content.decode()

    client.post(reverse("account_email"), {"email": "uus@test.example", "action_add": "1"})
    assert mails() == [("people.email_confirmation", "uus@test.example")]
    assert User.objects.get(pk=user.pk).email == old

    client.post(link())
    assert User.objects.get(pk=user.pk).email == "uus@test.example"
    assert sorted(mails()) == [
        ("people.email_changed", old),
        ("people.email_confirmation", "uus@test.example"),
    ]
    assert [e.kind for e in Entry.objects.about(user)] == ["people.email_changed"]


def test_email_change_given_up_keeps_the_old_address(client):
    user = people.worker()
    log_in(client, user)
    client.post(reverse("account_email"), {"email": "uus@test.example", "action_add": "1"})
    for email in ("uus@test.example", user.email):
        client.post(reverse("account_email"), {"email": email, "action_remove": "1"})
    assert User.objects.get(pk=user.pk).email == user.email


def test_email_change_to_anothers_address_tells_nothing_and_changes_nothing(client):
    user, other = people.worker(), people.worker()
    log_in(client, user)
    client.post(reverse("account_email"), {"email": other.email, "action_add": "1"})
    client.post(link())
    emails = set(User.objects.filter(pk__in=[user.pk, other.pk]).values_list("email", flat=True))
    assert emails == {user.email, other.email}
    assert User.objects.get(pk=user.pk).email == user.email


def test_email_change_to_an_address_that_somebody_got_meanwhile(client):
    user = people.worker()
    log_in(client, user)
    client.post(reverse("account_email"), {"email": "uus@test.example", "action_add": "1"})
    people.worker(email="uus@test.example")

    answer = client.post(link(), follow=True)

    assert answer.status_code == 200
    assert User.objects.get(pk=user.pk).email == user.email


def test_signup_is_closed(client):
    answer = client.get(reverse("account_signup"))
    assert "Konto saab kutsega" in answer.content.decode() or answer.status_code == 200
    client.post(
        reverse("account_signup"), {"email": "ise@test.example", "password1": NEW, "password2": NEW}
    )
    assert not User.objects.filter(email="ise@test.example").exists()


def test_mails_hold_plain_text(client):
    user = people.worker(first_name="D'Arc")
    client.post(reverse("account_reset_password"), {"email": user.email})
    message = Message.objects.get()
    assert "&" not in message.body + message.subject
