from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import ActionForm, NarrativeField, NewObjectForm
from people.models import Post
from supervision.forms.shared import PostMixin, VersionMixin
from supervision.models import WEEKDAYS, Continuing, Form, Hours, Language, Registration


WISHES = (
    "form",
    "language",
    "travels_up_to_km",
    "weekdays",
    "hours",
    "continuing",
    "not_with",
)


class WishesMixin(forms.Form):
    form = forms.ChoiceField(
        label=_("How would you like to meet?"),
        choices=Form,
        widget=forms.RadioSelect,
        initial=Form.ON_SITE,
    )
    language = forms.ChoiceField(
        label=_("Language of the group"),
        choices=Language,
        widget=forms.RadioSelect,
        initial=Language.ET,
    )
    travels_up_to_km = forms.IntegerField(
        label=_("How far can you travel, in kilometres one way?"),
        required=False,
        min_value=0,
        max_value=400,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
        help_text=_("Needed to meet on site; not if you take part online only."),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Which weekdays suit?"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=list("12345"),
        error_messages={"required": _("Choose at least one weekday.")},
    )

    hours = forms.ChoiceField(
        label=_("Which part of the day suits?"),
        choices=Hours,
        widget=forms.RadioSelect,
        initial=Hours.ANY,
    )
    continuing = forms.ChoiceField(
        label=_("Last year's group"),
        choices=Continuing,
        widget=forms.RadioSelect,
        initial=Continuing.ANY,
    )
    not_with = NarrativeField(
        label=_("With whom would you rather not be?"),
        required=False,
        rows=2,
        help_text=_(
            "Only the coordinator reads it. Names are enough; you and your manager are kept "
            "apart anyway."
        ),
    )

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict:
        data = super().clean()
        if data.get("form") == Form.ONLINE:
            data["travels_up_to_km"] = None
        elif data.get("travels_up_to_km") is None and "travels_up_to_km" not in self.errors:
            self.add_error("travels_up_to_km", _("Say how far you can travel, 0 if not at all."))
        return data

    @staticmethod
    def wishes(data: dict) -> dict:
        return {name: data[name] for name in WISHES if name in data}

    def hide_confidence(self) -> None:
        """Leave out what is between the person and the coordinator."""
        del self.fields["not_with"]

    @staticmethod
    def as_in(registration: Registration) -> dict:
        """Return the wishes of a registration as initial values, without what was confided."""
        known = {name: getattr(registration, name) for name in WISHES if name != "not_with"}
        return known | {"weekdays": list(registration.weekdays)}


class RegisterForm(PostMixin, WishesMixin, NewObjectForm):
    pass


class RegistrationChangeForm(WishesMixin, VersionMixin, ActionForm):
    @classmethod
    def for_registration(cls, data: Any, registration: Registration) -> "RegistrationChangeForm":
        own = {"version": registration.version, "not_with": registration.not_with}
        return cls(data, initial=cls.as_in(registration) | own)


class EnterRegistrationForm(WishesMixin, NewObjectForm):
    """Registers somebody else: a choice of posts, so that the municipality is said with it."""

    post = forms.ModelChoiceField(
        label=_("Whom do you register?"),
        queryset=Post.objects.none(),
        help_text=_("Those who are registered already are not listed."),
    )

    field_order = ["post"]

    def __init__(self, *args: Any, posts: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts
        self.fields["post"].label_from_instance = lambda post: (
            f"{post.user.name}, {post.municipality.name}"
        )


class RegistrationFilterForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    q = forms.CharField(label=_("Name"), required=False, max_length=80)

    def __init__(self, data: Any, *, states: list, regions: list) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["state"].choices = [("", _("All")), *states]
        self.fields["region"].choices = [("", _("All regions")), *regions]
