"""What can happen in supervision: transitions, one journal entry each, seats, mails."""

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.actions import cancel_meeting, move_meeting
from meetings.models import Invitee, Meeting
from outbox.models import Message
from supervision import actions
from supervision.actions import groups
from supervision.models import Membership, Offer, Registration
from supervision.tasks import expire_offers
from tests.factories import people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db


def kinds_since(number: int) -> list[str]:
    return [entry.kind for entry in Entry.objects.order_by("id")[number:]]


def invited_to(user) -> int:
    return Invitee.objects.filter(user=user, meeting__service="supervision").count()


# --- seasons and registrations ----------------------------------------------------------------


def test_season_open_twice_is_refused():
    season = make.open_season()

    with pytest.raises(Refused):
        actions.open_season(season, by=people.coordinator())


def test_season_of_the_same_year_is_refused():
    make.season(year=2027)

    with pytest.raises(Refused) as refusal:
        make.season(year=2027)

    assert refusal.value.field == "year"


def test_season_change_with_a_stale_version_changes_nothing():
    season = make.open_season()
    closes = season.registration_closes_on

    with pytest.raises(Refused):
        actions.change_season(
            season,
            registration_opens_on=season.registration_opens_on,
            registration_closes_on=closes + timedelta(days=9),
            version=season.version - 1,
            by=people.coordinator(),
        )

    season.refresh_from_db()
    assert season.registration_closes_on == closes


def test_season_register_journals_once_and_waits_for_the_coordinator():
    season = make.open_season()
    before = Entry.objects.count()

    registration = make.registered(season)

    assert registration.status == "registered"
    assert kinds_since(before) == ["supervision.registration_made"]


def test_season_register_twice_is_refused():
    season = make.open_season()
    first = make.registered(season)

    with pytest.raises(Refused):
        make.registered(season, user=first.user)

    assert Registration.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "not yet", "ended"])
def test_season_register_outside_its_time_is_refused(state):
    if state == "draft":
        season = make.season()
    elif state == "not yet":
        season = make.open_season(opens=clock.today() + timedelta(days=1))
    else:
        season = actions.end_season(make.open_season(), by=people.coordinator())

    with pytest.raises(Refused):
        make.registered(season)

    assert Registration.objects.count() == 0


def test_season_register_of_a_worker_in_the_managers_season_is_denied():
    season = make.open_season(audience="managers")

    with pytest.raises(PermissionDenied):
        make.registered(season, user=people.worker())


def test_season_register_in_midyear_without_groups_is_an_ordinary_registration():
    season = make.open_season()

    with clock.at(make.after_window(season)):
        registration = make.registered(season)

    assert (registration.status, registration.waiting_since) == ("registered", None)


def test_season_register_in_midyear_with_groups_out_joins_the_waiting_list_in_order():
    season = make.open_season(window=3)
    make.published_group(season)
    first, second = make.waiting(season), make.waiting(season)

    assert [first.status, second.status] == ["waiting", "waiting"]
    assert sorted([first.place_in_queue(), second.place_in_queue()]) == [1, 2]


def test_registration_enter_tells_the_person():
    season = make.open_season()
    worker, consultant = people.worker(), people.consultant()
    before = Entry.objects.count()

    actions.enter_registration(
        season,
        person=worker,
        municipality=people.municipality(),
        form="online",
        language="et",
        travels_up_to_km=None,
        weekdays="12",
        by=consultant,
    )

    assert kinds_since(before) == ["supervision.registration_entered"]
    assert [mail.recipient for mail in Message.objects.all()] == [worker]


def test_registration_enter_of_a_foreign_municipality_is_denied():
    season = make.open_season()
    worker = people.worker("Haapsalu linn")

    with pytest.raises(PermissionDenied):
        actions.enter_registration(
            season,
            person=worker,
            municipality=people.municipality("Haapsalu linn"),
            form="online",
            language="et",
            travels_up_to_km=None,
            weekdays="12",
            by=people.consultant("Elva vald"),
        )


