"""Orders that tell nothing."""

import random
from collections.abc import Sequence


def shuffled(rows: Sequence) -> list:
    """Return the rows in an order from which nobody learns who came when."""
    return random.SystemRandom().sample(rows, len(rows))
