"""Loading blocks, topics and competences; running it again changes nothing.

Source of the blocks: the magazine Sotsiaaltöö 2/2023 (three blocks). Source of the
competences: the professional standard named in the file; the links between topics
and competences are ours, and an administrator may change them.
"""

import json
from pathlib import Path

from django.db import transaction

from library.actions import add_material
from library.models import Block, Competence, Material, Standard, Topic
from people.models import User


DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> None:
    """Bring in what is missing. Rows that an administrator has changed stay as they are."""
    standard = _read("competences.json")
    facts = standard["standard"]
    version, _made = Standard.objects.get_or_create(key=facts.pop("key"), defaults=facts)
    for position, row in enumerate(standard["competences"]):
        Competence.objects.get_or_create(
            key=row["key"],
            defaults={
                "printed_code": row["code"],
                "standard": version,
                "name_et": row["et"],
                "name_en": row["en"],
                "position": position,
            },
        )
    for block_row in _read("blocks.json"):
        block, _made = Block.objects.get_or_create(
            key=block_row["key"],
            defaults={
                "number": block_row["number"],
                "name_et": block_row["et"],
                "name_en": block_row["en"],
            },
        )
        for position, row in enumerate(block_row["topics"]):
            topic, made = Topic.objects.get_or_create(
                key=row["key"],
                defaults={
                    "block": block,
                    "position": position,
                    "name_et": row["et"],
                    "name_en": row["en"],
                },
            )
            if made:
                topic.competences.set(row["competences"])


def load_demo_materials(by: User) -> None:
    """Add the public links of the demonstration; `by` must be a consultant. Once only."""
    for row in _read("materials.json"):
        topic = Topic.objects.get(pk=row.pop("topic"))
        if not Material.objects.filter(topic=topic, link=row["link"]).exists():
            add_material(topic, **row, by=by)


def _read(name: str):
    return json.loads((DATA / name).read_text(encoding="utf-8"))
