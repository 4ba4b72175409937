"""What people type about a case. Names of children belong nowhere here; the hints say so."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import ActionForm, DateField, LineField, NarrativeField, NewObjectForm, TimeField
from consultations.models import CaseMeeting, ConsultationRequest, Message, Topic
from consultations.parties import consultants, municipality_side, staff_of
from consultations.workflow import Status
from meetings.actions import Guest
from meetings.forms import SlotMeetingForm
from meetings.forms.guests import guests_of
from people.load import total_open_work
from people.models import Municipality, User
from people.standing import Standing


NAMELESS = gettext_lazy("Nothing that names the child or the family: no names, codes, addresses.")


class PersonChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs) -> None:
        super().__init__(
            **({"queryset": User.objects.none(), "empty_label": gettext_lazy("Choose")} | kwargs)
        )


class PeopleChoice(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs) -> None:
        super().__init__(**({"queryset": User.objects.none(), "required": False} | kwargs))


class VersionedForm(ActionForm):
    """A form that knows which state of the case the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def renew_version(self, version: int) -> None:
        """After a refusal: the person now sees the case as it is, and may send again."""
        if self.is_bound:
            self.data = self.data.copy()
            self.data["version"] = version


class ConsultantForm(ActionForm):
    """Names a consultant; each stands there with their open work in all services."""

    consultant = PersonChoice(label=gettext_lazy("Consultant"), widget=forms.RadioSelect)

    def __init__(self, *args, case: ConsultationRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = list(consultants().exclude(pk=case.consultant_id))
        load = total_open_work([person.pk for person in people], clock.today())
        field = self.fields["consultant"]
        field.queryset = consultants().exclude(pk=case.consultant_id)
        people.sort(key=lambda person: load[person.pk])
        field.choices = [
            (
                person.pk,
                _("%(name)s – open work: %(n)s") % {"name": person.name, "n": load[person.pk]},
            )
            for person in people
        ]


class ReassignForm(ConsultantForm, VersionedForm):
    reason = NarrativeField(label=gettext_lazy("Why?"), rows=3, help_text=NAMELESS)

    field_order = ["consultant", "reason"]


class ContactedForm(ActionForm):
    """When first contact was taken; now, as a rule."""

    day = DateField(label=gettext_lazy("Date"))
    at = TimeField(label=gettext_lazy("Time"))

    def clean(self) -> dict:
        data = super().clean()
        if data.get("day") and data.get("at"):
            try:
                moment: datetime = clock.tallinn(data["day"], data["at"])
            except ValueError:
                self.add_error(
                    "at",
                    _("This time does not exist: the clock is turned forward that night."),
                )
            else:
                data["contacted_at"] = moment
        return data


class CaseMeetingForm(SlotMeetingForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What for?"),
        choices=CaseMeeting.Kind,
        initial=CaseMeeting.Kind.DISCUSSION,
        widget=forms.RadioSelect,
    )
    people = PeopleChoice(label=gettext_lazy("Invite from the municipality"))
    guests = NarrativeField(
        label=gettext_lazy("Guests"),
        rows=4,
        required=False,
        help_text=gettext_lazy(
            "For a network meeting: one professional per line, name, e-mail and, if you like, "
            "institution. Example: Mari Mets, mari@kool.example, Elva Gümnaasium"
        ),
    )

    field_order = [*SlotMeetingForm.field_order, "kind", "people", "guests"]

    def __init__(self, data, *, case: ConsultationRequest, reader: User, **kwargs) -> None:
        side = municipality_side(case)
        keys = [person.pk for person in side]
        wanted = set(map(str, keys)) if data is None else set(data.getlist("people"))
        # Who books comes; a stand-in does so because the consultant is away.
        people = [reader, *(each for each in side if str(each.pk) in wanted)]
        super().__init__(data, people=people, reader=reader, **kwargs)
        self.fields["people"].queryset = User.objects.filter(pk__in=keys)
        self.fields["people"].choices = [(person.pk, person.name) for person in side]
        self.initial.setdefault("people", keys)

    def clean_guests(self) -> list[Guest]:
        return guests_of(self.cleaned_data["guests"])


class MessageForm(NewObjectForm):
    text = NarrativeField(label=gettext_lazy("Message"), rows=4, help_text=NAMELESS)


class NoteForm(NewObjectForm):
    text = NarrativeField(label=gettext_lazy("New internal note"), rows=4, help_text=NAMELESS)


class FactorsForm(VersionedForm):
    risk_factors = NarrativeField(
        label=gettext_lazy("Risk factors"), required=False, help_text=NAMELESS
    )
    protective_factors = NarrativeField(
        label=gettext_lazy("Protective factors"), required=False, help_text=NAMELESS
    )


class MeasureForm(NewObjectForm):
    text = NarrativeField(label=gettext_lazy("What has been agreed?"), rows=3, help_text=NAMELESS)
    owner = forms.ChoiceField(
        label=gettext_lazy("Who does it?"), choices=Message.Side, widget=forms.RadioSelect
    )
    due_on = DateField(label=gettext_lazy("Until when?"), required=False)


class ContactForm(ActionForm):
    """Names somebody of the municipality who does not act in the case yet."""

    person = PersonChoice(label=gettext_lazy("Contact person"))

    def __init__(self, *args, case: ConsultationRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if case.municipality_id:
            named = [contact.user_id for contact in case.current_contacts] + [case.requester_id]
            self.fields["person"].queryset = staff_of(case.municipality_id).exclude(
                pk__in=[key for key in named if key]
            )


class MunicipalityForm(ActionForm):
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"),
        queryset=Municipality.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"invalid_choice": gettext_lazy("There is no such municipality.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.on(clock.today())


class CloseForm(VersionedForm):
    summary = NarrativeField(
        label=gettext_lazy("Summary"),
        rows=8,
        help_text=gettext_lazy("What was discussed and done. Nothing that names the child."),
    )
    recommendations = NarrativeField(
        label=gettext_lazy("Recommendations to the municipality"), rows=8, help_text=NAMELESS
    )


class ReasonForm(ActionForm):
    reason = NarrativeField(label=gettext_lazy("Why?"), rows=3, help_text=NAMELESS)


class FilterForm(forms.Form):
    """Narrows the list; everything may stay empty."""

    which = forms.CharField(required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"),
        queryset=Municipality.objects.none(),
        required=False,
        empty_label=gettext_lazy("All"),
        error_messages={"invalid_choice": gettext_lazy("There is no such municipality.")},
    )
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Topic"),
        queryset=Topic.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    code = LineField(label=gettext_lazy("Code"), required=False)

    def __init__(self, *args, standing: Standing, by_topic: bool = True, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not by_topic:
            del self.fields["topic"]
        self.fields["status"].choices = [("", _("All")), *Status.choices]
        if standing.is_coordinator:
            self.fields["municipality"].queryset = Municipality.objects.on(clock.today())
        else:
            keys = standing.all_served | standing.municipalities
            self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=keys)
