"""`manage.py plan_season`: files in, files out, and clear words when it cannot be."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from tests.supervision.planner.seasons import PUBLISHED, faults, published


def test_command_writes_a_plan_that_breaks_no_rule(tmp_path):
    out = tmp_path / "plan.json"

    call_command("plan_season", instance=PUBLISHED / "ee-120.json.gz", out=out, steps=5, workers=1)

    plan = json.loads(out.read_text(encoding="utf-8"))
    assert faults(published("ee-120"), plan) == []
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "cannot be read"),
        (b'{"format": "season-instance/9", "id": "x"}', "format is not season-instance/1"),
        (None, "cannot be read"),
    ],
)
def test_command_says_what_is_wrong_and_writes_nothing(tmp_path, content, words):
    instance, out = tmp_path / "instance.json", tmp_path / "plan.json"
    if content is not None:
        instance.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        call_command("plan_season", instance=instance, out=out, steps=1)

    assert not out.exists()


@pytest.mark.parametrize("limits", [{"seconds": 0}, {"steps": -1}, {"steps": 1, "workers": 0}])
def test_command_refuses_limits_that_are_none(tmp_path, limits):
    with pytest.raises(CommandError):
        call_command(
            "plan_season", instance=PUBLISHED / "example.json", out=tmp_path / "x", **limits
        )


def test_command_reads_packed_instances_that_break_off(tmp_path):
    broken = tmp_path / "instance.json.gz"
    broken.write_bytes(gzip.compress(b"{}")[:-6])

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("plan_season", instance=broken, out=tmp_path / "x", steps=1)
