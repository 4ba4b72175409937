"""Planning a season: from registrations to a proposal, changes by hand, drafts, publishing."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from outbox.models import Message
from supervision import actions, tasks
from supervision.models import Group, KeptApart, Proposal, Registration, Season, planning
from supervision.proposals import ProposalView
from supervision.season_instance import instance_of, slots_of
from supervision.workflow import GroupStatus, ProposalState, RegistrationStatus
from tests.factories import people
from tests.factories import supervision as made
from tests.supervision.planner.seasons import faults


pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def season() -> Season:
    return made.planned_season()


@pytest.fixture
def coordinator():
    return people.coordinator()


def person_of(season: Season, registration: Registration) -> dict:
    rows = instance_of(season)["people"]
    return next(row for row in rows if row["id"] == registration.pk.hex)


# --- what the planner is given ----------------------------------------------------------------


def test_wishes_reach_the_planner(season):
    row = season.registrations.first()
    actions.change_registration(
        row,
        form="either",
        language="ru",
        travels_up_to_km=35,
        weekdays="2",
        hours="afternoon",
        by=row.user,
    )

    person = person_of(season, row)

    assert (person["languages"], person["modes"]) == (["ru"], ["onsite", "online"])
    assert person["max_km"] == 35
    # All slots begin at ten and end at one, so that Tuesdays alone are left.
    slots = instance_of(season)["slots"]
    away = {start for start, _end in person["away"]}
    free = [slot for slot in slots if slot["start"] not in away]
    assert len(free) == 6
    row.refresh_from_db()
    actions.change_registration(
        row, form="online", language="et", travels_up_to_km=None, weekdays="2", by=row.user
    )
    assert person_of(season, row)["modes"] == ["online"]


def test_absences_and_meetings_are_in_the_way_of_a_date(season):
    row = season.registrations.first()
    first = season.rounds.first().starts_on
    people.absence(row.user, first, first + 6 * DAY)

    away = person_of(season, row)["away"]

    assert len(away) == 5


def test_group_of_last_year_goes_on_unless_other_people_are_wished():
    earlier = made.open_season(year=2026)
    group = made.published_group(earlier, members=3)
    season = made.planned_season(3, year=2027)
    same, other, whatever = made.members_of(group)
    mine = made.registered(season, user=same, continuing="same")
    theirs = made.registered(season, user=other, continuing="other")
    free = made.registered(season, user=whatever)

    assert person_of(season, mine)["previous_group"] == group.pk.hex
    assert person_of(season, theirs)["previous_group"] is None
    assert person_of(season, free)["previous_group"] is None
    bans = instance_of(season)["locks"]["bans"]
    assert bans == [{"person": theirs.pk.hex, "group": group.pk.hex}]
    assert instance_of(season)["previous_groups"] == [{"id": group.pk.hex, "kind": "worker"}]


def test_managers_and_own_people_and_kept_pairs_are_apart(season, coordinator):
    one, two, three = season.registrations.all()[:3]
    actions.keep_apart(two, one, by=coordinator)
    actions.keep_apart(one, two, by=coordinator)
    people.post(three.user, "Elva vald", kind="manager")

    assert KeptApart.objects.count() == 1
    assert person_of(season, one)["apart_from"].count(two.pk.hex) == 1
    worker = season.registrations.filter(municipality__name="Elva vald").exclude(pk=three.pk)[0]
    assert three.pk.hex in person_of(season, worker)["apart_from"]


def test_season_without_rounds_or_people_is_not_planned(coordinator):
    season = made.open_season()
    with pytest.raises(Refused):
        made.asked_proposal(season)
    made.frame(season, season.registration_closes_on + 14 * DAY)
    with pytest.raises(Refused):
        made.asked_proposal(season)
    assert not Proposal.objects.exists()


def test_instance_costs_the_same_queries_for_few_and_many():
    counts = []
    for number, year in ((4, 2027), (24, 2030)):
        season = made.planned_season(number, year=year)
        with CaptureQueriesContext(connection) as asked:
            instance_of(season)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- proposals --------------------------------------------------------------------------------


def test_proposal_breaks_no_rule_and_tells_nobody(season):
    proposal = made.proposal(season)

    assert proposal.state == ProposalState.READY
    assert faults(proposal.instance, proposal.plan) == []
    assert (proposal.placed, proposal.unplaced, proposal.groups) == (14, 0, 2)
    assert not Message.objects.filter(kind__startswith="supervision").exists()
    assert not Group.objects.exists()


def test_nobody_but_the_coordinator_sees_or_makes_a_proposal(season):
    proposal = made.proposal(season, steps=0)

    for person in (people.administrator(), people.consultant(), people.supervisor()):
        assert not Proposal.objects.visible_to(person).exists()
        with pytest.raises(PermissionDenied):
            actions.take_proposal(proposal, by=person)
        with pytest.raises(PermissionDenied):
            actions.ask_proposal(season, seconds=60, by=person)


def test_two_coordinators_at_once_make_one_proposal(season, coordinator):
    made.asked_proposal(season)

    with pytest.raises(Refused):
        actions.ask_proposal(season, seconds=60, by=coordinator)
    assert Proposal.objects.count() == 1


@pytest.fixture
def unproven(monkeypatch):
    """Parts of a second, and a planner that never knows that nothing is better."""

    def plan_season(*args, **facts):
        return tasks_plan(*args, **facts) | {"bound": None, "status": "feasible"}

    tasks_plan = tasks.plan_season
    monkeypatch.setattr(tasks, "plan_season", plan_season)
    monkeypatch.setattr(planning, "PARTS", (1,))


@pytest.mark.usefixtures("unproven")
def test_worker_process_looks_in_parts_until_the_time_is_up(season):
    asked = made.asked_proposal(season, seconds=2)

    assert tasks.plan_part(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.spent) == (ProposalState.RUNNING, 1)
    first = asked.cost
    assert tasks.plan_part(asked.pk)
    asked.refresh_from_db()

    assert (asked.state, asked.spent) == (ProposalState.READY, 2)
    assert asked.cost <= first
    assert faults(asked.instance, asked.plan) == []
    assert not tasks.plan_part(asked.pk)


def test_stopping_keeps_the_best_so_far(season, coordinator):
    asked = made.asked_proposal(season, seconds=600)
    part = actions.begin_part(asked.pk)
    actions.stop_proposal(part, by=coordinator)
    assert tasks.Stopped(asked.pk)()

    actions.keep_part(part, plan=made.proposal_plan(part), seconds=6)

    asked.refresh_from_db()
    assert asked.state == ProposalState.READY
    assert asked.plan is not None


def test_parts_grow_and_end_with_the_time():
    proposal = Proposal(seconds=60)
    parts = []
    while proposal.spent < proposal.seconds:
        parts.append(proposal.next_part)
        proposal.spent += proposal.next_part

    assert parts == [6, 20, 34]
    proposal.spent, proposal.worked_at = 6, clock.now() - timedelta(seconds=90)
    # However long a part takes, the page never counts backwards afterwards.
    assert proposal.looked == 26


def test_proven_best_ends_the_search_at_once(season):
    asked = made.asked_proposal(season, seconds=600)

    tasks.plan_part(asked.pk)

    asked.refresh_from_db()
    assert (asked.state, asked.bound) == (ProposalState.READY, asked.cost)


@pytest.mark.usefixtures("unproven")
def test_killed_part_is_taken_up_again_and_loses_no_plan(season):
    asked = made.asked_proposal(season, seconds=2)
    tasks.plan_part(asked.pk)
    asked.refresh_from_db()
    best = asked.plan
    actions.begin_part(asked.pk)

    assert tasks.plan_waiting() == 0
    with clock.at(clock.now() + 4 * timedelta(minutes=1)):
        assert tasks.plan_waiting() == 1

    asked.refresh_from_db()
    assert asked.state == ProposalState.READY
    assert asked.cost <= best["cost"]["total"]


def test_two_processes_do_not_look_at_once(season):
    asked = made.asked_proposal(season)

    assert actions.begin_part(asked.pk) is not None
    assert actions.begin_part(asked.pk) is None


def test_locked_group_stays_and_the_rest_is_planned_anew(season, coordinator):
    proposal = made.proposal(season)
    [first, second] = proposal.plan["groups"]
    actions.set_lock(proposal, group=first["id"], is_locked=True, by=coordinator)
    alone = Registration.objects.get(pk=second["members"][0])
    proposal = actions.set_lock(proposal, registration=alone, is_locked=True, by=coordinator)

    anew = made.proposal(season, base=proposal)

    kept = next(row for row in anew.plan["groups"] if row["id"] == first["id"])
    for name in ("supervisor", "meetings", "mode", "language"):
        assert kept[name] == first[name]
    assert set(first["members"]) <= set(kept["members"])
    assert anew.plan["people"][alone.pk.hex]["group"] == second["id"]
    assert faults(anew.instance, anew.plan) == []
    assert anew.number == proposal.number + 1


def test_lock_on_what_is_gone_is_planned_around(season, coordinator):
    proposal = made.proposal(season)
    first = proposal.plan["groups"][0]
    proposal = actions.set_lock(proposal, group=first["id"], is_locked=True, by=coordinator)
    gone = Registration.objects.get(pk=first["members"][0])
    actions.withdraw_registration(gone, by=gone.user)
    actions.set_supervisors(
        season,
        leaders=[actions.Leader(supervisor=people.supervisor(), most_groups=3)],
        by=coordinator,
    )

    anew = made.proposal(season, base=proposal)

    kept = next(row for row in anew.plan["groups"] if row["id"] == first["id"])
    assert gone.pk.hex not in kept["members"]
    assert faults(anew.instance, anew.plan) == []


# --- by hand ----------------------------------------------------------------------------------


def test_moving_a_person_by_hand_prices_and_warns(season, coordinator):
    proposal = made.proposal(season)
    [first, second] = proposal.plan["groups"]
    person = Registration.objects.get(pk=first["members"][0])
    before = proposal.cost

    moved = actions.move_proposed(proposal, person, group=second["id"], by=coordinator)

    assert moved.plan["people"][person.pk.hex]["group"] == second["id"]
    assert moved.cost != before or moved.plan["cost"] is not None
    assert moved.changed_by_hand
    with pytest.raises(Refused):
        actions.look_further(moved, seconds=60, by=coordinator)


def test_what_breaks_a_rule_wants_a_tick(season, coordinator):
    one, two = season.registrations.all()[:2]
    actions.keep_apart(one, two, by=coordinator)
    proposal = made.proposal(season)
    there = proposal.plan["people"][two.pk.hex]["group"]
    assert proposal.plan["people"][one.pk.hex]["group"] != there

    with pytest.raises(Refused) as refusal:
        actions.move_proposed(proposal, one, group=there, by=coordinator)
    assert refusal.value.field == "group"
    moved = actions.move_proposed(proposal, one, group=there, despite=True, by=coordinator)

    assert moved.plan["people"][one.pk.hex]["group"] == there


def test_stale_page_changes_nothing(season, coordinator):
    proposal = made.proposal(season)
    person = season.registrations.first()
    actions.set_lock(proposal, registration=person, is_locked=True, by=coordinator)

    with pytest.raises(Refused):
        actions.move_proposed(
            proposal, person, group=None, version=proposal.version, by=coordinator
        )


# --- drafts and publishing --------------------------------------------------------------------


def test_taken_proposal_makes_drafts_with_dates_and_people(season, coordinator):
    proposal = made.proposal(season)
    names = {group.name for group in ProposalView(proposal).groups}

    groups = actions.take_proposal(proposal, by=coordinator).groups

    assert {group.name for group in groups} == names
    assert {group.status for group in groups} == {GroupStatus.DRAFT}
    assert all(group.sessions.count() == 3 for group in groups)
    assert sum(group.memberships.count() for group in groups) == 14
    for row in proposal.plan["groups"]:
        rows = Registration.objects.filter(pk__in=row["members"])
        assert len({each.memberships.get().group_id for each in rows}) == 1
    assert not Message.objects.filter(kind__startswith="supervision").exists()
    with pytest.raises(Refused):
        actions.take_proposal(proposal, by=coordinator)

    actions.publish_groups(season, by=coordinator)

    assert Message.objects.filter(kind="supervision.placed").count() == 14
    assert {group.status for group in season.groups.all()} == {GroupStatus.PUBLISHED}


def test_who_withdrew_meanwhile_is_left_out(season, coordinator):
    proposal = made.proposal(season)
    gone = season.registrations.first()
    actions.withdraw_registration(gone, by=gone.user)

    groups = actions.take_proposal(proposal, by=coordinator).groups

    assert sum(group.memberships.count() for group in groups) == 13
    gone.refresh_from_db()
    assert gone.status == RegistrationStatus.WITHDRAWN


def test_date_taken_meanwhile_is_named_and_nothing_is_made(season, coordinator):
    proposal = made.proposal(season)
    group = ProposalView(proposal).groups[0]
    made.busy(group.supervisor, group.meetings[1].starts_at)

    with pytest.raises(Refused, match=group.name):
        actions.take_proposal(proposal, by=coordinator)

    assert not Group.objects.exists()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.READY


def test_publishing_all_is_all_or_none(season, coordinator):
    actions.take_proposal(made.proposal(season), by=coordinator)
    empty = made.draft_group(season, name="Tühi")

    with pytest.raises(Refused, match="Tühi"):
        actions.publish_groups(season, by=coordinator)

    assert not season.groups.exclude(status=GroupStatus.DRAFT).exists()
    assert not Message.objects.filter(kind="supervision.placed").exists()
    assert empty.status == GroupStatus.DRAFT


def test_joiners_get_free_seats_and_no_new_group(season, coordinator):
    actions.take_proposal(made.proposal(season), by=coordinator)
    actions.publish_groups(season, by=coordinator)
    with clock.at(made.after_window(season)):
        late = made.registered(season, weekdays="12345")
        assert late.status == RegistrationStatus.WAITING

        proposal = made.proposal(season, only_fill=True)

        assert faults(proposal.instance, proposal.plan) == []
        assert len(proposal.plan["groups"]) == 2
        assert proposal.plan["people"][late.pk.hex]["group"] is not None
        actions.take_proposal(proposal, by=coordinator)
    late.refresh_from_db()
    assert late.status == RegistrationStatus.PLACED
    assert Message.objects.filter(kind="supervision.placed", recipient=late.user).count() == 1


def test_unplaced_people_are_told_apart_with_what_would_help(season):
    alone = made.registered(season, language="ru")

    shown = ProposalView(made.proposal(season))

    [seat] = shown.unplaced
    assert seat.registration == alone
    assert "Ükski hooaja superviisor" in seat.reasons[0]
    assert seat.help[0].startswith("Lisa superviisor")


def test_wish_not_to_be_with_somebody_is_between_two(season, client_of, coordinator):
    row = season.registrations.first()
    actions.change_registration(
        row,
        form="online",
        language="et",
        travels_up_to_km=None,
        weekdays="1",
        not_with="sosinalind",
        by=row.user,
    )
    address = f"/supervision/seasons/{season.pk}/planning/apart/"

    assert "sosinalind" in client_of(coordinator).get(address).content.decode()
    assert Entry.objects.filter(kind="supervision.wishes_opened").count() == 1
    assert client_of(people.administrator()).get(address).status_code == 403
    consultant = client_of(people.consultant("Elva vald"))
    listed = consultant.get(f"/supervision/seasons/{season.pk}/registrations/")
    assert "sosinalind" not in listed.content.decode()
    assert "sosinalind" not in str(made.proposal(season, steps=0).instance)


# --- joining in mid-year ----------------------------------------------------------------------


@pytest.fixture
def running(season, coordinator) -> Season:
    """A season whose two groups of seven are out, with free seats."""
    actions.take_proposal(made.proposal(season), by=coordinator)
    actions.publish_groups(season, by=coordinator)
    season.refresh_from_db()
    return season


def test_free_seats_are_shown_with_what_is_in_the_way(running, client_of, coordinator):
    late = made.waiting(running, "Elva vald", weekdays="12345", language="ru")
    with clock.at(made.after_window(running)):
        page = client_of(coordinator).get(f"/supervision/registrations/{late.pk}/offer/?seats")

    assert {seat.dates_left for seat in page.context["seats"]} == {3}
    assert all(seat.rules == {"H5"} for seat in page.context["seats"])
    assert "teine keel" in page.content.decode()


def test_next_in_line_is_offered_a_seat_by_itself(running, coordinator):
    with clock.at(made.after_window(running)):
        first = made.registered(running, weekdays="12345")
        second = made.registered(running, weekdays="12345")
        assert tasks.offer_next() == 0
        actions.set_offering(running, is_on=True, by=coordinator)

        assert tasks.offer_next() == 2
        assert tasks.offer_next() == 0

        offer = first.offers.get()
        assert offer.offered_by == coordinator
        assert second.offers.count() == 1
        actions.decline_offer(offer, by=first.user)
        # Nobody is asked again what they let go by: the other group now.
        assert tasks.offer_next() == 1
        assert first.offers.count() == 2
        assert len({each.group_id for each in first.offers.all()}) == 2


def test_seats_are_offered_in_the_order_of_the_list_and_never_twice(running, coordinator):
    with clock.at(made.after_window(running)):
        people_waiting = []
        for minute in range(12):
            with clock.at(clock.now() + minute * timedelta(minutes=1)):
                people_waiting.append(made.registered(running, weekdays="12345"))
        free = sum(group.capacity - group.taken for group in running.groups.with_seats())
        actions.set_offering(running, is_on=True, by=coordinator)

        made_number = tasks.offer_next()

        assert made_number == free < 12
        asked = [row.offers.count() for row in people_waiting]
        assert asked == [1] * free + [0] * (12 - free)
        assert all(group.capacity == group.taken for group in running.groups.with_seats())


def test_offers_stop_when_the_coordinator_is_none_any_more(running, coordinator):
    actions.set_offering(running, is_on=True, by=coordinator)
    with clock.at(made.after_window(running)):
        made.registered(running, weekdays="12345")
        coordinator.staff_roles.update(ends_on=clock.today() - DAY)

        assert tasks.offer_next() == 0


@pytest.mark.parametrize(
    ("name", "number"),
    [("season-planning", 15), ("proposal-detail", 14), ("proposal-person", 13)],
)
def test_planning_pages_cost_the_same_for_few_and_many(client_of, coordinator, name, number):
    client, counts = client_of(coordinator), []
    for size, year in ((8, 2027), (30, 2030)):
        season = made.planned_season(size, supervisors=3, year=year)
        proposal = made.proposal(season)
        row = season.registrations.first()
        args = {
            "season-planning": [season.pk],
            "proposal-detail": [proposal.pk],
            "proposal-person": [proposal.pk, row.pk],
        }[name]
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(f"supervision:{name}", args=args))
        counts.append(len(asked))

    assert counts == [number, number]


# --- what stands already ----------------------------------------------------------------------


def test_people_of_ended_groups_and_with_open_offers_are_not_planned(running, coordinator):
    first, second = running.groups.all()
    with clock.at(made.after_window(running)):
        late = made.registered(running, weekdays="12345")
        made.offered(late, second)
        first.sessions.all().delete()
        first.status = GroupStatus.ENDED
        first.save()

        seats = second.memberships.values_list("registration", flat=True)
        people_of_second = {key.hex for key in seats}
        other = made.registered(running, weekdays="12345")
        planned = {row["id"] for row in instance_of(running, only_fill=True)["people"]}

    assert planned == people_of_second | {other.pk.hex}


def test_full_group_gets_nobody_more(running, coordinator):
    group = running.groups.first()
    group.capacity = group.memberships.count()
    group.save()
    with clock.at(made.after_window(running)):
        late = made.registered(running, weekdays="12345")

        bans = instance_of(running, only_fill=True)["locks"]["bans"]

    assert {"person": late.pk.hex, "group": group.pk.hex} in bans


def test_place_and_dates_of_a_group_are_no_other_groups(season, coordinator):
    # Saturdays, at which no other group meets.
    group = made.dated_group(season, first=clock.today() + 5 * DAY)
    actions.place_member(group, season.registrations.first(), by=coordinator)

    instance = instance_of(season)

    [place] = [row for row in instance["places"] if row["id"].startswith("at-")]
    assert len(place["closed"]) == len(instance["slots"])
    own = {meeting["slot"] for meeting in instance["given_groups"][0]["meetings"]}
    starts = {row["start"] for row in instance["slots"] if row["id"] in own}
    for supervisor in instance["supervisors"]:
        for begin, end in supervisor["available"]:
            assert not any(begin <= start < end for start in starts)


def test_half_dated_group_is_left_out_with_its_people(season, coordinator):
    group = made.dated_group(season)
    row = season.registrations.first()
    actions.place_member(group, row, by=coordinator)
    group.sessions.get(number=3).delete()

    instance = instance_of(season)

    assert instance["given_groups"] == []
    assert row.pk.hex not in {each["id"] for each in instance["people"]}
    assert made.proposal(season).state == ProposalState.READY


def test_group_that_stands_is_not_changed_in_a_proposal(season, coordinator):
    group = made.dated_group(season)
    row = season.registrations.first()
    actions.place_member(group, row, by=coordinator)
    proposal = made.proposal(season)

    with pytest.raises(Refused):
        actions.move_proposed(proposal, row, group=None, by=coordinator)
    with pytest.raises(Refused):
        actions.change_proposed_group(
            proposal, group=group.pk.hex, round_=1, slot="x", by=coordinator
        )


def test_locked_is_locked(season, coordinator):
    proposal = made.proposal(season)
    group = proposal.plan["groups"][0]
    proposal = actions.set_lock(proposal, group=group["id"], is_locked=True, by=coordinator)
    person = Registration.objects.get(pk=group["members"][0])

    with pytest.raises(Refused):
        actions.move_proposed(proposal, person, group=None, by=coordinator)
    for nonsense in ("", "g999"):
        with pytest.raises(Refused):
            actions.set_lock(proposal, group=nonsense, is_locked=True, by=coordinator)


def test_older_proposal_is_outdated_by_one_that_was_taken(season, coordinator, client_of):
    first, second = made.proposal(season), made.proposal(season)
    with clock.at(clock.now() + timedelta(minutes=1)):
        actions.take_proposal(second, by=coordinator)

    with pytest.raises(Refused):
        actions.take_proposal(first, by=coordinator)
    assert "Aegunud" in client_of(coordinator).get(first.get_absolute_url()).content.decode()


def test_pair_stays_apart_when_one_comes_back(season, coordinator):
    one, two = season.registrations.all()[:2]
    actions.keep_apart(one, two, by=coordinator)
    actions.withdraw_registration(one, by=one.user)

    again = made.registered(season, one.municipality.name, user=one.user)

    assert two.pk.hex in person_of(season, again)["apart_from"]


def test_search_that_ends_with_an_error_does_not_block_the_season(season, monkeypatch):
    asked = made.asked_proposal(season)

    def broken(*args, **facts):
        raise MemoryError

    monkeypatch.setattr(tasks, "plan_season", broken)
    tasks.plan_part(asked.pk)

    asked.refresh_from_db()
    assert asked.state == ProposalState.FAILED
    assert made.asked_proposal(season).number == 2


def test_two_who_are_kept_apart_are_not_offered_one_group(running, coordinator):
    group = running.groups.first()
    running.groups.exclude(pk=group.pk).update(capacity=7)
    with clock.at(made.after_window(running)):
        one = made.registered(running, weekdays="12345")
        two = made.registered(running, weekdays="12345")
        actions.keep_apart(one, two, by=coordinator)
        actions.set_offering(running, is_on=True, by=coordinator)

        assert tasks.offer_next() == 1
        assert tasks.offer_next() == 0


def test_ended_season_keeps_no_proposals(running, coordinator):
    assert running.proposals.exists()

    actions.end_season(running, by=coordinator)

    assert not running.proposals.exists()


def test_time_at_which_the_supervisor_is_taken_is_not_offered(season, coordinator, client_of):
    taken = next(slot for slot in slots_of(season) if slot.round == 2)
    for leader in season.supervisors.all():
        made.busy(leader.supervisor, taken.starts_at)
    proposal = made.proposal(season)
    group = ProposalView(proposal).groups[0]

    page = client_of(coordinator).get(
        reverse("supervision:proposal-group", args=[proposal.pk, group.id]) + "?what=slot-2"
    )

    offered = {value for value, _text in page.context["form"].fields["choice"].choices}
    assert offered
    assert taken.id not in offered
