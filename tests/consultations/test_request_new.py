"""The way in: steps, draft, danger, double submit."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from common import clock
from consultations.models import ConsultationRequest
from consultations.steps import countries
from journal.models import Entry
from outbox.models import Message
from people.models import Draft, Post
from tests.factories import people
from tests.factories.consultations import CANARY, submitted_request
from tests.htmx import parsed


pytestmark = pytest.mark.django_db

NEW = reverse("consultations:request-new")
TEXT = f"{CANARY} küsimus"


def step_url(pk, key: str) -> str:
    return reverse("consultations:request-step", args=[pk, key])


def begin(client, url: str = NEW, danger: str = "no") -> Draft:
    client.post(url, {"danger": danger, "new_id": uuid.uuid4()})
    return Draft.objects.get()


def answer(client, draft: Draft, **answers: dict) -> None:
    for key, data in answers.items():
        response = client.post(step_url(draft.pk, key), data)
        assert response.status_code == 302, (key, response.content.decode())


ANSWERS = {
    "kind": {"kind": "domestic"},
    "topic": {"topic": "custody", "done_so_far": f"{CANARY} tehtud"},
    "question": {"question": TEXT, "star_reference": f"{CANARY}-7", "age_group": "3-6"},
    "who": {},
}


def test_request_new_walks_the_steps_to_the_sent_page(client_of):
    worker, colleague = people.worker("Elva vald"), people.worker("Elva vald")
    client = client_of(worker)
    assert client.get(NEW).status_code == 200
    assert not Draft.objects.exists()

    draft = begin(client)
    for key, data in ANSWERS.items():
        asked_again = client.post(step_url(draft.pk, "danger"), {"danger": "no"})
        assert asked_again.url == step_url(draft.pk, key)
        answer(
            client, draft, **{key: data | ({"contacts": [colleague.pk]} if key == "who" else {})}
        )
    check = client.get(step_url(draft.pk, "check"))
    assert TEXT in check.content.decode()
    sent = client.post(step_url(draft.pk, "check"), follow=True)

    case = ConsultationRequest.objects.get()
    assert sent.redirect_chain[-1][0] == reverse("consultations:request-sent", args=[draft.pk])
    assert "26.11.2026" in sent.content.decode()
    assert (case.pk, case.requester, case.question) == (draft.pk, worker, TEXT)
    assert [contact.user for contact in case.contacts.all()] == [colleague]
    assert not Draft.objects.exists()


def test_request_new_beside_a_draft_asks_for_danger_first_and_offers_the_draft(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    answer(client, draft, kind=ANSWERS["kind"])

    page = parsed(client.get(NEW).content)
    client.post(NEW, {"danger": "no", "new_id": uuid.uuid4()})

    assert page.select_one("main [name=danger]") is not None
    offered = [link["href"] for link in page.select("main .tp-alert a.tp-btn--secondary")]
    assert step_url(draft.pk, "danger") in offered
    assert Draft.objects.count() == 2


def test_request_new_double_submit_makes_one(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    answer(client, draft, **ANSWERS)

    first = client.post(step_url(draft.pk, "check"))
    second = client.post(step_url(draft.pk, "check"))

    assert first.url == second.url == reverse("consultations:request-sent", args=[draft.pk])
    assert ConsultationRequest.objects.count() == 1
    assert Entry.objects.filter(kind="consultations.request_submitted").count() == 1
    assert Message.objects.filter(kind="consultations.request_received").count() == 1


def test_request_new_first_step_sent_twice_makes_one_draft(client_of):
    client = client_of(people.worker("Elva vald"))
    data = {"danger": "no", "new_id": uuid.uuid4()}

    client.post(NEW, data)
    client.post(NEW, data)

    assert Draft.objects.count() == 1


def test_request_new_with_the_key_of_anothers_draft_is_not_found(client_of):
    draft = begin(client_of(people.worker("Elva vald")))
    before = Draft.objects.values().get()

    response = client_of(people.worker("Elva vald")).post(
        NEW, {"danger": "yes", "new_id": draft.pk}
    )

    assert response.status_code == 404
    assert Draft.objects.values().get() == before


def test_request_enter_with_the_key_of_an_own_draft_of_another_kind_begins_anew(client_of):
    consultant = people.consultant("Elva vald")
    client = client_of(consultant)
    case = begin(client, reverse("consultations:case-open"))
    data = {"danger": "no", "new_id": case.pk}

    response = client.post(reverse("consultations:request-enter"), data)

    entry = Draft.objects.exclude(pk=case.pk).get()
    assert (entry.kind, entry.owner) == ("consultations.entry", consultant)
    assert str(entry.pk) in response.url
    assert Draft.objects.get(pk=case.pk).content == case.content


def test_request_new_from_an_old_page_after_sending_begins_another_request(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    answer(client, draft, **ANSWERS)
    client.post(step_url(draft.pk, "check"))

    client.post(NEW, {"danger": "no", "new_id": draft.pk})

    assert Draft.objects.get().pk != draft.pk


@pytest.mark.parametrize("key", ["kind", "topic", "question", "who", "check"])
def test_request_new_with_danger_leads_nowhere_but_to_the_numbers(key, client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client, danger="yes")

    response = client.get(step_url(draft.pk, key), follow=True)
    client.post(step_url(draft.pk, key), ANSWERS.get(key, {}))

    assert response.redirect_chain[-1][0] == step_url(draft.pk, "acted")
    page = parsed(response.content)
    calls = [each["href"] for each in page.select("main a[href^=tel]")]
    assert calls == ["tel:112", "tel:116111"]
    assert "kind" not in Draft.objects.get().content
    assert not ConsultationRequest.objects.exists()


def test_request_new_having_acted_goes_on_and_is_urgent(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client, danger="yes")

    client.post(step_url(draft.pk, "acted"))
    answer(client, draft, **ANSWERS)
    client.post(step_url(draft.pk, "check"))

    case = ConsultationRequest.objects.get()
    assert (case.urgent, case.danger_acted_at) == (True, clock.now())


def test_request_new_answering_no_after_all_takes_the_acting_back(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client, danger="yes")
    client.post(step_url(draft.pk, "acted"))

    answer(client, draft, danger={"danger": "no"}, **ANSWERS)
    client.post(step_url(draft.pk, "check"))

    case = ConsultationRequest.objects.get()
    assert (case.urgent, case.danger_acted_at) == (False, None)


def test_request_new_warns_on_text_steps(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    answer(client, draft, kind=ANSWERS["kind"])

    page = client.get(step_url(draft.pk, "topic")).content.decode()

    assert "Ära kirjuta midagi, mille järgi last ära tunneb" in page


@pytest.mark.parametrize(
    ("key", "data", "field"),
    [
        ("danger", {}, "danger"),
        ("danger", {"danger": "maybe"}, "danger"),
        ("kind", {"kind": ""}, "kind"),
        ("kind", {"kind": "international", "country": ""}, "country"),
        ("kind", {"kind": "international", "country": "EE"}, "country"),
        ("topic", {"topic": "int-abduction"}, "topic"),
        ("topic", {"topic": "custody", "done_so_far": "a" * 10_001}, "done_so_far"),
        ("question", {"question": ""}, "question"),
        ("question", {"question": "a" * 10_001}, "question"),
        ("question", {"question": TEXT, "star_reference": "a" * 201}, "star_reference"),
        ("question", {"question": TEXT, "age_group": "99"}, "age_group"),
        ("who", {"contacts": [str(uuid.uuid4())]}, "contacts"),
    ],
)  # fmt: skip
def test_request_new_bad_input_is_told_at_its_field(key, data, field, client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    answer(client, draft, **ANSWERS)
    before = Draft.objects.get().content

    response = client.post(step_url(draft.pk, key), data)

    assert response.status_code == 422
    page = parsed(response.content)
    assert page.select_one(f"#id_{field}_error, [id^=id_{field}][id$=error]") or field in str(
        page.select_one(".tp-errors")
    )
    typed = data.get(field)
    if isinstance(typed, str) and len(typed) > 100:
        assert typed in response.content.decode()
    assert Draft.objects.get().content == before


def test_request_new_drafts_are_the_owners_alone(client_of):
    owner, other = people.worker("Elva vald"), people.manager("Elva vald")
    draft = begin(client_of(owner))
    stranger = client_of(other)

    for url in (step_url(draft.pk, "kind"), reverse("consultations:draft-delete", args=[draft.pk])):
        assert stranger.get(url).status_code == 404
        assert stranger.post(url, {"kind": "domestic"}).status_code == 404
    assert Draft.objects.get().content.get("kind") is None
    # Whoever has none begins anew and does not meet the other's.
    assert stranger.get(NEW).status_code == 200


def test_draft_delete_removes_it_and_only_it(client_of):
    client = client_of(people.worker("Elva vald"))
    draft = begin(client)
    url = reverse("consultations:draft-delete", args=[draft.pk])

    assert client.get(url).status_code == 200
    client.post(url)

    assert not Draft.objects.exists()
    assert client.post(url).status_code == 404


def test_request_new_in_several_municipalities_asks_which(client_of):
    worker = people.worker("Elva vald")
    haapsalu = people.municipality("Haapsalu linn")
    Post.objects.create(
        user=worker, municipality=haapsalu, kind=Post.Kind.WORKER, starts_on=date(2020, 1, 1)
    )
    client = client_of(worker)
    draft = begin(client)

    wrong = client.post(
        step_url(draft.pk, "municipality"),
        {"municipality": people.municipality("Võru linn").pk},
    )
    answer(client, draft, municipality={"municipality": haapsalu.pk}, **ANSWERS)
    client.post(step_url(draft.pk, "check"))

    assert wrong.status_code == 422
    assert ConsultationRequest.objects.get().municipality == haapsalu


def test_request_enter_on_behalf_tells_the_requester(client_of):
    consultant, worker = people.consultant("Elva vald"), people.worker("Elva vald")
    client = client_of(consultant)
    draft = begin(client, reverse("consultations:request-enter"))
    elva = people.municipality("Elva vald").pk

    answers = ANSWERS | {"who": {"requester": worker.pk}}
    answer(client, draft, municipality={"municipality": elva}, **answers)
    sent = client.post(step_url(draft.pk, "check"), follow=True)

    case = ConsultationRequest.objects.get()
    assert sent.status_code == 200
    assert (case.requester, case.submitted_by) == (worker, consultant)
    assert Message.objects.get(kind="consultations.request_entered").recipient == worker


def test_case_open_without_municipality(client_of):
    consultant = people.consultant("Elva vald")
    client = client_of(consultant)
    draft = begin(client, reverse("consultations:case-open"))

    answer(
        client, draft,
        origin={"origin": "foreign"}, municipality={"municipality": ""},
        kind={"kind": "international", "country": "FI"},
        topic={"topic": "int-information"}, question={"question": TEXT},
    )  # fmt: skip
    client.post(step_url(draft.pk, "check"))

    case = ConsultationRequest.objects.get()
    assert (case.origin, case.municipality, case.country) == ("foreign", None, "FI")
    assert (case.requester, case.submitted_by) == (None, consultant)


@pytest.mark.parametrize(
    ("url", "who", "status"),
    [
        ("request-new", "worker", 200),
        ("request-new", "manager", 200),
        ("request-new", "consultant", 403),
        ("request-enter", "consultant", 200),
        ("request-enter", "worker", 403),
        ("case-open", "consultant", 200),
        ("case-open", "coordinator", 403),
    ],
)
def test_who_may_begin(url, who, status, client_of):
    user = getattr(people, who)()

    assert client_of(user).get(reverse(f"consultations:{url}")).status_code == status


@pytest.mark.parametrize(("language", "name"), [("et", "Soome"), ("en", "Finland")])
def test_countries_are_sorted_once_for_each_language(language, name):
    with translation.override(language):
        found = countries()
        assert countries() is found

    assert dict(found)["FI"] == name


def test_request_new_when_the_post_has_ended_meanwhile_is_denied(client_of):
    worker = people.worker("Elva vald")
    client = client_of(worker)
    draft = begin(client)
    answer(client, draft, **ANSWERS)
    Post.objects.update(ends_on=date(2026, 11, 22))

    response = client.post(step_url(draft.pk, "check"))

    assert response.status_code == 403
    assert not ConsultationRequest.objects.exists()


def test_urgent_request_is_called_so_in_the_subject():
    consultant = people.consultant()

    calm = submitted_request()
    urgent = submitted_request(danger=True, danger_acted_at=clock.now())

    subjects = dict(
        Message.objects.filter(
            recipient=consultant, kind="consultations.request_submitted"
        ).values_list("subject", "kind")
    )
    assert sorted(subjects) == sorted(
        [
            f"Taotlus {calm.code} ootab konsultanti",
            f"Kiire: Taotlus {urgent.code} ootab konsultanti",
        ]
    )
