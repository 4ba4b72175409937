"""Components as a reader meets them: the gallery, forms, the layout."""

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from common.forms import DateField, LineField
from common.templatetags.figures_of import bars, columns, page_numbers, paged, scale_step


class SampleForm(forms.Form):
    name = LineField(label="Nimi")
    day = DateField(label="Päev", help_text="Näiteks 22.11.2026", required=False)
    slot = forms.ChoiceField(
        label="Aeg", help_text="Vali üks", widget=forms.RadioSelect, choices=[("1", "kl 10.00")]
    )
    agreed = forms.BooleanField(label="Nõus", help_text="Loe enne läbi")


def field_of(form: forms.Form, name: str) -> Tag:
    return BeautifulSoup(form[name].as_field_group(), "html.parser").find(class_="tp-field")


def parts_of(group: Tag) -> list[str]:
    """Label, hint, error and control in the order in which they are read."""
    found = []
    for tag in group.find_all(True):
        classes = tag.get("class", [])
        if tag.name in ("label", "legend"):
            found.append("label")
        elif "tp-hint" in classes:
            found.append("hint")
        elif "tp-error" in classes:
            found.append("error")
        elif tag.name in ("input", "select", "textarea"):
            found.append("control")
    return found


# --- forms ----------------------------------------------------------------------------------


def test_field_is_read_as_label_hint_error_input() -> None:
    form = SampleForm({"day": "homme"})

    assert parts_of(field_of(form, "day")) == ["label", "hint", "error", "control"]


def test_group_of_choices_is_a_fieldset_with_its_question() -> None:
    group = field_of(SampleForm({}), "slot")

    assert parts_of(group) == ["label", "hint", "error", "control", "label"]
    assert group.fieldset["aria-describedby"] == "id_slot_helptext id_slot_error"
    assert group.legend.get_text(strip=True) == "Aeg"


def test_single_checkbox_stands_before_its_label() -> None:
    assert parts_of(field_of(SampleForm({}), "agreed")) == ["error", "control", "label", "hint"]


@pytest.mark.parametrize("name", ["day", "agreed"])
def test_described_parts_exist(name: str) -> None:
    group = field_of(SampleForm({"day": "homme"}), name)

    described = group.input["aria-describedby"].split()

    assert [bool(group.find(id=part)) for part in described] == [True, True]


def test_only_optional_fields_say_so() -> None:
    form = SampleForm()
    marked = [name for name in form.fields if field_of(form, name).find(class_="tp-optional")]

    assert marked == ["day"]


def test_error_summary_leads_to_every_field() -> None:
    form = SampleForm({"day": "homme"})
    form.add_error(None, "Grupp on täis.")

    page = BeautifulSoup(form.render(), "html.parser")

    links = [link["href"] for link in page.select(".tp-errors a")]
    assert links == ["#id_name", "#id_day", "#id_slot", "#id_agreed"]
    assert [bool(page.find(id=link[1:])) for link in links] == [True] * 4
    assert page.select_one(".tp-errors li").get_text() == "Grupp on täis."


def test_typed_text_is_kept_and_escaped() -> None:
    group = field_of(SampleForm({"day": '"><b>homme'}), "day")

    assert (group.input["value"], group.b) == ('"><b>homme', None)


# --- the gallery ----------------------------------------------------------------------------


def test_gallery_shows_every_component(client) -> None:
    # CarefulClient looks for inline code and double ids, the run for undefined variables.
    page = BeautifulSoup(client.get(reverse("ui")).content, "html.parser")

    assert len(page.find_all("h1")) == 1
    assert page.html["lang"] == "et"


def test_layout_marks_the_language_in_use(client) -> None:
    page = BeautifulSoup(client.get(reverse("ui")).content, "html.parser")

    buttons = page.select(".tp-langs button")

    assert [(b["lang"], b.get("aria-current"), b.get_text()) for b in buttons] == [
        ("et", "true", "Eesti"),
        ("en", None, "English"),
    ]


def test_error_stands_first_in_the_title(rf: RequestFactory) -> None:
    request = rf.get("/")
    form = SampleForm({})

    html = Template('{% extends "base.html" %}{% block title %}Uus{% endblock %}').render(
        Context(
            {
                "form": form,
                "request": request,
                "desk": None,
                "languages": [],
                "LANGUAGE_CODE": "et",
                "demo": False,
                "csrf_token": "x",
            }
        )
    )

    assert BeautifulSoup(html, "html.parser").title.get_text() == "Viga: Uus – Toetuspakett"


def test_failure_page_needs_nothing() -> None:
    page = BeautifulSoup(render_to_string("500.html"), "html.parser")

    assert (page.html["lang"], page.h1.get_text()) == ("et", "Midagi läks valesti")


# --- geometry -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("largest", "step"), [(0, 1), (4, 1), (5, 2), (8, 2), (9, 5), (28, 10), (511, 200)]
)
def test_grid_lines_are_round_numbers(largest: int, step: int) -> None:
    assert scale_step(largest) == step


def test_columns_stand_on_each_other() -> None:
    chart = columns([("okt", 17, 11), ("nov", 0, 0)])

    first, second = chart.columns
    assert [line.value for line in chart.lines] == [0, 10, 20, 30]
    assert float(first.a_y) + float(first.a_height) == pytest.approx(186)
    assert float(first.b_y) + float(first.b_height) == pytest.approx(float(first.a_y), abs=0.15)
    assert (first.total, second.total, second.a_height) == (28, 0, "0.0")


def test_columns_of_nothing_still_have_an_axis() -> None:
    assert [line.value for line in columns([]).lines] == [0, 1]


def test_bars_are_measured_by_the_longest() -> None:
    widths = [(bar.width, bar.previous_width) for bar in bars([("A", 40, 50), ("B", 10)]).bars]

    assert widths == [("80.0", "100.0"), ("20.0", "0.0")]


def test_bars_of_zeros_have_no_length() -> None:
    assert [bar.width for bar in bars([("A", 0)]).bars] == ["0.0"]


def test_page_links_keep_the_query(rf: RequestFactory) -> None:
    context = Context({"request": rf.get("/", {"region": "lõuna", "page": "1"})})

    assert paged(context, 2, "page") == "?region=l%C3%B5una&page=2"


def test_long_lists_leave_pages_out() -> None:
    paginator = Paginator(range(90), 10)

    numbers = page_numbers(paginator.page(5))

    assert numbers == [1, paginator.ELLIPSIS, 4, 5, 6, paginator.ELLIPSIS, 9]
