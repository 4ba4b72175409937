"""Mails about meetings: a time, a place and a link, never what it is about.

Beside the text goes an iTIP message (RFC 5546) to those whose calendar takes it: the same
UID for good, a higher SEQUENCE with every change, one reader in each.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from meetings.feeds import NAME
from meetings.guests import guest_url, poll_guest_url
from meetings.ical import Attendee, EventFacts, facts_of, itip_text
from meetings.models import (
    BusyCalendar,
    CalendarTest,
    CalendarWay,
    Change,
    Invitee,
    Meeting,
    Poll,
    PollInvitee,
    Proposal,
)
from meetings.services import service_of
from outbox.compose import CalendarPart, absolute, compose, drop_outdated
from people.models import User


REQUEST, CANCEL, DECLINECOUNTER = "REQUEST", "CANCEL", "DECLINECOUNTER"
REMINDER = "meetings.meeting_reminder"
ASKING = ("meetings.poll_opened", "meetings.poll_times_added", "meetings.poll_reminder")
"""What asks for an answer to a poll."""


def meeting_invitation(invitee: Invitee, *, by: User | None = None) -> None:
    """Ask somebody to come; nobody is asked twice for the same time."""
    _invite(invitee.meeting, [invitee], by=by)


def meeting_invitations(
    meeting: Meeting, *, by: User, kind: str = "meetings.meeting_invitation", **context: Any
) -> None:
    """Ask everyone on the list to come. A story calls it when its own rows are written.

    With a `kind` of its own, and what that one's templates need, it says so in its words.
    """
    _invite(meeting, meeting.invitees.all(), by=by, kind=kind, **context)


def calendars_told(meeting: Meeting, invitees: Iterable[Invitee], *, by: User | None) -> None:
    """Ask those whose calendar takes invitations; the story has written to all in its own words."""
    _invite(meeting, invitees, by=by, quiet=True)


def invitation_declined(invitee: Invitee, *, by: User | None) -> None:
    """Tell the organiser, who would otherwise sit there alone; no other answer needs a mail.

    At most once an hour, however often they change their mind: a guest's link asks for no login.
    """
    meeting = invitee.meeting
    drop_outdated(meeting.pk, REMINDER, address=invitee.email)
    if meeting.organiser != by:
        compose(
            "meetings.invitation_declined",
            to=meeting.organiser,
            once_key=f"invitation_declined:{invitee.pk}:{meeting.asked_sequence}:{clock.now():%Y%m%d%H}",
            meeting=meeting,
            title=_title(meeting, meeting.organiser.language),
            name=invitee.name,
            link=absolute(meeting.get_absolute_url()),
            needed_by=meeting.starts_at,
            expires_at=meeting.ends_at,
        )


def proposal_made(proposal: Proposal, *, by: User | None) -> None:
    """Tell the organiser, whose turn it is now."""
    meeting = proposal.meeting
    if meeting.organiser != by:
        compose(
            "meetings.proposal_made",
            to=meeting.organiser,
            meeting=meeting,
            title=_title(meeting, meeting.organiser.language),
            proposal=proposal,
            name=proposal.invitee.name,
            link=absolute(meeting.get_absolute_url()),
            needed_by=meeting.starts_at,
            expires_at=meeting.ends_at,
        )


def proposal_declined(proposal: Proposal, *, by: User) -> None:
    """Tell the person who proposed the time that the meeting stays where it is; their
    calendar program too if it asked, for it waits for ever (RFC 5546 § 3.2.8).
    """
    _tell(
        proposal.meeting,
        [proposal.invitee],
        "meetings.proposal_declined",
        DECLINECOUNTER if proposal.by_calendar else None,
        by=by,
        proposal=proposal,
    )


def meeting_uninvited(invitee: Invitee, *, by: User | None, quiet: bool = False) -> None:
    """Tell somebody who is being taken off the list, before their row goes.

    `quiet`: only their calendar, because a story says it in its own words.
    """
    drop_outdated(invitee.meeting_id, REMINDER, address=invitee.email)
    _tell(invitee.meeting, [invitee], "meetings.meeting_uninvited", CANCEL, by=by, quiet=quiet)


def meeting_reminder(invitee: Invitee, *, once_key: str) -> None:
    """Remind somebody of a meeting; its moment was chosen with an eye to their quiet hours."""
    meeting = invitee.meeting
    _tell(
        meeting,
        [invitee],
        REMINDER,
        None,
        by=None,
        once=once_key,
        urgent=True,
        expires_at=meeting.starts_at,
    )


def meeting_left(meeting: Meeting, person: User, *, by: User) -> None:
    """Tell the organiser that somebody who was asked leaves, and will not come."""
    if meeting.organiser != by:
        compose(
            "meetings.meeting_left",
            to=meeting.organiser,
            meeting=meeting,
            title=_title(meeting, meeting.organiser.language),
            name=person.name,
            link=absolute(meeting.get_absolute_url()),
            needed_by=meeting.starts_at,
            expires_at=meeting.ends_at,
        )


def meeting_handed_over(meeting: Meeting, invitees: Iterable[Invitee], *, by: User) -> None:
    """Bring the calendars of those who stay up to date; the story tells who leads it now."""
    _tell(meeting, invitees, "meetings.meeting_handed_over", REQUEST, by=by, quiet=True)


def meeting_moved(meeting: Meeting, *, change: Change, by: User) -> None:
    drop_outdated(meeting.pk, REMINDER)
    # Whoever is told too late goes to the old place at the old time.
    needed_by = min(change.old_starts_at, meeting.starts_at)
    _tell_all(meeting, "meetings.meeting_moved", REQUEST, by=by, change=change, needed_by=needed_by)


def meeting_changed(meeting: Meeting, *, by: User) -> None:
    _tell_all(meeting, "meetings.meeting_changed", REQUEST, by=by)


def meeting_cancelled(meeting: Meeting, *, by: User) -> None:
    drop_outdated(meeting.pk, REMINDER)
    _tell_all(meeting, "meetings.meeting_cancelled", CANCEL, by=by)


def meeting_restored(meeting: Meeting, *, by: User) -> None:
    _tell_all(meeting, "meetings.meeting_restored", REQUEST, by=by)


def poll_opened(invitee: PollInvitee) -> None:
    """Ask which times suit; one mail for each who is asked."""
    times = list(invitee.poll.times.coming())
    key = f"poll_opened:{invitee.pk}"
    _tell_of_poll(invitee, "meetings.poll_opened", once_key=key, times=times)


def poll_times_added(invitee: PollInvitee) -> None:
    _tell_of_poll(invitee, "meetings.poll_times_added")


def poll_reminder(invitee: PollInvitee) -> None:
    """At most once a day, whoever asks for it."""
    key = f"poll_reminder:{invitee.pk}:{clock.today()}"
    _tell_of_poll(invitee, "meetings.poll_reminder", once_key=key)


def poll_uninvited(invitee: PollInvitee) -> None:
    drop_outdated(invitee.poll_id, *ASKING, address=invitee.email)
    _tell_of_poll(invitee, "meetings.poll_uninvited")


def poll_withdrawn(invitee: PollInvitee) -> None:
    drop_outdated(invitee.poll_id, *ASKING, address=invitee.email)
    _tell_of_poll(invitee, "meetings.poll_withdrawn")


def poll_closed(poll: Poll) -> None:
    """Nobody is asked any more; the meeting's invitation tells everyone."""
    drop_outdated(poll.pk, *ASKING)


