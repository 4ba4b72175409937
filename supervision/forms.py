from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import (
    ActionForm,
    DateField,
    LineField,
    NarrativeField,
    NewObjectForm,
    WhenMixin,
)
from meetings.forms import PlaceMixin, SlotMeetingForm, SlotMixin, WarnedMixin
from people.models import Municipality, Post, Region, User
from supervision.models import (
    WEEKDAYS,
    Audience,
    Form,
    Group,
    Language,
    NetworkSupervision,
    Registration,
    Season,
    Session,
)


class HoursField(forms.DecimalField):
    """Hours with a decimal comma or point, at most twelve."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "tp-short"})
    default_error_messages = {"invalid": _("Enter the hours like this: 2 or 1,5.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_value=Decimal("12"), decimal_places=2, **kwargs)
        self.localize = False

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {}


class VersionMixin(forms.Form):
    """Carries the version of the row that the form shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class WindowMixin(forms.Form):
    registration_opens_on = DateField(label=_("Registration opens on"))
    registration_closes_on = DateField(
        label=_("Registration closes on"),
        help_text=_("Later one can still join in mid-year."),
    )

    def clean(self) -> dict:
        data = super().clean()
        opens, closes = data.get("registration_opens_on"), data.get("registration_closes_on")
        if opens and closes and closes < opens:
            self.add_error("registration_closes_on", _("The end cannot be before the start."))
        elif closes and closes < clock.today() and "registration_closes_on" in self.changed_data:
            self.add_error(
                "registration_closes_on",
                _("This date is in the past. Choose today or a later day."),
            )
        return data


class SeasonForm(WindowMixin, NewObjectForm):
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2020,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
    )
    audience = forms.ChoiceField(
        label=_("For whom?"), choices=Audience, widget=forms.RadioSelect, initial=Audience.WORKERS
    )

    field_order = ["year", "audience", "registration_opens_on", "registration_closes_on"]


class SeasonChangeForm(WindowMixin, VersionMixin, ActionForm):
    @classmethod
    def for_season(cls, data: Any, season: Season) -> "SeasonChangeForm":
        names = ("registration_opens_on", "registration_closes_on", "version")
        return cls(data, initial={name: getattr(season, name) for name in names})


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
        return {name: data[name] for name in ("form", "language", "travels_up_to_km", "weekdays")}


class PostMixin(forms.Form):
    """Asks for the municipality only when the person has posts in several."""

    def set_posts(self, municipalities: list[Municipality]) -> None:
        self.by_key = {str(each.pk): each for each in municipalities}
        if len(municipalities) > 1:
            choices = [(key, each.name) for key, each in self.by_key.items()]
            self.fields["municipality"] = forms.ChoiceField(
                label=_("For which municipality?"), choices=choices, widget=forms.RadioSelect
            )
            self.order_fields(["municipality"])

    def municipality(self) -> Municipality:
        if "municipality" in self.fields:
            return self.by_key[self.cleaned_data["municipality"]]
        return next(iter(self.by_key.values()))


class RegisterForm(PostMixin, WishesMixin, NewObjectForm):
    pass


class RegistrationChangeForm(WishesMixin, VersionMixin, ActionForm):
    @classmethod
    def for_registration(cls, data: Any, registration: Registration) -> "RegistrationChangeForm":
        names = ("form", "language", "travels_up_to_km", "version")
        initial = {name: getattr(registration, name) for name in names}
        return cls(data, initial=initial | {"weekdays": list(registration.weekdays)})


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


