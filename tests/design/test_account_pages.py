"""Pages around logging in: our layout and words, nothing left undefined."""

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.urls import reverse

from people.models import User
from tests.clients import CarefulClient
from tests.factories.people import consultant


pytestmark = pytest.mark.django_db

PASSWORD = "sinine-kapsas-laulab"


@pytest.fixture
def person() -> User:
    user = consultant("Elva vald")
    user.set_password(PASSWORD)
    user.save()
    return user


def heading(response) -> str:
    return BeautifulSoup(response.content, "html.parser").h1.get_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_login", "Logi sisse"),
        ("account_signup", "Konto saad kutsega"),
        ("account_inactive", "See konto on suletud"),
        ("account_reset_password", "Määra uus parool"),
        ("account_reset_password_done", "Vaata oma postkasti"),
        ("account_reset_password_from_key_done", "Uus parool on määratud"),
        ("account_email_verification_sent", "Kinnita e-posti aadress"),
    ],
)
def test_page_for_visitors(client, name: str, words: str) -> None:
    assert heading(client.get(reverse(name))) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_logout", "Logi välja"),
        ("account_change_password", "Muuda parooli"),
        ("account_email", "Muuda e-posti aadressi"),
    ],
)
def test_page_for_people_logged_in(client_of, person, name: str, words: str) -> None:
    assert heading(client_of(person).get(reverse(name))) == words


def test_password_is_asked_again(client, person) -> None:
    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    response = client.get(reverse("account_reauthenticate"))

    assert heading(response) == "Sisesta parool uuesti"


def test_stale_reset_link_offers_a_new_one(client) -> None:
    response = client.get(reverse("account_reset_password_from_key", args=["abc", "old-key"]))

    page = BeautifulSoup(response.content, "html.parser")
    assert page.h1.get_text() == "See link enam ei tööta"
    assert page.select_one("main .tp-btn")["href"] == reverse("account_reset_password")


def test_stale_confirmation_link_is_explained(client) -> None:
    response = client.get(reverse("account_confirm_email", args=["old-key"]))

    assert heading(response) == "Kinnita e-posti aadress"


def test_wrong_password_keeps_the_address(client, person) -> None:
    response = client.post(
        reverse("account_login"), {"login": person.email, "password": "vale-vale-vale"}
    )

    page = BeautifulSoup(response.content, "html.parser")
    assert page.title.get_text().startswith("Viga: ")
    assert page.find("input", {"name": "login"})["value"] == person.email
    assert len(page.select(".tp-errors li")) == 1


def test_login_page_of_the_demonstration_lists_its_accounts(client) -> None:
    page = BeautifulSoup(client.get(reverse("account_login")).content, "html.parser")

    accounts = [cell.get_text() for cell in page.select("tbody th")]

    assert accounts == [
        "tootaja@demo.example",
        "uus@demo.example",
        "juht@demo.example",
        "konsultant@demo.example",
        "konsultant2@demo.example",
        "superviisor@demo.example",
        "koordinaator@demo.example",
        "haldur@demo.example",
    ]


def test_login_page_of_the_real_service_lists_none(client, settings) -> None:
    settings.DEMO = False

    page = BeautifulSoup(client.get(reverse("account_login")).content, "html.parser")

    assert page.select("tbody th") == []


def test_missing_page_says_what_to_do(client) -> None:
    response = client.get("/no-such-page/")

    assert (response.status_code, heading(response)) == (404, "Lehte ei leitud")


def test_stale_form_says_what_to_do() -> None:
    careful = CarefulClient(enforce_csrf_checks=True)

    response = careful.post(reverse("account_login"), {})

    assert (response.status_code, heading(response)) == (403, "Leht oli liiga kaua avatud")
