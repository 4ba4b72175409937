from django import forms
from django.utils.translation import gettext_lazy as _

from common.fetch import BadAddress, clean_address
from common.forms import ActionForm


SAYINGS = {
    "scheme": _("Enter the whole address, beginning with https:// or webcal://."),
    "port": _("Enter the address without a port number."),
    "login": _("Enter the address without a user name and password."),
    "host": _("This address cannot be. Copy it from your calendar once more."),
    "letters": _("This address cannot be. Copy it from your calendar once more."),
    "long": _("This address is too long. Copy it from your calendar once more."),
    "not_public": _("This address is not on the open internet. Use the one for sharing."),
}


class BusyCalendarForm(ActionForm):
    """The address of a person's own calendar."""

    address = forms.CharField(
        label=_("Address of your calendar"),
        help_text=_("It begins with https:// or webcal:// and ends mostly in .ics."),
        widget=forms.TextInput(
            attrs={
                "class": "tp-wide",
                "autocomplete": "off",
                "spellcheck": "false",
                "inputmode": "url",
            }
        ),
        error_messages={"required": _("Paste the address of your calendar.")},
    )

    def clean_address(self) -> str:
        try:
            return clean_address(self.cleaned_data["address"])
        except BadAddress as error:
            raise forms.ValidationError(SAYINGS[str(error)], code=str(error)) from None
