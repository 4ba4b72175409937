"""Groups: what they are, when they meet, and who comes into them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActionForm, LineField, NewObjectForm, WhenMixin
from meetings.forms import PlaceMixin, SlotMixin, WarnedMixin
from people.models import Region, User
from supervision.forms.shared import VersionMixin
from supervision.models import Form, Group, Language, Registration, Session


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


class GroupFilterForm(forms.Form):
    """Filters of the season's groups; the choices come from the groups themselves."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    supervisor = forms.ChoiceField(label=_("Supervisor"), required=False)
    free = forms.BooleanField(label=_("Only with free seats"), required=False)

    def __init__(self, data: Any, *, regions: list, supervisors: list) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["region"].choices = [("", _("All regions")), *regions]
        self.fields["supervisor"].choices = [("", _("All supervisors")), *supervisors]