class GroupMixin(forms.Form):
    name = LineField(label=_("Name of the group"), max_length=40, help_text=_("For example T-1"))
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Not chosen yet"),
    )
    form = forms.ChoiceField(
        label=_("How does the group meet?"),
        choices=Form.choices[:2],
        widget=forms.RadioSelect,
        initial=Form.ON_SITE,
    )
    language = forms.ChoiceField(
        label=_("Language of the group"),
        choices=Language,
        widget=forms.RadioSelect,
        initial=Language.ET,
    )
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("The whole country"),
    )
    place = LineField(
        label=_("Place"), required=False, help_text=_("Each meeting can have another place.")
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=30,
        initial=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
        help_text=_("Usually 10 to 12"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = User.objects.with_role("supervisor", clock.today())

    def clean(self) -> dict:
        data = super().clean()
        if (
            data.get("form") == Form.ON_SITE
            and not data.get("place")
            and "place" not in self.errors
        ):
            self.add_error("place", _("Say where you meet."))
        return data

    @staticmethod
    def facts(data: dict) -> dict:
        names = ("name", "supervisor", "form", "language", "region", "place", "capacity")
        return {name: data[name] for name in names}


class GroupForm(GroupMixin, NewObjectForm):
    pass


class GroupChangeForm(GroupMixin, VersionMixin, ActionForm):
    @classmethod
    def for_group(cls, data: Any, group: Group) -> "GroupChangeForm":
        names = ("name", "form", "language", "place", "capacity", "version")
        initial = {name: getattr(group, name) for name in names}
        return cls(
            data,
            initial=initial | {"supervisor": group.supervisor_id, "region": group.region_id},
        )


class SessionDateForm(SlotMixin, WarnedMixin, WhenMixin, PlaceMixin, ActionForm):
    """A free time of the supervisor; the members are only warned of."""

    field_order = ["slot", "day", "begins", "ends", "form", "room", "place", "link"]

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, people=[group.supervisor], **kwargs)
        self.group = group

    @classmethod
    def for_session(
        cls, data: Any, group: Group, session: Session | None, **facts: Any
    ) -> "SessionDateForm":
        """Begin from the planned meeting, else from what the group usually does."""
        if session is None or session.meeting.is_cancelled:
            on_site = group.form == Form.ON_SITE
            initial = {"form": "on_site" if on_site else "video", "place": group.place}
            return cls(data, group=group, initial=initial, **facts)
        meeting = session.meeting
        starts_at = meeting.starts_at.astimezone(clock.TALLINN)
        return cls(
            data,
            group=group,
            but=meeting.pk,
            **facts,
            initial={
                "day": starts_at.date(),
                "begins": starts_at.time(),
                "ends": meeting.ends_at.astimezone(clock.TALLINN).time(),
                **cls.as_in(meeting),
            },
        )

    def party(self, data: dict) -> list[User]:
        members = self.group.memberships.filter(ends_on__isnull=True)
        people = [each.registration.user for each in members.select_related("registration__user")]
        return [*self.people, *people]

    @staticmethod
    def facts(data: dict) -> dict:
        return {
            name: data[name] for name in ("starts_at", "ends_at", "form", "place", "link", "room")
        }


class MembersForm(ActionForm):
    """Chooses who of the registered comes into a group."""

    registrations = forms.ModelMultipleChoiceField(
        label=_("Who comes into the group?"),
        queryset=Registration.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("Somebody on the list was placed meanwhile. Choose again."),
        },
    )

    def __init__(self, *args: Any, registrations: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["registrations"].queryset = registrations


class ChooseGroupForm(ActionForm):
    group = forms.ModelChoiceField(
        label=_("Group"),
        queryset=Group.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose a group.")},
    )

    def __init__(self, *args: Any, groups: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups
        self.fields["group"].label_from_instance = group_label


def group_label(group: Group) -> str:
    parts = [group.name, group.get_language_display().lower()]
    parts.append(group.place if group.form == Form.ON_SITE else group.get_form_display().lower())
    return f"{', '.join(filter(None, parts))} · {group.taken} / {group.capacity}"


class OfferForm(ChooseGroupForm, NewObjectForm):
    deadline = DateField(
        label=_("Answer by"), help_text=_("The place is held until the end of this day.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["group", "deadline"])

    def clean_deadline(self) -> date:
        day = self.cleaned_data["deadline"]
        if day < clock.today():
            raise forms.ValidationError(_("This date is in the past. Choose today or a later day."))
        return day

    def deadline_at(self) -> datetime:
        return clock.end_of(self.cleaned_data["deadline"])


class AnswerForm(ActionForm):
    """Two buttons answer an offer; without one of them nothing happens."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("Accept the place")), ("decline", _("Decline the place"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose whether you accept or decline the place.")},
    )


class AttendanceForm(ActionForm):
    """One row of radios and hours per member, and the length of the session."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    hours = HoursField(
        label=_("How long did the meeting last, in hours?"),
        min_value=Decimal("0.25"),
        help_text=_("For example 2 or 1,5. This is what the supervisor invoices."),
    )

    ANSWERS = (("attended", _("Attended")), ("absent", _("Absent")))

    def __init__(self, data: Any, *, session: Session, members: list, recorded: dict, seen: str):
        meeting = session.meeting
        length = Decimal((meeting.ends_at - meeting.starts_at).total_seconds()) / 3600
        initial = {"hours": _plain(session.hours or round(length * 4) / Decimal(4)), "seen": seen}
        super().__init__(data, initial=initial)
        self.members = members
        for member in members:
            user = member.registration.user
            before = recorded.get(user.pk)
            self.fields[f"came-{user.pk.hex}"] = forms.ChoiceField(
                label=user.name,
                choices=self.ANSWERS,
                widget=forms.RadioSelect,
                initial=before.status if before else None,
                error_messages={"required": _("Say whether this person was there.")},
            )
            self.fields[f"hours-{user.pk.hex}"] = HoursField(
                label=_("Hours: %(name)s") % {"name": user.name},
                required=False,
                min_value=Decimal("0.25"),
                initial=_plain(before.hours)
                if before and before.hours and before.hours != session.hours
                else None,
            )

    def rows(self) -> list[dict]:
        return [
            {
                "member": member,
                "came": self[f"came-{member.registration.user_id.hex}"],
                "hours": self[f"hours-{member.registration.user_id.hex}"],
            }
            for member in self.members
        ]

    def clean(self) -> dict:
        data = super().clean()
        whole = data.get("hours")
        for member in self.members:
            name = f"hours-{member.registration.user_id.hex}"
            own = data.get(name)
            if own and whole and own > whole:
                self.add_error(name, _("Longer than the meeting lasted."))
        return data

    def attended(self, data: dict) -> dict:
        """Return each member's hours, or None for absent; empty hours mean the whole meeting."""
        return {
            (key := member.registration.user_id): (data[f"hours-{key.hex}"] or data["hours"])
            if data[f"came-{key.hex}"] == "attended"
            else None
            for member in self.members
        }


def _plain(hours: Decimal) -> str:
    """2 and 1,5 instead of 2.00 and 1.50."""
    return f"{hours:.2f}".rstrip("0").rstrip(".").replace(".", ",")


RATINGS = (
    ("5", _("5 – very much")),
    ("4", _("4 – rather yes")),
    ("3", _("3 – so-so")),
    ("2", _("2 – rather not")),
    ("1", _("1 – not at all")),
)


class FeedbackForm(ActionForm):
    useful = forms.TypedChoiceField(
        label=_("Was the meeting useful for your work?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    safe = forms.TypedChoiceField(
        label=_("Did you feel safe to speak?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = NarrativeField(
        label=_("What would you like to add?"),
        required=False,
        rows=4,
        max_length=2000,
        help_text=_("No names and nothing by which somebody can be recognised."),
    )


class ExpectedMixin(forms.Form):
    people_expected = forms.IntegerField(
        label=_("How many people do you expect?"),
        min_value=2,
        max_value=100,
        initial=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "tp-short"}),
    )


class NetworkAskForm(PostMixin, ExpectedMixin, NewObjectForm):
    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=NetworkSupervision.Purpose, widget=forms.RadioSelect
    )
    wish = NarrativeField(
        label=_("What do you wish for?"),
        help_text=_(
            "Write no names of children or families: the coordinator and the supervisor read this."
        ),
    )

    field_order = ["purpose", "people_expected", "wish"]


class NetworkAcceptForm(VersionMixin, ActionForm):
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"), queryset=User.objects.none(), empty_label=_("Choose a supervisor")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = User.objects.with_role("supervisor", clock.today())


class NetworkDeclineForm(VersionMixin, ActionForm):
    reason = NarrativeField(
        label=_("Why is it declined?"),
        rows=4,
        max_length=2000,
        help_text=_("The requester reads this. No names of children or families."),
    )


class NetworkDateForm(SlotMeetingForm):
    pass


class NetworkHoldForm(VersionMixin, ActionForm):
    hours = HoursField(
        label=_("How long did the meeting last, in hours?"), min_value=Decimal("0.25")
    )


class GuestForm(ActionForm):
    name = LineField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages={"invalid": _("Enter the address like this: name@example.ee.")},
    )
    body = LineField(
        label=_("Institution"),
        required=False,
        max_length=120,
        help_text=_("For example school, police, clinic"),
    )


class GroupFilterForm(forms.Form):
    """Filters of the season's groups; the choices come from the groups themselves."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    supervisor = forms.ChoiceField(label=_("Supervisor"), required=False)
    free = forms.BooleanField(label=_("Only with free seats"), required=False)

    def __init__(self, data: Any, *, regions: list, supervisors: list) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["region"].choices = [("", _("All regions")), *regions]
        self.fields["supervisor"].choices = [("", _("All supervisors")), *supervisors]


class RegistrationFilterForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    q = forms.CharField(label=_("Name"), required=False, max_length=80)

    def __init__(self, data: Any, *, states: list, regions: list) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["state"].choices = [("", _("All")), *states]
        self.fields["region"].choices = [("", _("All regions")), *regions]
