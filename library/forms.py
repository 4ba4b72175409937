from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import ActionForm, LineField, NewObjectForm
from library.files import agrees, kind_of_file
from library.models import Material, MaterialMark


LANGUAGES = [
    ("et", gettext_lazy("Estonian")),
    ("en", gettext_lazy("English")),
    ("ru", gettext_lazy("Russian")),
]


class MaterialForm(NewObjectForm):
    """A support material: a link or a file. `keeps` says that one of them is there already."""

    title = LineField(label=gettext_lazy("Title"))
    description = LineField(
        label=gettext_lazy("What is it good for?"), required=False, max_length=400
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Material.Kind)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, initial="et")
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={
            "invalid": gettext_lazy("Enter the whole address, beginning with https://.")
        },
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("PDF, Word, PowerPoint, Excel, PNG or JPG, at most 10 MB."),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, keeps: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keeps = keeps

    def clean_link(self) -> str:
        link = self.cleaned_data["link"]
        if link and not link.startswith(("https://", "http://")):
            raise forms.ValidationError(self.fields["link"].error_messages["invalid"])
        return link

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is too large: %(size)s. At most %(limit)s.")
                % {
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(settings.UPLOAD_LIMIT),
                }
            )
        kind = kind_of_file(file)
        if kind is None or not agrees(file.name, kind):
            raise forms.ValidationError(
                _("This is not a PDF, Word, PowerPoint, Excel, PNG or JPG file.")
            )
        file.name = PurePosixPath(file.name).name
        self.cleaned_data["file_kind"] = kind
        return file

    def clean(self) -> dict:
        data = super().clean()
        data.setdefault("file_kind", "")
        if "link" in self.errors or "file" in self.errors:
            return data
        link, file = data.get("link"), data.get("file")
        if link and file:
            self.add_error("file", _("Give either a link or a file."))
        elif not link and not file and not self.keeps:
            self.add_error("link", _("Give either a link or a file."))
        return data


class FilterForm(forms.Form):
    """Which materials of a topic are shown."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All")), *Material.Kind.choices],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("All")), *LANGUAGES],
    )

    def wanted(self) -> dict[str, str]:
        """Return the filters that were chosen; a wrong value counts as none."""
        if not self.is_bound:
            return {}
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name) for name in ("kind", "language")}
        return {name: value for name, value in chosen.items() if value}


class LibraryForm(FilterForm):
    """Which materials of the whole library are shown: words, kind and language together."""

    field_order = ["q", "kind", "language"]

    q = forms.CharField(label=gettext_lazy("Search the library"), required=False, max_length=100)

    @property
    def words(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("q", "") if self.is_bound else ""


class MarkForm(ActionForm):
    """A button that marks a material, or takes the mark back."""

    kind = forms.ChoiceField(choices=MaterialMark.Kind)
    on = forms.BooleanField(required=False)
