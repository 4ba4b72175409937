"""What is read, and how much of it at most."""

from dataclasses import dataclass, field


NOT_CALENDAR = "not_calendar"
TOO_LARGE = "too_large"
TOO_COMPLEX = "too_complex"

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 150_000
MAX_DEPTH = 6
MAX_EVENTS = 3_000
MAX_DATES = 20_000
"""Most single dates (RDATE, EXDATE, FREEBUSY) in a file, and most times an event may happen."""
MAX_STEPS = 150_000
"""Most times that rules may be turned on, before the window too."""
MAX_SPANS = 5_000

CPU_SECONDS = 0.7
MEMORY = 256 * 1024 * 1024


class Refused(Exception):
    """The file is none that we read; the argument is one of the three words above."""


class Odd(Exception):
    """One event says something that cannot be; the others still count."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to read: the stretch in seconds since 1970, the zone of floating times, the
    owner's mail address (what they declined leaves them free), and Windows' names of zones.
    """

    starts: int
    ends: int
    zone: str
    owner: str = ""
    windows: dict[str, str] = field(default_factory=dict)
