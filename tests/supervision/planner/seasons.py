"""Instances for the planner's tests, and the published judge's verdict on its plans."""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

from supervision.planner import plan_season
from tests.supervision.planner.published import check_plan as judge


PUBLISHED = Path(__file__).parent / "published"


def published(name: str) -> dict[str, Any]:
    path = next(path for path in PUBLISHED.iterdir() if path.name.split(".")[0] == name)
    if path.suffix == ".gz":
        return json.loads(gzip.decompress(path.read_bytes()))
    return json.loads(path.read_text(encoding="utf-8"))


def planned(data: dict[str, Any], *, steps: int = 15, seed: int = 1) -> dict[str, Any]:
    """Plan as the tests do: few steps and one worker, so that it is always the same."""
    return plan_season(copy.deepcopy(data), seconds=None, steps=steps, seed=seed, workers=1)


def faults(data: dict[str, Any], plan: dict[str, Any]) -> list[tuple]:
    """Return which rules the judge finds broken, reasons included."""
    return judge.Check(judge.Instance(data), json.loads(json.dumps(plan))).found


def group_of(plan: dict[str, Any], person: str) -> str | None:
    return plan["people"][person]["group"]


def as_given(plan: dict[str, Any], **change: Any) -> list[dict[str, Any]]:
    """Return a plan's groups as groups that exist already."""
    return [copy.deepcopy(group) | copy.deepcopy(change) for group in plan["groups"]]
