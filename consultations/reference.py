"""Loading the topics of requests; running it again changes nothing.

Source: the magazine Sotsiaaltöö 2/2023 names the main topics, in Estonia and
international; the others are ours, and an administrator may change them all.
"""

import json
from pathlib import Path

from consultations.models import Topic


DATA = Path(__file__).parent / "data"


def load() -> None:
    """Bring in what is missing. Rows that an administrator has changed stay as they are."""
    rows = json.loads((DATA / "topics.json").read_text(encoding="utf-8"))
    for position, row in enumerate(rows):
        Topic.objects.get_or_create(
            key=row["key"],
            defaults={
                "name_et": row["et"],
                "name_en": row["en"],
                "for_kind": row["for_kind"],
                "position": position,
            },
        )
