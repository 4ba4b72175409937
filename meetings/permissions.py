import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from meetings.feed_kinds import may_have
from meetings.models import (
    BusyCalendar,
    CalendarTest,
    Change,
    ChangeRule,
    Feed,
    Invitee,
    Meeting,
    Poll,
    PollInvitee,
    Proposal,
)
from meetings.services import PollService, poll_service_of, service_of
from people.models import User
from people.standing import standing_of


def check_can_change_meeting(user: User, meeting: Meeting) -> None:
    """Who may move or cancel is the story's rule."""
    service_of(meeting).check_can_change(user, meeting)


def check_can_cancel_meeting(user: User, meeting: Meeting) -> None:
    """Who may cancel it now: besides the story's rule, how late.

    The organiser is exempt, and the coordinator, who acts for others.
    """
    check_can_change_meeting(user, meeting)
    rule = _rule_for(user, meeting)
    if rule is not None:
        _check_notice(rule, meeting)


def check_can_move_meeting(user: User, meeting: Meeting) -> None:
    """Who may move it now, or change its place: as `check_can_cancel_meeting`, and how often
    they moved it to another time before.
    """
    check_can_change_meeting(user, meeting)
    rule = _rule_for(user, meeting)
    if rule is None:
        return
    _check_notice(rule, meeting)
    other_time = ~Q(new_starts_at=F("old_starts_at")) | ~Q(new_ends_at=F("old_ends_at"))
    moves = meeting.changes.filter(other_time, kind=Change.Kind.MOVED, made_by=user)
    if rule.most_moves and moves.count() >= rule.most_moves:
        raise PermissionDenied(
            ngettext(
                "You have moved this meeting %(n)s time: now only the organiser moves it.",
                "You have moved this meeting %(n)s times: now only the organiser moves it.",
                rule.most_moves,
            )
            % {"n": rule.most_moves}
        )


def _rule_for(user: User, meeting: Meeting) -> ChangeRule | None:
    if user.pk == meeting.organiser_id or standing_of(user).is_coordinator:
        return None
    return ChangeRule.objects.filter(service=meeting.service).first()


def _check_notice(rule: ChangeRule, meeting: Meeting) -> None:
    if meeting.starts_at - clock.now() < timedelta(hours=rule.notice_hours):
        raise PermissionDenied(
            ngettext(
                "Less than %(n)s hour is left: only the organiser moves or cancels it now.",
                "Less than %(n)s hours are left: only the organiser moves or cancels it now.",
                rule.notice_hours,
            )
            % {"n": rule.notice_hours}
        )


def check_can_answer_invitation(user: User | None, invitee: Invitee) -> None:
    """Everyone answers for themselves; `user` is None for the guest of a personal link."""
    if invitee.user_id != (user.pk if user else None):
        raise PermissionDenied(_("Everyone answers an invitation for themselves."))


def check_can_hand_over(user: User) -> None:
    """Nobody gives all of a person's meetings away but the coordinator."""
    if not standing_of(user).is_coordinator:
        raise PermissionDenied(_("All meetings of somebody are handed over by the coordinator."))


def check_can_change_rooms(user: User) -> None:
    """Those who book rooms for others keep the list: consultants and the coordinator."""
    standing = standing_of(user)
    if not (standing.is_consultant or standing.is_coordinator):
        raise PermissionDenied(_("Consultants and the coordinator keep the list of rooms."))


def check_can_change_availability(user: User, owner_id: uuid.UUID) -> None:
    """Nobody says for another when they can be met, the coordinator neither."""
    if user.pk != owner_id:
        raise PermissionDenied(_("Everyone says for themselves when they can be met."))


def check_can_open_poll(user: User, service: PollService, subject_id: uuid.UUID) -> None:
    """Who may look for a date by a poll is the story's rule."""
    service.check_can_open_poll(user, subject_id)


def check_can_change_poll(user: User, poll: Poll) -> None:
    """Who may see all answers, change, close and withdraw is the story's rule."""
    poll_service_of(poll).check_can_change_poll(user, poll)


def check_can_answer_poll(user: User | None, invitee: PollInvitee) -> None:
    """Everyone answers for themselves; `user` is None for the guest of a personal link."""
    if invitee.user_id != (user.pk if user else None):
        raise PermissionDenied(_("Everyone answers a poll for themselves."))


def check_can_make_proposal(user: User | None, invitee: Invitee) -> None:
    """Everyone invited proposes for themselves; `user` is None for a guest."""
    if invitee.user_id != (user.pk if user else None):
        raise PermissionDenied(_("Everyone proposes another time for themselves."))


def check_can_decide_proposal(user: User, proposal: Proposal, *, takes: bool) -> None:
    """Whoever may move the meeting, but nobody takes the time that they proposed themselves: the
    organiser was promised to be asked. Whoever proposed may take it back.
    """
    own = proposal.invitee.user_id == user.pk
    if own and takes:
        raise PermissionDenied(_("You proposed this time. The organiser decides."))
    if not own:
        check_can_change_meeting(user, proposal.meeting)


def check_can_have_feed(user: User, kind: str, about: uuid.UUID | None) -> None:
    """Who may have a feed of a kind is that kind's rule."""
    if not may_have(user, kind, about):
        raise PermissionDenied(_("This calendar is not for you."))


def check_can_set_feed_text(user: User, feed: Feed) -> None:
    """The owner of a feed, as long as it answers."""
    if feed.user_id != user.pk:
        raise PermissionDenied(_("This calendar is not for you."))
    check_can_have_feed(user, feed.kind, feed.about)


def check_can_change_busy_calendar(user: User, calendar: BusyCalendar) -> None:
    """Everyone keeps their own; nobody else even sees that there is one."""
    if calendar.user_id != user.pk:
        raise PermissionDenied(_("This calendar is not for you."))


def check_can_tick_calendar_test(user: User, test: CalendarTest) -> None:
    """Nobody sees another's calendar."""
    if user.pk != test.user_id:
        raise PermissionDenied(_("Everyone tries out their own calendar."))