def test_registration_change_is_possible_in_a_draft_but_not_in_a_published_group():
    season = make.open_season()
    group = make.dated_group(season)
    registration = make.registered(season)
    actions.place_member(group, registration, by=people.coordinator())
    wishes = {"form": "online", "language": "ru", "travels_up_to_km": None, "weekdays": "1"}

    changed = actions.change_registration(registration, **wishes, by=registration.user)
    actions.publish_group(group, by=people.coordinator())

    assert changed.language == "ru"
    with pytest.raises(Refused):
        actions.change_registration(registration, **wishes, by=registration.user)


def test_registration_withdraw_frees_the_seat_and_the_calendar():
    season = make.open_season()
    group = make.published_group(season)
    member = make.members_of(group)[0]
    registration = Registration.objects.get(user=member)
    before = Entry.objects.count()

    actions.withdraw_registration(registration, by=member)

    assert make.members_of(group) == []
    assert invited_to(member) == 0
    assert kinds_since(before) == ["supervision.registration_withdrawn"]


def test_registration_queue_counts_from_the_registration():
    registration = make.registered(make.open_season())

    queued = actions.queue_registration(registration, by=people.coordinator())

    assert queued.waiting_since == registration.registered_at


# --- groups -----------------------------------------------------------------------------------


def test_group_publish_invites_to_three_meetings_and_sends_one_mail_each():
    season = make.open_season()
    group = make.dated_group(season)
    registrations = [make.registered(season), make.registered(season)]
    for registration in registrations:
        actions.place_member(group, registration, by=people.coordinator())
    before = Entry.objects.count()

    actions.publish_group(group, by=people.coordinator())

    assert [invited_to(each.user) for each in registrations] == [3, 3]
    assert sorted(mail.kind for mail in Message.objects.filter(calendar="")) == [
        "supervision.placed",
        "supervision.placed",
    ]
    invitations = Message.objects.exclude(calendar="")
    # Two members and the supervisor, to each of the three meetings.
    assert {mail.kind for mail in invitations} == {"meetings.meeting_invitation"}
    assert invitations.count() == 9
    assert kinds_since(before) == ["supervision.group_published"]


def test_group_publish_names_three_dates_in_the_mail():
    group = make.published_group(make.open_season())

    body = Message.objects.get(kind="supervision.placed").body

    assert body.count("kl 10.00–13.00") == 3
    assert group.get_absolute_url() in body


@pytest.mark.parametrize("lacking", ["dates", "members", "supervisor"])
def test_group_publish_without_something_is_refused(lacking):
    season = make.open_season()
    group = make.draft_group(season) if lacking == "dates" else make.dated_group(season)
    if lacking != "members":
        actions.place_member(group, make.registered(season), by=people.coordinator())
    if lacking == "supervisor":
        type(group).objects.filter(pk=group.pk).update(supervisor=None)

    with pytest.raises(Refused):
        actions.publish_group(group, by=people.coordinator())

    group.refresh_from_db()
    assert group.status == "draft"


def test_draft_is_silent():
    season = make.open_season()
    group = make.dated_group(season)
    registration = make.registered(season)

    actions.place_member(group, registration, by=people.coordinator())

    assert invited_to(registration.user) == 0
    assert Message.objects.count() == 0


def test_member_place_into_the_last_seat_then_full():
    season = make.open_season()
    group = make.published_group(season, capacity=2)
    last, late = make.registered(season), make.registered(season)
    actions.place_member(group, last, by=people.coordinator())

    with pytest.raises(Refused) as refusal:
        actions.place_member(group, late, by=people.coordinator())

    assert refusal.value.reason == "Grupp on täis."
    late.refresh_from_db()
    assert late.status == "registered"
    assert len(make.members_of(group)) == 2


