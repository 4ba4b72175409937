"""The house as CONTRIBUTING.md describes it, held by reading the sources."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from common import clock
from common.catalogue import ROOMS
from common.management.commands import states


ROOT = Path(settings.BASE_DIR)
STORIES = {"mentorship", "supervision", "consultations"}
# A room imports from rooms further down only; the three stories share a floor.
FLOOR = {
    "config": 9,
    "home": 8,
    "reports": 7,
    **dict.fromkeys(STORIES, 6),
    "library": 5,
    "meetings": 4,
    "people": 3,
    "journal": 2,
    "outbox": 1,
    "common": 0,
}

PUBLIC = {
    "home:desk": "the start page; with a login, the desk",
    "home:language": "anyone chooses a language",
    "home:consultants": "anyone finds the consultant of a municipality",
    "home:help": "says nothing about anyone",
    "home:accessibility": "the accessibility statement",
    "home:privacy": "the privacy notice",
    "reports:certificate-verify": "whoever has the paper in hand verifies it by its code",
    "people:invitation-accept": "the invited have no account yet; the link is the key",
    "healthz": "asked by machines",
    "readyz": "asked by machines",
    "meetings:feed": "a calendar program reads it by its secret address",
    "meetings:guest-answer": "a guest without account answers by a personal link",
    "meetings:poll-guest-answer": "a guest without account answers by a personal link",
    "meetings:guest-proposal-make": "a guest without account proposes a time by a personal link",
    "ui": "the component gallery, with DEBUG or in tests only",
    "demo:mail-list": "one person tries all sides; DEMO only",
    "demo:mail-detail": "one person tries all sides; DEMO only",
}
"""Views that nobody needs an account for, and why."""

NO_ROLE: dict[str, str] = {
    "people:profile": "everyone keeps their own data, with or without a post",
    "people:telling-change": "everyone chooses how they are told, with or without a post",
    "reports:certificates": "what somebody took part in stays theirs, with or without a post",
    "reports:certificate-file": "what somebody took part in stays theirs",
    "mentorship:notes": "private notes stay their writer's, with or without a role",
    "library:overview": "workers keep the library for good, after their post has ended too",
    "library:topic-detail": "workers keep the library for good",
    "library:material-file": "workers keep the library for good",
    "library:material-mark": "workers keep the library for good",
    "library:shelf": "workers keep their shelf for good",
}
"""Views for any logged-in person, whatever their posts, and why."""

FOREIGN_VIEWS = ("allauth.", "django.")
"""Packages whose own views keep their own gates: login pages and the admin."""

NO_PAIR: dict[str, str] = {}
"""`_at`/`_by` pairs ("app.Model.name") that may be half empty, and why."""


# --- imports --------------------------------------------------------------------------------


@cache
def modules() -> tuple[tuple[str, str, ast.Module], ...]:
    """Room, path and syntax tree of every module of ours."""
    return tuple(
        (room, path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    )


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def test_every_room_has_its_floor() -> None:
    assert set(FLOOR) == set(ROOMS)


def test_imports_run_one_way() -> None:
    wrong = []
    for room, path, tree in modules():
        for line, name in imported(tree):
            other = name.partition(".")[0]
            if other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]:
                wrong.append(f"{path}:{line} imports {name}")
            if other == "tests":
                wrong.append(f"{path}:{line} imports {name}")
    assert wrong == []


def test_imports_are_absolute() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for _room, path, tree in modules()
        for line, name in imported(tree)
        if name.startswith(".")
    ]
    assert wrong == []


def test_models_point_only_down_the_house() -> None:
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_config.name
        if room not in FLOOR:
            continue
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            target = field.related_model
            if target is None or target is apps.get_model(settings.AUTH_USER_MODEL):
                continue
            other = target._meta.app_config.name
            if other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert wrong == []


# --- time -----------------------------------------------------------------------------------

MACHINE_CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
}


def test_only_the_clock_asks_the_machine() -> None:
    wrong = []
    for _room, path, tree in modules():
        if path == "common/clock.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                tail = ".".join(ast.unparse(node).split(".")[-2:])
                if tail in MACHINE_CLOCKS:
                    wrong.append(f"{path}:{node.lineno} {tail}")
            if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                wrong.append(f"{path}:{node.lineno} {node.arg}")
    assert wrong == []


# --- templates ------------------------------------------------------------------------------


def template_files() -> dict[str, str]:
    """Name → text of every template of ours."""
    folder = ROOT / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".txt")
    }


def strings_in_code() -> Iterator[str]:
    for _room, _path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def named_in(text: str) -> set[str]:
    """Names of the templates that a template extends, includes or uses as components."""
    names = set(re.findall(r"""{%\s*(?:extends|include)\s+["']([^"'#]+)""", text))
    for component in re.findall(r"<c-([\w.-]+)", text):
        if component not in ("vars", "slot"):
            names.add(f"cotton/{component.replace('.', '/').replace('-', '_')}.html")
    return names


def replaces_a_foreign_one(name: str) -> bool:
    """Say whether Django or a package asks for the template by this name."""
    ours = ROOT / "templates" / name
    folders = [Path(config.path) / "templates" for config in apps.get_app_configs()]
    foreign = any((folder / name).exists() for folder in folders)
    return ours.exists() and (
        foreign or re.fullmatch(r"(400|403|403_csrf|404|429|500)\.html", name)
    )


def used_templates() -> set[str]:
    used = {text.partition("#")[0] for text in strings_in_code()}
    for kind in list(used):
        room, _, name = kind.partition(".")
        if room in FLOOR and re.fullmatch(r"\w+", name):
            used |= {f"{room}/emails/{name}_{part}.txt" for part in ("subject", "body")}
    # Shown in the gallery counts: a component may come before the first page that needs it.
    for text in template_files().values():
        used |= named_in(text)
    return used


def test_no_template_is_unused() -> None:
    used = used_templates()
    unused = [
        name
        for name in template_files()
        if name not in used and not name.startswith("ui/") and not replaces_a_foreign_one(name)
    ]
    assert unused == []


@pytest.mark.parametrize("name", template_files())
def test_template_compiles(name: str) -> None:
    get_template(name)

    for other in named_in(template_files()[name]):
        get_template(other)


# --- generated documents --------------------------------------------------------------------


def test_states_are_drawn_as_they_are() -> None:
    drawn = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")

    assert drawn == states.document(), "run `make states`"


# --- settings and files ---------------------------------------------------------------------


def test_every_setting_stands_in_the_example() -> None:
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"""(?:env\.\w+|required)\(\s*"([A-Z_]+)\"""", source))

    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    told = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    assert read == told


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_names_no_index(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if "://" in line or line.startswith("-")] == []


