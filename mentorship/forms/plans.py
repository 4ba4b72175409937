"""A plan's text, its changes, its course and its templates."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NarrativeField, NewObjectForm
from library.models import Topic
from meetings.models import Meeting
from mentorship.contents import Choice, Contents, Difference, differences
from mentorship.forms.shared import NO_CHILD
from mentorship.models import Pause, Plan, PlanTopic
from mentorship.versions import TextForm, VersionedForm


class ProgressForm(ActionForm):
    progress = forms.ChoiceField(
        label=gettext_lazy("How far are you with this topic?"),
        choices=PlanTopic.Progress,
        widget=forms.RadioSelect,
    )


LENGTHS = (30, 45, 60, 90, 120, 180)
"""Usual lengths of a meeting, in minutes."""


def typed_as(contents: Contents) -> dict[str, Any]:
    """Return what stands in the fields of a `PlanForm` for this text."""
    typed: dict[str, Any] = {
        "rhythm": contents.rhythm,
        "meeting_form": contents.meeting_form,
        "meeting_minutes": contents.meeting_minutes,
        "intended_end_on": contents.intended_end_on,
    }
    for position, choice in enumerate(contents.topics, start=1):
        typed |= {
            f"chosen_{choice.topic}": True,
            f"order_{choice.topic}": position,
            f"goal_{choice.topic}": choice.goal,
            f"sign_{choice.topic}": choice.sign,
        }
    return typed


class TopicsMixin(forms.Form):
    """Per topic whether it is in, its place, its goal and sign; then how the pair meets.

    Gives `choices`: the chosen topics in order.
    """

    rhythm = forms.ChoiceField(label=gettext_lazy("How often do you meet?"), choices=Plan.Rhythm)
    meeting_form = forms.ChoiceField(
        label=gettext_lazy("How do you mostly meet?"), choices=Meeting.Form
    )
    meeting_minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long is a meeting?"),
        coerce=int,
        choices=[(n, format_lazy(gettext_lazy("{n} min"), n=n)) for n in LENGTHS],
        initial=60,
    )

    def __init__(self, *args: Any, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = list(topics)
        for topic in self.topics:
            self.fields[f"chosen_{topic.key}"] = forms.BooleanField(
                label=topic.name, required=False
            )
            self.fields[f"order_{topic.key}"] = forms.IntegerField(
                label=_("Place in the order: %(topic)s") % {"topic": topic.name},
                required=False,
                min_value=1,
                max_value=99,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
                error_messages={"invalid": _("Enter a whole number.")},
            )
            self.fields[f"goal_{topic.key}"] = NarrativeField(
                label=_("Goal: %(topic)s") % {"topic": topic.name}, required=False, rows=2
            )
            self.fields[f"sign_{topic.key}"] = NarrativeField(
                label=_("How will you see that it worked? %(topic)s") % {"topic": topic.name},
                required=False,
                rows=2,
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return, per topic, its fields and whether they stand open."""
        rows = []
        for topic in self.topics:
            fields = {
                part: self[f"{part}_{topic.key}"] for part in ("chosen", "order", "goal", "sign")
            }
            # What is written already is said in the summary; folded, a phone shows them all.
            is_new = bool(fields["chosen"].value()) and not fields["goal"].value()
            is_open = is_new or any(field.errors for field in fields.values())
            rows.append({"topic": topic, "open": is_open} | fields)
        return rows

    def clean(self) -> dict:
        data = super().clean()
        if not any(data.get(f"chosen_{topic.key}") for topic in self.topics):
            self.add_error(None, _("Choose at least one topic."))
        return data

    def choices(self) -> list[Choice]:
        data = self.cleaned_data
        chosen = [topic for topic in self.topics if data[f"chosen_{topic.key}"]]
        # Those without a number keep the order of the page, after the numbered ones.
        chosen.sort(key=lambda topic: data[f"order_{topic.key}"] or 100)
        return [
            Choice(topic=topic.key, goal=data[f"goal_{topic.key}"], sign=data[f"sign_{topic.key}"])
            for topic in chosen
        ]


