from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ActionForm, NarrativeField
from common.templatetags.words import moment_text
from supervision.forms.shared import HoursField
from supervision.models import Attendance, Session


class AttendanceForm(ActionForm):
    """One row of radios and hours per member, and the length of the session."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    hours = HoursField(
        label=_("How long did the meeting last, in hours?"),
        min_value=Decimal("0.25"),
        help_text=_("For example 2 or 1,5. This is what the supervisor invoices."),
    )

    def __init__(
        self,
        data: Any,
        *,
        session: Session,
        members: list,
        recorded: dict,
        seen: str,
        everybody: bool = False,
    ):
        """`everybody`: who is not recorded yet is shown as attended, to be looked over."""
        meeting = session.meeting
        length = Decimal((meeting.ends_at - meeting.starts_at).total_seconds()) / 3600
        initial = {"hours": _plain(session.hours or round(length * 4) / Decimal(4)), "seen": seen}
        super().__init__(data, initial=initial)
        self.members = members
        unrecorded = Attendance.Status.ATTENDED if everybody else None
        for member in members:
            user = member.registration.user
            before = recorded.get(user.pk)
            self.fields[f"came-{user.pk.hex}"] = forms.ChoiceField(
                label=user.name,
                choices=Attendance.Status,
                widget=forms.RadioSelect,
                initial=before.status if before else unrecorded,
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
            if data[f"came-{key.hex}"] in Attendance.CAME
            else None
            for member in self.members
        }

    def statuses(self, data: dict) -> dict:
        keys = (member.registration.user_id for member in self.members)
        return {key: data[f"came-{key.hex}"] for key in keys}


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


class ElsewhereForm(ActionForm):
    """Which parallel group's meeting somebody comes to instead."""

    session = forms.ModelChoiceField(
        label=_("Which meeting do you come to?"),
        queryset=Session.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("This date cannot be chosen any more. Choose another.")
        },
    )

    def __init__(self, *args: Any, dates: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [each.pk for each in dates]
        rows = Session.objects.filter(pk__in=keys).select_related("meeting", "group__supervisor")
        self.fields["session"].queryset = rows.order_by("meeting__starts_at", "pk")
        self.fields["session"].label_from_instance = lambda row: ", ".join(
            filter(
                None,
                (
                    moment_text(row.meeting.starts_at),
                    row.meeting.place or str(row.meeting.get_form_display()),
                    row.group.supervisor.name,
                ),
            )
        )