def poll_answered(poll: Poll) -> None:
    """Tell the organiser that everybody has answered: once for the same people and times."""
    compose(
        "meetings.poll_answered",
        to=poll.organiser,
        once_key=f"poll_answered:{poll.pk}:{_asked_mark(poll)}",
        about=poll.pk,
        **_while_it_runs(poll),
        link=absolute(poll.get_absolute_url()),
    )


def _asked_mark(poll: Poll) -> str:
    """Return a short mark of who is asked about which times."""
    keys = [*poll.times.values_list("pk", flat=True), *poll.invitees.values_list("pk", flat=True)]
    return hashlib.sha256(b"".join(sorted(key.bytes for key in keys))).hexdigest()[:16]


def _tell_of_poll(invitee: PollInvitee, kind: str, **context: Any) -> None:
    guest = invitee.user is None
    own_page = reverse("meetings:poll-answer", args=[invitee.poll_id])
    compose(
        kind,
        to=invitee.user,
        address=invitee.email,
        language=invitee.language if guest else invitee.user.language,
        poll=invitee.poll,
        guest=invitee.guest_name if guest else "",
        link=poll_guest_url(invitee) if guest else absolute(own_page),
        about=invitee.poll_id,
        **_while_it_runs(invitee.poll),
        **context,
    )


def _while_it_runs(poll: Poll) -> dict[str, datetime | None]:
    """A poll's mail is needed before its last day ends, and for nothing after its last time."""
    answer_by = clock.end_of(poll.answer_by) if poll.answer_by else None
    last = poll.times.aggregate(last=Max("ends_at"))["last"]
    return {"needed_by": answer_by, "expires_at": last}


def busy_calendar_stopped(calendar: BusyCalendar) -> None:
    """Tell the owner, once for each time that it is given up."""
    since = calendar.failing_since or calendar.stopped_at
    compose(
        "meetings.busy_calendar_stopped",
        to=calendar.user,
        once_key=f"busy_calendar_stopped:{calendar.pk}:{since.isoformat()}",
        own=calendar,
        link=absolute(reverse("meetings:busy-calendar")),
    )


def calendar_test_created(test: CalendarTest) -> None:
    _try_out(test, "meetings.calendar_test_created", REQUEST)


def calendar_test_moved(test: CalendarTest) -> None:
    _try_out(test, "meetings.calendar_test_moved", REQUEST)


def calendar_test_cancelled(test: CalendarTest) -> None:
    _try_out(test, "meetings.calendar_test_cancelled", CANCEL)


