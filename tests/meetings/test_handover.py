"""Handing over what somebody who leaves has before them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusal import Refused
from consultations.actions import book_case_meeting
from consultations.workflow import Status
from home.waiting import everything_waiting
from journal.models import Entry
from meetings.actions import answer_invitation, hand_over_meetings, leave_meeting
from meetings.actions.handover import NeedsLook
from meetings.emails import meeting_invitations
from meetings.forms.handover import HandoverForm
from meetings.handover import going_over, mark_of, not_free_for
from meetings.models import Meeting
from meetings.waiting import handovers_waiting
from mentorship import actions as mentorship
from mentorship.models import Plan, PrivateNote
from mentorship.workflow import PlanStatus
from outbox.models import Message
from people.actions import add_absence, end_role
from people.models import StaffRole, User
from people.standing import remember_standing
from supervision.actions import place_member
from supervision.workflow import NetworkStatus
from tests.factories import consultations as cases
from tests.factories import meetings, people
from tests.factories import mentorship as plans
from tests.factories import supervision as seasons
from tests.meetings.test_calendar_messages import by_icalendar, messages_to


pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
TEN = meetings.TOMORROW_AT_TEN


def handed(person: User, to: User, *, from_day: date = TODAY, **marks: str):
    return hand_over_meetings(person, to=to, from_day=from_day, by=people.coordinator(), **marks)


def coming(person: User) -> int:
    return Meeting.objects.upcoming().visible_to(person).count()


def kinds_to(person: User) -> list[str]:
    return sorted(Message.objects.filter(recipient=person).values_list("kind", flat=True))


def case_of(consultant: User, starts_at=TEN):
    case = cases.request_at(Status.IN_PROGRESS, consultant=consultant)
    booked = book_case_meeting(
        case,
        kind="discussion",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        form="phone",
        people=[case.requester],
        by=consultant,
    )
    return case, booked.meeting


# --- the stories ----------------------------------------------------------------------------


def test_hand_over_meetings_gives_the_mentorship_to_another_mentor():
    leaver, to = people.consultant(), people.consultant("Rae vald")
    plan = plans.plan_at(PlanStatus.RUNNING, mentor=leaver)
    held = plans.held_meeting(plan)
    later = TEN + timedelta(days=1)
    own, asked = plans.booked_meeting(plan), plans.booked_meeting(plan, later, by=plan.worker)
    Message.objects.all().delete()

    done = handed(leaver, to)

    plan = Plan.objects.get(pk=plan.pk)
    assert (done.number, done.kept) == (2, [])
    assert plan.mentor == to
    assert Meeting.objects.get(pk=own.meeting_id).organiser == to
    assert Meeting.objects.get(pk=asked.meeting_id).organiser == plan.worker
    assert (coming(leaver), coming(to), coming(plan.worker)) == (0, 2, 2)
    assert Plan.objects.readable_by(to).get() == plan
    assert not Plan.objects.readable_by(leaver).exists()
    assert PrivateNote.objects.get(meeting=held).author == leaver
    for person in (leaver, to, plan.worker):
        assert kinds_to(person).count("mentorship.plan_reassigned") == 1


def test_hand_over_meetings_gives_the_case_to_another_consultant():
    leaver, to = people.consultant(), people.consultant()
    case, meeting = case_of(leaver)

    handed(leaver, to)

    case.refresh_from_db()
    meeting.refresh_from_db()
    assert case.consultant == to
    assert meeting.organiser == to
    assert set(meeting.invitees.values_list("user", flat=True)) == {to.pk, case.requester_id}


def test_hand_over_meetings_gives_the_group_to_another_supervisor():
    leaver, to = people.supervisor(), people.supervisor()
    group = seasons.published_group(seasons.open_season(), supervisor=leaver)
    [member] = seasons.members_of(group)

    done = handed(leaver, to)

    group.refresh_from_db()
    assert done.number == 3
    assert group.supervisor == to
    assert (coming(leaver), coming(to), coming(member)) == (0, 3, 3)
    assert {meeting.organiser for meeting in Meeting.objects.all()} == {to}


def test_hand_over_meetings_gives_the_network_supervision_to_another_supervisor():
    network = seasons.dated_network()
    leaver, to = network.supervisor, people.supervisor()

    handed(leaver, to)

    network.refresh_from_db()
    assert (network.supervisor, network.status) == (to, NetworkStatus.DATED)
    assert network.meeting.organiser == to
    assert (coming(leaver), coming(to), coming(network.requester)) == (0, 1, 1)
    for person in (leaver, to, network.requester):
        assert kinds_to(person).count("supervision.network_reassigned") == 1
    [told] = Message.objects.filter(kind="supervision.network_reassigned", recipient=leaver)
    assert str(network.pk) not in told.body


def test_hand_over_meetings_takes_somebody_who_was_only_asked_off_the_list():
    leaver, to, organiser = people.worker(), people.worker(), people.consultant()
    meeting = meetings.meeting(leaver, organiser=organiser)
    Message.objects.all().delete()

    done = handed(leaver, to)

    assert done.number == 1
    assert (coming(leaver), coming(to), coming(organiser)) == (0, 0, 1)
    assert meeting.invitees.get().user == organiser
    assert kinds_to(organiser) == ["meetings.meeting_left"]
    assert kinds_to(leaver) == ["meetings.meeting_uninvited"]


def test_leave_meeting_is_not_for_its_organiser():
    meeting = meetings.meeting()

    with pytest.raises(Refused):
        leave_meeting(meeting, meeting.organiser, by=people.coordinator())

    assert meeting.invitees.get().user == meeting.organiser


@pytest.mark.parametrize("whose", ["mentorship", "seat", "network"])
def test_hand_over_meetings_leaves_what_is_a_workers_own(whose):
    leaver, to = people.worker(), people.worker()
    if whose == "mentorship":
        plans.booked_meeting(plans.plan_at(PlanStatus.RUNNING, worker=leaver))
    elif whose == "seat":
        season = seasons.open_season()
        group = seasons.published_group(season)
        seat = seasons.registered(season, user=leaver)
        place_member(group, seat, by=people.coordinator())
    else:
        seasons.dated_network(requester=leaver)
    before = coming(leaver)

    with pytest.raises(NeedsLook) as refusal:
        handed(leaver, to)

    assert len(refusal.value.kept) == before > 0
    assert coming(leaver) == before


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (PlanStatus.DRAFT, PlanStatus.DRAFT),
        (PlanStatus.AGREEING, PlanStatus.DRAFT),
        (PlanStatus.RUNNING, PlanStatus.RUNNING),
        (PlanStatus.CLOSING, PlanStatus.RUNNING),
    ],
)
def test_reassign_plan_asks_the_new_mentor_for_agreement(status, after):
    plan = plans.plan_at(status)
    to = people.consultant()

    plan = mentorship.reassign_plan(plan, mentor=to, by=people.coordinator())

    assert (plan.mentor, plan.status) == (to, after)
    if after == PlanStatus.DRAFT:
        plan = mentorship.propose_plan(plan, by=to)
        assert mentorship.agree_plan(plan, by=plan.worker).status == PlanStatus.RUNNING


def test_reassign_plan_keeps_a_summary_that_the_worker_wrote():
    plan = plans.plan_at(PlanStatus.RUNNING)
    plan = mentorship.write_summary(plan, summary="x", by=plan.worker)

    plan = mentorship.reassign_plan(plan, mentor=people.consultant(), by=people.coordinator())

    assert plan.status == PlanStatus.CLOSING
    assert mentorship.agree_summary(plan, by=plan.mentor).status == PlanStatus.ENDED


@pytest.mark.parametrize("who", ["worker", "same", "ended"])
def test_reassign_plan_is_refused(who):
    status = PlanStatus.ENDED if who == "ended" else PlanStatus.RUNNING
    plan = plans.plan_at(status)
    to = {"worker": plan.worker, "same": plan.mentor, "ended": people.consultant()}[who]

    with pytest.raises(Refused):
        mentorship.reassign_plan(plan, mentor=to, by=people.coordinator())

    assert Plan.objects.get().mentor == plan.mentor


def test_reassign_plan_is_the_coordinators():
    plan = plans.plan_at(PlanStatus.RUNNING)
    for by in (plan.mentor, plan.worker, people.manager(), people.administrator()):
        with pytest.raises(PermissionDenied):
            mentorship.reassign_plan(plan, mentor=people.consultant(), by=by)


# --- calendars ------------------------------------------------------------------------------


@pytest.mark.parametrize("story", ["plan", "case", "group", "network", "test"])
def test_hand_over_meetings_tells_all_calendars(story):
    leaver, to = people.consultant(), people.consultant()
    for person in (leaver, to):
        StaffRole.objects.create(user=person, role="supervisor", starts_on=people.LONG_AGO)
    if story == "plan":
        plan = plans.plan_at(PlanStatus.RUNNING, mentor=leaver)
        meeting, other = plans.booked_meeting(plan).meeting, plan.worker
    elif story == "case":
        case, meeting = case_of(leaver)
        other = case.requester
    elif story == "group":
        group = seasons.published_group(seasons.open_season(), supervisor=leaver)
        meeting, [other] = seasons.first_session(group).meeting, seasons.members_of(group)
    elif story == "network":
        network = seasons.accepted_network()
        network.supervisor = leaver
        network.save()
        network = seasons.dated(network)
        meeting, other = network.meeting, network.requester
    else:
        other = people.worker()
        meeting = meetings.meeting(other, organiser=leaver)
        # By somebody else: so the organiser is sent the meeting too.
        meeting_invitations(meeting, by=people.coordinator())
    before, sequence = newest(other, meeting), Meeting.objects.get(pk=meeting.pk).sequence
    was_told = newest(leaver, meeting)

    handed(leaver, to)

    meeting.refresh_from_db()
    asked, told, gone = (newest(person, meeting) for person in (to, other, leaver))
    assert (asked.method, asked.sequence) == ("REQUEST", told.sequence)
    assert (told.method, told.sequence) == ("REQUEST", meeting.sequence)
    assert told.sequence > before.sequence
    # Who organises has the feed: only whoever was sent the meeting needs its cancellation.
    assert (gone is not None) is (was_told is not None) is (story in ("group", "test"))
    if gone is not None:
        assert gone.method == "CANCEL"
        assert gone.sequence > max(sequence, was_told.sequence)


def newest(person: User, meeting: Meeting):
    found = [by_icalendar(text) for text in messages_to(person)]
    mine = [facts for facts in found if facts.uid == meeting.uid]
    return max(mine, key=lambda facts: facts.sequence, default=None)


# --- all or nothing -------------------------------------------------------------------------


def state() -> list:
    return [
        list(Meeting.objects.order_by("pk").values_list("pk", "organiser", "sequence")),
        Message.objects.count(),
        Entry.objects.count(),
        list(Plan.objects.values_list("mentor", flat=True)),
    ]


@pytest.fixture
def refused():
    yield meetings.service.refused
    meetings.service.refused.clear()


def test_hand_over_meetings_is_all_or_nothing(refused):
    leaver, to, by = people.consultant(), people.consultant(), people.coordinator()
    plans.booked_meeting(plans.plan_at(PlanStatus.RUNNING, mentor=leaver))
    stays = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(hours=3))
    refused.add(stays.pk)
    before = state()

    with pytest.raises(NeedsLook) as refusal:
        hand_over_meetings(leaver, to=to, from_day=TODAY, by=by)

    [kept] = refusal.value.kept
    assert (kept.going.meeting, kept.reason) == (stays, "Ei saa üle anda.")
    assert state() == before

    with pytest.raises(NeedsLook):
        hand_over_meetings(leaver, to=to, from_day=TODAY, leave_out="of another", by=by)
    assert state() == before

    mark = mark_of([kept.going])
    done = hand_over_meetings(leaver, to=to, from_day=TODAY, leave_out=mark, by=by)

    assert done.number == 1
    assert [each.going.meeting for each in done.kept] == [stays]
    assert Meeting.objects.upcoming().visible_to(leaver).get() == stays


def test_hand_over_meetings_when_none_can_go_is_refused(refused):
    leaver, to = people.consultant(), people.consultant()
    refused.add(meetings.meeting(organiser=leaver).pk)

    with pytest.raises(Refused):
        handed(leaver, to, leave_out=next(iter(refused)).hex)

    assert not Entry.objects.filter(kind="meetings.meetings_handed_over").exists()


def test_hand_over_meetings_at_a_taken_time_needs_a_look():
    leaver, to = people.consultant(), people.consultant()
    clash = meetings.meeting(organiser=leaver)
    meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=1))
    meetings.meeting(to)
    before = state()

    with pytest.raises(NeedsLook) as refusal:
        handed(leaver, to)

    assert [each.meeting for each in refusal.value.clashing] == [clash]
    assert state()[:2] == before[:2]
    assert handed(leaver, to, despite=clash.pk.hex).number == 2


def test_hand_over_meetings_a_second_time_finds_nothing_left():
    leaver, to, other = people.consultant(), people.consultant(), people.consultant()
    meetings.meeting(organiser=leaver)
    handed(leaver, to)
    before = state()

    with pytest.raises(Refused) as refusal:
        handed(leaver, other)

    assert not isinstance(refusal.value, NeedsLook)
    assert state() == before


@pytest.mark.parametrize("story", ["plan", "case", "group", "network", "test"])
def test_hand_over_of_what_another_coordinator_has_given_away_does_nothing(story, monkeypatch):
    # The list was read before the first one's deed was done; only the rows tell.
    leaver, to, other = people.consultant(), people.consultant(), people.consultant()
    for person in (leaver, to, other):
        StaffRole.objects.create(user=person, role="supervisor", starts_on=people.LONG_AGO)
    if story == "plan":
        plans.booked_meeting(plans.plan_at(PlanStatus.RUNNING, mentor=leaver))
    elif story == "case":
        case_of(leaver)
    elif story == "group":
        seasons.published_group(seasons.open_season(), supervisor=leaver)
    elif story == "network":
        network = seasons.accepted_network()
        network.supervisor = leaver
        network.save()
        seasons.dated(network)
    else:
        meetings.meeting(organiser=leaver)
    seen = going_over(leaver, TODAY, reader=leaver)
    handed(leaver, to)
    monkeypatch.setattr("meetings.actions.handover.going_over", lambda *_a, **_k: seen)
    before = state()

    with pytest.raises(Refused) as refusal:
        handed(leaver, other)

    assert not isinstance(refusal.value, NeedsLook)
    assert state() == before
    assert coming(other) == 0


# --- which meetings -------------------------------------------------------------------------


def test_what_is_in_hand_goes_at_once_and_other_meetings_from_the_day_on():
    leaver, organiser, reader = people.consultant(), people.worker(), people.coordinator()
    plan = plans.plan_at(PlanStatus.RUNNING, mentor=leaver)
    early, late = plans.booked_meeting(plan, TEN), plans.booked_meeting(plan, TEN + timedelta(7))
    for days in (0, 7):
        meetings.meeting(leaver, organiser=organiser, starts_at=TEN + timedelta(days, hours=2))
    own = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(hours=4))
    # With no meeting from the day on: it goes all the same, so its meeting must be seen.
    sooner = plans.booked_meeting(
        plans.plan_at(PlanStatus.RUNNING, mentor=leaver), TEN + timedelta(hours=6)
    )

    going = going_over(leaver, TODAY + timedelta(days=3), reader=reader)

    assert [(each.meeting.starts_at, each.matter) for each in going] == [
        (early.meeting.starts_at, plan.pk),
        (own.starts_at, own.pk),
        (sooner.meeting.starts_at, sooner.plan_id),
        (late.meeting.starts_at, plan.pk),
        (TEN + timedelta(7, hours=2), None),
    ]


def test_handover_from_a_day_that_is_over_is_refused(client_of):
    leaver, to = people.consultant(), people.consultant()
    page = reverse("meetings:handover", args=[leaver.pk])

    shown = client_of(people.coordinator()).get(page, chosen(to) | {"from_day": "01.01.2020"})

    assert "Vali tänane või hilisem päev." in shown.content.decode()
    assert shown.context["confirm"] is None


def test_handover_says_whose_a_meeting_is_and_how_much_each_has_in_hand(client_of):
    leaver, to = people.consultant("Elva vald"), people.consultant("Elva vald", last_name="Ots")
    plan = plans.plan_at(PlanStatus.RUNNING, mentor=leaver)
    plans.booked_meeting(plan, TEN)
    plans.plan_at(PlanStatus.RUNNING, mentor=to)

    page = reverse("meetings:handover", args=[leaver.pk])
    text = client_of(people.coordinator()).get(page).content.decode()

    assert plan.worker.name in text
    assert f"{to.name}: töös 1" in text


def test_meetings_that_are_over_running_or_cancelled_do_not_go():
    leaver = people.consultant()
    meetings.meeting(organiser=leaver, starts_at=clock.now() - timedelta(days=1))
    meetings.meeting(organiser=leaver, starts_at=clock.now() - timedelta(minutes=5))
    gone = meetings.meeting(organiser=leaver)
    Meeting.objects.filter(pk=gone.pk).update(status="cancelled")

    assert going_over(leaver, TODAY - timedelta(days=9), reader=leaver) == []


def test_not_free_for_counts_each_meeting_once():
    leaver, to = people.consultant(), people.consultant()
    shared = meetings.meeting(to, organiser=leaver)
    double = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=1))
    twin = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=1, minutes=30))
    away = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=2))
    add_absence(to, starts_on=away.starts_at.date(), ends_on=away.starts_at.date(), by=to)
    going = going_over(leaver, TODAY, reader=leaver)

    clashing = not_free_for(to, going)

    assert [each.meeting for each in clashing] == [double, twin, away]
    assert shared in [each.meeting for each in going]
    marks = mark_of(clashing)
    assert handed(leaver, to, despite=marks).number == 4
    assert [each.meeting for each in not_free_for(to, going)] == [double, twin, away]


@pytest.mark.parametrize("busy", [True, False])
def test_not_free_for_knows_who_declined_and_goes_elsewhere(busy):
    leaver, to = people.consultant(), people.consultant()
    shared = meetings.meeting(to, organiser=leaver)
    answer_invitation(shared.invitees.get(user=to), answer="declined", by=to)
    if busy:
        meetings.meeting(organiser=to)

    assert len(not_free_for(to, going_over(leaver, TODAY, reader=leaver))) == busy


# --- who may --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["worker", "manager", "consultant", "supervisor", "administrator"])
def test_hand_over_meetings_is_the_coordinators(role, client_of):
    leaver, to = people.consultant(), people.consultant()
    meetings.meeting(organiser=leaver)
    by = getattr(people, role)()

    with pytest.raises(PermissionDenied):
        hand_over_meetings(leaver, to=to, from_day=TODAY, by=by)
    page = reverse("meetings:handover", args=[leaver.pk])
    assert client_of(by).get(page).status_code == 403
    assert client_of(by).post(page, {"from_day": "23.11.2026", "to": to.pk}).status_code == 403
    assert coming(leaver) == 1


@pytest.mark.parametrize("to", ["worker", "supervisor", "ended", "closed", "self"])
def test_hand_over_meetings_goes_to_somebody_with_the_same_role_today(to):
    leaver = people.consultant()
    meetings.meeting(organiser=leaver)
    other = {
        "worker": people.worker,
        "supervisor": people.supervisor,
        "ended": people.consultant,
        "closed": lambda: people.consultant(is_active=False),
        "self": lambda: leaver,
    }[to]()
    if to == "ended":
        other.staff_roles.update(ends_on=TODAY - timedelta(days=1))

    with pytest.raises(Refused) as refusal:
        handed(leaver, other)

    assert refusal.value.field == "to"
    assert coming(leaver) == 1


def test_hand_over_meetings_makes_one_entry():
    leaver, to, by = people.consultant(), people.consultant(), people.coordinator()
    meetings.meeting(organiser=leaver)

    hand_over_meetings(leaver, to=to, from_day=TODAY, by=by)

    entry = Entry.objects.get(kind="meetings.meetings_handed_over")
    assert (entry.actor, entry.subject_id) == (by, leaver.pk)
    assert entry.details["number"] == 1


# --- the page -------------------------------------------------------------------------------


def chosen(to: User, day: str = "23.11.2026") -> dict:
    return {"from_day": day, "to": to.pk}


def sent_by(response) -> dict:
    """What the second form of a page would send, its boxes empty."""
    form: HandoverForm = response.context["confirm"]
    return {
        "from_day": "23.11.2026",
        "to": form["to"].value(),
        "seen": form["seen"].value(),
    }


def test_handover_page_shows_first_and_hands_over_then(client_of):
    leaver, to = people.consultant(), people.consultant()
    meetings.meeting(organiser=leaver)
    client, page = client_of(people.coordinator()), reverse("meetings:handover", args=[leaver.pk])

    shown = client.get(page, chosen(to))

    assert shown.status_code == 200
    assert coming(leaver) == 1
    assert 'type="hidden" name="from_day" value="23.11.2026"' in shown.content.decode()
    assert meetings.TITLE_FOR_PEOPLE in shown.content.decode()
    done = client.post(page, sent_by(shown) | {"to": to.pk})
    assert (done.status_code, done["Location"]) == (302, leaver.get_absolute_url())
    assert (coming(leaver), coming(to)) == (0, 1)
    again = client.post(page, sent_by(shown) | {"to": to.pk})
    assert again.status_code == 422
    assert coming(to) == 1


def test_handover_page_asks_with_boxes(client_of, refused):
    leaver, to = people.consultant(), people.consultant()
    clash = meetings.meeting(organiser=leaver)
    meetings.meeting(to)
    stays = meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=1))
    refused.add(stays.pk)
    client, page = client_of(people.coordinator()), reverse("meetings:handover", args=[leaver.pk])
    shown = client.get(page, chosen(to))
    assert shown.context["confirm"].fields["despite"].widget.mark == clash.pk.hex
    sent = sent_by(shown) | {"to": to.pk}

    asked = client.post(page, sent)

    assert asked.status_code == 422
    form = asked.context["confirm"]
    assert {"despite", "leave_out"} <= set(form.errors)
    marks = {name: form.fields[name].widget.mark for name in ("despite", "leave_out")}
    assert marks == {"despite": clash.pk.hex, "leave_out": stays.pk.hex}
    assert to.name in form.errors["despite"][0]
    assert form.errors["leave_out"][0].endswith("Ei saa üle anda.")
    assert form["from_day"].value() == asked.context["choice"]["from_day"].value() == "23.11.2026"
    half = client.post(page, sent | {"despite": marks["despite"]})
    assert half.status_code == 422
    assert "despite" not in half.context["confirm"].errors
    assert "checked" in str(half.context["confirm"]["despite"])
    assert coming(leaver) == 2
    assert client.post(page, sent | marks).status_code == 302
    assert Meeting.objects.upcoming().visible_to(leaver).get() == stays


def test_handover_page_whose_meetings_changed_meanwhile_asks_again(client_of):
    leaver, to = people.consultant(), people.consultant()
    meetings.meeting(organiser=leaver)
    client, page = client_of(people.coordinator()), reverse("meetings:handover", args=[leaver.pk])
    sent = sent_by(client.get(page, chosen(to))) | {"to": to.pk}
    meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=1))

    asked = client.post(page, sent)

    assert asked.status_code == 422
    assert coming(leaver) == 2
    assert client.post(page, sent_by(asked) | {"to": to.pk}).status_code == 302
    assert coming(leaver) == 0


@pytest.mark.parametrize("wrong", [{"from_day": "x"}, {"to": ""}, {"to": "x"}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_handover_page_says_what_is_wrong_at_the_field(wrong, method, client_of):
    leaver, to = people.consultant(), people.consultant()
    meetings.meeting(organiser=leaver)
    page = reverse("meetings:handover", args=[leaver.pk])

    answer = getattr(client_of(people.coordinator()), method)(page, chosen(to) | wrong)

    assert answer.status_code == 422
    assert list(answer.context["choice"].errors) == list(wrong)
    assert coming(leaver) == 1


def test_handover_page_that_is_sent_empty_asks(client_of):
    page = reverse("meetings:handover", args=[people.consultant().pk])

    answer = client_of(people.coordinator()).post(page)

    assert answer.status_code == 422
    assert list(answer.context["choice"].errors) == ["from_day", "to"]


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (None, TODAY),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (TODAY, TODAY + timedelta(days=1)),
        (TODAY - timedelta(days=9), TODAY),
    ],
)
def test_handover_page_begins_after_the_last_day(last, first, client_of):
    leaver = people.consultant()
    leaver.staff_roles.update(ends_on=last)

    shown = client_of(people.coordinator()).get(reverse("meetings:handover", args=[leaver.pk]))

    assert shown.context["choice"]["from_day"].value() == first
    assert shown.context["confirm"] is None


@pytest.mark.parametrize("role", ["coordinator", "consultant", "administrator"])
def test_handover_is_linked_from_the_persons_page_for_the_coordinator(role, client_of):
    leaver = people.consultant()
    page = client_of(getattr(people, role)()).get(leaver.get_absolute_url()).content.decode()

    assert (reverse("meetings:handover", args=[leaver.pk]) in page) is (role == "coordinator")


def test_handover_page_costs_the_same_for_1_and_30_meetings(client_of):
    leaver, to = people.consultant(), people.consultant()
    client, page = client_of(people.coordinator()), reverse("meetings:handover", args=[leaver.pk])
    counts = []
    for many in (1, 29):
        for _n in range(many):
            starts_at = TEN + timedelta(days=Meeting.objects.count())
            meetings.meeting(organiser=leaver, starts_at=starts_at)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(page, chosen(to))
        counts.append((len(shown.context["rows"]), len(queries)))

    assert [rows for rows, _n in counts] == [1, 30]
    assert counts[0][1] == counts[1][1] <= 15


# --- the desk -------------------------------------------------------------------------------


def waiting() -> list:
    found = handovers_waiting(people.coordinator(), TODAY)
    return [(item.about, item.url, item.due) for item in found]


@pytest.mark.parametrize(
    ("last", "waits"),
    [
        (None, False),
        (TODAY - timedelta(days=30), True),
        (TODAY, True),
        (TODAY + timedelta(days=14), True),
        (TODAY + timedelta(days=15), False),
    ],
)
def test_handovers_waiting_are_of_those_who_leave_within_fourteen_days(last, waits):
    leaver = people.consultant()
    leaver.staff_roles.update(ends_on=last)
    starts_at = TEN + timedelta(days=20)
    meetings.meeting(organiser=leaver, starts_at=starts_at)

    page = reverse("meetings:handover", args=[leaver.pk])
    assert waiting() == ([(leaver.name, page, starts_at.date())] if waits else [])


def test_handovers_waiting_leave_out_meetings_of_the_time_before():
    leaver = people.consultant()
    leaver.staff_roles.update(ends_on=TODAY + timedelta(days=3))
    meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=2))

    assert waiting() == []


def test_handovers_waiting_are_of_the_invited_too():
    leaver = people.worker()
    leaver.posts.update(ends_on=TODAY - timedelta(days=3))
    meetings.meeting(leaver)

    assert [about for about, _url, _due in waiting()] == [leaver.name]


def test_handovers_waiting_are_not_of_those_who_go_on_in_another_post():
    leaver = people.consultant()
    leaver.staff_roles.update(ends_on=TODAY)
    StaffRole.objects.create(
        user=leaver, role="supervisor", starts_on=TODAY + timedelta(days=1), ends_on=None
    )
    meetings.meeting(organiser=leaver, starts_at=TEN + timedelta(days=9))

    assert waiting() == []


def test_handovers_waiting_end_with_the_handover():
    leaver, to = people.consultant(), people.consultant()
    leaver.staff_roles.update(ends_on=TODAY - timedelta(days=1))
    meetings.meeting(organiser=leaver)
    assert len(waiting()) == 1

    handed(leaver, to)

    assert waiting() == []


@pytest.mark.parametrize("role", ["worker", "manager", "consultant", "supervisor", "administrator"])
def test_handovers_wait_for_the_coordinator_alone(role):
    leaver = people.consultant()
    leaver.staff_roles.update(ends_on=TODAY)
    meetings.meeting(organiser=leaver)

    assert handovers_waiting(getattr(people, role)(), TODAY) == []
    page = reverse("meetings:handover", args=[leaver.pk])
    assert page in [item.url for item in everything_waiting(people.coordinator(), TODAY)]


def test_handovers_waiting_cost_the_same_for_one_and_thirty(django_assert_num_queries):
    coordinator = people.coordinator()
    remember_standing(coordinator)
    with django_assert_num_queries(2):
        assert handovers_waiting(coordinator, TODAY) == []
    for many in (1, 29):
        for _n in range(many):
            leaver = people.consultant()
            leaver.staff_roles.update(ends_on=TODAY)
            meetings.meeting(organiser=leaver)
        with django_assert_num_queries(7):
            handovers_waiting(coordinator, TODAY)


# --- what has no meeting --------------------------------------------------------------------


@pytest.fixture
def hands_full():
    """A consultant with a mentorship and a case, and nothing in the calendar."""
    leaver = people.consultant("Elva vald")
    plan = plans.plan_at(mentor=leaver)
    case = cases.request_at(Status.IN_PROGRESS, consultant=leaver)
    return leaver, plan, case


def test_hand_over_meetings_gives_what_has_no_meeting_too(client_of, hands_full):
    leaver, plan, case = hands_full
    to = people.consultant("Elva vald")
    client, page = client_of(people.coordinator()), reverse("meetings:handover", args=[leaver.pk])
    shown = client.get(page, chosen(to))
    assert plan.worker.name in shown.content.decode()
    assert case.code in shown.content.decode()

    client.post(page, sent_by(shown))

    plan.refresh_from_db()
    case.refresh_from_db()
    assert (plan.mentor, case.consultant) == (to, to)
    assert waiting() == []


def test_what_is_in_hand_waits_for_the_coordinator(hands_full):
    leaver, _plan, _case = hands_full
    leaver.staff_roles.update(ends_on=TODAY + timedelta(days=3))

    [(about, url, due)] = waiting()

    assert (about, due) == (leaver.name, TODAY + timedelta(days=3))
    assert url == reverse("meetings:handover", args=[leaver.pk])


def test_end_role_with_open_work_is_refused_until_it_is_handed_over(hands_full):
    leaver, _plan, _case = hands_full
    role, administrator = leaver.staff_roles.get(), people.administrator()

    with pytest.raises(Refused, match="2") as refused:
        end_role(role, ends_on=TODAY, by=administrator)
    assert refused.value.field == "ends_on"

    handed(leaver, people.consultant("Elva vald"))
    assert end_role(role, ends_on=TODAY, by=administrator).ends_on == TODAY


def test_end_role_on_a_later_day_leaves_time_to_hand_over(hands_full):
    leaver, _plan, _case = hands_full
    later = TODAY + timedelta(days=20)

    given = end_role(leaver.staff_roles.get(), ends_on=later, by=people.administrator())

    assert given.ends_on == later
