"""A worker's own record: what stands in it, who sees it, and the two-year clock."""

import base64
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from jsonschema import Draft202012Validator

from common import clock
from common.refusal import Refused
from library.actions import add_learning, change_learning, remove_learning
from library.models import Competence, LearningEntry
from mentorship import actions as mentorship
from mentorship.workflow import PlanStatus
from outbox.models import Message
from people.actions import set_qualification
from people.models import LawReference, Post, User
from people.qualification import clock_of
from people.tasks import remind_of_qualification
from reports.actions import ask_record_file
from reports.models import RecordFile
from reports.record import as_json, record_of
from reports.record_pdf import record_pdf
from reports.tasks import make_record_file, make_record_files
from tests.factories import mentorship as plans
from tests.factories import people
from tests.factories import supervision as seasons


pytestmark = pytest.mark.django_db

CANARY = "õpirajalind"
TODAY = date(2026, 11, 23)
OWN_PAGES = [
    reverse(f"reports:{name}")
    for name in (
        "record",
        "record-json",
        "record-pdf",
        "record-file-ask",
        "who-sees",
        "qualification-set",
        "learning-add",
    )
]


@pytest.fixture
def worker() -> User:
    return people.worker("Elva vald", since=date(2025, 3, 1))


def learned(worker: User, **facts) -> LearningEntry:
    return add_learning(
        **{
            "kind": "training",
            "title": f"{CANARY} koolitus",
            "happened_on": TODAY,
            "hours": Decimal("1.5"),
            "words": f"{CANARY} sõnad",
            "competences": [Competence.objects.get(key="child-protection")],
            "by": worker,
        }
        | facts
    )


@pytest.fixture
def full(worker) -> User:
    """A worker with something of everything."""
    plan = plans.plan_at(PlanStatus.RUNNING, worker=worker)
    plans.held_meeting(plan)
    mentorship.move_topic(plan.topics.get(topic="star"), progress="done", by=worker)
    learned(worker)
    return worker


# --- what stands in it ----------------------------------------------------------------------


def test_record_gathers_mentorship_and_learning(full):
    record = record_of(full)

    [own] = record.mentorships
    assert (own.meetings, own.hours) == (1, Decimal(1))
    assert record.hours == {
        "mentorship": Decimal(1),
        "supervision": Decimal(0),
        "learning": Decimal("1.5"),
    }
    by_key = {each.competence.key: each for each in record.competences}
    assert by_key["child-protection"].entries == 1
    assert any(each.topics for each in record.competences)


def test_record_counts_only_meetings_that_the_worker_came_to():
    group = seasons.published_group(seasons.open_season())
    session = seasons.recorded(seasons.first_session(group))
    came = [row for row in session.attendances.all() if row.status == "attended"]
    record = record_of(came[0].user)

    assert [(each.kind, each.hours) for each in record.supervision] == [("group", came[0].hours)]
    for absent in session.attendances.filter(status="absent"):
        assert record_of(absent.user).supervision == []


def test_record_json_is_as_its_schema_says(client_of, full):
    path = Path(settings.BASE_DIR) / "docs/schemas/record.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    data = client_of(full).get("/record.json").json()

    Draft202012Validator(schema).validate(data)
    assert data["qualification_deadline"] == "2027-03-01"
    assert data["learning"][0]["title"] == f"{CANARY} koolitus"
    assert {"mentorship", "supervision", "learning", "competences"} <= set(data)


def test_record_costs_the_same_however_much_is_in_it(client_of, full):
    client, counts = client_of(full), []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/record/")
        counts.append(len(queries))
        for _n in range(29):
            learned(full)

    assert counts[0] == counts[1]
    assert counts[0] <= 15


# --- who sees it ----------------------------------------------------------------------------


def test_record_shows_ones_own_and_nobody_elses(client_of, full):
    other = people.worker("Elva vald")

    mine = client_of(full).get("/record/").content.decode()
    theirs = client_of(other).get("/record/").content.decode()

    assert f"{CANARY} koolitus" in mine
    assert CANARY not in theirs
    assert CANARY not in client_of(other).get("/record.json").content.decode()


@pytest.mark.parametrize("who", ["consultant", "coordinator", "manager", "administrator"])
def test_record_is_for_workers(client_of, full, who):
    client = client_of(getattr(people, who)())

    assert {client.get(page).status_code for page in OWN_PAGES} == {403}


def test_learning_of_somebody_else_is_not_there(client_of, full):
    entry, other = full.learning.get(), people.worker("Elva vald")
    for name in ("learning-change", "learning-remove"):
        page = reverse(f"reports:{name}", args=[entry.pk])
        assert client_of(other).get(page).status_code == 404
        assert client_of(other).post(page, {}).status_code == 404
    for deed in (
        lambda: change_learning(
            entry, kind="other", title="x", happened_on=TODAY, hours=Decimal(1), by=other
        ),
        lambda: remove_learning(entry, by=other),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert full.learning.get().title == f"{CANARY} koolitus"


def test_what_is_entered_stands_open_nowhere(full):
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, words FROM library_learningentry")
        assert CANARY not in str(cursor.fetchall())


# --- entering -------------------------------------------------------------------------------


TYPED = {
    "kind": "covision",
    "title": "Kovisioon kolleegidega",
    "happened_on": "20.11.2026",
    "hours": "1,75",
    "words": "",
}


def test_learning_is_added_changed_and_removed_on_its_pages(client_of, worker):
    client = client_of(worker)
    client.post(reverse("reports:learning-add"), TYPED | {"competences": ["network"]})
    entry = worker.learning.get()
    assert (entry.hours, entry.kind) == (Decimal("1.75"), "covision")
    assert [each.key for each in entry.competences.all()] == ["network"]

    client.post(reverse("reports:learning-change", args=[entry.pk]), TYPED | {"hours": "2"})
    assert worker.learning.get().hours == 2

    client.post(reverse("reports:learning-remove", args=[entry.pk]))
    assert not worker.learning.exists()


def test_learning_sent_twice_is_one(client_of, worker):
    data = TYPED | {"new_id": "8f3c1f52-0000-4000-8000-000000000009"}
    for _click in range(2):
        client_of(worker).post(reverse("reports:learning-add"), data)

    assert worker.learning.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", "0"),
        ("hours", "1,3"),
        ("hours", "palju"),
        ("hours", "201"),
        ("happened_on", "24.11.2026"),
        ("happened_on", "kevadel"),
        ("title", ""),
        ("title", "x" * 201),
        ("kind", "muu"),
    ],
)
def test_learning_bad_input(client_of, worker, field, value):
    response = client_of(worker).post(reverse("reports:learning-add"), TYPED | {field: value})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value
    assert not worker.learning.exists()


