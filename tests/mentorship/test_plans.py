"""The plan, its meetings, tasks and end: transitions, two writers, bad input, queries."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusal import Refused
from home.waiting import everything_waiting
from journal.models import Entry
from mentorship import actions
from mentorship.models import Feedback, FeedbackMark, Plan, PrivateNote
from mentorship.versions import Stale
from mentorship.waiting import waiting_for
from mentorship.workflow import PLAN, PlanStatus
from outbox.models import Message
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

DEEDS = {
    (PlanStatus.DRAFT, PlanStatus.AGREEING): lambda p: actions.propose_plan(p, by=p.worker),
    (PlanStatus.AGREEING, PlanStatus.RUNNING): lambda p: actions.agree_plan(p, by=p.worker),
    (PlanStatus.AGREEING, PlanStatus.DRAFT): lambda p: write(p),
    (PlanStatus.RUNNING, PlanStatus.CLOSING): lambda p: actions.write_summary(
        p, summary="x", by=p.worker
    ),
    (PlanStatus.DRAFT, PlanStatus.ENDED): lambda p: ended_early(p),
    (PlanStatus.AGREEING, PlanStatus.ENDED): lambda p: ended_early(p),
    (PlanStatus.RUNNING, PlanStatus.ENDED): lambda p: ended_early(p),
    (PlanStatus.PAUSED, PlanStatus.ENDED): lambda p: ended_early(p),
    (PlanStatus.RUNNING, PlanStatus.PAUSED): lambda p: actions.pause_plan(
        p, reason="leave", by=p.worker
    ),
    (PlanStatus.PAUSED, PlanStatus.RUNNING): lambda p: actions.resume_plan(p, by=p.worker),
    (PlanStatus.CLOSING, PlanStatus.ENDED): lambda p: actions.agree_summary(p, by=p.worker),
    (PlanStatus.CLOSING, PlanStatus.RUNNING): lambda p: actions.stop_closing(p, by=p.worker),
}
"""The deed that makes each transition."""


def write(plan: Plan, **changes) -> Plan:
    return actions.write_plan(
        plan,
        **{
            "topics": [actions.Choice(topic="star", goal="uus")],
            "rhythm": "weekly",
            "meeting_form": "video",
            "intended_end_on": clock.today() + timedelta(days=30),
            "by": plan.worker,
        }
        | changes,
    )


def ended_early(plan: Plan) -> Plan:
    return actions.end_plan(plan, reason="leaves", by=plan.worker)


def kinds(*subjects) -> list[str]:
    return [entry.kind for entry in Entry.objects.about(*subjects)]


def test_every_transition_has_its_deed():
    table = {(before, after) for before, afters in PLAN.transitions.items() for after in afters}

    assert set(DEEDS) == table


@pytest.mark.parametrize("before", PlanStatus)
def test_plan_transitions(before):
    plan = made.plan_at(before)
    for (start, after), deed in DEEDS.items():
        entries, mails = Entry.objects.count(), Message.objects.count()
        point = transaction.savepoint()
        try:
            moved = deed(plan)
        except Refused:
            # Rewriting a draft is no transition; it stays what it was.
            assert start != before
            assert Entry.objects.count() == entries
        else:
            if start == before:
                assert moved.status == after
                silent = after == PlanStatus.DRAFT
                assert Message.objects.count() == mails + (0 if silent else 1)
            else:
                same = (PlanStatus.DRAFT, PlanStatus.CLOSING)
                assert PLAN.allows(before, moved.status) or before == moved.status in same
            assert Entry.objects.count() == entries + 1
        transaction.savepoint_rollback(point)


def test_who_changes_a_proposed_plan_takes_both_marks_away():
    plan = made.plan_at(PlanStatus.AGREEING)
    assert plan.mentor_agreed_at

    plan = write(plan)

    assert (plan.status, plan.worker_agreed_at, plan.mentor_agreed_at) == ("draft", None, None)
    assert [(row.topic_id, row.goal) for row in plan.topics.all()] == [("star", "uus")]


def test_nobody_agrees_for_both_sides():
    plan = made.plan_at(PlanStatus.AGREEING)

    with pytest.raises(Refused):
        actions.agree_plan(plan, by=plan.mentor)


def test_an_empty_plan_is_not_proposed():
    plan = actions.take_request(made.submitted_request(), by=people.consultant())

    with pytest.raises(Refused):
        actions.propose_plan(plan, by=plan.mentor)


def form_of(plan: Plan, **changes) -> dict:
    return {
        "version": plan.version,
        "rhythm": "monthly",
        "meeting_form": "video",
        "meeting_minutes": "60",
        "intended_end_on": "1.06.2027",
        "chosen_star": "on",
        "order_star": "2",
        "goal_star": "minu eesmärk",
        "chosen_prevention": "on",
        "order_prevention": "1",
        "goal_prevention": "",
    } | changes


def test_plan_write_orders_the_topics(client_of):
    plan = made.plan_at(PlanStatus.DRAFT)

    client_of(plan.worker).post(reverse("mentorship:plan-write", args=[plan.pk]), form_of(plan))

    rows = [(row.topic_id, row.goal) for row in plan.topics.all()]
    assert rows == [("prevention", ""), ("star", "minu eesmärk")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intended_end_on", "23.11.2026"),
        ("intended_end_on", "1.1.2020"),
        ("intended_end_on", "kevadel"),
        ("order_star", "esimene"),
        ("goal_star", "x" * 10_001),
        ("rhythm", "hourly"),
    ],
)
def test_plan_write_bad_input(client_of, field, value):
    plan = made.plan_at(PlanStatus.DRAFT)

    response = client_of(plan.worker).post(
        reverse("mentorship:plan-write", args=[plan.pk]), form_of(plan, **{field: value})
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value
    assert plan.topics.count() == 3


def test_plan_write_on_a_stale_page_keeps_the_text_and_shows_the_other(client_of):
    plan = made.plan_at(PlanStatus.DRAFT)
    opened = form_of(plan)
    write(plan, by=plan.mentor, topics=[actions.Choice(topic="roles", goal="mentori sõnad")])
    client, address = client_of(plan.worker), reverse("mentorship:plan-write", args=[plan.pk])

    refused = client.post(address, opened)

    assert refused.status_code == 422
    page = refused.content.decode()
    assert "minu eesmärk" in page
    assert "mentori sõnad" in page
    assert plan.topics.get().goal == "mentori sõnad"
    # Having seen both, the second try is a decision.
    again = client.post(address, opened | {"version": refused.context["form"]["version"].value()})
    assert again.status_code == 302
    assert plan.topics.count() == 2


@pytest.mark.parametrize("name", ["plan-agree", "summary-agree"])
def test_agreeing_on_a_stale_page_is_refused_until_it_is_read(client_of, name):
    status = PlanStatus.AGREEING if name == "plan-agree" else PlanStatus.CLOSING
    plan = made.plan_at(status)
    client, address = client_of(plan.worker), reverse(f"mentorship:{name}", args=[plan.pk])

    for _try in range(2):
        response = client.post(address, {"version": plan.version - 1})
        assert response.status_code == 422

    plan.refresh_from_db()
    assert plan.status == status


# --- meetings -------------------------------------------------------------------------------

BOOKING = {
    "day": "1.12.2026",
    "begins": "10.00",
    "ends": "11.00",
    "form": "on_site",
    "place": "Elva, Kesk 32",
}


def test_meeting_book_tells_the_other_and_doubles_make_one(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    Message.objects.all().delete()
    data = BOOKING | {"new_id": "8f3c1f52-0000-4000-8000-000000000002"}
    address = reverse("mentorship:meeting-book", args=[plan.pk])

    for _click in range(2):
        assert client_of(plan.worker).post(address, data).status_code == 302

    meeting = plan.meetings.get().meeting
    assert meeting.service == "mentorship"
    assert {invitee.user for invitee in meeting.invitees.all()} == {plan.worker, plan.mentor}
    mail = Message.objects.get()
    assert (mail.kind, mail.recipient) == ("meetings.meeting_invitation", plan.mentor)
    assert kinds(plan).count("mentorship.meeting_booked") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "20.11.2026"),
        ("ends", "9.00"),
        ("begins", "kümme"),
        ("place", "x" * 201),
        ("place", ""),
    ],
)
def test_meeting_book_bad_input(client_of, field, value):
    plan = made.plan_at(PlanStatus.RUNNING)

    response = client_of(plan.worker).post(
        reverse("mentorship:meeting-book", args=[plan.pk]), BOOKING | {field: value}
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"][field].value() == value
    assert plan.meetings.count() == 0


def record_form(plan: Plan, **changes) -> dict:
    progress = {f"progress_{row.pk}": row.progress for row in plan.topics.all()}
    return {"version": 0, "outcome": "held", "shared_notes": "minu märkmed"} | progress | changes


def test_meeting_record_moves_topics_with_one_entry(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting, topic = made.begun_meeting(plan), plan.topics.first()
    before = Entry.objects.count()

    client_of(plan.worker).post(
        reverse("mentorship:meeting-record", args=[meeting.pk]),
        record_form(plan, **{f"progress_{topic.pk}": "done"}),
    )

    meeting.refresh_from_db()
    topic.refresh_from_db()
    assert (meeting.outcome, meeting.shared_notes) == ("held", "minu märkmed")
    assert (topic.progress, topic.done_by) == ("done", plan.worker)
    assert Entry.objects.count() == before + 1


def test_meeting_record_on_a_stale_page_shows_both_texts(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.held_meeting(plan)

    response = client_of(plan.worker).post(
        reverse("mentorship:meeting-record", args=[meeting.pk]), record_form(plan)
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "minu märkmed" in page
    assert made.NOTES in page
    meeting.refresh_from_db()
    assert meeting.shared_notes == made.NOTES


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("not_held_reason", {"outcome": "not_held"}),
        ("outcome", {"outcome": ""}),
        ("shared_notes", {"shared_notes": "x" * 10_001}),
    ],
)
def test_meeting_record_bad_input(client_of, field, changes):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.begun_meeting(plan)

    response = client_of(plan.worker).post(
        reverse("mentorship:meeting-record", args=[meeting.pk]), record_form(plan, **changes)
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    notes = changes.get("shared_notes", "minu märkmed")
    assert response.context["form"]["shared_notes"].value() == notes
    meeting.refresh_from_db()
    assert meeting.outcome == ""


def test_meeting_record_before_it_begins_is_refused():
    plan = made.plan_at(PlanStatus.RUNNING)

    with pytest.raises(Refused):
        actions.record_meeting(made.booked_meeting(plan), outcome="held", by=plan.mentor)


def test_note_keep_on_a_stale_page_is_refused():
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.begun_meeting(plan)
    actions.keep_note(meeting, text="esimene", version=0, by=plan.worker)

    with pytest.raises(Stale):
        actions.keep_note(meeting, text="teine", version=0, by=plan.worker)

    assert PrivateNote.objects.get().text == "esimene"


def test_note_keep_gives_each_side_its_own(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.held_meeting(plan)

    client_of(plan.worker).post(
        reverse("mentorship:note-keep", args=[meeting.pk]), {"text": "oma", "version": 0}
    )

    notes = {note.author: note.text for note in PrivateNote.objects.all()}
    assert notes == {plan.mentor: made.PRIVATE, plan.worker: "oma"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("due_on", "1.11.2026"), ("text", ""), ("text", "x" * 501), ("owner", "manager")],
)
def test_task_add_bad_input(client_of, field, value):
    plan = made.plan_at(PlanStatus.RUNNING)
    data = {"text": "tee ära", "owner": "worker", "due_on": "1.12.2026"} | {field: value}

    response = client_of(plan.worker).post(reverse("mentorship:task-add", args=[plan.pk]), data)

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {field}
    assert {name: form[name].value() for name in data} == data
    assert plan.tasks.count() == 0


def test_task_done_twice_is_one_deed(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    task = actions.add_task(plan, text="tee ära", owner="worker", by=plan.mentor)
    client = client_of(plan.worker)

    for _click in range(2):
        client.post(reverse("mentorship:task-done", args=[task.pk]))

    task.refresh_from_db()
    assert task.done_by == plan.worker
    assert kinds(plan).count("mentorship.task_done") == 1


# --- the end --------------------------------------------------------------------------------


def test_feedback_give_joins_nothing_to_the_person(client_of):
    plan = made.plan_at(PlanStatus.ENDED)
    address = reverse("mentorship:feedback-give", args=[plan.pk])
    data = {"helped": "4", "words": "aitas palju"}

    client_of(plan.worker).post(address, data)
    second = client_of(plan.worker).post(address, data)

    assert second.status_code == 422
    feedback = Feedback.objects.get()
    assert (feedback.year, feedback.side, feedback.helped) == (2026, "worker", 4)
    assert not [field for field in Feedback._meta.get_fields() if field.is_relation]
    assert FeedbackMark.objects.get().side == "worker"
    entry = Entry.objects.get(kind="mentorship.feedback_given")
    assert (entry.actor, entry.details) == (None, {})
    # Its subject is no row: neither the plan nor the answer.
    assert entry.subject_id not in {plan.pk, feedback.pk, FeedbackMark.objects.get().pk}
    assert "mentorship.feedback_given" not in kinds(plan)


def test_feedback_give_writes_all_anew_so_that_nothing_pairs_the_rows(monkeypatch):
    monkeypatch.setattr("mentorship.actions.closing.shuffled", lambda rows: rows[::-1])
    plan = made.plan_at(PlanStatus.ENDED)
    actions.give_feedback(plan, helped=1, words="esimene", by=plan.worker)
    keys = {*Feedback.objects.values_list("pk"), *FeedbackMark.objects.values_list("pk")}

    actions.give_feedback(plan, helped=2, words="teine", by=plan.mentor)

    def lying(table: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT side FROM {table}")
            return [side for (side,) in cursor.fetchall()]

    # As the rows lie in the file, the last one first: the order given by the shuffling.
    assert lying("mentorship_feedback") == lying("mentorship_feedbackmark") == ["mentor", "worker"]
    now = {*Feedback.objects.values_list("pk"), *FeedbackMark.objects.values_list("pk")}
    assert (len(now), keys & now) == (4, set())
    said = {(row.side, row.helped, row.words) for row in Feedback.objects.all()}
    assert said == {("worker", 1, "esimene"), ("mentor", 2, "teine")}


@pytest.mark.parametrize(("answers", "shown"), [(4, False), (5, True)])
def test_feedback_sum_shows_a_year_from_five_answers_on(client_of, answers, shown):
    for _n in range(answers):
        Feedback.objects.create(year=2025, side="worker", helped=4, words="sõnalind")
    Feedback.objects.create(year=2025, side="mentor", helped=1, words="mentorilind")
    client = client_of(people.coordinator())

    page = client.get(reverse("mentorship:feedback-sum")).content.decode()

    assert ("sõnalind" in page, "4,0" in page) == (shown, shown)
    assert "mentorilind" not in page
    overview = client.get(reverse("mentorship:overview")).content.decode()
    assert reverse("mentorship:feedback-sum") in overview


def test_feedback_sum_of_a_running_year_is_not_told(client_of):
    for _n in range(5):
        Feedback.objects.create(year=clock.today().year, side="worker", helped=4, words="sõnalind")
    client, address = client_of(people.coordinator()), reverse("mentorship:feedback-sum")

    assert "sõnalind" not in client.get(address).content.decode()
    with clock.at(clock.now() + timedelta(days=366)):
        later = client_of(people.coordinator())
        assert "sõnalind" in later.get(address).content.decode()


def test_feedback_sum_is_for_the_coordinator(client_of):
    makers = (people.worker, people.manager, people.consultant, people.administrator)
    address = reverse("mentorship:feedback-sum")

    assert [client_of(make()).get(address).status_code for make in makers] == [403] * 4


def test_feedback_give_before_the_end_is_refused():
    plan = made.plan_at(PlanStatus.RUNNING)

    with pytest.raises(Refused):
        actions.give_feedback(plan, helped=5, words="", by=plan.worker)

    assert FeedbackMark.objects.count() == 0


def test_feedback_is_not_asked_of_a_mentorship_that_never_ran(client_of):
    plan = made.plan_at(PlanStatus.DRAFT)
    plan = actions.end_plan(plan, reason="leaves", by=plan.worker)
    address = reverse("mentorship:feedback-give", args=[plan.pk])

    for person in (plan.worker, plan.mentor):
        waiting = [item.url for item in everything_waiting(person, clock.today())]
        assert address not in waiting
        for page in (plan.get_absolute_url(), reverse("mentorship:overview")):
            assert "Tagasiside" not in client_of(person).get(page).content.decode()
        with pytest.raises(Refused):
            actions.give_feedback(plan, helped=5, words="", by=person)


def test_summary_write_without_words(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)

    response = client_of(plan.worker).post(
        reverse("mentorship:summary-write", args=[plan.pk]),
        {"summary": "  ", "what_next": "edasi", "version": plan.version}
        | {f"reached_{row.pk}": "yes" for row in plan.topics.all()[1:]},
    )

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"summary", f"reached_{plan.topics.first().pk}"}
    assert form["what_next"].value() == "edasi"
    plan.refresh_from_db()
    assert plan.status == "running"


def test_nothing_of_it_stands_open_in_database_journal_or_mails():
    plan = made.plan_at(PlanStatus.ENDED)
    with clock.at(plan.taken_at):
        running = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(running)
    tables = [name for name in connection.introspection.table_names() if "people" not in name]

    stored = ""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += str(cursor.fetchall())

    assert [word for word in made.CANARIES if word in stored] == []
    mails = [f"{mail.subject} {mail.body}" for mail in Message.objects.all()]
    assert mails
    assert [word for word in made.CANARIES if word in " ".join(mails)] == []
    assert plan.summary == made.SUMMARY


# --- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan-detail", "plan-write", "summary-write"])
def test_opening_the_text_is_journalled_once(client_of, name):
    plan = made.plan_at(PlanStatus.RUNNING)
    before = Entry.objects.count()

    client_of(plan.worker).get(reverse(f"mentorship:{name}", args=[plan.pk]))

    assert Entry.objects.count() == before + 1
    assert kinds(plan)[0] == "mentorship.plan_opened"


@pytest.mark.parametrize("name", ["plan-write", "meeting-record", "summary-write"])
def test_a_refused_form_opens_the_text_and_is_journalled(client_of, name):
    plan = made.plan_at(PlanStatus.CLOSING)
    row = made.held_meeting(plan) if name == "meeting-record" else plan
    before = kinds(plan).count("mentorship.plan_opened")

    answer = client_of(plan.worker).post(reverse(f"mentorship:{name}", args=[row.pk]), {})

    assert answer.status_code == 422
    assert kinds(plan).count("mentorship.plan_opened") == before + 1


def test_what_was_planned_last_time_stands_beside_the_new_notes(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    made.held_meeting(plan, days_ago=10)
    meeting = made.begun_meeting(plan)

    page = client_of(plan.worker).get(reverse("mentorship:meeting-record", args=[meeting.pk]))

    assert made.NEXT in page.content.decode()


def queries_of(client, address: str) -> int:
    client.get(address)
    with connection.execute_wrapper(counter := Counter()):
        client.get(address)
    return counter.number


class Counter:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


@pytest.mark.parametrize("role", ["consultant", "coordinator", "manager"])
def test_overview_costs_the_same_for_one_and_for_many(client_of, role):
    mentor = people.consultant()
    user = mentor if role == "consultant" else getattr(people, role)()
    made.submitted_request()
    made.held_meeting(made.plan_at(PlanStatus.RUNNING, mentor=mentor))
    client, address = client_of(user), reverse("mentorship:overview")
    one = queries_of(client, address)

    for _n in range(8):
        made.submitted_request()
        made.plan_at(PlanStatus.AGREEING, mentor=mentor)

    assert queries_of(client, address) == one
    assert one <= 15


@pytest.mark.parametrize("side", ["worker", "mentor"])
def test_pages_of_a_plan_stay_within_the_budget(client_of, side):
    plan = made.plan_at(PlanStatus.RUNNING)
    meeting = made.held_meeting(plan)
    made.booked_meeting(plan)
    client = client_of(getattr(plan, side))
    addresses = [
        plan.get_absolute_url(),
        meeting.get_absolute_url(),
        reverse("mentorship:plan-write", args=[plan.pk]),
        reverse("mentorship:meeting-record", args=[meeting.pk]),
        reverse("mentorship:overview"),
    ]

    assert [address for address in addresses if queries_of(client, address) > 15] == []


# --- waiting --------------------------------------------------------------------------------


def verbs(user) -> list[str]:
    return sorted(str(item.verb) for item in waiting_for(user, clock.today()))


def test_waiting_follows_the_story(django_assert_max_num_queries):
    worker, mentor, coordinator = people.worker(), people.consultant(), people.coordinator()
    wish = made.suggested_request(worker=worker)
    assert (verbs(worker), verbs(mentor)) == (["Kinnita mentorisoov"], [])
    actions.confirm_request(wish, wishes=made.WISHES, ratings=made.ratings(), by=worker)
    assert (verbs(worker), verbs(mentor)) == ([], ["Võta mentorisoov endale"])
    assert verbs(coordinator) == []
    with clock.at(clock.now() + timedelta(days=9)):
        assert verbs(coordinator) == ["Määra mentor"]
    plan = actions.take_request(wish, by=mentor)
    assert verbs(mentor) == ["Kirjuta mentorlusplaan", "Lepi kokku esimene kohtumine"]
    made.begun_meeting(plan)
    assert verbs(mentor) == ["Kirjuta mentorlusplaan", "Pane mentorkohtumine kirja"]
    plan = actions.propose_plan(write(plan, by=mentor), by=mentor)
    assert verbs(worker) == ["Nõustu mentorlusplaaniga"]
    plan = actions.agree_plan(plan, by=worker)
    actions.add_task(plan, text=made.TASK, owner="worker", due_on=clock.today(), by=mentor)
    assert verbs(worker) == ["Tee kokku lepitud ülesanne"]
    plan = actions.write_summary(plan, summary="x", by=mentor)
    assert verbs(worker) == ["Nõustu lõpukokkuvõttega", "Tee kokku lepitud ülesanne"]
    actions.agree_summary(plan, by=worker)
    assert verbs(worker) == ["Anna mentorlusele tagasisidet", "Hinda teemasid uuesti"]
    assert verbs(mentor) == ["Anna mentorlusele tagasisidet"]
    # The third query is the standing, which every page works out once.
    with django_assert_max_num_queries(3):
        items = waiting_for(mentor, clock.today())
    assert [item.about for item in items] == [f"{worker.name}, Elva vald"]


def test_waiting_reads_no_narrative():
    plan = made.plan_at(PlanStatus.CLOSING)
    made.submitted_request()

    with CaptureQueriesContext(connection) as queries:
        found = len(
            waiting_for(plan.worker, clock.today()) + waiting_for(plan.mentor, clock.today())
        )

    asked = " ".join(query["sql"] for query in queries)
    assert found
    assert [word for word in ('"summary"', '"wishes"') if word in asked] == []


def test_waiting_costs_nothing_for_those_without_a_part(django_assert_num_queries):
    supervisor = people.supervisor()

    # The one query is the standing.
    with django_assert_num_queries(1):
        assert waiting_for(supervisor, clock.today()) == []
