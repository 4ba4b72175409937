from typing import Any

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NewObjectForm, TimeField
from outbox.models import Preference
from people.models import Absence, Municipality, Post, StaffRole, User
from people.standing import Standing


LANGUAGES = [("et", "Eesti"), ("en", "English")]
NAME = 80
"""Longest first or last name."""


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """A reset is for those who have a login; an unused invitation stays the only way in."""

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_login]
        return email


class MunicipalityField(forms.ModelChoiceField):
    """One of today's municipalities; a merged one is no choice."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Choose a municipality from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"label": gettext_lazy("Municipality"), "empty_label": "", **kwargs}
        super().__init__(Municipality.objects.none(), **kwargs)

    def of(self, municipalities) -> None:
        self.queryset = municipalities


class EmailAddressField(forms.EmailField):
    """An address in lower case, as they are stored."""

    def clean(self, value: Any) -> str:
        return super().clean(value).lower()


class PersonFields(forms.Form):
    """Name, address and language of somebody new."""

    first_name = LineField(label=gettext_lazy("First name"), max_length=NAME)
    last_name = LineField(label=gettext_lazy("Last name"), max_length=NAME)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of letters"), choices=LANGUAGES, initial="et"
    )


class PlaceFields(NewObjectForm):
    """What somebody is to be, and where: choices as the person asking may give them."""

    WHAT = "what"

    what = forms.ChoiceField(label=gettext_lazy("As whom?"), widget=forms.RadioSelect)
    municipality = MunicipalityField(
        required=False, help_text=gettext_lazy("For posts in a municipality.")
    )
    title = LineField(
        label=gettext_lazy("Title of the post"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "As the municipality calls it, for example “laste heaolu spetsialist”."
        ),
    )
    starts_on = DateField(
        label=gettext_lazy("From which day"), help_text=gettext_lazy("For example 22.11.2026")
    )

    def __init__(
        self, *args: Any, standing: Standing, roles: list[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        municipalities = Municipality.objects.on(standing.day)
        posts = list(Post.Kind.choices)
        if not standing.is_coordinator:
            municipalities = municipalities.filter(pk__in=standing.manages)
            posts = [choice for choice in posts if choice[0] == Post.Kind.WORKER]
            if not standing.manages:
                posts = []
        self.fields["municipality"].of(municipalities)
        self.fields["what"].choices = posts + [
            choice for choice in StaffRole.Role.choices if choice[0] in roles
        ]
        self.fields["starts_on"].initial = standing.day
        if len(self.fields["what"].choices) == 1:
            self.fields["what"].initial = self.fields["what"].choices[0][0]
        if len(standing.manages) == 1 and not standing.is_coordinator:
            self.fields["municipality"].initial = next(iter(standing.manages))
        if posts == self.fields["what"].choices:
            self.fields["municipality"].required = True
            self.fields["municipality"].help_text = ""
        if not posts:
            del self.fields["municipality"], self.fields["title"]

    def clean(self) -> dict:
        data = super().clean()
        is_post = data.get("what") in Post.Kind.values
        if is_post and not data.get("municipality") and "municipality" not in self.errors:
            self.add_error("municipality", _("Choose a municipality from the list."))
        data["role"] = None if is_post else data.get("what")
        data["post_kind"] = data.get("what") if is_post else None
        if not is_post:
            data["municipality"] = None
        return data

    @staticmethod
    def held(data: dict) -> dict:
        """Pick what `invite_person` takes of it from the cleaned data."""
        names = ("municipality", "post_kind", "role", "starts_on")
        return {name: data[name] for name in names} | {
            "title": data.get("title", ""),
            "pk": data["new_id"],
        }


class InviteForm(PlaceFields, PersonFields):
    email = EmailAddressField(label=gettext_lazy("E-mail address"))

    field_order = ["email", "first_name", "last_name", "language", "what", "municipality"]


class AddPersonForm(PlaceFields, PersonFields):
    email = EmailAddressField(label=gettext_lazy("E-mail address"), required=False)
    phone = LineField(label=gettext_lazy("Telephone"), required=False, max_length=40)

    field_order = ["first_name", "last_name", "email", "phone", "language", "what", "municipality"]


class JoinForm(ActionForm):
    """The password of a new account, twice."""

    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    password2 = forms.CharField(
        label=gettext_lazy("Password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict:
        data = super().clean()
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return data


class PersonForm(ActionForm):
    """A person's own data. `seen` travels along, so that a stale page changes nothing."""

    first_name = LineField(label=gettext_lazy("First name"), max_length=NAME)
    last_name = LineField(label=gettext_lazy("Last name"), max_length=NAME)
    phone = LineField(label=gettext_lazy("Telephone"), required=False, max_length=40)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and letters"), choices=LANGUAGES
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)


