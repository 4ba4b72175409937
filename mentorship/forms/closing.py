"""The end of a mentorship, and what stayed of it."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ActionForm, NarrativeField
from mentorship.models import PlanTopic
from mentorship.versions import TextForm


def _one_to_five(low: Any, high: Any) -> list[tuple[int, Any]]:
    """A scale whose ends have words."""
    return [(1, low), (2, "2"), (3, "3"), (4, "4"), (5, high)]


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
        choices=_one_to_five(gettext_lazy("1 – nothing"), gettext_lazy("5 – very much")),
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
        choices=_one_to_five(gettext_lazy("1 – not at all"), gettext_lazy("5 – very much")),
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