def _try_out(test: CalendarTest, kind: str, method: str) -> None:
    """Send the pretended event as it stands; it leaves the person's time free."""
    person, now = test.user, clock.now()
    link = absolute(reverse("meetings:calendar-test"))
    with translation.override(person.language):
        facts = EventFacts(
            uid=test.uid,
            sequence=test.sequence,
            cancelled=method == CANCEL,
            created_at=test.created_at,
            changed_at=now,
            starts_at=test.starts_at,
            ends_at=test.ends_at,
            title=_("Calendar test"),
            location="",
            url=link,
            organiser=NAME,
            busy=False,
        )
    reader = Attendee(
        email=person.email, name=person.name, partstat=Invitee.Answer.NEEDS_ACTION.value
    )
    text = itip_text(method, facts, reader, at=now)
    compose(
        kind,
        to=person,
        calendar=CalendarPart(method=method, text=text.decode()),
        # The person sits there and looks out for it, in quiet hours too.
        urgent=True,
        test=test,
        link=link,
    )


def _invite(
    meeting: Meeting,
    invitees: Iterable[Invitee],
    *,
    by: User | None,
    kind: str = "meetings.meeting_invitation",
    **how: Any,
) -> None:
    once = f"meeting_invitation:{{}}:{meeting.sequence}"
    _tell(meeting, invitees, kind, REQUEST, by=by, once=once, **how)


def _tell_all(meeting: Meeting, kind: str, method: str, *, by: User, **context: Any) -> None:
    _tell(meeting, meeting.invitees.all(), kind, method, by=by, **context)


def _tell(
    meeting: Meeting,
    invitees: Iterable[Invitee],
    kind: str,
    method: str | None,
    *,
    by: User | None,
    quiet: bool = False,
    once: str = "",
    needed_by: datetime | None = None,
    expires_at: datetime | None = None,
    **context: Any,
) -> None:
    """Write to each of the invitees what happened to `meeting`, as it stands in memory.

    Who did it knows it already, as all do when it is `quiet`: these get a mail only for
    their calendar's sake. Without a `method` no calendar is told anything. `once` makes
    each mail unique; a pair of braces in it stands for the invitee's key.
    """
    keys = [invitee.pk for invitee in invitees]
    told = []
    rows = Invitee.objects.filter(pk__in=keys).select_related("user__calendar_way", "user__telling")
    for invitee in rows:
        # All share one meeting, whose story's rows are read once.
        invitee.meeting = meeting
        own = by is not None and invitee.user_id == by.pk
        by_calendar = _takes_calendar_messages(invitee, method, own=own)
        if (own or quiet) and not by_calendar:
            continue
        guest = invitee.user is None
        language = invitee.language if guest else invitee.user.language
        message = compose(
            "meetings.calendar_copy" if own else kind,
            to=invitee.user,
            address=invitee.email,
            language=language,
            once_key=once.format(invitee.pk) or None,
            calendar=_calendar_part(invitee, method, language) if by_calendar else None,
            about=meeting.pk,
            needed_by=needed_by or meeting.starts_at,
            expires_at=expires_at or meeting.ends_at,
            **{
                "meeting": meeting,
                "title": _title(meeting, language),
                "by": by,
                "guest": invitee.guest_name if guest else "",
                "link": guest_url(invitee) if guest else absolute(meeting.get_absolute_url()),
            }
            | context,
        )
        if message and by_calendar:
            told.append(invitee.pk)
    Invitee.objects.filter(pk__in=told).update(told_sequence=meeting.sequence)


def _takes_calendar_messages(invitee: Invitee, method: str | None, *, own: bool) -> bool:
    """Say whether a message goes into the invitee's calendar.

    Whoever has once got one gets all later ones, for their calendar holds a copy that
    nothing else would move. Nobody needs to hear the end of what they were never sent.
    """
    if method is None:
        return False
    if invitee.told_sequence is not None:
        return True
    if method != REQUEST:
        return False
    way = getattr(invitee.user, "calendar_way", None) if invitee.user else None
    if way is None:
        # Who did it themselves has the feed, and gets copies when they ask for them.
        return not own
    return way.way == CalendarWay.Way.INVITATION


def _title(meeting: Meeting, language: str) -> str:
    """The neutral title, as calendars show it."""
    with translation.override(language):
        return service_of(meeting).title(meeting, None)


def _calendar_part(invitee: Invitee, method: str, language: str) -> CalendarPart:
    guest = invitee.user is None
    reader = Attendee(email=invitee.email, name=invitee.name, partstat=invitee.answer)
    with translation.override(language):
        facts = facts_of(invitee.meeting, answer=invitee.answer, guest=guest)
        if method == CANCEL:
            # For whoever was taken off the list the meeting is cancelled (RFC 5546 § 3.2.5).
            facts = replace(facts, cancelled=True, busy=False)
        text = itip_text(method, facts, reader, at=clock.now())
    return CalendarPart(method=method, text=text.decode())
