"""Wishes for a mentor, own ratings, and who becomes one."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NarrativeField, NewObjectForm
from library.models import Topic
from mentorship.forms.shared import NO_CHILD
from mentorship.models import Language
from mentorship.versions import TextForm
from people.models import Municipality, Post, User


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