def test_members_place_more_than_seats_places_nobody():
    season = make.open_season()
    group = make.dated_group(season, capacity=1)
    two = [make.registered(season), make.registered(season)]

    with pytest.raises(Refused):
        actions.place_members(group, two, by=people.coordinator())

    assert Membership.objects.count() == 0


def test_member_place_later_gets_only_the_coming_meetings():
    season = make.open_season()
    group = make.published_group(season)
    late = make.registered(season)

    with clock.at(make.during(make.first_session(group))):
        actions.place_member(group, late, by=people.coordinator())

    assert invited_to(late.user) == 2


def test_member_place_twice_is_refused():
    season = make.open_season()
    group, other = make.dated_group(season), make.dated_group(season)
    registration = make.registered(season)
    actions.place_member(group, registration, by=people.coordinator())

    with pytest.raises(Refused):
        actions.place_member(other, registration, by=people.coordinator())


def test_member_move_changes_the_calendar_and_mails_once():
    season = make.open_season()
    group = make.published_group(season)
    day = clock.today() + timedelta(days=15)
    other = make.published_group(season, first=day)
    member = make.members_of(group)[0]
    Message.objects.all().delete()
    before = Entry.objects.count()

    actions.move_member(group.memberships.get(), other, by=people.coordinator())

    days = Invitee.objects.filter(user=member).values_list("meeting__organiser", flat=True)
    assert list(days) == [other.supervisor_id] * 3
    mails = sorted((mail.kind, mail.calendar_method) for mail in Message.objects.all())
    assert mails == [
        *[("meetings.meeting_invitation", "REQUEST")] * 3,
        *[("meetings.meeting_uninvited", "CANCEL")] * 3,
        ("supervision.placed", ""),
    ]
    assert kinds_since(before) == ["supervision.member_moved"]


def test_member_move_into_a_full_group_keeps_the_seat():
    season = make.open_season()
    group = make.published_group(season)
    full = make.published_group(season, capacity=1)

    with pytest.raises(Refused):
        actions.move_member(group.memberships.get(), full, by=people.coordinator())

    assert len(make.members_of(group)) == 1


def test_member_remove_takes_off_the_coming_meetings_and_queues():
    season = make.open_season()
    group = make.published_group(season, members=2)
    member = make.members_of(group)[0]
    before = Entry.objects.count()

    registration = actions.remove_member(
        group.memberships.get(registration__user=member), by=people.coordinator()
    )

    assert invited_to(member) == 0
    assert registration.status == "waiting"
    assert kinds_since(before) == ["supervision.member_removed"]


def test_member_remove_keeps_the_past_in_mind():
    season = make.open_season()
    group = make.published_group(season)
    session = make.recorded(make.first_session(group))
    seat = group.memberships.get()

    with clock.at(make.during(session) + timedelta(days=1)):
        actions.remove_member(seat, by=people.coordinator())

    seat.refresh_from_db()
    assert seat.ends_on == clock.day_of(make.during(session))
    assert session.attendances.count() == 1


def test_group_change_below_the_seats_taken_is_refused():
    season = make.open_season()
    group = make.published_group(season, members=2)

    with pytest.raises(Refused) as refusal:
        actions.change_group(
            group,
            name=group.name,
            form=group.form,
            language=group.language,
            place=group.place,
            capacity=1,
            supervisor=group.supervisor,
            by=people.coordinator(),
        )

    assert refusal.value.field == "capacity"


def test_group_change_of_supervisor_hands_over_the_calendar():
    group = make.dated_group(make.open_season())
    before, after = group.supervisor, people.supervisor()

    actions.change_group(
        group,
        name=group.name,
        form=group.form,
        language=group.language,
        place=group.place,
        capacity=12,
        supervisor=after,
        by=people.coordinator(),
    )

    assert (invited_to(before), invited_to(after)) == (0, 3)
    assert {s.meeting.organiser for s in group.sessions.all()} == {after}


def given_to(group, supervisor):
    return actions.change_group(
        group,
        name=group.name,
        form=group.form,
        language=group.language,
        place=group.place,
        capacity=group.capacity,
        supervisor=supervisor,
        by=people.coordinator(),
    )


