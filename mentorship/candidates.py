"""Who could be somebody's mentor, with reasons in words; a person decides."""

import uuid
from collections import defaultdict
from datetime import date, timedelta

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.templatetags.words import period_text
from mentorship.models import MentorProfile
from people.load import open_work
from people.models import Absence, StaffRole, User
from people.standing import consultants_serving


AHEAD = timedelta(days=60)
"""How far ahead absences are looked at: a mentorship begins with its first weeks."""
LONG = timedelta(days=14)
"""An absence of so many days keeps somebody from beginning."""


def candidates_for(municipality: uuid.UUID, *, language: str = "et") -> list[tuple[User, str]]:
    """Return today's consultants, each with the reasons for and against in words.

    First come those who serve the municipality today, who are not away for long in the
    next 60 days and who speak the worker's `language` (ISO 639-1); then those with the least
    open work of all three services. The first of them is suggested, if they serve it.
    Five queries, six when there are profiles.
    """
    today = clock.today()
    serves = ExpressionWrapper(consultants_serving(municipality, today), BooleanField())
    people = list(
        User.objects.with_role(StaffRole.Role.CONSULTANT, today)
        .annotate(serves=serves)
        .select_related("mentor_profile")
        .prefetch_related("mentor_profile__topics")
        .in_order()
    )
    keys = [person.pk for person in people]
    work = open_work(keys, today)
    absences = _absences(keys, today)

    def speaks(person: User) -> bool:
        profile = getattr(person, "mentor_profile", None)
        return language in (profile.languages if profile and profile.languages else ["et"])

    people.sort(
        key=lambda person: (
            not person.serves,
            any(_is_long(absence) for absence in absences[person.pk]),
            not speaks(person),
            sum(work[person.pk].values()),
        )
    )
    found = []
    for place, person in enumerate(people):
        words = [person.name]
        if place == 0 and person.serves:
            words.append(_("suggested"))
        words += [
            _("serves the municipality") if person.serves else _("does not serve the municipality"),
            *_load_words(work[person.pk]),
            *(_("away %(days)s") % {"days": period_text(each)} for each in absences[person.pk]),
            *_profile_words(getattr(person, "mentor_profile", None)),
        ]
        if not speaks(person):
            words.append(_("does not speak the worker's language"))
        found.append((person, " · ".join(words)))
    return found


def _absences(keys: list[uuid.UUID], today: date) -> dict[uuid.UUID, list[Absence]]:
    found: dict[uuid.UUID, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.filter(user__in=keys).overlapping(today, today + AHEAD):
        found[absence.user_id].append(absence)
    return found


def _is_long(absence: Absence) -> bool:
    return absence.ends_on is None or absence.ends_on - absence.starts_on >= LONG


def _load_words(work: dict[str, int]) -> list[str]:
    total, mentees = sum(work.values()), work.get("mentorship", 0)
    return [
        ngettext("%(n)s open thing", "%(n)s open things", total) % {"n": total},
        ngettext("%(n)s mentorship", "%(n)s mentorships", mentees) % {"n": mentees},
    ]


def _profile_words(profile: MentorProfile | None) -> list[str]:
    if profile is None:
        return []
    words = []
    if topics := [str(topic) for topic in profile.topics.all()]:
        words.append(_("knows best: %(topics)s") % {"topics": ", ".join(topics)})
    if others := [
        name
        for key, name in zip(profile.languages, profile.language_names, strict=True)
        if key != "et"
    ]:
        words.append(_("also speaks: %(languages)s") % {"languages": ", ".join(others)})
    return words
