"""Days away and who stands in."""

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from people import emails
from people.actions.rows import FAR, check_order, locked, locked_period, made_before
from people.models import Absence, User
from people.permissions import check_can_change_absence
from people.stand_ins import stand_ins_for


@transaction.atomic
def add_absence(
    person: User,
    *,
    starts_on: date,
    ends_on: date | None = None,
    kind: str = Absence.Kind.SHORT,
    stand_in: User | None = None,
    by: User,
    pk: uuid.UUID | None = None,
) -> Absence:
    """Note that a person is away, and who stands in.

    Raises Refused: at "ends_on" for an end before the start or one that is past, at
    "starts_on" when an absence of theirs covers some of the days, at "stand_in" for
    the person themselves or somebody without a fitting post or role on all the days.
    """
    person = locked(person)
    check_can_change_absence(by, person)
    if done := made_before(Absence, pk, user=person):
        return done
    check_order(starts_on, ends_on)
    if ends_on and ends_on < clock.today():
        raise Refused(_("This time is over. Choose today or a later day."), field="ends_on")
    if person.absences.overlapping(starts_on, ends_on or FAR).exists():
        raise Refused(_("An absence is entered for some of these days already."), field="starts_on")
    if stand_in:
        _check_stand_in(person, stand_in, starts_on, ends_on)
    absence = Absence.objects.create(
        id=pk or uuid.uuid4(),
        user=person,
        kind=kind,
        stand_in=stand_in,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record("people.absence_added", by=by, subject=person, absence=absence, stand_in=stand_in)
    emails.absence_added(absence)
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: User) -> None:
    """Take back an absence that has not begun; let one that has begun end yesterday.

    What was stays on record, because somebody stood in on those days.
    """
    absence = locked_period(absence, "user", "stand_in")
    check_can_change_absence(by, absence.user)
    today = clock.today()
    if absence.ends_on and absence.ends_on < today:
        raise Refused(_("This absence is over; it stays on record."))
    record("people.absence_removed", by=by, subject=absence.user, absence=absence)
    emails.absence_removed(absence, back_on=max(today, absence.starts_on))
    if absence.starts_on >= today:
        absence.delete()
    else:
        absence.ends_on = today - timedelta(days=1)
        absence.save(update_fields=["ends_on"])


def _check_stand_in(person: User, stand_in: User, starts_on: date, ends_on: date | None) -> None:
    if stand_in.pk == person.pk:
        raise Refused(_("Nobody stands in for themselves."), field="stand_in")
    for day in {starts_on, ends_on or starts_on}:
        if not stand_ins_for(person, day).filter(pk=stand_in.pk).exists():
            raise Refused(
                _("%(name)s has no post or role in which to stand in for these days.")
                % {"name": stand_in.name},
                field="stand_in",
            )
