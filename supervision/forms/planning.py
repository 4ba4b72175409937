"""Planning a season: its rounds and supervisors, asking for a proposal, changing it by hand."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NewObjectForm, TimeField
from people.models import Municipality, User
from supervision.forms.shared import VersionMixin
from supervision.models import SESSIONS, Registration, Season, SeasonSupervisor
from supervision.planner.changes import Choice
from supervision.reason_words import rule_text


LENGTHS = [(60, gettext_lazy("1 minute")), (180, gettext_lazy("3 minutes"))]
LENGTHS += [(600, gettext_lazy("10 minutes"))]
NOBODY = "-"
"""What stands for no group in a list to choose from."""


def _number(label: Any, low: int, high: int, **more: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"})
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=widget, **more)


class RoundsForm(VersionMixin, ActionForm):
    """Between which days each round lies, and when meetings may begin."""

    begins_1 = TimeField(label=gettext_lazy("Meetings begin at"))
    begins_2 = TimeField(
        label=gettext_lazy("or at"),
        required=False,
        help_text=gettext_lazy("For afternoon groups. Leave it empty if there are none."),
    )
    minutes = _number(gettext_lazy("Length of a meeting, in minutes"), 60, 480)
    days_between = _number(
        gettext_lazy("Days between two rounds, at least"),
        7,
        200,
        help_text=gettext_lazy("Usually six weeks, 42 days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, SESSIONS + 1):
            self.fields[f"first_{number}"] = DateField(label=_("First day"))
            self.fields[f"last_{number}"] = DateField(label=_("Last day"))

    @classmethod
    def for_season(cls, data: Any, season: Season) -> "RoundsForm":
        initial: dict[str, Any] = {
            name: getattr(season, name) for name in ("minutes", "days_between", "version")
        }
        for number, begins in enumerate(season.start_times[:2], start=1):
            initial[f"begins_{number}"] = begins
        for each in season.rounds.all():
            initial[f"first_{each.number}"] = each.starts_on
            initial[f"last_{each.number}"] = each.ends_on
        return cls(data, initial=initial)

    def rounds(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "first": self[f"first_{number}"], "last": self[f"last_{number}"]}
            for number in range(1, SESSIONS + 1)
        ]

    def facts(self, data: dict) -> dict[str, Any]:
        return {
            "rounds": [(data[f"first_{n}"], data[f"last_{n}"]) for n in range(1, SESSIONS + 1)],
            "begins_at": [each for each in (data["begins_1"], data["begins_2"]) if each],
            "minutes": data["minutes"],
            "days_between": data["days_between"],
            "version": data["version"],
        }


class TakeForm(VersionMixin, ActionForm):
    """A button that carries the version of the proposal it was pressed on."""


class SupervisorsForm(VersionMixin, ActionForm):
    """How many groups each supervisor leads; 0 or nothing: none."""

    def __init__(
        self, *args: Any, people: Iterable[User], known: dict[Any, SeasonSupervisor], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        places = Municipality.objects.on(clock.today()).order_by("name")
        choices = [("", _("travels anywhere")), *((str(each.pk), each.name) for each in places)]
        self.places = {str(each.pk): each for each in places}
        for person in self.people:
            own, key = known.get(person.pk), person.pk.hex
            self.fields[f"most_{key}"] = _number(
                _("Groups at most"), 0, 30, required=False, initial=own.most_groups if own else 0
            )
            self.fields[f"et_{key}"] = forms.BooleanField(
                label=_("in Estonian"), required=False, initial=own.in_estonian if own else True
            )
            self.fields[f"ru_{key}"] = forms.BooleanField(
                label=_("in Russian"), required=False, initial=own.in_russian if own else False
            )
            self.fields[f"home_{key}"] = forms.ChoiceField(
                label=_("Travels from"),
                choices=choices,
                required=False,
                initial=str(own.home_id) if own and own.home_id else "",
            )
            self.fields[f"km_{key}"] = _number(
                _("up to, in km one way"),
                0,
                400,
                required=False,
                initial=own.travels_up_to_km if own else None,
            )

    def rows(self) -> list[dict[str, Any]]:
        names = ("most", "et", "ru", "home", "km")
        return [
            {"person": person} | {name: self[f"{name}_{person.pk.hex}"] for name in names}
            for person in self.people
        ]

    def clean(self) -> dict:
        data = super().clean()
        for person in self.people:
            key = person.pk.hex
            if not data.get(f"most_{key}"):
                continue
            if not (data.get(f"et_{key}") or data.get(f"ru_{key}")):
                self.add_error(f"et_{key}", _("Choose at least one language."))
            home, km = data.get(f"home_{key}"), data.get(f"km_{key}")
            if home and km is None:
                self.add_error(f"km_{key}", _("Say how far they travel from there."))
            elif km is not None and not home:
                self.add_error(f"home_{key}", _("Say from where they travel."))
        return data

    def leaders(self, data: dict) -> list[dict[str, Any]]:
        return [
            {
                "supervisor": person,
                "most_groups": data[f"most_{person.pk.hex}"],
                "in_estonian": data[f"et_{person.pk.hex}"],
                "in_russian": data[f"ru_{person.pk.hex}"],
                "home": (home := self.places.get(data[f"home_{person.pk.hex}"])),
                "travels_up_to_km": data[f"km_{person.pk.hex}"] if home else None,
            }
            for person in self.people
            if data[f"most_{person.pk.hex}"]
        ]


class ApartForm(ActionForm):
    """Two people of a season who are not put into one group."""

    one = forms.ModelChoiceField(
        label=gettext_lazy("One"), queryset=Registration.objects.none(), empty_label="–"
    )
    other = forms.ModelChoiceField(
        label=gettext_lazy("The other"), queryset=Registration.objects.none(), empty_label="–"
    )

    def __init__(self, *args: Any, registrations: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            self.fields[name].queryset = registrations
            self.fields[name].label_from_instance = lambda row: (
                f"{row.user.last_name}, {row.user.first_name} ({row.municipality.name})"
            )


class AskProposalForm(NewObjectForm):
    """How long the planner looks, and whether it only fills free seats."""

    seconds = forms.TypedChoiceField(
        label=gettext_lazy("How long should the planner look?"),
        choices=LENGTHS,
        coerce=int,
        initial=180,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("You can go on with other work, and stop it at any time."),
    )
    only_fill = forms.BooleanField(
        label=gettext_lazy("Form no new groups, only fill free seats"), required=False
    )

    def __init__(self, *args: Any, has_groups: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_groups:
            del self.fields["only_fill"]


class LockForm(ActionForm):
    """What is locked or unlocked: a proposed group, or a person in it."""

    group = forms.CharField(required=False, max_length=80)
    registration = forms.UUIDField(required=False)
    is_locked = forms.BooleanField(required=False)


class _DespiteForm(VersionMixin, ActionForm):
    """A choice among what the planner has priced; what breaks a rule wants a tick."""

    despite = forms.BooleanField(
        label=gettext_lazy("I want it although it breaks a rule"), required=False
    )

    def choices_of(self, choices: list[Choice], names: dict[str, str]) -> list[tuple[str, str]]:
        if not any(choice.rules for choice in choices):
            self.fields["despite"].widget = forms.HiddenInput()
        return [(each.id, choice_text(names.get(each.id, each.id), each)) for each in choices]


class MoveProposedForm(_DespiteForm):
    group = forms.ChoiceField(label=gettext_lazy("To which group?"), widget=forms.RadioSelect)

    field_order = ["group", "despite"]

    def __init__(
        self, *args: Any, choices: list[Choice], names: dict[str, str], has_group: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        offered = self.choices_of(choices, names)
        if has_group:
            offered.append((NOBODY, _("Into no group")))
        self.fields["group"].choices = offered

    def chosen(self, data: dict) -> str | None:
        return None if data["group"] == NOBODY else data["group"]


class ChangeProposedForm(_DespiteForm):
    """Another supervisor, or another time or place in one round. One thing at a time: each
    price is that of this change alone.
    """

    choice = forms.ChoiceField(widget=forms.RadioSelect)

    field_order = ["choice", "despite"]

    def __init__(
        self, *args: Any, label: str, choices: list[Choice], names: dict[str, str], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["choice"].label = label
        self.fields["choice"].choices = self.choices_of(choices, names)


def choice_text(name: str, choice: Choice) -> str:
    """A choice with its price in points, and the rules that it would break."""
    more = f"+{choice.more}" if choice.more > 0 else str(choice.more).replace("-", "−")
    text = _("%(name)s (%(more)s points)") % {"name": name, "more": more}
    if not choice.rules:
        return text
    rules = "; ".join(sorted({rule_text(rule) for rule in choice.rules}))
    return _("%(text)s – breaks a rule: %(rules)s") % {"text": text, "rules": rules}


class PromiseForm(ActionForm):
    """How often a municipality promises supervision or covision in a year."""

    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"), queryset=Municipality.objects.none()
    )
    times = _number(gettext_lazy("Times a year"), 0, 24)
    source = LineField(
        label=gettext_lazy("Where is it written?"),
        required=False,
        help_text=gettext_lazy("For example the job description and its date"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.on(clock.today())
