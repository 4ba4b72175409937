"""The pages: who gets which, what stands on them, what they cost, how they refuse."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from consultations import actions
from consultations.models import CaseMeeting, ConsultationRequest
from consultations.workflow import Status
from journal.models import Entry
from meetings.models import Meeting
from outbox.models import Message as Mail
from tests.consultations.conftest import ROLES
from tests.factories import people
from tests.factories.consultations import CANARY, opened_case, request_at, submitted_request
from tests.htmx import click, parsed, same_as_reload


pytestmark = pytest.mark.django_db

OVERVIEW = reverse("consultations:overview")
TABS = ["request-messages", "request-meetings", "request-notes", "request-summary"]
NOTE = "sisekanaarilind"


def url(name: str, *args) -> str:
    return reverse(f"consultations:{name}", args=args)


def full_case(everyone, case_at) -> ConsultationRequest:
    """A closed case with text in every corner."""
    case = case_at(Status.IN_PROGRESS)
    actions.send_message(case, text=f"{CANARY} sõnum", by=everyone.contact)
    actions.add_note(case, text=NOTE, by=everyone.assigned)
    actions.agree_measure(case, text=f"{CANARY} meede", owner="board", by=everyone.assigned)
    return actions.close_request(
        case, summary=f"{CANARY} kokkuvõte", recommendations=f"{CANARY} soovitus",
        version=case.version, by=everyone.assigned,
    )  # fmt: skip


PAGES = {
    # role: answers of detail, messages, meetings, notes, summary, history
    "requester": [200, 200, 200, 403, 200, 200],
    "contact": [200, 200, 200, 403, 200, 200],
    "former_contact": [404] * 6,
    "requester_elsewhere": [403] * 6,
    "manager": [200, 404, 404, 404, 404, 404],
    "colleague": [404] * 6,
    "assigned": [200] * 6,
    "stand_in": [200] * 6,
    "region": [200, 404, 404, 404, 404, 404],
    "other_region": [404] * 6,
    "coordinator": [200, 404, 404, 404, 404, 200],
    "administrator": [404] * 6,
    "supervisor": [404] * 6,
    "outsider": [404] * 6,
}
READERS = {"requester", "contact", "assigned", "stand_in"}
HANDLERS = {"assigned", "stand_in"}


def test_who_gets_which_page_and_the_text_with_it(everyone, case_at, client_of):
    case = full_case(everyone, case_at)
    names = ["request-detail", *TABS, "request-history"]

    for role in ROLES:
        client = client_of(getattr(everyone, role))
        responses = [client.get(url(name, case.pk)) for name in names]
        pages = "".join(response.content.decode() for response in responses)
        lists = client.get(OVERVIEW).content.decode()

        assert [response.status_code for response in responses] == PAGES[role], role
        assert (CANARY in pages) == (role in READERS), role
        assert (NOTE in pages) == (role in HANDLERS), role
        assert CANARY not in lists, role


def test_only_opening_the_text_is_journalled_and_once(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)

    def opened(role: str, name: str, method: str = "get", **data: str) -> int:
        before = Entry.objects.filter(kind="consultations.request_opened").count()
        getattr(client_of(getattr(everyone, role)), method)(url(name, case.pk), data)
        return Entry.objects.filter(kind="consultations.request_opened").count() - before

    assert [opened("contact", name) for name in ("request-detail", *TABS[:2])] == [1, 1, 1]
    assert opened("assigned", "request-notes") == 1
    assert opened("contact", "request-notes") == 0
    assert opened("contact", "factors-change") == 1
    assert opened("manager", "request-detail") == 0
    assert [opened("coordinator", name) for name in ("request-detail", "request-history")] == [0, 0]
    # A form that comes back empty shows the text as well; one that was carried out leads on.
    assert opened("contact", "request-messages", "post") == 1
    assert opened("contact", "factors-change", "post") == 1
    assert opened("assigned", "request-notes", "post") == 1
    assert opened("contact", "request-messages", "post", text="tere") == 0
    assert opened("contact", "request-history") == 0


def test_history_is_told_in_sentences_without_text(everyone, case_at, client_of):
    case = full_case(everyone, case_at)

    page = client_of(everyone.coordinator).get(url("request-history", case.pk)).content.decode()

    assert f"{everyone.assigned.name}: võttis taotluse vastu" in page
    assert CANARY not in page


KNOWN = {
    # role: what stands on the case's page and in the row of the list
    "contact": {"topic", "kind", "country", "urgent", "requester", "history"},
    "assigned": {"topic", "kind", "country", "urgent", "requester", "history"},
    "coordinator": {"topic", "kind", "country", "urgent", "requester", "history"},
    "region": {"topic"},
    # The manager names contacts, and hence sees the people.
    "manager": {"requester"},
}


@pytest.mark.parametrize("role", KNOWN)
def test_what_each_role_knows_of_a_case(role, everyone, case_at, client_of):
    case = case_at(
        Status.IN_PROGRESS, kind="international", topic_id="int-information", country="FI",
        danger=True, danger_acted_at=clock.now(),
    )  # fmt: skip
    client = client_of(getattr(everyone, role))
    pages = [
        client.get(url("request-detail", case.pk)),
        *[client.get(OVERVIEW, {"which": which})
          for which in ("own", "mine", "region", "all", "municipality")],
    ]  # fmt: skip
    text = "".join(parsed(page.content).select_one("main").get_text() for page in pages)
    words = {
        "topic": case.topic.name,
        "kind": "Rahvusvaheline juhtum",
        "country": "Soome",
        "urgent": "Kiire",
        "requester": everyone.requester.name,
        "history": "Ajalugu",
    }
    # The filter of the other lists offers the names of all topics.
    told = "".join(
        part.get_text() for page in pages for part in parsed(page.content).select(".tp-head, table")
    )

    found = {name for name, word in words.items() if word in (told if name == "topic" else text)}

    assert found == KNOWN[role]


def test_the_manager_names_a_contact_who_confirms_the_summary(everyone, case_at, client_of):
    case = case_at(Status.CLOSED)
    client = client_of(everyone.manager)
    add = url("contact-add", case.pk)

    assert add in client.get(url("request-detail", case.pk)).content.decode()
    actions.read_summary(case, by=everyone.requester)
    page = client.get(url("request-detail", case.pk)).content.decode()

    assert add not in page
    assert everyone.requester.name not in page


def test_overview_of_a_manager_is_not_narrowed_by_topic(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS, topic_id="contact")
    client = client_of(everyone.manager)

    for topic in ("contact", "custody"):
        response = client.get(OVERVIEW, {"which": "municipality", "topic": topic})
        assert codes(response) == [case.code]
        assert case.topic.name not in response.content.decode()


def test_a_consultant_who_serves_sees_an_unassigned_request_in_full(everyone, client_of):
    case = submitted_request(danger=True, danger_acted_at=clock.now())

    page = client_of(everyone.region).get(url("request-detail", case.pk))

    assert "Kiire" in parsed(page.content).select_one(".tp-head").get_text()


DEED_PAGES = {
    # page: state, who gets it, who sees the case but is refused
    "request-take": (Status.SUBMITTED, "region", None),
    "request-assign": (Status.SUBMITTED, "coordinator", "requester"),
    "request-reassign": (Status.IN_PROGRESS, "stand_in", "region"),
    "request-contact": (Status.ASSIGNED, "assigned", "region"),
    "meeting-book": (Status.IN_PROGRESS, "assigned", "region"),
    # Until somebody has taken it, consultants of the region read the text, and no more.
    "factors-change": (Status.SUBMITTED, "contact", "region"),
    "measure-agree": (Status.IN_PROGRESS, "contact", "region"),
    "contact-add": (Status.IN_PROGRESS, "manager", "region"),
    "municipality-set": (Status.IN_PROGRESS, "assigned", "region"),
    "request-close": (Status.IN_PROGRESS, "assigned", "region"),
    "request-withdraw": (Status.IN_PROGRESS, "requester", "manager"),
    "request-reopen": (Status.CLOSED, "coordinator", "manager"),
}


@pytest.mark.parametrize("name", DEED_PAGES)
def test_pages_of_deeds_open_for_those_who_may(name, everyone, case_at, client_of):
    status, may, seeing = DEED_PAGES[name]
    case = case_at(status)

    assert client_of(getattr(everyone, may)).get(url(name, case.pk)).status_code == 200
    if seeing:
        assert client_of(getattr(everyone, seeing)).get(url(name, case.pk)).status_code == 403
    for role in ("other_region", "colleague", "administrator", "outsider"):
        for method in ("get", "post"):
            client = client_of(getattr(everyone, role))
            assert getattr(client, method)(url(name, case.pk)).status_code in (403, 404), role
    # Not even a consultant of another region learns that the case exists.
    assert client_of(everyone.other_region).get(url(name, case.pk)).status_code == 404


def test_request_assign_is_not_for_a_consultant_who_only_has_the_case(everyone, case_at, client_of):
    case = case_at(Status.SUBMITTED)
    actions.assign_request(case, consultant=everyone.other_region, by=everyone.coordinator)
    client = client_of(everyone.other_region)

    answers = [client.get(url(name, case.pk)).status_code
               for name in ("request-detail", "request-assign")]  # fmt: skip

    assert answers == [200, 403]


def test_pages_of_a_measure_a_contact_and_the_municipality(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text=CANARY, owner="board", by=everyone.assigned)
    contact = case.contacts.get(user=everyone.contact)
    finish = url("measure-finish", case.pk, measure.pk)
    replace = url("contact-replace", case.pk, contact.pk)
    nowhere = url("municipality-set", opened_case(everyone.other_region).pk)

    answers = {
        role: [client_of(getattr(everyone, role)).get(page).status_code
               for page in (finish, replace, nowhere)]
        for role in ("contact", "manager", "assigned", "region", "coordinator", "outsider")
    }  # fmt: skip

    assert answers == {
        "contact": [200, 200, 403],
        "manager": [404, 200, 403],
        "assigned": [200, 200, 200],
        "region": [404, 403, 200],
        "coordinator": [404, 403, 403],
        "outsider": [404, 404, 403],
    }


def test_measure_and_contact_of_another_case_are_not_found(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    other = request_at(Status.IN_PROGRESS, contacts=[everyone.colleague])
    measure = actions.agree_measure(other, text=CANARY, owner="board", by=other.consultant)
    client = client_of(everyone.assigned)

    for page in (
        url("measure-finish", case.pk, measure.pk),
        url("contact-replace", case.pk, other.contacts.get().pk),
    ):
        assert client.post(page).status_code == 404


# --- bad input ------------------------------------------------------------------------------


LONG = "x" * 10_001
BAD = {
    "contact in the future": ("request-contact", Status.ASSIGNED, "assigned",
                              {"day": "24.11.2026", "at": "10.00"}, "day", "24.11.2026"),
    "contact before submission": ("request-contact", Status.ASSIGNED, "assigned",
                                  {"day": "20.11.2026", "at": "10.00"}, "day", "20.11.2026"),
    "not a date": ("request-contact", Status.ASSIGNED, "assigned",
                   {"day": "32.11.2026", "at": "10.00"}, "day", "32.11.2026"),
    "past meeting": ("meeting-book", Status.IN_PROGRESS, "assigned",
                     {"kind": "discussion", "day": "20.11.2026", "begins": "10.00",
                      "ends": "11.00", "form": "phone"}, "day", "20.11.2026"),
    "end before start": ("meeting-book", Status.IN_PROGRESS, "assigned",
                         {"kind": "discussion", "day": "24.11.2026", "begins": "11.00",
                          "ends": "10.00", "form": "phone"}, "ends", "11.00"),
    "bad guest": ("meeting-book", Status.IN_PROGRESS, "assigned",
                  {"kind": "network", "day": "24.11.2026", "begins": "10.00", "ends": "11.00",
                   "form": "phone", "guests": "Mari Mets, mari at kool"}, "guests", "Mari Mets"),
    "guest of a discussion": ("meeting-book", Status.IN_PROGRESS, "assigned",
                              {"kind": "discussion", "day": "30.11.2026", "begins": "10.00",
                               "ends": "11.00", "form": "phone",
                               "guests": "Mari Mets, mari@kool.example"}, "guests", "Mari Mets"),
    "foreign invitee": ("meeting-book", Status.IN_PROGRESS, "assigned",
                        {"kind": "discussion", "day": "24.11.2026", "begins": "10.00",
                         "ends": "11.00", "form": "phone", "people": [str(uuid.uuid4())]},
                        "people", "10.00"),
    "long message": ("request-messages", Status.IN_PROGRESS, "contact", {"text": LONG}, "text",
                     LONG),
    "empty message": ("request-messages", Status.IN_PROGRESS, "contact", {"text": " "}, "text",
                      ""),
    "long note": ("request-notes", Status.IN_PROGRESS, "assigned", {"text": LONG}, "text", LONG),
    "past measure": ("measure-agree", Status.IN_PROGRESS, "contact",
                     {"text": "midagi", "owner": "board", "due_on": "20.11.2026"}, "due_on",
                     "midagi"),
    "unknown side": ("measure-agree", Status.IN_PROGRESS, "contact",
                     {"text": "midagi", "owner": "nobody"}, "owner", "midagi"),
    "foreign contact": ("contact-add", Status.IN_PROGRESS, "manager",
                        {"person": str(uuid.uuid4())}, "person", ""),
    "long summary": ("request-close", Status.IN_PROGRESS, "assigned",
                     {"summary": LONG, "recommendations": "soovitus", "version": 3}, "summary",
                     LONG),
    "no reason": ("request-withdraw", Status.IN_PROGRESS, "requester", {"reason": ""}, "reason",
                  ""),
    "unknown consultant": ("request-assign", Status.SUBMITTED, "coordinator",
                           {"consultant": str(uuid.uuid4())}, "consultant", ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_told_at_its_field_keeps_the_text_and_changes_nothing(
    fault, everyone, case_at, client_of
):
    name, status, role, data, field, typed = BAD[fault]
    case = case_at(status)
    before = ConsultationRequest.objects.filter(pk=case.pk).values().get()
    # That the text was shown again is journalled; nothing else is.
    deeds = Entry.objects.exclude(kind="consultations.request_opened")
    rows = (deeds.count(), Mail.objects.count(), Meeting.objects.count())

    response = client_of(getattr(everyone, role)).post(url(name, case.pk), data)

    assert response.status_code == 422
    page = parsed(response.content)
    assert field in {key for key, errors in response.context["form"].errors.items() if errors}
    assert page.select_one(".tp-errors").get_text(strip=True)
    assert typed in response.content.decode()
    assert ConsultationRequest.objects.filter(pk=case.pk).values().get() == before
    assert (deeds.count(), Mail.objects.count(), Meeting.objects.count()) == rows


def test_municipality_set_refuses_an_unknown_one(everyone, client_of):
    case = opened_case(everyone.region)

    response = client_of(everyone.region).post(
        url("municipality-set", case.pk), {"municipality": uuid.uuid4()}
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {"municipality": ["Sellist omavalitsust ei ole."]}
    case.refresh_from_db()
    assert case.municipality is None


def test_factors_change_of_a_stale_page_keeps_both_texts(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    client = client_of(everyone.contact)
    page = parsed(client.get(url("factors-change", case.pk)).content)
    seen = page.select_one("input[name=version]")["value"]
    actions.change_factors(
        case, risk_factors="teise tekst", protective_factors="", version=case.version,
        by=everyone.assigned,
    )  # fmt: skip
    data = {"risk_factors": "minu tekst", "protective_factors": "", "version": seen}

    refused = client.post(url("factors-change", case.pk), data)
    again = parsed(refused.content).select_one("input[name=version]")["value"]
    sent = client.post(url("factors-change", case.pk), data | {"version": again})

    assert refused.status_code == 422
    assert "minu tekst" in refused.content.decode()
    assert "teise tekst" in refused.content.decode()
    assert sent.status_code == 302
    assert ConsultationRequest.objects.get(pk=case.pk).risk_factors == "minu tekst"


@pytest.mark.parametrize(
    ("name", "role", "data", "kind"),
    [
        ("request-messages", "contact", {"text": "tere"}, "message_sent"),
        ("request-notes", "assigned", {"text": "tere"}, "note_added"),
        ("measure-agree", "contact", {"text": "tere", "owner": "board"}, "measure_agreed"),
        (
            "meeting-book", "assigned",
            {"kind": "network", "day": "30.11.2026", "begins": "10.00", "ends": "11.00",
             "form": "phone", "guests": "Mari Mets, mari@kool.example, kool"},
            "meeting_booked",
        ),
    ],
    ids=["message", "note", "measure", "meeting"],
)  # fmt: skip
def test_a_double_submit_makes_one(name, role, data, kind, everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    client = client_of(getattr(everyone, role))
    mails = Mail.objects.count()
    data = data | {"new_id": uuid.uuid4()}

    first = client.post(url(name, case.pk), data)
    once = Mail.objects.count() - mails
    second = client.post(url(name, case.pk), data)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Entry.objects.filter(kind=f"consultations.{kind}").count() == 1
    assert Mail.objects.count() - mails == once


def test_meeting_book_invites_guests_by_personal_links(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    data = {
        "kind": "network", "day": "24.11.2026", "begins": "10.00", "ends": "11.30",
        "form": "on_site", "place": "Elva, Kesk 1", "people": [everyone.requester.pk],
        "guests": "Mari Mets, Mari@Kool.example, Elva Gümnaasium\n\nPeeter Puu, p@kool.example",
    }  # fmt: skip

    client_of(everyone.stand_in).post(url("meeting-book", case.pk), data)

    meeting = CaseMeeting.objects.get().meeting
    assert meeting.organiser == everyone.assigned
    assert {invitee.email for invitee in meeting.invitees.all()} == {
        everyone.assigned.email, everyone.stand_in.email, everyone.requester.email,
        "mari@kool.example", "p@kool.example",
    }  # fmt: skip
    sent = Mail.objects.filter(kind="meetings.meeting_invitation")
    assert sorted(mail.address for mail in sent) == sorted(
        [everyone.assigned.email, everyone.requester.email, "mari@kool.example", "p@kool.example"]
    )


def test_the_whole_path_by_its_pages(everyone, client_of):
    worker, consultant = client_of(everyone.requester), client_of(everyone.region)
    case = submitted_request(requester=everyone.requester)
    page = url("request-detail", case.pk)

    assert consultant.post(url("request-take", case.pk)).url == page
    assert consultant.post(
        url("request-contact", case.pk), {"day": "23.11.2026", "at": "10.00"}
    ).url == page  # fmt: skip
    version = ConsultationRequest.objects.get(pk=case.pk).version
    closed = consultant.post(
        url("request-close", case.pk),
        {"summary": "kõik", "recommendations": "soovitus", "version": version},
    )
    assert closed.url == url("request-summary", case.pk)
    read = worker.post(closed.url)
    assert read.status_code == 302
    assert worker.post(url("request-reopen", case.pk), {"reason": "uus asi"}).url == page

    case.refresh_from_db()
    assert (case.status, case.summary_read_by) == (Status.IN_PROGRESS, everyone.requester)


def test_take_request_race_two_stale_pages(everyone, client_of):
    case = submitted_request()
    first, second = client_of(everyone.assigned), client_of(everyone.region)
    first.get(url("request-take", case.pk))
    second.get(url("request-take", case.pk))

    assert first.post(url("request-take", case.pk)).status_code == 302
    late = second.post(url("request-take", case.pk))

    assert late.status_code == 422
    assert everyone.assigned.name in late.content.decode()
    assert Entry.objects.filter(kind="consultations.request_taken").count() == 1


def test_assign_request_shows_the_open_load(everyone, case_at, client_of):
    request_at(Status.ASSIGNED, consultant=everyone.region)
    case = case_at(Status.SUBMITTED)

    page = client_of(everyone.coordinator).get(url("request-assign", case.pk)).content.decode()

    assert f"{everyone.region.name} – pooleliolevaid töid: 1" in page
    assert f"{everyone.assigned.name} – pooleliolevaid töid: 0" in page


def test_the_clock_stands_in_words_on_the_page(everyone, client_of):
    with clock.at(clock.tallinn(clock.today().replace(day=20))):
        case = submitted_request(requester=everyone.requester)

    page = parsed(client_of(everyone.region).get(url("request-detail", case.pk)).content).get_text()

    assert "Esimene ühendus hiljemalt 25.11.2026" in page
    assert "Jäänud 2 tööpäeva" in page


# --- lists ----------------------------------------------------------------------------------


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_lists_and_case_pages_cost_the_same_for_1_and_30(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    seen = [OVERVIEW, url("request-detail", case.pk)]
    facts = [*seen, url("request-history", case.pk)]
    text = [url("request-messages", case.pk), url("request-meetings", case.pk)]
    looked_at = {
        "requester": facts + text,
        "manager": seen,
        "assigned": [*facts, *text, url("request-notes", case.pk)],
        "coordinator": facts,
    }
    clients = {role: client_of(getattr(everyone, role)) for role in looked_at}

    def costs() -> dict[str, list[int]]:
        return {
            role: [queries(clients[role], page) for page in pages]
            for role, pages in looked_at.items()
        }

    case_fill(case, everyone, 1)
    submitted_request(requester=everyone.requester)
    few = costs()
    case_fill(case, everyone, 29)
    for _ in range(29):
        submitted_request(requester=everyone.requester)

    many = costs()

    assert many == few
    assert max(map(max, many.values())) <= 15, many


def case_fill(case, everyone, number: int) -> None:
    for _ in range(number):
        actions.send_message(case, text="tere", by=everyone.assigned)
        actions.agree_measure(case, text="tee", owner="board", by=everyone.assigned)
        actions.add_note(case, text="märge", by=everyone.assigned)
    start = clock.now().replace(hour=12)
    for days in range(1, number + 1):
        at = start + timedelta(days=days)
        actions.book_case_meeting(
            case, kind="discussion", starts_at=at, ends_at=at + timedelta(hours=1),
            form="phone", people=[everyone.requester], by=everyone.assigned,
        )  # fmt: skip


def codes(response) -> list[str]:
    return [row.get_text() for row in parsed(response.content).select("tbody th a")]


def test_overview_of_a_consultant_inbox_mine_and_region(everyone, case_at, client_of):
    mine = case_at(Status.IN_PROGRESS)
    waiting = submitted_request("Elva vald")
    submitted_request("Haapsalu linn")
    another = request_at(Status.ASSIGNED, consultant=everyone.region)
    client = client_of(everyone.assigned)

    assert codes(client.get(OVERVIEW)) == [waiting.code]
    assert codes(client.get(OVERVIEW, {"which": "mine"})) == [mine.code]
    assert set(codes(client.get(OVERVIEW, {"which": "region"}))) == {
        mine.code, waiting.code, another.code,
    }  # fmt: skip


def test_overview_of_the_coordinator_late_ones_first(everyone, client_of):
    on_time = submitted_request()
    with clock.at(clock.now() - timedelta(days=10)):
        late = submitted_request()
    closed = request_at(Status.CLOSED)

    response = client_of(everyone.coordinator).get(OVERVIEW, {"which": "all"})

    assert codes(response) == [late.code, on_time.code, closed.code]
    assert "üle tähtaja" in response.content.decode()


def test_overview_of_municipal_people(everyone, case_at, client_of):
    case = case_at(Status.IN_PROGRESS)
    other = submitted_request("Elva vald", requester=everyone.colleague)
    submitted_request("Haapsalu linn")

    assert codes(client_of(everyone.requester).get(OVERVIEW)) == [case.code]
    assert codes(client_of(everyone.contact).get(OVERVIEW)) == [case.code]
    assert codes(client_of(everyone.manager).get(OVERVIEW)) == []
    as_manager = client_of(everyone.manager).get(OVERVIEW, {"which": "municipality"})
    assert set(codes(as_manager)) == {case.code, other.code}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "closed"}, {"closed"}),
        ({"topic": "contact"}, {"closed"}),
        ({"municipality": "Haapsalu linn"}, {"haapsalu"}),
        ({"code": True}, {"closed"}),
        ({"status": "submitted"}, {"haapsalu", "elva"}),
        ({}, {"closed", "haapsalu", "elva"}),
    ],
    ids=["status", "topic", "municipality", "code", "submitted", "nothing"],
)
def test_overview_filters(query, found, everyone, client_of):
    cases = {
        "closed": request_at(Status.CLOSED, topic_id="contact"),
        "haapsalu": submitted_request("Haapsalu linn"),
        "elva": submitted_request("Elva vald"),
    }
    query = dict(query)
    if "municipality" in query:
        query["municipality"] = people.municipality(query["municipality"]).pk
    if "code" in query:
        query["code"] = cases["closed"].code[:7].lower()

    response = client_of(everyone.coordinator).get(OVERVIEW, {"which": "all"} | query)

    assert set(codes(response)) == {cases[name].code for name in found}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", "00000000-0000-4000-8000-000000000000"),
        ("municipality", "x"),
        ("status", "lost"),
        ("topic", "weather"),
        ("code", "A" * 201),
    ],
)
def test_overview_refuses_unknown_filters(field, value, everyone, client_of):
    response = client_of(everyone.coordinator).get(OVERVIEW, {field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_overview_narrowed_in_place_equals_the_page_reloaded(everyone, client_of):
    submitted_request("Elva vald")
    submitted_request("Haapsalu linn")
    client = client_of(everyone.coordinator)
    haapsalu = str(people.municipality("Haapsalu linn").pk)

    page = click(client, f"{OVERVIEW}?which=all", "form.tp-filter", municipality=haapsalu)

    assert len(page.select("tbody tr")) == 1
    reloaded = f"{OVERVIEW}?which=all&status=&municipality={haapsalu}&topic=&code="
    same_as_reload(client, reloaded, page, but=("form.tp-filter", ".tp-langs"))


def test_overview_pages_by_thirty(everyone, client_of):
    for _ in range(31):
        submitted_request(requester=everyone.requester)
    client = client_of(everyone.requester)

    assert len(codes(client.get(OVERVIEW))) == 30
    assert len(codes(client.get(OVERVIEW, {"page": 2}))) == 1


def test_request_close_names_the_meetings_that_are_still_ahead(client_of):
    consultant, worker = people.consultant(), people.worker(phone="5555 1234")
    case = request_at(Status.IN_PROGRESS, requester=worker, consultant=consultant)
    booked = actions.book_case_meeting(
        case,
        kind="discussion",
        starts_at=clock.now() + timedelta(days=2),
        ends_at=clock.now() + timedelta(days=2, hours=1),
        form="phone",
        people=[worker],
        by=consultant,
    )
    client = client_of(consultant)

    close = parsed(client.get(reverse("consultations:request-close", args=[case.pk])).content)
    detail = parsed(client.get(case.get_absolute_url()).content)

    assert [link["href"] for link in close.select("main .tp-alert--warn a")] == [
        booked.meeting.get_absolute_url()
    ]
    assert [link["href"] for link in detail.select("main a[href^='tel:']")] == ["tel:55551234"]
