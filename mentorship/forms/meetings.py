"""Meetings of a pair, notes and tasks."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import DateField, NarrativeField, NewObjectForm
from meetings.forms import SlotMeetingForm
from meetings.forms.slots import BY_HAND, OTHER, Slot
from mentorship.drafts import DraftedForm
from mentorship.forms.shared import NO_CHILD
from mentorship.models import MentoringMeeting, Plan, PlanTopic, Task
from mentorship.next_meeting import NextMeeting


TASK_TEXT = 500


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
                label=row.topic.name,
                choices=PlanTopic.Progress,
                initial=row.progress,
                # What the page showed comes back with it, so that a topic nobody touched is
                # told from one that was put back.
                show_hidden_initial=True,
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
        """Return what was changed on this page; the other side may have moved the rest."""
        names = {f"progress_{row.pk}": row.pk for row in self.plan_topics}
        return {
            key: self.cleaned_data[name] for name, key in names.items() if name in self.changed_data
        }


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
