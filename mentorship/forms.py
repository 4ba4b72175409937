"""What people type in mentorship. Every page with free text says: no child's data."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NarrativeField, NewObjectForm
from library.models import Topic
from meetings.forms import SlotMeetingForm
from meetings.forms.slots import BY_HAND, OTHER, Slot
from meetings.models import Meeting
from mentorship.contents import Choice, Contents, Difference, differences
from mentorship.drafts import DraftedForm
from mentorship.models import Language, MentoringMeeting, Pause, Plan, PlanTopic, Task
from mentorship.next_meeting import NextMeeting
from mentorship.versions import TextForm, VersionedForm
from people.models import Municipality, Post, User


NO_CHILD = gettext_lazy("Do not write the name or other data of any child or family.")
TASK_TEXT = 500
RATINGS = [
    (1, gettext_lazy("1 – I need much help")),
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, gettext_lazy("5 – I am sure of it")),
]


def _allow_gaps(form: forms.Form, unfinished: bool) -> None:
    """Let a draft be kept before everything is answered."""
    if unfinished:
        for field in form.fields.values():
            field.required = False


class WishesForm(ActionForm):
    """First step of asking: what the worker wants help with."""

    wishes = NarrativeField(
        label=gettext_lazy("What would you like help with?"), help_text=NO_CHILD, rows=8
    )

    def __init__(
        self,
        *args: Any,
        municipalities: Iterable[Municipality],
        unfinished: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.municipalities = {str(each.pk): each for each in municipalities}
        if len(self.municipalities) > 1:
            self.fields["municipality"] = forms.ChoiceField(
                label=_("For your work in which municipality?"),
                choices=[(key, each.name) for key, each in self.municipalities.items()],
                widget=forms.RadioSelect,
            )
            self.order_fields(["municipality", "wishes"])
        _allow_gaps(self, unfinished)


class RatingsMixin(forms.Form):
    """One question per topic; gives `ratings` (topic key → 1 to 5)."""

    def add_ratings(self, topics: Iterable[Topic]) -> None:
        self.topics = list(topics)
        for topic in self.topics:
            self.fields[f"rating_{topic.key}"] = forms.TypedChoiceField(
                label=topic.name,
                choices=RATINGS,
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "tp-across"}),
                error_messages={"required": _("Choose a number from 1 to 5.")},
            )
            self.fields[f"why_{topic.key}"] = LineField(
                label=_("Why? %(topic)s") % {"topic": topic.name}, required=False
            )

    def blocks(self) -> list[tuple[str, list[dict[str, forms.BoundField]]]]:
        """Return the questions grouped by topic block: the rating, and the word of why."""
        grouped: dict[str, list[dict[str, forms.BoundField]]] = {}
        for topic in self.topics:
            fields = grouped.setdefault(topic.block.name, [])
            fields.append({name: self[f"{name}_{topic.key}"] for name in ("rating", "why")})
        return list(grouped.items())

    def whys(self) -> dict[str, str]:
        """Return the words that were typed."""
        found = {topic.key: self.cleaned_data[f"why_{topic.key}"] for topic in self.topics}
        return {key: words for key, words in found.items() if words}

    def ratings(self) -> dict[str, int]:
        """Return what was rated: all of it, unless the form was left unfinished."""
        found = {topic.key: self.cleaned_data[f"rating_{topic.key}"] for topic in self.topics}
        return {key: value for key, value in found.items() if value}


class RatingsForm(RatingsMixin, ActionForm):
    """Second step of asking: the worker's own rating of every topic."""

    def __init__(
        self, *args: Any, topics: Iterable[Topic], unfinished: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.add_ratings(topics)
        _allow_gaps(self, unfinished)


class RateForm(RatingsMixin, TextForm):
    """The worker's rating of every topic once more."""

    def __init__(self, *args: Any, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_ratings(topics)


class AnswerForm(RatingsMixin, TextForm):
    """Wishes and ratings on one page: to confirm or correct a wish somebody else entered."""

    wishes = NarrativeField(
        label=gettext_lazy("What would you like help with?"), help_text=NO_CHILD, rows=8
    )

    def __init__(self, *args: Any, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_ratings(topics)


class _WorkerField(forms.ModelChoiceField):
    """Chooses a worker by their post, which names the municipality too."""

    def label_from_instance(self, post: Post) -> str:
        return f"{post.user.name}, {post.municipality.name}"


class SuggestForm(NewObjectForm):
    """A manager names a worker and, if they like, the day of the wish. Nothing else."""

    worker = _WorkerField(
        label=gettext_lazy("Worker"),
        queryset=Post.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a worker from the list.")},
    )
    asked_on = DateField(
        label=gettext_lazy("Day of the wish"),
        required=False,
        help_text=gettext_lazy("If the worker told you earlier. For example 22.11.2026"),
    )

    def __init__(self, *args: Any, municipalities: Iterable[uuid.UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = (
            Post.objects.on(clock.today())
            .filter(kind=Post.Kind.WORKER, municipality__in=municipalities)
            .select_related("user", "municipality")
            .order_by("municipality__name", "user__last_name", "user__first_name", "pk")
        )

    def clean_asked_on(self) -> Any:
        day = self.cleaned_data["asked_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("This day is still to come. Enter the day of the wish."))
        return day


class EnterForm(SuggestForm):
    """A consultant enters a wish that came by mail or phone."""

    wishes = NarrativeField(
        label=gettext_lazy("What does the worker wish help with?"), help_text=NO_CHILD
    )
    field_order = ["worker", "asked_on", "wishes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_on"].required = True
        self.fields["asked_on"].help_text = _(
            "When the mail or the call came. For example 22.11.2026"
        )


class AssignForm(ActionForm):
    """The coordinator names a mentor; each is shown with their open work."""

    mentor = forms.TypedChoiceField(
        label=gettext_lazy("Mentor"),
        widget=forms.RadioSelect(attrs={"class": "tp-slots"}),
        error_messages={
            "required": gettext_lazy("Choose a consultant."),
            "invalid_choice": gettext_lazy("Choose a consultant from the list."),
        },
    )

    def __init__(self, *args: Any, consultants: Iterable[tuple[User, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(person.pk): (person, words) for person, words in consultants}
        field = self.fields["mentor"]
        field.choices = [(key, words) for key, (_person, words) in people.items()]
        field.coerce = lambda key: people[key][0]


class ProfileForm(ActionForm):
    """What a consultant knows best."""

    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics that I know best"),
        queryset=Topic.objects.select_related("block"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages in which I can be a mentor"),
        choices=Language,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )


class MentorChangeForm(ActionForm):
    """Why somebody would rather have another mentor; a reason is not asked for."""

    reason = NarrativeField(
        label=gettext_lazy("What should the coordinator know?"),
        required=False,
        rows=4,
        max_length=2000,
        help_text=NO_CHILD,
    )


class DeedForm(VersionedForm):
    """A button alone; it carries the version of the page it was pressed on."""


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
        help_text=gettext_lazy("Counted without names; nobody else reads it with your name."),
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


class NextMeetingForm(SlotMeetingForm):
    """Books a meeting of the pair, with a suggested time chosen beforehand.

    Nobody has touched that choice who goes on to enter another time by hand: that one holds.
    """

    suggested = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data and data.get("suggested") and data.get("slot") == data["suggested"]:
            data = data.copy()
            if any(data.get(name) for name in BY_HAND):
                data["slot"] = OTHER
        super().__init__(data, *args, **kwargs)

    @property
    def unseen(self) -> list[forms.BoundField]:
        """What is sent beside the suggested time by the button that books it at once."""
        names = ("shown", "form", "room", "place", "link", "new_id")
        return [self[name] for name in names if name in self.fields]

    def suggest(self, due: NextMeeting) -> Slot | None:
        """Choose, of the days shown, the free time nearest to the pair's usual one."""
        if not self.page.first <= clock.day_of(due.near) <= self.page.last:
            return None
        slot = due.best_of(slot for each in self.page.days for slot in each.slots)
        if slot is not None:
            self.initial |= {"slot": slot.value, "suggested": slot.value}
        return slot


class RecordForm(DraftedForm):
    """Whether a meeting took place, what both keep of it, and how far the topics are."""

    drafted = ("outcome", "not_held_reason", "shared_notes", "plan_for_next")

    outcome = forms.ChoiceField(
        label=gettext_lazy("Did the meeting take place?"),
        choices=MentoringMeeting.Outcome,
        widget=forms.RadioSelect,
    )
    not_held_reason = forms.ChoiceField(
        label=gettext_lazy("If not, why?"),
        choices=MentoringMeeting.Reason,
        required=False,
        widget=forms.RadioSelect,
    )
    shared_notes = NarrativeField(
        label=gettext_lazy("Shared notes"),
        required=False,
        rows=8,
        help_text=gettext_lazy(
            "You both read and write them. Do not write the name or other data of any child."
        ),
    )
    plan_for_next = NarrativeField(
        label=gettext_lazy("Plan for the next meeting"), required=False, rows=4
    )

    def __init__(self, *args: Any, plan_topics: Iterable[PlanTopic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan_topics = list(plan_topics)
        for row in self.plan_topics:
            self.fields[f"progress_{row.pk}"] = forms.ChoiceField(
                label=row.topic.name, choices=PlanTopic.Progress, initial=row.progress
            )

    def progress_fields(self) -> list[forms.BoundField]:
        return [self[f"progress_{row.pk}"] for row in self.plan_topics]

    def clean(self) -> dict:
        data = super().clean()
        not_held = data.get("outcome") == MentoringMeeting.Outcome.NOT_HELD
        if not_held and not data.get("not_held_reason"):
            self.add_error("not_held_reason", _("Say why the meeting did not take place."))
        return data

    def progress(self) -> dict[uuid.UUID, str]:
        return {row.pk: self.cleaned_data[f"progress_{row.pk}"] for row in self.plan_topics}


class NoteForm(DraftedForm):
    """Private notes."""

    drafted = ("text",)

    text = NarrativeField(
        label=gettext_lazy("My private notes"),
        required=False,
        rows=10,
        help_text=gettext_lazy("Only you read them. Here too: no child's or family's data."),
    )


class TaskForm(NewObjectForm):
    text = forms.CharField(
        label=gettext_lazy("What is to be done?"),
        max_length=TASK_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_CHILD,
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Who does it?"), choices=Task.Owner, widget=forms.RadioSelect
    )
    due_on = DateField(
        label=gettext_lazy("By when?"),
        required=False,
        help_text=gettext_lazy("For example 22.12.2026"),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The limit is said in a sentence; a silently cut text would be lost.
        self.fields["text"].widget.attrs.pop("maxlength", None)
        self.fields["owner"].choices = [
            (Task.Owner.WORKER, plan.worker.name),
            (Task.Owner.MENTOR, plan.mentor.name),
        ]

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and day < clock.today():
            raise forms.ValidationError(_("This date is in the past. Choose today or a later day."))
        return day


class SummaryForm(TextForm):
    """What came of each topic, and the words of both."""

    summary = NarrativeField(
        label=gettext_lazy("Joint summary"),
        rows=8,
        help_text=gettext_lazy(
            "In your own words. Do not write the name or other data of any child or family."
        ),
    )
    what_helped = NarrativeField(label=gettext_lazy("What helped?"), rows=4, required=False)
    what_next = NarrativeField(label=gettext_lazy("What comes next?"), rows=4, required=False)

    def __init__(self, *args: Any, plan_topics: Iterable[PlanTopic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan_topics = list(plan_topics)
        for row in self.plan_topics:
            self.fields[f"reached_{row.pk}"] = forms.ChoiceField(
                label=row.topic.name,
                choices=PlanTopic.Reached,
                initial=row.reached,
                widget=forms.RadioSelect(attrs={"class": "tp-across"}),
                error_messages={"required": _("Say what came of this topic.")},
            )

    def reached_fields(self) -> list[forms.BoundField]:
        return [self[f"reached_{row.pk}"] for row in self.plan_topics]

    def reached(self) -> dict[uuid.UUID, str]:
        return {row.pk: self.cleaned_data[f"reached_{row.pk}"] for row in self.plan_topics}


class FollowUpForm(ActionForm):
    """What stayed of a mentorship."""

    used = forms.TypedChoiceField(
        label=gettext_lazy("How much of it do you use in your work today?"),
        choices=[
            (1, gettext_lazy("1 – nothing")),
            (2, "2"),
            (3, "3"),
            (4, "4"),
            (5, gettext_lazy("5 – very much")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a number from 1 to 5.")},
    )
    words = NarrativeField(
        label=gettext_lazy("What stayed, and what is still missing?"),
        required=False,
        rows=4,
        help_text=gettext_lazy("You and your mentor read it."),
    )


class FeedbackForm(ActionForm):
    helped = forms.TypedChoiceField(
        label=gettext_lazy("How much did the mentorship help?"),
        choices=[
            (1, gettext_lazy("1 – not at all")),
            (2, "2"),
            (3, "3"),
            (4, "4"),
            (5, gettext_lazy("5 – very much")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a number from 1 to 5.")},
    )
    words = NarrativeField(
        label=gettext_lazy("What helped, and what should be different?"),
        required=False,
        rows=5,
        help_text=gettext_lazy("Write nothing that shows who you are."),
    )
