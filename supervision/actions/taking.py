"""A proposal becomes drafts."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.actions.rows import hold_people
from meetings.models import Meeting, Room
from people.models import User
from supervision.actions.groups import date_session, make_group, place_member
from supervision.actions.planning import check_runs
from supervision.actions.rows import check_version, locked, save
from supervision.actions.seats import check_supervisor
from supervision.models import (
    Form,
    Group,
    Proposal,
    Registration,
    Season,
)
from supervision.permissions import check_can_run_seasons
from supervision.proposals import ProposalView, ProposedGroup
from supervision.season_instance import WANTS
from supervision.workflow import PROPOSAL, ProposalState


@dataclass(frozen=True)
class Taken:
    """What became of a proposal: its groups, and who was left out because they withdrew, got a
    place or an offer meanwhile, or because a seat did.
    """

    groups: list[Group]
    left_out: list[Registration]


@transaction.atomic
def take_proposal(proposal: Proposal, *, by: User, version: int | None = None) -> Taken:
    """Make the proposed groups as drafts, with dates and people. Of drafts nobody is told; who
    comes into a published group is, as always.

    Raises Refused, and changes nothing, when a date or a room was taken meanwhile: it says of
    which group.
    """
    check_can_run_seasons(by)
    season = locked(proposal.season)
    proposal = locked(proposal)
    check_runs(season)
    check_version(proposal, version)
    PROPOSAL.check(proposal.state, ProposalState.TAKEN)
    if is_outdated(proposal):
        raise Refused(_("Groups were made of another proposal since. Ask for a new one."))
    shown = ProposalView(proposal)
    _hold_all(shown)
    made = [_made(season, proposed, by=by) for proposed in shown.groups]
    groups = [group for group, _left_out in made if group is not None]
    left_out = [each for _group, rows in made for each in rows]
    proposal.state = ProposalState.TAKEN
    proposal.taken_at, proposal.taken_by = clock.now(), by
    save(proposal)
    record(
        "supervision.proposal_taken",
        by=by,
        subject=proposal,
        groups=len(groups),
        left_out=len(left_out),
    )
    return Taken(groups, left_out)


def is_outdated(proposal: Proposal) -> bool:
    """Say whether groups were made of another proposal since this one was asked for."""
    return proposal.season.proposals.filter(taken_at__gt=proposal.asked_at).exists()


def _hold_all(shown: ProposalView) -> None:
    """Hold everything that is to be written, kind by kind and by key, as all who hold several
    do: groups, people on the list, meetings, supervisors, rooms.
    """
    standing = [each.existing.pk for each in shown.groups if each.existing is not None]
    groups = Group.objects.filter(pk__in=standing)
    list(groups.select_for_update(of=("self",)).order_by("pk"))
    people = [seat.registration.pk for each in shown.groups for seat in each.seats]
    registrations = Registration.objects.filter(pk__in=people)
    list(registrations.select_for_update(of=("self",)).order_by("pk"))
    meetings = Meeting.objects.filter(supervision_session__group__in=standing)
    list(meetings.select_for_update(of=("self",)).order_by("pk"))
    hold_people(each.supervisor for each in shown.groups)
    rooms = {meeting.room.pk for each in shown.groups for meeting in each.meetings if meeting.room}
    list(Room.objects.filter(pk__in=rooms).select_for_update(no_key=True).order_by("pk"))


def _made(
    season: Season, proposed: ProposedGroup, *, by: User
) -> tuple[Group | None, list[Registration]]:
    """Make a proposed group, or fill one that stands; also return who was left out."""
    seats = [Registration.objects.get(pk=seat.registration.pk) for seat in proposed.seats]
    wanted = [row for row in seats if _is_free(row)]
    seated = {row.pk for row in seats if row not in wanted and _sits_in(row, proposed.existing)}
    left_out = [row for row in seats if row not in wanted and row.pk not in seated]
    if not wanted:
        return None, left_out
    try:
        group = _group_for(season, proposed, by=by)
    except Refused as refusal:
        raise Refused(f"{proposed.name}: {refusal.reason}") from refusal
    for registration in wanted:
        try:
            with transaction.atomic():
                place_member(group, registration, by=by)
        except Refused:
            left_out.append(registration)
    return group, left_out


def _group_for(season: Season, proposed: ProposedGroup, *, by: User) -> Group:
    check_supervisor(proposed.supervisor)
    rooms = [each.room for each in proposed.meetings if each.room is not None]
    group = locked(proposed.existing) if proposed.existing else None
    if group is None:
        group = make_group(
            season,
            name=proposed.name,
            form=proposed.form,
            language=proposed.language,
            capacity=_capacity(proposed),
            place=rooms[0].where if rooms else "",
            region=rooms[0].municipality.region if rooms else None,
            supervisor=proposed.supervisor,
            by=by,
        )
        if proposed.continues is not None and _may_continue(season, proposed.continues):
            group.continues = proposed.continues
            save(group)
    if group.supervisor is None:
        group.supervisor = proposed.supervisor
        save(group)
    planned = group.sessions.exclude(meeting__status=Meeting.Status.CANCELLED)
    dated = set(planned.values_list("number", flat=True))
    for meeting in proposed.meetings:
        if meeting.round not in dated:
            date_session(
                group,
                meeting.round,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                form="on_site" if proposed.form == Form.ON_SITE else "video",
                place=meeting.where if proposed.form == Form.ON_SITE else "",
                room=meeting.room,
                by=by,
            )
    return group


def _is_free(registration: Registration) -> bool:
    seated = registration.memberships.filter(ends_on=None).exists()
    offered = registration.offers.open_at(clock.now()).exists()
    return registration.status in WANTS and not seated and not offered


def _sits_in(registration: Registration, group: Group | None) -> bool:
    seats = registration.memberships.filter(ends_on=None, group=group)
    return group is not None and seats.exists()


def _may_continue(season: Season, earlier: Group) -> bool:
    return not season.groups.filter(continues=earlier).exists()


def _capacity(proposed: ProposedGroup) -> int:
    seats = [each.room.seats - 1 for each in proposed.meetings if each.room and each.room.seats]
    return max(len(proposed.seats), min([12, *seats]))
