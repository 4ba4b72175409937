"""Who could be somebody's mentor, with reasons in words; a person decides."""

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from people.load import open_work
from people.models import StaffRole, User
from people.standing import consultants_serving


def candidates_for(municipality: uuid.UUID) -> list[tuple[User, str]]:
    """Return today's consultants with their load in words: those who serve the municipality,
    least loaded first.
    """
    today = clock.today()
    people = list(User.objects.with_role(StaffRole.Role.CONSULTANT, today).in_order())
    rows = User.objects.filter(consultants_serving(municipality, today))
    serving = set(rows.values_list("pk", flat=True))
    work = open_work([person.pk for person in people], today)
    people.sort(key=lambda person: (person.pk not in serving, sum(work[person.pk].values())))
    return [
        (person, _load_words(person, work[person.pk], person.pk in serving)) for person in people
    ]


def _load_words(person: User, work: dict[str, int], serves: bool) -> str:
    total, mentees = sum(work.values()), work.get("mentorship", 0)
    words = [
        person.name,
        _("serves the municipality") if serves else _("does not serve the municipality"),
        ngettext("%(n)s open thing", "%(n)s open things", total) % {"n": total},
        ngettext("%(n)s mentorship", "%(n)s mentorships", mentees) % {"n": mentees},
    ]
    return " · ".join(words)