def test_group_change_of_supervisor_is_told_when_the_group_is_out():
    season = make.open_season()
    draft, group = make.dated_group(season), make.published_group(season, members=2)
    before, after, members = group.supervisor, people.supervisor(), make.members_of(group)
    Message.objects.all().delete()

    given_to(draft, people.supervisor())
    given_to(group, after)
    given_to(group, after)

    told = Message.objects.filter(kind="supervision.group_changed")
    assert {mail.recipient for mail in told} == {before, after, *members}
    assert told.count() == 4
    assert after.name in told.get(recipient=members[0]).body


def test_group_change_of_supervisor_keeps_what_was_changed_in_the_meetings_meanwhile(monkeypatch):
    group = make.published_group(make.open_season())
    first = make.first_session(group).meeting
    look = groups.check_free_for

    def cancelled_meanwhile(*args, **facts):
        Meeting.objects.filter(pk=first.pk).update(status=Meeting.Status.CANCELLED)
        return look(*args, **facts)

    monkeypatch.setattr(groups, "check_free_for", cancelled_meanwhile)
    given_to(group, people.supervisor())

    first.refresh_from_db()
    assert first.is_cancelled


def moved(meeting, days: int = 1, *, by, **place):
    day = timedelta(days=days)
    return move_meeting(
        meeting,
        starts_at=meeting.starts_at + day,
        ends_at=meeting.ends_at + day,
        wanted_by="organiser",
        reason="",
        by=by,
        **place,
    )


def test_session_move_across_another_meeting_of_the_supervisor_is_refused():
    season = make.open_season()
    group = make.published_group(season)
    first = clock.day_of(make.first_session(group).meeting.starts_at)
    make.dated_group(season, supervisor=group.supervisor, first=first + timedelta(days=1))

    with pytest.raises(Refused) as refusal:
        moved(make.first_session(group).meeting, by=group.supervisor)

    assert refusal.value.field == "day"
    moved(make.first_session(group).meeting, 2, by=group.supervisor)


def test_session_move_to_a_day_on_which_the_group_meets_is_refused():
    group = make.published_group(make.open_season())
    meeting = make.first_session(group).meeting
    day = timedelta(days=21)

    with pytest.raises(Refused) as refusal:
        move_meeting(
            meeting,
            starts_at=meeting.starts_at + day + timedelta(hours=5),
            ends_at=meeting.ends_at + day + timedelta(hours=5),
            wanted_by="organiser",
            reason="",
            by=group.supervisor,
        )

    assert refusal.value.field == "day"


def test_session_move_to_another_room_asks_nothing_of_the_time():
    season = make.open_season()
    group = make.published_group(season)
    other = make.dated_group(season)
    Meeting.objects.filter(supervision_session__group=other).update(organiser=group.supervisor)

    meeting = moved(make.first_session(group).meeting, 0, by=group.supervisor, place="Ruum 2")

    assert meeting.place == "Ruum 2"


def cancelled(meeting, *, by):
    return cancel_meeting(meeting, wanted_by="organiser", reason="", by=by)


@pytest.mark.parametrize("deed", [moved, cancelled])
def test_session_that_is_recorded_is_neither_moved_nor_cancelled(deed):
    group = make.published_group(make.open_season())
    session = make.recorded(make.first_session(group))

    with clock.at(make.during(session)), pytest.raises(Refused) as refusal:
        deed(session.meeting, by=group.supervisor)

    assert refusal.value.field == "day"
    session.meeting.refresh_from_db()
    assert not session.meeting.is_cancelled


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_session_date_holds_the_supervisor():
    group = make.draft_group(make.open_season())
    day = clock.today() + timedelta(days=14)

    with CaptureQueriesContext(connection) as asked:
        actions.date_session(
            group,
            1,
            starts_at=clock.tallinn(day, time(10)),
            ends_at=clock.tallinn(day, time(13)),
            form="on_site",
            place=group.place,
            by=people.coordinator(),
        )

    assert held_in(asked) == ["supervision_group", "people_user"]


