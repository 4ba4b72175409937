from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.module_loading import module_has_submodule

from common.workflow import Workflow


INTRODUCTION = """\
# Workflows

Drawn from each room's `workflow.py` by `make states`; do not edit. An arrow is a
transition that an action may make; every other one is refused. “Waits for” names whose
turn it is.
"""


class Command(BaseCommand):
    help = "Draw every workflow into docs/states.md; with --check only say whether it is stale."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when stale; change nothing")

    def handle(self, *args, check: bool, **options) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "states.md"
        text = document()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        if check:
            raise CommandError("docs/states.md is stale: run `make states`")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def document() -> str:
    """Return docs/states.md as it should be."""
    with translation.override("en"):
        parts = [
            f"## {room}: {name}\n\n{diagram(workflow)}\n\n{turns(workflow)}\n"
            for room, name, workflow in workflows()
        ]
    return "\n".join([INTRODUCTION, *parts])


def workflows() -> Iterator[tuple[str, str, Workflow]]:
    """Yield room, name and table of every workflow, in the order of the rooms."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "workflow"):
            module = import_module(f"{config.name}.workflow")
            for name, workflow in getattr(module, "WORKFLOWS", {}).items():
                yield config.name, name, workflow


def diagram(workflow: Workflow) -> str:
    """Return the table as a mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in workflow.states]
    for before in workflow.states:
        after = workflow.transitions[before]
        lines += [f"    {before.value} --> {to.value}" for to in workflow.states if to in after]
        if not after:
            lines.append(f"    {before.value} --> [*]")
    return "\n".join([*lines, "```"])


def turns(workflow: Workflow) -> str:
    """Return the table of whose turn it is."""
    lines = ["| state | on the screen | waits for |", "|---|---|---|"]
    for state in workflow.states:
        party = workflow.waiting_on.get(state) or "nobody"
        lines.append(f"| `{state.value}` | {state.label} | {party} |")
    return "\n".join(lines)
