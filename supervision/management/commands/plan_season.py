import argparse
import gzip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supervision.planner import BadInstance, Unplannable, plan_season


class Command(BaseCommand):
    help = (
        "Plan a season of supervision groups: reads an instance (season-instance/1, .json or "
        ".json.gz) and writes a plan (season-plan/1). Needs no database."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--instance", required=True, type=Path, help="the instance to plan")
        parser.add_argument("--out", required=True, type=Path, help="where the plan goes")
        parser.add_argument("--seconds", type=float, help="how long to look (60)")
        parser.add_argument("--steps", type=int, help="how many steps each worker takes")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same luck")
        parser.add_argument("--workers", type=int, default=2, help="threads that look")

    def handle(self, *args: Any, **options: Any) -> None:
        seconds, steps = options["seconds"], options["steps"]
        if seconds is None and steps is None:
            seconds = 60.0
        if (seconds is not None and seconds <= 0) or (steps is not None and steps < 0):
            raise CommandError("--seconds must be above 0, and --steps not below it.")
        if options["workers"] < 1:
            raise CommandError("--workers must be at least 1.")
        try:
            plan = plan_season(
                _read(options["instance"]),
                seconds=seconds,
                steps=steps,
                seed=options["seed"],
                workers=options["workers"],
            )
        except (BadInstance, Unplannable) as error:
            raise CommandError(str(error)) from error
        _write(options["out"], plan)
        self.stdout.write(
            f"{plan['instance']}: cost {plan['cost']['total']}, {len(plan['groups'])} groups, "
            f"{plan['seconds']} s"
        )


def _read(path: Path) -> Any:
    try:
        packed = path.read_bytes()
        return json.loads(gzip.decompress(packed) if path.suffix == ".gz" else packed)
    except (OSError, ValueError, EOFError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _write(path: Path, plan: dict[str, Any]) -> None:
    """Write the plan whole or not at all: who is stopped in between keeps the last one."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, encoding="utf-8", delete=False, suffix=".part"
        ) as file:
            json.dump(plan, file, ensure_ascii=False, indent=1)
        os.replace(file.name, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error}") from error