def held_in(asked) -> list[str]:
    """The tables of the rows that were held, in order."""
    held = [each["sql"] for each in asked if " FOR " in each["sql"] and " UPDATE" in each["sql"]]
    return [re.search(r'FROM "(\w+)"', sql)[1] for sql in held]


def test_session_date_across_another_meeting_of_the_supervisor_is_refused():
    season = make.open_season()
    group = make.dated_group(season)

    with pytest.raises(Refused) as refusal:
        make.dated_group(season, supervisor=group.supervisor)

    assert refusal.value.field == "day"


def test_session_date_of_a_published_meeting_is_refused():
    group = make.published_group(make.open_season())
    meeting = make.first_session(group).meeting

    with pytest.raises(Refused):
        actions.date_session(
            group,
            1,
            starts_at=meeting.starts_at + timedelta(days=1),
            ends_at=meeting.ends_at + timedelta(days=1),
            form="on_site",
            place="Mujal",
            by=people.coordinator(),
        )


# --- attendance and feedback ------------------------------------------------------------------


def test_session_attendance_before_the_meeting_is_refused():
    group = make.published_group(make.open_season())

    with pytest.raises(Refused):
        actions.record_attendance(
            make.first_session(group), hours=Decimal(3), attended={}, by=group.supervisor
        )


def test_session_attendance_records_and_corrects():
    group = make.published_group(make.open_season(), members=3)
    session = make.recorded(make.first_session(group), absent=1)
    before = Entry.objects.count()

    session = make.recorded(session)

    found = session.attendances.values_list("status", flat=True)
    assert list(found) == ["attended"] * 3
    assert session.hours == Decimal("3")
    assert kinds_since(before) == ["supervision.attendance_recorded"]


def test_session_attendance_by_another_supervisor_is_denied():
    session = make.first_session(make.published_group(make.open_season()))

    with clock.at(make.during(session)), pytest.raises(PermissionDenied):
        actions.record_attendance(session, hours=Decimal(3), attended={}, by=people.supervisor())


def test_session_attendance_by_one_who_is_supervisor_no_more_is_denied():
    session = make.first_session(make.published_group(make.open_season()))
    supervisor = session.group.supervisor
    supervisor.staff_roles.update(ends_on=clock.today())

    with clock.at(make.during(session)), pytest.raises(PermissionDenied):
        actions.record_attendance(session, hours=Decimal(3), attended={}, by=supervisor)


def test_session_feedback_of_somebody_absent_is_denied():
    group = make.published_group(make.open_season(), members=2)
    session = make.recorded(make.first_session(group), absent=2)

    with pytest.raises(PermissionDenied):
        actions.give_feedback(session, useful=5, safe=5, by=make.members_of(group)[0])


def test_session_feedback_twice_is_refused():
    group = make.published_group(make.open_season())
    session = make.recorded(make.first_session(group))
    member = make.members_of(group)[0]
    actions.give_feedback(session, useful=5, safe=5, by=member)

    with pytest.raises(Refused):
        actions.give_feedback(session, useful=1, safe=1, by=member)

    assert session.feedback.count() == 1


# --- waiting list -----------------------------------------------------------------------------


def waiting_season(capacity: int = 2):
    season = make.open_season(window=3)
    return season, make.published_group(season, capacity=capacity)


def test_place_offer_holds_the_seat():
    season, group = waiting_season()
    first, second = make.waiting(season), make.registered(season)
    before = Entry.objects.count()
    make.offered(first, group)
    entries = [kind for kind in kinds_since(before) if kind.startswith("supervision")]

    with pytest.raises(Refused) as refusal:
        actions.place_member(group, second, by=people.coordinator())

    assert refusal.value.reason == "Grupp on täis."
    assert entries == ["supervision.place_offered"]