class PlanForm(TopicsMixin, TextForm):
    """The whole plan.

    `seen` is the newest version in the plan's history when the page was opened. When the
    other side wrote meanwhile, `put_together` joins both: what only one has changed stands
    as they changed it; what both did stands as typed here, and is in `both`.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    intended_end_on = DateField(
        label=gettext_lazy("Intended end"), help_text=gettext_lazy("For example 22.05.2027")
    )
    field_order = ["rhythm", "meeting_form", "meeting_minutes", "intended_end_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanwhile: list[Difference] = []
        self.both: list[str] = []

    def begin_with(self, shown_before: Contents) -> None:
        """Stand as if not sent, with what was typed in place of what is shown now.

        `shown_before` is the text on the page where it was typed.
        """
        before = typed_as(shown_before)
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if typed and name in self.visible_names and field.has_changed(before.get(name), typed):
                self.initial[name] = typed
        self.data, self.is_bound = MultiValueDict(), False

    @property
    def visible_names(self) -> set[str]:
        return {field.name for field in self.visible_fields()}

    def clean_intended_end_on(self) -> Any:
        day = self.cleaned_data["intended_end_on"]
        if day <= clock.today() and "intended_end_on" in self.changed_data:
            raise forms.ValidationError(_("The end must be in the future."))
        return day

    def contents(self) -> Contents:
        """Return the text that was typed."""
        names = ("rhythm", "meeting_form", "meeting_minutes", "intended_end_on")
        return Contents(
            topics=tuple(self.choices()), **{name: self.cleaned_data[name] for name in names}
        )

    def put_together(self, seen: Contents | None, now: Contents, number: int) -> None:
        """Join what was typed on the page that showed `seen` with what holds `now`."""
        self.meanwhile = differences(seen or self.contents(), now)
        before, after = typed_as(seen) if seen else {}, typed_as(now)
        self.data["seen"] = str(number)
        for name, field in self.fields.items():
            if name in ("version", "seen", "why"):
                continue
            typed = self[name].value()
            if not field.has_changed(after.get(name), typed):
                continue
            if seen and not field.has_changed(before.get(name), typed):
                self._take_over(name, after.get(name))
            elif not seen or before.get(name) != after.get(name):
                self.both.append(str(field.label))

    def _take_over(self, name: str, value: Any) -> None:
        field = self.fields[name]
        if isinstance(field, DateField):
            value = field.widget.format_value(value)
        if value in (None, False):
            self.data.pop(name, None)
        else:
            self.data[name] = "on" if value is True else str(value)


class ChangeForm(PlanForm):
    """Another text for a plan that is running, with a word of why."""

    why = NarrativeField(
        label=gettext_lazy("Why do you want to change it?"),
        rows=3,
        required=False,
        max_length=2000,
        help_text=NO_CHILD,
    )


class ChangeDeclineForm(ActionForm):
    """What one side answers to a proposed change."""

    answer = NarrativeField(
        label=gettext_lazy("What do you answer?"),
        rows=4,
        max_length=2000,
        help_text=gettext_lazy("What should be different, and why. Only the two of you read it."),
    )


class ExtendForm(VersionedForm):
    """Another end for a plan."""

    intended_end_on = DateField(
        label=gettext_lazy("New intended end"), help_text=gettext_lazy("For example 22.05.2027")
    )
    why = NarrativeField(
        label=gettext_lazy("Why?"), rows=3, required=False, max_length=2000, help_text=NO_CHILD
    )


class PauseForm(VersionedForm):
    """Why a mentorship rests, and until when."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why does it rest?"), choices=Pause.Reason, widget=forms.RadioSelect
    )
    expected_until = DateField(
        label=gettext_lazy("When does it go on?"),
        required=False,
        help_text=gettext_lazy("Leave empty if you do not know yet. For example 22.05.2027"),
    )


class EndForm(VersionedForm):
    """Why a mentorship ends before its time."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why does it end?"),
        choices=Plan.EndReason,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Only the two of you read it."),
    )
    words = NarrativeField(
        label=gettext_lazy("A word to each other"),
        required=False,
        rows=4,
        max_length=2000,
        help_text=NO_CHILD,
    )


class TemplateForm(TopicsMixin, TextForm):
    """What plans may be begun from. Nothing in it is about a person."""

    name_et = LineField(label=gettext_lazy("Name in Estonian"), max_length=120)
    name_en = LineField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    months = forms.IntegerField(
        label=gettext_lazy("How many months does it last?"),
        min_value=1,
        max_value=36,
        initial=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
    )
    field_order = ["name_et", "name_en", "rhythm", "meeting_form", "meeting_minutes", "months"]

    def contents(self) -> Contents:
        names = ("rhythm", "meeting_form", "meeting_minutes")
        facts = {name: self.cleaned_data[name] for name in names}
        return Contents(topics=tuple(self.choices()), intended_end_on=None, **facts)


class TemplateAddForm(TemplateForm, NewObjectForm):
    """A new template."""


class TemplateFollowForm(VersionedForm):
    """Two buttons: to propose what a newer template suggests, or to leave the plan as it is."""

    deed = forms.ChoiceField(
        choices=[("propose", "propose"), ("leave", "leave")], widget=forms.HiddenInput
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
