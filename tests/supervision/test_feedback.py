"""Feedback cannot be led back to its giver: not by a column, a key, an order or the journal."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.urls import reverse

from common import clock
from journal.models import Entry
from supervision import actions
from supervision.feedback import feedback_by_group
from supervision.models import FeedbackMark, SessionFeedback
from tests.factories import people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db


def answered(number: int, *, members: int = 6):
    group = make.published_group(make.open_season(), members=members)
    session = make.recorded(make.first_session(group))
    with clock.at(make.during(session)):
        for n, user in enumerate(make.members_of(group)[:number]):
            actions.give_feedback(session, useful=5, safe=1, words=f"sinilill{n}", by=user)
    return group, session


def test_feedback_has_no_column_of_person_or_time():
    columns = {field.name for field in SessionFeedback._meta.get_fields()}
    marks = {field.name for field in FeedbackMark._meta.get_fields()}

    assert columns == {"id", "session", "useful", "safe", "words"}
    assert marks == {"id", "session", "user"}


def test_feedback_stands_nowhere_beside_its_giver():
    group, _session = answered(6)
    members = {str(user.pk) for user in make.members_of(group)}
    rows = [
        [str(getattr(row, field.attname)) for field in SessionFeedback._meta.fields]
        for row in SessionFeedback.objects.all()
    ]
    entries = Entry.objects.filter(kind="supervision.feedback_given")

    assert [value for row in rows for value in row if value in members] == []
    assert [entry.actor for entry in entries] == [None] * 6
    assert [
        member
        for entry in entries
        for member in members
        if member in json.dumps(entry.details) or member == str(entry.subject_id)
    ] == []


def test_feedback_lies_in_the_file_in_another_order_than_it_was_given():
    """The physical order of the rows, by which SQLite could pair them with the marks."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL promises no order at all")
    _group, session = answered(6)
    member = people.worker()
    given = [f"sinilill{n}" for n in range(6)]
    orders = set()
    for _attempt in range(4):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM supervision_sessionfeedback ORDER BY rowid")
            keys = [UUID(key) for (key,) in cursor.fetchall()]
        words = {row.pk: row.words for row in session.feedback.all()}
        orders.add(tuple(words[key] for key in keys if words[key] in given))
        FeedbackMark.objects.filter(session=session, user=member).delete()
        session.attendances.update_or_create(
            user=member,
            defaults={"status": "attended", "municipality": people.municipality()},
        )
        actions.give_feedback(session, useful=3, safe=3, by=member)

    # Four draws of 720 orders: that all are alike is no chance.
    assert len(orders) > 1


def test_feedback_keys_are_drawn_anew_each_time():
    group, session = answered(2)
    before = set(session.feedback.values_list("pk", flat=True))

    with clock.at(make.during(session)):
        actions.give_feedback(session, useful=3, safe=3, by=make.members_of(group)[3])

    assert before & set(session.feedback.values_list("pk", flat=True)) == set()
    assert session.feedback_marks.count() == 3


@pytest.mark.parametrize(("answers", "shown"), [(4, 0), (5, 5)])
def test_feedback_of_fewer_than_five_is_not_shown(client_of, answers, shown):
    group, session = answered(answers)
    season = session.group.season

    summed = feedback_by_group(season)[0]
    page = client_of(people.coordinator()).get(
        reverse("supervision:season-feedback", args=[season.pk])
    )

    assert (summed.answers, len(summed.words)) == (shown, shown)
    assert ("sinilill" in page.content.decode()) == bool(shown)


def test_feedback_limit_holds_for_each_meeting():
    """Three answers to each of two meetings are six answers of three people."""
    group = make.published_group(make.open_season(), members=6)
    for session in group.sessions.select_related("meeting", "group")[:2]:
        make.recorded(session)
        with clock.at(make.during(session)):
            for user in make.members_of(group)[:3]:
                actions.give_feedback(session, useful=5, safe=5, by=user)

    assert feedback_by_group(group.season)[0].answers == 0


@pytest.mark.parametrize("role", ["worker", "manager", "consultant", "supervisor"])
def test_feedback_is_the_coordinators_alone(client_of, role):
    group, session = answered(5)
    user = group.supervisor if role == "supervisor" else getattr(people, role)()

    page = client_of(user).get(
        reverse("supervision:season-feedback", args=[session.group.season_id])
    )

    assert page.status_code == 403
    assert "sinilill" not in page.content.decode()