def test_offer_accept_takes_the_seat():
    season, group = waiting_season()
    registration = make.waiting(season)
    offer = make.offered(registration, group)
    before = Entry.objects.count()

    actions.accept_offer(offer, by=registration.user)

    assert registration.user in make.members_of(group)
    assert invited_to(registration.user) == 3
    assert kinds_since(before) == ["supervision.offer_accepted"]


def test_offer_accept_after_the_deadline_is_refused():
    season, group = waiting_season()
    registration = make.waiting(season)
    offer = make.offered(registration, group)

    with clock.at(offer.deadline_at), pytest.raises(Refused):
        actions.accept_offer(offer, by=registration.user)

    assert registration.user not in make.members_of(group)


def test_offer_accept_of_a_full_group_is_refused():
    season, group = waiting_season()
    registration = make.waiting(season)
    offer = make.offered(registration, group)
    type(group).objects.filter(pk=group.pk).update(capacity=1)

    with pytest.raises(Refused) as refusal:
        actions.accept_offer(offer, by=registration.user)

    assert refusal.value.reason == "Grupp on täis."


def test_offer_of_somebody_else_is_denied():
    season, group = waiting_season()
    offer = make.offered(make.waiting(season), group)

    for action in (actions.accept_offer, actions.decline_offer):
        with pytest.raises(PermissionDenied):
            action(offer, by=people.worker())


def test_offer_decline_keeps_the_place_on_the_list():
    season, group = waiting_season()
    registration = make.waiting(season)

    actions.decline_offer(make.offered(registration, group), by=registration.user)

    registration.refresh_from_db()
    assert (registration.status, registration.place_in_queue()) == ("waiting", 1)


def test_expire_offers_frees_the_seat_once():
    season, group = waiting_season()
    offer = make.offered(make.waiting(season), group)

    with clock.at(offer.deadline_at):
        expired = [expire_offers(), expire_offers()]
        next_one = make.offered(make.waiting(season), group)

    offer.refresh_from_db()
    assert expired == [1, 0]
    assert (offer.status, next_one.status) == ("expired", "offered")


@pytest.mark.parametrize("deed", ["group", "season"])
def test_offer_is_closed_with_its_group_and_its_season(deed):
    season = make.open_season(window=3)
    group = make.published_group(season)
    registration = make.waiting(season)
    with clock.at(clock.tallinn(clock.today() + timedelta(days=100), time(9))):
        offer = make.offered(registration, group)
        before = Entry.objects.count()
        if deed == "group":
            actions.end_group(group, by=people.coordinator())
        else:
            actions.end_season(season, by=people.coordinator())

    offer.refresh_from_db()
    assert offer.status == "expired"
    assert set(kinds_since(before)) == {f"supervision.{deed}_ended", "supervision.offer_closed"}
    assert Entry.objects.count() == before + 2
    assert told("offer_closed") == [registration.user]


def test_registration_withdraw_by_the_coordinator_is_told_and_gives_back_the_offer():
    season = make.open_season(window=3)
    group = make.published_group(season)
    own, waiting = make.waiting(season), make.waiting(season)
    offers = [make.offered(each, group) for each in (own, waiting)]
    before = Entry.objects.count()

    actions.withdraw_registration(own, by=own.user)
    actions.withdraw_registration(waiting, by=people.coordinator())

    assert (
        kinds_since(before)
        == [
            "supervision.offer_declined",
            "supervision.registration_withdrawn",
        ]
        * 2
    )
    assert [Offer.objects.get(pk=each.pk).status for each in offers] == ["declined"] * 2
    assert told("registration_withdrawn") == [waiting.user]


def test_expire_offers_leaves_open_ones():
    season, group = waiting_season()
    make.offered(make.waiting(season), group)

    assert expire_offers() == 0
    assert Offer.objects.get().status == "offered"


# --- network supervision ----------------------------------------------------------------------


