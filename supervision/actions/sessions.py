import uuid
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.shuffle import shuffled
from journal.record import record
from people.models import User
from supervision.actions.rows import locked
from supervision.models import Attendance, FeedbackMark, Session, SessionFeedback
from supervision.permissions import check_can_give_feedback, check_can_record_attendance


NOTHING_MORE: Mapping[uuid.UUID, str] = MappingProxyType({})


@transaction.atomic
def record_attendance(
    session: Session,
    *,
    hours: Decimal,
    attended: Mapping[uuid.UUID, Decimal | None],
    statuses: Mapping[uuid.UUID, str] = NOTHING_MORE,
    by: User,
    seen: str | None = None,
) -> Session:
    """Note who came to a session that has begun, and for how long; may be corrected later.

    `hours` is the length of the session, which the supervisor invoices. `attended` maps
    each member's key to the hours they were there, or None for absent; `statuses` says more of
    some: that they came late, were excused, or that it is still to be cleared up. `seen` is the
    token of what the form showed (see `attendance_token`); a stale one is refused.
    """
    session = locked(session)
    check_can_record_attendance(by, session)
    meeting = session.meeting
    if meeting.is_cancelled:
        raise Refused(_("This meeting has been cancelled."))
    if not meeting.has_begun:
        raise Refused(_("The meeting has not begun yet. Record the attendance afterwards."))
    if seen is not None and seen != attendance_token(session):
        raise Refused(_("Somebody recorded the attendance meanwhile. Compare and save again."))
    members = session.members()
    if {member.registration.user_id for member in members} != set(attended):
        raise Refused(_("The group has other members now. Look at the list and save again."))
    for member in members:
        came = attended[member.registration.user_id]
        Attendance.objects.update_or_create(
            session=session,
            user=member.registration.user,
            defaults={
                "municipality_id": member.registration.municipality_id,
                "status": _status(came, statuses.get(member.registration.user_id)),
                "hours": came or 0,
            },
        )
    session.hours = hours
    session.recorded_at, session.recorded_by = clock.now(), by
    session.save()
    record("supervision.attendance_recorded", by=by, subject=session)
    return session


def _status(hours: Decimal | None, said: str | None) -> str:
    """What is said of somebody must go with whether they were there."""
    plain = Attendance.Status.ABSENT if hours is None else Attendance.Status.ATTENDED
    if said is None or (said in Attendance.CAME) != (hours is not None):
        return plain
    return said


def attendance_token(session: Session) -> str:
    """Return what a form carries to notice that somebody else recorded meanwhile."""
    return session.recorded_at.isoformat() if session.recorded_at else "-"


@transaction.atomic
def give_feedback(session: Session, *, useful: int, safe: int, words: str = "", by: User) -> None:
    """Keep a feedback without its giver, and apart from it a mark that the giver has answered.

    Both tables' rows for the session are written anew in random order and with new keys
    each time: else the order in which they lie in the database file would pair them. The
    journal names nobody, because the coordinator could see when new words appear.
    """
    session = locked(session)
    check_can_give_feedback(by, session)
    marks = [mark.user_id for mark in session.feedback_marks.all()]
    if by.pk in marks:
        raise Refused(_("You have given feedback on this meeting already. Thank you!"))
    texts = [(each.useful, each.safe, each.words) for each in session.feedback.all()]
    session.feedback.all().delete()
    session.feedback_marks.all().delete()
    SessionFeedback.objects.bulk_create(
        SessionFeedback(session=session, useful=one, safe=two, words=said)
        for one, two, said in shuffled([*texts, (useful, safe, words)])
    )
    FeedbackMark.objects.bulk_create(
        FeedbackMark(session=session, user_id=key) for key in shuffled([*marks, by.pk])
    )
    record("supervision.feedback_given", by=None, subject=session)
