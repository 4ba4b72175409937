from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, NarrativeField, NewObjectForm, WhenMixin
from meetings.forms.place import PlaceMixin
from meetings.forms.slots import OTHER, SlotMixin
from meetings.forms.warned import WarnedDeedForm, WarnedMixin
from meetings.models import Change, Feed, Invitee, Meeting
from people.models import User


def stale_sentence() -> str:
    return gettext("Somebody changed this meeting meanwhile. Look at its new time and try again.")


class MeetingForm(WarnedMixin, WhenMixin, PlaceMixin, NewObjectForm):
    """Books a meeting: day, begin, end, form, place. Stories add their own fields.

    Gives `starts_at`, `ends_at`, `form`, `place`, `link`, `room` and `new_id`: see
    `booking()` for what `book_meeting` takes. `people` are to come; `reader` looks.
    """

    field_order = ["day", "begins", "ends", "form", "room", "place", "link"]

    @staticmethod
    def booking(data: dict) -> dict:
        """Pick what `meetings.actions.book_meeting` takes from the cleaned data."""
        names = ("starts_at", "ends_at", "form", "place", "link", "room", "free")
        return {name: data[name] for name in names} | {"pk": data["new_id"]}


class SlotMeetingForm(SlotMixin, MeetingForm):
    """Books a meeting at a free time, or at one entered by hand."""

    field_order = ["slot", *MeetingForm.field_order]


class ReasonMixin(forms.Form):
    """Who wanted a change of a meeting, and why."""

    wanted_by = forms.ChoiceField(
        label=_("Who wants the change?"), choices=Change.WantedBy, widget=forms.RadioSelect
    )
    reason = NarrativeField(
        label=_("Why?"),
        rows=3,
        help_text=_("One sentence is enough. No names of children or families."),
    )


class SeenMixin(forms.Form):
    """Notices that the meeting changed since the page was opened.

    The refused form keeps what was typed and from then on stands for the meeting
    as it is now, so that sending it again is a decision.
    """

    sequence = forms.CharField(widget=forms.HiddenInput, required=False)

    applies_when = "is_open"
    """The meeting's property without which the action says what is the matter."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.fields["sequence"].initial = meeting.sequence

    def clean(self) -> dict:
        data = super().clean()
        if getattr(self.meeting, self.applies_when) and data.get("sequence") != str(
            self.meeting.sequence
        ):
            self.add_error(None, stale_sentence())
            self.data = self.data.copy()
            self.data[self.add_prefix("sequence")] = str(self.meeting.sequence)
        return data

    def clean_sequence(self) -> str:
        return self.cleaned_data["sequence"].strip()


AROUND = timedelta(days=3)
"""How many days before a meeting's own day the list of free times begins."""


class MeetingMoveForm(
    SeenMixin, SlotMixin, WarnedMixin, ReasonMixin, WhenMixin, PlaceMixin, ActionForm
):
    """Another time, place or form for a meeting; shows those it has now.

    Offers the times at which those who come are free; whoever declined the old time is
    not in the way of a new one.
    """

    field_order = ["slot", *MeetingForm.field_order, "wanted_by", "reason"]

    def __init__(self, *args: Any, meeting: Meeting, reader: User, **kwargs: Any) -> None:
        starts_at = meeting.starts_at.astimezone(clock.TALLINN)
        now = {
            "day": starts_at.date(),
            "begins": starts_at.time(),
            "ends": meeting.ends_at.astimezone(clock.TALLINN).time(),
        }
        invited = meeting.invitees.filter(user=reader).exists()
        # Names are for those who are part of the meeting, as on its page.
        self.tells_names = invited or reader.pk == meeting.organiser_id
        self.day_now = now["day"]
        # The weeks round the day that it has today, if nothing else is asked for.
        here = {"from": (now["day"] - AROUND).isoformat()}
        kwargs["shown"] = here | dict(kwargs["shown"].items())
        super().__init__(
            *args,
            meeting=meeting,
            reader=reader,
            people=meeting.coming(),
            but=meeting.pk,
            initial=now | self.as_in(meeting),
            usual=meeting.ends_at - meeting.starts_at,
            **kwargs,
        )

    def clean(self) -> dict:
        data = super().clean()
        if self.by_hand and not self.has_typed and data.get("starts_at"):
            # What was shown stands: of an hour that comes twice, typed words name the first.
            data["starts_at"], data["ends_at"] = self.meeting.starts_at, self.meeting.ends_at
        return data

    @property
    def shows_by_hand(self) -> bool:
        """The page says what time it has now: by hand stands open only when it is meant."""
        chosen = self["slot"].value()
        meant = self.is_bound and not chosen
        return meant or chosen == OTHER or self.has_typed or self.typed_before

    @staticmethod
    def change(data: dict) -> dict:
        """Pick what `meetings.actions.move_meeting` takes from the cleaned data."""
        names = ("starts_at", "ends_at", "form", "place", "link", "room", "free")
        return {name: data[name] for name in (*names, "wanted_by", "reason")}


class MeetingCancelForm(SeenMixin, ReasonMixin, ActionForm):
    """Who wants a meeting cancelled, and why."""

    field_order = ["wanted_by", "reason"]


class MeetingRestoreForm(SeenMixin, WarnedDeedForm):
    """Nothing to fill in: the meeting stands again as it stood, at its old time."""

    applies_when = "can_be_restored"

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        times = (meeting.starts_at, meeting.ends_at)
        super().__init__(*args, meeting=meeting, times=times, people=meeting.coming(), **kwargs)


class AnswerForm(ActionForm):
    """One of three buttons; it carries the meeting's SEQUENCE of the page it was pressed on."""

    sequence = forms.IntegerField(required=False, widget=forms.HiddenInput)

    answer = forms.ChoiceField(
        choices=[
            (value, label)
            for value, label in Invitee.Answer.choices
            if value != Invitee.Answer.NEEDS_ACTION
        ],
        error_messages={
            "required": _("Choose one of the three answers."),
            "invalid_choice": _("Choose one of the three answers."),
        },
    )


class FeedRenewForm(ActionForm):
    """Carries the mark of the address that the person saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class FeedTextForm(ActionForm):
    """How much of each meeting a feed shows."""

    text = forms.ChoiceField(
        label=_("What does the calendar show of a meeting?"),
        choices=Feed.Text,
        widget=forms.RadioSelect,
        help_text=_("Never what a meeting is about. Choose less if others see your calendar."),
    )
