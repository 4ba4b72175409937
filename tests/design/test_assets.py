"""Files of the page design: unchanged third-party files, defined names, readable colours."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings


ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
TOKENS = (STATIC / "app" / "tokens.css").read_text(encoding="utf-8")
STYLE = (STATIC / "app" / "app.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

VENDORED = re.findall(
    r"^\| `([^`]+)` \| (\S+) \| (\S+) \| (\S+) \| `([0-9a-f]{64})` \|$",
    (ROOT / "VENDORED.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
DEFINITION = re.compile(r"^\s*(--[\w-]+):\s*([^;]+);", re.MULTILINE)
USE = re.compile(r"var\((--[\w-]+)")


# --- third parties --------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "sha256"), [(row[0], row[4]) for row in VENDORED])
def test_vendored_file_is_what_was_fetched(path: str, sha256: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_listed() -> None:
    present = {
        path.relative_to(ROOT).as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file()
    }

    listed = {row[0] for row in VENDORED}

    assert listed == present | {"static/app/icons.svg"}


def test_vendored_versions_are_the_pinned_ones() -> None:
    pinned = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))

    assert {(row[1], row[2]) for row in VENDORED} == set(pinned["dependencies"].items())


def test_every_vendored_package_brings_its_licence() -> None:
    with_licence = {row[1] for row in VENDORED if row[0].endswith("/LICENSE")}

    assert with_licence == {row[1] for row in VENDORED}


# --- style sheet ----------------------------------------------------------------------------


def test_every_name_in_the_style_sheets_is_defined() -> None:
    defined = {name for name, _value in DEFINITION.findall(TOKENS)}

    undefined = set(USE.findall(TOKENS + STYLE)) - defined

    assert undefined == set()


def test_no_token_is_left_over() -> None:
    defined = {name for name, _value in DEFINITION.findall(TOKENS)}

    unused = defined - set(USE.findall(TOKENS + STYLE))

    assert unused == set()


def test_style_sheet_names_only_our_aliases() -> None:
    foreign = {name for name in USE.findall(STYLE) if not name.startswith("--tp-")}

    assert foreign == set()


def test_style_sheet_holds_no_colour_of_its_own() -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", STYLE) == []


def test_style_sheet_asks_only_for_files_that_exist() -> None:
    addresses = re.findall(r"url\(\"?([^\")]+)\"?\)", STYLE)

    missing = [url for url in addresses if not (STATIC / "app" / url).resolve().is_file()]

    assert (len(addresses), missing) == (9, [])


def test_script_stays_small() -> None:
    assert (STATIC / "app" / "app.js").stat().st_size < 4096


# --- templates ------------------------------------------------------------------------------

OUTSIDE = re.compile(
    r"""(?:src|href|action|poster)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//"""
)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE
)
FIXED_LINK = re.compile(r"<a\b[^>]*href=[\"']https?://[^>]*>")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_fetches_nothing_from_outside(path: Path) -> None:
    # A link that a person follows is no asset.
    text = FIXED_LINK.sub("", path.read_text(encoding="utf-8"))

    assert OUTSIDE.findall(text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_no_inline_style_or_script(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_names_icons_of_the_sprite(path: Path) -> None:
    sprite = set(
        re.findall(r'<symbol id="(\w+)"', (STATIC / "app/icons.svg").read_text(encoding="utf-8"))
    )
    text = path.read_text(encoding="utf-8")

    named = re.findall(r'\bicon(?:_after)?="(\w+)"|<c-icon name="(\w+)"', text)

    assert {one or other for one, other in named} - sprite == set()


CODE = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
VALUE = r"(?:=(?:\"[^\"]*\"|'[^']*'|\S+))?"
COMPONENT = re.compile(rf"<c-([\w-]+)((?:\s+[^\s/>\"'=]+{VALUE})*)\s*/?>", re.DOTALL)
ATTRIBUTE = re.compile(rf"([^\s/>\"'=]+)({VALUE})")
PASSED_ON = re.compile(
    r"id|class|lang|role|hidden|disabled|download|rel|target|form|(data|hx|aria)-.*"
)
"""Attributes for the root element, where a component prints what it does not know."""


@cache
def taken_by(component: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """Names that a component declares, those it must get, and whether it passes others on."""
    path = ROOT / "templates" / "cotton" / f"{component.replace('-', '_')}.html"
    text = path.read_text(encoding="utf-8")
    declared = re.search(r"<c-vars\s(.*?)/>", CODE.sub("x", text), re.DOTALL).group(1)
    pairs = ATTRIBUTE.findall(declared)
    needed = frozenset(name for name, value in pairs if not value)
    return frozenset(name.lstrip(":") for name, _ in pairs), needed, "{{ attrs }}" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_passes_what_components_take(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = []
    for component, attributes in COMPONENT.findall(CODE.sub("x", text)):
        if component in ("vars", "slot"):
            continue
        declared, needed, open_ended = taken_by(component)
        passed = {name.lstrip(":") for name, _ in ATTRIBUTE.findall(attributes)}
        wrong += [
            f"{component} does not take {name}"
            for name in sorted(passed - declared)
            if not (open_ended and PASSED_ON.fullmatch(name))
        ]
        wrong += [f"{component} needs {name}" for name in sorted(needed - passed)]
    assert wrong == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates" / "cotton").glob("*.html")), ids=name_of
)
def test_component_says_what_goes_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    described = re.match(r"\{% comment %\}[A-Z].{15,}?\{% endcomment %\}", text, re.DOTALL)

    assert described
    assert "<c-vars" in text


# --- colours --------------------------------------------------------------------------------


def colour_of(name: str) -> str:
    values = dict(DEFINITION.findall(TOKENS))
    value = values[name]
    while reference := USE.match(value):
        value = values[reference.group(1)]
    return value


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(colour_of(one)), luminance(colour_of(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *[
        (text, ground)
        for text in ("--tp-text", "--tp-text-2", "--tp-text-3", "--tp-brand", "--tp-brand-dark")
        for ground in ("--tp-page", "--tp-surface", "--tp-surface-2", "--tp-brand-soft")
    ],
    ("--tp-brand-dark", "--tp-brand-soft-2"),
    ("--tp-on-dark", "--tp-brand"),
    ("--tp-on-dark", "--tp-brand-dark"),
    ("--tp-on-dark", "--tp-dark"),
    ("--tp-on-dark", "--tp-bad-text"),
    ("--tp-on-dark", "--tp-bad-dark"),
    ("--tp-on-dark", "--tp-ok-text"),
    ("--tp-text-2", "--tp-neutral-bg"),
    ("--tp-text-3", "--tp-neutral-bg"),
    ("--tp-text-2", "--tp-warn-tint"),
    ("--tp-text-2", "--tp-bad-tint"),
    ("--tp-text-2", "--tp-bad-bg"),
    ("--tp-neutral-text", "--tp-neutral-bg"),
    ("--tp-info-text", "--tp-info-bg"),
    ("--tp-ok-text", "--tp-ok-bg"),
    ("--tp-ok-text-strong", "--tp-ok-bg"),
    ("--tp-warn-text", "--tp-warn-bg"),
    ("--tp-warn-text", "--tp-warn-bg-soft"),
    ("--tp-bad-text", "--tp-bad-bg"),
    ("--tp-bad-text", "--tp-bad-bg-2"),
    ("--tp-bad-text", "--tp-surface"),
    ("--tp-text", "--tp-extra-bg"),
    ("--tp-text", "--tp-bad-bg"),
    ("--tp-text", "--tp-ok-bg"),
]
"""Letters and what they stand on in app.css."""

MARK_PAIRS = [
    ("--tp-field-line", "--tp-surface"),
    ("--tp-focus", "--tp-surface"),
    ("--tp-focus", "--tp-page"),
    ("--tp-on-dark", "--tp-brand-dark"),
    ("--tp-brand", "--tp-line"),
    ("--tp-ok-mark", "--tp-line"),
    ("--tp-warn-mark", "--tp-line"),
    ("--tp-bad-edge", "--tp-surface"),
    ("--tp-warn-edge", "--tp-surface"),
]
"""Edges, rings and bars that tell something without letters."""


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_mark_is_visible(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= 3.0


def test_contrast_is_measured_as_wcag_says() -> None:
    assert round(contrast("--tp-brand", "--tp-surface"), 1) == 7.0
