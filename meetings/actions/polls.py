"""A date poll's life: opened, answered, changed, closed with a time or withdrawn."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings import emails
from meetings.actions.invitees import Guest
from meetings.actions.rows import check_times
from meetings.models import MOST_TIMES, Poll, PollAnswer, PollInvitee, PollTime, Room
from meetings.permissions import (
    check_can_answer_poll,
    check_can_change_poll,
    check_can_open_poll,
)
from meetings.services import PollService, poll_service_of
from people.models import User


Span = tuple[datetime, datetime]

REMIND_BEFORE = timedelta(days=2)
"""How long before the last day the worker reminds those who have not answered."""
MOST_ASKED = 50
FIRST_TIME = "time-0-day"
"""The form field at which complaints about the times as a whole stand."""


@transaction.atomic
def open_poll(
    service: PollService,
    subject_id: uuid.UUID,
    *,
    times: Iterable[Span],
    form: str,
    place: str = "",
    link: str = "",
    room: Room | None = None,
    quorum: int | None = None,
    answer_by: date | None = None,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    by: User,
    pk: uuid.UUID | None = None,
) -> Poll:
    """Ask people which of the `times` (aware begin and end) suit them; each gets one mail.

    `quorum`: how many must be able to come. `answer_by`: the last day to answer, in
    Tallinn. Raises PermissionDenied; Refused for fewer than 2 or more than 12 times,
    a time in the past, nobody to ask, a quorum above their number, and while another
    poll about the same row runs.
    """
    check_can_open_poll(by, service, subject_id)
    if pk and (made := Poll.objects.filter(pk=pk, organiser=by).first()):
        return made
    people, guests = list(dict.fromkeys(people)), list(guests)
    times = _checked_times(times)
    if len(times) < 2:
        raise Refused(_("Give at least two times to choose from."), field=FIRST_TIME)
    if answer_by and answer_by > max(clock.day_of(starts_at) for starts_at, _end in times):
        raise Refused(
            _("The last day to answer is after the last of the times."), field="answer_by"
        )
    if not people and not guests:
        raise Refused(_("Say whom you ask."), field="guests")
    if quorum and quorum > len(people) + len(guests):
        raise Refused(_("You ask fewer people than that."), field="quorum")
    try:
        with transaction.atomic():
            poll = Poll.objects.create(
                id=pk or uuid.uuid4(),
                service=service.key,
                subject_id=subject_id,
                organiser=by,
                form=form,
                place=place,
                link=link,
                room=room,
                quorum=quorum,
                answer_by=answer_by,
                opened_at=clock.now(),
            )
    except IntegrityError as error:
        # No row stands yet that two openings could wait at: the constraint decides.
        if pk and (made := Poll.objects.filter(pk=pk, organiser=by).first()):
            return made
        raise Refused(_("A date poll about this is open already.")) from error
    _add_times(poll, times)
    asked = _ask(poll, people, guests)
    record("meetings.poll_opened", by=by, subject=poll, times=len(times), asked=len(asked))
    for invitee in asked:
        emails.poll_opened(invitee)
    return poll


@transaction.atomic
def change_poll_times(
    poll: Poll,
    *,
    add: Iterable[Span] = (),
    remove: Iterable[PollTime] = (),
    by: User,
    version: int | None = None,
) -> Poll:
    """Add times to a running poll and take others out; answers to those vanish.

    A new time asks everybody anew, about that time alone, and each gets a mail; a
    time that goes is not worth one. Raises PermissionDenied; Refused when nothing
    would change, no time would be left, and as `open_poll` does.
    """
    poll = _held(poll, by=by, version=version)
    gone = [time.pk for time in remove]
    kept = list(poll.times.exclude(pk__in=gone))
    add = _checked_times(add, before=kept)
    if not add and len(kept) == poll.times.count():
        raise Refused(_("Nothing has changed yet. Add a time or take one out."), field=FIRST_TIME)
    if not add and not kept:
        raise Refused(_("At least one time must remain."), field="remove")
    poll.times.filter(pk__in=gone).delete()
    _add_times(poll, add)
    _changed(poll)
    record("meetings.poll_times_changed", by=by, subject=poll, added=len(add), removed=len(gone))
    if add:
        for invitee in _invitees(poll):
            if invitee.user_id != by.pk:
                emails.poll_times_added(invitee)
    else:
        _tell_when_all_answered(poll, by=by)
    return poll


@transaction.atomic
def ask_in_poll(
    poll: Poll,
    *,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    by: User,
) -> list[PollInvitee]:
    """Ask more people; each gets a mail. People who are asked already are passed over.

    Raises PermissionDenied; Refused (field "guests") for nobody and for an address
    that is on the list.
    """
    poll = _held(poll, by=by)
    known = set(poll.invitees.values_list("user", flat=True))
    people = [person for person in dict.fromkeys(people) if person.pk not in known]
    guests = list(guests)
    if not people and not guests:
        raise Refused(_("Say whom you ask."), field="guests")
    asked = _ask(poll, people, guests)
    _changed(poll)
    record("meetings.poll_asked", by=by, subject=poll, asked=len(asked))
    for invitee in asked:
        emails.poll_opened(invitee)
    return asked


@transaction.atomic
def remove_from_poll(invitee: PollInvitee, *, by: User) -> None:
    """Take somebody out of a running poll, with their answers; they alone are told."""
    poll = _held(invitee.poll, by=by)
    invitee = _invitees(poll).filter(pk=invitee.pk).first()
    if invitee is None:
        raise Refused(_("This person is no longer on the list of the poll."))
    _take_out(invitee, poll, by=by)


@transaction.atomic
def answer_poll(
    invitee: PollInvitee, *, answers: Mapping[uuid.UUID, str], by: User | None
) -> PollInvitee:
    """Note what somebody says of each time: key of a time → "yes", "maybe" or "no".

    May be done again until the poll is closed; the same answers again are no deed.
    `by` is None for a guest. The organiser is told once, when nobody owes an answer
    any more. Raises PermissionDenied for another's answers; Refused when the poll has
    ended, the person was taken out of it, or one of the times went or passed meanwhile.
    """
    poll = _locked(invitee.poll)
    invitee = _invitees(poll).filter(pk=invitee.pk).first()
    if invitee is None:
        raise Refused(_("You are no longer on the list of this poll."))
    check_can_answer_poll(by, invitee)
    _check_running(poll)
    times = set(poll.times.coming().values_list("pk", flat=True))
    if not times.issuperset(answers):
        raise Refused(_("The times have changed meanwhile. Look at them and answer again."))
    before = dict(invitee.answers.values_list("time", "answer"))
    new = {time: answer for time, answer in answers.items() if before.get(time) != answer}
    if not new:
        return invitee
    invitee.answers.filter(time__in=new).delete()
    PollAnswer.objects.bulk_create(
        PollAnswer(
            id=uuid.uuid4(),
            invitee=invitee,
            time_id=time,
            answer=PollAnswer.Answer(answer),
            answered_at=clock.now(),
        )
        for time, answer in new.items()
    )
    _changed(poll)
    record("meetings.poll_answered", by=by, subject=poll, invitee=invitee, answers=len(new))
    _tell_when_all_answered(poll, by=by)
    return invitee


@transaction.atomic
def close_poll(poll: Poll, *, time: PollTime, by: User, version: int | None = None) -> Poll:
    """Choose a time: the story books the meeting, and everybody asked gets its invitation.

    Whoever said yes to the chosen time has said that they come, and stands as coming
    in the meeting; their invitation only tells them so and lets them change it. Whoever
    said "if need be", no or nothing is asked by the invitation as anybody else: need has
    arisen, and a no may be given up when everybody else can.

    `version` is what the person saw. Raises PermissionDenied; Refused for a stale
    `version`, a poll that has ended, a time that went or has passed meanwhile (field
    "time"), and whatever the story's booking refuses.
    """
    poll = _held(poll, by=by, version=version)
    chosen = poll.times.filter(pk=time.pk).first()
    if chosen is None:
        raise Refused(_("This time is no longer in the poll. Choose another."), field="time")
    if chosen.has_passed:
        raise Refused(_("This time has passed meanwhile. Choose another."), field="time")
    poll.closed_at, poll.closed_by = clock.now(), by
    poll.chosen = chosen
    _changed(poll)
    poll.meeting = poll_service_of(poll).poll_closed(poll, chosen, by)
    poll.save(update_fields=["meeting"])
    emails.poll_closed(poll)
    record("meetings.poll_closed", by=by, subject=poll, meeting=poll.meeting)
    return poll


@transaction.atomic
def withdraw_poll(poll: Poll, *, by: User) -> Poll:
    """Give the poll up without a time; everybody asked is told that the times are free again."""
    poll = _held(poll, by=by)
    return _withdraw(poll, by=by)


@transaction.atomic
def drop_poll(service: str, subject_id: uuid.UUID, *, by: User) -> None:
    """Withdraw the running poll about a row, if any, when the row needs no date any more.

    Part of a story's action, which has said who may. Called before the story holds its
    own row: closing holds the poll first, and two orders would block each other.
    """
    poll = _running_about(service, subject_id)
    if poll is not None:
        _withdraw(poll, by=by)


@transaction.atomic
def hold_poll(service: str, subject_id: uuid.UUID) -> None:
    """Hold the running poll about a row, if any, before the story holds its own row: closing
    holds the poll first, and two orders would block each other. Part of a story's action.
    """
    _running_about(service, subject_id)


@transaction.atomic
def hand_over_poll(service: str, subject_id: uuid.UUID, *, organiser: User, by: User) -> None:
    """Give the running poll about a row, if any, another organiser. Part of a story's
    action, as above.
    """
    poll = _running_about(service, subject_id)
    if poll is not None and poll.organiser != organiser:
        poll.organiser = organiser
        _changed(poll)
        record("meetings.poll_handed_over", by=by, subject=poll, organiser=organiser)


@transaction.atomic
def replace_in_poll(
    service: str, subject_id: uuid.UUID, person: User, other: User, *, by: User
) -> None:
    """Ask the `other` in the place of a person who was asked in the running poll about a row.
    Part of a story's action, as above.
    """
    poll = _running_about(service, subject_id)
    invitee = _invitees(poll).filter(user=person).first() if poll else None
    if invitee is None:
        return
    _take_out(invitee, poll, by=by)
    if not poll.invitees.filter(user=other).exists():
        [asked] = _add_invitees(poll, [{"user": other, "language": other.language}])
        record("meetings.poll_asked", by=by, subject=poll, asked=1)
        emails.poll_opened(asked)


@transaction.atomic
def remind_poll(poll: Poll, *, by: User | None) -> int:
    """Write to those who owe an answer, at most once a day to each; return to how many.

    `by` None is the worker: it reminds once, two days before the last day, and only
    those who were asked before that. Raises PermissionDenied; Refused when the poll has
    ended, or when there is nobody to remind.
    """
    poll = _held(poll, by=by) if by else _locked(poll)
    if not poll.is_running:
        return 0
    if by:
        since, asked_before = clock.tallinn(clock.today()), clock.now()
    else:
        since = asked_before = clock.tallinn(poll.answer_by - REMIND_BEFORE)
    owing = [
        invitee
        for invitee in _invitees(poll).owing().filter(asked_at__lte=asked_before)
        if invitee.reminded_at is None or invitee.reminded_at < since
    ]
    if not owing:
        if by:
            raise Refused(_("Everybody has answered or was reminded today already."))
        return 0
    for invitee in owing:
        invitee.reminded_at = clock.now()
        invitee.save(update_fields=["reminded_at"])
        emails.poll_reminder(invitee)
    record("meetings.poll_reminded", by=by, subject=poll, reminded=len(owing))
    return len(owing)


def stale_poll_sentence() -> str:
    return _("Somebody answered or changed the poll meanwhile. Look at it as it is now, then send.")


def _locked(poll: Poll) -> Poll:
    return Poll.objects.select_for_update(of=("self",)).get(pk=poll.pk)


def _running_about(service: str, subject_id: uuid.UUID) -> Poll | None:
    """Hold the running poll about a row of a story, if there is one."""
    running = Poll.objects.running().about(service, subject_id)
    return running.select_for_update(of=("self",)).first()


def _held(poll: Poll, *, by: User, version: int | None = None) -> Poll:
    """Read the poll anew and hold it, for somebody who may change it, while it runs."""
    poll = _locked(poll)
    check_can_change_poll(by, poll)
    _check_running(poll)
    if version is not None and version != poll.version:
        raise Refused(stale_poll_sentence())
    return poll


def _check_running(poll: Poll) -> None:
    if poll.closed_at is not None:
        raise Refused(_("This poll is closed already: a time has been chosen."))
    if poll.withdrawn_at is not None:
        raise Refused(_("This poll has been withdrawn."))


def _changed(poll: Poll) -> None:
    poll.version += 1
    poll.save()


def _invitees(poll: Poll):
    return poll.invitees.select_related("user", "poll__organiser")


def _checked_times(times: Iterable[Span], before: Iterable[PollTime] = ()) -> list[Span]:
    kept = [time.span for time in before]
    new = [span for span in dict.fromkeys(times) if span not in kept]
    for starts_at, ends_at in new:
        check_times(starts_at, ends_at)
    if len(new) + len(kept) > MOST_TIMES:
        raise Refused(_("A poll has at most %(n)s times.") % {"n": MOST_TIMES}, field=FIRST_TIME)
    return new


def _add_times(poll: Poll, times: Iterable[Span]) -> None:
    PollTime.objects.bulk_create(
        PollTime(id=uuid.uuid4(), poll=poll, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in times
    )


def _ask(poll: Poll, people: list[User], guests: list[Guest]) -> list[PollInvitee]:
    """Put people and guests on the list."""
    may_be_asked = poll_service_of(poll).poll_people(poll.subject_id) if people else []
    for person in people:
        if person not in may_be_asked:
            raise Refused(
                _("%(name)s cannot be asked in this poll.") % {"name": person.name}, field="people"
            )
    known = {invitee.email.lower() for invitee in _invitees(poll) if invitee.email}
    known |= {person.email.lower() for person in people if person.email}
    if poll.invitees.count() + len(people) + len(guests) > MOST_ASKED:
        raise Refused(_("A poll asks at most %(n)s people.") % {"n": MOST_ASKED}, field="guests")
    facts = [{"user": person, "language": person.language} for person in people]
    for guest in guests:
        address = guest.email.lower()
        if address in known:
            raise Refused(
                _("This address is on the list already: %(address)s") % {"address": address},
                field="guests",
            )
        known.add(address)
        facts.append(
            {
                "guest_name": guest.name,
                "guest_email": address,
                "guest_body": guest.body,
                "language": guest.language,
            }
        )
    return _add_invitees(poll, facts)


def _add_invitees(poll: Poll, facts: list[dict]) -> list[PollInvitee]:
    return PollInvitee.objects.bulk_create(
        PollInvitee(id=uuid.uuid4(), poll=poll, asked_at=clock.now(), **each) for each in facts
    )


def _take_out(invitee: PollInvitee, poll: Poll, *, by: User) -> None:
    record("meetings.poll_invitee_removed", by=by, subject=poll, invitee=invitee)
    if invitee.user_id != by.pk:
        emails.poll_uninvited(invitee)
    invitee.delete()
    _changed(poll)


def _withdraw(poll: Poll, *, by: User) -> Poll:
    poll.withdrawn_at, poll.withdrawn_by = clock.now(), by
    _changed(poll)
    record("meetings.poll_withdrawn", by=by, subject=poll)
    for invitee in _invitees(poll):
        if invitee.user_id != by.pk:
            emails.poll_withdrawn(invitee)
    return poll


def _tell_when_all_answered(poll: Poll, *, by: User | None) -> None:
    if poll.organiser != by and not poll.invitees.owing().exists():
        emails.poll_answered(poll)