# --- pairs of when and who ------------------------------------------------------------------


def pairs() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        if model._meta.app_config.name not in FLOOR:
            continue
        names = {field.name: field for field in model._meta.local_fields}
        for name, field in names.items():
            stem = name.removesuffix("_at")
            other = names.get(f"{stem}_by")
            if name.endswith("_at") and other is not None and (field.null or other.null):
                yield model, stem


def refuses(model: type[models.Model], values: dict[str, object]) -> bool:
    checks = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    for check in checks:
        named = {str(name).split("__")[0] for name, _ in flat(check.condition)}
        if named == set(values) and not check.condition.check(values):
            return True
    return False


def flat(condition: models.Q) -> Iterator[tuple[str, object]]:
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from flat(child)
        else:
            yield child


@pytest.mark.django_db
def test_when_and_who_are_both_known_or_neither() -> None:
    now = models.Value(clock.now())
    never = models.Value(None, output_field=models.DateTimeField())
    somebody = models.Value(1)
    nobody = models.Value(None, output_field=models.IntegerField())
    half_known = []
    for model, stem in pairs():
        at, by = f"{stem}_at", f"{stem}_by"
        complete = (
            refuses(model, {at: now, by: nobody})
            and refuses(model, {at: never, by: somebody})
            and not refuses(model, {at: now, by: somebody})
        )
        if not complete:
            half_known.append(f"{model._meta.label}.{stem}")
    assert half_known == sorted(NO_PAIR)


# --- gates ----------------------------------------------------------------------------------


def views(
    patterns: list[URLPattern | URLResolver], prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, object]]:
    """Yield name, address and view of every address."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from views(pattern.url_patterns, address, inner)
        else:
            yield f"{space}{pattern.name or address}", address, pattern.callback


def test_every_view_has_its_gate() -> None:
    wrong, public, without_role = [], set(), set()
    for name, address, view in views(get_resolver().url_patterns):
        if view.__module__.startswith(FOREIGN_VIEWS) or name.startswith("admin:"):
            continue
        if not getattr(view, "login_required", True):
            public.add(name)
        elif not getattr(view, "role_gate", None):
            without_role.add(name)
            if name not in NO_ROLE:
                wrong.append(f"/{address} ({name}) has no role decorator")
        if view.__module__.partition(".")[0] not in FLOOR:
            wrong.append(f"/{address} ({name}) is not ours: {view.__module__}")
    assert wrong == []
    assert public == set(PUBLIC)
    assert without_role == set(NO_ROLE)