def test_network_goes_from_wish_to_held():
    network = make.dated_network()

    with clock.at(network.meeting.ends_at):
        held = actions.hold_network(network, hours=Decimal("2"), by=network.supervisor)

    kinds = [entry.kind for entry in Entry.objects.about(held).order_by("id")]
    assert kinds == [
        "supervision.network_asked",
        "supervision.network_accepted",
        "supervision.network_dated",
        "supervision.network_held",
    ]
    assert (held.status, held.hours) == ("held", Decimal("2"))


def test_network_hold_before_the_meeting_is_refused():
    network = make.dated_network()

    with pytest.raises(Refused):
        actions.hold_network(network, hours=Decimal("2"), by=network.supervisor)


def test_network_decline_cannot_follow_accept():
    network = make.accepted_network()

    with pytest.raises(Refused):
        actions.decline_network(network, reason="ei", by=people.coordinator())


def test_network_withdraw_cancels_its_meeting():
    network = make.dated_network()

    withdrawn = actions.withdraw_network(network, by=network.requester)

    withdrawn.meeting.refresh_from_db()
    assert (withdrawn.status, withdrawn.meeting.is_cancelled) == ("withdrawn", True)


def test_network_move_across_another_meeting_of_the_supervisor_is_refused():
    network = make.dated_network()
    other = make.asked_network()
    other = actions.accept_network(other, supervisor=network.supervisor, by=people.coordinator())
    day = timedelta(days=1)
    actions.date_network(
        other,
        starts_at=network.meeting.starts_at + day,
        ends_at=network.meeting.ends_at + day,
        form="on_site",
        place="Mujal",
        by=network.supervisor,
    )

    with pytest.raises(Refused) as refusal:
        moved(network.meeting, by=network.supervisor)

    assert refusal.value.field == "day"


def test_network_that_was_held_is_not_cancelled():
    network = make.dated_network()
    with clock.at(network.meeting.starts_at + timedelta(hours=1)):
        actions.hold_network(network, hours=Decimal(1), by=network.supervisor)
        with pytest.raises(Refused):
            cancelled(network.meeting, by=network.supervisor)

    network.refresh_from_db()
    assert network.status == "held"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.parametrize("deed", ["withdraw", "cancel"])
def test_network_holds_the_meeting_before_itself(deed):
    network = make.dated_network()

    with CaptureQueriesContext(connection) as asked:
        if deed == "withdraw":
            actions.withdraw_network(network, by=network.requester)
        else:
            cancelled(network.meeting, by=network.supervisor)

    # Its poll, if any runs, comes before both: closing one goes the same way.
    held = [table for table in held_in(asked) if table != "meetings_poll"]
    assert held[:2] == ["meetings_meeting", "supervision_networksupervision"]


def test_network_deeds_end_with_the_role_and_the_post():
    network = make.dated_network()
    yesterday = clock.today() - timedelta(days=1)
    network.supervisor.staff_roles.update(ends_on=yesterday)
    network.requester.posts.update(ends_on=yesterday)

    with pytest.raises(PermissionDenied):
        actions.withdraw_network(network, by=network.requester)
    with pytest.raises(PermissionDenied):
        actions.hold_network(network, hours=Decimal(1), by=network.supervisor)
    for person in (network.requester, network.supervisor):
        with pytest.raises(PermissionDenied):
            moved(network.meeting, by=person)


def told(kind: str) -> list:
    return [mail.recipient for mail in Message.objects.filter(kind=f"supervision.{kind}")]


def test_network_withdraw_before_a_date_is_told_to_the_other_side():
    network = make.accepted_network()
    asked = make.asked_network()

    actions.withdraw_network(network, by=network.requester)
    actions.withdraw_network(asked, by=people.coordinator())

    assert set(told("network_withdrawn")) == {network.supervisor, asked.requester}
    assert len(told("network_withdrawn")) == 2