# --- the file -------------------------------------------------------------------------------


def test_record_file_is_made_by_the_worker_process_and_fetched(client_of, full):
    client = client_of(full)
    assert client.get("/record.pdf")["Location"] == reverse("reports:record-file-ask")

    client.post(reverse("reports:record-file-ask"))
    assert client.get("/record.pdf").status_code == 302
    assert make_record_files() == 1
    response = client.get("/record.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert "attachment" in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    assert make_record_files() == 0


def test_record_file_of_somebody_else_is_not_served(client_of, full):
    make_record_file(ask_record_file(by=full).pk)
    other = people.worker("Elva vald")

    assert client_of(other).get("/record.pdf").status_code == 302


def test_record_file_is_dropped_after_a_day(full):
    make_record_file(ask_record_file(by=full).pk)
    with clock.at(clock.now() + timedelta(hours=25)):
        make_record_files()

    assert not RecordFile.objects.exists()


def test_record_file_is_encrypted_at_rest(full):
    file = ask_record_file(by=full)
    make_record_file(file.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM reports_recordfile")
        [kept] = cursor.fetchone()

    file.refresh_from_db()
    assert file.content not in kept
    assert base64.b64decode(file.content).startswith(b"%PDF-")


def test_record_pdf_is_tagged_and_says_its_language_and_title(full):
    pdf = record_pdf(record_of(full))

    assert b"/MarkInfo" in pdf
    assert re.search(rb"/Marked\s+true", pdf)
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang\s*\(et", pdf)
    assert b"pdfuaid:part" in pdf


@pytest.mark.parametrize("title", ["#let x = 1", '"] #panic()', "*tärn* _kriips_ $x$ \\"])
def test_record_pdf_takes_words_for_words(worker, title):
    learned(worker, title=title)

    assert record_pdf(record_of(worker)).startswith(b"%PDF-")


# --- the two-year clock ---------------------------------------------------------------------


def test_deadline_is_two_years_from_the_first_appointment(worker):
    worker.posts.update(ends_on=date(2026, 1, 31))
    Post.objects.create(
        user=worker,
        municipality=people.municipality("Võru linn"),
        kind="worker",
        starts_on=date(2026, 2, 1),
    )

    # Another municipality does not begin it anew.
    assert clock_of(worker).due_on == date(2027, 3, 1)


def test_deadline_counts_from_an_earlier_day_that_the_worker_entered(worker):
    set_qualification(first_appointed_on=date(2024, 2, 29), obtained_on=None, by=worker)

    assert clock_of(worker).due_on == date(2026, 2, 28)


def test_deadline_follows_the_law_that_administrators_keep(worker):
    LawReference.objects.filter(key="qualification").update(years=3)

    assert clock_of(worker).due_on == date(2028, 3, 1)


def test_clock_stops_with_the_qualification(worker):
    set_qualification(first_appointed_on=None, obtained_on=date(2026, 6, 1), by=worker)

    assert clock_of(worker).is_running is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_appointed_on", "24.11.2026"),
        ("first_appointed_on", "2.03.2025"),
        ("obtained_on", "1.01.2027"),
        ("obtained_on", "varsti"),
    ],
)
def test_qualification_bad_input(client_of, worker, field, value):
    response = client_of(worker).post(reverse("reports:qualification-set"), {field: value})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value


def test_qualification_is_for_workers():
    with pytest.raises(PermissionDenied):
        set_qualification(first_appointed_on=None, obtained_on=None, by=people.consultant())


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), 12),
        (date(2026, 9, 1), 6),
        (date(2026, 12, 1), 3),
        (date(2027, 3, 2), None),
    ],
)
def test_worker_alone_is_reminded_gently(worker, day, months):
    with clock.at(clock.tallinn(day) + timedelta(hours=9)):
        assert [remind_of_qualification(), remind_of_qualification()] == [1 if months else 0, 0]

    mails = Message.objects.filter(kind="people.qualification_due")
    assert [mail.recipient for mail in mails] == ([worker] if months else [])
    if months:
        assert mails.get().once_key.endswith(f":{months}")


def test_nobody_with_the_qualification_is_reminded(worker):
    set_qualification(first_appointed_on=None, obtained_on=date(2026, 6, 1), by=worker)

    assert remind_of_qualification() == 0


def test_future_days_are_refused_in_the_action_too(worker):
    with pytest.raises(Refused):
        set_qualification(first_appointed_on=None, obtained_on=TODAY + timedelta(days=1), by=worker)


def test_json_says_the_same_as_the_page(full):
    assert as_json(record_of(full))["hours"] == {
        "mentorship": 1.0,
        "supervision": 0.0,
        "learning": 1.5,
    }
