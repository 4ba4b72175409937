"""The season planner on the published instances: what it costs, what is proven, how long it takes.

Each is planned by the command in a process of its own, as a coordinator would: the time is from
reading the instance to writing the plan.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
INSTANCES = ROOT / "tests" / "supervision" / "planner" / "published"
SECONDS = {"tiny-12.json": 2, "ee-30.json": 10, "ee-120.json.gz": 30, "ee-250.json.gz": 60}
PUBLISHED = {
    "tiny-12.json": (2795, 2795),
    "ee-30.json": (6205, 5747),
    "ee-120.json.gz": (16471, 15111),
    "ee-250.json.gz": (26068, 24532),
}
"""The best cost and the best bound that were known when the instances were published."""


def plans_table() -> str:
    lines = [
        "| instance | asked | seconds | cost | bound | gap | known before | its bound |",
        "|---" * 8 + "|",
    ]
    for name, seconds in SECONDS.items():
        plan = _planned(name, seconds)
        cost, bound = plan["cost"]["total"], plan["bound"]
        gap = (cost - bound) / cost if cost else 0.0
        known, proven = PUBLISHED[name]
        cells = (plan["instance"], seconds, plan["seconds"], cost, bound, f"{gap:.1%}")
        lines.append("| " + " | ".join(map(str, (*cells, known, proven))) + " |")
    return "\n".join(lines) + "\n"


def _planned(name: str, seconds: int) -> dict:
    print(f"Planning {name} …", flush=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "plan.json"
        subprocess.run(
            [
                *(sys.executable, "manage.py", "plan_season", "--seconds", str(seconds)),
                *("--instance", str(INSTANCES / name), "--out", str(out)),
            ],
            env=environment,
            cwd=ROOT,
            check=True,
            timeout=10 * 60,
        )
        return json.loads(out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(plans_table())
