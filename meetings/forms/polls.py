"""Forms of date polls. Not in the package's list: the actions import that."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import (
    ActionForm,
    DateField,
    NarrativeField,
    NewObjectForm,
    TimeField,
    WhenMixin,
)
from common.templatetags.words import span, weekday
from meetings.actions import Guest
from meetings.availability import common_free_times
from meetings.forms.guests import guests_of
from meetings.forms.place import PlaceMixin
from meetings.models import MOST_TIMES, Meeting, PollAnswer, PollTime
from people.models import User


MORE = 3
"""How many more rows the button for more brings."""


def times_from(text: str) -> list[tuple[datetime, datetime]]:
    """Read the address parameter `times`: "2026-11-30T10:00/2026-11-30T11:30", joined by commas.

    Moments without a zone are Tallinn wall-clock times; what cannot be read is left out.
    """
    found = []
    for part in text.split(",")[:MOST_TIMES]:
        ends = [_moment_from(end) for end in part.split("/")]
        if len(ends) == 2 and all(ends) and ends[0] < ends[1]:
            found.append((ends[0], ends[1]))
    return found


def _moment_from(text: str) -> datetime | None:
    try:
        # A plus of an offset arrives as a blank.
        moment = parse_datetime(text.strip().replace(" ", "+"))
        if moment is not None and moment.tzinfo is None:
            moment = clock.tallinn(moment.date(), moment.time())
    except (ValueError, OverflowError):
        return None
    return moment


class TimeRow(WhenMixin, forms.Form):
    """One row of day, begin and end."""


class TimesMixin(forms.Form):
    """Rows of day, begin and end, as many as the page shows; empty rows are left out.

    Gives `times`: a list of aware begins and ends. A page asks for more rows by
    sending `more`: see `with_more_rows`.
    """

    rows = forms.CharField(widget=forms.HiddenInput, required=False)

    shown_rows = 5

    def __init__(self, data: Any = None, *args: Any, times: Any = (), **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        asked = (data or {}).get("rows") or self.initial.get("rows") or ""
        number = int(asked) if str(asked).isdecimal() else max(self.shown_rows, len(times))
        self.number = min(max(number, 1), MOST_TIMES)
        self.fields["rows"].initial = self.number
        if self.is_bound:
            self.data = self.data.copy()
            self.data["rows"] = str(self.number)
        for n in range(self.number):
            starts_at, ends_at = times[n] if n < len(times) else (None, None)
            shown = {
                "day": clock.day_of(starts_at) if starts_at else None,
                "begins": starts_at.astimezone(clock.TALLINN).time() if starts_at else None,
                "ends": ends_at.astimezone(clock.TALLINN).time() if ends_at else None,
            }
            for name, field in (
                ("day", DateField(label=gettext_lazy("Date"))),
                ("begins", TimeField(label=gettext_lazy("Begins at"))),
                ("ends", TimeField(label=gettext_lazy("Ends at"))),
            ):
                # Whatever is typed is cleaned by the row as a whole.
                self.fields[f"time-{n}-{name}"] = forms.CharField(
                    label=field.label, required=False, widget=field.widget, initial=shown[name]
                )

    def time_rows(self) -> list[dict]:
        """The bound fields of each row, with its name for the page."""
        return [
            {
                "name": _("Time %(n)s") % {"n": n + 1},
                "fields": [self[f"time-{n}-{name}"] for name in ("day", "begins", "ends")],
            }
            for n in range(self.number)
        ]

    @property
    def can_have_more(self) -> bool:
        return self.number < MOST_TIMES

    def clean(self) -> dict:
        data = super().clean()
        times: list[tuple[datetime, datetime]] = []
        for n in range(self.number):
            row = TimeRow(self.data, prefix=f"time-{n}")
            if not any(data.get(f"time-{n}-{name}") for name in row.fields):
                continue
            if not row.is_valid():
                for name, problems in row.errors.items():
                    self.add_error(f"time-{n}-{name}", problems)
                continue
            when = (row.cleaned_data["starts_at"], row.cleaned_data["ends_at"])
            if when in times:
                self.add_error(f"time-{n}-day", _("This time is on the list already."))
            times.append(when)
        data["times"] = times
        return data

    def with_more_rows(self) -> "TimesMixin":
        """Return the same page's form, unsent, with what was typed and more rows."""
        return self._again(self._typed() | {"rows": str(self.number + MORE)})

    def _typed(self) -> dict:
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }

    def _again(self, initial: dict) -> "TimesMixin":
        return type(self)(initial=initial)


