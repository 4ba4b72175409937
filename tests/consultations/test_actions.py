"""Every action: one journal entry, the right mails, no narrative outside the case."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from common import clock
from common.refusal import Refused
from consultations import actions
from consultations.models import CaseMeeting, ConsultationRequest, Message, Spell, Turn
from consultations.workflow import REQUEST, Status
from journal.models import Entry
from meetings.actions import Guest
from outbox.models import Message as Mail
from people.models import Draft, Municipality
from tests.factories import people
from tests.factories.consultations import (
    CANARY,
    application,
    opened_case,
    request_at,
    submitted_request,
)


pytestmark = pytest.mark.django_db

WORDS = f"{CANARY} sõnad"
TOMORROW = date(2026, 11, 24)


def meeting_times() -> dict:
    return {
        "starts_at": clock.tallinn(TOMORROW, time(10)),
        "ends_at": clock.tallinn(TOMORROW, time(11)),
        "form": "video",
    }


# action → state in which it is possible, who does it, how, whom it writes to
DEEDS = {
    "take_request": (
        Status.SUBMITTED, "region", lambda case, e, by: actions.take_request(case, by=by),
        {"requester", "contact"},
    ),
    "assign_request": (
        Status.SUBMITTED, "coordinator",
        lambda case, e, by: actions.assign_request(case, consultant=e.region, by=by),
        {"requester", "contact", "region"},
    ),
    "reassign_request": (
        Status.IN_PROGRESS, "assigned",
        lambda case, e, by: actions.reassign_request(
            case, consultant=e.region, reason=WORDS, version=case.version, by=by
        ),
        {"requester", "contact", "region"},
    ),
    "contact_request": (
        Status.ASSIGNED, "assigned",
        lambda case, e, by: actions.contact_request(case, contacted_at=clock.now(), by=by),
        set(),
    ),
    "book_case_meeting": (
        Status.IN_PROGRESS, "assigned",
        lambda case, e, by: actions.book_case_meeting(
            case, kind="network", people=[e.requester],
            guests=[Guest(name="Mari Mets", email="mari@kool.example")], by=by, **meeting_times(),
        ),
        {"requester", "mari@kool.example"},
    ),
    "send_message": (
        Status.IN_PROGRESS, "assigned",
        lambda case, e, by: actions.send_message(case, text=WORDS, by=by),
        {"requester", "contact"},
    ),
    "add_note": (
        Status.IN_PROGRESS, "stand_in",
        lambda case, e, by: actions.add_note(case, text=WORDS, by=by),
        set(),
    ),
    "change_factors": (
        Status.IN_PROGRESS, "contact",
        lambda case, e, by: actions.change_factors(
            case, risk_factors=WORDS, protective_factors=WORDS, version=case.version, by=by
        ),
        set(),
    ),
    "agree_measure": (
        Status.IN_PROGRESS, "contact",
        lambda case, e, by: actions.agree_measure(
            case, text=WORDS, owner="board", due_on=TOMORROW, by=by
        ),
        {"assigned", "stand_in"},
    ),
    "add_contact": (
        Status.IN_PROGRESS, "manager",
        lambda case, e, by: actions.add_contact(case, person=e.colleague, by=by),
        {"colleague", "requester", "contact"},
    ),
    "replace_contact": (
        Status.IN_PROGRESS, "manager",
        lambda case, e, by: actions.replace_contact(
            case.contacts.get(user=e.contact), person=e.colleague, by=by
        ),
        {"colleague", "contact", "requester"},
    ),
    "close_request": (
        Status.IN_PROGRESS, "assigned",
        lambda case, e, by: actions.close_request(
            case, summary=WORDS, recommendations=WORDS, version=case.version, by=by
        ),
        {"requester", "contact"},
    ),
    "read_summary": (
        Status.CLOSED, "contact", lambda case, e, by: actions.read_summary(case, by=by),
        {"assigned", "stand_in"},
    ),
    "withdraw_request": (
        Status.IN_PROGRESS, "requester",
        lambda case, e, by: actions.withdraw_request(case, reason=WORDS, by=by),
        {"contact", "assigned", "stand_in"},
    ),
    "reopen_request": (
        Status.CLOSED, "coordinator",
        lambda case, e, by: actions.reopen_request(case, reason=WORDS, by=by),
        {"requester", "contact", "assigned", "stand_in"},
    ),
}  # fmt: skip

KINDS = {
    "take_request": "request_taken",
    "assign_request": "request_assigned",
    "reassign_request": "request_reassigned",
    "contact_request": "request_contacted",
    "book_case_meeting": "meeting_booked",
    "send_message": "message_sent",
    "add_note": "note_added",
    "change_factors": "factors_changed",
    "agree_measure": "measure_agreed",
    "add_contact": "contact_added",
    "replace_contact": "contact_replaced",
    "close_request": "request_closed",
    "read_summary": "summary_read",
    "withdraw_request": "request_withdrawn",
    "reopen_request": "request_reopened",
}


def everything_told() -> str:
    """All of journal and outbox, as text, mails opened."""
    entries = "".join(f"{entry.kind} {entry.details}" for entry in Entry.objects.all())
    return entries + "".join(f"{mail.subject} {mail.body}" for mail in Mail.objects.all())


@pytest.mark.parametrize("name", DEEDS)
def test_each_action_journals_once_and_tells_the_right_people(name, everyone, case_at):
    status, actor, deed, told = DEEDS[name]
    case = case_at(status)
    entries = set(Entry.objects.values_list("pk", flat=True))
    mails = set(Mail.objects.values_list("pk", flat=True))

    deed(case, everyone, getattr(everyone, actor))

    new = Entry.objects.exclude(pk__in=entries)
    assert [(entry.kind, entry.actor, entry.subject_id) for entry in new] == [
        (f"consultations.{KINDS[name]}", getattr(everyone, actor), case.pk)
    ]
    addresses = {
        getattr(everyone, each).email if hasattr(everyone, each) else each for each in told
    }
    sent = [mail.address for mail in Mail.objects.exclude(pk__in=mails)]
    assert sorted(sent) == sorted(addresses)
    assert CANARY not in everything_told()


@pytest.mark.parametrize("name", DEEDS)
def test_each_action_is_denied_to_those_outside(name, everyone, case_at):
    status, _actor, deed, _told = DEEDS[name]
    case = case_at(status)
    before = ConsultationRequest.objects.filter(pk=case.pk).values().get()

    for role in ("other_region", "outsider", "colleague", "supervisor"):
        with pytest.raises(PermissionDenied):
            deed(case, everyone, getattr(everyone, role))

    assert ConsultationRequest.objects.filter(pk=case.pk).values().get() == before


def test_finish_measure_journals_once_and_twice_is_harmless(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text=WORDS, owner="municipality", by=everyone.assigned)

    actions.finish_measure(measure, by=everyone.requester)
    again = actions.finish_measure(measure, by=everyone.assigned)

    assert again.done_by == everyone.requester
    assert Entry.objects.filter(kind="consultations.measure_done").count() == 1


def test_finish_measure_is_denied_to_those_who_do_not_read(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    measure = actions.agree_measure(case, text=WORDS, owner="municipality", by=everyone.assigned)

    for role in ("region", "other_region", "manager", "coordinator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.finish_measure(measure, by=getattr(everyone, role))


# --- coming in ------------------------------------------------------------------------------


def test_submit_request_journals_starts_clock_and_spell_and_tells(everyone):
    draft = Draft.objects.create(owner=everyone.requester, kind="consultations.request")

    case = actions.submit_request(
        application(),
        municipality=people.municipality("Elva vald"),
        contacts=[everyone.contact],
        by=everyone.requester,
        pk=draft.pk,
    )

    assert (case.pk, case.status, case.requester) == (
        draft.pk, Status.SUBMITTED, everyone.requester,
    )  # fmt: skip
    assert case.contact_due_at == clock.tallinn(date(2026, 11, 27))
    assert [entry.kind for entry in Entry.objects.all()] == ["consultations.request_submitted"]
    assert list(Spell.objects.values_list("opened_at", "ended_at")) == [(clock.now(), None)]
    assert not Draft.objects.exists()
    told = sorted((mail.kind, mail.address) for mail in Mail.objects.all())
    assert told == sorted(
        [("consultations.request_received", each.email)
         for each in (everyone.requester, everyone.contact)]
        + [("consultations.request_submitted", each.email)
           for each in (everyone.assigned, everyone.stand_in, everyone.region)]
    )  # fmt: skip
    assert CANARY not in everything_told()


def test_submit_request_twice_makes_one(everyone):
    key = Draft.objects.create(owner=everyone.requester, kind="consultations.request").pk
    elva = people.municipality("Elva vald")

    first = actions.submit_request(application(), municipality=elva, by=everyone.requester, pk=key)
    mails = Mail.objects.count()
    second = actions.submit_request(application(), municipality=elva, by=everyone.requester, pk=key)

    assert first == second
    assert (ConsultationRequest.objects.count(), Entry.objects.count()) == (1, 1)
    assert Mail.objects.count() == mails


@pytest.mark.parametrize("role", ["outsider", "region", "coordinator"])
def test_submit_request_is_for_the_own_municipality(role, everyone):
    with pytest.raises(PermissionDenied):
        actions.submit_request(
            application(), municipality=people.municipality("Elva vald"), by=getattr(everyone, role)
        )


def test_submit_request_refuses_a_foreign_contact(everyone):
    with pytest.raises(Refused) as refused:
        submitted_request("Elva vald", contacts=[everyone.outsider])

    assert refused.value.field == "contacts"
    assert not ConsultationRequest.objects.exists()


def test_submit_request_refuses_danger_without_having_acted():
    with pytest.raises(Refused) as refused:
        submitted_request(danger=True)

    assert refused.value.field == "danger"


def test_submit_request_with_danger_acted_on_is_urgent():
    case = submitted_request(danger=True, danger_acted_at=clock.now())

    assert (case.urgent, case.danger_acted_at) == (True, clock.now())


def test_submit_request_refuses_a_topic_of_another_kind():
    with pytest.raises(Refused) as refused:
        submitted_request(topic_id="int-abduction")

    assert refused.value.field == "topic"


def test_enter_request_tells_the_requester(everyone):
    case = actions.enter_request(
        application(),
        municipality=people.municipality("Elva vald"),
        requester=everyone.requester,
        contacts=[everyone.contact],
        by=everyone.region,
    )

    assert (case.requester, case.submitted_by) == (everyone.requester, everyone.region)
    assert [entry.kind for entry in Entry.objects.all()] == ["consultations.request_entered"]
    told = Mail.objects.filter(kind="consultations.request_entered")
    assert {mail.recipient for mail in told} == {everyone.requester, everyone.contact}
    assert CANARY not in everything_told()


def test_enter_request_refuses_a_requester_of_another_municipality(everyone):
    with pytest.raises(Refused) as refused:
        actions.enter_request(
            application(), municipality=people.municipality("Elva vald"),
            requester=everyone.outsider, by=everyone.region,
        )  # fmt: skip

    assert refused.value.field == "requester"


@pytest.mark.parametrize("role", ["requester", "other_region", "coordinator"])
def test_enter_request_is_for_the_consultants_of_the_region(role, everyone):
    with pytest.raises(PermissionDenied):
        actions.enter_request(
            application(), municipality=people.municipality("Elva vald"),
            requester=everyone.requester, by=getattr(everyone, role),
        )  # fmt: skip


def test_open_case_without_municipality_and_set_it_later(everyone):
    case = opened_case(everyone.other_region)
    elva = people.municipality("Elva vald")
    assert [entry.kind for entry in Entry.objects.all()] == ["consultations.case_opened"]

    case = actions.set_municipality(case, municipality=elva, by=everyone.region)

    assert (case.origin, case.municipality, case.requester) == ("foreign", elva, None)
    assert Entry.objects.first().kind == "consultations.municipality_set"
    with pytest.raises(Refused) as refused:
        actions.set_municipality(case, municipality=elva, by=everyone.region)
    assert refused.value.field == "municipality"
    assert CANARY not in everything_told()


@pytest.mark.parametrize("role", ["requester", "manager", "coordinator", "supervisor"])
def test_open_case_and_set_municipality_are_for_consultants(role, everyone):
    user = getattr(everyone, role)
    case = opened_case(everyone.region)

    with pytest.raises(PermissionDenied):
        opened_case(user)
    with pytest.raises(PermissionDenied):
        actions.set_municipality(case, municipality=people.municipality("Elva vald"), by=user)


def test_set_municipality_refuses_one_that_no_longer_exists(everyone):
    case = opened_case(everyone.region)
    gone = Municipality.objects.filter(ends_on__lt=clock.today()).first()
    assert gone is not None

    with pytest.raises(Refused) as refused:
        actions.set_municipality(case, municipality=gone, by=everyone.region)

    assert refused.value.field == "municipality"


# --- states ---------------------------------------------------------------------------------


POSSIBLE = {
    "take_request": {Status.SUBMITTED},
    "assign_request": {Status.SUBMITTED},
    "reassign_request": {Status.ASSIGNED, Status.IN_PROGRESS},
    "contact_request": {Status.ASSIGNED},
    "book_case_meeting": {Status.ASSIGNED, Status.IN_PROGRESS},
    "send_message": {Status.ASSIGNED, Status.IN_PROGRESS},
    "add_note": {Status.ASSIGNED, Status.IN_PROGRESS, Status.CLOSED},
    "change_factors": {Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS},
    "agree_measure": {Status.ASSIGNED, Status.IN_PROGRESS},
    "add_contact": {Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.CLOSED},
    "replace_contact": {Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.CLOSED},
    "close_request": {Status.IN_PROGRESS},
    "read_summary": {Status.CLOSED},
    "withdraw_request": {Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS},
    "reopen_request": {Status.CLOSED, Status.WITHDRAWN},
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_is_possible_in_which_state(name, everyone, case_at):
    _status, actor, deed, _told = DEEDS[name]
    possible = set()
    for status in Status:
        case = case_at(status)
        journalled = Entry.objects.count()
        try:
            deed(case, everyone, getattr(everyone, actor))
            possible.add(status)
        except (Refused, PermissionDenied):
            # Denied: without a consultant nobody is there to do the consultant's part.
            assert Entry.objects.count() == journalled
        case_at.rewind()

    assert possible == POSSIBLE[name]


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_transitions(before, after):
    allowed = {
        ("submitted", "assigned"), ("submitted", "withdrawn"),
        ("assigned", "assigned"), ("assigned", "in_progress"), ("assigned", "withdrawn"),
        ("in_progress", "in_progress"), ("in_progress", "closed"), ("in_progress", "withdrawn"),
        ("closed", "in_progress"), ("withdrawn", "submitted"),
    }  # fmt: skip

    assert REQUEST.allows(before, after) == ((before, after) in allowed)


def spells(case) -> list:
    return list(case.spells.values_list("ended_at", "outcome"))


def test_close_and_reopen_end_one_spell_and_begin_another(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)

    case = actions.close_request(
        case, summary=WORDS, recommendations=WORDS, version=case.version, by=everyone.assigned
    )
    assert spells(case) == [(clock.now(), Spell.Outcome.CLOSED)]
    case = actions.read_summary(case, by=everyone.requester)
    case = actions.reopen_request(case, reason=WORDS, by=everyone.requester)

    assert spells(case) == [(clock.now(), Spell.Outcome.CLOSED), (None, "")]
    assert (case.status, case.consultant) == (Status.IN_PROGRESS, everyone.assigned)
    again = actions.close_request(
        case, summary="uus", recommendations="uus", version=case.version, by=everyone.assigned
    )
    assert (again.summary, again.summary_read_at) == ("uus", None)


@pytest.mark.parametrize("ending", ["close", "withdraw"])
def test_end_of_a_case_cancels_its_coming_meetings(everyone, case_at, ending):
    case = case_at(Status.IN_PROGRESS)
    booked = actions.book_case_meeting(
        case,
        kind="discussion",
        **meeting_times(),
        people=[everyone.requester],
        by=everyone.assigned,
    )

    if ending == "close":
        actions.close_request(
            case, summary=WORDS, recommendations=WORDS, version=case.version, by=everyone.assigned
        )
    else:
        # Whoever asked may end it at any hour, whatever the notice for moving a meeting is.
        actions.withdraw_request(case, reason=WORDS, by=everyone.requester)

    booked.meeting.refresh_from_db()
    assert booked.meeting.is_cancelled
    told = Mail.objects.filter(kind="meetings.meeting_cancelled").values_list("address", flat=True)
    other = everyone.requester if ending == "close" else everyone.assigned
    assert list(told) == [other.email]


def test_withdraw_and_reopen_begin_with_a_new_clock_and_nobody(everyone, case_at):
    case = case_at(Status.ASSIGNED)
    case = actions.withdraw_request(case, reason=WORDS, by=everyone.assigned)
    assert spells(case) == [(clock.now(), Spell.Outcome.WITHDRAWN)]

    case = actions.reopen_request(case, reason=WORDS, by=everyone.requester)

    assert (case.status, case.consultant, case.contacted_at) == (Status.SUBMITTED, None, None)
    assert case.contact_due_at == clock.tallinn(date(2026, 11, 27))
    assert spells(case) == [(clock.now(), Spell.Outcome.WITHDRAWN), (None, "")]
    turns = [(turn.kind, turn.reason) for turn in case.turns.all()]
    assert turns == [(Turn.Kind.WITHDRAWN, WORDS), (Turn.Kind.REOPENED, WORDS)]


def test_reassign_request_moves_the_text(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)

    case = actions.reassign_request(
        case, consultant=everyone.region, reason=WORDS, version=case.version, by=everyone.stand_in
    )

    readable = ConsultationRequest.objects.readable_by
    assert readable(everyone.region).contains(case)
    assert not readable(everyone.assigned).contains(case)
    assert Turn.objects.get().kind == Turn.Kind.REASSIGNED


NEXT_DAY = clock.tallinn(date(2026, 11, 25), time(12))


def case_meetings(case, everyone) -> list:
    """One that is over on the next day and two to come then: with the contact, and without."""
    later = {name: at + timedelta(days=2) for name, at in list(meeting_times().items())[:2]}
    return [
        actions.book_case_meeting(
            case, kind="discussion", by=everyone.stand_in, people=[person], **times
        ).meeting
        for times, person in [
            (meeting_times(), everyone.contact),
            (meeting_times() | later, everyone.contact),
            (meeting_times() | later, everyone.requester),
        ]
    ]


def asked(meeting) -> set:
    return {invitee.user for invitee in meeting.invitees.all()}


def test_reassign_request_hands_over_the_coming_meetings(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    past, with_contact, with_requester = case_meetings(case, everyone)
    Mail.objects.all().delete()

    with clock.at(NEXT_DAY):
        actions.reassign_request(
            case, consultant=everyone.region, reason=WORDS, version=case.version,
            by=everyone.coordinator,
        )  # fmt: skip

    assert asked(past) == {everyone.assigned, everyone.stand_in, everyone.contact}
    assert asked(with_contact) == {everyone.region, everyone.contact}
    assert asked(with_requester) == {everyone.region, everyone.requester}
    for meeting, organiser in ((past, everyone.assigned), (with_contact, everyone.region)):
        meeting.refresh_from_db()
        assert meeting.organiser == organiser
    told = Mail.objects.filter(kind__startswith="meetings.")
    assert sorted((mail.kind, mail.address) for mail in told) == sorted(
        [
            ("meetings.meeting_handed_over", everyone.contact.email),
            ("meetings.meeting_handed_over", everyone.requester.email),
        ]
        + 2 * [
            ("meetings.meeting_uninvited", everyone.assigned.email),
            ("meetings.meeting_uninvited", everyone.stand_in.email),
            ("meetings.meeting_invitation", everyone.region.email),
        ]
    )  # fmt: skip
    kinds = Entry.objects.about(with_contact).values_list("kind", flat=True)
    assert sorted(kinds) == ["meetings.invitee_added"] + ["meetings.invitee_removed"] * 2


def test_replace_contact_changes_places_in_the_coming_meetings(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    past, with_contact, with_requester = case_meetings(case, everyone)
    before = asked(past), asked(with_requester)

    with clock.at(NEXT_DAY):
        actions.replace_contact(
            case.contacts.get(user=everyone.contact), person=everyone.colleague, by=everyone.manager
        )

    assert (asked(past), asked(with_requester)) == before
    assert asked(with_contact) == {everyone.assigned, everyone.stand_in, everyone.colleague}
    assert Mail.objects.filter(kind="meetings.meeting_uninvited").get().recipient == (
        everyone.contact
    )


@pytest.mark.parametrize("who", ["coordinator", "outsider"])
def test_assign_request_refuses_who_is_no_consultant(who, everyone, case_at):
    case = case_at(Status.SUBMITTED)

    with pytest.raises(Refused) as refused:
        actions.assign_request(case, consultant=getattr(everyone, who), by=everyone.region)

    assert refused.value.field == "consultant"


@pytest.mark.parametrize(
    "deed",
    [
        lambda case, e: actions.change_factors(
            case, risk_factors="x", protective_factors="y", version=case.version - 1, by=e.assigned
        ),
        lambda case, e: actions.close_request(
            case, summary="x", recommendations="y", version=case.version - 1, by=e.assigned
        ),
        lambda case, e: actions.reassign_request(
            case, consultant=e.region, reason="x", version=case.version - 1, by=e.assigned
        ),
    ],
    ids=["factors", "close", "reassign"],
)
def test_a_stale_version_is_refused_and_changes_nothing(deed, everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    before = ConsultationRequest.objects.filter(pk=case.pk).values().get()

    with pytest.raises(Refused):
        deed(case, everyone)

    assert ConsultationRequest.objects.filter(pk=case.pk).values().get() == before


@pytest.mark.parametrize(
    ("shift", "field"), [(timedelta(hours=1), "day"), (timedelta(days=-2), "day")]
)
def test_contact_request_refuses_times_to_come_and_before_submission(
    shift, field, everyone, case_at
):
    case = case_at(Status.ASSIGNED)

    with pytest.raises(Refused) as refused:
        actions.contact_request(case, contacted_at=clock.now() + shift, by=everyone.assigned)

    assert refused.value.field == field


def test_contact_request_within_the_minute_of_the_submission(everyone):
    with clock.at(clock.now() + timedelta(seconds=20)):
        case = submitted_request(requester=everyone.requester)
    with clock.at(clock.now() + timedelta(seconds=40)):
        case = actions.take_request(case, by=everyone.region)
        offered = clock.now().replace(second=0, microsecond=0)
        case = actions.contact_request(case, contacted_at=offered, by=everyone.region)

    assert (case.status, case.contacted_at) == (Status.IN_PROGRESS, case.submitted_at)


def test_book_case_meeting_refuses_strangers_and_guests_of_a_discussion(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    guest = Guest(name="Mari Mets", email="mari@kool.example")

    with pytest.raises(Refused) as stranger:
        actions.book_case_meeting(
            case, kind="discussion", people=[everyone.outsider], by=everyone.assigned,
            **meeting_times(),
        )  # fmt: skip
    with pytest.raises(Refused) as guests:
        actions.book_case_meeting(
            case, kind="discussion", guests=[guest], by=everyone.assigned, **meeting_times()
        )

    assert (stranger.value.field, guests.value.field) == ("people", "guests")
    assert not CaseMeeting.objects.exists()


def test_send_message_takes_the_writers_side(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)

    actions.send_message(case, text="a", by=everyone.contact)
    actions.send_message(case, text="b", by=everyone.stand_in)

    assert list(case.messages.values_list("side", flat=True)) == [
        Message.Side.MUNICIPALITY, Message.Side.BOARD,
    ]  # fmt: skip


@pytest.mark.parametrize("place", [None, "Elva vald"])
def test_nothing_is_written_to_a_municipality_of_nobody(place, everyone):
    case = actions.take_request(opened_case(everyone.region, place), by=everyone.region)

    for deed in (
        lambda: actions.send_message(case, text=WORDS, by=everyone.region),
        lambda: actions.agree_measure(case, text=WORDS, owner="board", by=everyone.region),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.field == "text"
    assert (case.messages.count(), case.measures.count()) == (0, 0)

    if place:
        actions.add_contact(case, person=everyone.colleague, by=everyone.region)
        actions.send_message(case, text=WORDS, by=everyone.region)
        assert Mail.objects.get(kind="consultations.message_sent").recipient == everyone.colleague


def test_the_replaced_contact_reads_no_more_from_the_same_moment(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    contact = actions.add_contact(case, person=everyone.colleague, by=everyone.requester)

    actions.replace_contact(contact, person=everyone.manager, by=everyone.colleague)

    readable = ConsultationRequest.objects.readable_by
    assert not readable(everyone.colleague).contains(case)
    assert readable(everyone.manager).contains(case)


def test_a_closed_case_takes_contacts_until_its_summary_is_confirmed(everyone, case_at):
    case = case_at(Status.CLOSED)

    actions.add_contact(case, person=everyone.colleague, by=everyone.manager)
    actions.read_summary(case, by=everyone.colleague)

    with pytest.raises(Refused):
        actions.add_contact(case, person=everyone.manager, by=everyone.manager)


@pytest.mark.parametrize("who", ["outsider", "requester", "contact", "assigned"])
def test_add_contact_refuses_foreign_people_and_those_who_act_already(who, everyone, case_at):
    case = case_at(Status.IN_PROGRESS)

    with pytest.raises(Refused) as refused:
        actions.add_contact(case, person=getattr(everyone, who), by=everyone.manager)

    assert refused.value.field == "person"


# --- at rest --------------------------------------------------------------------------------


def test_no_narrative_lies_open_in_the_database(everyone, case_at):
    case = case_at(Status.IN_PROGRESS)
    for deed in ("send_message", "change_factors", "agree_measure", "add_note"):
        _status, actor, do, _told = DEEDS[deed]
        case = ConsultationRequest.objects.get(pk=case.pk)
        do(case, everyone, getattr(everyone, actor))
    Draft.objects.create(
        owner=everyone.requester, kind="consultations.request", content={"question": WORDS}
    )
    case = ConsultationRequest.objects.get(pk=case.pk)
    actions.close_request(
        case, summary=WORDS, recommendations=WORDS, version=case.version, by=everyone.assigned
    )

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [table for row in cursor.fetchall() if CANARY in str(row)]
    assert found == []
    assert ConsultationRequest.objects.get(pk=case.pk).summary == WORDS


def test_add_contact_gives_a_manager_no_key_to_a_case_that_others_act_in():
    manager = people.manager("Elva vald")
    case = request_at(Status.IN_PROGRESS, requester=people.worker("Elva vald"))

    with pytest.raises(Refused) as refused:
        actions.add_contact(case, person=manager, by=manager)

    assert refused.value.field == "person"
    assert not case.contacts.exists()


def test_add_contact_lets_a_manager_step_in_where_nobody_is_left():
    worker, manager = people.worker("Elva vald"), people.manager("Elva vald")
    case = request_at(Status.IN_PROGRESS, requester=worker)
    worker.posts.update(ends_on=clock.today() - timedelta(days=1))

    actions.add_contact(case, person=manager, by=manager)

    assert [contact.user for contact in case.contacts.all()] == [manager]
