from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, LineField, NarrativeField, NewObjectForm, WhenMixin
from meetings.forms.warned import WarnedMixin
from meetings.models import Change, Feed, Invitee, Meeting
from people.models import User


def stale_sentence() -> str:
    return gettext("Somebody changed this meeting meanwhile. Look at its new time and try again.")


class PlaceMixin(forms.Form):
    """How and where people meet; asks for what the form of the meeting needs."""

    form = forms.ChoiceField(
        label=_("How do you meet?"),
        choices=Meeting.Form,
        initial=Meeting.Form.ON_SITE,
        widget=forms.RadioSelect,
    )
    place = LineField(
        label=_("Place"), required=False, help_text=_("Needed for a meeting on site.")
    )
    link = forms.URLField(
        label=_("Video link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Can be added later."),
        error_messages={"invalid": _("Enter the whole address, beginning with https://.")},
    )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("form") == Meeting.Form.ON_SITE and not data.get("place"):
            self.add_error("place", _("Say where you meet."))
        return data


class MeetingForm(WarnedMixin, WhenMixin, PlaceMixin, NewObjectForm):
    """Books a meeting: day, begin, end, form, place. Stories add their own fields.

    Gives `starts_at`, `ends_at`, `form`, `place`, `link` and `new_id`: see
    `booking()` for what `book_meeting` takes. `people` are to come; `reader` looks.
    """

    field_order = ["day", "begins", "ends", "form", "place", "link"]

    @staticmethod
    def booking(data: dict) -> dict:
        """Pick what `meetings.actions.book_meeting` takes from the cleaned data."""
        names = ("starts_at", "ends_at", "form", "place", "link", "free")
        return {name: data[name] for name in names} | {"pk": data["new_id"]}


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


class MeetingMoveForm(SeenMixin, WarnedMixin, ReasonMixin, WhenMixin, PlaceMixin, ActionForm):
    """Another time, place or form for a meeting; shows those it has now."""

    field_order = ["day", "begins", "ends", "form", "place", "link", "wanted_by", "reason"]

    def __init__(self, *args: Any, meeting: Meeting, reader: User, **kwargs: Any) -> None:
        starts_at = meeting.starts_at.astimezone(clock.TALLINN)
        now = {
            "day": starts_at.date(),
            "begins": starts_at.time(),
            "ends": meeting.ends_at.astimezone(clock.TALLINN).time(),
            "form": meeting.form,
            "place": meeting.place,
            "link": meeting.link,
        }
        super().__init__(*args, meeting=meeting, reader=reader, initial=now, **kwargs)
        self.but = meeting.pk

    def party(self, data: dict) -> list[User]:
        """Those who come; whoever declined the old time is not in the way of a new one."""
        coming = self.meeting.invitees.filter(user__isnull=False).select_related("user")
        return [each.user for each in coming if each.answer != Invitee.Answer.DECLINED]

    @staticmethod
    def change(data: dict) -> dict:
        """Pick what `meetings.actions.move_meeting` takes from the cleaned data."""
        names = ("starts_at", "ends_at", "form", "place", "link", "wanted_by", "reason", "free")
        return {name: data[name] for name in names}


class MeetingCancelForm(SeenMixin, ReasonMixin, ActionForm):
    """Who wants a meeting cancelled, and why."""

    field_order = ["wanted_by", "reason"]


class MeetingRestoreForm(SeenMixin, ActionForm):
    """Nothing to fill in: the meeting stands again as it stood."""

    applies_when = "can_be_restored"


class AnswerForm(ActionForm):
    """One of three buttons."""

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