class AskMixin(forms.Form):
    """Whom to ask: people with an account by a tick, everybody else by a line."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Ask"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    guests = NarrativeField(
        label=gettext_lazy("Guests"),
        rows=4,
        required=False,
        help_text=gettext_lazy(
            "One professional per line: name, e-mail and, if you like, institution. "
            "Each gets a personal link. Example: Mari Mets, mari@kool.example, Elva Gümnaasium"
        ),
    )

    def set_people(self, people: list[User]) -> None:
        if not people:
            del self.fields["people"]
            return
        field = self.fields["people"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.choices = [(person.pk, person.name) for person in people]

    def clean_guests(self) -> list[Guest]:
        return guests_of(self.cleaned_data["guests"])


class PollOpenForm(TimesMixin, AskMixin, PlaceMixin, NewObjectForm):
    """Everything that a poll begins with."""

    none_free = False
    """Whether free times were looked for, and there are none."""

    quorum = forms.IntegerField(
        label=gettext_lazy("How many must be able to come?"),
        required=False,
        min_value=1,
        max_value=200,
        help_text=gettext_lazy("Leave empty if any number will do."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter a number.")},
    )
    answer_by = DateField(
        label=gettext_lazy("Answer by"),
        required=False,
        help_text=gettext_lazy("Two days before, those who have not answered are reminded."),
    )

    def __init__(self, data: Any = None, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.known = people
        self.set_people(people)
        self.initial.setdefault("people", [person.pk for person in people])

    def clean_answer_by(self) -> Any:
        day = self.cleaned_data["answer_by"]
        if day and day < clock.today():
            raise forms.ValidationError(_("This date is in the past. Choose today or a later day."))
        return day

    def _again(
        self, initial: dict, times: Sequence[tuple[datetime, datetime]] = ()
    ) -> "PollOpenForm":
        return PollOpenForm(initial=initial, people=self.known, times=times)

    def with_free_times(self, organiser: User) -> "PollOpenForm":
        """Return the same page's form, unsent, with what was typed, its rows filled with times at
        which the organiser, all who are ticked and a chosen room are free.
        """
        typed = self._typed()
        ticked = typed.get("people") or ()
        people = [person for person in self.known if str(person.pk) in ticked]
        on_site = typed["form"] == Meeting.Form.ON_SITE
        room = self.chosen_room if on_site else None
        times = common_free_times([organiser, *people], room=room)
        kept = {name: value for name, value in typed.items() if not name.startswith("time-")}
        form = self._again(kept | {"rows": ""}, times)
        form.none_free = not times
        return form

    @staticmethod
    def opening(data: dict) -> dict:
        """Pick what `open_poll` takes from the cleaned data."""
        names = ("times", "form", "place", "link", "room", "quorum", "answer_by", "guests")
        return {name: data[name] for name in names} | {
            "people": data.get("people", ()),
            "pk": data["new_id"],
        }


class SeenPollMixin(forms.Form):
    """Carries which state of the poll the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def renew_version(self, version: int) -> None:
        """After a refusal: the person now sees the poll as it is, and may send again."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["version"] = version


class PollTimesChangeForm(TimesMixin, SeenPollMixin, ActionForm):
    """Times to add, in rows, and times to take out, by a tick."""

    remove = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Take out"),
        queryset=PollTime.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What people answered to a time goes with it."),
        error_messages={
            "invalid_choice": gettext_lazy("One of these times is no longer in the poll.")
        },
    )

    shown_rows = 3

    def __init__(self, data: Any = None, *args: Any, poll_times: list[PollTime], **kwargs: Any):
        super().__init__(data, *args, **kwargs)
        self.poll_times = poll_times
        field = self.fields["remove"]
        field.queryset = PollTime.objects.filter(pk__in=[time.pk for time in poll_times])
        field.choices = [(time.pk, time_label(time)) for time in poll_times]

    def _again(self, initial: dict) -> "PollTimesChangeForm":
        return PollTimesChangeForm(initial=initial, poll_times=self.poll_times)


class PollAskForm(AskMixin, ActionForm):
    """More people to ask."""

    def __init__(self, data: Any = None, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.set_people(people)


class PollAnswerForm(ActionForm):
    """Three radios for each time; one's earlier answers stand chosen."""

    def __init__(self, data: Any, *, times: list[PollTime], before: dict) -> None:
        super().__init__(data)
        self.times = times
        for time in times:
            self.fields[f"answer-{time.pk.hex}"] = forms.ChoiceField(
                label=time_label(time),
                choices=PollAnswer.Answer,
                widget=forms.RadioSelect,
                initial=before.get(time.pk),
                error_messages={
                    "required": _("Choose one of the three answers."),
                    "invalid_choice": _("Choose one of the three answers."),
                },
            )

    def answers(self, data: dict) -> dict:
        """What `answer_poll` takes: key of a time → answer."""
        return {time.pk: data[f"answer-{time.pk.hex}"] for time in self.times}


class PollCloseForm(SeenPollMixin, ActionForm):
    """One of the times that are still to come."""

    time = forms.ModelChoiceField(
        label=gettext_lazy("Which time?"),
        queryset=PollTime.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose one of the times."),
            "invalid_choice": gettext_lazy("This time is no longer in the poll. Choose another."),
        },
    )

    despite = forms.BooleanField(
        label=gettext_lazy("Choose it although fewer can come than must"), required=False
    )

    def __init__(
        self,
        data: Any,
        *,
        poll,
        choices: list[tuple[PollTime, str]],
        best: PollTime | None,
        short: Collection = (),
    ) -> None:
        """`choices`: times with their words; `best` is the time that stands chosen; `short` are
        the keys of those to which fewer can come than must.
        """
        super().__init__(data, initial={"version": poll.version, "time": best.pk if best else None})
        field = self.fields["time"]
        # Of all of the poll: the action says in its own words when one has passed meanwhile.
        field.queryset = poll.times.all()
        field.choices = [(time.pk, words) for time, words in choices]
        self.short = {*short}
        if not self.short:
            del self.fields["despite"]

    def clean(self) -> dict:
        data = super().clean()
        time = data.get("time")
        if time is not None and time.pk in self.short and not data.pop("despite", False):
            self.add_error(
                "despite", _("Fewer can come at this time than must. Tick here, or choose another.")
            )
        return data


def time_label(time: PollTime) -> str:
    return f"{weekday(time.starts_at)}, {plain_span(time)}"


def plain_span(time: PollTime) -> str:
    """The time as plain words, without the machine-readable element."""
    return strip_tags(span(time.starts_at, time.ends_at))
