"""Proposals of the planner: asked for, changed by hand, and looked for by the worker process."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from common import clock
from common.refusal import Refused
from journal.record import record
from people.models import User
from supervision.actions.planning import check_runs
from supervision.actions.rows import check_version, locked, made_before, save
from supervision.models import (
    Proposal,
    Registration,
    Season,
)
from supervision.permissions import check_can_run_seasons
from supervision.planner import BadInstance
from supervision.planner.changes import Board
from supervision.proposals import is_key
from supervision.season_instance import WANTS, instance_of
from supervision.workflow import AT_WORK, PROPOSAL, ProposalState


PART_AT_MOST = timedelta(minutes=2)
"""A part of the search that began longer ago is another's to take up."""


# --- proposals ------------------------------------------------------------------------------


@transaction.atomic
def ask_proposal(
    season: Season,
    *,
    seconds: int,
    only_fill: bool = False,
    base: Proposal | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Proposal:
    """Have the planner look for `seconds` for a proposal; `base` is one whose locked groups and
    people stay, and whether new groups are formed. With `only_fill` none are.

    Raises Refused when the season cannot be planned yet, and while a proposal is being made.
    """
    season = locked(season)
    check_can_run_seasons(by)
    check_runs(season)
    if made := made_before(Proposal, pk, season=season):
        return made
    _check_nothing_at_work(season)
    if base is not None:
        only_fill = base.instance["mode"] == "joiners"
    instance = _planable(season, base, only_fill)
    number = season.proposals.aggregate(last=Max("number"))["last"] or 0
    proposal = Proposal.objects.create(
        id=pk or uuid.uuid4(),
        season=season,
        number=number + 1,
        instance=instance,
        locks=base.locks if base is not None else {},
        seconds=seconds,
        asked_at=clock.now(),
        asked_by=by,
    )
    record("supervision.proposal_asked", by=by, subject=proposal)
    _let_work(proposal)
    return proposal


@transaction.atomic
def look_further(proposal: Proposal, *, seconds: int, by: User) -> Proposal:
    """Let the planner go on from what it found, `seconds` more. What was changed by hand may
    break rules, so it is planned anew from locks instead: raises Refused.
    """
    season = locked(proposal.season)
    check_runs(season)
    proposal = _held(proposal, by=by)
    PROPOSAL.check(proposal.state, ProposalState.WAITING)
    _check_nothing_at_work(season)
    if proposal.changed_by_hand:
        raise Refused(_("You have changed this proposal. Lock what stays and plan the rest anew."))
    proposal.seconds = proposal.spent + seconds
    proposal.stopped_at = proposal.stopped_by = None
    proposal.state = ProposalState.WAITING
    save(proposal)
    record("supervision.proposal_continued", by=by, subject=proposal)
    _let_work(proposal)
    return proposal


@transaction.atomic
def stop_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """Good enough: the planner ends within a second, and its best plan so far is kept."""
    proposal = _held(proposal, by=by)
    if proposal.is_at_work and proposal.stopped_at is None:
        proposal.stopped_at, proposal.stopped_by = clock.now(), by
        if not _is_busy(proposal) and proposal.asked_at < clock.now() - PART_AT_MOST:
            # Nobody is at it: its process died.
            _settle(proposal)
        elif proposal.plan and proposal.worked_at is None:
            proposal.state = ProposalState.READY
        save(proposal)
        record("supervision.proposal_stopped", by=by, subject=proposal)
    return proposal


@transaction.atomic
def set_lock(
    proposal: Proposal,
    *,
    group: str = "",
    registration: Registration | None = None,
    is_locked: bool,
    by: User,
) -> Proposal:
    """Let a proposed group, or a person where they are, stay when the rest is planned anew."""
    proposal = _held(proposal, by=by)
    _check_ready(proposal)
    name, key = ("people", registration.pk.hex) if registration else ("groups", group)
    known = {row["id"] for row in proposal.plan["groups"]} | set(proposal.plan["people"])
    if key not in known:
        raise Refused(_("This group is no longer in the proposal."))
    kept = set(proposal.locks.get(name, []))
    kept = kept | {key} if is_locked else kept - {key}
    proposal.locks = proposal.locks | {name: sorted(kept)}
    save(proposal)
    record("supervision.proposal_locked", by=by, subject=proposal, is_locked=is_locked)
    return proposal


@transaction.atomic
def move_proposed(
    proposal: Proposal,
    registration: Registration,
    *,
    group: str | None,
    despite: bool = False,
    by: User,
    version: int | None = None,
) -> Proposal:
    """Put a person into another proposed group, or into none.

    Raises Refused (field "group") when that breaks a rule and `despite` is not said.
    """

    def change(board: Board) -> None:
        _check_not_seated(proposal, registration)
        _check_unlocked(proposal, registration)
        if group is not None:
            choices = {choice.id: choice for choice in board.groups_for(registration.pk.hex)}
            _check_choice(choices.get(group), despite, "group")
        board.move(registration.pk.hex, group)

    return _changed(proposal, change, by=by, version=version)


@transaction.atomic
def change_proposed_group(
    proposal: Proposal,
    *,
    group: str,
    supervisor: str | None = None,
    round_: int = 0,
    slot: str | None = None,
    place: str | None = None,
    despite: bool = False,
    by: User,
    version: int | None = None,
) -> Proposal:
    """Give a proposed group another supervisor, or another time or place in one round (1–3).

    Raises Refused (field "supervisor", "slot" or "place") when that breaks a rule and
    `despite` is not said.
    """

    def change(board: Board) -> None:
        if is_key(group):
            raise Refused(_("This group stands already. Change it on its own page."))
        if group in proposal.locks.get("groups", []):
            raise Refused(_("This group is locked. Unlock it first."))
        if supervisor is not None:
            choices = board.supervisors_for(group)
            _check_choice(_of(choices, supervisor), despite, "supervisor")
            board.set_supervisor(group, supervisor)
        if slot is not None:
            _check_choice(_of(board.slots_for(group, round_), slot), despite, "slot")
            board.set_slot(group, round_, slot)
        if place is not None:
            _check_choice(_of(board.places_for(group, round_), place), despite, "place")
            board.set_place(group, round_, place)

    return _changed(proposal, change, by=by, version=version)


# --- what the worker process does -----------------------------------------------------------


@transaction.atomic
def begin_part(key: uuid.UUID) -> Proposal | None:
    """Claim a proposal to be looked for; None when there is nothing to do, or another process
    is at it.
    """
    proposal = Proposal.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if proposal is None or not proposal.is_at_work:
        return None
    if _is_busy(proposal):
        return None
    proposal.state = ProposalState.RUNNING
    proposal.worked_at = clock.now()
    save(proposal)
    return proposal


@transaction.atomic
def keep_part(proposal: Proposal, *, plan: dict[str, Any], seconds: int) -> Proposal:
    """Keep what a part of the search found, and go on until the time is up or it was stopped."""
    proposal = locked(proposal)
    if not proposal.is_at_work:
        return proposal
    # What one part has proven holds for the plans of all: they are of the same instance.
    bound = max(proposal.bound or 0, plan["bound"] or 0)
    if proposal.cost is None or plan["cost"]["total"] <= proposal.cost:
        proposal.keep_plan(plan)
    proposal.bound = bound
    proposal.spent = min(proposal.seconds, proposal.spent + seconds)
    done = proposal.is_done or proposal.cost <= bound
    proposal.state = ProposalState.READY if done else ProposalState.RUNNING
    # Free for the next part.
    proposal.worked_at = None
    save(proposal)
    if done:
        record("supervision.proposal_made", by=None, subject=proposal)
    else:
        _let_work(proposal)
    return proposal


@transaction.atomic
def fail_proposal(proposal: Proposal, *, group: str = "") -> Proposal:
    """End a search that cannot go on: `group` is the given one that cannot be completed. What was
    found before is kept; without anything there is no plan.
    """
    proposal = locked(proposal)
    if not proposal.is_at_work:
        return proposal
    proposal.fault = group
    _settle(proposal)
    save(proposal)
    record("supervision.proposal_failed", by=None, subject=proposal)
    return proposal


def _is_busy(proposal: Proposal) -> bool:
    """Say whether a process is at it now."""
    at = proposal.worked_at
    return at is not None and clock.now() - at < PART_AT_MOST


def _settle(proposal: Proposal) -> None:
    after = ProposalState.READY if proposal.plan else ProposalState.FAILED
    PROPOSAL.check(proposal.state, after)
    proposal.state, proposal.worked_at = after, None


# --- how it is done -------------------------------------------------------------------------


def _check_nothing_at_work(season: Season) -> None:
    if season.proposals.filter(state__in=AT_WORK).exists():
        raise Refused(_("A proposal is being made. Wait for it, or stop it."))


def _check_ready(proposal: Proposal) -> None:
    if proposal.state != ProposalState.READY:
        raise Refused(
            _("This proposal cannot be changed: its state is “%(state)s”.")
            % {"state": proposal.get_state_display()}
        )


def _held(proposal: Proposal, *, by: User) -> Proposal:
    check_can_run_seasons(by)
    return locked(proposal)


def _let_work(proposal: Proposal) -> None:
    if settings.OUTBOX_ASYNC:
        # A lost task is made up for by the timetable.
        transaction.on_commit(
            lambda: async_task("supervision.tasks.plan_part", proposal.pk), robust=True
        )


def _planable(season: Season, base: Proposal | None, only_fill: bool) -> dict[str, Any]:
    """Return the season for the planner, with what is locked of `base`. Raises Refused."""
    given, pins = _kept_of(base) if base is not None else ([], [])
    instance = instance_of(season, only_fill=only_fill)
    known = {name: {row["id"] for row in instance[name]} for name in _KNOWN}
    for row in given:
        if row["supervisor"] not in known["supervisors"]:
            row["supervisor"] = row["meetings"] = None
        if row["continues"] not in known["previous_groups"]:
            row["continues"] = None
        times = row["meetings"] or []
        gone = any(
            each["slot"] not in known["slots"]
            or (each["place"] is not None and each["place"] not in known["places"])
            for each in times
        )
        row["meetings"] = None if gone else row["meetings"]
    instance["given_groups"] += given
    instance["locks"]["pins"] = pins
    try:
        Board(instance, {"groups": []})
    except BadInstance as error:
        # Somebody who is locked in one group sits in another by now, for instance.
        raise Refused(
            _("What is locked does not go with the season as it is now. Unlock it, or ask anew.")
        ) from error
    return instance


_KNOWN = ("supervisors", "previous_groups", "slots", "places")
_WHOLE = ("id", "kind", "language", "mode", "supervisor", "continues", "meetings")


def _kept_of(base: Proposal) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return what of a proposal is locked: groups as if they existed already, with all of theirs
    or with the people locked there alone; and people locked in groups that the season has.
    """
    plan = base.plan
    if plan is None:
        raise Refused(_("This proposal has no plan yet."))
    groups, people = set(base.locks.get("groups", [])), set(base.locks.get("people", []))
    rows = base.season.registrations.filter(status__in=WANTS)
    seated = rows.filter(memberships__ends_on=None, memberships__isnull=False)
    active = {key.hex for key in rows.values_list("pk", flat=True)}
    active -= {key.hex for key in seated.values_list("pk", flat=True)}
    given: list[dict[str, Any]] = []
    pins: list[dict[str, str]] = []
    for row in plan["groups"]:
        whole = row["id"] in groups
        members = [key for key in row["members"] if key in active and (whole or key in people)]
        if is_key(row["id"]):
            pins += [{"person": key, "group": row["id"]} for key in members]
        elif members:
            part = {name: row[name] for name in _WHOLE}
            if not whole:
                part |= {"supervisor": None, "meetings": None}
            given.append(part | {"members": members})
    return given, pins


def _check_unlocked(proposal: Proposal, registration: Registration) -> None:
    key = registration.pk.hex
    group = (proposal.plan or {"people": {}})["people"].get(key, {}).get("group")
    if key in proposal.locks.get("people", []) or group in proposal.locks.get("groups", []):
        raise Refused(_("This person is locked where they are. Unlock them or their group first."))


def _check_not_seated(proposal: Proposal, registration: Registration) -> None:
    """Raise Refused for somebody who sits in a group of the season already."""
    given = (row for row in proposal.instance["given_groups"] if is_key(row["id"]))
    if any(registration.pk.hex in row["members"] for row in given):
        raise Refused(_("This person has a seat already. Move them on the group's own page."))


def _changed(
    proposal: Proposal, change: Callable[[Board], None], *, by: User, version: int | None
) -> Proposal:
    proposal = _held(proposal, by=by)
    check_version(proposal, version)
    _check_ready(proposal)
    board = Board(proposal.instance, proposal.plan or {"groups": []})
    try:
        change(board)
    except (KeyError, StopIteration) as error:
        raise Refused(_("This group is no longer in the proposal.")) from error
    proposal.keep_plan(board.written())
    proposal.changed_by_hand = True
    save(proposal)
    record("supervision.proposal_changed", by=by, subject=proposal)
    return proposal


def _of(choices: list, key: str):
    return next((choice for choice in choices if choice.id == key), None)


def _check_choice(choice, despite: bool, field: str) -> None:
    if choice is None:
        raise Refused(
            _("This cannot be chosen any more. Look at what is offered now."), field=field
        )
    if choice.rules and not despite:
        raise Refused(
            _("This breaks a rule. Tick that you want it all the same, or choose another."),
            field=field,
        )