class PersonWithoutLoginForm(PersonForm):
    email = EmailAddressField(label=gettext_lazy("E-mail address"), required=False)

    field_order = ["first_name", "last_name", "email", "phone", "language"]


class PostForm(NewObjectForm):
    municipality = MunicipalityField()
    kind = forms.ChoiceField(
        label=gettext_lazy("As whom?"), choices=Post.Kind, widget=forms.RadioSelect
    )
    title = LineField(label=gettext_lazy("Title of the post"), required=False, max_length=120)
    starts_on = DateField(label=gettext_lazy("From which day"))
    ends_on = DateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        municipalities = Municipality.objects.on(standing.day)
        if not standing.is_coordinator:
            municipalities = municipalities.filter(pk__in=standing.manages)
            self.fields["kind"].choices = [(Post.Kind.WORKER, Post.Kind.WORKER.label)]
            self.fields["kind"].initial = Post.Kind.WORKER
        self.fields["municipality"].of(municipalities)
        self.fields["starts_on"].initial = standing.day


class RoleForm(NewObjectForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    starts_on = DateField(label=gettext_lazy("From which day"))
    ends_on = DateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [c for c in StaffRole.Role.choices if c[0] in roles]
        self.fields["starts_on"].initial = clock.today


class AreaForm(NewObjectForm):
    municipality = MunicipalityField()
    starts_on = DateField(label=gettext_lazy("From which day"))
    ends_on = DateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].of(Municipality.objects.on(clock.today()))
        self.fields["starts_on"].initial = clock.today


class EndForm(ActionForm):
    """The last day of a post, a role or a service area."""

    ends_on = DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("On this day it still holds; from the next day on no more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = clock.today


class AbsenceForm(NewObjectForm):
    starts_on = DateField(label=gettext_lazy("First day away"))
    ends_on = DateField(
        label=gettext_lazy("Last day away"),
        required=False,
        help_text=gettext_lazy("Leave empty when you do not know yet."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How long?"),
        choices=Absence.Kind,
        initial=Absence.Kind.SHORT,
        widget=forms.RadioSelect,
    )
    stand_in = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who stands in"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        error_messages={"invalid_choice": gettext_lazy("Choose a person from the list.")},
    )

    def __init__(self, *args: Any, candidates, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = candidates


class TellingForm(ActionForm):
    """How a person wants to be told: `outbox.models.Preference`."""

    digest = forms.ChoiceField(
        label=gettext_lazy("News for your information"),
        help_text=gettext_lazy(
            "What waits for you or has a deadline comes in a mail of its own all the same."
        ),
        choices=Preference.Digest,
        widget=forms.RadioSelect,
    )
    remind = forms.ChoiceField(
        label=gettext_lazy("Reminders of meetings"),
        choices=Preference.Remind,
        widget=forms.RadioSelect,
    )
    quiet_from = TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        help_text=gettext_lazy("For example 20.00. Leave both empty if mails may come at night."),
    )
    quiet_until = TimeField(label=gettext_lazy("Quiet until"), required=False)
    quiet_weekends = forms.BooleanField(
        label=gettext_lazy("Quiet on weekends and public holidays"), required=False
    )

    def clean(self) -> dict:
        data = super().clean()
        if self.errors:
            return data
        start, end = data["quiet_from"], data["quiet_until"]
        if (start is None) != (end is None):
            empty = "quiet_from" if start is None else "quiet_until"
            self.add_error(empty, _("Enter both times or none."))
        elif start is not None and start == end:
            self.add_error("quiet_until", _("The two times are the same. Leave both empty."))
        return data


class SearchForm(forms.Form):
    """Filters of the list of people."""

    ROLES = [
        ("", gettext_lazy("All")),
        *Post.Kind.choices,
        *StaffRole.Role.choices,
        ("none", gettext_lazy("No post or role today")),
    ]

    name = LineField(label=gettext_lazy("Name"), required=False)
    municipality = MunicipalityField(required=False, empty_label=gettext_lazy("All"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False, choices=ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].of(Municipality.objects.all())
