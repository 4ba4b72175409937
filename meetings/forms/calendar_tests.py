from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import ActionForm
from meetings.models import CalendarTest, CalendarWay


Step, Way = CalendarTest.Step, CalendarWay.Way

LABELS = {
    Step.CREATED: _("Does “Calendar test” stand in your calendar?"),
    Step.MOVED: _("When does “Calendar test” stand in your calendar now?"),
    Step.CANCELLED: _("Does “Calendar test” still stand in your calendar?"),
}
HINTS = {
    Step.CREATED: _(
        "Some programs show it only when you have accepted the invitation in the mail. "
        "Nothing after ten minutes? Look among the unwanted mails too."
    ),
    Step.MOVED: _("Some programs want you to accept the new time in the mail first."),
    Step.CANCELLED: _("If the mail has a button that removes the event, press it first."),
}


class CalendarTestTickForm(ActionForm):
    """What the person saw. The form knows which step it asks about, for pages grow old."""

    test = forms.UUIDField(widget=forms.HiddenInput, required=False)
    step = forms.CharField(widget=forms.HiddenInput, required=False)
    saw = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers."),
            "invalid_choice": _("Choose one of the answers."),
        },
    )

    def __init__(self, data: Any = None, *, test: CalendarTest, **kwargs: Any) -> None:
        now = {"test": test.pk, "step": test.step}
        super().__init__(data, initial=now, **kwargs)
        asked = data.get("step") if data else test.step
        step = Step(asked) if asked in CalendarTest.CHOICES else None
        self.fields["saw"].label = LABELS.get(step, "")
        self.fields["saw"].help_text = HINTS.get(step, "")
        self.fields["saw"].choices = [
            (saw.value, saw.label) for saw in CalendarTest.CHOICES.get(step, ())
        ]
        # Only of the very test that the page showed can its answer be.
        same = data is None or data.get("test") == str(test.pk)
        self.is_stale = not same or asked not in CalendarTest.CHOICES


class WayForm(ActionForm):
    """How meetings are to come into the person's own calendar."""

    way = forms.ChoiceField(
        label=_("How shall meetings come into your calendar?"),
        choices=[
            (
                Way.INVITATION,
                _("By invitations in mails: each mail brings the meeting into your program."),
            ),
            (
                Way.FEED,
                _("By the calendar feed: your program reads all meetings from one address."),
            ),
            (
                Way.LINK,
                _("Not at all: mails hold only a link, and you look at the meetings here."),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the three ways."),
            "invalid_choice": _("Choose one of the three ways."),
        },
    )


class OtherWayForm(WayForm):
    """What is left when invitations do not work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way = self.fields["way"]
        way.choices = [each for each in way.choices if each[0] != Way.INVITATION]