def test_network_mails_hold_nothing_of_the_wish():
    make.dated_network()

    text = "".join(mail.subject + mail.body + mail.calendar for mail in Message.objects.all())

    assert Message.objects.count() == 3
    assert make.WISH not in text


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        (actions.accept_network, {"supervisor": None}),
        (actions.decline_network, {"reason": "ei"}),
        (actions.date_network, {"starts_at": None, "ends_at": None, "form": "phone"}),
        (actions.hold_network, {"hours": Decimal(1)}),
        (actions.withdraw_network, {}),
    ],
)
def test_network_of_others_is_denied(action, facts):
    network = make.accepted_network()

    with pytest.raises(PermissionDenied):
        action(network, **facts, by=people.worker())


def test_network_ask_for_another_municipality_is_denied():
    with pytest.raises(PermissionDenied):
        make.asked_network("Elva vald", requester=people.worker("Haapsalu linn"))


# --- the coordinator alone --------------------------------------------------------------------


@pytest.mark.parametrize("role", ["worker", "manager", "consultant", "supervisor"])
def test_only_the_coordinator_runs_seasons(role):
    user = getattr(people, role)()
    season = make.open_season(window=3)
    group = make.published_group(season)
    draft = make.dated_group(season)
    registration, waiting = make.registered(season), make.waiting(season)
    seat = group.memberships.get()
    facts = {"name": "X", "form": "online", "language": "et", "capacity": 3}
    window = {
        "registration_opens_on": clock.today(),
        "registration_closes_on": clock.today(),
    }
    meeting = make.first_session(group).meeting
    deeds = [
        lambda: actions.make_season(year=2030, audience="workers", **window, by=user),
        lambda: actions.open_season(season, by=user),
        lambda: actions.change_season(season, **window, by=user),
        lambda: actions.end_season(season, by=user),
        lambda: actions.make_group(season, **facts, by=user),
        lambda: actions.change_group(group, **facts, by=user),
        lambda: actions.publish_group(draft, by=user),
        lambda: actions.end_group(group, by=user),
        lambda: actions.date_session(
            draft, 1, starts_at=meeting.starts_at, ends_at=meeting.ends_at, form="phone", by=user
        ),
        lambda: actions.place_member(group, registration, by=user),
        lambda: actions.move_member(seat, draft, by=user),
        lambda: actions.remove_member(seat, by=user),
        lambda: actions.queue_registration(registration, by=user),
        lambda: actions.offer_place(waiting, group, deadline_at=meeting.ends_at, by=user),
        lambda: actions.withdraw_registration(registration, by=user),
    ]
    allowed = []
    for number, deed in enumerate(deeds):
        try:
            deed()
        except PermissionDenied:
            continue
        allowed.append(number)

    assert allowed == []


# --- registrations of others ------------------------------------------------------------------


def test_registration_change_by_a_stranger_is_denied():
    registration = make.registered(make.open_season())

    for user in (people.worker(), people.manager(), people.consultant()):
        with pytest.raises(PermissionDenied):
            actions.change_registration(
                registration,
                form="online",
                language="et",
                travels_up_to_km=None,
                weekdays="1",
                by=user,
            )


@pytest.mark.parametrize("role", ["worker", "manager", "supervisor"])
def test_registration_enter_by_others_is_denied(role):
    season = make.open_season()

    with pytest.raises(PermissionDenied):
        actions.enter_registration(
            season,
            person=people.worker(),
            municipality=people.municipality(),
            form="online",
            language="et",
            travels_up_to_km=None,
            weekdays="1",
            by=getattr(people, role)(),
        )


def test_dates_of_a_draft_follow_each_other():
    group = make.dated_group(make.open_season())
    third = group.sessions.get(number=3).meeting

    with pytest.raises(Refused) as refused:
        groups.date_session(
            group,
            1,
            starts_at=third.starts_at + timedelta(days=7),
            ends_at=third.ends_at + timedelta(days=7),
            form="on_site",
            place="Tartu",
            by=people.coordinator(),
        )

    assert refused.value.field == "day"
    assert group.sessions.get(number=1).meeting.starts_at < third.starts_at
