"""Choosing a free time from a list, or entering another by hand."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.refusal import Refused
from common.workdays import holiday_name
from meetings.availability import USUAL_HOURS, FreeTimes, free_times, place_of, rules_of
from meetings.models import BookingRules, Meeting
from people.models import User


SHOWN_DAYS = 14
OPEN_DAYS = 3
"""How many days with free times stand open: on a phone all of them are many screens."""
AHEAD = timedelta(weeks=52)
"""How far ahead free times are looked for."""
LENGTHS = (30, 45, 60, 90, 120, 180)
OTHER = "other"
"""The choice that stands for a time entered by hand."""
BY_HAND = ("day", "begins", "ends")
PLACE = ("form", "place")


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    ends_at: datetime

    @property
    def value(self) -> str:
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @property
    def which(self) -> str:
        """Which of two, in the hour that comes twice when the clock is turned back."""
        first = self.starts_at.astimezone(clock.TALLINN)
        if first.replace(fold=0).utcoffset() == first.replace(fold=1).utcoffset():
            return ""
        return gettext("winter time") if first.fold else gettext("summer time")


@dataclass(frozen=True)
class SlotDay:
    """A day with its free times, or with the reason why it has none. It stands open or folded."""

    day: date
    slots: list[Slot]
    reason: str
    is_open: bool = False

    @property
    def values(self) -> list[str]:
        return [slot.value for slot in self.slots]

    @property
    def note(self) -> str:
        count = len(self.slots)
        if not count:
            return self.reason
        return ngettext("%(n)s free time", "%(n)s free times", count) % {"n": count}


@dataclass(frozen=True)
class SlotPage:
    """Two weeks of free times, and where the others are: what a button sends as `show`, as
    in an address's query; "" for none.

    `assumed` names those who have entered no hours, so that office hours are taken.
    """

    first: date
    last: date
    days: list[SlotDay]
    minutes: int
    lengths: list[tuple[int, str]]
    earlier: str
    later: str
    next_free: date | None
    next_free_query: str
    assumed: str = ""
    assumed_hours: tuple[time, time] = USUAL_HOURS

    @property
    def is_empty(self) -> bool:
        return not any(each.slots for each in self.days)


class SlotPicker(forms.Widget):
    """Days as headings, their free times as radios. The form gives the `page`."""

    template_name = "meetings/slot_days.html"
    use_fieldset = True
    page: Callable[[], SlotPage]

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["page"] = self.page()
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        # The label is a legend.
        return ""


class SlotField(forms.Field):
    """A chosen beginning as a moment in UTC, or `OTHER`."""

    widget = SlotPicker
    default_error_messages = {
        "required": _("Choose a free time, or enter another time by hand."),
        "invalid": _("Choose one of the times in the list."),
    }

    def to_python(self, value: Any) -> datetime | str | None:
        if value in self.empty_values or value == OTHER:
            return value or None
        try:
            if not re.fullmatch(r"[0-9]{8}T[0-9]{4}Z", value):
                raise ValueError
            return datetime.strptime(value, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class SlotMixin(forms.Form):
    """Offers the times at which all of `people` are free, beside `WhenMixin`'s own fields.

    The first of the people is the host, whose usual length is offered first, if `usual` does
    not say how long. `reader` is who looks: nobody learns why another is busy. `shown` is the
    address's query: `from`, the first day that is shown, and `length` in minutes. `but` is
    the key of a meeting that is to be moved. Gives `starts_at` and `ends_at`, like
    `WhenMixin`; that a chosen time is still free is worked out anew when the form is sent.

    Buttons named `show` send the form to see other days or another length, or the times at
    which a chosen room is free too: the form then stands as if it had not been sent, with
    everything that was typed.
    """

    typed_before = False
    tells_names = True
    day_now: date | None = None
    """The day that the meeting has today, if it is to be moved: it stands open."""

    slot = SlotField(label=_("Free times"))
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: Sequence[User | None],
        reader: User,
        shown: Mapping[str, str],
        usual: timedelta | None = None,
        **kwargs: Any,
    ) -> None:
        # A post that is still empty keeps nobody from choosing a time.
        people = [person for person in people if person is not None]
        super().__init__(*args, people=people, reader=reader, **kwargs)
        self.usual = usual
        asked = self.data.get(self.add_prefix("show"), "")
        if sent := asked or self.data.get(self.add_prefix("shown"), ""):
            shown = dict(parse_qsl(sent))
        self.first = _first_shown(shown.get("from", ""))
        self.minutes = _length(shown.get("length", ""), self.usual_minutes)
        if asked:
            self._take_back()
        self.initial["shown"] = self._query(self.first)
        self.fields["slot"].widget.page = lambda: self.page
        if self.tells_names:
            self.fields["slot"].help_text = gettext("All of these are free: %(names)s") % {
                "names": escape(", ".join(person.name for person in self.people))
            }
        if self.is_bound:
            self.fields["slot"].required = not self.by_hand
            for name in BY_HAND:
                self.fields[name].required = self.by_hand

    def _take_back(self) -> None:
        """Stand as if not sent, with what was typed."""
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }
        self.typed_before = any(
            typed[name] and self.fields[name].has_changed(self.initial.get(name), typed[name])
            for name in BY_HAND
        )
        self.initial = typed
        self.data, self.is_bound = MultiValueDict(), False

    @cached_property
    def rules(self) -> dict[uuid.UUID, BookingRules]:
        return rules_of(self.people)

    @property
    def usual_minutes(self) -> int:
        if self.usual is not None:
            return int(self.usual.total_seconds() // 60)
        if not self.people:
            return LENGTHS[2]
        return self.rules[self.people[0].pk].meeting_minutes

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def by_hand(self) -> bool:
        """Whether the time was entered, not chosen."""
        chosen = self["slot"].value()
        return chosen == OTHER or (not chosen and any(self[name].value() for name in BY_HAND))

    @property
    def has_typed(self) -> bool:
        """Whether the time by hand is another than the page showed."""
        changed = {name for name in BY_HAND if self[name].value()} & {*self.changed_data}
        return self.is_bound and bool(changed)

    @property
    def shows_by_hand(self) -> bool:
        """Whether the time by hand stands open: it was touched, or holds the time of today."""
        return self.by_hand or self.has_typed or self.typed_before

    @property
    def can_refresh(self) -> bool:
        """Whether fields beside the times change which of them are free."""
        return not {"room", "people"}.isdisjoint(self.fields)

    @property
    def others(self) -> list[forms.BoundField]:
        """The visible fields that are not about the time."""
        return [each for each in self.visible_fields() if each.name not in ("slot", *BY_HAND)]

    def clean(self) -> dict:
        # Before the other mixins: what they say about the time holds for a chosen one too.
        data = self.cleaned_data
        chosen = data.get("slot")
        if self.by_hand or not isinstance(chosen, datetime):
            return super().clean()
        if self.has_typed:
            self.add_error(
                "slot",
                gettext(
                    "You chose a free time and entered another by hand. "
                    "Leave one of them, or choose “Another time”."
                ),
            )
        elif self._is_free(chosen, but=self.own_key):
            for name in BY_HAND:
                # What stands there was shown, not typed: the chosen time holds.
                data.pop(name, None)
            data["starts_at"], data["ends_at"] = chosen, chosen + self.length
        else:
            self.add_error("slot", taken_sentence())
        return super().clean()

    def carried_out(self, action: Callable[[dict], Any]) -> bool:
        """As ever; what the action says about the time is said where the time was chosen."""

        def at_the_slot(data: dict) -> Any:
            try:
                return action(data)
            except Refused as refusal:
                if self.by_hand or refusal.field not in BY_HAND:
                    raise
                raise Refused(refusal.reason, field="slot") from refusal

        return super().carried_out(at_the_slot)

    def _is_free(self, chosen: datetime, *, but: uuid.UUID | None) -> bool:
        """Sent twice, the form finds its own meeting at this time: that one does not count."""
        day = clock.day_of(chosen)
        if not clock.today() <= day <= clock.today() + AHEAD:
            return False
        return chosen in self._free(day, day, but=but).starts

    def _free(self, first: date, last: date, *, but: uuid.UUID | None) -> FreeTimes:
        form, place = (self[name].value() if name in self.fields else "" for name in PLACE)
        room = self.chosen_room if form == Meeting.Form.ON_SITE else None
        return free_times(
            self.people,
            first=first,
            last=last,
            length=self.length,
            place=place_of(form, room.where if room else (place or "").strip()),
            room=room,
            but=but,
            rules=self.rules,
        )

    @cached_property
    def page(self) -> SlotPage:
        """The free times as they are now."""
        today = clock.today()
        until = today + AHEAD
        last = min(self.first + timedelta(days=SHOWN_DAYS - 1), until)
        # All of them, so that the next one can be named when these weeks have none.
        free = self._free(self.first, until, but=self.but)
        by_day: dict[date, list[Slot]] = {}
        for start in free.starts:
            by_day.setdefault(clock.day_of(start), []).append(Slot(start, start + self.length))
        days = []
        open_days = {*sorted(day for day in by_day if day <= last)[:OPEN_DAYS], self.day_now}
        for n in range((last - self.first).days + 1):
            day = self.first + timedelta(days=n)
            slots = by_day.get(day, [])
            if slots or day.weekday() < 5:
                reason = "" if slots else self._reason(free, day)
                days.append(SlotDay(day, slots, reason, is_open=day in open_days))
        next_free = min((day for day in by_day if day > last), default=None)
        earlier = max(today, self.first - timedelta(days=SHOWN_DAYS))
        return SlotPage(
            first=self.first,
            last=last,
            days=days,
            minutes=self.minutes,
            lengths=[
                (minutes, self._query(self.first, minutes))
                for minutes in sorted({*LENGTHS, self.usual_minutes})
            ],
            earlier=self._query(earlier) if earlier < self.first else "",
            later=self._query(last + timedelta(days=1)) if last < until else "",
            next_free=next_free,
            next_free_query=self._query(next_free) if next_free else "",
            assumed=", ".join(
                person.name
                for person in self.people
                if self.tells_names and free.openings[person.pk].is_assumed(self.first)
            ),
        )

    def _reason(self, free: FreeTimes, day: date) -> str:
        """Why a day has no free time: of others never more than that it is full."""
        openings = free.openings
        if self.reader.pk in openings and openings[self.reader.pk].is_away(day):
            return gettext("you are away")
        if all(opening.hours_on(day) for opening in openings.values()):
            return gettext("full")
        return holiday_name(day) or gettext("closed")

    def _query(self, first: date, minutes: int | None = None) -> str:
        return f"from={first.isoformat()}&length={minutes or self.minutes}"


def taken_sentence() -> str:
    return gettext("This time is no longer free. Choose another one from the list.")


def _first_shown(asked: str) -> date:
    today = clock.today()
    try:
        return min(max(date.fromisoformat(asked), today), today + AHEAD)
    except ValueError:
        return today


def _length(asked: str, usual: int) -> int:
    known = {str(minutes): minutes for minutes in (*LENGTHS, usual)}
    return known.get(asked, usual)
