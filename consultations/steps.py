"""The steps by which a case comes in: which there are, what each asks, what the draft holds.

The draft keeps the answers as the forms take them (text and lists of text), so that
each step can be shown, checked and changed again at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, LineField, NarrativeField, NewObjectForm
from common.text import sort_key
from consultations.actions import Application, enter_request, open_case, submit_request
from consultations.forms import NAMELESS
from consultations.models import ConsultationRequest, Topic
from consultations.parties import staff_of
from people.drafts import save_draft
from people.models import Draft, Municipality, User
from people.standing import standing_of


REQUEST, ENTRY, CASE = "consultations.request", "consultations.entry", "consultations.case"
"""Kinds of drafts: the own request, one entered on behalf, a case of another origin."""

NO_COUNTRY = {"EE", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
"""Codes of CLDR that are no other country: Estonia, unions, outlying and unknown regions."""

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


class DangerForm(NewObjectForm):
    danger = forms.ChoiceField(
        label=gettext_lazy("Is the child in danger now?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "In danger: the child's life or health is threatened at this moment."
        ),
        error_messages={"required": gettext_lazy("Say whether the child is in danger now.")},
    )


class StepForm(ActionForm):
    """One step. `submission` tells it what was answered before."""

    def __init__(self, *args, submission: "Submission", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.submission = submission
        self.prepare()

    def prepare(self) -> None:
        """Fit the choices to the earlier answers."""


class KindForm(StepForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of case is it?"),
        choices=ConsultationRequest.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the kind of the case.")},
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Which other country?"),
        required=False,
        help_text=gettext_lazy("For an international case."),
    )

    def prepare(self) -> None:
        self.fields["country"].choices = [("", _("Choose")), *countries()]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("kind") == ConsultationRequest.Kind.INTERNATIONAL and not data.get("country"):
            self.add_error("country", _("Choose the other country."))
        elif data.get("kind") != ConsultationRequest.Kind.INTERNATIONAL:
            data["country"] = ""
        return data


class OriginForm(StepForm):
    origin = forms.ChoiceField(
        label=gettext_lazy("Where does the case come from?"),
        choices=[
            choice
            for choice in ConsultationRequest.Origin.choices
            if choice[0] != ConsultationRequest.Origin.MUNICIPALITY
        ],
        widget=forms.RadioSelect,
    )


class MunicipalityStepForm(StepForm):
    municipality = forms.ChoiceField(
        label=gettext_lazy("Municipality"),
        error_messages={
            "required": gettext_lazy("Choose the municipality."),
            "invalid_choice": gettext_lazy("There is no such municipality."),
        },
    )

    def prepare(self) -> None:
        field = self.fields["municipality"]
        field.required = self.submission.kind != CASE
        nothing = _("Choose") if field.required else _("Not known yet")
        field.choices = [("", nothing)] + [
            (str(place.pk), place.name) for place in self.submission.municipalities
        ]


class TopicForm(StepForm):
    topic = forms.ChoiceField(
        label=gettext_lazy("What is the case mainly about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a topic.")},
    )
    done_so_far = NarrativeField(
        label=gettext_lazy("What has been done so far?"), required=False, help_text=NAMELESS
    )

    def prepare(self) -> None:
        kind = self.submission.answers.get("kind", "")
        topics = Topic.objects.filter(for_kind__in=["", kind])
        self.fields["topic"].choices = [(topic.pk, topic.name) for topic in topics]


class QuestionForm(StepForm):
    question = NarrativeField(
        label=gettext_lazy("What do you need help with?"),
        help_text=NAMELESS,
        error_messages={"required": gettext_lazy("Write what you need help with.")},
    )
    risk_factors = NarrativeField(
        label=gettext_lazy("Risk factors, if known"), rows=4, required=False, help_text=NAMELESS
    )
    protective_factors = NarrativeField(
        label=gettext_lazy("Protective factors, if known"),
        rows=4,
        required=False,
        help_text=NAMELESS,
    )
    star_reference = LineField(
        label=gettext_lazy("STAR reference"),
        required=False,
        help_text=gettext_lazy(
            "The number of the case in STAR. The case record itself stays there."
        ),
    )
    age_group = forms.ChoiceField(label=gettext_lazy("The child's age"), required=False)

    def prepare(self) -> None:
        self.fields["age_group"].choices = [
            ("", _("Choose")),
            *ConsultationRequest.AgeGroup.choices,
        ]


class WhoForm(StepForm):
    requester = forms.ChoiceField(
        label=gettext_lazy("Who asks?"),
        error_messages={
            "required": gettext_lazy("Choose who asks."),
            "invalid_choice": gettext_lazy("This person has no post in the municipality today."),
        },
    )
    contacts = forms.MultipleChoiceField(
        label=gettext_lazy("Who else acts in the case?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They can read the whole request and write to the consultant."),
        error_messages={
            "invalid_choice": gettext_lazy("This person has no post in the municipality today.")
        },
    )

    def prepare(self) -> None:
        people = [(str(person.pk), person.name) for person in self.submission.staff]
        self.fields["contacts"].choices = people
        if self.submission.kind == ENTRY:
            self.fields["requester"].choices = [("", _("Choose")), *people]
        else:
            del self.fields["requester"]


@dataclass(frozen=True)
class Step:
    key: str
    label: Any
    form: type[StepForm] | None


STEPS = {
    "danger": Step("danger", gettext_lazy("Danger"), DangerForm),
    "origin": Step("origin", gettext_lazy("Origin"), OriginForm),
    "municipality": Step("municipality", gettext_lazy("Municipality"), MunicipalityStepForm),
    "kind": Step("kind", gettext_lazy("Kind of case"), KindForm),
    "topic": Step("topic", gettext_lazy("Topic and what has been done"), TopicForm),
    "question": Step("question", gettext_lazy("Question"), QuestionForm),
    "who": Step("who", gettext_lazy("People"), WhoForm),
    "check": Step("check", gettext_lazy("Check your answers"), None),
}


class Submission:
    """A draft seen as a row of steps, for its owner."""

    def __init__(self, owner: User, kind: str, draft: Draft | None = None) -> None:
        self.owner, self.kind, self.draft = owner, kind, draft

    @property
    def answers(self) -> Mapping[str, Any]:
        return self.draft.content if self.draft else {}

    @property
    def must_act(self) -> bool:
        """The child is in danger and nobody has said that they acted: nothing else goes on."""
        return self.answers.get("danger") == "yes" and not self.answers.get("danger_acted_at")

    @cached_property
    def municipalities(self) -> list[Municipality]:
        """Those for which the owner can bring in a case of this kind."""
        standing = standing_of(self.owner)
        keys = standing.municipalities if self.kind == REQUEST else standing.all_served
        return list(Municipality.objects.on(clock.today()).filter(pk__in=keys))

    @cached_property
    def municipality(self) -> Municipality | None:
        """The chosen municipality; the only one there is needs no choice."""
        if self.kind == REQUEST and len(self.municipalities) == 1:
            return self.municipalities[0]
        chosen = self.answers.get("municipality", "")
        return next((each for each in self.municipalities if str(each.pk) == chosen), None)

    @cached_property
    def staff(self) -> list[User]:
        """The municipality's people, without the owner."""
        if self.municipality is None:
            return []
        return list(staff_of(self.municipality).exclude(pk=self.owner.pk))

    @cached_property
    def steps(self) -> list[Step]:
        keys = ["danger"]
        if self.kind == CASE:
            keys.append("origin")
        if self.kind != REQUEST or len(self.municipalities) > 1:
            keys.append("municipality")
        keys += ["kind", "topic", "question"]
        if self.kind != CASE or self.municipality is not None:
            keys.append("who")
        return [STEPS[key] for key in [*keys, "check"]]

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def keep(self, step: Step, answers: dict[str, Any]) -> Draft:
        """Save one step's answers into the draft, which is made by the first."""
        done = self.answers.get("done", [])
        if step.key not in done:
            answers = answers | {"done": [*done, step.key]}
        self.draft = save_draft(self.owner, self.kind, answers, draft=self.draft)
        for name in ("municipality", "staff", "steps"):
            self.__dict__.pop(name, None)
        return self.draft

    def before(self, step: Step) -> Step | None:
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None

    def form(self, step: Step, data: Any = None) -> ActionForm:
        """Return the step's form with what was typed, or else with the kept answers."""
        kept = {name: self.answers[name] for name in self.answers}
        if step.form is DangerForm:
            return DangerForm(data, initial=kept)
        return step.form(data, initial=kept, submission=self)

    def checked(self, step: Step) -> ActionForm:
        """Return the step's form filled with the kept answers, to see whether they still hold."""
        return self.form(step, dict(self.answers))

    def first_open(self) -> Step:
        """The first step whose answers are missing or hold no longer; the check when none."""
        done = self.answers.get("done", [])
        for step in self.steps[:-1]:
            # Where nothing must be answered, having been there is what counts.
            if step.key not in done or not self.checked(step).is_valid():
                return step
        return self.steps[-1]

    def send(self) -> ConsultationRequest:
        """Carry out the action that this draft is for. All steps must be in order.

        Raises what the action raises.
        """
        data: dict[str, Any] = {}
        for step in self.steps[:-1]:
            form = self.checked(step)
            form.is_valid()
            data |= form.cleaned_data
        acted = self.answers.get("danger_acted_at")
        application = Application(
            topic=Topic.objects.get(pk=data["topic"]),
            danger=data["danger"] == "yes",
            danger_acted_at=datetime.fromisoformat(acted) if acted else None,
            **{
                name: data[name]
                for name in (
                    "question", "kind", "country", "done_so_far", "risk_factors",
                    "protective_factors", "star_reference", "age_group",
                )
            },
        )  # fmt: skip
        people = {str(person.pk): person for person in self.staff}
        common = {
            "municipality": self.municipality,
            "contacts": [people[key] for key in data.get("contacts", [])],
            "by": self.owner,
            "pk": self.draft.pk,
        }
        if self.kind == ENTRY:
            return enter_request(application, requester=people[data["requester"]], **common)
        if self.kind == CASE:
            return open_case(application, origin=data["origin"], **common)
        return submit_request(application, **common)

    def shown(self) -> list[tuple[Step, list[tuple[str, str]]]]:
        """The answers in words, by step, as the check page shows them."""
        return [
            (step, [(str(field.label), _in_words(field)) for field in self.checked(step)
                    if not field.is_hidden])
            for step in self.steps[:-1]
        ]  # fmt: skip


def _in_words(field: forms.BoundField) -> str:
    value = field.value()
    if isinstance(field.field, forms.ChoiceField):
        chosen = value if isinstance(value, list) else [value]
        words = [str(label) for key, label in field.field.choices if key and str(key) in chosen]
        return ", ".join(words)
    return str(value or "")


def countries() -> tuple[tuple[str, str], ...]:
    """All countries but Estonia, in the active language, in Estonian alphabetical order."""
    return _countries(get_language() or "et")


@lru_cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language).territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY
    ]
    return tuple(sorted(found, key=lambda pair: sort_key(pair[1])))


def country_name(code: str) -> str:
    """Return the country's name in the active language; empty for no country."""
    return Locale.parse(get_language() or "et").territories.get(code, code) if code else ""
