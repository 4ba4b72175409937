"""What stands in a plan: the text of a version, and how two of them differ."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.words import day_text
from library.models import Topic
from meetings.models import Meeting
from mentorship.models import Plan


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A chosen topic, by its key; its goal, and the sign by which one sees that it worked.

    Their order is the order in the plan.
    """

    topic: str
    goal: str = ""
    sign: str = ""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that the two agree on. `intended_end_on` is None only before the first writing."""

    topics: tuple[Choice, ...]
    rhythm: str
    meeting_form: str
    meeting_minutes: int
    intended_end_on: date | None

    def as_json(self) -> dict[str, Any]:
        """Return JSON values, as a version keeps them."""
        return {
            "topics": [vars(choice) for choice in self.topics],
            "rhythm": self.rhythm,
            "meeting_form": self.meeting_form,
            "meeting_minutes": self.meeting_minutes,
            "intended_end_on": self.intended_end_on.isoformat() if self.intended_end_on else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Contents":
        end = kept["intended_end_on"]
        return cls(
            topics=tuple(Choice(**each) for each in kept["topics"]),
            rhythm=kept["rhythm"],
            meeting_form=kept["meeting_form"],
            meeting_minutes=kept["meeting_minutes"],
            intended_end_on=date.fromisoformat(end) if end else None,
        )

    def until(self, day: date) -> "Contents":
        """Return the same with another intended end."""
        return replace(self, intended_end_on=day)


def contents_of(plan: Plan) -> Contents:
    """Return what stands in a plan now. One query."""
    return Contents(
        topics=tuple(
            Choice(topic=row.topic_id, goal=row.goal, sign=row.sign) for row in plan.topics.all()
        ),
        rhythm=plan.rhythm,
        meeting_form=plan.meeting_form,
        meeting_minutes=plan.meeting_minutes,
        intended_end_on=plan.intended_end_on,
    )


def following(now: Contents, old: Contents, new: Contents) -> Contents:
    """Return a plan's text as a newer text of its template suggests it.

    What the pair wrote themselves stays, and no topic goes: only what still stands as the
    `old` template had it becomes what the `new` one has, and its new topics come last.
    """
    was = {each.topic: each for each in old.topics}
    becomes = {each.topic: each for each in new.topics}

    def followed(choice: Choice) -> Choice:
        before, after = was.get(choice.topic), becomes.get(choice.topic)
        if before is None or after is None:
            return choice
        return replace(
            choice,
            goal=after.goal if choice.goal == before.goal else choice.goal,
            sign=after.sign if choice.sign == before.sign else choice.sign,
        )

    known = {each.topic for each in now.topics} | was.keys()
    frame = {
        name: getattr(new, name)
        for name in ("rhythm", "meeting_form", "meeting_minutes")
        if getattr(now, name) == getattr(old, name)
    }
    topics = tuple(followed(each) for each in now.topics)
    added = tuple(each for each in new.topics if each.topic not in known)
    return replace(now, topics=topics + added, **frame)


@dataclass(frozen=True)
class Piece:
    """Some words of a text: `kind` is "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One thing that two texts of a plan say differently."""

    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """The text word by word, with what went and what came."""
        before, after = (re.findall(r"\S+\s*|\s+", text) for text in (self.before, self.after))
        found: list[Piece] = []
        matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag == "equal":
                found.append(Piece("same", "".join(before[i:j])))
                continue
            found += [
                Piece(kind, text)
                for kind, text in (("gone", "".join(before[i:j])), ("new", "".join(after[k:m])))
                if text
            ]
        return found


def differences(before: Contents, after: Contents) -> list[Difference]:
    """Return what changed, the topics first. At most one query, for the topics' names."""
    found = list(_topic_differences(before, after))
    facts = (
        (_("How often"), Plan.Rhythm(before.rhythm).label, Plan.Rhythm(after.rhythm).label),
        (
            _("How"),
            Meeting.Form(before.meeting_form).label,
            Meeting.Form(after.meeting_form).label,
        ),
        (_("How long"), _minutes(before), _minutes(after)),
        (_("Intended end"), _day(before.intended_end_on), _day(after.intended_end_on)),
    )
    return found + [
        Difference(label, str(old), str(new)) for label, old, new in facts if old != new
    ]


def _topic_differences(before: Contents, after: Contents) -> Iterator[Difference]:
    old, new = ({each.topic: each for each in text.topics} for text in (before, after))
    if before.topics == after.topics:
        return
    names = dict(Topic.objects.in_bulk())
    for key, choice in new.items():
        name = str(names[key])
        if key not in old:
            yield Difference(_("Topic added"), "", name)
        was = old.get(key, Choice(topic=key))
        if was.goal != choice.goal:
            yield Difference(_("Goal: %(topic)s") % {"topic": name}, was.goal, choice.goal)
        if was.sign != choice.sign:
            yield Difference(_("Sign: %(topic)s") % {"topic": name}, was.sign, choice.sign)
    for key in old:
        if key not in new:
            yield Difference(_("Topic taken out"), str(names[key]), "")
    orders = [
        ", ".join(str(names[key]) for key in keys if key in old and key in new)
        for keys in (old, new)
    ]
    if orders[0] != orders[1]:
        yield Difference(_("Order of the topics"), *orders)


def _minutes(contents: Contents) -> str:
    return _("%(n)s min") % {"n": contents.meeting_minutes}


def _day(day: date | None) -> str:
    return day_text(day) if day else ""
